/**
 * Where the focus goes when the screen changes: to the new screen's title, so that a screen reader says it and Tab goes on
 * from there. At the very first screen it stays where the window puts it.
 */
let first = true;

export function takesFocus(title: HTMLElement): void {
  if (first) {
    first = false;
    return;
  }
  // A dialog that is closing gives the focus back to its button; the title comes after that.
  requestAnimationFrame(() => title.focus({ preventScroll: true }));
}
