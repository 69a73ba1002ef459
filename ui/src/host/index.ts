/**
 * The only door to the core. Every command of the table is called here by name; a failure is thrown as `CommandFailure`,
 * whose `failure` says what happened, why, and what to do. Screens rarely call this directly: see `app/ask.ts` (one-off
 * actions) and `app/live.svelte.ts` (data that stays fresh).
 */
import { open } from '$transport';

import { t } from '../text';
import type { Commands, Event, Failure } from './commands';

export type * from './commands';

export type CommandName = keyof Commands;
export type RequestOf<N extends CommandName> = Commands[N]['request'];
export type AnswerOf<N extends CommandName> = Commands[N]['answer'];

/** What a transport does. `listen` returns a function that stops listening. */
export interface Host {
  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>>;
  listen(onEvent: (event: Event) => void): () => void;
}

/** A command that did not do what was asked, in words for the user. */
export class CommandFailure extends Error {
  constructor(readonly failure: Failure) {
    super([failure.what, failure.why, failure.next].filter(Boolean).join(' '));
    this.name = 'CommandFailure';
  }
}

function isFailure(thing: unknown): thing is Failure {
  return typeof thing === 'object' && thing !== null && 'code' in thing && 'what' in thing && 'next' in thing;
}

/** Whatever was thrown, as a failure that can be shown. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommandFailure) return thrown.failure;
  if (isFailure(thrown)) return thrown;
  const why = thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : '';
  return { code: 'unexpected', what: t.failure.unexpected, why, next: t.failure.unexpectedNext, retry: true };
}

const host: Host = open();

const asked = new Map<string, string>();

/**
 * The address at which this page asked for the job. Other jobs were started by another, by the clock or from the command
 * line.
 */
export function askedAt(job: string): string | undefined {
  return asked.get(job);
}

export async function call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<AnswerOf<N>> {
  const at = location.hash;
  try {
    const answer = await host.call(name, request);
    // What was started; an import also names its job, but to whoever looks at it.
    if ('job' in answer && !('file_name' in answer)) asked.set(answer.job, at);
    return answer;
  } catch (thrown) {
    throw new CommandFailure(failureOf(thrown));
  }
}

export function listen(onEvent: (event: Event) => void): () => void {
  return host.listen(onEvent);
}
