/**
 * Makes something that outlives the screen that asks for it first. Made plainly, it would be part of that screen, and what
 * it derives would stand still once the screen has gone.
 */
export function outliving<T>(make: () => T): { made: T; end: () => void } {
  let made!: T;
  const end = $effect.root(() => {
    made = make();
  });
  return { made, end };
}
