/** Texts of First run, Integrations and the forms that take keys. */
import type { DisconnectEffects, NameQuestion } from '../../host/commands';
import { count, number } from '../format';

export const connect = {
  firstRun: {
    title: 'Welcome',
    lines: [
      'Reads your unpaid invoices from Stripe and keeps a copy on this computer.',
      'Shows what each one lacks before Debitura can collect it, and lets you mend it here.',
      'Submits those you choose as collection cases, each exactly once, after you agreed to price and terms.',
    ],
    keys: 'Keys stay in this computer’s keychain. Nothing is submitted without your yes.',
    step: (at: number, of: number) => `Step ${number(at)} of ${number(of)}`,
    debitura: 'Connect Debitura',
    source: 'Connect your first source',
    sample: 'Look around with sample data',
    sampleNote: 'No account needed. Nothing leaves this computer.',
    later: 'Later',
    continue: 'Continue',
  },

  debitura: {
    name: 'Debitura',
    key: 'Debitura API key',
    hint: 'You find it in Debitura under Settings, API.',
    where: 'Open Debitura',
    connect: 'Connect',
    replace: 'Replace key',
    advanced: 'Advanced',
    environment: 'Environment',
    environmentHint: 'For tests only. Real cases are made in production.',
    connected: (name: string) => `Connected as ${name}`,
    signed: 'Collection agreement signed',
    unsigned: 'The collection agreement is not signed yet',
    resign: 'The collection agreement must be signed again',
    unsignedText: 'Debitura takes no case before that. Everything else works meanwhile.',
    sign: 'Sign at Debitura',
    terms: 'Read the terms',
    checkAgain: 'Check again',
    keyRefused: 'Debitura refuses this key now. Replace it to submit and follow cases.',
    another: 'Another company’s key makes a workspace of its own.',
  },

  stripe: {
    key: 'Restricted Stripe key',
    shape: 'rk_live_…',
    hint: 'Begins with rk_live_ or rk_test_. Secret keys (sk_…) are refused: they could do anything in your account.',
    how: 'Create a restricted key in the Stripe dashboard with two permissions, both “Read”:',
    permissions: ['Invoices', 'Customers'],
    where: 'Create a key at Stripe',
    connect: 'Connect Stripe',
    connectAndFetch: 'Connect and fetch',
    replace: 'Replace key',
    fetchNote: 'Fetches the unpaid invoices created in the last 24 months.',
  },

  integrations: {
    account: 'Creditor',
    sources: 'Sources',
    add: 'Connect Stripe',
    none: 'No source is connected',
    noneText: 'Connect Stripe to read its unpaid invoices. It takes a restricted key and about a minute.',
    unnamed: 'Stripe account',
    test: 'Test mode',
    testNote: 'Its invoices are not real',
    key: 'Key',
    keyEnds: (hint: string) => `…${hint}`,
    lastSync: 'Last fetched',
    never: 'Never',
    created: 'Created',
    open: 'Open invoices',
    connected: 'Connected',
    needsAttention: 'Needs attention',
    interrupted: 'The last fetch was interrupted. It goes on where it stopped.',
    fetch: 'Fetch invoices',
    goOn: 'Go on fetching',
    show: 'Show invoices',
    replace: 'Replace key…',
    disconnect: 'Disconnect…',
    more: (name: string) => `More for ${name}`,
    workspaceKey: 'API key',
    environment: 'Environment',
    agreement: 'Agreement',
    country: 'Country',
  },

  fetch: {
    title: (name: string) => `Fetch invoices from ${name}`,
    text: 'Stripe filters by the day an invoice was created. Due dates and everything else filter here.',
    range: 'Created',
    presets: { 6: 'Last 6 months', 12: 'Last 12 months', 24: 'Last 24 months', 60: 'Last 5 years' },
    own: 'Other dates',
    from: 'From',
    to: 'To',
    backwards: 'The last day lies before the first.',
    start: 'Fetch invoices',
  },

  names: {
    title: 'Is this the same company?',
    text: (question: NameQuestion) =>
      `The source belongs to “${question.source}”; cases would be submitted on behalf of “${question.creditor}”.`,
    same: 'Yes, the same company',
    other: 'No, another company',
    otherText: 'If not, disconnect this source and connect it in the other company’s workspace.',
  },

  disconnect: {
    title: (name: string) => `Disconnect ${name}`,
    goes: 'Goes',
    stays: 'Stays',
    key: 'The key, from this computer’s keychain. It stays valid at Stripe until you delete it there.',
    invoices: (n: number) => count(n, 'cached invoice', 'cached invoices'),
    corrections: (effects: DisconnectEffects) =>
      `${count(effects.corrections, 'correction', 'corrections')}, for when you connect it again`,
    submissions: (effects: DisconnectEffects) =>
      `${count(effects.submissions, 'submission', 'submissions')} in the journal, so that nothing is offered twice`,
    cases: 'All cases at Debitura, untouched',
    confirm: (n: number) =>
      n === 0 ? 'Disconnect' : `Disconnect and remove ${count(n, 'invoice', 'invoices')}`,
    done: (name: string) => `${name} disconnected`,
  },
};
