import { describe, expect, test } from 'vitest';

import { poolSize, scrollFor, sightOf, slotsOf } from '../../src/components/grid/sight';

const ROW = 32;

describe('drawn rows', () => {
  test.each([0, 1, 33, 1_000_000, 3_199_000])('cover what is seen at %i px', (scrollTop) => {
    const sight = sightOf(scrollTop, 640, ROW, 100_000);
    const drawn = new Set(slotsOf(sight, poolSize(640, ROW), 100_000, -1).map((slot) => slot.index));
    for (let index = sight.first; index <= sight.last; index += 1) expect(drawn.has(index)).toBe(true);
  });

  test('a row keeps its slot while it is drawn, and no slot draws two rows', () => {
    const pool = poolSize(640, ROW);
    const before = slotsOf(sightOf(3200, 640, ROW, 100_000), pool, 100_000, -1);
    const after = slotsOf(sightOf(3200 + 5 * ROW, 640, ROW, 100_000), pool, 100_000, -1);
    expect(new Set(after.map((slot) => slot.slot)).size).toBe(after.length);
    const slotOf = new Map(before.map((slot) => [slot.index, slot.slot]));
    for (const { index, slot } of after) if (slotOf.has(index)) expect(slotOf.get(index)).toBe(slot);
    expect(after.map((slot) => slot.slot)).toEqual(before.map((slot) => slot.slot));
  });

  test('the focused row stays drawn when it is scrolled away', () => {
    const slots = slotsOf(sightOf(1_000_000, 640, ROW, 100_000), poolSize(640, ROW), 100_000, 7);
    expect(slots.at(-1)).toEqual({ slot: poolSize(640, ROW), index: 7 });
    expect(slotsOf({ first: 0, last: 10 }, 30, 100, 7).filter((slot) => slot.index === 7)).toHaveLength(1);
  });

  test('a list shorter than the window', () => {
    expect(slotsOf(sightOf(0, 640, ROW, 3), 40, 3, 1).map((slot) => slot.index)).toEqual([0, 1, 2]);
    expect(slotsOf(sightOf(0, 640, ROW, 0), 40, 0, -1)).toEqual([]);
  });
});

test('scrolling brings a row into full sight and otherwise stays', () => {
  expect(scrollFor(3, 320, 640, ROW)).toBe(96);
  expect(scrollFor(100, 0, 640, ROW)).toBe(101 * ROW - 640);
  expect(scrollFor(12, 320, 640, ROW)).toBe(320);
});
