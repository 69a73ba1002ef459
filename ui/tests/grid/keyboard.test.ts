import { describe, expect, test } from 'vitest';

import { type KeyPress, meaningOf } from '../../src/components/grid/keyboard';

const shape = { rows: 100, columns: 6, page: 10 };
const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});
const at = (row: number, column = 2) => ({ row, column });

describe('moving', () => {
  test.each([
    ['ArrowDown', {}, at(51)],
    ['ArrowUp', {}, at(49)],
    ['ArrowLeft', {}, at(50, 1)],
    ['ArrowRight', {}, at(50, 3)],
    ['PageDown', {}, at(60)],
    ['PageUp', {}, at(40)],
    ['Home', {}, at(50, 0)],
    ['End', {}, at(50, 5)],
    ['Home', { ctrlKey: true }, at(0, 0)],
    ['End', { ctrlKey: true }, at(99, 5)],
    ['ArrowDown', { metaKey: true }, at(99)],
  ])('%s %o', (key, held, to) => {
    expect(meaningOf(press(key, held), at(50), shape)).toEqual({ kind: 'move', to, extend: false });
  });

  test('stops at the edges', () => {
    expect(meaningOf(press('PageDown'), at(95), shape)).toMatchObject({ to: at(99) });
    expect(meaningOf(press('PageUp'), at(3), shape)).toMatchObject({ to: at(0) });
    expect(meaningOf(press('ArrowRight'), at(3, 5), shape)).toMatchObject({ to: at(3, 5) });
  });

  test('reaches the header from the first row and comes back', () => {
    expect(meaningOf(press('ArrowUp'), at(0), shape)).toMatchObject({ to: at(-1) });
    expect(meaningOf(press('ArrowDown'), at(-1), shape)).toMatchObject({ to: at(0) });
  });

  test('Shift extends, but not into the header', () => {
    expect(meaningOf(press('ArrowDown', { shiftKey: true }), at(5), shape)).toMatchObject({ extend: true });
    expect(meaningOf(press('ArrowUp', { shiftKey: true }), at(0), shape)).toMatchObject({ extend: false });
    expect(meaningOf(press('ArrowRight', { shiftKey: true }), at(5), shape)).toMatchObject({ extend: false });
  });

  test('an empty grid has only its header', () => {
    expect(meaningOf(press('ArrowDown'), at(-1), { ...shape, rows: 0 })).toMatchObject({ to: at(-1) });
  });
});

describe('acting', () => {
  test('Space selects, with Shift up to here', () => {
    expect(meaningOf(press(' '), at(4), shape)).toEqual({ kind: 'toggle', row: 4 });
    expect(meaningOf(press(' ', { shiftKey: true }), at(4), shape)).toEqual({ kind: 'extend', row: 4 });
  });

  test('Enter opens, F2 edits, Escape clears, Ctrl+A takes all', () => {
    expect(meaningOf(press('Enter'), at(4), shape)).toEqual({ kind: 'open', row: 4 });
    expect(meaningOf(press('F2'), at(4), shape)).toEqual({ kind: 'edit', row: 4, column: 2 });
    expect(meaningOf(press('Escape'), at(4), shape)).toEqual({ kind: 'clear' });
    expect(meaningOf(press('a', { ctrlKey: true }), at(4), shape)).toEqual({ kind: 'all' });
  });

  test('in the header Enter and Space sort, Alt with arrows resizes', () => {
    expect(meaningOf(press('Enter'), at(-1, 3), shape)).toEqual({ kind: 'sort', column: 3 });
    expect(meaningOf(press(' '), at(-1, 0), shape)).toEqual({ kind: 'all' });
    expect(meaningOf(press('ArrowRight', { altKey: true }), at(-1, 3), shape)).toMatchObject({
      kind: 'resize',
      by: 16,
    });
    expect(meaningOf(press('ArrowRight', { altKey: true }), at(1, 3), shape)).toBeNull();
  });

  test('other keys are left to others', () => {
    for (const key of ['Tab', 'x', 'F5', '/']) expect(meaningOf(press(key), at(4), shape)).toBeNull();
    expect(meaningOf(press('Enter', { ctrlKey: true }), at(4), shape)).toBeNull();
  });
});
