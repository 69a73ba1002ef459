//! What else a table holds: a total means another thing beside an open balance, a city beside a delivery address.

use std::collections::HashMap;

use super::header::Concept;
use super::place::{Features, Say};
use super::seen::Seen;
use super::shape::Kind;

/// What each column needs to know of the others, counted once.
pub struct Surroundings<'a> {
    /// By column: which things of `CONTEXT` it is.
    holds: Vec<[bool; CONTEXT.len()]>,
    counts: [usize; CONTEXT.len()],
    missing: Vec<&'static str>,
    /// By concept of `REPEATED`: the columns that have it.
    repeated: Vec<Vec<usize>>,
    /// By concepts: the columns that have exactly these.
    twins: HashMap<&'a [Concept], Vec<usize>>,
}

impl<'a> Surroundings<'a> {
    /// Counts what the columns of a table are.
    pub fn of(table: &'a [Seen]) -> Surroundings<'a> {
        let holds: Vec<[bool; CONTEXT.len()]> = table
            .iter()
            .map(|seen| CONTEXT.map(|(_, holds)| holds(seen)))
            .collect();
        let mut counts = [0; CONTEXT.len()];
        for holds in &holds {
            for (count, holds) in counts.iter_mut().zip(holds) {
                *count += usize::from(*holds);
            }
        }
        let missing = |holds: Holds| !table.iter().any(holds);
        let absent = [
            (
                "no document",
                missing(|seen| seen.header.has("INVOICE") || seen.header.has("DOCUMENT")),
            ),
            ("no date", missing(|seen| seen.shape.kind == Kind::Date)),
            ("no due date", missing(|seen| seen.header.has("DUE"))),
        ];
        let having = |concept: &str| {
            let has = |seen: &Seen| seen.header.has(concept) && seen.shape.kind != Kind::Date;
            (0..table.len()).filter(|at| has(&table[*at])).collect()
        };
        let mut twins: HashMap<&[Concept], Vec<usize>> = HashMap::new();
        for (at, seen) in table.iter().enumerate() {
            twins.entry(&seen.header.concepts).or_default().push(at);
        }
        Surroundings {
            holds,
            counts,
            missing: absent
                .into_iter()
                .filter(|(_, absent)| *absent)
                .map(|(name, _)| name)
                .collect(),
            repeated: REPEATED.into_iter().map(having).collect(),
            twins,
        }
    }

    /// Adds what matters to one column.
    pub fn say(&self, out: &mut Features, table: &[Seen], at: usize, kind: &str) {
        let own = &table[at];
        let concepts = &own.header.concepts;
        let place = match at {
            0 => "first",
            at if at * 3 < table.len() => "early",
            at if at * 3 < table.len() * 2 => "middle",
            _ => "late",
        };
        out.say(&["p", place]);
        out.say(&["pk", place, kind]);
        let elsewhere = CONTEXT
            .iter()
            .enumerate()
            .filter(|(slot, _)| self.counts[*slot] > usize::from(self.holds[at][*slot]))
            .map(|(_, (name, _))| *name);
        for name in elsewhere.chain(self.missing.iter().copied()) {
            out.add(0.5, &["f", name]);
            out.say(&["fk", name, kind]);
            for concept in concepts {
                out.say(&["fc", name, concept]);
            }
        }
        for (concept, columns) in REPEATED
            .iter()
            .zip(&self.repeated)
            .filter(|(concept, _)| concepts.contains(concept))
        {
            let before = columns.iter().any(|other| *other < at);
            let after = columns.iter().any(|other| *other > at);
            let place = match (before, after) {
                (false, false) => "only",
                (false, true) => "first",
                (true, false) => "last",
                (true, true) => "between",
            };
            out.say(&["nth", concept, place]);
            out.say(&["nthk", concept, place, kind]);
        }
        let twin = self
            .twins
            .get(concepts.as_slice())
            .into_iter()
            .flatten()
            .find(|other| **other != at);
        if let Some(other) = twin.filter(|_| !concepts.is_empty()) {
            let side = if *other < at { "before" } else { "after" };
            out.say(&["twin", side, kind, table[*other].shape.kind.name()]);
        }
        for (tag, neighbour) in [
            ("pv", at.checked_sub(1).map(|before| &table[before])),
            ("nx", table.get(at + 1)),
        ] {
            let Some(neighbour) = neighbour else { continue };
            out.say(&[tag, neighbour.shape.kind.name(), kind]);
            for concept in &neighbour.header.concepts {
                out.add(0.5, &[tag, concept, kind]);
                if let Some(first) = concepts.first() {
                    out.add(0.5, &[tag, concept, first]);
                }
            }
        }
    }
}

/// Concepts that stand in a table once for each party: billed, delivered to, selling.
const REPEATED: [&str; 12] = [
    "NAME",
    "STREET",
    "ZIP",
    "CITY",
    "STATE",
    "COUNTRY",
    "EMAIL",
    "PHONE",
    "NUMBER",
    "AMOUNT",
    "TOTAL",
    "REFERENCE",
];

type Holds = fn(&Seen) -> bool;

/// What another column of the table may be; the presence of each changes what the rest may mean.
const CONTEXT: [(&str, Holds); 27] = [
    ("open", |seen| {
        seen.header.has("OPEN") && is_amount(seen) && !seen.header.has("DATE")
    }),
    ("gross", |seen| {
        is_amount(seen)
            && (seen.header.has("GROSS") || seen.header.has("TOTAL"))
            && !seen.header.has("TAX") | seen.header.has("GROSS")
    }),
    ("net", |seen| is_amount(seen) && seen.header.has("NET")),
    ("amount", |seen| {
        is_amount(seen) && seen.header.has("AMOUNT")
    }),
    ("debit", |seen| is_amount(seen) && seen.header.has("DEBIT")),
    ("paid", |seen| is_amount(seen) && seen.header.has("PAID")),
    ("invoice number", |seen| {
        seen.header.has("INVOICE") && (seen.header.has("NUMBER") || seen.header.has("ID"))
    }),
    ("document number", |seen| {
        seen.header.has("DOCUMENT") && seen.shape.kind != Kind::Date && !seen.header.has("TYPE")
    }),
    ("invoice date", |seen| {
        seen.shape.kind == Kind::Date && (seen.header.has("INVOICE") || seen.header.has("ISSUE"))
    }),
    ("document date", |seen| {
        seen.shape.kind == Kind::Date && seen.header.has("DOCUMENT")
    }),
    ("posting date", |seen| {
        seen.shape.kind == Kind::Date && seen.header.has("POSTING")
    }),
    ("due", |seen| {
        seen.header.has("DUE") && seen.shape.kind == Kind::Date
    }),
    ("customer name", |seen| {
        seen.header.has("CUSTOMER") && is_text(seen)
    }),
    ("company", |seen| {
        seen.header.has("COMPANY") && is_text(seen)
    }),
    ("name", |seen| seen.header.has("NAME") && is_text(seen)),
    ("first name", |seen| seen.header.has("FIRST")),
    ("last name", |seen| seen.header.has("LAST")),
    ("contact", |seen| {
        seen.header.has("CONTACT") && is_text(seen)
    }),
    ("register", |seen| seen.header.has("REG")),
    ("vat id", |seen| seen.header.has("VATID")),
    ("delivery", |seen| {
        seen.header.has("DELIVERY") && is_text(seen)
    }),
    ("billing address", |seen| {
        (seen.header.has("CUSTOMER") || seen.header.has("INVOICE"))
            && (seen.header.has("STREET") || seen.header.has("CITY"))
    }),
    ("phone", |seen| {
        seen.header.has("PHONE") && !seen.header.has("MOBILE")
    }),
    ("description", |seen| {
        seen.header.has("DESC") && is_text(seen)
    }),
    ("note", |seen| seen.header.has("NOTE") && is_text(seen)),
    ("lines", |seen| {
        seen.header.has("QTY") || seen.header.has("PRODUCT")
    }),
    ("country", |seen| {
        seen.header.has("COUNTRY") && !seen.header.has("CODE")
    }),
];

fn is_amount(seen: &Seen) -> bool {
    matches!(seen.shape.kind, Kind::Money | Kind::Integer | Kind::Empty)
}

fn is_text(seen: &Seen) -> bool {
    matches!(
        seen.shape.kind,
        Kind::Company
            | Kind::Person
            | Kind::Street
            | Kind::Few
            | Kind::Long
            | Kind::Text
            | Kind::Empty
    )
}
