//! Postcode and city that stand in one cell.

/// A cell taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZipCity {
    pub zip: String,
    pub city: String,
    /// Two letters between city and postcode, as in the USA.
    pub state: Option<String>,
}

/// Parts `2100 København Ø`, `DK-2100 København`, `114 35 Stockholm`, `1012 AB Amsterdam`, `London SW1A 1AA` and
/// `Austin, TX 78701`. Nothing where it is not plain which part is which.
pub fn split_zip_city(text: &str) -> Option<ZipCity> {
    let words: Vec<&str> = text.split_whitespace().collect();
    zip_first(&words).or_else(|| zip_last(&words))
}

fn zip_first(words: &[&str]) -> Option<ZipCity> {
    let (first, rest) = words.split_first()?;
    // The letters of the country before a hyphen belong to the postcode's writing, not to it.
    let bare = first
        .split_once('-')
        .filter(|(country, _)| (1..=3).contains(&country.len()) && is_letters(country));
    let number = bare
        .map_or(*first, |(_, number)| number)
        .trim_end_matches(',');
    let (zip, city) = match rest {
        // 1012 AB Amsterdam
        [letters, city @ ..]
            if number.len() == 4
                && is_digits(number)
                && letters.len() == 2
                && is_upper(letters)
                && !city.is_empty() =>
        {
            (format!("{number} {letters}"), city)
        }
        // 114 35 Stockholm, 110 00 Praha
        [digits, city @ ..]
            if number.len() == 3
                && is_digits(number)
                && digits.len() == 2
                && is_digits(digits)
                && !city.is_empty() =>
        {
            (format!("{number} {digits}"), city)
        }
        city if is_zip_number(number) => (number.to_owned(), city),
        _ => return None,
    };
    let city = city.join(" ");
    city.contains(char::is_alphabetic).then_some(ZipCity {
        zip,
        city,
        state: None,
    })
}

fn zip_last(words: &[&str]) -> Option<ZipCity> {
    let city = |words: &[&str]| {
        let city = words.join(" ");
        let city = city.trim_end_matches(',').trim();
        (!city.is_empty() && !city.contains(|letter: char| letter.is_ascii_digit()))
            .then(|| city.to_owned())
    };
    match words {
        [place @ .., outward, inward] if is_british(outward, inward) => Some(ZipCity {
            zip: format!("{outward} {inward}"),
            city: city(place)?,
            state: None,
        }),
        [place @ .., state, zip] if state.len() == 2 && is_upper(state) && is_american(zip) => {
            Some(ZipCity {
                zip: (*zip).to_owned(),
                city: city(place)?,
                state: Some((*state).to_owned()),
            })
        }
        [place @ .., zip] if is_zip_number(zip) => Some(ZipCity {
            zip: (*zip).to_owned(),
            city: city(place)?,
            state: None,
        }),
        _ => None,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_upper(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Three to six digits, or as in Poland and Portugal parted by a hyphen, or as in the Netherlands with letters after.
fn is_zip_number(text: &str) -> bool {
    match text.split_once('-') {
        Some((first, second)) => {
            is_digits(first) && is_digits(second) && (5..=7).contains(&(first.len() + second.len()))
        }
        None => {
            let digits = text.trim_end_matches(|letter: char| letter.is_ascii_uppercase());
            is_digits(digits)
                && (3..=6).contains(&digits.len())
                && matches!(text.len() - digits.len(), 0 | 2)
        }
    }
}

fn is_american(text: &str) -> bool {
    let (zip, more) = text.split_once('-').unwrap_or((text, "0000"));
    zip.len() == 5 && is_digits(zip) && more.len() == 4 && is_digits(more)
}

fn is_british(outward: &str, inward: &str) -> bool {
    let upper = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    (2..=4).contains(&outward.len())
        && inward.len() == 3
        && upper(outward)
        && upper(inward)
        && outward.starts_with(|letter: char| letter.is_ascii_uppercase())
        && outward.contains(|letter: char| letter.is_ascii_digit())
        && inward.starts_with(|letter: char| letter.is_ascii_digit())
        && inward[1..].bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcode_and_city_are_parted_where_it_is_plain() {
        for (text, zip, city) in [
            ("2100 København Ø", "2100", "København Ø"),
            ("DK-2100 København", "2100", "København"),
            ("D-80331 München", "80331", "München"),
            ("114 35 Stockholm", "114 35", "Stockholm"),
            ("1012 AB Amsterdam", "1012 AB", "Amsterdam"),
            ("1012AB Amsterdam", "1012AB", "Amsterdam"),
            ("00-950 Warszawa", "00-950", "Warszawa"),
            ("1000-001 Lisboa", "1000-001", "Lisboa"),
            ("London SW1A 1AA", "SW1A 1AA", "London"),
            ("Leeds, LS1 4AP", "LS1 4AP", "Leeds"),
        ] {
            let parted = split_zip_city(text);
            assert_eq!(
                parted,
                Some(ZipCity {
                    zip: zip.to_owned(),
                    city: city.to_owned(),
                    state: None
                }),
                "{text:?}"
            );
        }
        let austin = split_zip_city("Austin, TX 78701-0001").unwrap();
        assert_eq!(
            (
                austin.zip.as_str(),
                austin.city.as_str(),
                austin.state.as_deref()
            ),
            ("78701-0001", "Austin", Some("TX"))
        );
        for text in [
            "",
            "København",
            "2100",
            "12 34",
            "Hauptstr. 5, 80331 München",
        ] {
            assert_eq!(split_zip_city(text), None, "{text:?}");
        }
    }
}
