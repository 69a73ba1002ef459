//! Any bytes as a file: finding out what it is and reading its rows ends without a panic, rows in their order.
//! `cargo +nightly fuzz run table` in this folder's parent.
#![no_main]

use bulk_import::table::{Choice, Source, Table};
use libfuzzer_sys::fuzz_target;

// The reader of old workbooks panics on odd ones, which is caught; the fuzzer's own hook would end the run before that.
// A panic that nobody catches still ends it.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    let Ok(table) = Table::open(Source::from(bytes.to_vec()), &Choice::default()) else {
        return;
    };
    let mut last = 0;
    for entry in table.rows().expect("bytes in memory open again") {
        let Ok((row, _)) = entry else {
            break;
        };
        assert!(row.number > last, "rows come in the order of the file");
        last = row.number;
    }
});
