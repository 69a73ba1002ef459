use jiff::civil::date;
use proptest::prelude::*;

use super::*;

#[test]
fn what_says_its_order_itself_needs_none() {
    for text in [
        "2026-04-03",
        "2026/4/3",
        "2026.04.03",
        "2026. 04. 03.",
        "20260403",
        "2026-04-03T23:30:00Z",
        "2026-04-03 10:00",
        "2026-04-03 10:00:00.000 +02:00",
        "3. april 2026",
        "3 Apr 2026",
        "Apr 3, 2026",
        "April 3rd, 2026",
        "3-apr-26",
        "03.Apr.2026",
        "3 de abril de 2026",
        "2026. április 3.",
        "3. huhtikuuta 2026",
        "3 kwietnia 2026",
        "3. dubna 2026",
        "3 avr. 2026",
        "den 3. april 2026",
        "03 APR 2026 11:00 PM",
    ] {
        assert_eq!(read_date(text, None), Ok(date(2026, 4, 3)), "{text:?}");
    }
    assert_eq!(read_date("1er mars 2026", None), Ok(date(2026, 3, 1)));
    assert_eq!(read_date("31. März 2026", None), Ok(date(2026, 3, 31)));
    assert_eq!(read_date("1 août 2026", None), Ok(date(2026, 8, 1)));
}

#[test]
fn what_does_not_is_read_in_the_order_of_its_column_or_not_at_all() {
    for text in [
        "03/04/2026",
        "3/4/2026",
        "03-04-26",
        "3 4 2026",
        "03042026",
        "030426",
    ] {
        assert_eq!(read_date(text, None), Err(DateFault::Ambiguous), "{text:?}");
        assert_eq!(
            read_date(text, Some(DateOrder::Dmy)),
            Ok(date(2026, 4, 3)),
            "{text:?}"
        );
        assert_eq!(
            read_date(text, Some(DateOrder::Mdy)),
            Ok(date(2026, 3, 4)),
            "{text:?}"
        );
    }
    assert_eq!(
        read_date("26-04-03", Some(DateOrder::Ymd)),
        Ok(date(2026, 4, 3))
    );
    assert_eq!(
        read_date("13/04/2026", Some(DateOrder::Mdy)),
        Err(DateFault::Contradicts)
    );
    assert_eq!(
        read_date("13/04/2026", None),
        Err(DateFault::Ambiguous),
        "one value does not speak for its column"
    );
    assert_eq!(
        read_date("03.04.2026", Some(DateOrder::Mdy)),
        Err(DateFault::Contradicts)
    );
    assert_eq!(
        read_date("46115", Some(DateOrder::Serial)),
        Ok(date(2026, 4, 3))
    );
    assert_eq!(
        read_date("46115.75", Some(DateOrder::Serial)),
        Ok(date(2026, 4, 3))
    );
    for text in [
        "",
        "abc",
        "2026-13-04",
        "31/02/2026",
        "2026",
        "April 2026",
        "12345678",
        "1/2",
        "2026-04-03 x:1",
        "1.234,50",
        "04/2026",
        "3/4/5/2026",
        "0000-00-00",
    ] {
        assert_eq!(
            read_date(text, Some(DateOrder::Dmy)),
            Err(DateFault::NotADate),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_date_reads_back_from_every_format(days in 0..21_900_i64, format in 0..9_usize, separator in prop::sample::select(vec!['/', '-', ' '])) {
        let day = date(1990, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let (y, m, d) = (day.year(), day.month(), day.day());
        let s = separator;
        let months = MONTHS[usize::try_from(m).unwrap() - 1].split(' ').collect::<Vec<_>>();
        let name = months[usize::try_from(days).unwrap() % months.len()];
        let (text, order) = match format {
            0 => (format!("{d:02}{s}{m:02}{s}{y}"), DateOrder::Dmy),
            1 => (format!("{m}{s}{d}{s}{y}"), DateOrder::Mdy),
            2 => (format!("{y}{s}{m:02}{s}{d:02}"), DateOrder::Ymd),
            3 => (format!("{d:02}.{m:02}.{:02}", y % 100), DateOrder::Dmy),
            4 => (format!("{:02}{s}{m:02}{s}{d:02}", y % 100), DateOrder::Ymd),
            5 => (format!("{y}{m:02}{d:02}"), DateOrder::Ymd),
            6 => (format!("{d:02}{m:02}{y}"), DateOrder::Dmy),
            7 => (format!("{d}. {name} {y}"), DateOrder::Ymd),
            _ => (format!("{}", day.since(date(1899, 12, 30)).unwrap().get_days()), DateOrder::Serial),
        };
        prop_assert_eq!(read_date(&text, Some(order)), Ok(day), "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,30}") {
        for order in DateOrder::ALL {
            let _ = read_date(&text, Some(order));
        }
    }
}
