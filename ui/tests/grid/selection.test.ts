import { describe, expect, test } from 'vitest';

import {
  chosenCount,
  coverage,
  EVERYTHING,
  isChosen,
  NOTHING,
  runRows,
  toggled,
  withChosen,
} from '../../src/components/grid/selection';

describe('choosing by id', () => {
  test('a row toggles in and out without touching the others', () => {
    const one = toggled(NOTHING, 'a');
    const two = toggled(one, 'b');
    expect(isChosen(two, 'a') && isChosen(two, 'b')).toBe(true);
    expect(isChosen(toggled(two, 'a'), 'a')).toBe(false);
    expect(isChosen(one, 'b')).toBe(false);
  });

  test('the count does not depend on the list, which may be filtered', () => {
    expect(chosenCount(withChosen(NOTHING, ['a', 'b'], true), 1)).toBe(2);
  });
});

describe('choosing all that match', () => {
  test('rows never loaded are chosen too', () => {
    expect(isChosen(EVERYTHING, 'row 99,999')).toBe(true);
    expect(chosenCount(EVERYTHING, 100_000)).toBe(100_000);
  });

  test('taking one off makes an exception, putting it back removes the exception', () => {
    const without = toggled(EVERYTHING, 'a');
    expect(without).toEqual({ kind: 'matching', except: new Set(['a']) });
    expect(chosenCount(without, 10)).toBe(9);
    expect(toggled(without, 'a')).toEqual(EVERYTHING);
  });

  test('the checkbox over the list tells all from some from none', () => {
    expect(coverage(EVERYTHING, 3)).toBe('all');
    expect(coverage(toggled(EVERYTHING, 'a'), 3)).toBe('some');
    expect(coverage(withChosen(EVERYTHING, ['a', 'b', 'c'], false), 3)).toBe('none');
    expect(coverage(toggled(NOTHING, 'a'), 3)).toBe('some');
    expect(coverage(EVERYTHING, 0)).toBe('none');
  });
});

test('a run reaches from its anchor in both directions', () => {
  expect(runRows({ anchor: 5, base: NOTHING }, 2)).toEqual({ first: 2, last: 5 });
  expect(runRows({ anchor: 5, base: NOTHING }, 9)).toEqual({ first: 5, last: 9 });
});
