"""Drives the sandbox with Intuit's own client for signing in and the common one for QuickBooks Online, changed in nothing
but the addresses.

Usage: drive_intuit.py INTUIT_URL API_URL CONTROL_URL CLIENT_ID CLIENT_SECRET REDIRECT
Prints one JSON document: what was read, for the caller to compare with the sandbox's own books.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from decimal import Decimal

# The stand-in speaks plain HTTP, which the client takes on loopback only when told so.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks, exceptions
from quickbooks.cdc import change_data_capture
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.preferences import Preferences

DECIMALS = {"jpy": 0, "krw": 0, "xof": 0, "xaf": 0, "xpf": 0, "clp": 0, "vnd": 0, "kwd": 3, "bhd": 3, "jod": 3, "omr": 3, "tnd": 3}


def control(url, path, body=None, method=None):
    request = urllib.request.Request(
        url + "/control" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def allow(page, realm):
    """Answers the consent page as a person would, and gives what the browser is sent back with."""
    address, _, query = page.partition("?")
    form = urllib.parse.parse_qsl(query) + [("realm", realm), ("decision", "allow")]
    browser = urllib.request.build_opener(NoRedirect)
    try:
        browser.open(address, urllib.parse.urlencode(form).encode())
    except urllib.error.HTTPError as redirect:
        assert redirect.code == 302, redirect.read()
        back = urllib.parse.urlsplit(redirect.headers["Location"])
        return back, dict(urllib.parse.parse_qsl(back.query))
    raise AssertionError("the page did not send the browser back")


def refused(kind, call, **expected):
    try:
        call()
    except kind as error:
        for name, value in expected.items():
            assert getattr(error, name) == value, (name, getattr(error, name), error)
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def main(intuit_url, api_url, control_url, client_id, secret, redirect):
    realm = control(control_url, "/intuit")["companies"][0]["id"]
    discovery = intuit_url + "/.well-known/openid_sandbox_configuration/"

    def client():
        return AuthClient(client_id, secret, redirect, discovery)

    auth = client()
    assert auth.token_endpoint.startswith(intuit_url) and auth.issuer_uri.endswith("/op/v1")
    back, given = allow(auth.get_authorization_url([Scopes.ACCOUNTING], state_token="a state"), realm)
    assert back.geturl().startswith(redirect) and given["state"] == "a state" and given["realmId"] == realm
    auth.get_bearer_token(given["code"], realm_id=given["realmId"])
    assert auth.expires_in == 3600 and auth.x_refresh_token_expires_in == 8726400
    again = refused(AuthClientError, lambda: client().get_bearer_token(given["code"]), status_code=400)
    assert json.loads(again.content) == {"error": "invalid_grant"} and again.intuit_tid, "a code is good once"
    before, access = auth.refresh_token, auth.access_token
    auth.refresh()
    assert auth.refresh_token == before and auth.access_token != access, "the refresh token of the day stays"
    refused(AuthClientError, lambda: client().refresh(refresh_token="AB11never"), status_code=400)

    # The client knows its two environments by name, and anything else is production to it.
    QuickBooks.api_url_v3 = api_url + "/v3"
    books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=realm, minorversion=75, use_decimal=True)
    home = Preferences.get(qb=books).CurrencyPrefs.HomeCurrency.value
    company = CompanyInfo.get(realm, qb=books)

    seen, amounts, counts = {}, defaultdict(int), defaultdict(int)
    unpaid = "Balance > '0'"
    while page := Invoice.where(unpaid, start_position=len(seen) + 1, max_results=100, qb=books):
        for invoice in page:
            assert invoice.Id not in seen and 0 < invoice.Balance <= invoice.TotalAmt
            seen[invoice.Id] = invoice
            code = (invoice.CurrencyRef.value if invoice.CurrencyRef else home).lower()
            minor = Decimal(invoice.Balance).scaleb(DECIMALS.get(code, 2))
            assert minor == int(minor), invoice.Balance
            amounts[code] += int(minor)
            counts[code] += 1
    assert Invoice.count(unpaid, qb=books) == len(seen)
    # The client writes the order as one word here and as two there.
    last = [Invoice.where(unpaid, order_by="Id DESC", max_results=3, qb=books)]
    last.append([invoice for invoice in Invoice.all(order_by="Id DESC", max_results=1000, qb=books) if invoice.Balance][:3])
    assert len({tuple(invoice.Id for invoice in ordered) for ordered in last}) == 1, last
    some = seen[min(seen)]
    assert Invoice.get(some.Id, qb=books).DocNumber == some.DocNumber
    if some.DocNumber:
        assert some.Id in [invoice.Id for invoice in Invoice.filter(DocNumber=some.DocNumber, qb=books)]
    assert some.download_pdf(qb=books).startswith(b"%PDF")
    active = Customer.count(qb=books)
    everyone = Customer.query("SELECT * FROM Customer WHERE Active IN (true,false) MAXRESULTS 1000", qb=books)
    whose = Customer.choose([some.CustomerRef.value], field="Id", qb=books)
    assert [customer.Id for customer in whose] == [some.CustomerRef.value]
    # Quoted by the client, as names are.
    name = next((customer.DisplayName for customer in everyone if "'" in customer.DisplayName and customer.Active), None)
    if name:
        assert [customer.DisplayName for customer in Customer.filter(DisplayName=name, qb=books)] == [name]

    control(control_url, f"/intuit/companies/{realm}/invoices/{some.Id}/delete", method="POST")
    changes = change_data_capture([Invoice, Customer], "2026-06-30T00:00:00-07:00", qb=books)
    told = {invoice.Id: invoice for invoice in changes.Invoice}
    assert told[some.Id].status == "Deleted"
    refused(exceptions.ObjectNotFoundException, lambda: Invoice.get(some.Id, qb=books), error_code=610)
    refused(exceptions.ValidationException, lambda: Invoice.where("Colour = 'red'", qb=books), error_code=4001)
    refused(exceptions.ValidationException, lambda: Invoice.where("Id = '1' OR Id = '2'", qb=books), error_code=4000)
    fault = {"when": {"nth": 1}, "route": "intuit POST /v3/company/{realm}/query"}
    # Throttling comes in XML, which the client cannot read.
    control(control_url, "/faults", fault | {"effect": {"status": {"code": 429, "body": "xml"}}})
    throttled = refused(exceptions.QuickbooksException, lambda: Invoice.count(qb=books), error_code=10000)
    assert "3001" in throttled.message
    control(control_url, "/faults", fault | {"effect": {"status": {"code": 500}}})
    refused(exceptions.SevereException, lambda: Invoice.count(qb=books), error_code=10000)
    elsewhere = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id="1", minorversion=75)
    refused(exceptions.QuickbooksException, lambda: Invoice.count(qb=elsewhere), error_code=10000)

    assert auth.revoke()
    refused(exceptions.AuthorizationException, lambda: Invoice.count(qb=books), error_code=401)
    refused(AuthClientError, auth.refresh, status_code=400)
    refused(AuthClientError, auth.revoke, status_code=400, content=b"")

    print(json.dumps({
        "company": company.CompanyName, "home": home, "open": len(seen), "open_amount": amounts, "open_count": counts,
        "active_customers": active, "customers": len(everyone),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
