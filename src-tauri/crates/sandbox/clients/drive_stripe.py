"""Drives the sandbox with Stripe's own client, changed in nothing but the base address.

Usage: drive_stripe.py URL KEY NO_CUSTOMERS_KEY CONTROL_URL
Prints one JSON document: what was read, for the caller to compare with the sandbox's own books.
"""

import json
import sys
import urllib.request
from collections import defaultdict

import stripe


def control(url, path, body=None):
    request = urllib.request.Request(
        url + "/control" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def refused(kind, call, status, code=None):
    try:
        call()
    except kind as error:
        assert error.http_status == status, (error.http_status, error)
        # The client leaves the code of a 403 in the body.
        sent = error.json_body["error"].get("code")
        assert code is None or sent == code, (sent, error)
        assert error.request_id.startswith("req_"), error.request_id
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")


def main(url, key, poor_key, control_url):
    def client(key, retries=0):
        return stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=retries)

    reader = client(key)
    seen, sums, counts = set(), defaultdict(int), defaultdict(int)
    deleted = 0
    pages = reader.v1.invoices.list({"status": "open", "limit": 100, "expand": ["data.customer"]})
    assert len(pages.data) == 100 and pages.has_more
    for invoice in pages.auto_paging_iter():
        assert invoice.id not in seen
        seen.add(invoice.id)
        assert invoice.status == "open" and invoice.livemode is False
        sums[invoice.currency] += invoice.amount_remaining
        counts[invoice.currency] += 1
        deleted += bool(invoice.customer is not None and getattr(invoice.customer, "deleted", False))
    some = sorted(seen)[0]
    whole = reader.v1.invoices.retrieve(some, {"expand": ["customer.tax_ids"]})
    assert whole.id == some and whole.lines.data[0].amount == whole.total
    customers = list(reader.v1.customers.list({"limit": 100}).auto_paging_iter())
    assert all(customer.object == "customer" for customer in customers)

    refused(stripe.AuthenticationError, lambda: client("rk_test_wrong").v1.invoices.list(), 401)
    refused(stripe.PermissionError, lambda: client(poor_key).v1.customers.list(), 403, "more_permissions_required")
    refused(stripe.PermissionError, lambda: client(poor_key).v1.invoices.list({"expand": ["data.customer"]}), 403)
    assert client(poor_key).v1.invoices.list({"limit": 1}).data
    refused(stripe.PermissionError, lambda: reader.v1.accounts.retrieve_current(), 403)
    refused(stripe.InvalidRequestError, lambda: reader.v1.invoices.retrieve("in_nothing"), 404, "resource_missing")
    refused(stripe.InvalidRequestError, lambda: reader.v1.invoices.list({"limit": 101}), 400)
    refused(stripe.InvalidRequestError, lambda: reader.v1.invoices.list({"status": "overdue"}), 400)
    refused(stripe.InvalidRequestError, lambda: reader.v1.invoices.list({"starting_after": "in_nothing"}), 400)

    route = "stripe GET /v1/invoices"
    control(control_url, "/faults", {"route": route, "when": {"nth": 1}, "effect": {"stripe429": {"reason": "global-rate"}}})
    refused(stripe.RateLimitError, lambda: reader.v1.invoices.list(), 429)
    control(control_url, "/faults", {"route": route, "when": {"nth": 1}, "effect": {"status": {"code": 500}}})
    refused(stripe.APIError, lambda: reader.v1.invoices.list(), 500)
    control(control_url, "/faults", {"route": route, "when": {"nth": 1}, "effect": "drop_before_commit"})
    try:
        reader.v1.invoices.list()
        raise AssertionError("the connection was not cut")
    except stripe.APIConnectionError:
        pass
    # Told to try again, the client does, and succeeds.
    control(control_url, "/faults", {"route": route, "when": {"nth": 1}, "effect": {"status": {"code": 503}}})
    assert client(key, retries=2).v1.invoices.list({"limit": 1}).data

    print(json.dumps({
        "open": len(seen), "open_amount": sums, "open_count": counts, "customers": len(customers), "deleted_customers": deleted,
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
