// What the user is doing with the invoices of one workspace: filters, order, choice, the one that is open. It outlives the
// screen, so that coming back from a review finds everything as it was.
import { Choosing } from '../../components/grid/choosing.svelte';
import { Listed } from '../../components/grid/listed.svelte';
import { NOTHING } from '../../components/grid/selection';
import { outliving } from '../../app/outliving.svelte';
import { app } from '../../app/state.svelte';
import {
  call,
  type InvoicePage,
  type InvoiceQuery,
  type InvoiceRow,
  type Selection,
  type SortBy,
} from '../../host';
import { type Filters, OLDEST_FIRST, OVERDUE, queryOf, type Sort } from './query';

export class InvoiceList {
  filters: Filters = $state.raw(OVERDUE);
  sort = $state.raw<Sort>(OLDEST_FIRST);
  openId = $state<string | null>(null);

  readonly query = $derived<InvoiceQuery>(queryOf(this.filters, this.sort, app.state?.today ?? ''));
  readonly rows = new Listed<InvoiceRow, InvoicePage>((window) =>
    call('invoices', { query: this.query, window }),
  );
  readonly choosing = new Choosing(this.rows);
  readonly selection = $derived<Selection>(this.selected());

  /** What it shows before anybody filters. */
  opensOn: Filters = $state.raw(OVERDUE);

  /** `ofImport`: the import whose rows these are. */
  constructor(
    opensOn: Filters = OVERDUE,
    readonly ofImport: string | null = null,
  ) {
    this.opensOn = opensOn;
    this.filters = opensOn;
  }

  /** The rows of an import that was read again stand under another source; whatever else was chosen stays. */
  follow(connection: string): void {
    if (connection === this.opensOn.connection) return;
    this.opensOn = { ...this.opensOn, connection };
    this.narrow({ connection });
  }

  narrow(part: Partial<Filters>): void {
    this.filters = { ...this.filters, ...part };
    // "All that match" was said of another list.
    if (this.choosing.choice.kind === 'matching') this.choosing.choice = NOTHING;
    this.askAnew();
  }

  sortBy(by: SortBy): void {
    this.sort = { by, descending: by === this.sort.by ? !this.sort.descending : by === 'amount' };
    this.askAnew();
  }

  private askAnew(): void {
    const { query } = this;
    this.rows.ask((window) => call('invoices', { query, window }));
  }

  private selected(): Selection {
    const { choice } = this.choosing;
    return choice.kind === 'ids'
      ? { kind: 'ids', ids: [...choice.ids] }
      : { kind: 'matching', query: this.query, except: [...choice.except] };
  }
}

interface Kept {
  key: string | null;
  made: InvoiceList;
  end: () => void;
}

/** The last list made, for as long as the same one is asked for. */
function keeping(): (key: string | null, make: () => InvoiceList) => InvoiceList {
  let kept: Kept | null = null;
  return (key, make) => {
    if (kept === null || kept.key !== key) {
      kept?.end();
      kept = { key, ...outliving(make) };
    }
    return kept.made;
  };
}

const ofWorkspace = keeping();
const ofImport = keeping();

export function invoiceList(workspace: string | null): InvoiceList {
  return ofWorkspace(workspace, () => new InvoiceList());
}

/** The rows of one imported file, whatever their state, in the file's order as far as a list has one. */
export function importedList(id: string, connection: string): InvoiceList {
  return ofImport(id, () => new InvoiceList({ ...OVERDUE, states: [], connection }, id));
}
