import { expect, test } from 'vitest';

import { groupOf, tally } from '../../src/screens/bulk-import/batch/stages';

test('a stage of a newer version is not over', () => {
  expect([groupOf('confirmed'), groupOf('sending'), groupOf('something new')]).toEqual([
    'open',
    'open',
    'open',
  ]);
});

test('outcomes are counted by group', () => {
  const counts = tally(
    ['confirmed', 'sending', 'submitted', 'linked', 'unknown'].map((stage) => ({ stage })),
  );
  expect(Object.fromEntries(counts)).toEqual({ open: 2, submitted: 1, linked: 1, unknown: 1 });
  const counted = [
    { stage: 'confirmed', count: 3 },
    { stage: 'sending', count: 1 },
  ];
  expect(Object.fromEntries(tally(counted))).toEqual({ open: 4 });
});
