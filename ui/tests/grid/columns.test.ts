import { expect, test } from 'vitest';

import {
  AS_DESIGNED,
  type Column,
  leastWidth,
  readChoice,
  shownColumns,
  template,
  withShown,
  withWidth,
} from '../../src/components/grid/columns';

const columns: Column[] = [
  { id: 'reference', title: 'Reference', width: 120, fixed: true },
  { id: 'debtor', title: 'Debtor', width: 180, grows: true },
  { id: 'country', title: 'Country', width: 80, extra: true },
];
const ids = (shown: Column[]) => shown.map((column) => column.id);

test('extra columns wait until chosen, fixed ones cannot be hidden', () => {
  expect(ids(shownColumns(columns, AS_DESIGNED))).toEqual(['reference', 'debtor']);
  const choice = withShown(withShown(AS_DESIGNED, 'country', true), 'reference', false);
  expect(ids(shownColumns(columns, choice))).toEqual(['reference', 'debtor', 'country']);
});

test('the growing column takes what is left, and never less than its width', () => {
  expect(template(columns, AS_DESIGNED, true)).toBe('36px 120px minmax(180px, 1fr) 80px');
  expect(leastWidth(columns, withWidth(AS_DESIGNED, 'debtor', 300), false)).toBe(500);
});

test('a width stays readable', () => {
  expect(withWidth(AS_DESIGNED, 'debtor', 3).widths.debtor).toBe(56);
  expect(withWidth(AS_DESIGNED, 'debtor', 9000).widths.debtor).toBe(800);
});

test('what was remembered is read whatever wrote it', () => {
  expect(readChoice({ shown: { country: true, x: 'yes' }, widths: { debtor: 250, y: -1, z: 'a' } })).toEqual({
    shown: { country: true },
    widths: { debtor: 250 },
  });
  for (const odd of [null, 3, 'x', [], { shown: 4 }]) expect(readChoice(odd)).toEqual(AS_DESIGNED);
});
