/**
 * Short notes that need no answer: `say('Copied')`, or with one action, `say('Undone: …', { label, run })`. A failure of
 * something the user just did is shown with `complain(failure)`; it stays until dismissed and offers its details.
 */
import type { Failure } from '../host';

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  text: string;
  failure: Failure | null;
  action: ToastAction | null;
}

const shownFor = 6_000;
const most = 4;

let list = $state.raw<Toast[]>([]);
let last = 0;

export const toasts = {
  get list(): Toast[] {
    return list;
  },
};

export function dismiss(id: number): void {
  list = list.filter((toast) => toast.id !== id);
}

function show(toast: Omit<Toast, 'id'>): number {
  const id = ++last;
  // The same action again, such as undo, is about the newest: an older offer of it would do something else than it says.
  const isOlder = (shown: Toast) =>
    shown.text === toast.text ||
    (toast.action !== null && toast.failure === null && shown.action?.label === toast.action.label);
  list = [...list.filter((shown) => !isOlder(shown)), { ...toast, id }].slice(-most);
  return id;
}

export function say(text: string, action: ToastAction | null = null): void {
  const id = show({ text, failure: null, action });
  setTimeout(() => dismiss(id), shownFor);
}

export function complain(failure: Failure, action: ToastAction | null = null): void {
  show({ text: failure.what, failure, action });
}
