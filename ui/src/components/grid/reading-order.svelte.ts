// Reused rows stand in the document in any order. Once scrolling rests, this says in which order to read them aloud.
import type { Slot } from './sight';

const REST = 250;

/** Element ids of the drawn rows from top to bottom, for `aria-owns`. */
export function readingOrder(slots: () => Slot[], idOf: (slot: number) => string) {
  let order = $state<string>();
  $effect(() => {
    const drawn = slots();
    const rest = setTimeout(() => {
      const inOrder = drawn.toSorted((a, b) => a.index - b.index);
      order = inOrder.map(({ slot }) => idOf(slot)).join(' ');
    }, REST);
    return () => clearTimeout(rest);
  });
  return {
    get ids(): string | undefined {
      return order;
    },
  };
}
