import { beforeEach, describe, expect, test } from 'vitest';

import { type Page, PAGE_ROWS, RowWindow } from '../../src/components/grid/row-window';

interface Row {
  id: string;
}

/** Answers in the order the test chooses. */
class Core {
  asked: { offset: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = [];
  total = 100_000;

  ask =
    (name: string) =>
    ({ offset, limit }: { offset: number; limit: number }): Promise<Page<Row>> =>
      new Promise((resolve, reject) => {
        const { total } = this;
        this.asked.push({
          offset,
          answer: () => {
            const length = Math.max(0, Math.min(limit, total - offset));
            resolve({ rows: Array.from({ length }, (_, at) => ({ id: `${name}${offset + at}` })), total });
            return settled();
          },
          fail: () => {
            reject(new Error('offline'));
            return settled();
          },
        });
      });

  next() {
    const first = this.asked.shift();
    if (!first) throw new Error('nothing was asked');
    return first;
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

let core: Core;
let arrivals: boolean[];
let failures: unknown[];
let list: RowWindow<Row, Page<Row>>;

beforeEach(() => {
  core = new Core();
  arrivals = [];
  failures = [];
  list = new RowWindow<Row, Page<Row>>(core.ask('a'), {
    arrived: (_page, fresh) => arrivals.push(fresh),
    failed: (reason) => failures.push(reason),
  });
});

const opened = async () => {
  list.show(0, 20);
  await core.next().answer();
};

describe('scrolling', () => {
  test('the first page comes first, and tells the total', async () => {
    await opened();
    expect([list.total, list.row(0)?.id, list.row(PAGE_ROWS)]).toEqual([100_000, 'a0', undefined]);
    expect(arrivals).toEqual([true]);
    expect(core.asked).toHaveLength(0);
  });

  test('pages that were only scrolled past are not asked for', async () => {
    await opened();
    for (let row = 0; row < 90_000; row += 1000) list.show(row, row + 20);
    expect(core.asked.length).toBeLessThanOrEqual(2);
    await core.next().answer();
    await core.next().answer();
    expect(core.next().offset).toBe(89_000);
  });

  test('the next page is asked for before its first row is seen', async () => {
    await opened();
    list.show(PAGE_ROWS / 2 + 5, PAGE_ROWS / 2 + 25);
    expect(core.next().offset).toBe(PAGE_ROWS);
  });

  test('memory stays bounded however far one scrolls', async () => {
    await opened();
    for (let page = 1; page < 100; page += 1) {
      list.show(page * PAGE_ROWS, page * PAGE_ROWS + 1);
      await core.next().answer();
    }
    expect(list.row(0)).toBeUndefined();
    expect(list.row(99 * PAGE_ROWS)?.id).toBe(`a${99 * PAGE_ROWS}`);
  });
});

describe('another question', () => {
  test('old rows stay until the new ones arrive, then the list begins anew', async () => {
    await opened();
    core.total = 3;
    list.restart(core.ask('b'));
    expect([list.row(0)?.id, list.behind]).toEqual(['a0', true]);
    await core.next().answer();
    expect([list.row(0)?.id, list.total, list.behind]).toEqual(['b0', 3, false]);
    expect(arrivals).toEqual([true, true]);
  });

  test('an answer to an older question is never shown', async () => {
    await opened();
    list.restart(core.ask('b'));
    list.restart(core.ask('c'));
    const [older, newer] = [core.next(), core.next()];
    await newer.answer();
    await older.answer();
    expect(list.row(0)?.id).toBe('c0');
    expect(arrivals).toHaveLength(2);
  });

  test('the failure of an older question is not shown either', async () => {
    await opened();
    list.restart(core.ask('b'));
    const older = core.next();
    list.restart(core.ask('c'));
    await older.fail();
    expect(failures).toEqual([]);
  });
});

describe('changed data', () => {
  test('keeps the rows and the place, and asks for what is in sight only', async () => {
    await opened();
    list.show(1000, 1020);
    await core.next().answer();
    list.refresh();
    expect(list.row(1000)?.id).toBe('a1000');
    expect(core.asked.map((asked) => asked.offset)).toEqual([1000]);
    await core.next().answer();
    expect(arrivals.at(-1)).toBe(false);
  });

  test('changes while an answer is on its way are not lost, and do not pile up', async () => {
    await opened();
    list.refresh();
    list.refresh();
    list.refresh();
    expect(core.asked).toHaveLength(1);
    await core.next().answer();
    expect(core.asked).toHaveLength(1);
    await core.next().answer();
    expect(core.asked).toHaveLength(0);
  });

  test('a list that became shorter forgets the rows beyond its end', async () => {
    await opened();
    list.show(1000, 1020);
    await core.next().answer();
    core.total = 10;
    list.refresh();
    await core.next().answer();
    expect([list.total, list.row(1000)]).toEqual([10, undefined]);
    await core.next().answer();
    expect(list.row(9)?.id).toBe('a9');
  });
});

test('a failure is told once and asked again only on request', async () => {
  list.show(0, 20);
  await core.next().fail();
  list.show(1, 21);
  expect([failures.length, core.asked.length]).toEqual([1, 0]);
  list.refresh();
  await core.next().answer();
  expect(list.row(0)?.id).toBe('a0');
});

test('a run over rows that are not held asks for them in order', async () => {
  await opened();
  const rows = list.between(PAGE_ROWS - 2, 2 * PAGE_ROWS + 1);
  await core.next().answer();
  await core.next().answer();
  const ids = (await rows).map((row) => row.id);
  expect(ids).toHaveLength(PAGE_ROWS + 4);
  expect([ids[0], ids.at(-1)]).toEqual([`a${PAGE_ROWS - 2}`, `a${2 * PAGE_ROWS + 1}`]);
});
