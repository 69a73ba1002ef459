// Drives the sandbox with Stripe's own client for Node.js, changed in nothing but host, port and protocol.
//
// Usage: drive_stripe.mjs URL KEY NO_CUSTOMERS_KEY CONTROL_URL
// Prints one JSON document: what was read, for the caller to compare with the sandbox's own books.

import assert from 'node:assert/strict';
import Stripe from 'stripe';

const [url, key, poorKey, controlUrl] = process.argv.slice(2);
const { hostname, port } = new URL(url);

function client(key, maxNetworkRetries = 0) {
  // Without a word about this machine in the header.
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries, telemetry: false });
}

async function fault(effect, times = 1) {
  const body = JSON.stringify({ route: 'stripe GET /v1/invoices', when: { next: times }, effect });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${controlUrl}/control/faults`, { method: 'POST', headers, body });
  assert.ok(answer.ok, await answer.text());
}

async function refused(kind, call, status, code) {
  const error = await call.then(() => undefined, (error) => error);
  assert.ok(error instanceof kind, `${kind.name} was not raised, but ${error}`);
  assert.equal(error.statusCode, status, String(error));
  if (code) assert.equal(error.code, code);
  assert.match(error.requestId, /^req_/);
}

const reader = client(key);
const query = { status: 'open', limit: 100, expand: ['data.customer'] };
const first = await reader.invoices.list(query);
assert.equal(first.data.length, 100);
assert.equal(first.has_more, true);

const [seen, amounts, counts] = [new Set(), {}, {}];
let deleted = 0;
for await (const invoice of reader.invoices.list(query)) {
  assert.ok(!seen.has(invoice.id), `${invoice.id} came twice`);
  seen.add(invoice.id);
  assert.equal(invoice.status, 'open');
  assert.equal(invoice.livemode, false);
  amounts[invoice.currency] = (amounts[invoice.currency] ?? 0) + invoice.amount_remaining;
  counts[invoice.currency] = (counts[invoice.currency] ?? 0) + 1;
  assert.notEqual(typeof invoice.customer, 'string', 'the customer is unfolded');
  deleted += Number(invoice.customer?.deleted ?? false);
}
// Backwards over the first page, from its end.
const before = await reader.invoices.list({ status: 'open', limit: 100, ending_before: first.data.at(-1).id });
assert.deepEqual(before.data.map(({ id }) => id), first.data.slice(0, -1).map(({ id }) => id));

const [some] = [...seen].sort();
const whole = await reader.invoices.retrieve(some, { expand: ['customer.tax_ids'] });
assert.equal(whole.id, some);
assert.equal(whole.lines.data[0].amount, whole.total);
assert.equal(typeof (await reader.invoices.retrieve(some)).customer, whole.customer ? 'string' : 'object');
const customers = await reader.customers.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
assert.ok(customers.every(({ object }) => object === 'customer'));

const { errors } = Stripe;
await refused(errors.StripeAuthenticationError, client('rk_test_wrong').invoices.list(), 401);
const poor = client(poorKey);
await refused(errors.StripePermissionError, poor.customers.list(), 403);
await refused(errors.StripePermissionError, poor.invoices.list({ expand: ['data.customer'] }), 403);
assert.equal((await poor.invoices.list({ limit: 1 })).data.length, 1);
await refused(errors.StripePermissionError, reader.accounts.retrieveCurrent(), 403);
await refused(errors.StripeInvalidRequestError, reader.invoices.retrieve('in_nothing'), 404, 'resource_missing');
for (const wrong of [{ limit: 101 }, { status: 'overdue' }, { starting_after: 'in_nothing' }, { colour: 'red' }]) {
  await refused(errors.StripeInvalidRequestError, reader.invoices.list(wrong), 400);
}

await fault({ stripe429: { reason: 'global-rate' } });
await refused(errors.StripeRateLimitError, reader.invoices.list(), 429);
await fault({ status: { code: 500 } });
await refused(errors.StripeAPIError, reader.invoices.list(), 500);
// A connection that is cut is tried once more even by a client told not to try again.
await fault('drop_before_commit');
assert.equal((await reader.invoices.list({ limit: 1 })).data.length, 1);
await fault('drop_before_commit', 2);
await assert.rejects(reader.invoices.list(), errors.StripeConnectionError);
// Told to try again, the client does, and succeeds.
await fault({ status: { code: 503 } });
assert.equal((await client(key, 2).invoices.list({ limit: 1 })).data.length, 1);

const read = { open: seen.size, open_amount: amounts, open_count: counts, customers: customers.length, deleted_customers: deleted };
// Its connections would keep this program alive for half a minute.
process.stdout.write(JSON.stringify(read), () => process.exit());
