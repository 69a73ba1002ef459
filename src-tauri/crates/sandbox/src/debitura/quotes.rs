//! Quote requests: read only, and there are only those of cases that collect quotes.

use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{Case, Lifecycle};
use super::partners::PARTNERS;
use super::{Call, Desk, Reply, errors};

/// Derived from the case's own id, so that the same case always shows the same request.
fn derived(case: &Case, number: u128) -> Uuid {
    Uuid::from_u128(case.id.as_u128() ^ (number << 32))
}

fn request(case: &Case) -> Option<Value> {
    let status = match case.lifecycle {
        Lifecycle::Leads => "Collecting quotes",
        Lifecycle::LeadsQuoteGiven => "Quote given",
        _ => return None,
    };
    let count = usize::from(case.lifecycle == Lifecycle::LeadsQuoteGiven);
    Some(json!({
        "quoteRequestId": derived(case, 1), "caseId": case.id, "status": status, "leadFlowStatus": status, "quoteType": "Standard",
        "maxQuotes": 3, "currentQuotesCount": count, "outcome": null, "dateCreated": case.created, "dateQualified": null,
        "leadsDoneOffered": null, "dateReminderSent": null, "dateReminderTwoSent": null, "dateOutcomeSelected": null,
    }))
}

fn quote(case: &Case) -> Value {
    json!({
        "quoteId": derived(case, 2), "quoteRequestId": derived(case, 1), "partnerId": PARTNERS[7].id(), "partnerName": PARTNERS[7].name,
        "status": "Given", "agreementType": "Success fee", "currency": case.currency, "proposedSolution": "Letters and calls, then a visit.",
        "partnerWhyUsSection": null, "dateCreated": case.created,
    })
}

fn with(mut base: Value, fields: Value) -> Value {
    if let (Some(base), Value::Object(fields)) = (base.as_object_mut(), fields) {
        base.extend(fields);
    }
    base
}

pub(super) fn answer(desk: &Desk, call: &Call, name: &str) -> Reply {
    let case = match desk.case(call) {
        Ok(case) => case,
        Err(refusal) => return refusal,
    };
    let lead = request(case);
    if name == "GET /cases/{id}/quote-requests" {
        let requests: Vec<Value> = lead
            .into_iter()
            .map(|lead| with(lead, json!({ "purpose": null })))
            .collect();
        return Reply::ok(json!({ "quoteRequests": requests }));
    }
    let is = |parameter: &str, number: u128| {
        Uuid::try_parse(call.parameter(parameter)).is_ok_and(|id| id == derived(case, number))
    };
    let Some(lead) = lead.filter(|_| is("quoteRequestId", 1)) else {
        return errors::not_found();
    };
    let given = case.lifecycle == Lifecycle::LeadsQuoteGiven;
    if name.ends_with("{quoteRequestId}") {
        return Reply::ok(with(
            lead,
            json!({ "isMaxBidCountReached": false, "request": case.description, "existingFees": null }),
        ));
    }
    if name.ends_with("/quotes") {
        let price = json!({
            "hourlyRate": null, "hourlyEstimated": null, "flatFeeEstimate": null, "successFee": 25.0, "hybridEstimate": null,
            "phase": "Pre-legal", "offerNature": "Binding",
        });
        return Reply::ok(
            json!({ "quotes": given.then(|| with(quote(case), price)).into_iter().collect::<Vec<_>>() }),
        );
    }
    if !given || !is("quoteId", 2) {
        return errors::not_found();
    }
    let price = json!({
        "pricing": { "hourlyRate": null, "hourlyEstimated": null, "flatFeeEstimate": null, "successFeeFee": 25.0,
            "hybridEstimate": null, "costProcessMisc": 0.0 },
        "feeComments": null, "fullQuoteLink": null, "dateUpdated": null,
    });
    Reply::ok(with(quote(case), price))
}
