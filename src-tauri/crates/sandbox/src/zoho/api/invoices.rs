//! The list of invoices with its filters and pages, one invoice whole, and its PDF.

use serde_json::{Value, json};

use super::contacts::{address, text};
use super::refuse;
use crate::exchange::{Call, Reply};
use crate::settings::ZohoSettings;
use crate::stripe;
use crate::zoho::organisation::{
    Organisation, amount, balance, contact_id, day, invoice_id, status, time,
};

const MOST: usize = 200;

pub(super) struct View<'a> {
    pub(super) organisation: &'a Organisation,
    pub(super) call: &'a Call,
    pub(super) settings: &'a ZohoSettings,
}

impl View<'_> {
    fn asked(&self, name: &str) -> Option<&str> {
        self.call
            .query(name)
            .next()
            .filter(|value| !value.is_empty())
    }

    fn number(&self, name: &str, default: usize) -> Result<usize, Reply> {
        let number = self.asked(name).map_or(Ok(default), str::parse);
        number
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| refuse(400, 2, &format!("Invalid value passed for {name}")))
    }

    pub(super) fn list(&self) -> Result<Reply, Reply> {
        let page = self.number("page", 1)?;
        let size = self.number("per_page", MOST)?;
        if size > MOST && self.settings.refuse_oversize {
            return Err(refuse(400, 2, "Invalid value passed for per_page"));
        }
        let size = size.min(MOST);
        let statuses = self.statuses()?;
        let mut rows: Vec<usize> = self
            .organisation
            .invoices()
            .filter(|at| self.keeps(*at, statuses.as_deref()))
            .collect();
        let column = self.asked("sort_column").unwrap_or("created_time");
        // The newest first, unless asked otherwise.
        rows.sort_by_cached_key(|at| self.sort_key(*at, column));
        let down = self.asked("sort_order").is_none_or(|order| order != "A");
        if down {
            rows.reverse();
        }
        let total: i64 = rows
            .iter()
            .map(|at| balance(&self.organisation.books.invoices[*at]))
            .sum();
        let from = (page - 1).saturating_mul(size);
        let has_more = rows.len() > from.saturating_add(size);
        let option = self.asked("response_option").unwrap_or("0");
        let mut context = json!({
            "page": page, "per_page": size, "has_more_page": has_more, "report_name": "Invoices",
            "applied_filter": self.asked("filter_by").unwrap_or("Status.All"), "sort_column": column,
            "sort_order": if down { "D" } else { "A" }, "response_option": option,
        });
        if matches!(option, "1" | "2" | "3") {
            context["total"] = json!(rows.len());
        }
        if matches!(option, "1" | "3" | "4") {
            context["sum_columns"] = json!([{ "column": "balance", "total": total }]);
        }
        let mut body = json!({ "code": 0, "message": "success" });
        if !matches!(option, "2" | "3") {
            let page = rows.into_iter().skip(from).take(size);
            body["invoices"] = page.map(|at| self.row(at)).collect();
        }
        body["page_context"] = context;
        Ok(Reply::ok(body))
    }

    /// The statuses asked for; none is every one.
    fn statuses(&self) -> Result<Option<Vec<&'static str>>, Reply> {
        let asked = match (self.asked("status"), self.asked("filter_by")) {
            (Some(status), _) => status.to_owned(),
            (None, Some(filter)) => filter.trim_start_matches("Status.").to_lowercase(),
            (None, None) => return Ok(None),
        };
        Ok(Some(match asked.as_str() {
            "all" => return Ok(None),
            "sent" => vec!["sent"],
            "draft" => vec!["draft"],
            "overdue" => vec!["overdue"],
            "paid" => vec!["paid"],
            "void" => vec!["void"],
            "viewed" => vec![],
            "partially_paid" | "partiallypaid" => vec!["partially_paid"],
            "unpaid" if self.settings.unpaid_is_everything => {
                vec!["sent", "overdue", "partially_paid"]
            }
            "unpaid" => vec!["sent"],
            _ => return Err(refuse(400, 2, "Invalid value passed for filter_by")),
        }))
    }

    fn keeps(&self, at: usize, statuses: Option<&[&str]>) -> bool {
        let books = &self.organisation.books;
        let invoice = &books.invoices[at];
        let customer = &books.customers[invoice.customer];
        if statuses.is_some_and(|all| !all.contains(&status(invoice, self.call))) {
            return false;
        }
        let dated = [
            ("date", day(invoice.created)),
            ("due_date", invoice.due.map(day).unwrap_or_default()),
            ("created_date", day(invoice.created)),
        ];
        let dates = dated.iter().all(|(name, value)| self.within(name, value));
        let name = customer.name.clone().unwrap_or_default();
        let number = invoice.number.clone().unwrap_or_default();
        let reference = invoice.purchase_order.clone().unwrap_or_default();
        let texts = [
            ("invoice_number", &number),
            ("reference_number", &reference),
            ("customer_name", &name),
        ];
        let texts = texts.iter().all(|(name, value)| self.matches(name, value));
        let is = |name: &str, value: &str| self.asked(name).is_none_or(|asked| asked == value);
        let spelled = |minor| crate::exchange::written(&amount(minor, invoice.currency));
        let searched = self.asked("search_text").is_none_or(|asked| {
            let asked = asked.to_lowercase();
            [&number, &reference, &name]
                .iter()
                .any(|value| value.to_lowercase().contains(&asked))
        });
        let since = self.asked("last_modified_time").and_then(moment);
        let changed = self.organisation.modified(at);
        dates
            && texts
            && searched
            && is("customer_id", &contact_id(invoice.customer))
            && is("email", customer.email.as_deref().unwrap_or_default())
            && is("total", &spelled(invoice.total))
            && is("balance", &spelled(balance(invoice)))
            && since.is_none_or(|since| changed > since)
    }

    /// `name`, `name_start`, `name_end`, `name_before`, `name_after`.
    fn within(&self, name: &str, value: &str) -> bool {
        let holds = |suffix: &str, test: &dyn Fn(&str) -> bool| {
            self.asked(&format!("{name}{suffix}"))
                .is_none_or(|bound| !value.is_empty() && test(bound))
        };
        holds("", &|bound| value == bound)
            && holds("_start", &|bound| value >= bound)
            && holds("_end", &|bound| value <= bound)
            && holds("_before", &|bound| value < bound)
            && holds("_after", &|bound| value > bound)
    }

    fn matches(&self, name: &str, value: &str) -> bool {
        self.asked(name).is_none_or(|asked| value == asked)
            && self
                .asked(&format!("{name}_startswith"))
                .is_none_or(|asked| value.starts_with(asked))
            && self
                .asked(&format!("{name}_contains"))
                .is_none_or(|asked| value.contains(asked))
    }

    fn sort_key(&self, at: usize, column: &str) -> (String, i64) {
        let books = &self.organisation.books;
        let invoice = &books.invoices[at];
        match column {
            "customer_name" => {
                let name = books.customers[invoice.customer].name.clone();
                (name.unwrap_or_default(), 0)
            }
            "invoice_number" => (invoice.number.clone().unwrap_or_default(), 0),
            "due_date" => (String::new(), invoice.due.unwrap_or_default()),
            "total" => (String::new(), invoice.total),
            "balance" => (String::new(), balance(invoice)),
            _ => (String::new(), invoice.created),
        }
    }

    fn id(&self, id: String) -> Value {
        match id.parse::<u64>() {
            Ok(number) if self.settings.numeric_ids => json!(number),
            _ => json!(id),
        }
    }

    fn row(&self, at: usize) -> Value {
        let books = &self.organisation.books;
        let invoice = &books.invoices[at];
        let customer = &books.customers[invoice.customer];
        let modified = self.organisation.modified(at);
        let written_off = if invoice.status == "uncollectible" {
            invoice.total - invoice.paid
        } else {
            0
        };
        let mut row = json!({
            "invoice_id": self.id(invoice_id(at)), "customer_id": self.id(contact_id(invoice.customer)),
            "customer_name": customer.name.clone().unwrap_or_default(), "status": status(invoice, self.call),
            "invoice_number": invoice.number.clone().unwrap_or_default(),
            "reference_number": invoice.purchase_order.clone().unwrap_or_default(),
            "date": day(invoice.created), "due_date": invoice.due.map(day).unwrap_or_default(),
            "currency_code": invoice.currency.to_uppercase(), "total": amount(invoice.total, invoice.currency),
            "balance": amount(balance(invoice), invoice.currency),
            "write_off_amount": amount(written_off, invoice.currency),
            "created_time": time(invoice.created), "last_modified_time": time(modified), "is_emailed": true,
        });
        if self.settings.rich_rows {
            row["company_name"] = json!(customer.name.clone().unwrap_or_default());
            row["email"] = json!(customer.email.clone().unwrap_or_default());
            text(&mut row, "phone", customer.phone.as_deref(), at);
            row["billing_address"] = address(customer, "zipcode");
            row["due_days"] = json!("Overdue");
        }
        row
    }

    pub(super) fn one(&self, id: &str) -> Result<Reply, Reply> {
        let missing = || refuse(404, 1002, "Invoice does not exist.");
        let at = self.organisation.find_invoice(id).ok_or_else(missing)?;
        let books = &self.organisation.books;
        let invoice = &books.invoices[at];
        let customer = &books.customers[invoice.customer];
        let wants_pdf = self.asked("accept") == Some("pdf")
            || self.call.header("accept") == Some("application/pdf");
        if wants_pdf {
            let file = stripe::draw(&books.name, customer, invoice);
            return Ok(Reply::bytes(200, "application/pdf", file, "a file"));
        }
        let mut whole = self.row(at);
        whole["email"] = json!(customer.email.clone().unwrap_or_default());
        whole["billing_address"] = address(customer, "zip");
        whole["price_precision"] = json!(2);
        whole["payment_made"] = amount(invoice.paid, invoice.currency);
        whole["credits_applied"] = amount(
            (invoice.total - invoice.paid - invoice.remaining()).max(0),
            invoice.currency,
        );
        whole["notes"] = json!(invoice.description.clone().unwrap_or_default());
        whole["terms"] = json!("");
        whole["line_items"] = json!([{ "name": invoice.line, "quantity": 1,
            "item_total": amount(invoice.total, invoice.currency) }]);
        Ok(Reply::ok(
            json!({ "code": 0, "message": "success", "invoice": whole }),
        ))
    }
}

/// `2026-06-01T08:00:00+0000`, or with a colon in its zone.
fn moment(text: &str) -> Option<i64> {
    let at = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text)
        .and_then(|parsed| parsed.to_timestamp())
        .or_else(|_| text.parse());
    at.ok().map(|at| at.as_second())
}
