/**
 * Every text the page itself says, in English. One file per place under `en/`; failures and problems come worded from the
 * core. Texts with a number are functions, so that plurals are chosen by rule.
 */
import { common } from './en/common';
import { bulkImport } from './en/bulk-import';
import { cases } from './en/cases';
import { connect } from './en/connect';
import { grid } from './en/grid';
import { imports } from './en/imports';
import { activity, overview, settings } from './en/places';
import { recovery } from './en/recovery';

export const t = {
  ...common,
  bulkImport,
  cases,
  grid,
  imports,
  connect,
  overview,
  activity,
  settings,
  recovery,
} as const;
