// The rows of a list as the screen sees them: reactive around `RowWindow`.
import { type Failure, failureOf } from '../../host';
import { type Ask, type Page, RowWindow } from './row-window';

export class Listed<Row, P extends Page<Row>> {
  /** The newest answer, for what it says of the whole list; absent until the first one. */
  page = $state.raw<P | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** Counts answers to new questions: the list begins at its top again. */
  begun = $state(0);
  /** Counts arrivals of rows. */
  version = $state(0);
  /** Rows on screen still answer the question before. */
  behind = $state(true);

  private readonly window: RowWindow<Row, P>;

  constructor(ask: Ask<Row, P>) {
    this.window = new RowWindow<Row, P>(ask, {
      arrived: (page, fresh) => {
        this.page = page;
        this.failure = null;
        this.behind = this.window.behind;
        this.version += 1;
        if (fresh) this.begun += 1;
      },
      failed: (reason) => {
        this.failure = failureOf(reason);
      },
    });
  }

  get total(): number {
    return this.page?.total ?? 0;
  }

  row(index: number): Row | undefined {
    void this.version;
    return this.window.row(index);
  }

  find(is: (row: Row) => boolean): number | undefined {
    void this.version;
    return this.window.find(is);
  }

  ask(ask: Ask<Row, P>): void {
    this.window.restart(ask);
    this.behind = true;
  }

  refresh(): void {
    this.window.refresh();
  }

  show(first: number, last: number): void {
    this.window.show(first, last);
  }

  between(first: number, last: number): Promise<Row[]> {
    return this.window.between(first, last);
  }
}
