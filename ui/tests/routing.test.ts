import { describe, expect, it } from 'vitest';

import { href, read } from '../src/app/routing.svelte';

describe('addresses', () => {
  it('come back as they were written', () => {
    const place = read(
      href('bulk-import', { search: 'Müller & Söhne?#/', state: 'ready' }, 'review', 'a/b c'),
    );
    expect(place).toEqual({
      page: 'bulk-import',
      rest: ['review', 'a/b c'],
      params: { search: 'Müller & Söhne?#/', state: 'ready' },
    });
  });

  it('that name no place lead to the overview', () => {
    for (const fragment of ['', '#', '#/', '#/nowhere/at/all', '#/%'])
      expect(read(fragment).page).toBe('overview');
  });
});
