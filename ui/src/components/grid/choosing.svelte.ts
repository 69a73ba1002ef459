// The user's choice of rows, and the run that Shift draws.
import {
  type Choice,
  chosenCount,
  EVERYTHING,
  isChosen,
  isEmpty,
  NOTHING,
  type Run,
  runRows,
  toggled,
  withChosen,
} from './selection';

interface Rows {
  readonly total: number;
  row(index: number): { id: string } | undefined;
  between(first: number, last: number): Promise<{ id: string }[]>;
}

export class Choosing {
  choice = $state.raw<Choice>(NOTHING);
  private run: Run | null = null;
  private extended = 0;

  constructor(private readonly rows: Rows) {}

  readonly count = $derived.by(() => chosenCount(this.choice, this.rows.total));

  has(id: string): boolean {
    return isChosen(this.choice, id);
  }

  toggle(index: number): void {
    const row = this.rows.row(index);
    if (!row) return;
    this.choice = toggled(this.choice, row.id);
    this.anchorAt(index);
  }

  /** Where the next run begins, unless one is being drawn. */
  anchorAt(index: number): void {
    this.run = { anchor: index, base: this.choice };
  }

  /** Chooses from the anchor to here; what an earlier reach of the same run chose is let go. */
  async extendTo(index: number): Promise<void> {
    this.run ??= { anchor: index, base: this.choice };
    const { run } = this;
    const turn = (this.extended += 1);
    const { first, last } = runRows(run, index);
    const reach = await this.rows.between(first, last);
    if (turn !== this.extended || run !== this.run) return;
    this.choice = withChosen(
      run.base,
      reach.map((row) => row.id),
      true,
    );
  }

  toggleAll(): void {
    this.choice = this.choice.kind === 'matching' && this.choice.except.size === 0 ? NOTHING : EVERYTHING;
    this.run = null;
  }

  all(): void {
    this.choice = EVERYTHING;
    this.run = null;
  }

  /** Whether there was anything to clear. */
  clear(): boolean {
    const had = !isEmpty(this.choice, this.rows.total);
    this.choice = NOTHING;
    this.run = null;
    return had;
  }
}
