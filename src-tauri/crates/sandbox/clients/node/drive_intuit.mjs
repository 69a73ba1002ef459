// Drives the sandbox with Intuit's own client for signing in and the common one for QuickBooks Online, changed in nothing
// but the addresses.
//
// Usage: drive_intuit.mjs INTUIT_URL API_URL CONTROL_URL CLIENT_ID CLIENT_SECRET REDIRECT
// Prints one JSON document: what was read, for the caller to compare with the sandbox's own books.

import assert from 'node:assert/strict';
import OAuthClient from 'intuit-oauth';
import QuickBooks from 'node-quickbooks';

const [intuitUrl, apiUrl, controlUrl, clientId, clientSecret, redirectUri] = process.argv.slice(2);
const decimals = { jpy: 0, krw: 0, xof: 0, xaf: 0, xpf: 0, clp: 0, vnd: 0, kwd: 3, bhd: 3, jod: 3, omr: 3, tnd: 3 };

async function control(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const how = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${controlUrl}/control${path}`, how);
  assert.ok(answer.ok, path);
  return answer.json();
}

// Answers the consent page as a person would, and gives where the browser is sent back to.
async function consent(page, decision) {
  const [address, query] = page.split('?');
  const form = new URLSearchParams(query);
  form.append('realm', realm);
  form.append('decision', decision);
  const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  assert.equal(answer.status, 302);
  return answer.headers.get('location');
}

async function refused(call, check) {
  const error = await call.then(() => undefined, (error) => error);
  assert.ok(error, 'nothing was refused');
  check(error);
}

const realm = (await control('/intuit')).companies[0].id;
function client() {
  const made = new OAuthClient({ clientId, clientSecret, redirectUri, environment: 'sandbox', logging: false });
  made.setAuthorizeURLs({
    authorizeEndpoint: `${intuitUrl}/connect/oauth2`,
    tokenEndpoint: `${intuitUrl}/oauth2/v1/tokens/bearer`,
    revokeEndpoint: `${intuitUrl}/v2/oauth2/tokens/revoke`,
    userInfoEndpoint: `${intuitUrl}/v1/openid_connect/userinfo`,
  });
  return made;
}

OAuthClient.environment.sandbox = `${apiUrl}/`;
const auth = client();
const page = auth.authorizeUri({ scope: [OAuthClient.scopes.Accounting], state: 'a state' });
const denied = new URL(await consent(page, 'deny'));
assert.equal(denied.searchParams.get('error'), 'access_denied');
const back = await consent(page, 'allow');
assert.ok(back.startsWith(redirectUri));
const first = (await auth.createToken(back)).getToken();
assert.equal(auth.getToken().realmId, realm);
assert.equal(first.expires_in, 3600);
assert.equal(first.x_refresh_token_expires_in, 8726400);
await refused(client().createToken(back), (error) => assert.equal(error.error, 'invalid_grant'));
const renewed = (await auth.refresh()).getToken();
assert.equal(renewed.refresh_token, first.refresh_token);
assert.notEqual(renewed.access_token, first.access_token);
assert.ok(auth.isAccessTokenValid());
await refused(client().refreshUsingToken('AB11never'), (error) => assert.equal(error.error, 'invalid_grant'));
// The client itself tries once more after a fault of the server.
await control('/faults', { route: 'intuit POST /oauth2/v1/tokens/bearer', when: { nth: 1 }, effect: { status: { code: 503 } } });
await auth.refresh();

const company = (await auth.makeApiCall({ url: `v3/company/${realm}/companyinfo/${realm}?minorversion=75` })).json.CompanyInfo;
const asked = encodeURIComponent("select * from Invoice where Colour = 'red'");
await refused(auth.makeApiCall({ url: `v3/company/${realm}/query?query=${asked}` }), (error) => {
  assert.equal(error.code, '4001');
  assert.ok(error.intuitTid ?? error.intuit_tid, 'the id for support');
});

QuickBooks.V3_ENDPOINT_BASE_URL = `${apiUrl}/v3/company/`;
QuickBooks.TOKEN_URL = `${intuitUrl}/oauth2/v1/tokens/bearer`;
QuickBooks.REVOKE_URL = `${intuitUrl}/v2/oauth2/tokens/revoke`;
const { access_token: access, refresh_token: refresh } = auth.getToken();
const books = new QuickBooks(clientId, clientSecret, access, false, realm, true, false, 75, '2.0', refresh);
const call = (name, ...words) =>
  new Promise((resolve, reject) => books[name](...words, (error, body) => (error ? reject(error) : resolve(body))));

const preferences = await call('getPreferences');
const home = preferences.CurrencyPrefs.HomeCurrency.value;
assert.equal((await call('getCompanyInfo', realm)).CompanyName, company.CompanyName);
const unpaid = { field: 'Balance', value: '0', operator: '>' };
const found = (await call('findInvoices', [unpaid, { field: 'limit', value: 100 }, { field: 'fetchAll', value: true }])).QueryResponse;
const [seen, amounts, counts] = [new Set(), {}, {}];
for (const invoice of found.Invoice) {
  assert.ok(!seen.has(invoice.Id), `${invoice.Id} came twice`);
  seen.add(invoice.Id);
  const code = (invoice.CurrencyRef?.value ?? home).toLowerCase();
  amounts[code] = (amounts[code] ?? 0) + Math.round(invoice.Balance * 10 ** (decimals[code] ?? 2));
  counts[code] = (counts[code] ?? 0) + 1;
}
const counted = await call('findInvoices', [unpaid, { count: true }]);
assert.equal(counted.QueryResponse.totalCount, seen.size);
const [some] = [...seen].sort();
assert.equal((await call('getInvoice', some)).Id, some);
assert.ok((await call('getInvoicePdf', some)).subarray(0, 4).equals(Buffer.from('%PDF')));
const customers = (await call('findCustomers', { fetchAll: true })).QueryResponse.Customer;
assert.ok(customers.every(({ Active }) => Active), 'inactive ones are left out');
const { BatchItemResponse: items } = await call('batch', [
  { bId: 'good', Query: 'select count(*) from Invoice' },
  { bId: 'bad', Query: 'select * from Nothing' },
]);
assert.ok(items.find(({ bId }) => bId === 'good').QueryResponse.totalCount > seen.size);
assert.equal(items.find(({ bId }) => bId === 'bad').Fault.Error[0].code, '4001');

await control(`/intuit/companies/${realm}/invoices/${some}/void`, {});
const changes = await call('changeDataCapture', ['Invoice', 'Customer'], '2026-06-30T00:00:00-07:00');
const told = changes.CDCResponse[0].QueryResponse.flatMap(({ Invoice }) => Invoice ?? []);
const voided = told.find(({ Id }) => Id === some);
assert.deepEqual([voided.TotalAmt, voided.Balance, voided.PrivateNote, voided.LinkedTxn], [0, 0, 'Voided', []]);
await refused(call('getInvoice', '999999'), (error) => assert.equal(error.response.data.Fault.Error[0].code, '610'));
await call('refreshAccessToken');
await call('revokeAccess', true);
await refused(auth.makeApiCall({ url: `v3/company/${realm}/preferences` }), (error) => assert.equal(error.code, '401'));
await refused(auth.refresh(), (error) => assert.equal(error.error, 'invalid_grant'));

const read = { company: company.CompanyName, home, open: seen.size, open_amount: amounts, open_count: counts, active_customers: customers.length };
// Its connections would keep this program alive for a while.
process.stdout.write(JSON.stringify(read), () => process.exit());
