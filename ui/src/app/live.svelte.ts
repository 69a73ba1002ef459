/**
 * Data that stays fresh: asked when the component starts, when its request changes, and when the core says that one of its
 * subjects changed. The former answer stays until the next one is there, so that nothing jumps.
 *
 *   const cases = live('cases', () => ({ query, window }), ['cases']);
 *   cases.answer    the last answer, or undefined        cases.failure   why the last asking failed, or null
 *   cases.asking    an answer is under way               cases.again()   ask once more
 *
 * A request of `undefined` asks nothing. Call it while the component is being set up.
 */
import { untrack } from 'svelte';

import {
  call,
  failureOf,
  listen,
  type AnswerOf,
  type CommandName,
  type Failure,
  type RequestOf,
  type Subject,
} from '../host';

const waiting = new Map<Subject, Set<() => void>>();

listen((event) => {
  if (event.kind !== 'changed') return;
  for (const tell of waiting.get(event.subject) ?? []) tell();
});

/** Calls `tell` whenever one of the subjects changed; answers how to stop. */
export function onChanged(subjects: Subject[], tell: () => void): () => void {
  for (const subject of subjects) {
    const tells = waiting.get(subject) ?? new Set();
    waiting.set(subject, tells.add(tell));
  }
  return () => {
    for (const subject of subjects) waiting.get(subject)?.delete(tell);
  };
}

export interface Live<T> {
  readonly answer: T | undefined;
  readonly failure: Failure | null;
  readonly asking: boolean;
  readonly again: () => void;
}

export function live<N extends CommandName>(
  name: N,
  request: () => RequestOf<N> | undefined,
  subjects: Subject[],
): Live<AnswerOf<N>> {
  let answer = $state.raw<AnswerOf<N> | undefined>(undefined);
  let failure = $state.raw<Failure | null>(null);
  let asking = $state(false);
  let turn = 0;
  let missed = false;

  const wasMissed = () => missed;

  async function ask(wanted: RequestOf<N> | undefined): Promise<void> {
    const mine = ++turn;
    missed = false;
    if (wanted === undefined) {
      asking = false;
      return;
    }
    asking = true;
    try {
      const told = await call(name, wanted);
      if (mine !== turn) return;
      answer = told;
      failure = null;
    } catch (thrown) {
      if (mine !== turn) return;
      failure = failureOf(thrown);
    }
    asking = false;
    // Events come faster than answers while a fetch runs: one more question covers all that came meanwhile.
    if (wasMissed()) void ask(untrack(request));
  }

  function again(): void {
    if (asking) missed = true;
    else void ask(untrack(request));
  }

  $effect(() => {
    const wanted = request();
    void untrack(() => ask(wanted));
  });
  $effect(() => onChanged(subjects, again));
  $effect(() => () => {
    turn += 1;
  });

  return {
    get answer() {
      return answer;
    },
    get failure() {
      return failure;
    },
    get asking() {
      return asking;
    },
    again,
  };
}
