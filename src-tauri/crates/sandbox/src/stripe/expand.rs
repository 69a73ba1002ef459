//! `expand[]`: which references may be unfolded, how deep, and with which right.

use super::{View, errors};
use crate::exchange::{Call, Reply};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Expansion {
    pub(super) customer: bool,
    pub(super) tax_ids: bool,
}

/// Expandable, and empty in this company's books.
const EMPTY: [&str; 8] = [
    "account_tax_ids",
    "application",
    "confirmation_secret",
    "discounts",
    "latest_revision",
    "on_behalf_of",
    "payments",
    "test_clock",
];

/// Expandable with a right that a key for reading invoices and customers does not have.
const FORBIDDEN: [(&str, &str); 4] = [
    ("default_payment_method", "payment_method"),
    ("default_source", "source"),
    ("parent.subscription_details.subscription", "subscription"),
    ("payments.data.payment.payment_intent", "payment_intent"),
];

fn paths(call: &Call, list: bool) -> Result<Vec<&str>, Reply> {
    let mut paths = Vec::new();
    for (_, path) in call
        .query
        .iter()
        .filter(|(name, _)| name.split('[').next() == Some("expand"))
    {
        if path.split('.').count() > 4 {
            let message =
                format!("You cannot expand more than 4 levels of a property. Property: {path}");
            return Err(errors::error(400, &message, None, Some("expand")));
        }
        match (list, path.strip_prefix("data.")) {
            (true, Some(rest)) => paths.push(rest),
            (true, None) => {
                return Err(not_expandable(
                    path,
                    " You may want to try expanding 'data.' first, as this is a list.",
                ));
            }
            (false, _) => paths.push(path.as_str()),
        }
    }
    Ok(paths)
}

fn not_expandable(path: &str, hint: &str) -> Reply {
    errors::error(
        400,
        &format!("This property cannot be expanded ({path}).{hint}"),
        None,
        Some("expand"),
    )
}

pub(super) fn of_invoices(view: &View, call: &Call, list: bool) -> Result<Expansion, Reply> {
    let mut expansion = Expansion::default();
    for path in paths(call, list)? {
        match path {
            "customer" => expansion.customer = true,
            "customer.tax_ids" => (expansion.customer, expansion.tax_ids) = (true, true),
            path if EMPTY.contains(&path) => {}
            path => match FORBIDDEN.iter().find(|(known, _)| *known == path) {
                Some((_, right)) => return Err(view.forbidden(right)),
                None => return Err(not_expandable(path, "")),
            },
        }
    }
    if expansion.customer {
        view.allowed("customers", "customer")?;
    }
    Ok(expansion)
}

pub(super) fn of_customers(view: &View, call: &Call, list: bool) -> Result<Expansion, Reply> {
    let mut expansion = Expansion::default();
    for path in paths(call, list)? {
        match path {
            "tax_ids" => expansion.tax_ids = true,
            "test_clock" | "sources" | "cash_balance" => {}
            "subscriptions" => return Err(view.forbidden("subscription")),
            "default_source" => return Err(view.forbidden("source")),
            path => return Err(not_expandable(path, "")),
        }
    }
    Ok(expansion)
}
