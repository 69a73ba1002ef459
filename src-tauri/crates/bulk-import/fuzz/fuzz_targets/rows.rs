//! Text as a table whose columns are mapped in turn: formats, drafts and the file of failed rows, which must read back
//! as the rows that were written.
#![no_main]

use bulk_import::plan::Plan;
use bulk_import::reject::RejectWriter;
use bulk_import::rows::{Drafts, Entry};
use bulk_import::table::{Choice, Source, Table};
use bulk_import::values::{Kind, survey};
use libfuzzer_sys::fuzz_target;
use receivables::Field;

fuzz_target!(|input: (Vec<u8>, &str)| {
    let (fields, text) = input;
    let Ok(table) = Table::open(Source::from(text.as_bytes().to_vec()), &Choice::default()) else {
        return;
    };
    let mut plan = Plan::of(table.found());
    let mut kinds = Vec::new();
    for (column, choice) in plan.columns.iter_mut().zip(&fields) {
        column.field = Field::ALL.get(usize::from(*choice)).copied();
        match column.field {
            Some(Field::Amount) => kinds.push((column.index, Kind::Amount)),
            Some(Field::CaseDate | Field::DueDate) => kinds.push((column.index, Kind::Date)),
            _ => {}
        }
    }
    let Ok(formats) = survey(&table, &kinds) else {
        return;
    };
    for ((index, _), format) in kinds.iter().zip(formats) {
        plan.columns[*index].format = Some(format);
    }
    let mut writer = RejectWriter::new(Vec::new(), table.found(), &plan).expect("memory takes all");
    let mut failed = Vec::new();
    for entry in Drafts::of(&table, &plan).expect("bytes in memory open again") {
        let Ok(Entry::Draft(draft)) = entry else {
            continue;
        };
        writer
            .write(&draft.row, "=reason")
            .expect("memory takes all");
        failed.push(draft.row);
    }
    let bytes = writer.finish().expect("memory takes all");
    let again = Table::open(Source::from(bytes), &Choice::default()).expect("our own file opens");
    let mut read = again.rows().expect("bytes in memory open again");
    for row in failed {
        let (other, _) = read
            .next()
            .expect("no row is lost")
            .expect("our own file reads");
        for index in 0..row.len() {
            assert_eq!(
                other.get(index),
                row.get(index),
                "a cell has changed on its way"
            );
        }
    }
    assert!(read.next().is_none(), "no row is added");
});
