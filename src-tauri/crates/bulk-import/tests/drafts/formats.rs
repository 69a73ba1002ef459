//! Whole columns decide how their values are written, or it is asked.

use bulk_import::plan::Format;
use bulk_import::values::{DateOrder, DecimalSign, Kind, survey};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use receivables::Field;

use crate::{codes, drafts, open, plan};

fn format_of(kind: Kind, values: &[&str]) -> Format {
    let rows: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(row, value)| format!("INV-{row}\tAcme\t{value}\n"))
        .collect();
    let table = open(format!("Invoice\tCustomer\tValue\n{}", rows.concat()));
    survey(&table, &[(2, kind)]).unwrap().pop().unwrap()
}

#[test]
fn one_day_beyond_twelve_decides_and_is_named() {
    let format = format_of(
        Kind::Date,
        &["03/04/2026", "05/04/2026", "13/04/2026", "07/05/2026"],
    );
    assert_eq!(format.date_order, Some(DateOrder::Dmy));
    assert_eq!(
        format.evidence,
        "13/04/2026 in row 4 can only be day first; 1 of 4 values decide it."
    );
    assert_eq!(format.question, None);
    let format = format_of(Kind::Date, &["03/04/2026", "04/13/2026"]);
    assert_eq!(format.date_order, Some(DateOrder::Mdy));
}

#[test]
fn dates_that_could_be_either_are_asked_about() {
    let format = format_of(Kind::Date, &["03/04/2026", "05/04/2026", "07/05/2026"]);
    assert_eq!(
        format.date_order, None,
        "a guess here is a wrong due date in a claim"
    );
    let question = format.question.unwrap();
    let meanings: Vec<&str> = question
        .choices
        .iter()
        .map(|choice| choice.meaning.as_str())
        .collect();
    assert_eq!(
        (question.value.as_str(), meanings),
        ("03/04/2026", vec!["2026-04-03", "2026-03-04"])
    );
    assert_eq!(
        format_of(Kind::Date, &["03-04-26", "05-04-26"])
            .question
            .unwrap()
            .choices
            .len(),
        3
    );
}

#[test]
fn dates_that_mean_one_day_whichever_way_are_not() {
    for values in [
        ["03/03/2026", "04/04/2026"],
        ["2026-04-03", "2026-04-04"],
        ["03.04.2026", "05.04.2026"],
        ["3 Apr 2026", "4 May 2026"],
    ] {
        let format = format_of(Kind::Date, &values);
        assert!(
            format.date_order.is_some() && format.question.is_none(),
            "{values:?}: {format:?}"
        );
    }
}

#[test]
fn contradicting_dates_are_listed_or_asked_about() {
    let format = format_of(Kind::Date, &["13/04/2026", "04/13/2026", "03/04/2026"]);
    assert_eq!(format.date_order, None);
    assert!(format.question.is_some());

    let mut values = vec!["13/04/2026"; 60];
    values.push("04/17/2026");
    let format = format_of(Kind::Date, &values);
    assert_eq!(format.date_order, Some(DateOrder::Dmy));
    assert_eq!(format.contradicting.len(), 1);
    assert_eq!(
        (
            format.contradicting[0].row,
            format.contradicting[0].value.as_str()
        ),
        (62, "04/17/2026")
    );
    assert!(
        format.evidence.contains("04/17/2026 in row 62"),
        "{}",
        format.evidence
    );
}

#[test]
fn days_counted_by_a_spreadsheet_are_recognised() {
    let format = format_of(Kind::Date, &["46115", "46120"]);
    assert_eq!(format.date_order, Some(DateOrder::Serial));
}

