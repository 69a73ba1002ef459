import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Live } from '../src/app/live.svelte';
import type { Event, Overview } from '../src/host';

const told: ((event: Event) => void)[] = [];
const answers: ((count: number) => void)[] = [];

vi.mock('$transport', () => ({
  open: () => ({
    call: () => new Promise((answer) => answers.push((open_cases) => answer({ open_cases }))),
    listen: (hear: (event: Event) => void) => told.push(hear),
  }),
}));

const { live } = await import('../src/app/live.svelte');

const settle = () => new Promise((done) => setTimeout(done));
const changed = () => told.forEach((hear) => hear({ kind: 'changed', subject: 'cases' }));

describe('live data', () => {
  it('asks once more, not once for each event, and drops answers that were overtaken', async () => {
    let seen: Live<Overview> | undefined;
    const stop = $effect.root(() => {
      seen = live('overview', () => ({}), ['cases']);
    });
    flushSync();
    expect(answers).toHaveLength(1);

    changed();
    changed();
    changed();
    expect(answers).toHaveLength(1);
    answers[0]?.(1);
    await settle();
    expect(answers).toHaveLength(2);
    answers[1]?.(2);
    await settle();
    expect(answers).toHaveLength(2);
    expect(seen?.answer?.open_cases).toBe(2);

    stop();
    changed();
    await settle();
    expect(answers).toHaveLength(2);
  });
});
