use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = [
    "Freeman Sporting Goods",
    "Sasha Tillou",
    "Nordlys Møbler ApS",
];

/// `street | city | zip | state | country`, blank where blank.
fn reading(lines: &[&str], home: &str) -> String {
    let place = read_lines(lines, &NAMES, Country::from_alpha2(home));
    place
        .parts()
        .map(|part| part.as_deref().unwrap_or_default())
        .join(" | ")
}

#[test]
fn lines_as_they_are_written_in_each_country() {
    for (home, lines, expected) in [
        // As in Intuit's own sample company: contact, company, street, town with two spaces.
        (
            "US",
            [
                "Sasha Tillou",
                "Freeman Sporting Goods",
                "370 Easy St.",
                "Middlefield, CA  94482",
            ]
            .as_slice(),
            "370 Easy St. | Middlefield | 94482 | CA | ",
        ),
        (
            "DK",
            &[
                "Freeman Sporting Goods",
                "370 Easy St.",
                "Middlefield, CA  94482",
            ],
            "370 Easy St. | Middlefield | 94482 | CA | US",
        ),
        (
            "US",
            &["1 Main St", "Suite 200", "New York NY 10001-1234"],
            "1 Main St, Suite 200 | New York | 10001-1234 | NY | ",
        ),
        (
            "US",
            &["12 Rue Way", "Portland, Oregon 97201", "USA"],
            "12 Rue Way | Portland | 97201 | Oregon | US",
        ),
        (
            "US",
            &["1 Main Street", "San Francisco,   94103", "United States"],
            "1 Main Street | San Francisco | 94103 |  | US",
        ),
        (
            "US",
            &["1 Main Street", "Reno, NV"],
            "1 Main Street | Reno |  | NV | ",
        ),
        (
            "DK",
            &[
                "Nordlys Møbler ApS",
                "Vesterbrogade 12, 2. th",
                "1620  København V",
            ],
            "Vesterbrogade 12, 2. th | København V | 1620 |  | ",
        ),
        (
            "DK",
            &[
                "NORDLYS  MØBLER APS",
                "Havnegade 3",
                "8000 Aarhus C",
                "Danmark",
            ],
            "Havnegade 3 | Aarhus C | 8000 |  | DK",
        ),
        (
            "DK",
            &["Hauptstraße 5", "D-10115 Berlin", "Germany"],
            "Hauptstraße 5 | Berlin | 10115 |  | DE",
        ),
        (
            "DK",
            &["Am Markt", "20095 Hamburg", "Deutschland"],
            " | Hamburg | 20095 |  | DE",
        ),
        (
            "DK",
            &["Storgatan 51", "111 22 Stockholm", "Sweden"],
            "Storgatan 51 | Stockholm | 111 22 |  | SE",
        ),
        (
            "DK",
            &["Keizersgracht 1", "1012 AB Amsterdam", "Netherlands"],
            "Keizersgracht 1 | Amsterdam | 1012 AB |  | NL",
        ),
        (
            "GB",
            &["10 Downing Street", "London  SW1A 2AA"],
            "10 Downing Street | London | SW1A 2AA |  | ",
        ),
        (
            "DK",
            &["10 Downing Street", "London", "SW1A 2AA", "UK"],
            "10 Downing Street | London | SW1A 2AA |  | GB",
        ),
        (
            "DK",
            &["10 Downing Street", "London SW1A 2AA"],
            "10 Downing Street | London | SW1A 2AA |  | GB",
        ),
        (
            "DK",
            &["4 Quay Street", "Galway", "Ireland"],
            "4 Quay Street | Galway |  |  | IE",
        ),
        (
            "DK",
            &["1 O'Connell St", "Dublin 1  D01 F5P2", "Ireland"],
            "1 O'Connell St | Dublin 1 | D01 F5P2 |  | IE",
        ),
        (
            "DK",
            &["12 Rue de Rivoli", "75001 Paris", "France"],
            "12 Rue de Rivoli | Paris | 75001 |  | FR",
        ),
        (
            "DK",
            &["Via Roma 1", "00184 Roma (RM)", "Italia"],
            "Via Roma 1 | Roma | 00184 | RM | IT",
        ),
        (
            "DK",
            &["Bahnhofstrasse 1", "9000 St. Gallen", "Schweiz"],
            "Bahnhofstrasse 1 | St. Gallen | 9000 |  | CH",
        ),
        (
            "DK",
            &["1 Yonge St", "Toronto, ON  M5V 2T6", "Canada"],
            "1 Yonge St | Toronto | M5V 2T6 | ON | CA",
        ),
        (
            "DK",
            &["1 George St", "Sydney NSW 2000", "Australia"],
            "1 George St | Sydney | 2000 | NSW | AU",
        ),
        (
            "DK",
            &["1 Queen Street", "Auckland 1010", "New Zealand"],
            "1 Queen Street | Auckland | 1010 |  | NZ",
        ),
        (
            "DK",
            &["丸の内一丁目9番1号", "100-0005 千代田区", "Japan"],
            "丸の内一丁目9番1号 | 千代田区 | 100-0005 |  | JP",
        ),
        // All on one line.
        (
            "DK",
            &["Vesterbrogade 12, 1620 København V, Danmark"],
            "Vesterbrogade 12 | København V | 1620 |  | DK",
        ),
        (
            "US",
            &["370 Easy St., Middlefield, CA 94482"],
            "370 Easy St. | Middlefield | 94482 | CA | ",
        ),
        (
            "US",
            &["65 Ocean Dr. Half Moon Bay, CA 94213"],
            "65 Ocean Dr. | Half Moon Bay | 94213 | CA | ",
        ),
        // Whom to ask for is not the debtor, and a job's name may look like a street.
        (
            "US",
            &[
                "Kathy Poulsen",
                "Freeman Sporting Goods",
                "38921 S. Boise Ave",
                "Middlefield, CA  94304",
            ],
            "38921 S. Boise Ave | Middlefield | 94304 | CA | ",
        ),
        (
            "US",
            &[
                "0969 Ocean View Road",
                "370 Easy St.",
                "Middlefield, CA  94482",
            ],
            " | Middlefield | 94482 | CA | ",
        ),
        // Line breaks inside a field, whom to ask for, a telephone number.
        (
            "DK",
            &[
                "Havnegade 3\n8000 Aarhus C",
                "Att: Mette",
                "Tlf. 12 34 56 78",
            ],
            "Havnegade 3 | Aarhus C | 8000 |  | ",
        ),
        (
            "DK",
            &["Hal 4, Bygning B", "Havnegade 3", "8000 Aarhus C"],
            "Hal 4, Bygning B, Havnegade 3 | Aarhus C | 8000 |  | ",
        ),
        (
            "DK",
            &["Mette Kjær", "Havnegade 3", "8000 Aarhus C"],
            "Havnegade 3 | Aarhus C | 8000 |  | ",
        ),
        // Parts only.
        ("DK", &["Gade 1", "2200"], "Gade 1 |  | 2200 |  | "),
        (
            "DK",
            &["Gade 1", "København N"],
            "Gade 1 | København N |  |  | ",
        ),
        ("DK", &["2200 København N"], " | København N | 2200 |  | "),
        ("DK", &["Gade 1"], "Gade 1 |  |  |  | "),
    ] {
        assert_eq!(reading(lines, home), expected, "{lines:?}");
    }
}

