/** Texts of First run, Integrations and the forms that take keys. */
import type { DisconnectEffects, NameQuestion } from '../../host/commands';
import { count, number } from '../format';

export const connect = {
  firstRun: {
    title: 'Welcome',
    lines: [
      'Reads your unpaid invoices from QuickBooks Online, Stripe, Zoho Books or a file, and keeps a copy on this computer.',
      'Shows what each one lacks before Debitura can collect it, and lets you mend it here.',
      'Submits those you choose as collection cases, each exactly once, after you agreed to price and terms.',
    ],
    keys: 'Keys stay in this computer’s keychain. Nothing is submitted without your yes.',
    step: (at: number, of: number) => `Step ${number(at)} of ${number(of)}`,
    debitura: 'Connect Debitura',
    source: 'Connect your first source',
    fileNote: 'Or drop a file with your unpaid invoices on the window.',
    sample: 'Look around with sample data',
    sampleNote: 'No account needed. Nothing leaves this computer.',
    later: 'Later',
    continue: 'Continue',
  },

  debitura: {
    name: 'Debitura',
    key: 'Debitura API key',
    hint: 'Made in your Debitura account, on its page for API keys.',
    where: 'Open the page at Debitura',
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

  source: {
    which: 'Where are your invoices?',
    add: 'Connect a source',
    connect: (name: string) => `Connect ${name}`,
    reconnect: (name: string) => `Reconnect ${name}`,
  },

  application: {
    why: (name: string) =>
      `${name} lets in registered apps only. Register one of your own; it takes a few minutes, once.`,
    steps: {
      quickbooks: [
        'Sign in at developer.intuit.com and create an app for QuickBooks Online and Payments.',
        'Under Keys & credentials, add the first of these redirect addresses, to the letter. The others serve when its port is taken.',
        'Copy client ID and client secret from the same page.',
      ],
      zoho: [
        'Sign in at api-console.zoho.com and add a client of the type Server-based Applications.',
        'Give the first of these as the authorised redirect address, to the letter. The others serve when its port is taken.',
        'Copy client ID and client secret. In Settings, allow the data centres of your organisations.',
      ],
    },
    addresses: 'Redirect addresses',
    copy: (address: string) => `Copy ${address}`,
    id: 'Client ID',
    secret: 'Client secret',
    region: 'For',
    regionHint: 'A region can have a secret of its own.',
    allRegions: 'All regions',
    save: 'Save',
  },

  signIn: {
    what: (name: string) => `You sign in at ${name} in your browser and choose your company there.`,
    rights: {
      quickbooks:
        'Intuit grants access to accounting as a whole. Debitura Desk only reads invoices and customers.',
      zoho: 'Asks for read access to invoices, contacts and the list of your organisations.',
    },
    start: 'Sign in',
    ownApp: 'Use another app registration',
    waiting: (name: string) => `Waiting for your browser. Sign in at ${name} there; this goes on by itself.`,
    connecting: (name: string) => `Connecting to ${name}…`,
    openAgain: 'Open the browser again',
    copy: 'Copy the address',
    superseded:
      'Another sign-in took the place of this one. Go on with the one that was begun last, or sign in again here.',
    strangers:
      'Answers of another sign-in came in and were ignored. An earlier browser tab may still be open.',
    trouble: 'The browser does not come back?',
    troubles: [
      'If the page says that the redirect address is not registered, add the address to your app.',
      'If the browser shows that localhost or 127.0.0.1 cannot be reached, copy the whole address of that page and paste it here.',
      'If the browser insists on https, allow the page, or paste its address here too.',
    ],
    paste: 'Address that the browser shows',
    pasteHint: 'Begins with http://localhost or http://127.0.0.1.',
    use: 'Use this address',
    several: (name: string) =>
      `Your sign-in at ${name} gives access to several companies. Choose those to connect.`,
    another: (expected: string) =>
      `You chose another company than “${expected}”, which stays as it is. Connect the other one as a source of its own, or cancel and sign in again.`,
    already: 'connected already',
    connect: (n: number) => (n <= 1 ? 'Connect company' : `Connect ${number(n)} companies`),
  },

  regions: {
    us: 'United States',
    eu: 'Europe',
    in: 'India',
    au: 'Australia',
    jp: 'Japan',
    ca: 'Canada',
    cn: 'China',
    sa: 'Saudi Arabia',
    uk: 'United Kingdom',
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
    inSample: 'This is sample data. Leave it to connect your own accounts.',
    none: 'No source is connected',
    noneText: 'Connect one to read its unpaid invoices. It takes about a minute.',
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
    reconnect: 'Reconnect…',
    region: 'Region',
    currency: 'Currency',
    quota: 'Calls left today',
    quotaNote: 'Of those that Zoho allows this organisation for a day',
    ends: 'Sign-in ends',
    endsNote: 'Reconnect before, and nothing is interrupted',
    disconnect: 'Disconnect…',
    more: (name: string) => `More for ${name}`,
    workspaceKey: 'API key',
    environment: 'Environment',
    agreement: 'Agreement',
    country: 'Country',
  },

  fetch: {
    title: (name: string) => `Fetch invoices from ${name}`,
    titleAll: 'Fetch invoices',
    source: 'Source',
    allSources: 'All sources',
    text: 'Sources are asked by the day an invoice was created. Due dates and everything else filter here.',
    textByDue: 'The source is asked by one of these dates. Everything else filters here.',
    by: 'Ask by',
    byCreated: 'Day it was created',
    byDue: 'Due date',
    range: 'Created',
    rangeDue: 'Due',
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
    signIn: 'The sign-in for this company. It stays at the provider, since another source here uses it.',
    revokes: {
      quickbooks:
        'The sign-in, here and at Intuit. If another computer is connected to this company, it has to connect again too.',
      zoho: 'The sign-in, here and at Zoho. Other computers keep theirs.',
    },
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
