// Where the keyboard is in a grid. The focus belongs to a row, not to a place: it goes with its row when others come before it.
import { clampFocus, type Focus, type Shape } from './keyboard';

interface Rows {
  row(index: number): { id: string } | undefined;
  find(is: (row: { id: string }) => boolean): number | undefined;
}

export class Focusing {
  private wanted = $state.raw<Focus>({ row: 0, column: 1 });
  private id: string | null = null;

  constructor(
    private readonly rows: () => Rows,
    private readonly shape: () => Shape,
  ) {}

  /** The focused cell, within the grid as it is now. */
  readonly at = $derived.by(() => clampFocus(this.wanted, this.shape()));

  on(to: Focus): void {
    this.wanted = clampFocus(to, this.shape());
    this.id = this.rows().row(this.wanted.row)?.id ?? null;
  }

  /** The same rows may stand in other places. */
  follow(): void {
    const here = this.rows().row(this.wanted.row)?.id;
    if (here === undefined || here === this.id) return;
    const moved = this.id === null ? undefined : this.rows().find((row) => row.id === this.id);
    if (moved === undefined) this.id = here;
    else this.wanted = { ...this.wanted, row: moved };
  }
}
