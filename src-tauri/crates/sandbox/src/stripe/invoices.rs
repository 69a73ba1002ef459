//! `GET /v1/invoices` and one invoice.

use serde_json::{Value, json};

use super::expand::{self, Expansion};
use super::{Generation, View, customers, errors, list, pdf};
use crate::company::{Customer, Invoice, Odd, TaxIds};
use crate::exchange::{Call, Reply};
use crate::schema::Shape;

const PARAMETERS: &[&str] = &[
    "collection_method",
    "created",
    "customer",
    "customer_account",
    "due_date",
    "ending_before",
    "expand",
    "limit",
    "starting_after",
    "status",
    "subscription",
];
const STATUSES: &[&str] = &["draft", "open", "paid", "uncollectible", "void"];

pub(super) fn list(view: &View, call: &Call) -> Result<Reply, Reply> {
    list::only(call, PARAMETERS)?;
    let window = list::window(call)?;
    let status = list::one_of(call, "status", STATUSES)?;
    let method = list::one_of(
        call,
        "collection_method",
        &["charge_automatically", "send_invoice"],
    )?;
    let (created, due) = (
        list::range(call, "created")?,
        list::range(call, "due_date")?,
    );
    let (customer, subscription) = (
        list::text(call, "customer")?,
        list::text(call, "subscription")?,
    );
    let account = list::text(call, "customer_account")?;
    let expansion = expand::of_invoices(view, call, true)?;
    let books = &view.account.books;
    let keeps = |invoice: &Invoice| {
        status.is_none_or(|status| invoice.status == status)
            && method.is_none_or(|method| invoice.automatic == (method == "charge_automatically"))
            && created.holds(Some(invoice.created))
            && due.holds(invoice.due)
            && customer.is_none_or(|customer| books.customers[invoice.customer].id == customer)
            && account.is_none_or(|account| {
                invoice
                    .odd
                    .as_ref()
                    .and_then(|odd| odd.customer_account.as_deref())
                    == Some(account)
            })
            && subscription.is_none()
    };
    let (page, has_more) = list::page(
        &books.invoices,
        &window,
        "invoice",
        |id| books.position(id),
        keeps,
    )?;
    let data = page
        .into_iter()
        .map(|at| view.invoice(&books.invoices[at], expansion))
        .collect();
    Ok(list::envelope("/v1/invoices", data, has_more))
}

pub(super) fn retrieve(view: &View, call: &Call) -> Result<Reply, Reply> {
    list::only(call, &["expand"])?;
    let expansion = expand::of_invoices(view, call, false)?;
    let id = call.parameter("invoice");
    let books = &view.account.books;
    let at = books
        .position(id)
        .ok_or_else(|| errors::missing("invoice", "invoice", id))?;
    let json = view.invoice(&books.invoices[at], expansion);
    let deviates = json["metadata"].get("sandbox_deviates").is_some();
    let reply = Reply::ok(json);
    Ok(if deviates {
        reply.shaped(Shape::Unchecked("deviates on purpose"))
    } else {
        reply
    })
}

