//! Gives each field to at most one column and each column at most one field, so that the whole is most likely.

use receivables::Field;

use super::model::{CLASSES, NONE, Probabilities};
use super::seen::Seen;

/// Less likely than this, a column stays blank even where nothing else claims the field.
const LEAST: f32 = 0.35;
/// The same for the second half of a name or an address, for which the first half speaks too.
const LEAST_PART: f32 = 0.2;
const FIELDS: usize = CLASSES - 1;

/// The field of each column, or none, and how clear the case is between 0 and 1, before calibration.
pub fn assign(
    table: &[Seen],
    likely: &[Probabilities],
    taken: &[Option<Field>],
) -> Vec<(Option<Field>, f32)> {
    let columns = likely.len();
    let free = |column: usize| taken.get(column).copied().flatten().is_none();
    let unused = |field: usize| {
        !taken
            .iter()
            .flatten()
            .any(|known| *known == Field::ALL[field])
    };
    // A field may also go to nobody: as many empty columns as fields, worth nothing.
    let worth = |field: usize, column: usize| {
        if column < columns && free(column) && unused(field) {
            f64::from((likely[column][field] - LEAST).max(-1.0))
        } else if column < columns {
            -2.0
        } else {
            0.0
        }
    };
    let chosen = best(FIELDS, columns + FIELDS, worth);
    let mut given: Vec<Option<usize>> = vec![None; columns];
    for (field, column) in chosen.into_iter().enumerate() {
        if column < columns && worth(field, column) > 0.0 {
            given[column] = Some(field);
        }
    }
    share_parts(table, likely, &mut given, &free);
    (0..columns)
        .map(|column| match given[column] {
            Some(field) => (
                Some(Field::ALL[field]),
                clearness(table, likely, &given, column, field),
            ),
            None => (None, likely[column][NONE]),
        })
        .collect()
}

/// A rival's likelihood for the same field makes the choice less clear.
fn clearness(
    table: &[Seen],
    likely: &[Probabilities],
    given: &[Option<usize>],
    column: usize,
    field: usize,
) -> f32 {
    let alone = likely[column][field];
    let other_half =
        (0..likely.len()).find(|other| *other != column && given[*other] == Some(field));
    let own = other_half.map_or(alone, |other| (alone + likely[other][field]) / 2.0);
    let rival = (0..likely.len())
        .filter(|other| *other != column && given[*other] != Some(field))
        // A column that has found another field is no rival.
        .filter(|other| given[*other].is_none() && !parts(&table[column], &table[*other]))
        .map(|other| likely[other][field])
        .fold(0.0_f32, f32::max);
    own * own / (own + rival * 0.6).max(own)
}

/// First and last name, or street and house number, may share a field.
fn share_parts(
    table: &[Seen],
    likely: &[Probabilities],
    given: &mut [Option<usize>],
    free: &impl Fn(usize) -> bool,
) {
    for field in [Field::DebtorName, Field::DebtorAddress] {
        let Some(slot) = Field::ALL.iter().position(|known| *known == field) else {
            continue;
        };
        let Some(main) = given.iter().position(|known| *known == Some(slot)) else {
            continue;
        };
        let partner = (0..table.len())
            .filter(|other| {
                given[*other].is_none() && free(*other) && parts(&table[main], &table[*other])
            })
            .filter(|other| likely[*other][slot] > LEAST_PART)
            .max_by(|one, other| likely[*one][slot].total_cmp(&likely[*other][slot]));
        if let Some(partner) = partner {
            given[partner] = Some(slot);
        }
    }
}

/// Whether two columns are the two halves of one thing.
fn parts(one: &Seen, other: &Seen) -> bool {
    let halves = |one: &Seen, other: &Seen| {
        let first = one.header.has("FIRST")
            && (other.header.has("LAST")
                || other.header.concepts.as_slice() == ["NAME"]
                || other.header.has("NAME")
                    && one.header.concepts.len() > 1
                    && !is_whole_name(other));
        let house =
            one.header.has("HOUSE") && other.header.has("STREET") && !other.header.has("HOUSE");
        let both_billed = one.header.has("DELIVERY") == other.header.has("DELIVERY")
            && one.header.has("CONTACT") == other.header.has("CONTACT")
            && one.header.has("SELLER") == other.header.has("SELLER");
        (first || house) && both_billed
    };
    halves(one, other) || halves(other, one)
}

/// A name that needs no other half.
fn is_whole_name(seen: &Seen) -> bool {
    ["FIRST", "COMPANY", "CUSTOMER", "CONTACT"]
        .iter()
        .any(|concept| seen.header.has(concept))
}

/// The Hungarian method: for each row a column of its own, the sum of worths the greatest. `rows` is at most `columns`.
fn best(rows: usize, columns: usize, worth: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let (mut row_price, mut column_price) = (vec![0.0_f64; rows + 1], vec![0.0_f64; columns + 1]);
    let mut row_of = vec![0_usize; columns + 1];
    for row in 1..=rows {
        let mut way = vec![0_usize; columns + 1];
        let mut slack = vec![f64::INFINITY; columns + 1];
        let mut done = vec![false; columns + 1];
        row_of[0] = row;
        let mut at = 0;
        loop {
            done[at] = true;
            let current = row_of[at];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for column in (1..=columns).filter(|column| !done[*column]) {
                let cost =
                    -worth(current - 1, column - 1) - row_price[current] - column_price[column];
                if cost < slack[column] {
                    slack[column] = cost;
                    way[column] = at;
                }
                if slack[column] < step {
                    step = slack[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if done[column] {
                    row_price[row_of[column]] += step;
                    column_price[column] -= step;
                } else {
                    slack[column] -= step;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    let mut chosen = vec![columns; rows];
    for column in 1..=columns {
        if row_of[column] > 0 {
            chosen[row_of[column] - 1] = column - 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_counts_not_the_first_come() {
        let worths = [[0.9, 0.8, 0.0], [0.85, 0.1, 0.0]];
        assert_eq!(
            best(2, 3, |row, column| worths[row][column]),
            [1, 0],
            "the first row must yield its best column to the second"
        );
    }
}
