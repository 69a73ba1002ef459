"""Reads a company's unpaid invoices and its customers with python-quickbooks, a thousand at a time, as its user writes it.

Usage: read_quickbooks.py CLIENTS INTUIT_URL API_URL CONTROL_URL CLIENT_ID CLIENT_SECRET
CLIENTS is the folder of the script that knows how to sign in at the sandbox.
Prints one JSON document: how many invoices there were, and the seconds from the first question to the last answer.
"""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])
from drive_intuit import allow, control

from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.preferences import Preferences

PAGE = 1000
REDIRECT = "http://localhost:8123/cb/quickbooks"


def patiently(read, *args):
    """The client neither paces itself nor waits when it is refused, so its user does."""
    while True:
        try:
            return read(*args)
        except QuickbooksException as refused:
            if "ThrottleExceeded" not in str(refused):
                raise
            time.sleep(0.2)


def every(read):
    rows = []
    while page := patiently(read, len(rows) + 1):
        rows += page
        if len(page) < PAGE:
            break
    return rows


def main(intuit_url, api_url, control_url, client_id, secret):
    control(control_url, "/intuit/redirects", {"environment": "development", "uri": REDIRECT})
    realm = control(control_url, "/intuit")["companies"][0]["id"]
    auth = AuthClient(client_id, secret, REDIRECT, intuit_url + "/.well-known/openid_sandbox_configuration/")
    _, given = allow(auth.get_authorization_url([Scopes.ACCOUNTING], state_token="bench"), realm)
    auth.get_bearer_token(given["code"], realm_id=realm)
    QuickBooks.api_url_v3 = api_url + "/v3"
    books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=realm, minorversion=75, use_decimal=True)

    begun = time.perf_counter()
    Preferences.get(qb=books)
    customers = every(lambda start: Customer.where(
        "Active IN (true,false)", order_by="Id", start_position=start, max_results=PAGE, qb=books))
    invoices = every(lambda start: Invoice.where(
        "Balance > '0'", order_by="Id", start_position=start, max_results=PAGE, qb=books))
    took = time.perf_counter() - begun
    known = {customer.Id for customer in customers}
    assert all(invoice.CustomerRef.value in known for invoice in invoices)
    print(json.dumps({"count": len(invoices), "took": took}))


if __name__ == "__main__":
    main(*sys.argv[2:])
