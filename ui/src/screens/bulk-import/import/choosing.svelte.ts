// Choosing a file to import, from wherever one is.
import { attempt } from '../../../app/ask';
import { go } from '../../../app/routing.svelte';

let busy = $state(false);

export const choosing = {
  get busy(): boolean {
    return busy;
  },
  async choose(): Promise<void> {
    if (busy) return;
    busy = true;
    const chosen = await attempt('choose_import', {});
    busy = false;
    if (chosen?.import != null) go('bulk-import', {}, 'import', chosen.import);
  },
};
