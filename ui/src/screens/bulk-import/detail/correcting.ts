// Correcting a field, and saying what that changed.
import { attempt } from '../../../app/ask';
import { say } from '../../../app/toasts.svelte';
import { call, type Failure, failureOf, type Field } from '../../../host';
import { t } from '../../../text';

/** The failure, where the value was not accepted. */
export async function correct(id: string, field: Field, value: string | null): Promise<Failure | null> {
  try {
    const changed = await call('correct', { id, field, value });
    const words = t.bulkImport.detail;
    const said =
      value === null ? words.takenBack(t.field[field]) : words.saved(t.field[field], changed.count);
    say(said, changed.undo === null ? null : { label: t.action.undo, run: () => void attempt('undo', {}) });
    return null;
  } catch (thrown) {
    return failureOf(thrown);
  }
}
