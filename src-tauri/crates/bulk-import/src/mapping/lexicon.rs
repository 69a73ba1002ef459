//! Exact column names of known systems and what each means there.

use std::collections::HashMap;
use std::sync::OnceLock;

use receivables::Field;

/// Written by the trainer from the layouts it learns from.
const NAMES: &str = include_str!("lexicon.tsv");

/// What a name means in the systems that use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How many systems mean each; `None` where the column is of no use.
    pub meanings: Vec<(Option<Field>, u32)>,
}

impl Entry {
    /// Counts the systems behind each meaning of one name; none use it, none is known.
    #[cfg(feature = "training")]
    pub fn count<'a>(uses: impl IntoIterator<Item = (Option<Field>, &'a str)>) -> Option<Entry> {
        use std::collections::{BTreeMap, BTreeSet};
        let mut systems: BTreeMap<Option<Field>, BTreeSet<&str>> = BTreeMap::new();
        for (field, system) in uses {
            systems.entry(field).or_default().insert(system);
        }
        let mut meanings: Vec<(Option<Field>, u32)> = systems
            .into_iter()
            .map(|(field, systems)| (field, systems.len() as u32))
            .collect();
        meanings.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
        (!meanings.is_empty()).then_some(Entry { meanings })
    }

    /// What three of four systems agree on, and how many do.
    pub fn agreed(&self) -> Option<(Option<Field>, u32)> {
        let all: u32 = self.meanings.iter().map(|(_, systems)| systems).sum();
        self.meanings
            .iter()
            .copied()
            .find(|(_, systems)| systems * 4 >= all * 3)
    }
}

/// Names, folded, to what they mean.
#[derive(Debug, Clone, Default)]
pub struct Lexicon(HashMap<String, Entry>);

impl Lexicon {
    /// The one shipped.
    pub fn shipped() -> &'static Lexicon {
        static SHIPPED: OnceLock<Lexicon> = OnceLock::new();
        SHIPPED.get_or_init(|| Lexicon::read(NAMES))
    }

    /// Reads lines of name, tab, `field:systems` by spaces; `-` is no field.
    pub fn read(text: &str) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for line in text.lines() {
            let Some((name, meanings)) = line.split_once('\t') else {
                continue;
            };
            for meaning in meanings.split(' ') {
                let Some((field, systems)) = meaning.split_once(':') else {
                    continue;
                };
                let entry = lexicon.0.entry(name.to_owned()).or_insert(Entry {
                    meanings: Vec::new(),
                });
                entry
                    .meanings
                    .push((field.parse().ok(), systems.parse().unwrap_or(1)));
            }
        }
        lexicon
    }

    /// Of names and what is known of each.
    #[cfg(feature = "training")]
    pub fn of(entries: impl IntoIterator<Item = (String, Entry)>) -> Lexicon {
        Lexicon(entries.into_iter().collect())
    }

    /// The text that [`Lexicon::read`] reads.
    #[cfg(feature = "training")]
    pub fn write(&self) -> String {
        let mut lines: Vec<String> = self
            .0
            .iter()
            .map(|(name, entry)| {
                let meanings: Vec<String> = entry
                    .meanings
                    .iter()
                    .map(|(field, systems)| format!("{}:{systems}", field.map_or("-", Field::name)))
                    .collect();
                format!("{name}\t{}\n", meanings.join(" "))
            })
            .collect();
        lines.sort();
        lines.concat()
    }

    /// Whether several systems mean `field` by this folded name, and hardly any another.
    pub fn vouches(&self, folded: &str, field: Field) -> bool {
        let agreed = self.entry(folded).and_then(Entry::agreed);
        agreed.is_some_and(|(meaning, systems)| meaning == Some(field) && systems > 1)
    }

    /// What a folded name means, where it is known.
    pub fn entry(&self, folded: &str) -> Option<&Entry> {
        self.0.get(folded)
    }
}
