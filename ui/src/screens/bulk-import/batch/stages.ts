// The stages of a submission, grouped the way people ask about them.
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

/** Of entries, or of entries counted already. */
export function tally(entries: readonly { stage: string; count?: number }[]): Map<Group, number> {
  const counts = new Map<Group, number>();
  for (const { stage, count = 1 } of entries) {
    counts.set(groupOf(stage), (counts.get(groupOf(stage)) ?? 0) + count);
  }
  return counts;
}
