import { describe, expect, test } from 'vitest';

import {
  daysBefore,
  isAsOpened,
  isNarrowed,
  monthsBefore,
  neutralAmount,
  OLDEST_FIRST,
  OVERDUE,
  queryOf,
  toggleState,
} from '../../src/screens/bulk-import/query';

test('the screen opens on what is overdue, oldest first', () => {
  const query = queryOf(OVERDUE, OLDEST_FIRST, '2026-03-31');
  expect(query).toMatchObject({ states: ['ready', 'attention'], sort: 'due_date', descending: false });
  expect([query.due_until, query.partly_paid, isAsOpened(OVERDUE)]).toEqual([null, false, true]);
});

test('presets of age become the last due day', () => {
  const since = (days: number) =>
    queryOf({ ...OVERDUE, due: { kind: 'overdue', days } }, OLDEST_FIRST, '2026-03-31').due_until;
  expect([since(30), since(90)]).toEqual(['2026-03-01', '2025-12-31']);
  expect(daysBefore('2024-03-01', 1)).toBe('2024-02-29');
});

test('months go back to a day that exists', () => {
  expect([monthsBefore('2026-03-31', 1), monthsBefore('2026-03-31', 24)]).toEqual([
    '2026-02-28',
    '2024-03-31',
  ]);
});

test('states toggle in the order of the chips', () => {
  const more = toggleState(toggleState(OVERDUE, 'gone'), 'not-due');
  expect(more.states).toEqual(['ready', 'attention', 'not-due', 'gone']);
  expect(toggleState(more, 'ready').states).toEqual(['attention', 'not-due', 'gone']);
  expect([isNarrowed(more), isNarrowed({ ...more, search: 'x' })]).toEqual([false, true]);
});

describe('amounts as people write them', () => {
  test.each([
    ['1500', '1500'],
    ['1500.50', '1500.50'],
    ['1500,5', '1500.5'],
    ['1.500', '1500'],
    ['1,500', '1500'],
    ['1.500,25', '1500.25'],
    ['1,500.25', '1500.25'],
    ['1.500.000', '1500000'],
    ['1 500,25', '1500.25'],
    ['1’500.25', '1500.25'],
    ['12,', '12'],
  ])('%s is %s', (text, neutral) => expect(neutralAmount(text)).toBe(neutral));

  test.each(['', 'abc', '-5', '€ 5', '1e5', '.5'])('%s is none', (text) =>
    expect(neutralAmount(text)).toBeNull(),
  );
});
