import { expect, test } from 'vitest';

import type { BatchEntry } from '../../src/host/commands';
import { groupOf, tally } from '../../src/screens/bulk-import/batch/stages';

const entry = (stage: string): BatchEntry => ({
  id: stage,
  invoice: stage,
  reference: 'INV-1',
  debtor: 'Nordlys A/S',
  amount: { value: '10.00', currency: 'EUR' },
  stage,
  case_reference: null,
  problem: null,
  attachment: 'none',
  can_withdraw: false,
});

test('a stage of a newer version is not over', () => {
  expect([groupOf('confirmed'), groupOf('sending'), groupOf('something new')]).toEqual([
    'open',
    'open',
    'open',
  ]);
});

test('outcomes are counted by group', () => {
  const counts = tally(['confirmed', 'sending', 'submitted', 'linked', 'unknown'].map(entry));
  expect(Object.fromEntries(counts)).toEqual({ open: 2, submitted: 1, linked: 1, unknown: 1 });
});
