/**
 * Numbers, money, dates and plurals for people. Numbers and dates follow the user's locale; words follow the catalogue's
 * language, so that no sentence mixes two.
 */
import type { Amount } from '../host/commands';

const language = 'en';

/** POSIX (`LANG=C`, which the engine calls `en-US-u-va-posix`) groups no digits: it is a language for programs. */
export function forPeople(tag: string): string {
  return /\bposix\b/i.test(tag) ? 'en-US' : tag;
}

const system = () => forPeople(new Intl.NumberFormat().resolvedOptions().locale);

let locale = system();

/** Another locale than the system's; for tests and pictures. */
export function useLocale(tag: string | undefined): void {
  locale = tag === undefined ? system() : forPeople(tag);
  made.clear();
}

// Making an Intl formatter costs far more than using it, and the grid formats thousands.
const made = new Map<string, unknown>();

function keep<T>(key: string, make: () => T): T {
  const kept = made.get(key);
  if (kept !== undefined) return kept as T;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

/** `1,234`. */
export function number(value: number): string {
  return keep('number', () => new Intl.NumberFormat(locale)).format(value);
}

/** Neutral decimal text in the user's locale, with exactly the decimals it came with: nothing passes through a float. */
export function decimal(text: string): string {
  const decimals = text.split('.')[1]?.length ?? 0;
  return keep(
    `decimal ${decimals}`,
    () => new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  ).format(text as `${number}`);
}

/** `1,234.56 EUR`, for sentences. Tables use the component `Amount`. */
export function money(amount: Amount): string {
  return `${decimal(amount.value)}\u00a0${amount.currency}`;
}

/** `EUR 1…, USD 2…` as one phrase. */
export function moneyList(amounts: Amount[]): string {
  return amounts.map(money).join(' · ');
}

/** Per cent from decimal text: `12.5` becomes `12.5 %` the way the locale writes it. */
export function percent(text: string): string {
  return `${decimal(text)}\u00a0%`;
}

function parsed(value: string): Date | null {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A calendar day (`YYYY-MM-DD`), never shifted by a time zone. Text that is no date is shown as it came. */
export function day(iso: string): string {
  const date = parsed(`${iso}T00:00:00Z`);
  if (date === null) return iso;
  return keep('day', () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })).format(
    date,
  );
}

/** An instant (RFC 3339) as day and time. */
export function instant(iso: string): string {
  const date = parsed(iso);
  if (date === null) return iso;
  return keep(
    'instant',
    () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  ).format(date);
}

/** Only the time of an instant. */
export function time(iso: string): string {
  const date = parsed(iso);
  if (date === null) return iso;
  return keep('time', () => new Intl.DateTimeFormat(locale, { timeStyle: 'short' })).format(date);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 hours ago`; instants within a minute are `just now`. */
export function ago(iso: string, now: Date = new Date()): string {
  const date = parsed(iso);
  if (date === null) return iso;
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const words = keep('ago', () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return 'just now';
}

/** `3 invoices`: the number in the user's locale, the noun in its right form. */
export function count(n: number, one: string, other: string): string {
  return `${number(n)} ${plural(n, one, other)}`;
}

export function plural(n: number, one: string, other: string): string {
  const rule = keep('plural', () => new Intl.PluralRules(language)).select(n);
  return rule === 'one' ? one : other;
}

const sizes: [unit: string, least: number][] = [
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1e3],
];

/** `18.3 MB`, for people. */
export function bytes(n: number): string {
  const size = sizes.find(([, least]) => n >= least);
  if (size === undefined) return count(n, 'byte', 'bytes');
  const [unit, least] = size;
  const shown = { style: 'unit', unit, maximumFractionDigits: n / least < 10 ? 1 : 0 } as const;
  return keep(
    `bytes ${unit} ${shown.maximumFractionDigits}`,
    () => new Intl.NumberFormat(locale, shown),
  ).format(n / least);
}

/** The middle left out, for references: both ends tell them apart. */
export function middle(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`;
}

/** A country's name in the catalogue's language. */
export function countryName(code: string): string {
  try {
    return keep('country', () => new Intl.DisplayNames(language, { type: 'region' })).of(code) ?? code;
  } catch {
    return code;
  }
}
