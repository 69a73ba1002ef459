/** Where the work of a job is shown. */
import type { JobView } from '../host';
import { href } from './routing.svelte';

export function jobPlace(job: JobView): string {
  switch (job.kind) {
    case 'fetch':
      return href('integrations');
    case 'list_rows':
      return href('bulk-import');
    case 'import':
      return job.subject === null
        ? href('bulk-import', {}, 'files')
        : href('bulk-import', {}, 'import', job.subject, 'check');
    case 'review':
      return job.subject === null ? href('bulk-import') : href('bulk-import', {}, 'review', job.subject);
    case 'submit':
      return job.subject === null ? href('bulk-import') : href('bulk-import', {}, 'batch', job.subject);
    case 'refresh_cases':
      return href('cases');
  }
}
