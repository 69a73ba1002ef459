//! The list of invoices with its filters and pages, one invoice whole, and its PDF.

use serde_json::{Value, json};

use super::contacts::{address, text};
use super::refuse;
use crate::company::{Customer, Invoice};
use crate::exchange::{Call, Reply};
use crate::settings::ZohoSettings;
use crate::stripe;
use crate::zoho::organisation::{
    Organisation, amount, balance, contact_id, day, invoice_id, status, time,
};

const MOST: usize = 200;
const DAY: i64 = 86_400;

/// Whether the invoice at a position is what was asked for.
type Test<'a> = Box<dyn Fn(usize) -> bool + 'a>;

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
        let tests = self.tests()?;
        let mut rows: Vec<usize> = self
            .organisation
            .invoices()
            .filter(|at| tests.iter().all(|test| test(*at)))
            .collect();
        let column = self.asked("sort_column").unwrap_or("created_time");
        // The newest first, unless asked otherwise; the books are kept oldest first.
        if column != "created_time" {
            rows.sort_by_cached_key(|at| self.sort_key(*at, column));
        }
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

    /// What is asked of a row, read once for thousands of them.
    fn tests(&self) -> Result<Vec<Test<'_>>, Reply> {
        let mut tests: Vec<Test<'_>> = Vec::new();
        let books = &self.organisation.books;
        let invoice = move |at: usize| &books.invoices[at];
        let customer = move |at: usize| &books.customers[invoice(at).customer];
        let organisation = self.organisation;
        if let Some(statuses) = self.statuses()? {
            let call = self.call;
            tests.push(Box::new(move |at| {
                statuses.contains(&status(invoice(at), call))
            }));
        }
        for (name, asked) in &self.call.query {
            let name = name.to_ascii_lowercase();
            if asked.is_empty() {
                continue;
            }
            let test: Test<'_> = match name.as_str() {
                "customer_id" => Box::new(move |at| *asked == contact_id(invoice(at).customer)),
                "email" => {
                    Box::new(move |at| asked == customer(at).email.as_deref().unwrap_or_default())
                }
                "total" => Box::new(move |at| *asked == spelled(invoice(at).total, invoice(at))),
                "balance" => {
                    Box::new(move |at| *asked == spelled(balance(invoice(at)), invoice(at)))
                }
                "search_text" => {
                    let asked = asked.to_lowercase();
                    let texts = ["invoice_number", "reference_number", "customer_name"];
                    Box::new(move |at| {
                        let text = |name| word(name, invoice(at), customer(at)).to_lowercase();
                        texts.iter().any(|name| text(name).contains(&asked))
                    })
                }
                "last_modified_time" => match moment(asked) {
                    Some(since) => Box::new(move |at| organisation.modified(at) > since),
                    None => continue,
                },
                _ => match dated(&name, asked)? {
                    Some((field, holds)) => {
                        Box::new(move |at| date_of(field, invoice(at)).is_some_and(&holds))
                    }
                    None => match worded(&name, asked) {
                        Some((field, holds)) => {
                            Box::new(move |at| holds(word(field, invoice(at), customer(at))))
                        }
                        None => continue,
                    },
                },
            };
            tests.push(test);
        }
        Ok(tests)
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

fn spelled(minor: i64, invoice: &Invoice) -> String {
    crate::exchange::written(&amount(minor, invoice.currency))
}

fn word<'a>(field: &str, invoice: &'a Invoice, customer: &'a Customer) -> &'a str {
    let word = match field {
        "invoice_number" => &invoice.number,
        "reference_number" => &invoice.purchase_order,
        _ => &customer.name,
    };
    word.as_deref().unwrap_or_default()
}

type WordTest<'a> = Box<dyn Fn(&str) -> bool + 'a>;

/// `invoice_number`, `invoice_number_startswith`, `invoice_number_contains`.
fn worded<'a>(name: &str, asked: &'a str) -> Option<(&'static str, WordTest<'a>)> {
    let fields = ["invoice_number", "reference_number", "customer_name"];
    let field = fields.into_iter().find(|field| name.starts_with(field))?;
    let holds: WordTest<'a> = match &name[field.len()..] {
        "" => Box::new(move |value| value == asked),
        "_startswith" => Box::new(move |value| value.starts_with(asked)),
        "_contains" => Box::new(move |value| value.contains(asked)),
        _ => return None,
    };
    Some((field, holds))
}

/// Days since 1970.
fn date_of(field: &str, invoice: &Invoice) -> Option<i64> {
    let at = match field {
        "due_date" => invoice.due?,
        _ => invoice.created,
    };
    Some(at.div_euclid(DAY))
}

type DateTest = Box<dyn Fn(i64) -> bool>;

/// `date`, `date_start`, `date_end`, `date_before`, `date_after`, and so for the other two.
fn dated(name: &str, asked: &str) -> Result<Option<(&'static str, DateTest)>, Reply> {
    let fields = ["due_date", "created_date", "date"];
    let Some(field) = fields.into_iter().find(|field| name.starts_with(field)) else {
        return Ok(None);
    };
    let suffix = &name[field.len()..];
    if !["", "_start", "_end", "_before", "_after"].contains(&suffix) {
        return Ok(None);
    }
    let wrong = |_| refuse(400, 2, &format!("Invalid value passed for {name}"));
    let bound: jiff::civil::Date = asked.parse().map_err(wrong)?;
    let bound = crate::company::seconds(bound, 0, 0).div_euclid(DAY);
    let holds: DateTest = match suffix {
        "" => Box::new(move |day| day == bound),
        "_start" => Box::new(move |day| day >= bound),
        "_end" => Box::new(move |day| day <= bound),
        "_before" => Box::new(move |day| day < bound),
        _ => Box::new(move |day| day > bound),
    };
    Ok(Some((field, holds)))
}

/// `2026-06-01T08:00:00+0000`, or with a colon in its zone.
fn moment(text: &str) -> Option<i64> {
    let at = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text)
        .and_then(|parsed| parsed.to_timestamp())
        .or_else(|_| text.parse());
    at.ok().map(|at| at.as_second())
}