impl View<'_> {
    fn invoice(&self, invoice: &Invoice, expansion: Expansion) -> Value {
        let customer = &self.account.books.customers[invoice.customer];
        let plain = Odd::default();
        let odd = invoice.odd.as_deref().unwrap_or(&plain);
        let finalised = invoice.finalized.is_some();
        let link = |page: &str| {
            finalised.then(|| pdf::link(self.url, page, &invoice.id, self.links, odd.expired))
        };
        let at = |status: &str| invoice.closed.filter(|_| invoice.status == status);
        let line = json!({
            "id": format!("il_{}", invoice.id.trim_start_matches("in_")), "object": "line_item", "amount": invoice.total,
            "currency": invoice.currency, "description": invoice.line, "discount_amounts": [], "discountable": true, "discounts": [],
            "invoice": invoice.id, "livemode": self.key.livemode, "metadata": {}, "parent": null,
            "period": { "start": invoice.created, "end": invoice.created }, "pricing": null, "quantity": 1,
            "subtotal": invoice.total, "taxes": [],
        });
        let fields = invoice
            .purchase_order
            .as_ref()
            .map(|order| json!([{ "name": "Purchase order", "value": order }]));
        let mut json = json!({
            "id": invoice.id, "object": "invoice", "account_country": self.account.books.country,
            "account_name": self.account.books.name, "account_tax_ids": null, "amount_due": invoice.total,
            "amount_overpaid": 0, "amount_paid": invoice.paid, "amount_paid_off_stripe": 0,
            "amount_remaining": invoice.remaining(), "amount_shipping": 0, "application": null,
            "attempt_count": usize::from(invoice.automatic), "attempted": invoice.automatic, "auto_advance": invoice.automatic,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null },
            "automatically_finalizes_at": null, "billing_reason": "manual",
            "collection_method": if invoice.automatic { "charge_automatically" } else { "send_invoice" },
            "created": invoice.created, "currency": invoice.currency, "custom_fields": fields,
            "customer": self.customer_of(odd, customer, expansion), "customer_account": odd.customer_account,
            "customer_address": customers::address(odd.address.as_ref().unwrap_or(&customer.address).as_ref()),
            "customer_email": customer.email, "customer_name": odd.name.as_ref().or(customer.name.as_ref()),
            "customer_phone": customer.phone, "customer_shipping": null, "customer_tax_exempt": "none",
            "customer_tax_ids": tax_ids(odd, customer), "default_payment_method": null, "default_source": null,
            "default_tax_rates": [], "description": invoice.description, "discounts": [], "due_date": invoice.due,
            "effective_at": invoice.finalized, "ending_balance": finalised.then_some(0), "footer": null, "from_invoice": null,
            "hosted_invoice_url": link("i"), "invoice_pdf": link("pdf"), "issuer": { "type": "self" },
            "last_finalization_error": null, "latest_revision": null,
            "lines": { "object": "list", "data": [line], "has_more": false,
                "url": format!("/v1/invoices/{}/lines", invoice.id) },
            "livemode": self.key.livemode, "metadata": {},
            "next_payment_attempt": invoice.created + 3_600, "number": invoice.number, "on_behalf_of": null, "parent": null,
            "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
            "period_end": invoice.created, "period_start": invoice.created, "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
            "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": invoice.status,
            "status_transitions": { "finalized_at": invoice.finalized, "marked_uncollectible_at": at("uncollectible"),
                "paid_at": at("paid"), "voided_at": at("void") },
            "subtotal": invoice.total, "subtotal_excluding_tax": invoice.total, "test_clock": null, "total": invoice.total,
            "total_discount_amounts": [], "total_excluding_tax": invoice.total, "total_pretax_credit_amounts": [],
            "total_taxes": [], "webhooks_delivered_at": null,
        });
        if !(invoice.automatic && invoice.status == "open") {
            json["next_payment_attempt"] = Value::Null;
        }
        mark(&mut json, odd);
        if self.generation == Generation::BeforeBasil {
            age(&mut json, invoice);
        }
        json
    }

    /// An id, the live customer, what is left of a deleted one, or nothing for a customer of the newer kind.
    fn customer_of(&self, odd: &Odd, customer: &Customer, expansion: Expansion) -> Value {
        match (odd.customer_account.is_some(), expansion.customer) {
            (true, _) => Value::Null,
            (false, false) => json!(customer.id),
            (false, true) => self.customer(customer, expansion.tax_ids),
        }
    }
}

fn tax_ids(odd: &Odd, customer: &Customer) -> Value {
    match (odd.tax_ids, &customer.tax_id) {
        (TaxIds::Null, _) => Value::Null,
        (TaxIds::FromCustomer, Some((kind, value))) => json!([{ "type": kind, "value": value }]),
        _ => json!([]),
    }
}

/// Names the odd case, and says of those that break the description on purpose that they do.
fn mark(json: &mut Value, odd: &Odd) {
    if !odd.case.is_empty() {
        json["metadata"]["sandbox_case"] = json!(odd.case);
    }
    if odd.extra_fields {
        json["field_of_tomorrow"] = json!({ "object": "novelty", "since": "2031-01-01" });
        json["another_amount"] = json!(12.5);
    }
    if odd.unknown_enum {
        json["billing_reason"] = json!("agreed_over_coffee");
        json["collection_method"] = json!("carrier_pigeon");
        json["customer_tax_exempt"] = json!("perhaps");
    }
    let long = json["customer_name"]
        .as_str()
        .is_some_and(|name| name.len() > 5_000);
    if odd.unknown_enum || odd.customer_account.is_some() || long {
        json["metadata"]["sandbox_deviates"] = json!("true");
    }
}

/// The shape of before March 2025, so that a client that forgot the version header notices.
fn age(json: &mut Value, invoice: &Invoice) {
    let Some(fields) = json.as_object_mut() else {
        return;
    };
    for gone in [
        "parent",
        "amount_overpaid",
        "amount_paid_off_stripe",
        "total_taxes",
    ] {
        fields.remove(gone);
    }
    let old = json!({
        "paid": invoice.status == "paid", "paid_out_of_band": false, "charge": null, "payment_intent": null, "subscription": null,
        "subscription_details": { "metadata": null }, "quote": null, "tax": null, "total_tax_amounts": [], "transfer_data": null,
        "application_fee_amount": null, "discount": null,
    });
    if let Value::Object(old) = old {
        fields.extend(old);
    }
}
