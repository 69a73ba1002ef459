//! The invoice as a PDF, behind a link that needs no key and does not live for ever.

use std::fmt::Write;

use super::Stripe;
use crate::company::{Customer, Invoice};
use crate::exchange::Reply;

const WHY: &str = "the link is outside the description";

pub(super) fn link(url: &str, page: &str, invoice: &str, links: u32, dead: bool) -> String {
    if page == "pdf" {
        let seal = if dead { 0 } else { links };
        return format!("{url}/pdf/{invoice}/{seal}");
    }
    format!("{url}/i/{invoice}?s=ap")
}

pub(super) fn answer(stripe: &Stripe, rest: &str) -> Reply {
    let (id, seal) = rest.split_once('/').unwrap_or((rest, ""));
    let page =
        "<html><head><title>Expired</title></head><body>This link has expired.</body></html>";
    if seal != stripe.links.to_string() {
        return Reply::bytes(404, "text/html; charset=utf-8", page, WHY);
    }
    for account in &stripe.accounts {
        if let Some(at) = account.books.position(id) {
            let invoice = &account.books.invoices[at];
            let customer = &account.books.customers[invoice.customer];
            let name = invoice
                .number
                .as_deref()
                .unwrap_or(id)
                .replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
            let file = format!("attachment; filename=\"Invoice-{name}.pdf\"");
            return Reply::bytes(
                200,
                "application/pdf",
                draw(&account.books.name, customer, invoice),
                WHY,
            )
            .header("content-disposition", file);
        }
    }
    Reply::bytes(404, "text/html; charset=utf-8", page, WHY)
}

/// One page of Helvetica, readable by any viewer and any text extractor.
pub(crate) fn draw(seller: &str, customer: &Customer, invoice: &Invoice) -> Vec<u8> {
    let day = |at: i64| {
        jiff::Timestamp::from_second(at)
            .map(|at| at.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default()
    };
    let address = customer.address.clone().unwrap_or_default();
    let decimals = match invoice.currency {
        "jpy" | "krw" | "xof" | "xaf" | "xpf" | "clp" | "vnd" => 0,
        "kwd" | "bhd" | "jod" | "omr" | "tnd" => 3,
        _ => 2,
    };
    let unit = 10_i64.pow(decimals as u32);
    let money = |minor: i64| match decimals {
        0 => format!("{minor} {}", invoice.currency.to_uppercase()),
        _ => format!(
            "{}.{:0decimals$} {}",
            minor / unit,
            minor % unit,
            invoice.currency.to_uppercase()
        ),
    };
    let town = [address.postal_code, address.city]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let lines = [
        (22, "Invoice".to_owned()),
        (11, seller.to_owned()),
        (11, String::new()),
        (
            11,
            format!(
                "Invoice number: {}",
                invoice.number.as_deref().unwrap_or("-")
            ),
        ),
        (
            11,
            format!(
                "Date of issue: {}",
                day(invoice.finalized.unwrap_or(invoice.created))
            ),
        ),
        (
            11,
            invoice.due.map_or_else(
                || "Due on receipt".into(),
                |due| format!("Date due: {}", day(due)),
            ),
        ),
        (11, String::new()),
        (11, "Bill to".to_owned()),
        (
            11,
            customer
                .name
                .clone()
                .unwrap_or_default()
                .chars()
                .take(90)
                .collect(),
        ),
        (11, address.line1.unwrap_or_default()),
        (11, town),
        (11, address.country.unwrap_or_default()),
        (11, String::new()),
        (11, format!("{}: {}", invoice.line, money(invoice.total))),
        (11, format!("Amount paid: {}", money(invoice.paid))),
        (11, format!("Amount due: {}", money(invoice.remaining()))),
    ];
    let mut text = b"BT 56 780 Td 18 TL ".to_vec();
    for (size, line) in lines {
        text.extend_from_slice(format!("/F1 {size} Tf (").as_bytes());
        text.extend(line.chars().flat_map(latin));
        text.extend_from_slice(b") Tj T* ");
    }
    text.extend_from_slice(b"ET");
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    let mut content = format!("<< /Length {} >>\nstream\n", text.len()).into_bytes();
    content.extend(text);
    content.extend_from_slice(b"\nendstream");
    objects.push(content);
    assemble(&objects)
}

fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let start = file.len();
    file.extend_from_slice(table.as_bytes());
    let size = objects.len() + 1;
    file.extend_from_slice(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    file
}

/// WinAnsi as far as it is Latin-1; the rest is a question mark. Brackets and backslashes are escaped.
fn latin(character: char) -> Vec<u8> {
    match character {
        '(' | ')' | '\\' => vec![b'\\', character as u8],
        ' '..='~' | '\u{a0}'..='\u{ff}' => vec![character as u32 as u8],
        _ => vec![b'?'],
    }
}
