// The pace of every job that runs, kept apart from the screens so that it is known when one of them opens.
import { type JobView } from '../host';
import { type Pace, PaceOfJob } from './pace';

const paces = new Map<string, PaceOfJob>();
// Silence slows a job down as well, so the words are renewed though nothing is reported.
let now = $state(0);
let clock: ReturnType<typeof setInterval> | undefined;

/** Takes a job's report. */
export function notePace(job: JobView): void {
  if (job.stage !== 'running') {
    // What it did before it waited says nothing about what comes after.
    paces.delete(job.id);
  } else {
    const known = paces.get(job.id) ?? new PaceOfJob();
    known.note(job.done, performance.now());
    paces.set(job.id, known);
  }
  if (paces.size > 0) {
    clock ??= setInterval(() => (now = performance.now()), 1000);
  } else {
    clearInterval(clock);
    clock = undefined;
  }
}

export function paceOf(job: JobView): Pace | null {
  return paces.get(job.id)?.at(now, job.total) ?? null;
}
