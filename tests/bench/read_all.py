"""Reads every open invoice with Stripe's own client, page by page as it does it by itself.

Usage: read_all.py URL KEY
Prints one JSON document: how many, the seconds until the first, and the seconds until the last.
"""

import json
import sys
import time

import stripe

url, key = sys.argv[1:]
client = stripe.StripeClient(key, base_addresses={"api": url})
begun = time.perf_counter()
first, count = None, 0
pages = client.v1.invoices.list({"status": "open", "limit": 100, "expand": ["data.customer"]})
for _ in pages.auto_paging_iter():
    if first is None:
        first = time.perf_counter() - begun
    count += 1
print(json.dumps({"count": count, "first": first, "last": time.perf_counter() - begun}))
