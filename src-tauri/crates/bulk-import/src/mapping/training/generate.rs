//! Makes tables from layouts: rows of invoices that hang together, written in the country's ways, with the disorder of
//! real files.

use receivables::Field;

use super::cells::cell;
use super::layouts::{Layout, LayoutColumn};
use super::ledger::{Constants, Ledger};
use super::locales::words;
use super::random::Random;
use super::style::Style;

/// A table with its truth.
#[derive(Debug, Clone)]
pub struct Table {
    pub columns: Vec<TableColumn>,
}

#[derive(Debug, Clone)]
pub struct TableColumn {
    pub header: String,
    pub field: Option<Field>,
    pub lender: Option<String>,
    pub values: Vec<String>,
}

/// How much disorder a table gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Disorder {
    /// Headers and their order as the system writes them.
    None,
    /// Other spellings, units, abbreviations; columns dropped, moved and added.
    Usual,
}

/// One table of a layout. `others` lend columns of no use.
pub fn table(
    layout: &Layout,
    others: &[&Layout],
    disorder: Disorder,
    random: &mut Random,
) -> Table {
    let mut columns = layout.columns.clone();
    if disorder == Disorder::Usual {
        disturb(&mut columns, layout, others, random);
    }
    let style = Style::choose(layout, random);
    let rows = match random.below(10) {
        0 if random.chance(0.3) => 0,
        0 | 1 => random.between(1, 4),
        2..=4 => random.between(5, 20),
        _ => random.between(20, 70),
    };
    let ledger = Ledger::keep(layout, &style, rows as usize, random);
    let constants = Constants::choose(&style, random);
    let shouting = disorder == Disorder::Usual && random.chance(0.12);
    let underscored = disorder == Disorder::Usual && random.chance(0.1);
    let plain = disorder == Disorder::Usual && random.chance(0.1);
    let columns = columns
        .iter()
        .map(|column| {
            let gaps = if random.chance(0.25) {
                random.share() * 0.5
            } else {
                0.0
            };
            let mut values: Vec<String> = ledger
                .records
                .iter()
                .enumerate()
                .map(|(row, record)| cell(&column.values, record, row, &style, &constants, random))
                .collect();
            let must = matches!(
                column.field,
                Some(Field::CreditorReference | Field::Amount | Field::DebtorName)
            );
            if !must {
                for value in &mut values {
                    if random.chance(gaps) {
                        value.clear();
                    }
                }
                let unused = column.field.is_some()
                    && !matches!(column.field, Some(Field::CaseDate | Field::DueDate))
                    && random.chance(0.04);
                if unused {
                    values.iter_mut().for_each(String::clear);
                }
            }
            style.scatter(&mut values, random);
            let mut header = column.header.clone();
            if disorder == Disorder::Usual {
                header = respell(
                    &header,
                    column,
                    &style,
                    shouting,
                    underscored,
                    plain,
                    random,
                );
            }
            TableColumn {
                header,
                field: column.field,
                lender: column.lender.clone(),
                values,
            }
        })
        .collect();
    Table { columns }
}

