/** The message catalogue (`t`) and the formats for numbers, money and dates. */
export { t } from './en';
export * from './format';
