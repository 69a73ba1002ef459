//! Dates as people write them, only to tell that they are dates and which comes first.

/// A date in any usual notation as a day number, and whether a time follows. Where day and month could be either, the
/// first is taken for the day: only differences between columns are looked at.
pub fn date(value: &str) -> Option<(i32, bool)> {
    if !value.is_ascii() && !value.chars().any(char::is_alphabetic)
        || value.len() > 40
        || value.len() < 6
    {
        return None;
    }
    let (day_part, time) = match value.find(['T', ' ']) {
        Some(at) if value[at + 1..].contains(':') => (&value[..at], true),
        _ => (value, false),
    };
    let day_part = day_part.trim_end_matches(['.', ',']);
    if day_part.len() == 8 && day_part.bytes().all(|byte| byte.is_ascii_digit()) {
        let all: i32 = day_part.parse().ok()?;
        let year_first = day_number(all / 10_000, all / 100 % 100, all % 100);
        return year_first.map(|day| (day, time));
    }
    let parts: Vec<&str> = day_part
        .split(['-', '/', '.', ' ', ','])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    if let Some(month) = month(second).or_else(|| month(first)) {
        let day = if month_is_first(first) { second } else { first };
        return day_number(
            year(third)?,
            month,
            day.trim_end_matches(['.', 't', 'h', 's', 'n', 'd', 'r'])
                .parse()
                .ok()?,
        )
        .map(|day| (day, time));
    }
    if first.len() == 4 {
        return day_number(
            first.parse().ok()?,
            second.parse().ok()?,
            third.parse().ok()?,
        )
        .map(|day| (day, time));
    }
    if first.len() > 2 || second.len() > 2 || third.len() != 4 && third.len() != 2 {
        return None;
    }
    let (first, second, year): (i32, i32, i32) =
        (first.parse().ok()?, second.parse().ok()?, year(third)?);
    day_number(year, second, first)
        .or_else(|| day_number(year, first, second))
        .map(|day| (day, time))
}

fn month_is_first(first: &str) -> bool {
    first.chars().next().is_some_and(char::is_alphabetic)
}

fn year(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    Some(if year < 100 { 2000 + year } else { year })
}

fn month(text: &str) -> Option<i32> {
    const MONTHS: [&str; 12] = [
        "jan jän sty led",
        "feb fév únor lut",
        "mar mär mrt maa bře",
        "apr avr abr huh kwi dub",
        "may maj mai mei mag kvě máj tou",
        "jun kes juin giu cze čvn",
        "jul hei juil lug lip čvc",
        "aug aoû ago elo sie srp",
        "sep set syy wrz zář sze",
        "oct okt ott out lok paź říj",
        "nov mar lis lis",
        "dec dez dic déc jou gru pro",
    ];
    let lower = text.to_lowercase();
    if !lower.chars().next().is_some_and(char::is_alphabetic) {
        return None;
    }
    let start: String = lower.chars().take(3).collect();
    let at = MONTHS.iter().position(|names| {
        names
            .split(' ')
            .any(|name| name == start || name.len() > 3 && lower.starts_with(name))
    })?;
    i32::try_from(at + 1).ok()
}

fn day_number(year: i32, month: i32, day: i32) -> Option<i32> {
    let known =
        (1970..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    // Months counted as 31 days each: order and rough distance are all that is asked of it.
    known.then(|| year * 372 + month * 31 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_the_usual_notations() {
        for text in [
            "2026-03-04",
            "04.03.2026",
            "4/3/26",
            "20260304",
            "04-mar-2026",
            "Mar 4, 2026",
            "2026-03-04T10:00:00Z",
            "2026.03.04.",
        ] {
            assert!(date(text).is_some(), "{text}");
        }
        for text in [
            "10020030",
            "12.5",
            "INV-2026-01",
            "45 67 89 01",
            "0301 4411",
            "2026",
            "99/99/2026",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
    }
}
