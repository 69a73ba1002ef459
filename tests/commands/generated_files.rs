//! The committed files that are made from the table are what the table says now.

#[path = "../../xtask/src/generated.rs"]
mod generated;

use std::path::Path;

#[test]
fn they_are_up_to_date() {
    for (path, wanted) in generated::files() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let committed = std::fs::read_to_string(&file)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            committed == wanted,
            "{path} differs from the command table: run `cargo xtask types`"
        );
    }
}
