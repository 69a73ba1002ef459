//! What a cell says: read exactly, asked about, or named as unreadable.

use desk::FailureCode;
use desk::wire::*;
use receivables::{Field, State};
use sandbox::Options;

use crate::at_work::{AtWork, by};
use crate::importing::{WHOLE, chosen, mapped, read, rows};

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_read_two_ways_are_asked_about_once_and_never_guessed() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Invoice date,Due date,Amount due,Currency\n\
        A1,Acme Ltd,03/04/2026,04/05/2026,10.00,EUR\n\
        A2,Bolt Ltd,05/04/2026,06/05/2026,20.00,EUR\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    assert_eq!(opened.questions, [2, 3]);
    let refused = work
        .call::<Started>("read_rows", by(&opened.id))
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::ImportQuestion);

    let mut plan = opened.plan.clone();
    let format = plan.columns[2].format.as_mut().unwrap();
    let choice = format.question.as_ref().unwrap().choices.iter();
    let month_first = choice
        .clone()
        .find(|choice| choice.meaning == "2026-03-04")
        .expect("both readings are offered");
    format.date_order = month_first.date_order;
    let change = ChangeMapping {
        id: opened.id.clone(),
        plan,
    };
    let answered: ImportView = work.call("change_mapping", change).await.unwrap();
    assert_eq!(answered.questions, [] as [u32; 0], "one answer serves both");
    let checked = read(&work, &opened.id).await;
    let dates: Vec<_> = rows(&work, &checked)
        .await
        .into_iter()
        .map(|row| (row.case_date.unwrap(), row.due_date.unwrap()))
        .collect();
    assert_eq!(
        dates,
        [
            ("2026-03-04".to_owned(), "2026-04-05".to_owned()),
            ("2026-05-04".to_owned(), "2026-06-05".to_owned())
        ]
    );

    // The next file with these headers is read alike, and says why.
    let next = chosen(&work, "ledger-2.csv", file.replace("A1", "B1").as_bytes())
        .await
        .unwrap();
    assert_eq!(next.questions, [] as [u32; 0]);
    assert!(next.remembered.is_some());
    let evidence = &next.plan.columns[2].format.as_ref().unwrap().evidence;
    assert!(
        evidence.starts_with("As in your import of"),
        "an answer taken from memory is said: {evidence}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_exact_or_named_as_unreadable() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no;Customer;Invoice date;Amount due;Currency\n\
        A1;Acme Ltd;2026-04-03;1.234,50;EUR\n\
        A2;Acme Ltd;2026-04-03;(55,00);EUR\n\
        A3;Acme Ltd;2026-04-03;-12,00;EUR\n\
        A4;Acme Ltd;2026-04-03;1 234;JPY\n\
        A5;Acme Ltd;2026-04-03;10,5;JPY\n\
        A6;Acme Ltd;2026-04-03;$ 10,00;EUR\n\
        A7;Acme Ltd;2026-04-03;1.234.567,891;KWD\n\
        A8;Acme Ltd;2026-04-03;77,10;Taler\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    let checked = read(&work, &opened.id).await;
    let rows = rows(&work, &checked).await;
    let read: Vec<Option<(String, String)>> = rows
        .iter()
        .map(|row| {
            let amount = row.amount.clone()?;
            Some((amount.value, amount.currency))
        })
        .collect();
    let is = |value: &str, currency: &str| Some((value.to_owned(), currency.to_owned()));
    assert_eq!(
        read,
        [
            is("1234.50", "EUR"),
            None,
            None,
            is("1234", "JPY"),
            None,
            None,
            is("1234567.891", "KWD"),
            None
        ]
    );
    for row in &rows {
        let doubtful = row
            .problems
            .iter()
            .any(|problem| problem.code.name() == "value_unreadable");
        assert_eq!(
            doubtful,
            row.amount.is_none(),
            "{}: what is not read is said: {:?}",
            row.reference.as_deref().unwrap_or_default(),
            row.problems
        );
        assert_ne!(row.state, State::Ready);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_in_doubt_is_never_ready() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Address,City,Country,Invoice date,Due date,Amount due,Currency,Type\n\
        A1,Acme Ltd,Main Street 1,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n\
        A2,Bolt, Ltd,High Street 2,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n\
        A3,\"Core\" Ltd,Low Street 3,Leeds,GB,2026-04-03,2026-04-13,10.00,GBP,company\n";
    let opened = chosen(&work, "ledger.csv", file.as_bytes()).await.unwrap();
    mapped(&work, &opened, &WHOLE).await;
    let checked = read(&work, &opened.id).await;
    let query = InvoiceQuery {
        connection: checked.connection.clone(),
        ..InvoiceQuery::default()
    };
    let page = work.invoices(query).await;
    let ready: Vec<_> = page
        .rows
        .iter()
        .filter(|row| row.state == State::Ready)
        .map(|row| row.reference.as_deref())
        .collect();
    assert_eq!(ready, [Some("A1")], "{:#?}", page.rows);
    assert_eq!(page.total, 3, "the others are listed with the reason");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_column_are_given_a_meaning_in_bulk() {
    let work = AtWork::connected(Options::default()).await;
    let file = "Invoice no,Customer,Invoice date,Amount due,Currency,Country\n\
        A1,Acme,2026-04-03,10.00,EUR,Tyskland\n\
        A2,Bolt,2026-04-03,10.00,EUR,Ruritania\n\
        A3,Core,2026-04-03,10.00,EUR,Ruritania\n";
    let opened = chosen(&work, "a.csv", file.as_bytes()).await.unwrap();
    let values = ColumnValues {
        id: opened.id.clone(),
        column: 5,
    };
    let found: DistinctValues = work.call("column_values", values.clone()).await.unwrap();
    assert_eq!(
        (found.values[0].text.as_str(), found.values[0].count),
        ("Ruritania", 2)
    );
    assert!(found.values[0].problem.is_some());
    assert_eq!(found.values[1].value.as_deref(), Some("DE"));
    let mut plan = opened.plan.clone();
    let meaning = [("Ruritania".to_owned(), "RO".to_owned())];
    plan.values.insert(Field::DebtorCountry, meaning.into());
    let change = ChangeMapping {
        id: opened.id.clone(),
        plan,
    };
    let _: ImportView = work.call("change_mapping", change).await.unwrap();
    let found: DistinctValues = work.call("column_values", values).await.unwrap();
    assert_eq!(found.values[0].value.as_deref(), Some("RO"));
}
