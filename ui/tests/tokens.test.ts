import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');
const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name, { light, dark }],
  ),
);

/** Relative luminance of WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground', 'raised', 'sunken', 'hover', 'accent-soft', 'good-soft', 'warn-soft', 'bad-soft'];
const pairs: [ink: string, on: string, least: number][] = [
  ...grounds.flatMap((on): [string, string, number][] => [
    ['ink', on, 4.5],
    ['ink-2', on, 4.5],
  ]),
  ...['ground', 'raised', 'sunken'].flatMap((on): [string, string, number][] => [
    ['accent', on, 4.5],
    ['good', on, 4.5],
    ['warn', on, 4.5],
    ['bad', on, 4.5],
    ['line-control', on, 3],
  ]),
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-hover', 4.5],
  ['good', 'good-soft', 4.5],
  ['warn', 'warn-soft', 4.5],
  ['bad', 'bad-soft', 4.5],
];

describe.each(['light', 'dark'] as const)('colours, %s', (theme) => {
  it.each(pairs)('%s on %s reaches %d : 1', (ink, on, least) => {
    const [above, below] = [colours.get(ink)?.[theme], colours.get(on)?.[theme]];
    expect(above && below && contrast(above, below)).toBeGreaterThanOrEqual(least);
  });
});
