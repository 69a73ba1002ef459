import { describe, expect, it } from 'vitest';

import type { Field, Plan } from '../../src/host';
import {
  bandOf,
  columnsOf,
  constant,
  give,
  holderOf,
  meant,
  moved,
  parted,
  withoutColumn,
  written,
} from '../../src/screens/bulk-import/import/plan';

function plan(...fields: (Field | null)[]): Plan {
  return {
    dialect: { format: 'text' },
    header_row: 0,
    columns: fields.map((field, index) => ({
      index,
      name: `Column ${index}`,
      field,
      confidence: 0.9,
      reason: 'its name',
      alternatives: [],
    })),
  };
}

const fields = (of: Plan) => of.columns.map((column) => column.field);

describe('a plan', () => {
  it('gives a field to one column only, unless its columns join', () => {
    const before = plan('amount', null, 'debtor_name');
    expect(fields(give(before, 1, 'amount'))).toEqual([null, 'amount', 'debtor_name']);
    expect(holderOf(before, 'amount', 1)?.index).toBe(0);
    expect(fields(give(before, 1, 'debtor_name'))).toEqual(['amount', 'debtor_name', 'debtor_name']);
    expect(holderOf(before, 'debtor_name', 1)).toBeUndefined();
    expect(fields(before), 'the former plan is what undo goes back to').toEqual([
      'amount',
      null,
      'debtor_name',
    ]);
  });

  it('takes back the value for all rows when a column gives the field', () => {
    const before = constant(plan(null), 'currency', 'EUR');
    expect(before.constants).toEqual({ currency: 'EUR' });
    expect(give(before, 0, 'currency').constants, 'two sources of one field contradict each other').toEqual(
      {},
    );
    expect(withoutColumn(before, ['currency', 'amount'])).toEqual(['amount']);
  });

  it('forgets the order and the split of a column that becomes something else', () => {
    const split = parted(plan('debtor_zip'), 0, true);
    expect(split.columns[0]?.split).toBe('zip_city');
    expect(give(split, 0, 'debtor_city').columns[0]).not.toHaveProperty('split');
    expect(parted(split, 0, false).columns[0]).not.toHaveProperty('split');
  });

  it('moves parts within their field and keeps the ends where they are', () => {
    const names = plan('debtor_name', 'amount', 'debtor_name', 'debtor_name');
    const order = (of: Plan) => columnsOf(of, 'debtor_name').map((column) => column.index);
    expect(order(names)).toEqual([0, 2, 3]);
    expect(order(moved(names, 3, -1))).toEqual([0, 3, 2]);
    expect(order(moved(moved(names, 3, -1), 3, -1))).toEqual([3, 0, 2]);
    expect(order(moved(names, 0, -1))).toEqual([0, 2, 3]);
    expect(moved(names, 3, 1)).toBe(names);
    expect(moved(names, 1, 1), 'a field of one column has no parts').toBe(names);
  });

  it('answers how values are written without losing what was found about them', () => {
    const asked = plan('due_date');
    const column = asked.columns[0];
    if (column)
      column.format = {
        evidence: 'All 3 can be read both ways.',
        question: { value: '03.04.2026', choices: [] },
      };
    expect(written(asked, 0, { date_order: 'dmy' }).columns[0]?.format).toMatchObject({
      date_order: 'dmy',
      evidence: 'All 3 can be read both ways.',
    });
  });

  it('keeps one meaning of a text, however it is written', () => {
    const once = meant(plan('debtor_country'), 'debtor_country', new Map([['Tyskland', 'DE']]));
    const twice = meant(once, 'debtor_country', new Map([['TYSKLAND', 'AT']]));
    expect(twice.values?.debtor_country).toEqual({ TYSKLAND: 'AT' });
    expect(meant(twice, 'debtor_country', new Map([['tyskland', null]])).values?.debtor_country).toEqual({});
  });

  it('says how sure a suggestion is in the bands it was calibrated for', () => {
    const at = (confidence: number, reason = 'its name') => {
      const column = plan('amount').columns[0];
      return column && bandOf({ ...column, confidence, reason });
    };
    expect([at(0.79), at(0.8), at(0.949), at(0.95), at(1)]).toEqual([
      'unsure',
      'likely',
      'likely',
      'sure',
      'sure',
    ]);
    expect(at(1, 'Chosen by you.')).toBe('chosen');
  });
});
