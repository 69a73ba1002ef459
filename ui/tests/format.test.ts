import { afterEach, describe, expect, it } from 'vitest';

import { ago, count, day, decimal, middle, money, number, useLocale } from '../src/text';
import { forPeople } from '../src/text/format';

afterEach(() => useLocale(undefined));

describe('money', () => {
  it('keeps every digit of amounts that no float can hold', () => {
    useLocale('en-US');
    expect(decimal('90071992547409.93')).toBe('90,071,992,547,409.93');
    expect(decimal('9007199254740993.01')).toBe('9,007,199,254,740,993.01');
    expect(decimal('0.1')).toBe('0.1');
  });

  it('shows exactly the decimals of the currency', () => {
    useLocale('en-US');
    expect(money({ value: '1234', currency: 'JPY' })).toBe('1,234\u00a0JPY');
    expect(money({ value: '1234.500', currency: 'KWD' })).toBe('1,234.500\u00a0KWD');
    expect(money({ value: '-0.50', currency: 'EUR' })).toBe('-0.50\u00a0EUR');
  });

  it("follows the user's locale", () => {
    useLocale('de-DE');
    expect(decimal('1234567.80')).toBe('1.234.567,80');
    useLocale('da-DK');
    expect(decimal('1234.56')).toBe('1.234,56');
  });

  it('groups digits for people whose system speaks to programs', () => {
    expect(forPeople('da-DK')).toBe('da-DK');
    expect(forPeople('en-US-posix')).toBe('en-US');
    useLocale('en-US-u-va-posix');
    expect(decimal('742104.86')).toBe('742,104.86');
    expect(day('2026-03-29')).toBe('Mar 29, 2026');
  });
});

describe('days', () => {
  it('never moves a calendar day across a time zone', () => {
    useLocale('en-GB');
    expect(day('2026-03-29')).toBe('29 Mar 2026');
    expect(day('2026-12-31')).toBe('31 Dec 2026');
  });

  it('shows what is no day as it came', () => {
    expect(day('soon')).toBe('soon');
  });
});

describe('ages', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    ['2026-11-21T11:59:40Z', 'just now'],
    ['2026-11-21T11:42:00Z', '18 minutes ago'],
    ['2026-11-21T10:30:00Z', '1 hour ago'],
    ['2026-11-20T11:00:00Z', 'yesterday'],
    ['2026-11-10T11:00:00Z', '11 days ago'],
  ])('%s is %s', (iso, words) => {
    expect(ago(iso, now)).toBe(words);
  });
});

it('chooses the noun by the language and writes the number by the locale', () => {
  useLocale('de-DE');
  expect(count(0, 'case', 'cases')).toBe('0 cases');
  expect(count(1, 'case', 'cases')).toBe('1 case');
  expect(count(12_345, 'case', 'cases')).toBe('12.345 cases');
  expect(number(1e6)).toBe('1.000.000');
});

it('cuts the middle of a reference between whole letters', () => {
  expect(middle('INV-2026-000017', 9)).toBe('INV-…0017');
  expect(middle('short', 9)).toBe('short');
  expect(middle('🧾🧾🧾🧾🧾', 3)).toBe('🧾…🧾');
});
