import { expect, test } from 'vitest';

import { PaceOfJob } from '../src/app/pace';

/** One report a second. */
function after(counts: number[]): PaceOfJob {
  const pace = new PaceOfJob();
  counts.forEach((done, second) => pace.note(done, second * 1000));
  return pace;
}

const evenly = (seconds: number) => Array.from({ length: seconds + 1 }, (_, second) => second * 20);

test('nothing is said in the first seconds', () => {
  expect(after(evenly(3)).at(3000, 1000)).toBeNull();
});

test('a steady pace tells the time that is left', () => {
  expect(after(evenly(10)).at(10_000, 1200)).toEqual({ perMinute: 1200, secondsLeft: 50 });
});

test('without a total there is a rate and no end', () => {
  expect(after(evenly(10)).at(10_000, null)).toEqual({ perMinute: 1200, secondsLeft: null });
});

test('a pace that jumps about promises no end', () => {
  const slowing = [0, 100, 200, 300, 400, 500, 505, 510, 515, 520, 525];
  expect(after(slowing).at(10_000, 1000)?.secondsLeft).toBeNull();
});

test('silence counts as standing still', () => {
  expect(after(evenly(10)).at(30_000, 1200)?.perMinute).toBeCloseTo(400);
});

test('what lies long ago is forgotten, and a new beginning forgets all', () => {
  const quickFirst = [...evenly(10), ...Array.from({ length: 40 }, (_, second) => 200 + second + 1)];
  expect(after(quickFirst).at(50_000, null)?.perMinute).toBeCloseTo(60);
  const anew = after(evenly(10));
  anew.note(0, 11_000);
  expect(anew.at(11_000, 1200)).toBeNull();
});
