//! `GET /v1/customers` and one customer, as they are today rather than as they were billed.

use serde_json::{Value, json};

use super::{View, errors, expand, list};
use crate::company::{Address, Customer};
use crate::exchange::{Call, Reply};

const PARAMETERS: &[&str] = &[
    "created",
    "email",
    "ending_before",
    "expand",
    "limit",
    "starting_after",
    "test_clock",
];

pub(super) fn list(view: &View, call: &Call) -> Result<Reply, Reply> {
    list::only(call, PARAMETERS)?;
    let window = list::window(call)?;
    let created = list::range(call, "created")?;
    let (email, clock) = (list::text(call, "email")?, list::text(call, "test_clock")?);
    let expansion = expand::of_customers(view, call, true)?;
    let all = &view.account.books.customers;
    let keeps = |customer: &Customer| {
        !customer.deleted
            && created.holds(Some(customer.created))
            && clock.is_none()
            && email.is_none_or(|email| customer.email.as_deref() == Some(email))
    };
    let position = |id: &str| all.iter().position(|customer| customer.id == id);
    let (page, has_more) = list::page(all, &window, "customer", position, keeps)?;
    let data = page
        .into_iter()
        .map(|at| view.customer(&all[at], expansion.tax_ids))
        .collect();
    Ok(list::envelope("/v1/customers", data, has_more))
}

pub(super) fn retrieve(view: &View, call: &Call) -> Result<Reply, Reply> {
    list::only(call, &["expand"])?;
    let expansion = expand::of_customers(view, call, false)?;
    let id = call.parameter("customer");
    let customer = view
        .account
        .books
        .customers
        .iter()
        .find(|customer| customer.id == id);
    let customer = customer.ok_or_else(|| errors::missing("customer", "id", id))?;
    Ok(Reply::ok(view.customer(customer, expansion.tax_ids)))
}

pub(super) fn address(address: Option<&Address>) -> Value {
    address.map_or(Value::Null, |address| {
        json!({
            "city": address.city, "country": address.country, "line1": address.line1, "line2": address.line2,
            "postal_code": address.postal_code, "state": address.state,
        })
    })
}

impl View<'_> {
    pub(super) fn customer(&self, customer: &Customer, with_tax_ids: bool) -> Value {
        if customer.deleted {
            return json!({ "id": customer.id, "object": "customer", "deleted": true });
        }
        let name = customer.renamed.as_ref().or(customer.name.as_ref());
        let mut json = json!({
            "id": customer.id, "object": "customer", "address": address(customer.moved.as_ref().or(customer.address.as_ref())),
            "balance": 0, "created": customer.created, "currency": null, "customer_account": null, "default_source": null,
            "delinquent": false, "description": null, "discount": null, "email": customer.email, "invoice_prefix": null,
            "invoice_settings": { "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null },
            "livemode": self.key.livemode, "metadata": {}, "name": name, "phone": customer.phone, "preferred_locales": [],
            "shipping": null, "tax_exempt": "none", "test_clock": null,
        });
        // Longer ones do not fit these two fields.
        if let Some(name) = name.filter(|name| name.chars().count() <= 150) {
            json[if customer.business {
                "business_name"
            } else {
                "individual_name"
            }] = json!(name);
        }
        if with_tax_ids {
            let country = customer
                .address
                .as_ref()
                .and_then(|address| address.country.clone());
            let tax_id = customer.tax_id.as_ref().map(|(kind, value)| {
                json!({
                    "id": format!("txi_{}", customer.id.trim_start_matches("cus_")), "object": "tax_id", "country": country,
                    "created": customer.created, "customer": customer.id, "livemode": self.key.livemode,
                    "owner": { "type": "customer", "customer": customer.id }, "type": kind, "value": value, "verification": null,
                })
            });
            json["tax_ids"] = json!({
                "object": "list", "data": tax_id.into_iter().collect::<Vec<_>>(), "has_more": false,
                "url": format!("/v1/customers/{}/tax_ids", customer.id),
            });
        }
        json
    }
}