#[test]
fn decimal_signs_are_decided_by_the_column_or_asked_about() {
    let decimal = |values: &[&str]| format_of(Kind::Amount, values).decimal;
    assert_eq!(decimal(&["1.234", "99,95"]), Some(DecimalSign::Comma));
    assert_eq!(decimal(&["1,234", "99.95"]), Some(DecimalSign::Point));
    assert_eq!(decimal(&["1.234", "1.234.567"]), Some(DecimalSign::Comma));
    assert_eq!(decimal(&["100", "200"]), None);
    assert_eq!(format_of(Kind::Amount, &["100", "200"]).question, None);
    let format = format_of(Kind::Amount, &["1.234", "2.500", "100"]);
    let meanings: Vec<String> = format
        .question
        .unwrap()
        .choices
        .into_iter()
        .map(|choice| choice.meaning)
        .collect();
    assert_eq!(meanings, ["1234", "1.234"]);
    assert!(
        format_of(Kind::Amount, &["99,95", "99.95"])
            .question
            .is_some()
    );
}

#[test]
fn a_column_written_alike_may_decide_for_another() {
    let table = open(
        "Invoice;Date;Due;Net;Open\n1;03/04/2026;17/04/2026;1.234;99,95\n2;05/04/2026;19/04/2026;2.500;1,00\n",
    );
    let columns = [
        (1, Kind::Date),
        (2, Kind::Date),
        (3, Kind::Amount),
        (4, Kind::Amount),
    ];
    let formats = survey(&table, &columns).unwrap();
    assert_eq!(formats[0].date_order, Some(DateOrder::Dmy));
    assert!(
        formats[0]
            .evidence
            .starts_with("Written like “Due”, where: 17/04/2026"),
        "{}",
        formats[0].evidence
    );
    assert_eq!(formats[2].decimal, Some(DecimalSign::Comma));
    // Written otherwise, it decides nothing.
    let table = open("Invoice;Date;Due\n1;03/04/2026;17-04-2026\n2;05/04/2026;19-04-2026\n");
    let formats = survey(&table, &[(1, Kind::Date), (2, Kind::Date)]).unwrap();
    assert_eq!(formats[0].date_order, None);
    // Days that are the same either way decide nothing, for themselves or for another.
    let table = open("Invoice;Date;Due\n1;03/04/2026;05/05/2026\n2;05/04/2026;06/06/2026\n");
    let formats = survey(&table, &[(1, Kind::Date), (2, Kind::Date)]).unwrap();
    assert_eq!(formats[0].date_order, None, "{}", formats[0].evidence);
    assert!(formats[0].question.is_some(), "guessed instead of asked");
    assert_eq!(formats[1].question, None, "a question without a difference");
}

#[test]
fn what_was_asked_and_not_answered_is_a_problem_of_each_row() {
    let table = open("Invoice;Due;Amount\n1;03/04/2026;1.234\n2;05/04/2026;2.500\n");
    let mut plan = plan(
        &table,
        &[("Due", Field::DueDate), ("Amount", Field::Amount)],
    );
    for draft in drafts(&table, &plan) {
        assert_eq!(codes(&draft), ["date_ambiguous", "amount_ambiguous"]);
        assert!(
            draft.is_blocked()
                && draft.value(Field::DueDate).is_none()
                && draft.value(Field::Amount).is_none()
        );
    }
    plan.columns[1].format = Some(Format {
        date_order: Some(DateOrder::Mdy),
        ..Format::default()
    });
    plan.columns[2].format = Some(Format {
        decimal: Some(DecimalSign::Comma),
        ..Format::default()
    });
    let first = &drafts(&table, &plan)[0];
    assert_eq!(
        (first.value(Field::DueDate), first.value(Field::Amount)),
        (Some("2026-03-04"), Some("1234"))
    );
}

