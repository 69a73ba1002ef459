/** Opens a dialog above everything, and gives the focus back to where it was when the dialog leaves the page. */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    dialog.close();
    // The browser does this only for a dialog that is still there when it closes.
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}
