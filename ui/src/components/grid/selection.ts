// Which rows are chosen: some by their ids, or all that match the list's question with exceptions. The second form holds
// for rows that were never loaded, so choosing 100,000 costs as much as choosing one.

export type Choice =
  | { readonly kind: 'ids'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'matching'; readonly except: ReadonlySet<string> };

export const NOTHING: Choice = { kind: 'ids', ids: new Set() };
export const EVERYTHING: Choice = { kind: 'matching', except: new Set() };

export function isChosen(choice: Choice, id: string): boolean {
  return choice.kind === 'ids' ? choice.ids.has(id) : !choice.except.has(id);
}

/** How many are chosen of a list of `total` rows. */
export function chosenCount(choice: Choice, total: number): number {
  return choice.kind === 'ids' ? choice.ids.size : Math.max(0, total - choice.except.size);
}

export function isEmpty(choice: Choice, total: number): boolean {
  return chosenCount(choice, total) === 0;
}

/** What a checkbox over the whole list shows. */
export function coverage(choice: Choice, total: number): 'none' | 'some' | 'all' {
  if (isEmpty(choice, total)) return 'none';
  return choice.kind === 'matching' && choice.except.size === 0 ? 'all' : 'some';
}

function changed(set: ReadonlySet<string>, ids: Iterable<string>, present: boolean): Set<string> {
  const next = new Set(set);
  for (const id of ids) {
    if (present) next.add(id);
    else next.delete(id);
  }
  return next;
}

export function withChosen(choice: Choice, ids: Iterable<string>, chosen: boolean): Choice {
  return choice.kind === 'ids'
    ? { kind: 'ids', ids: changed(choice.ids, ids, chosen) }
    : { kind: 'matching', except: changed(choice.except, ids, !chosen) };
}

export function toggled(choice: Choice, id: string): Choice {
  return withChosen(choice, [id], !isChosen(choice, id));
}

/** A run of rows that Shift draws from an anchor, over what was chosen when the anchor was set. */
export interface Run {
  readonly anchor: number;
  readonly base: Choice;
}

/** First and last row of a run that reaches to `row`. */
export function runRows(run: Run, row: number): { first: number; last: number } {
  return { first: Math.min(run.anchor, row), last: Math.max(run.anchor, row) };
}
