/** Putting text on the clipboard, and saying so. */
import type { Failure } from '../host';
import { t } from '../text';
import { app } from './state.svelte';
import { say } from './toasts.svelte';

export async function copy(text: string, said: string = t.action.copied): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(said);
  } catch {
    say(t.action.notCopied);
  }
}

/** A failure as text for whoever helps: no key and no debtor is in it unless the provider's own words name one. */
export function copyFailure(failure: Failure): Promise<void> {
  const version = app.state?.version ?? '';
  const parts = [failure.what, failure.why, failure.next, `(${failure.code}, ${t.appName} ${version})`];
  return copy(parts.filter((part) => part !== '').join('\n'), t.action.detailsCopied);
}
