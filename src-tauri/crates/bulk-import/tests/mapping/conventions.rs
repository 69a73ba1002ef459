//! Where two columns could mean the same field, which one is taken.

use super::{field_of, proposed};

/// The column that must get the field, and those that must not.
fn prefers(table: &str, field: &str, taken: &str, left: &[&str]) {
    let proposed = proposed(table);
    assert_eq!(
        field_of(&proposed, taken),
        field,
        "‹{taken}› should be {field}; {proposed:#?}"
    );
    for name in left {
        assert_ne!(
            field_of(&proposed, name),
            field,
            "‹{name}› must yield {field} to ‹{taken}›"
        );
    }
}

#[test]
fn the_number_the_debtor_knows_before_customer_and_order_numbers() {
    prefers(
        "Kundenr.|Ordrenr.|Fakturanr.|Kundenavn|Fakturadato|Beløb
         1004|SO-5501|20311|Holm Byg ApS|03-04-2026|1.250,00
         1017|SO-5510|20312|Skov A/S|05-04-2026|840,50
         1004|SO-5512|20313|Holm Byg ApS|09-04-2026|12.000,00",
        "creditor_reference",
        "Fakturanr.",
        &["Kundenr.", "Ordrenr."],
    );
}

#[test]
fn the_open_amount_before_the_total_and_never_the_net() {
    let german = "Rechnungsnummer|Kunde|Rechnungsdatum|Netto|USt.|Brutto|Offener Betrag
         RE-1001|Krüger Bau GmbH|01.03.2026|1.000,00|190,00|1.190,00|690,00
         RE-1002|Vogt e.K.|02.03.2026|200,00|38,00|238,00|238,00
         RE-1003|Seidel AG|09.03.2026|50,00|9,50|59,50|59,50";
    prefers(
        german,
        "amount",
        "Offener Betrag",
        &["Netto", "USt.", "Brutto"],
    );
    let without_open = "Invoice Number|Customer Name|Invoice Date|Net|VAT|Gross
         INV-1|Fletcher Ltd|01/03/2026|100.00|20.00|120.00
         INV-2|Barker LLP|02/03/2026|50.00|10.00|60.00";
    prefers(without_open, "amount", "Gross", &["Net", "VAT"]);
    // A credit in brackets is an amount like the others.
    let with_marks = "Invoice Number|Customer|Invoice Date|Due Date|Total|Amount Due
         INV-0101|John Smith|01/03/2026|15/03/2026|£1,200.00|£1,200.00
         INV-0102|Siân O'Neill|02/03/2026|16/03/2026|£450.50|£225.25
         INV-0103|Mary Ann Jones|03/03/2026|17/03/2026|£89.99|£89.99
         INV-0104|Zoë Ng|04/03/2026|18/03/2026|£300.00|(£300.00)";
    prefers(with_marks, "amount", "Amount Due", &["Total"]);
}

#[test]
fn the_billed_party_before_shipping_and_seller() {
    let table = "Number|Seller|Seller address|Billing Name|Billing Street|Billing City|Billing Zip|Shipping Name|Shipping Street|Shipping City|Shipping Zip|Total
         1001|Nordwerk AB|Storgatan 1|Walker Ltd|12 Mill Road|Leeds|LS1 4AB|Walker Depot|3 Dock Lane|Hull|HU2 8AA|120.00
         1002|Nordwerk AB|Storgatan 1|Shah & Sons|99 High Street|Derby|DE1 2AB|Shah & Sons|99 High Street|Derby|DE1 2AB|64.20";
    prefers(
        table,
        "debtor_name",
        "Billing Name",
        &["Seller", "Shipping Name"],
    );
    prefers(
        table,
        "debtor_address",
        "Billing Street",
        &["Shipping Street", "Seller address"],
    );
    prefers(table, "debtor_city", "Billing City", &["Shipping City"]);
    prefers(table, "debtor_zip", "Billing Zip", &["Shipping Zip"]);
}

#[test]
fn the_register_number_before_the_vat_number() {
    for (register, tax, one, other) in [
        (
            "CVR-nr.",
            "Momsnr.",
            "28112233|DK28112233",
            "31556677|DK31556677",
        ),
        (
            "KvK-nummer",
            "Btw-nummer",
            "28112233|NL812233445B01",
            "31556677|NL855667788B01",
        ),
        (
            "SIREN",
            "N° TVA intracommunautaire",
            "812233445|FR40812233445",
            "855667788|FR61855667788",
        ),
        (
            "Handelsregister",
            "USt-IdNr.",
            "HRB 11223|DE812233445",
            "HRB 55667|DE855667788",
        ),
        ("IČO", "DIČ", "28112233|CZ28112233", "31556677|CZ31556677"),
        (
            "Cégjegyzékszám",
            "Adószám",
            "01-09-112233|28112233-2-42",
            "13-09-556677|31556677-2-13",
        ),
        (
            "Organisasjonsnummer",
            "MVA-nr",
            "912233445|NO912233445MVA",
            "955667788|NO955667788MVA",
        ),
    ] {
        let table = format!(
            "Name|{register}|{tax}|E-mail
             Alfa GmbH|{one}|info@alfa.example
             Beta AS|{other}|info@beta.example"
        );
        prefers(&table, "company_registration_number", register, &[tax]);
    }
}

