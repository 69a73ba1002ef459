//! E-mail addresses and telephone numbers: shape only, since whether they reach anyone cannot be known offline.

/// Why a text is not one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    #[error("not an e-mail address")]
    NotAnAddress,
    #[error("more than one e-mail address")]
    Several,
}

/// Reads an address, also as `mailto:` or `Name <address>`.
///
/// # Errors
/// See [`EmailFault`].
pub fn read_email(text: &str) -> Result<String, EmailFault> {
    let text = text.trim().trim_end_matches([';', ',']);
    let text = match (text.find('<'), text.strip_suffix('>')) {
        (Some(start), Some(inner)) => &inner[start + 1..],
        _ => text,
    };
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    if text.matches('@').count() > 1 && text.contains([';', ',', ' ', '/']) {
        return Err(EmailFault::Several);
    }
    let (local, domain) = text.split_once('@').ok_or(EmailFault::NotAnAddress)?;
    let odd = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "@,;:<>()[]\"\\".contains(letter)
    };
    let labels = domain
        .split('.')
        .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let fine = !local.is_empty()
        && text.len() <= 320
        && !local.contains(odd)
        && !domain.contains(odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.contains('.')
        && labels;
    fine.then(|| text.to_owned())
        .ok_or(EmailFault::NotAnAddress)
}

/// Reads a number of five to twenty digits with the signs people put between them; it is kept as written.
pub fn read_phone(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\'');
    let text = text.strip_prefix("tel:").unwrap_or(text).trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // An extension may follow: ext. 12, x12, lok. 3.
    let number = text
        .find(|letter: char| letter.is_alphabetic())
        .map_or(text, |start| &text[..start]);
    let fine = (5..=20).contains(&digits)
        && text.len() <= 50
        && number.bytes().filter(u8::is_ascii_digit).count() >= 5
        && number.chars().all(|letter| {
            letter.is_ascii_digit() || letter.is_whitespace() || "+-–()/.,".contains(letter)
        })
        && !is_shortened(text);
    fine.then(|| text.to_owned())
}

/// `4.5E+09`: a spreadsheet took the number for a quantity.
fn is_shortened(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("e+") || text.contains("e-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_slips_refused() {
        for text in [
            "a@b.dk",
            " a.b+c@mail.example.com ",
            "mailto:a@b.dk",
            "Anna Holm <a@b.dk>",
            "søren@ærø.dk",
            "a@b.dk;",
        ] {
            assert!(read_email(text).is_ok(), "{text:?}");
        }
        for text in [
            "", "a", "a@", "@b.dk", "a@b", "a b@c.dk", "a@b..dk", "a@@b.dk", "a@-b.dk",
        ] {
            assert_eq!(read_email(text), Err(EmailFault::NotAnAddress), "{text:?}");
        }
        assert_eq!(read_email("a@b.dk; c@d.dk"), Err(EmailFault::Several));
    }

    #[test]
    fn numbers_are_kept_as_written() {
        for text in [
            "+45 12 34 56 78",
            "0049(30)123-456",
            "12345678",
            "030/1234567",
            "+1 555 123 4567 ext. 12",
        ] {
            assert_eq!(read_phone(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "1234",
            "4.512345E+09",
            "none",
            "see 12345 67",
            "123456789012345678901",
        ] {
            assert_eq!(read_phone(text), None, "{text:?}");
        }
    }
}
