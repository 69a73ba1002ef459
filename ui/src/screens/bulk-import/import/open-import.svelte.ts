// One import as its steps show it. Every change is a command that answers with the import as it is then; what others change
// (the reading of rows, an undo elsewhere) comes by event.
import { attempt } from '../../../app/ask';
import { onChanged } from '../../../app/live.svelte';
import { call, type Failure, failureOf, type ImportView, type Plan, type TableChoice } from '../../../host';

export class OpenImport {
  view = $state.raw<ImportView | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** A change is under way. */
  busy = $state(false);
  private turn = 0;

  constructor(readonly id: string) {
    $effect(() => {
      void this.ask();
      return onChanged(['imports'], () => void this.ask());
    });
  }

  async ask(): Promise<void> {
    const turn = ++this.turn;
    try {
      const view = await call('import', { id: this.id });
      if (turn !== this.turn) return;
      this.view = view;
      this.failure = null;
    } catch (thrown) {
      if (turn === this.turn) this.failure = failureOf(thrown);
    }
  }

  change(plan: Plan): Promise<boolean> {
    return this.take(attempt('change_mapping', { id: this.id, plan }));
  }

  /** Reads the table with one more thing chosen by the user; null has it found again. */
  readAnew(choice: Partial<TableChoice>): Promise<boolean> {
    const { view } = this;
    if (!view) return Promise.resolve(false);
    return this.take(attempt('read_table_anew', { id: this.id, table: { ...view.chosen, ...choice } }));
  }

  undo(): Promise<boolean> {
    return this.take(attempt('undo_import_step', { id: this.id }));
  }

  redo(): Promise<boolean> {
    return this.take(attempt('redo_import_step', { id: this.id }));
  }

  /** Takes over what a command answers. */
  async take(answer: Promise<ImportView | undefined>): Promise<boolean> {
    this.busy = true;
    const turn = ++this.turn;
    const view = await answer;
    if (turn === this.turn) this.busy = false;
    // An answer that was overtaken by a later change shows what is no longer so.
    if (view === undefined || turn !== this.turn) return view !== undefined;
    this.view = view;
    return true;
  }
}
