//! Customers: who they are and where, with text that is empty, null or not there at all.

use serde_json::{Value, json};

use super::invoices::View;
use super::refuse;
use crate::company::Customer;
use crate::exchange::Reply;
use crate::places;
use crate::zoho::organisation::contact_id;

/// What is missing is `""`, null or absent, turn by turn.
pub(super) fn text(object: &mut Value, name: &str, value: Option<&str>, turn: usize) {
    match (value, turn % 3) {
        (Some(value), _) => object[name] = json!(value),
        (None, 0) => object[name] = json!(""),
        (None, 1) => object[name] = Value::Null,
        _ => {}
    }
}

/// The country is free text: a name, as people write it.
pub(super) fn address(customer: &Customer, zip: &str) -> Value {
    let address = customer.address.clone().unwrap_or_default();
    let country = address.country.map(|country| match country.as_str() {
        "US" => "U.S.A".to_owned(),
        "DE" => "Deutschland".to_owned(),
        "GB" => "UK".to_owned(),
        other => places::country_name(other).unwrap_or(other).to_owned(),
    });
    let part = |value: Option<String>| value.unwrap_or_default();
    json!({
        "attention": "", "address": part(address.line1), "street2": part(address.line2), "city": part(address.city),
        "state": part(address.state), zip: part(address.postal_code), "country": part(country),
        "phone": customer.phone.clone().unwrap_or_default(), "fax": "",
    })
}

impl View<'_> {
    pub(super) fn contact(&self, id: &str) -> Result<Reply, Reply> {
        let missing = || refuse(404, 1002, "Contact does not exist.");
        let at = self.organisation.find_contact(id).ok_or_else(missing)?;
        let customer = &self.organisation.books.customers[at];
        let name = customer.name.clone().unwrap_or_default();
        let mut contact = json!({
            "contact_id": contact_id(at), "contact_name": name, "contact_type": "customer",
            "customer_sub_type": if customer.business { "business" } else { "individual" }, "status": "active",
            "company_name": if customer.business { name } else { String::new() },
            "billing_address": address(customer, "zip"),
        });
        text(&mut contact, "email", customer.email.as_deref(), at);
        text(&mut contact, "phone", customer.phone.as_deref(), at);
        let number = customer.tax_id.as_ref().map(|(_, number)| number.as_str());
        text(&mut contact, "vat_reg_no", number, at);
        // Now and then there are several, and none comes first.
        let several = at % 7 == 3;
        let person = |first: &str, primary: bool| {
            json!({ "salutation": "", "first_name": first, "last_name": "Holm", "email": customer.email, "phone": "",
                "mobile": "", "is_primary_contact": primary })
        };
        contact["contact_persons"] = if several {
            json!([person("Signe", false), person("Ulrik", false)])
        } else {
            json!([person("Signe", true)])
        };
        Ok(Reply::ok(
            json!({ "code": 0, "message": "success", "contact": contact }),
        ))
    }
}
