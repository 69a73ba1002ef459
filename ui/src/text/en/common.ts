/** Texts of the frame and of what all screens share. */
import type { JobView, WorkspaceView } from '../../host/commands';
import { ago, count, instant, number } from '../format';

const environments = {
  production: 'Production',
  test: 'Test environment',
  sandbox: 'Sandbox on this computer',
};

export const common = {
  appName: 'Debitura Desk',

  pages: {
    overview: 'Overview',
    integrations: 'Integrations',
    'bulk-import': 'Bulk Import',
    cases: 'Cases',
    activity: 'Activity',
    settings: 'Settings',
  },

  action: {
    cancel: 'Cancel',
    close: 'Close',
    save: 'Save',
    tryAgain: 'Try again',
    copy: 'Copy',
    copied: 'Copied',
    notCopied: 'The clipboard could not be written',
    detailsCopied: 'Details copied',
    copyDetails: 'Copy details',
    dismiss: 'Dismiss',
    undo: 'Undo',
    redo: 'Redo',
    clear: 'Clear',
    remove: 'Remove',
    more: 'More',
    open: 'Open',
    show: 'Show',
  },

  failure: {
    unexpected: 'Something went wrong in the application.',
    unexpectedNext: 'Try again. If it stays, restart the application; nothing recorded is lost.',
    loading: 'Loading',
  },

  state: {
    ready: 'Ready',
    attention: 'Needs attention',
    'not-due': 'Not due yet',
    'set-aside': 'Set aside',
    submitted: 'Submitted',
    gone: 'Gone at the source',
  },

  provider: {
    stripe: 'Stripe',
    quickbooks: 'QuickBooks Online',
    zoho: 'Zoho Books',
    import: 'Imported file',
  },

  field: {
    creditor_reference: 'Creditor reference',
    case_date: 'Invoice date',
    due_date: 'Due date',
    amount: 'Amount to recover',
    currency: 'Currency',
    debtor_name: 'Debtor',
    debtor_type: 'Debtor type',
    debtor_email: 'E-mail',
    debtor_phone: 'Phone',
    debtor_address: 'Street address',
    debtor_city: 'City',
    debtor_zip: 'Postal code',
    debtor_state: 'State',
    debtor_country: 'Country',
    company_registration_number: 'Company registration number',
    contact_person: 'Contact person',
    description: 'Description',
    comments: 'Comments',
  },

  count: {
    invoices: (n: number) => count(n, 'invoice', 'invoices'),
    cases: (n: number) => count(n, 'case', 'cases'),
    problems: (n: number) => count(n, 'problem', 'problems'),
    days: (n: number) => count(n, 'day', 'days'),
  },

  shell: {
    skip: 'Skip to the content',
    places: 'Places',
    notes: 'Notes',
    workspaces: 'Workspaces',
    workspace: 'Workspace:',
    addWorkspace: 'Add a workspace…',
    sourceNeedsAttention: 'A source needs attention',
    workspaceNote: (workspace: WorkspaceView) =>
      [
        workspace.environment === 'production' ? '' : environments[workspace.environment],
        workspace.test_mode ? 'test cases' : '',
      ]
        .filter((part) => part !== '')
        .join(', ') || undefined,
  },

  environments,

  banner: {
    label: 'What is not real here',
    sample: 'Sample data. Nothing here is real, and nothing leaves this computer.',
    leaveSample: 'Leave sample data',
    test: 'Connected to Debitura’s test environment. No case made here is collected.',
    sandbox: 'Connected to a sandbox on this computer. No case made here reaches Debitura.',
    testMode: 'Test cases: Debitura checks and keeps them, and never collects them.',
  },

  job: {
    running: 'Running',
    waiting: 'Waiting',
    count: (n: number) => `${count(n, 'job', 'jobs')} running`,
    cancel: (title: string) => `Cancel: ${title}`,
    progress: (job: Pick<JobView, 'done' | 'total' | 'unit'>) =>
      job.total === null
        ? `${number(job.done)} ${job.unit}`
        : `${number(job.done)} of ${number(job.total)} ${job.unit}`,
    pace: ({ perMinute, secondsLeft }: { perMinute: number; secondsLeft: number | null }) => {
      const rate = perMinute < 1 ? 'less than one a minute' : `${number(Math.round(perMinute))} a minute`;
      if (secondsLeft === null) return rate;
      if (secondsLeft < 60) return `${rate}, less than a minute left`;
      return `${rate}, about ${count(Math.round(secondsLeft / 60), 'minute', 'minutes')} left`;
    },
  },

  undo: {
    undone: (what: string) => `Undone: ${what}`,
    redone: (what: string) => `Done again: ${what}`,
    nothing: 'Nothing to undo',
    nothingToRedo: 'Nothing to do again',
  },

  palette: {
    title: 'Commands',
    find: 'Find a command',
    nothing: 'No command has these words.',
    shortcuts: 'Keyboard shortcuts',
    places: 'Places',
    everywhere: 'Everywhere',
    go: (place: string) => `Go to ${place}`,
  },

  asOf: {
    never: 'Not fetched yet',
    ago: (iso: string) => `As of ${ago(iso)}`,
    exact: (iso: string) => `Read ${instant(iso)}`,
  },
};
