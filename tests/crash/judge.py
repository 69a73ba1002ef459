#!/usr/bin/env python3
"""Judges submissions from outside: judge.py SANDBOX JOURNAL

Knows the sandbox's control address and an exported journal, and nothing of the application. Prints what it counted and
found as JSON. Exit 0: nothing lost, doubled, untrue or sent without a record; 1: something was; 2: it could not judge.

lost        the journal tells of a case that does not exist, or of a submission that never came to an end
doubled     two cases for one creditor reference, two from one entry, or two live entries for one invoice
lies        what the journal tells differs from what exists
unrecorded  bytes arrived that the journal does not have under their key
files       a document that lies twice in one case
"""

import json
import sqlite3
import sys
import urllib.request
from collections import Counter, defaultdict
from decimal import Decimal

OPEN = ("confirmed", "sending", "unknown")
# Who sends as the application; cases made by others are part of the scene.
OURS = "DebituraDesk/"


def of_sandbox(address, what):
    with urllib.request.urlopen(f"{address}/control/{what}", timeout=30) as answer:
        return json.load(answer, parse_float=Decimal)


def of_journal(path):
    journal = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    journal.row_factory = sqlite3.Row
    rows = [dict(row) for row in journal.execute("SELECT * FROM journal ORDER BY key")]
    for row in rows:
        row["meant"] = json.loads(row["body"], parse_float=Decimal)
        row["about"] = f"{row['creditor_reference']} ({row['id']})"
    return rows


def in_scope(case, row):
    return case["creditor"]["id"] == row["creditor"] and bool(case["isTestCase"]) == bool(row["test_mode"])


def differences(case, row):
    """Between a case and what the entry meant, in words."""
    meant = row["meant"]
    compared = {
        "reference": (case["creditorReference"], row["creditor_reference"]),
        "amount": (Decimal(case["grossAmount"]), Decimal(row["amount"])),
        "currency": (case["currency"], row["currency"]),
        "debtor": (case["debtor"]["name"], meant["debtor"]["name"]),
        "date": (case["date"][:10], meant["date"][:10]),
    }
    return [f"{name} {theirs} there, {ours} here" for name, (theirs, ours) in compared.items() if theirs != ours]


def bytes_and_columns(row):
    """The journal's own columns against the bytes it keeps."""
    meant = row["meant"]
    compared = {
        "reference": (meant["creditorReference"], row["creditor_reference"]),
        "amount": (Decimal(meant["amountToRecover"]), Decimal(row["amount"])),
        "currency": (meant["currencyCode"], row["currency"]),
        "debtor": (meant["debtor"]["name"], row["debtor_name"]),
        "test": (bool(meant.get("isTest")), bool(row["test_mode"])),
    }
    return [f"{name} {sent} in the bytes, {told} beside them" for name, (sent, told) in compared.items() if sent != told]


def judge(cases, requests, rows):
    lost, doubled, lies, unrecorded, files = [], [], [], [], []
    by_id = {case["id"]: case for case in cases}
    by_key = defaultdict(list)
    for case in cases:
        if case["idempotencyKey"]:
            by_key[case["idempotencyKey"]].append(case)
    ours = {row["idempotency_key"] for row in rows}

    for row in rows:
        about, outcome = row["about"], row["stage_name"]
        made = by_key[row["idempotency_key"]]
        lies += [f"{about}: {what}" for what in bytes_and_columns(row)]
        if json.loads(row["stage"]).get("ending", json.loads(row["stage"])["stage"]) != outcome:
            lies.append(f"{about}: the two columns of its stage differ")
        if len(made) > 1:
            doubled.append(f"{about}: {len(made)} cases from one entry")
        if outcome in OPEN:
            lost.append(f"{about}: still {outcome}")
        elif outcome in ("submitted", "linked"):
            case = by_id.get(row["case_id"])
            if case is None:
                lost.append(f"{about}: {outcome} as {row['case_reference']}, which does not exist")
                continue
            if not in_scope(case, row):
                lies.append(f"{about}: its case is another account's")
            if case["reference"] != row["case_reference"]:
                lies.append(f"{about}: told as {row['case_reference']}, known as {case['reference']}")
            lies += [f"{about}: {what}" for what in differences(case, row)]
            if outcome == "submitted" and case not in made:
                lies.append(f"{about}: told as submitted, made by somebody else")
        elif outcome in ("rejected", "withdrawn"):
            if made:
                lies.append(f"{about}: {outcome}, and {made[0]['reference']} exists")
            if outcome == "rejected":
                same = [case for case in cases if in_scope(case, row) and not differences(case, row)]
                lies += [f"{about}: rejected, and {case['reference']} is the same claim" for case in same]
                if not row["problem"]:
                    lies.append(f"{about}: rejected without a reason")
        else:
            lies.append(f"{about}: {outcome} is no outcome")

    claims = defaultdict(list)
    for case in cases:
        if case["creditorReference"]:
            claims[case["creditor"]["id"], case["isTestCase"], case["creditorReference"].strip()].append(case)
    for (_, _, reference), same in claims.items():
        if len(same) > 1 and any(case["idempotencyKey"] in ours for case in same):
            doubled.append(f"{reference}: {len(same)} cases")
    live = Counter((row["creditor"], row["environment"], row["test_mode"], row["invoice"]) for row in rows if row["live"])
    doubled += [f"{invoice[-1]}: {count} live entries" for invoice, count in live.items() if count > 1]

    kept = {row["idempotency_key"]: row["body"] for row in rows}
    for request in requests:
        sender = dict(request["headers"]).get("user-agent", "")
        if request["route"] != "debitura POST /cases" or not sender.startswith(OURS):
            continue
        body = kept.get(request["idempotency_key"])
        if body is None:
            unrecorded.append(f"request {request['number']}: its key is not in the journal")
        elif body.decode() != request["body"]:
            unrecorded.append(f"request {request['number']}: other bytes than the journal has under its key")
    for case in cases:
        files += [f"{case['reference']}: {name} {count} times" for name, count in Counter(case["files"]).items() if count > 1]

    return {
        "entries": len(rows),
        "cases": len(cases),
        "outcomes": Counter(row["stage_name"] for row in rows),
        "lost": lost,
        "doubled": doubled,
        "lies": lies,
        "unrecorded": unrecorded,
        "files": files,
    }


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    address, journal = sys.argv[1:]
    verdict = judge(of_sandbox(address, "cases"), of_sandbox(address, "requests"), of_journal(journal))
    print(json.dumps(verdict))
    return int(any(verdict[name] for name in ("lost", "doubled", "lies", "unrecorded")))


if __name__ == "__main__":
    sys.exit(main())