#[test]
fn dates_that_a_spreadsheet_may_have_swapped_are_warned_of() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    for (column, name) in (0..).zip(["Invoice", "Customer", "Due date"]) {
        sheet.write(0, column, name).unwrap();
    }
    for (row, due) in (1..).zip([
        "2026-03-04",
        "13/04/2026",
        "2026-05-06",
        "2026-07-08",
        "21/09/2026",
    ]) {
        sheet.write(row, 0, format!("INV-{row}")).unwrap();
        sheet.write(row, 1, "Acme").unwrap();
        match rust_xlsxwriter::ExcelDateTime::parse_from_str(due) {
            Ok(date) => drop(sheet.write_with_format(row, 2, date, &day).unwrap()),
            Err(_) => drop(sheet.write(row, 2, due).unwrap()),
        }
    }
    let table = open(workbook.save_to_buffer().unwrap());
    let format = survey(&table, &[(2, Kind::Date)]).unwrap().remove(0);
    assert_eq!(format.date_order, Some(DateOrder::Dmy));
    assert!(
        format.evidence.contains("Careful: 3 cells are dates"),
        "{}",
        format.evidence
    );
}

fn written(day: Date, order: DateOrder, separator: char, short: bool) -> String {
    let (d, m, y) = (day.day(), day.month(), day.year());
    let y = if short {
        format!("{:02}", y % 100)
    } else {
        y.to_string()
    };
    let s = separator;
    match order {
        DateOrder::Dmy => format!("{d:02}{s}{m:02}{s}{y}"),
        DateOrder::Mdy => format!("{m:02}{s}{d:02}{s}{y}"),
        _ => format!("{y}{s}{m:02}{s}{d:02}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_column_of_dates_is_ever_read_in_a_wrong_order_without_a_question(
        days in prop::collection::vec(0..1_500_i64, 1..40),
        order in prop::sample::select(vec![DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd]),
        separator in prop::sample::select(vec!['/', '-', ' ']),
        short in any::<bool>(),
    ) {
        let days: Vec<Date> =
            days.iter().map(|days| date(2023, 1, 1).checked_add(jiff::Span::new().days(*days)).unwrap()).collect();
        let rows: Vec<String> =
            days.iter().enumerate().map(|(row, day)| format!("INV{row};{};x\n", written(*day, order, separator, short))).collect();
        let table = open(format!("Invoice;Due date;Text\n{}", rows.concat()));
        let plan = plan(&table, &[("Due date", Field::DueDate)]);
        for (draft, day) in drafts(&table, &plan).iter().zip(&days) {
            match draft.value(Field::DueDate) {
                Some(read) => prop_assert_eq!(read, day.to_string(), "{:?}", plan.columns[1].format),
                None => prop_assert!(draft.is_blocked(), "what is not read must be said"),
            }
        }
    }

    #[test]
    fn no_column_of_amounts_is_ever_read_wrong_without_a_question(
        cents in prop::collection::vec(0..100_000_000_u64, 1..30),
        comma in any::<bool>(),
        grouped in any::<bool>(),
        whole in any::<bool>(),
    ) {
        let (decimal, group) = if comma { (',', '.') } else { ('.', ',') };
        let written = |cents: u64| {
            let mut digits = (cents / 100).to_string();
            if grouped {
                for place in (1..digits.len()).rev().filter(|place| (digits.len() - place).is_multiple_of(3)).collect::<Vec<_>>() {
                    digits.insert(place, group);
                }
            }
            if whole { digits } else { format!("{digits}{decimal}{:02}", cents % 100) }
        };
        let rows: Vec<String> =
            cents.iter().enumerate().map(|(row, cents)| format!("INV{row}\t{}\tx\n", written(*cents))).collect();
        let table = open(format!("Invoice\tAmount\tText\n{}", rows.concat()));
        let mut plan = plan(&table, &[("Amount", Field::Amount)]);
        plan.constants.insert(Field::Currency, "EUR".to_owned());
        for (draft, cents) in drafts(&table, &plan).iter().zip(&cents) {
            let cents = if whole { cents / 100 * 100 } else { *cents };
            let exact = format!("{}.{:02}", cents / 100, cents % 100);
            match draft.value(Field::Amount) {
                Some(read) => prop_assert_eq!(read, exact, "{:?}", plan.columns[1].format),
                None => prop_assert!(draft.is_blocked(), "what is not read must be said"),
            }
        }
    }
}
