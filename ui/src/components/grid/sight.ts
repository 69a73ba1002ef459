// Which rows of a long list are drawn, and in which of the reused slots.

export interface Sight {
  readonly first: number;
  readonly last: number;
}

export interface Slot {
  /** Which reused row element draws it. */
  readonly slot: number;
  readonly index: number;
}

/** Rows drawn above and below what is seen, so that a quick scroll finds them ready. */
const MARGIN = 6;

export function sightOf(scrollTop: number, height: number, rowHeight: number, total: number): Sight {
  const last = Math.min(total - 1, Math.floor((scrollTop + Math.max(height, rowHeight) - 1) / rowHeight));
  const first = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight), last));
  return { first, last };
}

export function pageOf(height: number, rowHeight: number): number {
  return Math.max(1, Math.floor(height / rowHeight) - 1);
}

export function poolSize(height: number, rowHeight: number): number {
  return Math.ceil(Math.max(height, rowHeight) / rowHeight) + 1 + 2 * MARGIN;
}

/**
 * The rows to draw, ordered by slot so that scrolling never moves an element in the document. The focused row is always
 * among them: the focus must not vanish with a row that was scrolled away.
 */
export function slotsOf(sight: Sight, pool: number, total: number, focused: number): Slot[] {
  if (total === 0) return [];
  const first = Math.max(0, Math.min(sight.first - MARGIN, total - pool));
  const last = Math.min(total - 1, first + pool - 1);
  const slots: Slot[] = [];
  for (let index = first; index <= last; index += 1) slots.push({ slot: index % pool, index });
  slots.sort((a, b) => a.slot - b.slot);
  if (focused >= 0 && focused < total && (focused < first || focused > last))
    slots.push({ slot: pool, index: focused });
  return slots;
}

/** Where to scroll so that a row is in full sight; the present place when it is. */
export function scrollFor(row: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
