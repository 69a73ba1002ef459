/**
 * Doing something by command. `attempt` shows a failure as a toast and answers `undefined`; use it for buttons whose
 * failure has no better place. Where the screen itself shows the failure, catch `CommandFailure` from `call` instead:
 *
 *   const changed = await attempt('set_aside', { selection, until, because });
 *   if (changed !== undefined) say(…);
 */
import { call, failureOf, type AnswerOf, type CommandName, type RequestOf } from '../host';
import { t } from '../text';
import { recovery } from './recovery.svelte';
import { complain } from './toasts.svelte';

export async function attempt<N extends CommandName>(
  name: N,
  request: RequestOf<N>,
): Promise<AnswerOf<N> | undefined> {
  try {
    return await call(name, request);
  } catch (thrown) {
    const failure = failureOf(thrown);
    const mend =
      failure.code === 'journal_unreconciled'
        ? { label: t.recovery.compare.now, run: () => recovery.show() }
        : null;
    complain(failure, mend);
    return undefined;
  }
}
