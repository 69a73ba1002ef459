// The filters as the user sets them, and the question they make to the core.
import type { InvoiceQuery, SortBy, State } from '../../host';

export type DueFilter = { kind: 'any' } | { kind: 'overdue'; days: number } | { kind: 'until'; day: string };

export interface Filters {
  readonly search: string;
  readonly states: readonly State[];
  readonly currency: string | null;
  readonly due: DueFilter;
  /** Neutral decimal text. */
  readonly amountFrom: string | null;
  readonly amountTo: string | null;
  readonly connection: string | null;
  readonly problem: string | null;
  readonly partlyPaid: boolean;
}

export interface Sort {
  readonly by: SortBy;
  readonly descending: boolean;
}

export const STATES: readonly State[] = ['ready', 'attention', 'not-due', 'set-aside', 'submitted', 'gone'];
export const OVERDUE_PRESETS = [30, 60, 90] as const;

/** What the screen opens on: all that is overdue, oldest first. */
export const OVERDUE: Filters = {
  search: '',
  states: ['ready', 'attention'],
  currency: null,
  due: { kind: 'any' },
  amountFrom: null,
  amountTo: null,
  connection: null,
  problem: null,
  partlyPaid: false,
};
export const OLDEST_FIRST: Sort = { by: 'due_date', descending: false };

export function isState(text: string | undefined): text is State {
  return STATES.some((state) => state === text);
}

export function toggleState(filters: Filters, state: State): Filters {
  const on = filters.states.includes(state);
  const states = STATES.filter((each) => (each === state ? !on : filters.states.includes(each)));
  return { ...filters, states };
}

/** Whether more than the states restricts the list beyond what it opens on. */
export function isNarrowed(filters: Filters, opensOn: Filters = OVERDUE): boolean {
  const { states: _, ...rest } = filters;
  const { states: __, ...plain } = opensOn;
  return JSON.stringify(rest) !== JSON.stringify(plain);
}

export function isAsOpened(filters: Filters, opensOn: Filters = OVERDUE): boolean {
  return !isNarrowed(filters, opensOn) && filters.states.join() === opensOn.states.join();
}

/** The calendar day so many days earlier. */
export function daysBefore(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}

export function monthsBefore(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.toISOString().slice(0, 10);
}

function dueUntil(due: DueFilter, today: string): string | null {
  if (due.kind === 'any') return null;
  return due.kind === 'until' ? due.day : daysBefore(today, due.days);
}

export function queryOf(filters: Filters, sort: Sort, today: string): InvoiceQuery {
  return {
    search: filters.search.trim(),
    states: [...filters.states],
    currency: filters.currency,
    due_until: dueUntil(filters.due, today),
    amount_from: filters.amountFrom,
    amount_to: filters.amountTo,
    connection: filters.connection,
    partly_paid: filters.partlyPaid,
    problem: filters.problem,
    sort: sort.by,
    descending: sort.descending,
  };
}

/**
 * An amount as a person writes it, as neutral decimal text; null when it is none. The last of comma and point is the decimal
 * sign, unless exactly three digits follow the only one: then it groups thousands.
 */
export function neutralAmount(text: string): string | null {
  const plain = text.replace(/[\s'’\u00a0\u202f]/g, '');
  if (!/^\d[\d.,]*$/.test(plain)) return null;
  const at = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  if (at < 0) return plain;
  const sign = plain.charAt(at);
  const decimals = plain.slice(at + 1);
  const only = !plain.slice(0, at).includes('.') && !plain.slice(0, at).includes(',');
  const repeated = plain.slice(0, at).includes(sign);
  if (repeated || (only && decimals.length === 3)) return plain.replace(/[.,]/g, '');
  const whole = plain.slice(0, at).replace(/[.,]/g, '');
  return decimals === '' ? whole : `${whole}.${decimals}`;
}
