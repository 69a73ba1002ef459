// Where the steps of an import are. Review and result are those of any other choice of invoices; the address says from which
// import they were reached.
import { go, href, type Params } from '../../../app/routing.svelte';

export const STEPS = ['table', 'columns', 'check', 'review', 'result'] as const;
export type Step = (typeof STEPS)[number];

export function isStep(text: string | undefined): text is Step {
  return STEPS.some((step) => step === text);
}

export const stepHref = (id: string, step: Step): string => href('bulk-import', {}, 'import', id, step);
export const goToStep = (id: string, step: Step): void => go('bulk-import', {}, 'import', id, step);
export const filesHref = (): string => href('bulk-import', {}, 'files');
export const goToFiles = (): void => go('bulk-import', {}, 'files');

/** A review or a submission, keeping in mind from which import it was reached. */
const from = (of: string | null): Params => (of === null ? {} : { import: of });
export const goToReview = (review: string, of: string | null): void =>
  go('bulk-import', from(of), 'review', review);
export const goToBatch = (batch: string, of: string | null): void =>
  go('bulk-import', from(of), 'batch', batch);
