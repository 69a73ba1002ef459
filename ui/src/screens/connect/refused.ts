// Which refusals say that the key itself is of no use. After any other the same key may be taken next time, so it stays
// in its field: without a network, or while a permission is being added at the provider.
import type { Failure } from '../../host';

const OF_NO_USE: readonly Failure['code'][] = [
  'key_shape',
  'key_secret',
  'key_publishable',
  'key_refused',
  'debitura_key_refused',
  'debitura_forbidden',
];

/** What the field holds after a failure. */
export function keyAfter(failure: Failure, given: string): string {
  return OF_NO_USE.includes(failure.code) ? '' : given;
}
