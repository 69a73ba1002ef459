// What the user is looking at among the cases of one workspace; it outlives the screen.
import { outliving } from '../../app/outliving.svelte';
import { Listed } from '../../components/grid/listed.svelte';
import { call, type CasePage, type CaseQuery, type CaseRow } from '../../host';

export const ALL_CASES: CaseQuery = { search: '', statuses: [], open: null };

export class CaseList {
  query = $state.raw<CaseQuery>(ALL_CASES);
  openId = $state<string | null>(null);

  readonly rows = new Listed<CaseRow, CasePage>((window) => call('cases', { query: this.query, window }));

  readonly narrowed = $derived(JSON.stringify(this.query) !== JSON.stringify(ALL_CASES));

  narrow(part: Partial<CaseQuery>): void {
    const query = { ...this.query, ...part };
    this.query = query;
    this.rows.ask((window) => call('cases', { query, window }));
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
