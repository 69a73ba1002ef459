"""Drives the sandbox with zohopy, an independent client of Zoho Books, changed in nothing but the addresses of one region.

Usage: drive_zoho.py CONTROL_URL REGION CLIENT_ID CLIENT_SECRET
Prints one JSON document: what was read of each organisation, for the caller to compare with the sandbox's own books.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from decimal import Decimal

import zohopy
import zohopy.config
from zohopy.products.books import ZohoBooks

REDIRECT = "http://localhost:8123/zohopy"
SCOPES = "ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.settings.READ"
FILTERS = ["Status.Unpaid", "Status.OverDue", "Status.PartiallyPaid"]
# Of the currencies in the books, as the oracle counts them.
DECIMALS = {"jpy": 0, "krw": 0, "xof": 0, "xaf": 0, "xpf": 0, "clp": 0, "vnd": 0, "kwd": 3, "bhd": 3, "jod": 3, "omr": 3, "tnd": 3}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def control(url, path, body=None):
    request = urllib.request.Request(
        url + "/control" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def sign_in(accounts, client, secret):
    """What the browser and the application do; zohopy begins with the refresh token."""
    opener = urllib.request.build_opener(NoRedirect)
    consent = {
        "client_id": client, "response_type": "code", "redirect_uri": REDIRECT, "scope": SCOPES, "access_type": "offline",
        "prompt": "consent", "organization": "every", "decision": "allow",
    }
    try:
        opener.open(accounts + "/oauth/v2/auth", urllib.parse.urlencode(consent).encode())
        raise AssertionError("the browser is not sent back")
    except urllib.error.HTTPError as back:
        query = urllib.parse.urlparse(back.headers["location"]).query
    code = urllib.parse.parse_qs(query)["code"][0]
    exchange = {
        "grant_type": "authorization_code", "client_id": client, "client_secret": secret, "redirect_uri": REDIRECT, "code": code,
    }
    with urllib.request.urlopen(accounts + "/oauth/v2/token", urllib.parse.urlencode(exchange).encode()) as answer:
        return json.load(answer)["refresh_token"]


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def read(books):
    """All unpaid invoices of an organisation, by each of the filters."""
    unpaid, sums, counts = {}, defaultdict(int), defaultdict(int)
    for name in FILTERS:
        for page in books.invoices.list_all(filter_by=name, sort_column="created_time", sort_order="A"):
            assert page["code"] == 0 and len(page["invoices"]) <= 200
            unpaid.update({row["invoice_id"]: row for row in page["invoices"]})
    for row in unpaid.values():
        currency = row["currency_code"].lower()
        minor = Decimal(str(row["balance"])) * 10 ** DECIMALS.get(currency, 2)
        assert minor == int(minor), row
        sums[currency] += int(minor)
        counts[currency] += 1
    return unpaid, {"open": len(unpaid), "open_amount": sums, "open_count": counts}


def main(url, region, client, secret):
    control(url, "/zoho/redirects", {"uri": REDIRECT})
    hosts = control(url, "/zoho")
    centre = zohopy.DataCenter(region)
    zohopy.config._ACCOUNTS_URLS[centre] = hosts["accounts"][region]
    zohopy.config._API_URLS[centre] = hosts["api"][region]
    refresh = sign_in(hosts["accounts"][region], client, secret)

    def books(organisation, token=refresh, **more):
        config = zohopy.ZohoConfig(
            client_id=client, client_secret=secret, refresh_token=token, organization_id=organisation, data_center=centre,
            max_retries=1, retry_backoff=0, **more,
        )
        return ZohoBooks(zohopy.SyncZohoClient(config))

    listed = books("none").organizations.list()["organizations"]
    result = {}
    for organisation in listed:
        unpaid, result[organisation["organization_id"]] = read(books(organisation["organization_id"]))
    assert listed[0]["is_default_org"] and listed[0]["name"] == "Nordlys Design ApS", listed[0]

    first = books(listed[0]["organization_id"])
    unpaid, _ = read(first)
    some = next(row for row in unpaid.values() if row["customer_name"])
    whole = first.invoices.get(some["invoice_id"])["invoice"]
    assert whole["balance"] == some["balance"] and "zip" in whole["billing_address"], whole
    contact = first.contacts.get(some["customer_id"])["contact"]
    assert contact["contact_name"] == some["customer_name"] and contact["customer_sub_type"] in ("business", "individual")

    refused(zohopy.ZohoTokenRefreshError, lambda: books("none", "1000.wrong").organizations.list())
    refused(zohopy.ZohoNotFoundError, lambda: first.invoices.get("4600000000000000001"))
    refused(zohopy.ZohoInvalidFieldError, lambda: first.invoices.list(filter_by="Status.Tomorrow"))
    stranger = refused(zohopy.ZohoValidationError, lambda: books("20080000000").invoices.list())
    assert stranger.details["code"] == 6041, stranger.details

    route = f"zoho-{region} GET /books/v3/invoices"

    def fault(status, code, headers=(), times=1):
        effect = {"status": {"code": status, "body": {"zoho_code": code}, "headers": list(headers)}}
        control(url, "/faults", {"route": route, "when": {"next": times}, "effect": effect})

    # It comes back after the pause, and with a new token after a refusal.
    fault(429, 44, [["Retry-After", "0"]])
    assert first.invoices.list(per_page=1)["code"] == 0
    fault(401, 57)
    assert first.invoices.list(per_page=1)["code"] == 0
    fault(500, 1000, times=2)
    refused(zohopy.ZohoServerError, lambda: first.invoices.list(per_page=1))
    fault(429, 45, [["Retry-After", "0"]], times=2)
    refused(zohopy.ZohoRateLimitError, lambda: first.invoices.list(per_page=1))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