#[test]
fn what_is_not_certain_stays_blank() {
    for (home, lines) in [
        ("DK", ["Nordlys Møbler ApS"].as_slice()),
        ("DK", &["Somebody Else"]),
        ("DK", &["København N"]),
        ("DK", &["Germany"]),
        // Two towns that some language has a country for.
        ("DK", &["Calle Real 5", "Granada"]),
        ("DK", &["Gade 1", "Danmark"]),
        ("DK", &["Plan B", "Second Thoughts"]),
        // A house number that could be a postal code, where nothing says which country.
        ("", &["1500 Broadway"]),
        ("", &["Nordlys Møbler ApS", "2200 København N"]),
        ("FR", &["10000 Troyes"]),
        ("DK", &["1000 Main Street"]),
        ("DK", &["call before 12:00"]),
        ("DK", &["see contract"]),
        ("US", &["1 Main St 94103"]),
        ("US", &["12 Second Thoughts, CA 94213"]),
    ] {
        let read = reading(lines, home);
        let harmless = read == " |  |  |  | " || read == "1000 Main Street |  |  |  | ";
        assert!(harmless, "{lines:?} became {read:?}");
    }
    // Town or country? And no country has such postal codes.
    assert_eq!(
        reading(&["Kim Il Sung Square 1", "Pyongyang", "Narnia"], "DK")
            .split(" | ")
            .nth(1),
        Some("")
    );
    assert_eq!(
        reading(&["Gade 1", "12345678 Ingensteder"], "DK"),
        " |  |  |  | "
    );
}

proptest! {
    #[test]
    fn any_lines_can_be_read(lines in prop::collection::vec(".{0,30}", 0..6), home in "DK|US|GB|FR|") {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let place = read_lines(&lines, &NAMES, Country::from_alpha2(&home));
        // Nothing is invented: every part was written, but for countries.
        let written = lines.join(" ").split_whitespace().collect::<String>();
        for part in [place.street, place.city, place.zip, place.state].into_iter().flatten() {
            let part: String = part.replace(", ", "").split_whitespace().collect();
            prop_assert!(written.replace(',', "").contains(&part.replace(',', "")), "{part:?} is not in {lines:?}");
        }
    }

    /// Names above and spaces between do not change what is read.
    #[test]
    fn names_do_not_matter(name in prop::sample::select(&NAMES[..]), number in 1_u32..200, zip in 1000_u32..9990) {
        let street = format!("Havnegade {number}");
        let town = format!("{zip}   Odense C");
        let with = reading(&[name, &street, &town], "DK");
        prop_assert_eq!(&with, &reading(&[&street, &town], "DK"));
        prop_assert_eq!(with, format!("Havnegade {number} | Odense C | {zip} |  | "));
    }
}
