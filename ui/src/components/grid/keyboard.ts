// What a key means in a grid. Pure: from a key press, where the focus is and how large the grid is, to what should happen.

/** A cell; row -1 is the header. */
export interface Focus {
  readonly row: number;
  readonly column: number;
}

export interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** Rows that fit on one screen. */
  readonly page: number;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export type Meaning =
  | { kind: 'move'; to: Focus; extend: boolean }
  | { kind: 'toggle'; row: number }
  | { kind: 'extend'; row: number }
  | { kind: 'all' }
  | { kind: 'clear' }
  | { kind: 'open'; row: number }
  | { kind: 'edit'; row: number; column: number }
  | { kind: 'sort'; column: number }
  | { kind: 'resize'; column: number; by: number };

export const HEADER = -1;
const RESIZE_STEP = 16;

export function clampFocus(focus: Focus, shape: Shape): Focus {
  const lastRow = shape.rows - 1;
  return {
    row: Math.max(HEADER, Math.min(focus.row, lastRow)),
    column: Math.max(0, Math.min(focus.column, shape.columns - 1)),
  };
}

export function meaningOf(press: KeyPress, focus: Focus, shape: Shape): Meaning | null {
  const command = press.ctrlKey || press.metaKey;
  if (press.altKey) return resizing(press.key, focus);
  if (command && press.key.toLowerCase() === 'a' && !press.shiftKey) return { kind: 'all' };
  const to = destination(press.key, command, focus, shape);
  if (to) {
    const inside = clampFocus(to, shape);
    const extend =
      press.shiftKey && inside.row !== HEADER && focus.row !== HEADER && inside.row !== focus.row;
    return { kind: 'move', to: inside, extend };
  }
  if (command) return null;
  switch (press.key) {
    case ' ':
      if (focus.row === HEADER)
        return focus.column === 0 ? { kind: 'all' } : { kind: 'sort', column: focus.column };
      return press.shiftKey ? { kind: 'extend', row: focus.row } : { kind: 'toggle', row: focus.row };
    case 'Enter':
      if (focus.row === HEADER)
        return focus.column === 0 ? { kind: 'all' } : { kind: 'sort', column: focus.column };
      return { kind: 'open', row: focus.row };
    case 'F2':
      return focus.row === HEADER ? null : { kind: 'edit', row: focus.row, column: focus.column };
    case 'Escape':
      return { kind: 'clear' };
    default:
      return null;
  }
}

function resizing(key: string, focus: Focus): Meaning | null {
  if (focus.row !== HEADER || focus.column === 0) return null;
  if (key === 'ArrowRight') return { kind: 'resize', column: focus.column, by: RESIZE_STEP };
  if (key === 'ArrowLeft') return { kind: 'resize', column: focus.column, by: -RESIZE_STEP };
  return null;
}

function destination(key: string, command: boolean, focus: Focus, shape: Shape): Focus | null {
  const { row, column } = focus;
  switch (key) {
    case 'ArrowDown':
      return { row: command ? shape.rows - 1 : row + 1, column };
    case 'ArrowUp':
      return { row: command ? 0 : row - 1, column };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'PageDown':
      return { row: row + shape.page, column };
    // One screen up stops at the first row: the header is for who goes there on purpose.
    case 'PageUp':
      return { row: row === HEADER ? HEADER : Math.max(0, row - shape.page), column };
    case 'Home':
      return command ? { row: 0, column: 0 } : { row, column: 0 };
    case 'End':
      return command
        ? { row: shape.rows - 1, column: shape.columns - 1 }
        : { row, column: shape.columns - 1 };
    default:
      return null;
  }
}
