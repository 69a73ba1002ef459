// What the user is looking at among the cases of one workspace; it outlives the screen.
import { outliving } from '../../app/outliving.svelte';
import { Listed } from '../../components/grid/listed.svelte';
import { call, type CasePage, type CaseQuery, type CaseRow, type CaseSortBy } from '../../host';

/** No filter; the order is another matter. */
export const ALL_CASES = { search: '', statuses: [], open: null } satisfies Partial<CaseQuery>;

export class CaseList {
  query = $state.raw<CaseQuery>({ ...ALL_CASES, sort: 'updated', descending: true });
  openId = $state<string | null>(null);

  readonly rows = new Listed<CaseRow, CasePage>((window) => call('cases', { query: this.query, window }));

  readonly narrowed = $derived(
    this.query.search !== '' || this.query.statuses.length > 0 || this.query.open !== null,
  );

  narrow(part: Partial<CaseQuery>): void {
    const query = { ...this.query, ...part };
    this.query = query;
    this.rows.ask((window) => call('cases', { query, window }));
  }

  /** Dates and amounts begin with the newest and the largest, words with A. */
  sortBy(by: CaseSortBy): void {
    const largestFirst = by === 'updated' || by === 'created' || by === 'amount';
    this.narrow({ sort: by, descending: by === this.query.sort ? !this.query.descending : largestFirst });
  }

  toggleStatus(status: string): void {
    const { statuses } = this.query;
    const rest = statuses.filter((each) => each !== status);
    this.narrow({ statuses: rest.length === statuses.length ? [...statuses, status] : rest });
  }
}

let kept: { workspace: string | null; made: CaseList; end: () => void } | null = null;

export function caseList(workspace: string | null): CaseList {
  if (kept?.workspace !== workspace) {
    kept?.end();
    kept = { workspace, ...outliving(() => new CaseList()) };
  }
  return kept.made;
}
