import { describe, expect, it } from 'vitest';

import { CommandFailure, failureOf } from '../src/host';
import { lines, takeToken } from '../src/host/bridge';

describe('failures', () => {
  const failure = { code: 'offline', what: 'What.', why: '', next: 'Next.', retry: true } as const;

  it('come through every wrapping', () => {
    expect(failureOf(failure)).toEqual(failure);
    expect(failureOf(new CommandFailure(failure))).toEqual(failure);
  });

  it.each([[new Error('broken pipe')], ['broken pipe']])(
    'are made of anything else that was thrown: %s',
    (thrown) => {
      expect(failureOf(thrown)).toMatchObject({ code: 'unexpected', why: 'broken pipe', retry: true });
    },
  );
});

describe('the bridge', () => {
  it('takes the token out of the address and leaves the place', () => {
    expect(takeToken('#token=a%2Bb&/cases?status=Legal')).toEqual({
      token: 'a+b',
      rest: '/cases?status=Legal',
    });
    expect(takeToken('#/cases')).toEqual({ token: '', rest: '/cases' });
  });

  it('reads whole lines, however the stream is cut', async () => {
    const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":2}\n{"c":3}');
    const body = new ReadableStream<Uint8Array>({
      start(stream) {
        // Between the two bytes of é, too.
        for (let at = 0; at < bytes.length; at += 3) stream.enqueue(bytes.slice(at, at + 3));
        stream.enqueue(bytes.slice(bytes.length));
        stream.close();
      },
    });
    const read: string[] = [];
    for await (const line of lines(body)) read.push(line);
    expect(read).toEqual(['{"a":"é"}', '{"b":2}', '{"c":3}']);
  });
});
