// The file of failed rows.
import { attempt } from '../../../app/ask';
import { say } from '../../../app/toasts.svelte';
import { t } from '../../../text';

export async function saveFailedRows(id: string): Promise<void> {
  const done = await attempt('export_failed_rows', { id });
  if (done?.file) say(t.imports.check.saved(done.rows, done.file));
}
