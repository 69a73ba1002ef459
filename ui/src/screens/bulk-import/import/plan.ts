// Changes of the plan by which the rows of a file are read, each as a new plan. What follows from a choice, such as the format
// of a column that becomes a date, is for the core to find.
import type { Field, Plan, PlanColumn, Reading } from '../../../host';

/** Fields that several columns may share: their texts are joined. */
export const JOINED: readonly Field[] = ['debtor_name', 'debtor_address'];
export const DATED: readonly Field[] = ['case_date', 'due_date'];
/** Fields whose texts stand for one of few values, so that a text can be given a meaning. */
export const CODED: readonly Field[] = ['debtor_country', 'debtor_type', 'currency'];

/** How sure a suggestion is, in words: a band of its confidence, or whose decision it was. */
export type Band = 'chosen' | 'sure' | 'likely' | 'unsure' | 'none';

/** The core's words for what the user chose. */
const CHOSEN = 'Chosen by you.';

export function bandOf(column: PlanColumn): Band {
  if (column.reason === CHOSEN) return 'chosen';
  if (column.field === null) return 'none';
  if (column.confidence >= 0.95) return 'sure';
  return column.confidence >= 0.8 ? 'likely' : 'unsure';
}

/** The columns of a field in the order in which they join. */
export function columnsOf(plan: Plan, field: Field): PlanColumn[] {
  const last = Number.MAX_SAFE_INTEGER;
  return plan.columns
    .filter((column) => column.field === field)
    .toSorted((a, b) => (a.part ?? last) - (b.part ?? last) || a.index - b.index);
}

function without(column: PlanColumn): PlanColumn {
  const { split: _, part: __, ...rest } = column;
  return rest;
}

/** The column that has the field and would have to give it up for another. */
export function holderOf(plan: Plan, field: Field | null, index: number): PlanColumn | undefined {
  if (field === null || JOINED.includes(field)) return undefined;
  return plan.columns.find((column) => column.field === field && column.index !== index);
}

/** The user says what a column is. A field that cannot be joined leaves the column that had it. */
export function give(plan: Plan, index: number, field: Field | null): Plan {
  const holder = holderOf(plan, field, index);
  const columns = plan.columns.map((column) => {
    if (column.index === index) return { ...without(column), field };
    return column === holder ? { ...without(column), field: null } : column;
  });
  return field === null ? { ...plan, columns } : constant({ ...plan, columns }, field, null);
}

/** One value for all rows, or none. */
export function constant(plan: Plan, field: Field, value: string | null): Plan {
  const { [field]: _, ...others } = plan.constants ?? {};
  return { ...plan, constants: value === null ? others : { ...others, [field]: value } };
}

function changed(plan: Plan, index: number, change: (column: PlanColumn) => PlanColumn): Plan {
  return {
    ...plan,
    columns: plan.columns.map((column) => (column.index === index ? change(column) : column)),
  };
}

/** How the dates or amounts of a column are written: the answer to its question, or another opinion. */
export function written(plan: Plan, index: number, as: Pick<Reading, 'decimal' | 'date_order'>): Plan {
  return changed(plan, index, (column) => ({
    ...column,
    format: {
      evidence: '',
      ...column.format,
      ...(as.decimal ? { decimal: as.decimal } : {}),
      ...(as.date_order ? { date_order: as.date_order } : {}),
    },
  }));
}

/** Whether the postal code is parted from the city that stands beside it. */
export function parted(plan: Plan, index: number, on: boolean): Plan {
  return changed(plan, index, ({ split: _, ...column }) => (on ? { ...column, split: 'zip_city' } : column));
}

/** Moves a column among those of its field. */
export function moved(plan: Plan, index: number, by: -1 | 1): Plan {
  const field = plan.columns.find((column) => column.index === index)?.field ?? null;
  if (field === null) return plan;
  const order = columnsOf(plan, field).map((column) => column.index);
  const at = order.indexOf(index);
  const to = at + by;
  if (to < 0 || to >= order.length) return plan;
  order.splice(to, 0, ...order.splice(at, 1));
  return {
    ...plan,
    columns: plan.columns.map((column) =>
      column.field === field ? { ...column, part: order.indexOf(column.index) } : column,
    ),
  };
}

/** What texts of the file stand for; a meaning of null is taken back. */
export function meant(plan: Plan, field: Field, meanings: ReadonlyMap<string, string | null>): Plan {
  const kept = new Map(Object.entries(plan.values?.[field] ?? {}));
  for (const [text, meaning] of meanings) {
    // They are compared without regard to case, so an old spelling would contradict the new one.
    for (const known of [...kept.keys()]) if (known.toLowerCase() === text.toLowerCase()) kept.delete(known);
    if (meaning !== null) kept.set(text, meaning);
  }
  return { ...plan, values: { ...plan.values, [field]: Object.fromEntries(kept) } };
}

/** Fields that no column gives and no constant: what can be set for all rows. */
export function withoutColumn(plan: Plan, all: readonly Field[]): Field[] {
  const given = new Set(plan.columns.map((column) => column.field));
  return all.filter((field) => !given.has(field) && plan.constants?.[field] === undefined);
}
