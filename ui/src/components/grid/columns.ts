// What a column is, and what the user made of the columns: which are shown, and how wide.

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Width in px when the user set none; the one column that grows takes at least this. */
  readonly width: number;
  readonly grows?: boolean;
  readonly align?: 'end';
  /** By what the list is sorted when this header is used. */
  readonly sort?: string;
  /** Its text names the row when read aloud. */
  readonly names?: boolean;
  /** Always shown. */
  readonly fixed?: boolean;
  /** Hidden until chosen. */
  readonly extra?: boolean;
}

export interface ColumnChoice {
  readonly shown: Readonly<Record<string, boolean>>;
  readonly widths: Readonly<Record<string, number>>;
}

export const AS_DESIGNED: ColumnChoice = { shown: {}, widths: {} };

/** The first column, with the checkboxes. */
export const CHECK_WIDTH = 36;
export const NARROWEST = 56;
export const WIDEST = 800;

export function isShown(column: Column, choice: ColumnChoice): boolean {
  return column.fixed === true || (choice.shown[column.id] ?? column.extra !== true);
}

export function shownColumns(columns: readonly Column[], choice: ColumnChoice): Column[] {
  return columns.filter((column) => isShown(column, choice));
}

export function widthOf(column: Column, choice: ColumnChoice): number {
  return choice.widths[column.id] ?? column.width;
}

export function withShown(choice: ColumnChoice, id: string, shown: boolean): ColumnChoice {
  return { ...choice, shown: { ...choice.shown, [id]: shown } };
}

export function withWidth(choice: ColumnChoice, id: string, width: number): ColumnChoice {
  const inside = Math.round(Math.max(NARROWEST, Math.min(width, WIDEST)));
  return { ...choice, widths: { ...choice.widths, [id]: inside } };
}

/** Value of `grid-template-columns`. Without a growing column the last one takes what is left. */
export function template(columns: readonly Column[], choice: ColumnChoice, checkbox: boolean): string {
  const grower = columns.find((column) => column.grows) ?? columns.at(-1);
  const tracks = columns.map((column) => {
    const width = widthOf(column, choice);
    return column === grower ? `minmax(${width}px, 1fr)` : `${width}px`;
  });
  return [...(checkbox ? [`${CHECK_WIDTH}px`] : []), ...tracks].join(' ');
}

/** Width below which the grid scrolls sideways. */
export function leastWidth(columns: readonly Column[], choice: ColumnChoice, checkbox: boolean): number {
  return columns.reduce((sum, column) => sum + widthOf(column, choice), checkbox ? CHECK_WIDTH : 0);
}

function record<T>(value: unknown, is: (each: unknown) => each is T): Record<string, T> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, T] => is(entry[1])));
}

/** What was remembered, whatever an older or newer version wrote. */
export function readChoice(remembered: unknown): ColumnChoice {
  if (typeof remembered !== 'object' || remembered === null) return AS_DESIGNED;
  const { shown, widths } = remembered as Record<string, unknown>;
  const sensible = (width: unknown): width is number =>
    typeof width === 'number' && width >= NARROWEST && width <= WIDEST;
  return {
    shown: record(shown, (each) => typeof each === 'boolean'),
    widths: record(widths, sensible),
  };
}
