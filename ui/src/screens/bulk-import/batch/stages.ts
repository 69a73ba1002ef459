// The stages of a submission, grouped the way people ask about them.
import type { BatchEntry } from '../../../host';

export type Group = 'open' | 'submitted' | 'linked' | 'rejected' | 'unknown' | 'withdrawn';

const groups: Record<string, Group> = {
  confirmed: 'open',
  sending: 'open',
  unknown: 'unknown',
  submitted: 'submitted',
  linked: 'linked',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
};

/** A stage that this version does not know is not over. */
export function groupOf(stage: string): Group {
  return groups[stage] ?? 'open';
}

export function tally(entries: readonly BatchEntry[]): Map<Group, number> {
  const counts = new Map<Group, number>();
  for (const { stage } of entries) counts.set(groupOf(stage), (counts.get(groupOf(stage)) ?? 0) + 1);
  return counts;
}
