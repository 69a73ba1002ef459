/** Texts about a damaged journal: bringing it back, and comparing it with Debitura. */
import type { JournalCopy, UnknownCaseStanding } from '../../host/commands';
import { count, instant, number } from '../format';

const submissions = (n: number) => count(n, 'submission', 'submissions');

export const recovery = {
  damaged: {
    title: 'The journal is damaged',
    lead: 'The journal says which invoices were submitted. It cannot be trusted as it is, so nothing is submitted from it.',
    file: (folder: string) => `In ${folder}`,
    safe: 'What is safe',
    safeLines: [
      'The cases at Debitura: they are there whatever happens to this computer.',
      'The damaged file: it is kept under another name and never written again.',
    ],
    safeWithCopy: 'Keys in the system’s keychain, and the fetched invoices.',
    choose: 'Bring the journal back from',
    kind: {
      present: 'The journal itself, without its last changes',
      latest: 'The latest copy',
      older: 'The copy before it',
    },
    until: (copy: JournalCopy) => {
      const at = copy.until ?? copy.written;
      return at === null ? 'Nothing was recorded in it' : `Knows what was done until ${instant(at)}`;
    },
    submissions: (copy: JournalCopy) =>
      copy.latest_submission === null
        ? submissions(copy.submissions)
        : `${submissions(copy.submissions)}, the latest of ${instant(copy.latest_submission)}`,
    then: 'Corrections, decisions and settings made later are lost. Submissions made later are looked up at Debitura before anything is sent.',
    restore: 'Bring the journal back',
    none: 'There is no copy',
    noneLead: 'No copy of the journal can be read, so it can only be begun anew. Lost by this are:',
    lost: [
      'The workspaces and sources: their keys have to be entered again.',
      'All corrections, decisions and settings, and the record of what was done.',
      'The record of what was submitted. The cases stay at Debitura, and every reference is looked up there before anything is sent.',
    ],
    understood: 'I understand what is lost',
    anew: 'Begin an empty journal',
    recheck: 'Look again',
    recheckNote: 'If you have put back the file yourself, from a backup of this computer',
  },

  compare: {
    title: 'The journal is back',
    until: (iso: string) => `The journal knows what was done until ${instant(iso)}.`,
    anew: 'The journal was begun anew and knows of no submission.',
    kept: (name: string) => `The damaged file is kept in the data folder as ${name}.`,
    heading: 'Compare it with Debitura',
    text: 'Cases that were made after the copy are not in the journal. Reading the account’s cases finds them, so that their invoices are not offered again. Until then nothing is submitted.',
    now: 'Compare now',
    later: 'Later',
    comparing: 'Reading the account’s cases',
    done: 'Compared with Debitura',
    known: (cases: number) =>
      cases === 0
        ? 'The account has no cases.'
        : `${count(cases, 'case was', 'cases were')} read. The journal knows all that were made from here.`,
    unknown: (unknown: number, cases: number) =>
      `${count(cases, 'case was', 'cases were')} read. ${count(unknown, 'is', 'are')} not in the journal:`,
    list: 'Cases that the copy does not know',
    column: {
      reference: 'Case',
      creditorReference: 'Creditor reference',
      debtor: 'Debtor',
      amount: 'Amount',
      created: 'Made',
      standing: 'Here',
    },
    standing: {
      adopted: 'Taken over: its invoice counts as submitted',
      differs: 'An invoice has its reference but differs; it needs attention',
      no_invoice: 'No invoice here is like it',
    } satisfies Record<UnknownCaseStanding, string>,
    open: 'Submissions that were not finished do not go on by themselves. They are listed under Bulk Import and ask first.',
    goOn: 'Go on',
    more: (n: number) => `and ${number(n)} more, listed under Cases`,
  },

  banner: {
    label: 'The journal',
    text: 'The journal was brought back after damage. Nothing is submitted until it is compared with Debitura.',
    firstRun:
      'The journal was begun anew. Connect the same Debitura account as before: its cases are read first, so that nothing is submitted twice.',
  },
};
