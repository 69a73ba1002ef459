/** Texts of Overview, Activity and Settings. */
import { count, number } from '../format';

export const overview = {
  fetch: 'Fetch invoices',
  review: (n: number) => `Review ${count(n, 'ready invoice', 'ready invoices')}`,
  ready: 'Ready to submit',
  attention: 'Needs attention',
  openCases: 'Open cases',
  casesAsOf: 'at Debitura',
  none: 'None',
  noCases: 'None at Debitura',
  more: (n: number) => `and ${number(n)} more`,

  ages: 'Unpaid by age',
  agesText: 'Open balances of all invoices not submitted yet. Bars compare within one currency.',
  age: 'Days past due',
  invoices: 'Invoices',
  bucket: {
    not_due: 'Not due yet',
    '1_30': '1 to 30',
    '31_60': '31 to 60',
    '61_90': '61 to 90',
    '91_180': '91 to 180',
    '181_365': '181 to 365',
    over_365: 'Over 365',
    no_due_date: 'No due date',
  },
  total: 'Total',

  problems: 'What holds invoices back',
  noProblems: 'Nothing. Every overdue invoice is complete.',
  activity: 'Recent activity',
  allActivity: 'All activity',
  noActivity: 'Nothing yet.',

  empty: {
    noSource: 'Connect a source',
    noSourceText: 'The overview fills with your unpaid invoices as soon as one is connected.',
    connect: 'Connect a source',
    notFetched: 'Nothing fetched yet',
    notFetchedText: 'Fetch the unpaid invoices of the last 24 months. You can go on working meanwhile.',
    nothing: 'No unpaid invoices',
    nothingText: 'The sources have no open invoice in the range that was fetched last.',
  },
};

export const activity = {
  when: 'When',
  what: 'What',
  export: 'Export as CSV',
  exported: (rows: number, file: string) => `${count(rows, 'line', 'lines')} written to ${file}`,
  empty: 'Nothing was done yet',
  emptyText: 'Fetches, corrections, submissions and failures are recorded here, newest first.',
  earlier: 'Show earlier',
  shown: (shown: number, total: number) => `${number(shown)} of ${number(total)}`,
  today: 'Today',
  yesterday: 'Yesterday',
};

export const settings = {
  look: 'Appearance',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  rows: 'Row height',
  comfortable: 'Comfortable',
  compact: 'Compact',
  singleKeys: 'Single-key shortcuts',
  singleKeysHint: 'Such as ? for the list of shortcuts. Off, they need Ctrl or ⌘.',

  fetching: 'Fetching',
  atStart: 'Fetch when the application starts',
  every: 'Fetch again',
  everyMinutes: (minutes: number) => {
    if (minutes === 0) return 'Never';
    if (minutes < 60) return `Every ${number(minutes)} minutes`;
    return minutes === 60 ? 'Every hour' : `Every ${number(minutes / 60)} hours`;
  },
  pace: 'Requests a minute to Debitura',
  paceHint:
    'Debitura’s documentation asks for at most 100. Fewer leave room for other programs that use the same key.',
  zone: 'Creditor’s time zone',
  zoneHint: 'Where days begin, which decides what is due.',
  systemZone: (zone: string) => `As this computer (${zone})`,

  data: 'Data on this computer',
  cacheDays: 'Keep fetched invoices and cases',
  cacheDaysOf: (days: number) => (days === 0 ? 'Until wiped' : count(days, 'day', 'days')),
  cacheHint: 'Counted from when they were read. Corrections and the journal of submissions are always kept.',
  wipeEmpty: 'Nothing is cached',
  wipe: (invoices: number, cases: number) =>
    `Wipe ${[
      invoices > 0 ? count(invoices, 'cached invoice', 'cached invoices') : '',
      cases > 0 ? count(cases, 'case', 'cases') : '',
    ]
      .filter(Boolean)
      .join(' and ')}`,
  wipeTitle: 'Wipe cached data',
  wipeText: 'They are removed from this computer and come back with the next fetch.',
  wipeStays:
    'Keys, corrections, decisions and the journal of submissions stay. Cases at Debitura are not touched.',
  wiped: (invoices: number, cases: number) =>
    `${count(invoices, 'invoice', 'invoices')} and ${count(cases, 'case', 'cases')} wiped`,

  workspaces: 'Workspaces',
  workspacesText: 'One for each creditor: one Debitura account and its sources.',
  current: 'Current',
  add: 'Add a workspace',
  addTitle: 'Add a workspace',
  switchTo: 'Switch to',
  testCases: 'Send cases as test cases',
  testCasesHint: 'Debitura checks and keeps them, and never collects them.',
  remove: 'Remove…',
  removeTitle: (name: string) => `Remove ${name}`,
  removeText:
    'Its keys and cached data are removed from this computer. Its journal stays, so that nothing is submitted twice if you add it again. Cases at Debitura are not touched.',
  removeConfirm: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} removed`,
  key: (hint: string) => `Key …${hint}`,

  about: 'About',
  version: (version: string) => `Debitura Desk ${version}`,
  aboutText: 'Talks only to Debitura and the sources you connect. No other network, no tracking.',
  shortcuts: 'Keyboard shortcuts',
};
