//! Statements in QuickBooks' query language.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::dto::{Found, QueryAnswer, some};
use super::{QuickBooks, Refused};
use crate::{Fault, Filter};

/// The most rows of an answer, by default a hundred.
pub(super) const PAGE: usize = 1_000;

/// A list of ids that is refused is tried in halves down to this.
const SHORTEST_LIST: usize = 30;

/// The unpaid invoices that a filter names.
pub(super) struct Unpaid(pub(super) Filter);

impl Unpaid {
    pub(super) fn count(&self) -> String {
        format!("select count(*) from Invoice where {}", self.conditions())
    }

    /// By id, which does not change while the list does.
    pub(super) fn page(&self, start: usize, most: usize) -> String {
        let conditions = self.conditions();
        format!(
            "select * from Invoice where {conditions} ORDERBY Id STARTPOSITION {start} MAXRESULTS {most}"
        )
    }

    fn conditions(&self) -> String {
        match self.0 {
            Filter::Created(slice) => format!(
                "Balance > '0' AND MetaData.CreateTime >= '{}' AND MetaData.CreateTime < '{}'",
                slice.from, slice.until
            ),
            Filter::Due { from, to } => {
                format!("Balance > '0' AND DueDate >= '{from}' AND DueDate <= '{to}'")
            }
        }
    }
}

/// `('1','2')`. Ids are the provider's own and consist of digits; others are not asked for.
pub(super) fn list<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = ids
        .into_iter()
        .filter(|id| is_id(id))
        .map(|id| format!("'{id}'"))
        .collect();
    format!("({})", quoted.join(","))
}

pub(super) fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl QuickBooks {
    pub(super) async fn query(&self, statement: String) -> Result<Found, Refused> {
        let request = self.question(
            "POST /query",
            &["query"],
            "application/text",
            statement.into_bytes(),
        );
        let answer = self.ask(request).await?;
        let answer: QueryAnswer = answer
            .json()
            .map_err(|failure| Refused::Final(Fault::Unreadable(failure)))?;
        Ok(answer.found)
    }

    /// The objects with these ids, as far as there are any.
    pub(super) async fn rows_by_id(
        &self,
        entity: &str,
        ids: &[String],
    ) -> Result<Vec<Box<RawValue>>, Fault> {
        // Name lists hide what is inactive unless it is asked for; invoices know no such thing.
        let inactive_too = match entity {
            "Customer" => " AND Active IN (true,false)",
            _ => "",
        };
        let mut rows = Vec::with_capacity(ids.len());
        let mut lists: Vec<Vec<&str>> = ids
            .chunks(PAGE)
            .map(|ids| {
                ids.iter()
                    .map(String::as_str)
                    .filter(|id| is_id(id))
                    .collect()
            })
            .collect();
        while let Some(mut asked) = lists.pop() {
            if asked.is_empty() {
                continue;
            }
            let statement = format!(
                "select * from {entity} where Id IN {}{inactive_too} MAXRESULTS {PAGE}",
                list(asked.iter().copied())
            );
            let found = match self.query(statement).await {
                Ok(found) if entity == "Customer" => found.customer,
                Ok(found) => found.invoice,
                // How long a list may be is nowhere said.
                Err(
                    Refused::TooMuch(_)
                    | Refused::Final(Fault::Refused {
                        status: 400 | 413 | 414,
                        ..
                    }),
                ) if asked.len() > SHORTEST_LIST => {
                    let rest = asked.split_off(asked.len() / 2);
                    lists.extend([asked, rest]);
                    continue;
                }
                Err(refused) => return Err(refused.into()),
            };
            let there: HashSet<String> = found.iter().filter_map(|raw| id_of(raw)).collect();
            let before = asked.len();
            asked.retain(|id| !there.contains(*id));
            // A page may be shorter than what there is, so what is missing is asked for until nothing more comes.
            if asked.len() < before {
                lists.push(asked);
            }
            rows.extend(found);
        }
        Ok(rows)
    }
}

fn id_of(raw: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Identified {
        id: String,
    }
    let identified: Identified = serde_json::from_str(raw.get()).ok()?;
    some(Some(&identified.id)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Slice;

    #[test]
    fn statements_are_what_quickbooks_documents() {
        let created = Unpaid(Filter::Created(Slice {
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: "2026-02-01T00:00:00Z".parse().unwrap(),
        }));
        assert_eq!(
            created.page(1_000, 1_000),
            "select * from Invoice where Balance > '0' AND MetaData.CreateTime >= '2026-01-01T00:00:00Z' \
             AND MetaData.CreateTime < '2026-02-01T00:00:00Z' ORDERBY Id STARTPOSITION 1000 MAXRESULTS 1000"
        );
        let due = Unpaid(Filter::Due {
            from: date(2026, 1, 1),
            to: date(2026, 1, 31),
        });
        assert_eq!(
            due.count(),
            "select count(*) from Invoice where Balance > '0' AND DueDate >= '2026-01-01' AND DueDate <= '2026-01-31'"
        );
    }

    #[test]
    fn an_id_cannot_end_its_quotes() {
        assert_eq!(list(["1", "2') or ('1", "", "-3"]), "('1','-3')");
    }
}
