import type { Column } from '../../components/grid/columns';
import type { Field } from '../../host';
import { t } from '../../text';

const titles = t.bulkImport.column;

export const COLUMNS: Column[] = [
  { id: 'reference', title: titles.reference, width: 132, sort: 'reference', names: true, fixed: true },
  { id: 'debtor', title: titles.debtor, width: 176, sort: 'debtor', fixed: true },
  { id: 'amount', title: titles.amount, width: 128, sort: 'amount', align: 'end', fixed: true },
  { id: 'due', title: titles.due, width: 104, sort: 'due_date' },
  { id: 'overdue', title: titles.overdue, width: 88, align: 'end' },
  { id: 'state', title: titles.state, width: 140, sort: 'state' },
  { id: 'problem', title: titles.problem, width: 180, grows: true },
  { id: 'country', title: titles.country, width: 72, sort: 'country', extra: true },
  { id: 'date', title: titles.date, width: 104, sort: 'case_date', extra: true },
  { id: 'source', title: titles.source, width: 128, extra: true },
];

const fields: Record<string, Field> = {
  reference: 'creditor_reference',
  debtor: 'debtor_name',
  due: 'due_date',
  country: 'debtor_country',
  date: 'case_date',
};

/** The field that a column shows and that can be corrected. */
export function fieldOfColumn(column: string | null): Field | null {
  return (column !== null && fields[column]) || null;
}
