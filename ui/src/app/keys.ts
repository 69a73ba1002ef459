/**
 * Shortcuts as text such as `Mod+Shift+Z`: `Mod` is Command on a Mac and Ctrl elsewhere. `matches` decides whether a
 * key event is one, `keysText` writes it the way the system's menus do.
 */
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const mod = parts.includes('Mod');
  if (mod !== (mac ? event.metaKey : event.ctrlKey)) return false;
  if (mac ? event.ctrlKey : event.metaKey) return false;
  if (parts.includes('Alt') !== event.altKey) return false;
  // Signs such as `?` need Shift on some keyboards and not on others, so Shift counts only for letters and named keys.
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (!sign && parts.includes('Shift') !== event.shiftKey) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

const names: Record<string, [mac: string, other: string]> = {
  Mod: ['⌘', 'Ctrl'],
  Shift: ['⇧', 'Shift'],
  Alt: ['⌥', 'Alt'],
  Enter: ['↩', 'Enter'],
  Escape: ['⎋', 'Esc'],
};

export function keysText(keys: string): string {
  const parts = keys.split('+').map((part) => names[part]?.[mac ? 0 : 1] ?? part);
  return parts.join(mac ? '' : '+');
}

/** A key that types into the element under the cursor belongs to it. */
export function isTyping(event: KeyboardEvent): boolean {
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  if (at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement)
    return true;
  return (
    at instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(at.type)
  );
}
