/**
 * Tests in a browser: commands over loopback HTTP. Built only by `vite build --mode bridge`. The token comes in the
 * address's fragment, which is never sent anywhere, and is removed from the address at once; the tab keeps it for reloads.
 */
import type { Host } from './index';
import type { Event, Failure } from './commands';

/** Takes `token` out of a fragment such as `#token=abc&/cases` and says what is left of it. */
export function takeToken(fragment: string): { token: string; rest: string } {
  const parts = fragment.replace(/^#/, '').split('&');
  const token = parts.find((part) => part.startsWith('token='))?.slice('token='.length) ?? '';
  return {
    token: decodeURIComponent(token),
    rest: parts.filter((part) => !part.startsWith('token=')).join('&'),
  };
}

/** Whole lines of a byte stream, without waiting for its end. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

export function open(): Host {
  const { token: given, rest } = takeToken(location.hash);
  if (given !== '') sessionStorage.setItem('token', given);
  const token = given === '' ? (sessionStorage.getItem('token') ?? '') : given;
  history.replaceState(null, '', rest === '' ? location.pathname + location.search : `#${rest}`);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

  return {
    async call(name, request) {
      const response = await fetch(`/command/${name}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(request),
      });
      const body: unknown = await response.json();
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- the door wraps it, as for every transport
      if (!response.ok) throw (body as { failure: Failure }).failure;
      return body as never;
    },
    listen(onEvent) {
      const stop = new AbortController();
      const follow = async () => {
        const response = await fetch('/events', { headers, signal: stop.signal });
        if (response.body === null) return;
        for await (const line of lines(response.body)) onEvent(JSON.parse(line) as Event);
      };
      follow().catch((thrown: unknown) => {
        if (!stop.signal.aborted) console.error('events', thrown);
      });
      return () => stop.abort();
    },
  };
}
