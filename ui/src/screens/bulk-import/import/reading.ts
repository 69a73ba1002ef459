// The reading of an import's rows as a job, and which steps of the import can be gone to.
import { app, isOpen } from '../../../app/state.svelte';
import type { ImportView, JobView } from '../../../host';
import { href } from '../../../app/routing.svelte';
import { type Step, stepHref } from './places';
import { wayOf } from './ways.svelte';

export function readingOf(id: string): JobView | undefined {
  return app.jobs.find((job) => job.kind === 'import' && job.subject === id && isOpen(job));
}

export function placesOf(view: Pick<ImportView, 'id' | 'connection'>): Partial<Record<Step, string>> {
  const { id } = view;
  const { review, batch } = wayOf(id);
  return {
    table: stepHref(id, 'table'),
    columns: stepHref(id, 'columns'),
    ...(view.connection === null ? {} : { check: stepHref(id, 'check') }),
    ...(review === null ? {} : { review: href('bulk-import', { import: id }, 'review', review) }),
    ...(batch === null ? {} : { result: href('bulk-import', { import: id }, 'batch', batch) }),
  };
}
