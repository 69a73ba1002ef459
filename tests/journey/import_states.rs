//! What happens to a file beside the straight way: it cannot be read, its words are not understood, it comes a second time,
//! its import is undone.

use std::path::Path;

use sandbox::Options;
use serde_json::json;

use crate::support::browser::in_browser;
use crate::support::import_job::{arrive, go, listed};
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::{Page, Stage};

/// Two countries nobody knows, one of them twice; a row that is no entry; a reference that comes twice.
fn export(folder: &Path) -> std::path::PathBuf {
    let text = "Invoice Number,Customer,Street,City,Postcode,Country,Invoice Date,Due Date,Amount Due,Currency,Type\n\
        A-1,Holm Ltd,1 Oak Street,Leeds,LS1 4DY,Blefuscu,2025-04-13,2025-05-13,900.00,GBP,Company\n\
        A-2,Vester Ltd,2 Oak Street,Leeds,LS1 4DY,Blefuscu,2025-04-14,2025-05-14,901.00,GBP,Company\n\
        A-3,Keller Ltd,3 Oak Street,Leeds,LS1 4DY,Lilliput,2025-04-15,2025-05-15,902.00,GBP,Company\n\
        A-3,Marsh Ltd,4 Oak Street,Leeds,LS1 4DY,United Kingdom,2025-04-16,2025-05-16,903.00,GBP,Company\n\
        A-5,Stone Ltd,5 Oak Street,Leeds,LS1 4DY,United Kingdom,2025-04-17,2025-05-17,904.00,GBP,Company\n\
        Total,,,,,,,,4510.00,,\n";
    let file = folder.join("open items.csv");
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn what_is_not_understood_is_said_once_and_an_import_can_be_undone() {
    let stage = Stage::set(Options::default()).await;
    let file = export(stage.folder.path());
    in_browser("import-states", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        open(page, &stage, &file).await;
        click(page, "[data-testid=to-columns]").await;
        click(page, "[data-testid=mapping-menu]").await;
        page.press("Save as…").await;
        click(page, "[data-testid=save-name]").await;
        page.gone("dialog", "").await;
        click(page, "[data-testid^=values-]").await;
        page.read("Blefuscu").await;
        look(page, "values").await;
        page.press("Cancel").await;
        page.gone("dialog", "").await;
        click(page, "[data-testid=to-check]:enabled").await;
        page.until("five rows", async || listed(page).await == 5)
            .await;
        page.see("[data-testid=duplicates]", "").await;
        click(page, "[data-testid=left-out]").await;
        page.read("Sums over other rows").await;
        look(page, "left-out").await;
        page.press("Close").await;

        // One word, said in one row, holds for both rows with it.
        page.see("[data-row='0']", "").await;
        click(page, "[data-row='0'] [role=rowheader]").await;
        let country = page.see("[data-testid=fix-input-debtor_country]", "").await;
        page.driver().type_into(&country, "Denm").await.unwrap();
        look(page, "detail").await;
        click(page, "[data-testid=set-all-debtor_country]:enabled").await;
        page.until("one unknown country to be left", async || {
            unknown_countries(page).await == 1
        })
        .await;
        look(page, "check").await;

        // The same file again says so; the first import is undone.
        go(page, "#/bulk-import/files").await;
        open(page, &stage, &file).await;
        page.see("[data-testid=same-file]", "").await;
        look(page, "same-file").await;
        go(page, "#/bulk-import/files").await;
        page.see("[data-testid=open-imports]", "").await;
        look(page, "files").await;
        click(page, "[data-testid^=actions-]").await;
        page.press("Undo…").await;
        click(page, "[data-testid=confirm]").await;
        page.read("Undone").await;
        click(page, "[data-testid=discard]").await;
        click(page, "[data-testid=confirm]").await;
        page.gone("[data-testid=open-imports]", "").await;
        go(page, "#/bulk-import").await;
        page.until("no row to be left among the invoices", async || {
            listed(page).await == 0
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_file_that_cannot_be_read_says_so_and_leaves_nothing() {
    let stage = Stage::set(Options::default()).await;
    let file = stage.folder.path().join("empty.csv");
    std::fs::write(&file, "").unwrap();
    in_browser("import-unreadable", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        stage.choose(&file);
        click(page, "[data-testid=choose-file]").await;
        page.read("empty.csv").await;
        look(page, "unreadable").await;
        assert!(
            !page.shows("[data-testid=open-imports]", "").await,
            "a file that cannot be read is no import"
        );
    })
    .await;
}

async fn open(page: &Page, stage: &Stage, file: &Path) {
    stage.choose(file);
    click(page, "[data-testid=choose-file]").await;
    page.see("[data-testid=file-rows]", "").await;
}

async fn unknown_countries(page: &Page) -> u64 {
    let script = "const count = (code) => Number(document.querySelector(`[data-testid=problem-chip-${code}] .count`)?.textContent ?? 0);
        return count('value_unreadable') + count('country_unknown')";
    page.run(script, json!([]))
        .await
        .as_u64()
        .unwrap_or_default()
}

async fn look(page: &Page, name: &str) {
    page.at_rest().await;
    page.picture(&format!("import-state-{name}")).await;
    assert_eq!(
        page.barriers().await,
        Vec::<String>::new(),
        "{name}: a barrier for somebody"
    );
}
