import type { Column } from '../../components/grid/columns';
import { t } from '../../text';

const titles = t.cases.column;

export const COLUMNS: Column[] = [
  { id: 'reference', title: titles.reference, width: 116, sort: 'reference', names: true, fixed: true },
  { id: 'creditor-reference', title: titles.creditorReference, width: 124, sort: 'creditor_reference' },
  { id: 'debtor', title: titles.debtor, width: 176, sort: 'debtor', grows: true, fixed: true },
  { id: 'amount', title: titles.amount, width: 128, sort: 'amount', align: 'end' },
  { id: 'remainder', title: titles.remainder, width: 128, align: 'end' },
  { id: 'status', title: titles.status, width: 168, sort: 'status', fixed: true },
  { id: 'updated', title: titles.updated, width: 104, sort: 'updated' },
  { id: 'created', title: titles.created, width: 116, sort: 'created', extra: true },
  { id: 'origin', title: titles.origin, width: 96 },
];
