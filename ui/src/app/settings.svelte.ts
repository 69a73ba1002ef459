/**
 * What the user chose. `changeSettings({ theme: 'dark' })` keeps it; the page shows it at once and goes back if it could
 * not be kept. What screens remember for themselves (column widths, filters) goes through `remembered` and `remember`:
 *
 *   const widths = remembered('cases.widths', {});      remember('cases.widths', widths);
 *
 * Values are plain JSON and small: all of them together may take 64 KiB.
 */
import { call, failureOf, type Settings } from '../host';
import { app, takeSettings } from './state.svelte';
import { complain } from './toasts.svelte';

const restMillis = 400;

let wanted = $state.raw<Partial<Settings>>({});
let timer: ReturnType<typeof setTimeout> | undefined;

const settings = $derived<Settings | undefined>(app.state && { ...app.state.settings, ...wanted });

export const chosen = {
  get settings(): Settings | undefined {
    return settings;
  },
};

async function keep(): Promise<boolean> {
  if (settings === undefined) return false;
  const asked = wanted;
  try {
    takeSettings(await call('change_settings', settings));
    // Still the same wishes: the kept settings now hold them all.
    if (wanted === asked) wanted = {};
    return true;
  } catch (thrown) {
    if (wanted === asked) wanted = {};
    complain(failureOf(thrown));
    return false;
  }
}

export function changeSettings(part: Partial<Settings>): Promise<boolean> {
  clearTimeout(timer);
  wanted = { ...wanted, ...part };
  return keep();
}

export function remembered<T>(name: string, fallback: T): T {
  return (settings?.page[name] as T | undefined) ?? fallback;
}

/** Dragging a column says this many times a second, so it is kept a moment later. */
export function remember(name: string, value: unknown): void {
  if (settings === undefined) return;
  wanted = { ...wanted, page: { ...settings.page, [name]: value } };
  clearTimeout(timer);
  timer = setTimeout(() => void keep(), restMillis);
}
