// How values of case fields read.
import type { Field } from '../../../host';
import { day, decimal, t } from '../../../text';

export const DATES: readonly Field[] = ['case_date', 'due_date'];
export const LONG: readonly Field[] = ['description', 'comments'];

export function readable(field: Field, value: string, countries: ReadonlyMap<string, string>): string {
  if (DATES.includes(field)) return day(value);
  if (field === 'amount') return /^\d+(\.\d+)?$/.test(value) ? decimal(value) : value;
  if (field === 'debtor_type') {
    const word = value.toLowerCase();
    if (word === 'company') return t.bulkImport.detail.company;
    if (word === 'private') return t.bulkImport.detail.private;
  }
  if (field === 'debtor_country') return countries.get(value.toUpperCase()) ?? value;
  return value;
}
