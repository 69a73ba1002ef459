/**
 * What the frame and every screen need to know: workspaces, connections, jobs, settings. Loaded once at start, read again
 * when the core says `changed: app`; jobs move with their own events. `app.state` is undefined only before the first answer.
 */
import {
  call,
  failureOf,
  listen,
  type AppState,
  type ConnectionView,
  type Failure,
  type JobView,
  type Settings,
  type WorkspaceView,
} from '../host';
import { onChanged } from './live.svelte';
import { notePace } from './paces.svelte';

let state = $state.raw<AppState | undefined>(undefined);
let failure = $state.raw<Failure | null>(null);
let jobs = $state.raw<JobView[]>([]);

export const app = {
  get state(): AppState | undefined {
    return state;
  },
  /** Why the first answer did not come. */
  get failure(): Failure | null {
    return failure;
  },
  get workspace(): WorkspaceView | null {
    return state?.workspaces.find((workspace) => workspace.id === state?.current) ?? null;
  },
  get connections(): ConnectionView[] {
    return state?.connections ?? [];
  },
  /** Running, waiting and lately ended jobs, newest first. */
  get jobs(): JobView[] {
    return jobs;
  },
};

/** Commands that answer with the whole state hand it over here. */
export function take(told: AppState): void {
  state = told;
  failure = null;
  jobs = told.jobs.toSorted((a, b) => b.started.localeCompare(a.started));
}

export function takeSettings(settings: Settings): void {
  if (state !== undefined) state = { ...state, settings };
}

let asking: Promise<void> | null = null;
let missed = false;

/** Reads the state again; several wishes while one is under way become one. */
export function refresh(): Promise<void> {
  if (asking !== null) {
    missed = true;
    return asking;
  }
  asking = call('app_state', {})
    .then(take)
    .catch((thrown: unknown) => {
      failure = failureOf(thrown);
    })
    .finally(() => {
      asking = null;
      if (missed) {
        missed = false;
        void refresh();
      }
    });
  return asking;
}

export function job(id: string | null | undefined): JobView | undefined {
  return jobs.find((known) => known.id === id);
}

export function isOpen(known: JobView): boolean {
  return known.stage === 'running' || known.stage === 'waiting';
}

/** Follows the core from now on. */
export function start(): void {
  onChanged(['app'], () => void refresh());
  listen((event) => {
    if (event.kind !== 'job') return;
    notePace(event.job);
    const others = jobs.filter((known) => known.id !== event.job.id);
    jobs =
      jobs.length === others.length
        ? [event.job, ...jobs]
        : jobs.map((known) => (known.id === event.job.id ? event.job : known));
  });
  void refresh();
}
