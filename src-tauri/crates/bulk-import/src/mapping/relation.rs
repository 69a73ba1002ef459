//! How a column's values stand to those of the other columns: which date comes last, which amount is the sum of two.

use super::shape::{Kind, Shape};

/// What comparing shows. Empty for columns that are neither dates nor amounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// Short words, each a fact.
    pub facts: Vec<&'static str>,
}

/// Share of the rows that must agree.
const NEARLY_ALL: f32 = 0.93;
/// Amount columns compared as sums; the count of trials grows with its cube.
const MOST_AMOUNTS: usize = 10;
/// Date columns compared, each with each.
const MOST_DATES: usize = 24;
const ROWS: usize = 60;

/// Compares all columns with each other.
pub fn relate(shapes: &[Shape]) -> Vec<Relations> {
    let mut relations = vec![Relations::default(); shapes.len()];
    dates(shapes, &mut relations);
    amounts(shapes, &mut relations);
    relations
}

fn dates(shapes: &[Shape], relations: &mut [Relations]) {
    let columns: Vec<usize> = (0..shapes.len())
        .filter(|at| shapes[*at].kind == Kind::Date)
        .take(MOST_DATES)
        .collect();
    for &at in &columns {
        let facts = &mut relations[at].facts;
        facts.push(match columns.len() {
            1 => "only date",
            2 => "one of two dates",
            3 => "one of three dates",
            _ => "one of many dates",
        });
        let (mut latest, mut earliest, mut equal) = (true, true, false);
        let mut longest = 0.0_f32;
        for &other in columns.iter().filter(|other| **other != at) {
            let Some(compared) = compare_days(&shapes[at], &shapes[other]) else {
                continue;
            };
            latest &= compared.not_before > NEARLY_ALL;
            earliest &= compared.not_after > NEARLY_ALL;
            equal |= compared.equal > NEARLY_ALL;
            longest = longest.max(compared.lag);
        }
        if columns.len() > 1 {
            if latest && !earliest {
                facts.push("latest date");
            }
            if earliest && !latest {
                facts.push("earliest date");
            }
            if !earliest && !latest {
                facts.push("date between");
            }
            if equal {
                facts.push("same as another date");
            }
            facts.push(match longest {
                lag if lag < 1.0 => "no days after",
                lag if lag < 6.0 => "few days after",
                lag if lag < 75.0 => "a term after",
                _ => "long after",
            });
        }
    }
}

struct ComparedDays {
    not_before: f32,
    not_after: f32,
    equal: f32,
    /// Mean days after the other.
    lag: f32,
}

fn compare_days(one: &Shape, other: &Shape) -> Option<ComparedDays> {
    let pairs: Vec<(i32, i32)> = one
        .cells
        .iter()
        .zip(&other.cells)
        .take(ROWS)
        .filter_map(|(one, other)| Some((one.day?, other.day?)))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let count = pairs.len() as f32;
    let share = |test: fn(i32, i32) -> bool| {
        pairs
            .iter()
            .filter(|(one, other)| test(*one, *other))
            .count() as f32
            / count
    };
    Some(ComparedDays {
        not_before: share(|one, other| one >= other),
        not_after: share(|one, other| one <= other),
        equal: share(|one, other| one == other),
        lag: pairs
            .iter()
            .map(|(one, other)| (one - other) as f32)
            .sum::<f32>()
            / count,
    })
}

fn amounts(shapes: &[Shape], relations: &mut [Relations]) {
    let columns: Vec<usize> = (0..shapes.len())
        .filter(|at| {
            shapes[*at].kind == Kind::Money
                || shapes[*at].kind == Kind::Integer && looks_like_sums(&shapes[*at])
        })
        .take(MOST_AMOUNTS)
        .collect();
    let rows: Vec<Vec<Option<f64>>> = columns
        .iter()
        .map(|at| {
            shapes[*at]
                .cells
                .iter()
                .take(ROWS)
                .map(|cell| cell.number)
                .collect()
        })
        .collect();
    for (own, &at) in columns.iter().enumerate() {
        let facts = &mut relations[at].facts;
        facts.push(match columns.len() {
            1 => "only amount",
            2 => "one of two amounts",
            _ => "one of many amounts",
        });
        if columns.len() == 1 {
            continue;
        }
        let others = || (0..columns.len()).filter(move |other| *other != own);
        if others().all(|other| {
            agree(&rows, &[own, other], |cells| {
                cells[0].abs() >= cells[1].abs() - 0.005
            })
        }) {
            facts.push("largest amount");
        }
        if others().any(|other| {
            agree(&rows, &[own, other], |cells| {
                (cells[0] - cells[1]).abs() < 0.005
            })
        }) {
            facts.push("same as another amount");
        }
        let sum = others().any(|one| {
            others().filter(|other| *other > one).any(|other| {
                agree(&rows, &[own, one, other], |cells| {
                    cells[1].abs() > 0.005
                        && cells[2].abs() > 0.005
                        && (cells[0] - cells[1] - cells[2]).abs() < 0.02
                })
            })
        });
        if sum {
            facts.push("sum of two amounts");
        }
        let rest = others().any(|one| {
            others().filter(|other| *other != one).any(|other| {
                varied(&rows[other])
                    && agree(&rows, &[own, one, other], |cells| {
                        (cells[0] - cells[1] + cells[2]).abs() < 0.02
                    })
            })
        });
        if rest && !sum {
            facts.push("rest of two amounts");
        }
    }
}

fn looks_like_sums(shape: &Shape) -> bool {
    shape.distinct > 0.3 && !shape.same_length && shape.rising < 0.9
}

fn varied(cells: &[Option<f64>]) -> bool {
    cells
        .iter()
        .flatten()
        .filter(|cell| cell.abs() > 0.005)
        .count()
        * 10
        > cells.len()
}

fn agree(rows: &[Vec<Option<f64>>], columns: &[usize], test: impl Fn(&[f64]) -> bool) -> bool {
    let (mut all, mut agreed) = (0_usize, 0_usize);
    let mut cells = [0.0_f64; 3];
    for row in 0..rows[columns[0]].len() {
        let complete = columns.iter().enumerate().all(|(slot, column)| {
            rows[*column]
                .get(row)
                .copied()
                .flatten()
                .map(|number| cells[slot] = number)
                .is_some()
        });
        if complete {
            all += 1;
            agreed += usize::from(test(&cells[..columns.len()]));
        }
    }
    all > 0 && agreed as f32 / all as f32 > NEARLY_ALL
}
