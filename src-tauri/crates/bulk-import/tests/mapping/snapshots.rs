//! Whole tables of systems that are not among those learned from, column by column.

use super::proposed;

fn read(table: &str) -> String {
    proposed(table)
        .into_iter()
        .map(|(name, suggestion)| {
            let field = suggestion
                .field
                .map_or("-".to_owned(), |field| field.to_string());
            format!("{name}: {field}\n")
        })
        .collect()
}

#[test]
fn a_danish_list_of_receivables() {
    let read = read(
        "Debitornr|Debitor|Adresse|Postnr.|By|CVR|Faktnr.|Fakt. dato|Forf.dato|Møntfod|Fakturabeløb|Udestående|Rykkere|Bemærkninger
         1004|Holm Byg ApS|Nørregade 12|8000|Aarhus C|28112233|20311|03-04-2026|17-04-2026|DKK|1.250,00|1.250,00|1|
         1017|Skov & Søn A/S|Skovvej 3B|7100|Vejle|31556677|20312|05-04-2026|19-04-2026|DKK|840,50|340,50|0|Aftalt afdrag
         1020|Mette Krogh|Havnegade 41, 2. tv|5000|Odense||20313|09-04-2026|23-04-2026|DKK|12.000,00|12.000,00|2|",
    );
    assert_eq!(
        read,
        "Debitornr: -\nDebitor: debtor_name\nAdresse: debtor_address\nPostnr.: debtor_zip\nBy: debtor_city\n\
         CVR: company_registration_number\nFaktnr.: creditor_reference\nFakt. dato: case_date\nForf.dato: due_date\n\
         Møntfod: currency\nFakturabeløb: -\nUdestående: amount\nRykkere: -\nBemærkninger: comments\n"
    );
}

#[test]
fn a_french_schedule() {
    let read = read(
        "Code tiers|Raison sociale|Rue|CP|Commune|N° de pièce|Date de la facture|Date d'échéance|Montant HT|Montant TTC|Reste dû|Devise
         C0012|Girard SARL|12 rue Pasteur|35000|Rennes|FA-2026-101|03/02/2026|05/03/2026|1000,00|1200,00|1200,00|EUR
         C0044|Moreau SAS|4 place de la Gare|21000|Dijon|FA-2026-102|07/02/2026|09/03/2026|250,00|300,00|100,00|EUR
         C0051|Perrin et Fils|88 avenue Jean Jaurès|49000|Angers|FA-2026-103|11/02/2026|13/03/2026|90,00|108,00|108,00|EUR",
    );
    assert_eq!(
        read,
        "Code tiers: -\nRaison sociale: debtor_name\nRue: debtor_address\nCP: debtor_zip\nCommune: debtor_city\n\
         N° de pièce: creditor_reference\nDate de la facture: case_date\nDate d'échéance: due_date\nMontant HT: -\n\
         Montant TTC: -\nReste dû: amount\nDevise: currency\n"
    );
}

#[test]
fn a_hungarian_list_and_a_polish_one() {
    let hungarian = read(
        "Számla sorszám|Vevő neve|Irányítószám|Város|Kiállítás kelte|Fizetési határidő|Bruttó összeg|Hátralék|Pénznem
         SZ-2026/101|Kovács Kft.|1117|Budapest|2026.02.03.|2026.02.18.|127 000|127 000|HUF
         SZ-2026/102|Balogh Bt.|6720|Szeged|2026.02.07.|2026.02.22.|63 500|13 500|HUF",
    );
    assert_eq!(
        hungarian,
        "Számla sorszám: creditor_reference\nVevő neve: debtor_name\nIrányítószám: debtor_zip\nVáros: debtor_city\n\
         Kiállítás kelte: case_date\nFizetési határidő: due_date\nBruttó összeg: -\nHátralék: amount\nPénznem: currency\n"
    );
    let polish = read(
        "Lp.|Numer faktury|Kontrahent|NIP|Data wystawienia|Data sprzedaży|Termin płatności|Wartość brutto|Pozostało|Waluta
         1|FV/101/2026|Nowak Sp. z o.o.|8991122334|2026-02-03|2026-02-01|2026-02-17|1230,00|1230,00|PLN
         2|FV/102/2026|Dudek S.A.|7772233445|2026-02-07|2026-02-07|2026-02-21|615,00|115,00|PLN",
    );
    assert_eq!(
        polish,
        "Lp.: -\nNumer faktury: creditor_reference\nKontrahent: debtor_name\nNIP: company_registration_number\n\
         Data wystawienia: case_date\nData sprzedaży: -\nTermin płatności: due_date\nWartość brutto: -\n\
         Pozostało: amount\nWaluta: currency\n"
    );
}
