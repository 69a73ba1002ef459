/**
 * Whether the screen that compares a journal brought back after damage is shown: by itself as long as it has to be done,
 * until put off, and as long as its result is looked at.
 */
import { app } from './state.svelte';

let shown = $state(false);
let putOff = $state(false);

export const recovery = {
  get shown(): boolean {
    return shown || (!putOff && app.workspace !== null && app.state?.unreconciled != null);
  },
  show(): void {
    shown = true;
  },
  close(): void {
    shown = false;
    putOff = true;
  },
};
