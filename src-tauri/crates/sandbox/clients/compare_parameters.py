"""Holds what the sandbox accepts against what Stripe's own client declares, which Stripe makes from its own description.

Usage: compare_parameters.py URL KEY
Every declared parameter is accepted, with each of its words and forms; no other is, and no word of another type. Every
reference that the client declares as one to unfold can be unfolded, or needs a right that this key does not have; nothing
else can. Prints one JSON document: what was tried, and in what the two differ.
"""

import json
import re
import sys
import typing

import stripe
from stripe._request_options import RequestOptions
from stripe.params import _customer_list_params, _customer_retrieve_params, _invoice_list_params, _invoice_retrieve_params

LISTS = {
    "/v1/invoices": (_invoice_list_params.InvoiceListParams, stripe.Invoice),
    "/v1/customers": (_customer_list_params.CustomerListParams, stripe.Customer),
}
SINGLE = {
    "/v1/invoices": _invoice_retrieve_params.InvoiceRetrieveParams,
    "/v1/customers": _customer_retrieve_params.CustomerRetrieveParams,
}


def declared(params):
    """The parameters of a call with their types as text, without the options every call has."""
    ours = {name: kind for name, kind in params.__annotations__.items() if name not in RequestOptions.__annotations__}
    return {name: str(kind) for name, kind in ours.items()}


def main(url, key):
    reader = stripe.StripeClient(key, base_addresses={"api": url})
    tried, differs = 0, []

    def expect(statuses, path, query):
        nonlocal tried
        tried += 1
        try:
            reader.raw_request("get", path, **query)
            status = 200
        except stripe.StripeError as error:
            status = error.http_status
        if status not in statuses:
            differs.append(f"{path} {query}: {status}, not {statuses}")

    every = {name for params, _ in LISTS.values() for name in declared(params)}
    for path, (params, model) in LISTS.items():
        known = declared(params)
        some = reader.raw_request("get", path, limit=1)
        some = reader.deserialize(some, api_mode="V1").data[0].id
        for name, kind in known.items():
            words = re.findall(r"'(\w+)'", kind) if "Literal" in kind else []
            for word in words:
                expect([200], path, {name: word})
            if words:
                expect([400], path, {name: "of_tomorrow"})
            elif name == "expand":
                continue
            elif "int" in kind:
                expect([200], path, {name: 100})
                expect([400], path, {name: "many"})
            else:
                expect([200], path, {name: some})
            # A range: a dictionary with bounds.
            if "Params" in kind:
                for bound in ("gt", "gte", "lt", "lte"):
                    expect([200], path, {name: {bound: 100}})
                    expect([400], path, {name: {bound: "many"}})
                expect([400], path, {name: {"around": 100}})
        for name in sorted(every - set(known)) + ["colour"]:
            expect([400], path, {name: "of_tomorrow"})
        for name in sorted(every - set(declared(SINGLE[path]))):
            expect([400], f"{path}/{some}", {name: "of_tomorrow"})
        for field, kind in model.__annotations__.items():
            parts = typing.get_args(kind)
            reference = "typing.Union[str, ForwardRef(" in str(kind) and "Literal" not in str(kind)
            plain = kind in (int, bool, str) or set(parts) <= {int, bool, str, type(None)} and bool(parts)
            if reference:
                expect([200, 403], path, {"expand": [f"data.{field}"]})
                expect([200, 403], f"{path}/{some}", {"expand": [field]})
            elif plain:
                expect([400], path, {"expand": [f"data.{field}"]})
                expect([400], f"{path}/{some}", {"expand": [field]})
    print(json.dumps({"tried": tried, "differs": differs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
