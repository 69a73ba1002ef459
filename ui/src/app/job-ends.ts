/**
 * Says how a job ended that was started here: a failure everywhere but where it is shown already; a success only to somebody
 * who still looks at the screen where it was asked for. The rest is seen in the sidebar meanwhile, and in the activity after.
 */
import { askedAt, listen, type JobView } from '../host';
import { t } from '../text';
import { jobPlace } from './job-place';
import { complain, say } from './toasts.svelte';

const placeOf = (address: string) => address.split('?')[0];

function tell(job: JobView, from: string): void {
  const place = jobPlace(job);
  const here = placeOf(location.hash);
  const shown = here === place;
  const show = shown ? null : { label: t.action.show, run: () => void (location.hash = place) };
  if (job.stage === 'failed' && job.failure !== null) {
    if (!shown) complain(job.failure, show);
  } else if (job.kind !== 'review' && job.note !== null && job.note !== '' && here === placeOf(from)) {
    // A fetch fills the very list it was asked from.
    say(job.note, job.kind === 'fetch' ? null : show);
  }
}

export function tellJobEnds(): () => void {
  const told = new Set<string>();
  return listen((event) => {
    if (event.kind !== 'job') return;
    const { job } = event;
    const from = askedAt(job.id);
    if (job.ended === null || told.has(job.id) || from === undefined) return;
    told.add(job.id);
    tell(job, from);
  });
}
