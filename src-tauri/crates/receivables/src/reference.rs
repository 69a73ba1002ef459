//! Creditor references: the invoice numbers by which creditor, debtor and Debitura speak of the same claim.

use unicode_normalization::UnicodeNormalization;

/// Trims, composes and turns the look-alike hyphens that word processors and Debitura's own samples use (U+2010 to
/// U+2015, U+2212) into plain ones. What is sent and what is searched for are both in this form.
pub fn normalise_reference(text: &str) -> String {
    text.trim()
        .nfc()
        .map(|character| match character {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
            other => other,
        })
        .collect()
}

/// Whether two references would be one to a person, and may be one to Debitura: whether its rule minds letter case is
/// not published, so we assume the stricter.
pub fn same_reference(a: &str, b: &str) -> bool {
    normalise_reference(a).to_lowercase() == normalise_reference(b).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_one_reference() {
        assert!(same_reference("INV\u{2011}0042 ", "inv-0042"));
        assert!(!same_reference("INV-0042", "INV-0043"));
    }
}
