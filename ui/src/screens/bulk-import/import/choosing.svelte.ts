// Bringing files in from wherever one is, chosen or dropped: where that leads, and what is said of those that cannot be read.
import { go } from '../../../app/routing.svelte';
import { complain, say } from '../../../app/toasts.svelte';
import { call, type Failure, failureOf } from '../../../host';
import { t } from '../../../text';
import { goToFiles } from './places';

/** What became of files that were brought in together. */
export interface Brought {
  imports: { id: string; name: string }[];
  failures: Failure[];
}

let busy = $state(false);
let refused = $state.raw<Failure[]>([]);

const goToImport = (id: string) => go('bulk-import', {}, 'import', id);

/** Shows what became of files, but never takes away a dialog somebody is in the middle of. */
function show({ imports, failures }: Brought): void {
  const unreadable = failures.filter(({ code }) => code === 'table_unreadable');
  failures.filter((failure) => !unreadable.includes(failure)).forEach((failure) => complain(failure));
  const [first] = imports;
  const shown =
    first !== undefined && imports.length === 1 && unreadable.length === 0
      ? () => goToImport(first.id)
      : () => {
          refused = unreadable;
          goToFiles();
        };
  if (first === undefined && unreadable.length === 0) return;
  if (document.querySelector('dialog:modal') === null) return shown();
  unreadable.forEach((failure) => complain(failure));
  if (first !== undefined) {
    const names = imports.map(({ name }) => name);
    say(t.imports.meanwhile(names), { label: t.action.show, run: shown });
  }
}

export const choosing = {
  get busy(): boolean {
    return busy;
  },
  /** Files that could not be read, for the screen of files to show. */
  get refused(): readonly Failure[] {
    return refused;
  },
  forget(): void {
    refused = [];
  },
  /** Whether a file was chosen, and is shown now. */
  async choose(): Promise<boolean> {
    if (busy) return false;
    busy = true;
    try {
      const chosen = await call('choose_import', {});
      if (chosen.import === null) return false;
      refused = [];
      goToImport(chosen.import);
      return true;
    } catch (thrown) {
      const failure = failureOf(thrown);
      show({ imports: [], failures: [failure] });
      return failure.code === 'table_unreadable';
    } finally {
      busy = false;
    }
  },
  show,
};
