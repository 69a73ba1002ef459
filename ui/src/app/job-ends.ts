/** Says how a job ended that was started here, unless the screen that shows its result is before the user already. */
import { listen, wasAsked, type JobView } from '../host';
import { t } from '../text';
import { jobPlace } from './job-place';
import { complain, say } from './toasts.svelte';

function tell(job: JobView): void {
  const place = jobPlace(job);
  const shown = location.hash.split('?')[0] === place;
  const show = shown ? null : { label: t.action.show, run: () => void (location.hash = place) };
  if (job.stage === 'failed' && job.failure !== null) {
    if (!shown) complain(job.failure, show);
  } else if (job.kind !== 'review' && job.note !== null && job.note !== '') {
    say(job.note, show);
  }
}

export function tellJobEnds(): () => void {
  const told = new Set<string>();
  return listen((event) => {
    if (event.kind !== 'job') return;
    const { job } = event;
    if (job.ended === null || told.has(job.id) || !wasAsked(job.id)) return;
    told.add(job.id);
    tell(job);
  });
}
