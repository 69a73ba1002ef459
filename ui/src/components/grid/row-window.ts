// The rows of a list that is too long to hold: pages of it are asked for as they come into sight. What is on screen stays
// until something newer arrives, and an answer to an older question is never shown.

import type { Window } from '../../host';

export interface Page<Row> {
  rows: Row[];
  total: number;
}

export type Ask<Row, P extends Page<Row>> = (window: Window) => Promise<P>;

export interface Listener<P> {
  /** Rows on screen may have changed. `fresh`: this answers a new question, so the list begins at its top again. */
  arrived(page: P, fresh: boolean): void;
  failed(reason: unknown): void;
}

export const PAGE_ROWS = 250;
/** Pages kept; those furthest from sight go first. */
const KEPT = 40;
/** More at once would make the core answer pages that were only scrolled past. */
const AT_ONCE = 2;

interface Held<Row> {
  rows: Row[];
  stale: boolean;
}

export class RowWindow<Row, P extends Page<Row>> {
  total: number | null = null;
  private pages = new Map<number, Held<Row>>();
  /** Pages being asked for, of the present question. */
  private asking = new Set<number>();
  private question = 0;
  private answered = 0;
  /** Counts the changes of the data: an answer from before the last one is shown, but asked for again. */
  private revision = 0;
  private sight = { first: 0, last: 0 };
  private broken = false;

  constructor(
    private ask: Ask<Row, P>,
    private readonly listener: Listener<P>,
  ) {}

  row(index: number): Row | undefined {
    return this.pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** Index of the first loaded row that answers to `is`. */
  find(is: (row: Row) => boolean): number | undefined {
    for (const [page, held] of this.pages) {
      const at = held.rows.findIndex(is);
      if (at >= 0) return page * PAGE_ROWS + at;
    }
    return undefined;
  }

  /** Whether rows on screen answer an older question. */
  get behind(): boolean {
    return this.answered !== this.question;
  }

  /** A new question: other filters, another order. */
  restart(ask: Ask<Row, P>): void {
    this.ask = ask;
    this.question += 1;
    this.asking.clear();
    this.broken = false;
    this.fetchMissing();
  }

  /** The same question again, because the data changed or asking failed. The place in the list stays. */
  refresh(): void {
    for (const held of this.pages.values()) held.stale = true;
    this.revision += 1;
    this.broken = false;
    this.fetchMissing();
  }

  /** Tells which rows are in sight. */
  show(first: number, last: number): void {
    this.sight = { first, last: Math.max(first, last) };
    this.fetchMissing();
  }

  /** The rows of a range, asking for those that are not held. */
  async between(first: number, last: number): Promise<Row[]> {
    const question = this.question;
    const rows: Row[] = [];
    for (let index = first; index <= last;) {
      const page = Math.floor(index / PAGE_ROWS);
      const end = Math.min(last, (page + 1) * PAGE_ROWS - 1);
      const held = this.pages.get(page)?.rows ?? (await this.ask(this.window(page))).rows;
      if (question !== this.question) return [];
      rows.push(...held.slice(index % PAGE_ROWS, (end % PAGE_ROWS) + 1));
      index = end + 1;
    }
    return rows;
  }

  private window(page: number): Window {
    return { offset: page * PAGE_ROWS, limit: PAGE_ROWS };
  }

  private wanted(): number[] {
    if (this.behind) return [0];
    const end = this.total === null ? 0 : Math.max(0, this.total - 1);
    const first = Math.floor(Math.min(this.sight.first, end) / PAGE_ROWS);
    const last = Math.floor(Math.min(this.sight.last, end) / PAGE_ROWS);
    const pages: number[] = [];
    for (let page = first; page <= last; page += 1) pages.push(page);
    // One page ahead, once half of the last one has been scrolled through.
    if (this.sight.last % PAGE_ROWS > PAGE_ROWS / 2 && (last + 1) * PAGE_ROWS <= end) pages.push(last + 1);
    return pages.filter((page) => this.pages.get(page)?.stale !== false);
  }

  private fetchMissing(): void {
    if (this.broken) return;
    for (const page of this.wanted()) {
      if (this.asking.size >= AT_ONCE) return;
      if (!this.asking.has(page)) void this.fetchPage(page);
    }
  }

  private async fetchPage(page: number): Promise<void> {
    const { question, revision } = this;
    this.asking.add(page);
    try {
      const answer = await this.ask(this.window(page));
      if (question === this.question) this.take(page, answer, revision);
    } catch (reason) {
      if (question !== this.question) return;
      this.asking.delete(page);
      this.broken = true;
      this.listener.failed(reason);
    }
  }

  private take(page: number, answer: P, revision: number): void {
    const fresh = this.behind || this.total === null;
    if (fresh) this.pages.clear();
    this.answered = this.question;
    this.total = answer.total;
    this.pages.set(page, { rows: answer.rows, stale: revision !== this.revision });
    this.asking.delete(page);
    for (const held of this.pages.keys())
      if (held * PAGE_ROWS >= answer.total && held > 0) this.pages.delete(held);
    this.forgetFar(page);
    this.listener.arrived(answer, fresh);
    this.fetchMissing();
  }

  private forgetFar(near: number): void {
    if (this.pages.size <= KEPT) return;
    const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of far.slice(0, this.pages.size - KEPT)) this.pages.delete(page);
  }
}
