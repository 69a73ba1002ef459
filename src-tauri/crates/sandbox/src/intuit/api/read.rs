//! The calls that read: queries, changes, several at once, one by its number, a PDF.

use serde_json::{Map, Value, json};

use super::entities::{customer, invoice, tombstone};
use super::fields::{Cell, Entity, Filter, cell, invalid, moment};
use super::query::{self, Query, Wrong};
use super::{View, fault_of};
use crate::exchange::Reply;
use crate::stripe;

const MOST: i64 = 1_000;
const CHANGES: usize = 1_000;
const LOOK_BACK: i64 = 30 * 86_400;
const BATCH: usize = 30;

impl View<'_> {
    pub(super) fn run_query(&self, text: &str) -> Reply {
        match self.queried(text) {
            Ok(found) => self.answer(json!({ "QueryResponse": found })),
            Err(wrong) => self.wrong(&wrong),
        }
    }

    fn wrong(&self, wrong: &Wrong) -> Reply {
        self.refuse(wrong.code, message(wrong.code), &wrong.detail)
    }

    fn queried(&self, text: &str) -> Result<Value, Wrong> {
        let query = query::parse(text)?;
        if query.entity.eq_ignore_ascii_case("CompanyInfo") {
            return Ok(json!({ "CompanyInfo": [self.company()], "maxResults": 1 }));
        }
        if query.entity.eq_ignore_ascii_case("Preferences") {
            return Ok(json!({ "Preferences": [self.preferences()], "maxResults": 1 }));
        }
        let longest = query
            .conditions
            .iter()
            .map(|condition| condition.values.len())
            .max();
        if self
            .settings
            .longest_list
            .is_some_and(|limit| longest > Some(limit))
        {
            return Err(invalid("too many values in a list"));
        }
        let (entity, name) = Entity::read(&query.entity)
            .ok_or_else(|| invalid(format!("{} is not an entity", query.entity)))?;
        let rows = self.rows(entity, &query)?;
        if query.count {
            return Ok(json!({ "totalCount": rows.len() }));
        }
        let start = query.start.unwrap_or(1);
        let most = query.most.unwrap_or(100);
        if start < 1 || most < 0 {
            return Err(invalid("STARTPOSITION must be at least 1"));
        }
        if most > MOST && self.settings.refuse_oversize {
            return Err(invalid("MAXRESULTS must be at most 1000"));
        }
        let most = usize::try_from(most.min(MOST)).unwrap_or_default();
        let most = self.settings.page_cap.map_or(most, |cap| most.min(cap));
        let skip = usize::try_from(start - 1).unwrap_or_default();
        let page: Vec<Value> = rows
            .into_iter()
            .skip(skip)
            .take(most)
            .map(|at| self.shown(entity, at))
            .collect();
        let mut found = Map::new();
        if !page.is_empty() {
            let rows = page.len();
            found.insert(name.into(), Value::Array(page));
            found.insert("startPosition".into(), json!(start));
            found.insert("maxResults".into(), json!(rows));
        }
        Ok(Value::Object(found))
    }

    fn shown(&self, entity: Entity, at: usize) -> Value {
        match entity {
            Entity::Customer => customer(self.ledger(), at),
            _ => invoice(self.ledger(), at),
        }
    }

    fn rows(&self, entity: Entity, query: &Query) -> Result<Vec<usize>, Wrong> {
        let filters: Vec<Filter> = query
            .conditions
            .iter()
            .map(|condition| Filter::read(entity, condition))
            .collect::<Result<_, _>>()?;
        let order: Vec<(&str, bool)> = query
            .order
            .iter()
            .map(|(field, down)| Ok((entity.field(field)?, *down)))
            .collect::<Result<_, Wrong>>()?;
        let ledger = self.ledger();
        let inactive_too = filters.iter().any(|filter| filter.field == "Active");
        let keeps = |at: &usize| {
            let alive = match entity {
                Entity::Invoice => !ledger.invoice(*at).1.deleted,
                Entity::Customer => inactive_too || !ledger.customer(*at).0.deleted,
                Entity::Other => false,
            };
            let holds =
                |filter: &Filter| filter.holds(cell(ledger, entity, *at, filter.field).as_ref());
            alive && filters.iter().all(holds)
        };
        let mut rows: Vec<usize> = match entity {
            Entity::Invoice => ledger.invoices().filter(keeps).collect(),
            Entity::Customer => ledger.customers().filter(keeps).collect(),
            Entity::Other => Vec::new(),
        };
        // Unasked, the newest comes first.
        if order.is_empty() {
            rows.reverse();
        }
        for (field, down) in order.iter().rev() {
            rows.sort_by_cached_key(|at| cell(ledger, entity, *at, field));
            if *down {
                rows.reverse();
            }
        }
        Ok(rows)
    }

    /// What changed since a moment, the deleted too; never more than a thousand and no way to ask for the rest.
    pub(super) fn changes(&self) -> Reply {
        let first = |name: &str| self.call.query(name).next().unwrap_or_default().to_owned();
        let (entities, since) = (first("entities"), first("changedSince"));
        let Some(since) = moment(&since) else {
            return self.wrong(&invalid(format!("changedSince {since} is no moment")));
        };
        let since = since.max(self.call.now.as_second() - LOOK_BACK);
        let mut answers = Vec::new();
        let mut left = CHANGES;
        for asked in entities.split(',').map(str::trim) {
            let Some((entity, name)) = Entity::read(asked) else {
                return self.wrong(&invalid(format!("{asked} is not an entity")));
            };
            let ledger = self.ledger();
            let changed = |at: &usize| {
                let field = "MetaData.LastUpdatedTime";
                cell(ledger, entity, *at, field) >= Some(Cell::Time(since))
            };
            let rows: Vec<usize> = match entity {
                Entity::Invoice => ledger.invoices().filter(changed).collect(),
                Entity::Customer => ledger.customers().filter(changed).collect(),
                Entity::Other => Vec::new(),
            };
            let shown: Vec<Value> = rows
                .into_iter()
                .take(left)
                .map(|at| match entity {
                    Entity::Invoice if ledger.invoice(at).1.deleted => tombstone(ledger, at),
                    _ => self.shown(entity, at),
                })
                .collect();
            if self.settings.shared_change_cap {
                left -= shown.len();
            }
            answers.push(if shown.is_empty() {
                json!({})
            } else {
                json!({ name: shown, "startPosition": 1, "maxResults": shown.len() })
            });
        }
        self.answer(json!({ "CDCResponse": [{ "QueryResponse": answers }] }))
    }

    /// Each item is answered for itself, well or badly.
    pub(super) fn batch(&self) -> Reply {
        let body = self.call.json().unwrap_or_default();
        let items = body["BatchItemRequest"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        if items.is_empty() || items.len() > BATCH {
            return self.refuse("2010", message("2010"), "a batch has 1 to 30 items");
        }
        let answers: Vec<Value> = items
            .iter()
            .map(|item| {
                let mut answer = match item["Query"].as_str().map(|text| self.queried(text)) {
                    Some(Ok(found)) => json!({ "QueryResponse": found }),
                    Some(Err(wrong)) => fault_of(wrong.code, message(wrong.code), &wrong.detail),
                    None => fault_of(
                        "500",
                        "Unsupported Operation",
                        "Operation is not supported.",
                    ),
                };
                answer["bId"] = item["bId"].clone();
                answer
            })
            .collect();
        self.answer(json!({ "BatchItemResponse": answers }))
    }

    pub(super) fn one_invoice(&self, id: &str) -> Reply {
        match self.ledger().find_invoice(id) {
            Some(at) => self.answer(json!({ "Invoice": invoice(self.ledger(), at) })),
            None => self.gone(id),
        }
    }

    pub(super) fn one_customer(&self, id: &str) -> Reply {
        match self.ledger().find_customer(id) {
            Some(at) => self.answer(json!({ "Customer": customer(self.ledger(), at) })),
            None => self.gone(id),
        }
    }

    /// Errors come as JSON whatever is asked for.
    pub(super) fn pdf(&self, id: &str) -> Reply {
        let Some(at) = self.ledger().find_invoice(id) else {
            return self.gone(id);
        };
        let (invoice, _) = self.ledger().invoice(at);
        let (customer, _) = self.ledger().customer(invoice.customer);
        let file = stripe::draw(&self.ledger().books.name, customer, invoice);
        Reply::bytes(200, "application/pdf", file, "a file")
    }

    fn gone(&self, id: &str) -> Reply {
        let detail = format!(
            "Object Not Found : Something you're trying to use has been made inactive: {id}"
        );
        self.refuse("610", "Object Not Found", &detail)
    }
}

fn message(code: &str) -> &'static str {
    match code {
        "4000" => "Error parsing query",
        "4001" => "Invalid query",
        _ => "Request has invalid or unsupported property",
    }
}
