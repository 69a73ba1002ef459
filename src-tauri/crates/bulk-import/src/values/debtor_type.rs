//! Company or private person, in the words of the languages that exports are written in.

use receivables::DebtorType;

use super::fold;

#[rustfmt::skip]
const COMPANY: &[&str] = &[
    "company", "business", "b2b", "corporate", "corporation", "organisation", "organization", "commercial",
    "legal entity", "legal person", "trade", "firma", "selskab", "virksomhed", "erhverv", "erhvervskunde",
    "juridisk person", "foretag", "bolag", "foretagskund", "naringsidkare", "foretak", "bedrift", "selskap",
    "naering", "bedriftskunde", "firmakunde", "unternehmen", "geschaftskunde", "geschaeftskunde", "firmenkunde",
    "gewerbe", "gewerblich", "gewerbekunde", "gesellschaft", "juristische person", "kaufmann", "bedrijf", "zakelijk",
    "onderneming", "rechtspersoon", "entreprise", "societe", "professionnel", "personne morale", "empresa",
    "sociedad", "persona juridica", "sociedade", "pessoa coletiva", "pessoa juridica", "azienda", "societa",
    "impresa", "persona giuridica", "yritys", "yhtio", "yritysasiakas", "oikeushenkilo", "przedsiebiorstwo", "spolka",
    "osoba prawna", "spolecnost", "podnik", "pravnicka osoba", "podnikatel", "ceg", "vallalkozas", "jogi szemely",
];

#[rustfmt::skip]
const PRIVATE: &[&str] = &[
    "private", "person", "individual", "consumer", "b2c", "private person", "private individual", "natural person",
    "personal", "privat", "privatperson", "privatkunde", "forbruger", "fysisk person", "privatkund", "konsument",
    "forbruker", "privatkunden", "verbraucher", "naturliche person", "natuerliche person", "privatkundin",
    "particulier", "consument", "natuurlijk persoon", "prive", "persoon", "personne physique", "consommateur",
    "particular", "persona fisica", "consumidor", "individuo", "pessoa singular", "pessoa fisica", "privato",
    "consumatore", "henkilo", "yksityishenkilo", "yksityinen", "yksityisasiakas", "kuluttaja", "luonnollinen henkilo",
    "osoba fizyczna", "osoba prywatna", "prywatny", "prywatna", "fyzicka osoba", "soukroma osoba", "spotrebitel",
    "soukromy", "maganszemely", "termeszetes szemely", "fogyaszto", "magan",
];

/// Reads a word for one of the two; other words, and single letters, mean nothing here.
pub fn read_debtor_type(text: &str) -> Option<DebtorType> {
    let word = fold(text);
    let word = word.trim_end_matches('.');
    if COMPANY.contains(&word) {
        Some(DebtorType::Company)
    } else if PRIVATE.contains(&word) {
        Some(DebtorType::Private)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_read_and_nothing_else() {
        for text in [
            "Company",
            "VIRKSOMHED",
            "Företag",
            "Geschäftskunde",
            "société",
            "Spółka",
            "cég",
        ] {
            assert_eq!(
                read_debtor_type(text),
                Some(DebtorType::Company),
                "{text:?}"
            );
        }
        for text in [
            "Private",
            "person",
            "Privatperson",
            "Verbraucher",
            "Particulier",
            "yksityishenkilö",
            "Osoba fizyczna",
            "magánszemély",
        ] {
            assert_eq!(
                read_debtor_type(text),
                Some(DebtorType::Private),
                "{text:?}"
            );
        }
        for text in ["", "C", "P", "1", "Kunde", "Customer"] {
            assert_eq!(read_debtor_type(text), None, "{text:?}");
        }
        assert!(
            COMPANY
                .iter()
                .chain(PRIVATE)
                .all(|word| fold(word) == *word),
            "words are compared folded"
        );
        assert!(!COMPANY.iter().any(|word| PRIVATE.contains(word)));
    }
}