#[test]
fn the_first_address_line() {
    prefers(
        "Customer|Address line 1|Address line 2|City|Postcode
         Walker Ltd|12 Mill Road|Unit 4|Leeds|LS1 4AB
         Shah & Sons|99 High Street||Derby|DE1 2AB",
        "debtor_address",
        "Address line 1",
        &["Address line 2"],
    );
}

#[test]
fn the_invoice_date_before_booking_and_period_and_the_due_date_before_reminders() {
    let table = "Belegnr.|Kunde|Buchungsdatum|Belegdatum|Fälligkeitsdatum|Letzte Mahnung|Saldo
         8801|Krüger Bau GmbH|04.03.2026|01.03.2026|15.03.2026|30.03.2026|119,00
         8802|Vogt e.K.|04.03.2026|03.03.2026|17.03.2026||238,00
         8803|Seidel AG|11.03.2026|09.03.2026|23.03.2026|08.04.2026|59,50";
    prefers(
        table,
        "case_date",
        "Belegdatum",
        &["Buchungsdatum", "Letzte Mahnung"],
    );
    prefers(
        table,
        "due_date",
        "Fälligkeitsdatum",
        &["Letzte Mahnung", "Buchungsdatum"],
    );
}

#[test]
fn first_and_last_name_share_the_name_and_street_and_house_number_the_address() {
    let proposed = proposed(
        "Voornaam|Achternaam|Straat|Huisnummer|Postcode|Woonplaats|Factuurnummer|Openstaand bedrag
         Sanne|de Vries|Kerkstraat|12|1234 AB|Zwolle|F-1001|120,00
         Ruben|Bakker|Molenweg|8a|4321 ZX|Breda|F-1002|64,20",
    );
    for (name, field) in [
        ("Voornaam", "debtor_name"),
        ("Achternaam", "debtor_name"),
        ("Straat", "debtor_address"),
        ("Huisnummer", "debtor_address"),
        ("Woonplaats", "debtor_city"),
        ("Factuurnummer", "creditor_reference"),
        ("Openstaand bedrag", "amount"),
    ] {
        assert_eq!(field_of(&proposed, name), field, "{name}; {proposed:#?}");
    }
}

#[test]
fn untidy_values_hide_no_field() {
    // One remark among three amounts.
    prefers(
        "Invoice Number|Customer Name|Invoice Date|Due Date|Amount Due|Currency
         1001|Acme Ltd|2026-04-03|2026-05-03|100.00|GBP
         1002|Bolt Ltd|2026-04-04|2026-05-04|see note|GBP
         1003|Core Ltd|2026-04-05|2026-05-05|250.00|GBP",
        "amount",
        "Amount Due",
        &[],
    );
    let danish = "Faktura|Navn|Type|Gade|Postnr|By|Dato|Forfald|Beløb|Restbeløb
         301|Jonas Ravn|Privat|Elmevej 4|4000|Roskilde|03-04-2026|17-04-2026|kr. 1.234,00|kr. 1.234,00
         302|Nordlys ApS|Erhverv|Havnen 9|9900|Frederikshavn|04-04-2026|18-04-2026|kr. 980,50|kr. 480,50
         303|Aya Petersen|Privat|Skolegade 88, 3. th|6700|Esbjerg|08-04-2026|22-04-2026|kr. -200,00|kr. -200,00";
    prefers(danish, "amount", "Restbeløb", &["Beløb"]);
    prefers(danish, "debtor_type", "Type", &[]);
    let german = "Beleg|Kunde|Typ|Belegdatum|Fällig|Betrag|Offen|Währung|Bemerkung
         RE-2026-17|Yasemin Öztürk|Firma|03.04.2026|17.04.2026|1.234,00 €|1.234,00 €|€|n/a
         RE-2026-18|Falk & Partner GmbH|Firma|05.04.2026|19.04.2026|200,00 €|100,00 €|€|Ratenzahlung
         RE-2026-19|Lutz Wendel|Firma|07.04.2026|21.04.2026|-50,00 €|-50,00 €|€|n/a";
    prefers(german, "amount", "Offen", &["Betrag"]);
    prefers(german, "currency", "Währung", &[]);
    prefers(german, "debtor_type", "Typ", &[]);
}

#[test]
fn the_word_invoice_under_type_is_no_kind_of_debtor() {
    let table = proposed(
        "Type|Invoice No|Customer|Date|Total
         Invoice|1001|Acme Ltd|2026-04-03|100.00
         Invoice|1002|Company A|2026-04-04|120.00
         Credit note|1003|Core Ltd|2026-04-05|-20.00",
    );
    assert_eq!(field_of(&table, "Type"), "-", "it is a kind of document");
}
