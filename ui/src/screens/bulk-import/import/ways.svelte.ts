// The review and the submission last reached from each import, so that its step bar leads back to them.
interface Way {
  review: string | null;
  batch: string | null;
}

const none: Way = { review: null, batch: null };
let ways = $state.raw<Readonly<Record<string, Way>>>({});

export function wayOf(id: string): Way {
  return ways[id] ?? none;
}

export function wentOn(id: string, way: Partial<Way>): void {
  ways = { ...ways, [id]: { ...wayOf(id), ...way } };
}
