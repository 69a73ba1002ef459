//! A table's headers as one short text, under which its mapping is remembered.

use std::fmt;

use super::header::fold;

/// The set of a table's headers, whatever their order, case and punctuation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// As it is kept in files.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The fingerprint of a table with these headers.
pub fn fingerprint<'a>(headers: impl IntoIterator<Item = &'a str>) -> Fingerprint {
    let mut names: Vec<String> = headers.into_iter().map(fold).collect();
    names.sort_unstable();
    // Two independent 64-bit FNV-1a sums; it is kept in files, so it must not depend on a library's version.
    let sum = |start: u64| {
        names
            .iter()
            .flat_map(|name| name.bytes().chain([0x1f]))
            .fold(start, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            })
    };
    Fingerprint(format!(
        "{:016x}{:016x}",
        sum(0xcbf2_9ce4_8422_2325),
        sum(0x8422_2325_cbf2_9ce4)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_case_do_not_matter_but_names_do() {
        let one = fingerprint(["Fakturanr.", "Beløb"]);
        assert_eq!(one, fingerprint(["BELØB", "fakturanr"]));
        assert_ne!(one, fingerprint(["Fakturanr.", "Beløb", "Beløb"]));
        assert_ne!(one, fingerprint(["Fakturanr.", "Saldo"]));
        assert_eq!(
            one.as_str(),
            "c453d8730794891779b5d41d83d45c66",
            "kept mappings are found by this text"
        );
    }
}
