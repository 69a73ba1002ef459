// What a text of the file means, said while looking at one of its rows: the rows are read again with it.
import { attempt } from '../../../app/ask';
import type { Field } from '../../../host';
import { meant } from './plan';

export async function setAllLike(
  of: { id: string; field: Field; text: string },
  value: string,
): Promise<void> {
  const view = await attempt('import', { id: of.id });
  if (!view) return;
  const plan = meant(view.plan, of.field, new Map([[of.text, value]]));
  const changed = await attempt('change_mapping', { id: of.id, plan });
  if (changed) await attempt('read_rows', { id: of.id });
}
