/** The values to offer, with the present one among them: it may have been set by other means than this page. */
export function withPresent<T extends string | number>(values: readonly T[], present: T): T[] {
  if (values.includes(present)) return [...values];
  return [...values, present].sort((a, b) => (a < b ? -1 : 1));
}
