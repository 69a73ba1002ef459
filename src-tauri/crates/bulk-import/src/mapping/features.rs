//! Turns the columns of a table into what the classifier weighs: words and concepts of the header, looks of the values,
//! both together, and what else the table holds.

use super::header::Concept;
use super::lexicon::{Entry, Lexicon};
use super::place::{Features, Say};
use super::seen::Seen;
use super::surroundings::Surroundings;
use super::value::{LOOKS, Look};

/// How strongly one piece of a header counts; there are dozens in a header and few of anything else.
const GRAM: f32 = 0.25;

/// The features of one column by where they come from; the trainer hides some groups at times.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    pub values: Features,
    pub words: Features,
    pub concepts: Features,
    pub table: Features,
}

impl Groups {
    /// All of them, with what the lexicon says.
    pub fn all(self, known: Features) -> Features {
        let mut all = self.values;
        all.extend(self.words);
        all.extend(self.concepts);
        all.extend(self.table);
        all.extend(known);
        all
    }
}

/// The features of every column of a table.
pub fn features(table: &[Seen], lexicon: &Lexicon) -> Vec<Features> {
    groups(table)
        .into_iter()
        .zip(table)
        .map(|(groups, seen)| groups.all(of_lexicon(seen, lexicon.entry(&seen.header.folded))))
        .collect()
}

/// The features of every column, but for the lexicon's.
pub fn groups(table: &[Seen]) -> Vec<Groups> {
    let surroundings = Surroundings::of(table);
    (0..table.len())
        .map(|at| {
            let own = &table[at];
            let kind = own.shape.kind.name();
            let mut groups = Groups::default();
            of_values(&mut groups.values, own, kind);
            of_words(&mut groups.words, own, kind);
            of_concepts(&mut groups.concepts, own, kind);
            surroundings.say(&mut groups.table, table, at, kind);
            groups
        })
        .collect()
}

/// What known systems mean by the header.
pub fn of_lexicon(own: &Seen, entry: Option<&Entry>) -> Features {
    let mut out = Features::new();
    let kind = own.shape.kind.name();
    match entry.map(Entry::agreed) {
        Some(Some((field, systems))) => {
            let name = field.map_or("-", receivables::Field::name);
            out.say(&["x", name]);
            out.say(&["xk", name, kind]);
            if systems > 1 {
                out.say(&["x2", name]);
            }
        }
        Some(None) => out.say(&["x", "mixed"]),
        None => {}
    }
    out
}

fn of_values(out: &mut Features, own: &Seen, kind: &str) {
    let shape = &own.shape;
    let filled = shape.filled as f32 / shape.rows.max(1) as f32;
    for (look, share) in shape
        .shares
        .iter()
        .enumerate()
        .filter(|(_, share)| **share > 0.0)
    {
        out.push((look as u32, *share));
    }
    let numbers = [
        filled,
        shape.distinct,
        (shape.mean_length / 40.0).min(1.0),
        f32::from(u8::from(shape.same_length)),
        shape.rising,
        f32::from(u8::from(shape.different == 1)),
    ];
    for (slot, number) in numbers.into_iter().enumerate() {
        out.push(((LOOKS + slot) as u32, number));
    }
    out.say(&["k", kind]);
    let repeats = match shape.distinct {
        _ if shape.different == 1 => "one value",
        distinct if distinct < 0.2 => "few values",
        distinct if distinct < 0.9 => "some repeat",
        _ => "all different",
    };
    out.say(&["kr", kind, repeats]);
    out.say(&[
        "kf",
        kind,
        if filled < 0.3 {
            "mostly empty"
        } else {
            "filled"
        },
    ]);
    let length = match shape.mean_length {
        length if length < 1.5 => "1",
        length if length < 2.5 => "2",
        length if length < 3.5 => "3",
        length if length < 4.5 => "4",
        length if length < 5.5 => "5",
        length if length < 6.5 => "6",
        length if length < 8.5 => "8",
        length if length < 10.5 => "10",
        length if length < 14.5 => "14",
        length if length < 25.0 => "25",
        _ => "long",
    };
    out.say(&["kl", kind, length]);
    for fact in &own.relations.facts {
        out.say(&["r", fact]);
    }
}

fn of_words(out: &mut Features, own: &Seen, kind: &str) {
    let header = &own.header;
    for word in header.folded.split(' ') {
        out.add(0.5, &["w", word]);
        out.add(0.5, &["wk", word, kind]);
    }
    let framed: Vec<char> = format!("^{}$", header.folded).chars().take(64).collect();
    let mut gram = String::new();
    for size in 3..=5 {
        for window in framed.windows(size) {
            gram.clear();
            gram.extend(window);
            out.add(GRAM, &["g", &gram]);
        }
    }
}

fn of_concepts(out: &mut Features, own: &Seen, kind: &str) {
    let concepts = &own.header.concepts;
    let mut sorted: Vec<Concept> = concepts.clone();
    sorted.sort_unstable();
    for (slot, concept) in sorted.iter().enumerate() {
        out.say(&["c", concept]);
        out.say(&["ck", concept, kind]);
        for other in &sorted[slot + 1..] {
            out.say(&["cc", concept, other]);
            out.say(&["cck", concept, other, kind]);
        }
        for fact in &own.relations.facts {
            out.say(&["cr", concept, fact]);
        }
    }
    let signature = sorted.join("+");
    out.say(&["cs", &signature]);
    out.say(&["csk", &signature, kind]);
    if let (Some(first), Some(last)) = (concepts.first(), concepts.last()) {
        out.say(&["cf", first, kind]);
        out.say(&["cl", last, kind]);
    }
    for (look, name) in TELLING {
        if own.shape.share(look) > 0.2 {
            out.say(&["sl", &signature, name]);
        }
    }
}

/// Looks that tell apart columns of the same name: a customer's name from their number, a register from a tax number.
const TELLING: [(Look, &str); 8] = [
    (Look::LegalForm, "legal"),
    (Look::GivenName, "given"),
    (Look::City, "city"),
    (Look::Street, "street"),
    (Look::CountryName, "country"),
    (Look::RegisterShaped, "register"),
    (Look::VatShaped, "vat"),
    (Look::PrivateWord, "private"),
];
