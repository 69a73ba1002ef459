import { expect, test } from 'vitest';

import { Choosing } from '../../src/components/grid/choosing.svelte';

const list = {
  total: 1000,
  row: (index: number) => ({ id: `r${index}` }),
  between: (first: number, last: number) =>
    Promise.resolve(Array.from({ length: last - first + 1 }, (_, at) => ({ id: `r${first + at}` }))),
};

test('Shift draws a run from the row last toggled, and shrinks it again', async () => {
  const choosing = new Choosing(list);
  choosing.toggle(5);
  await choosing.extendTo(8);
  expect(choosing.count).toBe(4);
  await choosing.extendTo(6);
  expect([choosing.count, choosing.has('r7')]).toEqual([2, false]);
  await choosing.extendTo(3);
  expect([choosing.has('r3'), choosing.has('r5'), choosing.has('r6')]).toEqual([true, true, false]);
});

test('a new run leaves what was chosen before', async () => {
  const choosing = new Choosing(list);
  choosing.toggle(1);
  choosing.anchorAt(10);
  await choosing.extendTo(11);
  expect([choosing.has('r1'), choosing.count]).toEqual([true, 3]);
});

test('of two reaches under way, the later one holds', async () => {
  const choosing = new Choosing(list);
  choosing.anchorAt(0);
  const far = choosing.extendTo(500);
  const near = choosing.extendTo(2);
  await Promise.all([far, near]);
  expect(choosing.count).toBe(3);
});

test('all that match, with exceptions, and none', () => {
  const choosing = new Choosing(list);
  choosing.all();
  choosing.toggle(4);
  expect(choosing.count).toBe(999);
  expect(choosing.clear()).toBe(true);
  expect([choosing.count, choosing.clear()]).toEqual([0, false]);
  choosing.toggleAll();
  choosing.toggleAll();
  expect(choosing.count).toBe(0);
});
