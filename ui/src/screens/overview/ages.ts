/** The ages of unpaid invoices as rows and their currencies as columns. */
import type { AgeCell, Amount } from '../../host';

export const buckets = [
  'not_due',
  '1_30',
  '31_60',
  '61_90',
  '91_180',
  '181_365',
  'over_365',
  'no_due_date',
] as const;
export type Bucket = (typeof buckets)[number];

export interface AgeRow {
  bucket: Bucket;
  count: number;
  /** One for each currency, in the order of `currencies`; null where there is none. */
  cells: ({ amount: Amount; share: number } | null)[];
}

export interface AgeTable {
  currencies: string[];
  rows: AgeRow[];
}

/** Only for the length of a bar: figures are shown from the exact text. */
const length = (amount: Amount) => Math.max(0, Number(amount.value));

/** Currencies with most invoices first; bars compare within one currency. */
export function tabulate(cells: AgeCell[]): AgeTable {
  const invoices = new Map<string, number>();
  const longest = new Map<string, number>();
  for (const { amount, count } of cells) {
    invoices.set(amount.currency, (invoices.get(amount.currency) ?? 0) + count);
    longest.set(amount.currency, Math.max(longest.get(amount.currency) ?? 0, length(amount)));
  }
  const currencies = [...invoices].sort(([, a], [, b]) => b - a).map(([currency]) => currency);
  const rows = buckets.map((bucket): AgeRow => {
    const own = cells.filter((cell) => cell.age === bucket);
    return {
      bucket,
      count: own.reduce((sum, { count }) => sum + count, 0),
      cells: currencies.map((currency) => {
        const cell = own.find(({ amount }) => amount.currency === currency);
        if (cell === undefined) return null;
        const most = longest.get(currency) ?? 0;
        return { amount: cell.amount, share: most === 0 ? 0 : length(cell.amount) / most };
      }),
    };
  });
  return { currencies, rows };
}