/// Drops, moves and adds columns, and says anew which one means what.
fn disturb(
    columns: &mut Vec<LayoutColumn>,
    layout: &Layout,
    others: &[&Layout],
    random: &mut Random,
) {
    let drop = if random.chance(0.6) { 0.12 } else { 0.0 };
    let kept: Vec<LayoutColumn> = columns
        .iter()
        .filter(|_| !random.chance(drop))
        .cloned()
        .collect();
    if kept.len() >= 3 {
        *columns = kept;
    }
    // Many a list has no column of what is left to pay; the next best is then the one.
    let next_best = |column: &LayoutColumn| {
        column.field.is_none() && matches!(column.values.as_str(), "gross amount" | "debit amount")
    };
    if random.chance(0.2) && columns.iter().any(next_best) {
        columns.retain(|column| column.field != Some(Field::Amount));
    }
    relabel(columns);
    let party = words(&layout.language).party;
    let told =
        |column: &LayoutColumn| column.field == Some(Field::DebtorType) || column.header == party;
    if random.chance(0.06) && !columns.iter().any(told) {
        let column = LayoutColumn {
            header: party.to_owned(),
            field: Some(Field::DebtorType),
            values: "company or private".to_owned(),
            lender: None,
        };
        columns.insert(random.below(columns.len() + 1), column);
    }
    if random.chance(0.25) {
        let donors: Vec<(&str, &LayoutColumn)> = others
            .iter()
            .filter(|other| other.language == layout.language && other.system != layout.system)
            .flat_map(|other| {
                other
                    .columns
                    .iter()
                    .map(|column| (other.system.as_str(), column))
            })
            .filter(|(_, column)| column.field.is_none() && is_never_a_field(&column.values))
            .collect();
        for _ in 0..random.between(1, 4) {
            if let Some((system, donor)) = donors.get(random.below(donors.len())) {
                let at = random.below(columns.len() + 1);
                if !columns.iter().any(|column| column.header == donor.header) {
                    let lender = Some((*system).to_owned());
                    columns.insert(
                        at,
                        LayoutColumn {
                            lender,
                            ..(*donor).clone()
                        },
                    );
                }
            }
        }
    }
    if random.chance(0.12) {
        random.shuffle(columns);
    } else if random.chance(0.2) {
        let at = random.below(columns.len().saturating_sub(1).max(1));
        if at + 1 < columns.len() {
            columns.swap(at, at + 1);
        }
    }
}

/// Where the better column is gone, the next best means the field.
fn relabel(columns: &mut [LayoutColumn]) {
    const NEXT: [(Field, &[&str]); 4] = [
        (
            Field::Amount,
            &["open amount", "gross amount", "debit amount"],
        ),
        (
            Field::CreditorReference,
            &["invoice number", "document number"],
        ),
        (
            Field::CompanyRegistrationNumber,
            &["registration number", "tax number"],
        ),
        (Field::DebtorPhone, &["phone", "mobile phone"]),
    ];
    for (field, kinds) in NEXT {
        if columns.iter().any(|column| column.field == Some(field)) {
            continue;
        }
        let next = kinds.iter().find_map(|kind| {
            columns
                .iter()
                .position(|column| column.values == *kind && column.field.is_none())
        });
        if let Some(next) = next {
            columns[next].field = Some(field);
        }
    }
}

fn is_never_a_field(values: &str) -> bool {
    const LENT: &str = "entry number|order number|timestamp|status|group|project|department|yes or no|small count|days|ledger account|payment terms|payment method|language|salesperson|document type|opaque id|period|user|link|fax|website|short code|empty|creation date|payment date|exchange rate|credit limit|turnover|external reference";
    LENT.split('|').any(|kind| kind == values)
}

/// Another way in which somebody may write the same header.
fn respell(
    header: &str,
    column: &LayoutColumn,
    style: &Style,
    shouting: bool,
    underscored: bool,
    plain: bool,
    random: &mut Random,
) -> String {
    let mut text = header.to_owned();
    let money =
        column.values.contains("amount") || column.values == "fee" || column.values == "unit price";
    if money && random.chance(0.12) {
        let unit = style.home.currency;
        text = match random.below(4) {
            0 => format!("{text} ({unit})"),
            1 => format!("{text} {unit}"),
            2 => format!("{text} [{unit}]"),
            _ => format!("{text} in {unit}"),
        };
    }
    if random.chance(0.05) {
        text = abbreviated(&text, random);
    }
    if random.chance(0.04) {
        text = format!("{text}*");
    }
    if random.chance(0.03) {
        text = text.replace(' ', "");
    }
    if plain {
        text = super::super::header::fold(&text);
    }
    if underscored {
        text = text.replace([' ', '.', '-', '/'], "_").to_lowercase();
    }
    if shouting {
        text = text.to_uppercase();
    }
    text
}

/// The last long word cut short with a dot.
fn abbreviated(header: &str, random: &mut Random) -> String {
    let mut parts: Vec<String> = header.split(' ').map(str::to_owned).collect();
    let long = parts.iter().rposition(|part| part.chars().count() > 7);
    if let Some(at) = long {
        let keep = random.between(4, 6) as usize;
        let short: String = parts[at].chars().take(keep).collect();
        parts[at] = format!("{short}.");
    }
    parts.join(" ")
}
