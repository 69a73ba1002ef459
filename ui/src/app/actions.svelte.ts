/**
 * Everything that can be done from the keyboard right now. The frame offers navigation and undo; a screen adds its own for
 * as long as it is shown. The command palette lists them, `?` lists those with keys, and their keys work everywhere:
 *
 *   offer(() => [{ id: 'fetch', label: t.fetch, group: t.pages.integrations, keys: 'Mod+R', run: fetchNow }]);
 *
 * Call `offer` while the component is being set up. Keys act while nobody types, except those with `Mod`, which always act
 * unless `yields` is set (undo belongs to a text field that has the focus).
 */
import { isTyping, matches } from './keys';

export interface Action {
  id: string;
  label: string;
  group: string;
  keys?: string;
  /** Leaves the keys to a text field that has the focus. */
  yields?: boolean;
  run: () => void;
}

// Not state itself: while one screen takes the place of another, what goes reads the state from before what comes offered.
const offers = new Set<() => Action[]>();
let changes = 0;
let version = $state(0);

export function offer(actions: () => Action[]): void {
  $effect.pre(() => {
    offers.add(actions);
    version = ++changes;
    return () => {
      offers.delete(actions);
      version = ++changes;
    };
  });
}

/** All actions; what a screen offers comes before what the frame offers. */
export function actions(): Action[] {
  void version;
  return [...offers].toReversed().flatMap((offered) => offered());
}

export function onKey(event: KeyboardEvent, single: boolean): void {
  if (event.defaultPrevented || event.isComposing) return;
  // An open dialog is a place of its own.
  if (document.querySelector('dialog[open]') !== null) return;
  const typing = isTyping(event);
  for (const action of actions()) {
    if (action.keys === undefined || !matches(action.keys, event)) continue;
    const withMod = action.keys.startsWith('Mod+');
    if (typing && (!withMod || action.yields === true)) continue;
    if (!withMod && action.keys.length === 1 && !single) continue;
    event.preventDefault();
    action.run();
    return;
  }
}
