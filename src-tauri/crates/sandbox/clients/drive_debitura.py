"""Drives the sandbox with Debitura's own client, changed in nothing but the base address.

Usage: drive_debitura.py URL KEY UNSIGNED_KEY CONTROL_URL
Prints one JSON document: what was made and read, for the caller to compare with the sandbox's own books.
"""

import json
import sys
import tempfile
import urllib.request
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import debitura_debt_collection as debitura
from debitura_debt_collection import models

CASE = models.DebituraWebExternalApiContractsV1CasesRequestsCreateCollectionCaseRequestApiViewModel
DEBTOR = models.DebituraWebExternalApiContractsV1CasesDebtorDto
PREVIEW = models.DebituraWebExternalApiContractsV1CasesRequestsPreviewCaseRequestApiViewModel
PREVIEW_DEBTOR = models.DebituraWebExternalApiContractsV1CasesRequestsPreviewDebtorDto
ADVANCE = models.DebituraWebExternalApiContractsV1CasesRequestsAdvanceTestCaseRequest
CHAT = models.DebituraWebExternalApiContractsV1ChatsSendChatRequest


def control(url, path, body=None):
    request = urllib.request.Request(
        url + "/control" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def refused(call, status):
    try:
        call()
    except debitura.ApiException as error:
        assert error.status == status, (error.status, error.body)
        return json.loads(error.body) if error.body else None
    raise AssertionError(f"nothing was refused with {status}")


def days_ago(days):
    return datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def case(reference, amount=1234.56, **fields):
    debtor = DEBTOR(
        type="Company", name="Brückner Möbelwerk GmbH", address="Hauptstraße 1", zipCode="10115", city="Berlin", countryAlpha2="DE"
    )
    base = dict(
        currencyCode="EUR", amountToRecover=amount, date=days_ago(120), dueDate=days_ago(90), creditorReference=reference, debtor=debtor
    )
    return CASE(**{**base, **fields})


def main(url, key, unsigned_key, control_url):
    def client(key):
        return debitura.ApiClient(debitura.Configuration(host=url, api_key={"ApiKey": key}))

    api = client(key)
    cases, tests = debitura.CasesApi(api), debitura.TestCasesApi(api)

    me = debitura.MeApi(api).me_get()
    assert me.company_name == "Nordlys Design ApS", me
    debtor = PREVIEW_DEBTOR(type="Company", countryAlpha2="DE")
    preview = cases.cases_preview_post(PREVIEW(amountToRecover=1000, currencyCode="EUR", debtor=debtor)).result
    assert preview.is_eligible and preview.pricing_preview.total_success_fee_percentage == 9.5

    made = [cases.cases_post(f"key-{number}", case(f"PY-{number}", 100 + number)) for number in range(13)]
    assert made[0].lifecycle == "Pending Verification Internal" and made[0].gross_amount == 100
    again = cases.cases_post("key-0", case("PY-0", 100))
    assert again == made[0], "a replay is the same answer"
    conflict = refused(lambda: cases.cases_post("key-0", case("PY-0", 101)), 422)
    assert conflict["businessErrors"][0]["type"] == "IdempotencyConflict", conflict
    taken = refused(lambda: cases.cases_post("key-new", case("PY-0", 100)), 422)
    assert taken["businessErrors"][0]["type"] == "DuplicateReference", taken
    wrong = refused(lambda: cases.cases_post("key-bad", case("PY-bad", 0)), 400)
    assert list(wrong) == ["amountToRecover"], wrong
    unsigned = refused(lambda: debitura.CasesApi(client(unsigned_key)).cases_post(None, case("PY-u")), 422)
    assert unsigned["signingHandoff"]["combinedSigningUrl"], unsigned
    refused(lambda: debitura.MeApi(client("wrong")).me_get(), 401)
    refused(lambda: cases.cases_id_get("00000000-0000-4000-8000-000000000000"), 404)

    listed, page = {}, 1
    while True:
        answer = cases.cases_get(page=page, page_size=5, sort="DateCreated:desc")
        listed.update({one.id: one for one in answer.cases})
        if page >= answer.page.total_pages:
            break
        page += 1
    assert len(listed) == len(made) == answer.page.total_results
    one = cases.cases_by_creditor_reference_creditor_reference_get("PY-3")
    assert one == cases.cases_id_get(one.id) == cases.cases_case_reference_case_reference_get(one.reference)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invoice.pdf"
        path.write_bytes(b"%PDF-1.4")
        file = cases.cases_id_files_post(one.id, str(path), description="The invoice", document_type="OriginalInvoice")
    assert file.case_id == one.id and file.file_name == "invoice.pdf"
    files = cases.cases_id_files_get(one.id)
    assert [known.id for known in files] == [file.id]
    with urllib.request.urlopen(files[0].url) as answer:
        assert answer.read() == b"%PDF-1.4"

    user = debitura.UsersApi(api).users_get().users[0]
    control(control_url, f"/cases/{one.id}/ask", {"text": "Which order?"})
    assert cases.cases_id_validation_get(one.id).items[0].description == "Which order?"
    sent = cases.cases_id_chats_post(one.id, CHAT(message="Order 7.", userEmail=user.email))
    assert sent.role == 1 and cases.cases_id_get(one.id).lifecycle == "Pending Verification"
    control(control_url, f"/cases/{one.id}/payment", {"amount": 40})
    payment = debitura.PaymentsApi(api).payments_get().payments[0]
    assert payment.gross_amount == 40 and payment.invoice.invoice_id == one.id
    assert cases.cases_id_get(one.id).remainder == 63
    assert cases.cases_id_timeline_get(one.id).items

    trial = cases.cases_post(None, case("PY-test", isTest=True, tag="py"))
    assert tests.test_cases_id_advance_post(trial.id, ADVANCE(to="Closed:Paid", amount=5)).state == "Closed:Paid"
    tests.test_cases_delete(tag="py")
    refused(lambda: cases.cases_id_get(trial.id), 404)
    assert len(debitura.CoverageApi(api).coverage_get()) > 200

    sums = defaultdict(float)
    for known in listed.values():
        sums[known.currency] += known.gross_amount
    print(json.dumps({"cases": len(listed), "gross": sums}))


if __name__ == "__main__":
    main(*sys.argv[1:])
