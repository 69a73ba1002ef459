import { describe, expect, it } from 'vitest';

import type { Failure } from '../src/host';
import { keyAfter } from '../src/screens/connect/refused';

const failure = (code: Failure['code']): Failure => ({
  code,
  what: '',
  why: '',
  next: '',
  retry: false,
});

describe('a key that was not taken', () => {
  it('leaves its field when it is of no use', () => {
    for (const code of ['key_secret', 'key_refused', 'debitura_key_refused'] as const) {
      expect(keyAfter(failure(code), 'k'), code).toBe('');
    }
  });

  it('stays for the next try when something else stood in the way', () => {
    for (const code of ['offline', 'keychain_unavailable', 'permission_customers'] as const) {
      expect(keyAfter(failure(code), 'k'), code).toBe('k');
    }
  });
});
