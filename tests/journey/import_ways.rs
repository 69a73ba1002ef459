//! What can be done with a file beside the straight way: its mapping kept and given to others, Debitura's template, rows that
//! failed brought in again, columns joined, parted and given meanings, steps taken back, an import undone.

use std::path::{Path, PathBuf};

use sandbox::Options;
use serde_json::json;

use crate::support::browser::in_browser;
use crate::support::driver::keys;
use crate::support::exports;
use crate::support::import_job::{arrive, go, listed, submitted};
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::{Page, Stage};

fn write(stage: &Stage, name: &str, text: &str) -> PathBuf {
    let file = stage.folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// Chooses a file and goes on to its columns.
async fn columns_of(page: &Page, stage: &Stage, file: &Path) {
    stage.choose(file);
    click(page, "[data-testid=choose-file]").await;
    page.see("[data-testid=file-rows]", "").await;
    click(page, "[data-testid=to-columns]").await;
    page.see("[data-testid=columns-list]", "").await;
}

async fn look(page: &Page, name: &str) {
    page.at_rest().await;
    page.picture(&format!("import-way-{name}")).await;
    assert_eq!(
        page.barriers().await,
        Vec::<String>::new(),
        "{name}: a barrier for somebody"
    );
}

/// Chooses in a list by the beginning of what it says.
async fn pick(page: &Page, selector: &str, beginning: &str) {
    let select = page.see(selector, "").await;
    page.driver().type_into(&select, beginning).await.unwrap();
}

/// No column says so: one value for all rows.
async fn are_companies(page: &Page) {
    pick(page, "[data-testid=constant-debtor_type]", "c").await;
    click(page, "[data-testid=set-constant-debtor_type]:enabled").await;
    page.see("[data-testid=is-constant-debtor_type]", "").await;
}

async fn text_of(page: &Page, selector: &str) -> String {
    let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
    let text = page.run(script, json!([selector])).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn until_reads(page: &Page, selector: &str, text: &str) {
    page.until(&format!("{selector} to read {text:?}"), async || {
        text_of(page, selector).await.contains(text)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_mapping_is_kept_applied_renamed_written_read_and_deleted() {
    let stage = Stage::set(Options::default()).await;
    let first = exports::danish(stage.folder.path());
    let other = write(
        &stage,
        "andre.csv",
        "Valuta;Restbeløb;Forfaldsdato;Fakturadato;Land;By;Postnr.;Adresse;Kundenavn;Fakturanr.;Sælger\n\
         DKK;1.200,00;12-06-2025;13-05-2025;Danmark;Vejle;7100;Havnegade 1;Holm ApS;20991;Bo\n",
    );
    in_browser("import-mappings", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        columns_of(page, &stage, &first.file).await;
        are_companies(page).await;
        click(page, "[data-testid=mapping-menu]").await;
        page.press("Save as…").await;
        name_it(page, "Old ledger").await;

        go(page, "#/bulk-import/files").await;
        until_reads(page, "[data-testid=mappings]", "Old ledger").await;
        click(page, "[data-testid=mapping-actions]").await;
        page.press("Rename…").await;
        name_it(page, "Danish ledger").await;
        until_reads(page, "[data-testid=mappings]", "Danish ledger").await;
        click(page, "[data-testid=mapping-actions]").await;
        page.press("Export…").await;
        page.read("Mapping written to").await;
        let written = std::fs::read_to_string(stage.saved()).unwrap();
        assert!(written.contains("\"debtor_type\""), "{written}");
        look(page, "mappings").await;

        // Columns in another order, and one more.
        columns_of(page, &stage, &other).await;
        page.see("[data-testid=missing-debtor_type]", "").await;
        click(page, "[data-testid=mapping-menu]").await;
        look(page, "mapping-menu").await;
        page.press("Apply “Danish ledger”").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        click(page, "[data-testid=undo-step]:enabled").await;
        page.gone("[data-testid=is-constant-debtor_type]", "").await;

        // The same from the file it was written to.
        let kept = write(&stage, "mapping.json", &written);
        stage.choose(&kept);
        click(page, "[data-testid=mapping-menu]").await;
        page.press("Take one from a file…").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        // What is no mapping says so and changes nothing.
        stage.choose(&first.file);
        click(page, "[data-testid=mapping-menu]").await;
        page.press("Take one from a file…").await;
        page.read("could not be read as a mapping").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;

        go(page, "#/bulk-import/files").await;
        click(page, "[data-testid=mapping-actions]").await;
        page.press("Delete…").await;
        click(page, "[data-testid=confirm]").await;
        page.until("the mapping to go", async || {
            !text_of(page, "[data-testid=mappings]")
                .await
                .contains("Danish ledger")
        })
        .await;
    })
    .await;
}

async fn name_it(page: &Page, name: &str) {
    let field = page.see("[data-testid=mapping-name]", "").await;
    page.driver().clear(&field).await.unwrap();
    page.driver().type_into(&field, name).await.unwrap();
    click(page, "[data-testid=save-name]").await;
    page.gone("dialog", "").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_template_is_saved_and_known_again() {
    let stage = Stage::set(Options::default()).await;
    in_browser("import-template", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        click(page, "[data-testid=template]").await;
        page.read("Template written to").await;
        let template = std::fs::read_to_string(stage.saved()).unwrap();
        let row = "T-1,Holm Ltd,,1 Oak Street,LS1 4DY,Leeds,,United Kingdom,,,2025-04-13,2025-05-13,900.00,GBP";
        let file = write(&stage, "filled in.csv", &format!("{}\n{row}\n", template.trim_end()));
        columns_of(page, &stage, &file).await;
        page.see("[data-testid=is-template]", "").await;
        assert_eq!(
            page.names("[data-testid^=missing-]").await.len(),
            1,
            "it says everything but what the debtor is"
        );
        look(page, "template").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn rows_that_failed_are_saved_with_the_reason_and_come_in_again_as_they_are() {
    let stage = Stage::set(Options::default()).await;
    let file = write(
        &stage,
        "open items.csv",
        "Invoice Number,Customer,Street,City,Postcode,Country,Invoice Date,Due Date,Amount Due,Currency\n\
         F-1,Holm Ltd,1 Oak Street,Leeds,LS1 4DY,United Kingdom,2025-04-13,2025-05-13,900.00,GBP\n\
         F-2,=HYPERLINK(1) Ltd,2 Oak Street,,LS1 4DY,United Kingdom,2025-04-14,2025-05-14,901.00,GBP\n\
         F-3,Keller Ltd,3 Oak Street,Leeds,LS1 4DY,Blefuscu,2025-04-15,2025-05-15,902.00,GBP\n",
    );
    in_browser("import-failed-rows", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        columns_of(page, &stage, &file).await;
        are_companies(page).await;
        click(page, "[data-testid=to-check]:enabled").await;
        page.until("three rows", async || listed(page).await == 3)
            .await;
        click(page, "[data-testid=failed-rows]").await;
        page.read("2 rows written to").await;
        let failed = std::fs::read_to_string(stage.saved()).unwrap();
        assert!(
            failed
                .lines()
                .skip(1)
                .all(|line| !line.starts_with(['=', '+', '-', '@'])
                    && !line.contains(",=")
                    && !line.contains("\"=")),
            "a cell begins a formula: {failed}"
        );

        go(page, "#/bulk-import/files").await;
        stage.choose(&stage.saved());
        click(page, "[data-testid=choose-file]").await;
        page.see("[data-testid=file-rows]", "").await;
        look(page, "failed-rows").await;
        click(page, "[data-testid=to-columns]").await;
        page.see("[data-testid=columns-list]", "").await;
        assert_eq!(
            page.names("[data-testid=columns-list] > li").await.len(),
            10,
            "the reason is no column of the export"
        );
        click(page, "[data-testid=to-check]:enabled").await;
        page.until("the two rows", async || listed(page).await == 2)
            .await;
        page.read("=HYPERLINK(1) Ltd").await;
        // Both stand in the earlier import too, and that is said before anything is sent.
        until_reads(page, "[data-testid=duplicates]", "2 in an earlier import").await;
        page.see("[data-testid=review-ready]:disabled", "").await;
        look(page, "failed-again").await;
    })
    .await;
}

/// Names in two columns, postal code and city in one, no currency, countries nobody knows.
const PARTS: &str = "Invoice Number,First Name,Last Name,Street,Postcode,Country,Invoice Date,Due Date,Amount Due\n\
    P-1,Amelia,O'Connor,14 Rose Lane,2100 København Ø,Lilliput,2025-04-13,2025-05-13,900.00\n\
    P-2,Noah,Baker,2 Mill Road,8000 Aarhus C,Lilliput,2025-04-14,2025-05-14,901.00\n\
    P-3,Zoë,St. John,88 High Street,5000 Odense,Blefuscu,2025-04-15,2025-05-15,902.00\n";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn columns_are_joined_parted_and_given_meanings_and_every_step_is_taken_back() {
    let stage = Stage::set(Options::default()).await;
    let file = write(&stage, "parts.csv", PARTS);
    in_browser("import-columns", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        columns_of(page, &stage, &file).await;
        let begin = state(page).await;

        until_reads(page, "[data-testid=sample-debtor_name]", "Amelia O'Connor").await;
        click(page, "[data-testid=later-1]").await;
        until_reads(page, "[data-testid=sample-debtor_name]", "O'Connor Amelia").await;
        click(page, "[data-testid=undo-step]:enabled").await;
        until_reads(page, "[data-testid=sample-debtor_name]", "Amelia O'Connor").await;

        page.until("the column to be the postal code", async || {
            pick(page, "[data-testid=field-of-4]", "Postal").await;
            page.shows("[data-testid=sample-debtor_zip]", "").await
        })
        .await;
        if !page.shows("[data-testid=sample-debtor_city]", "").await {
            page.tick("Also holds the city: split it").await;
        }
        until_reads(page, "[data-testid=sample-debtor_city]", "København Ø").await;
        until_reads(page, "[data-testid=sample-debtor_zip]", "2100").await;

        let currency = page.see("[data-testid=constant-currency]", "").await;
        page.driver().type_into(&currency, "dkk").await.unwrap();
        click(page, "[data-testid=set-constant-currency]:enabled").await;
        page.see("[data-testid=is-constant-currency]", "").await;
        pick(page, "[data-testid=constant-debtor_type]", "p").await;
        click(page, "[data-testid=set-constant-debtor_type]:enabled").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;

        click(page, "[data-testid=values-5]").await;
        page.read("Blefuscu").await;
        pick(page, "[data-testid=meaning-all]", "Denm").await;
        click(page, "[data-testid=set-all]:enabled").await;
        look(page, "values").await;
        click(page, "[data-testid=apply-values]:enabled").await;
        page.gone("dialog", "").await;
        until_reads(page, "[data-testid=sample-debtor_country]", "Denmark").await;
        let end = state(page).await;
        look(page, "columns").await;

        let mut steps = 0;
        while page.shows("[data-testid=undo-step]:enabled", "").await {
            step(page, "undo-step").await;
            steps += 1;
        }
        assert!(steps >= 4, "only {steps} steps could be taken back");
        assert_eq!(state(page).await, begin, "everything was taken back");
        for _ in 0..steps {
            step(page, "redo-step").await;
        }
        assert_eq!(state(page).await, end, "everything was done again");

        click(page, "[data-testid=to-check]:enabled").await;
        page.until("three rows", async || listed(page).await == 3)
            .await;
        page.see("[data-testid=review-ready]:enabled", "").await;

        // In Check too: a value mended by hand.
        click(page, "[data-row='0'] [role=rowheader]").await;
        click(page, "[data-testid=edit-debtor_city]").await;
        let city = page.see("[data-testid=field-input-debtor_city]", "").await;
        page.driver().clear(&city).await.unwrap();
        page.driver()
            .type_into(&city, "Vejle\u{e007}")
            .await
            .unwrap();
        until_reads(page, "[data-testid=field-debtor_city]", "Vejle").await;
        page.keys(&[keys::CONTROL, "z"]).await;
        until_reads(page, "[data-testid=field-debtor_city]", "København Ø").await;
        page.keys(&[keys::CONTROL, keys::SHIFT, "z"]).await;
        until_reads(page, "[data-testid=field-debtor_city]", "Vejle").await;
    })
    .await;
}

/// What the step shows of the plan: fields, parts and values for all rows.
async fn state(page: &Page) -> serde_json::Value {
    let script = "return [
        ...[...document.querySelectorAll('[data-testid^=field-of-]')].map((select) => select.value),
        ...[...document.querySelectorAll('[data-testid^=is-constant-], [data-testid^=part-], [data-testid=row-sample] dl > *')]
            .map((part) => part.innerText),
        ...[...document.querySelectorAll('[data-testid=columns-list] input')].map((box) => box.checked)]";
    page.at_rest().await;
    page.run(script, json!([])).await
}

/// One step back or forth; the page is another afterwards, or the button is at its end.
async fn step(page: &Page, button: &str) {
    let enabled = format!("[data-testid={button}]:enabled");
    let before = state(page).await;
    click(page, &enabled).await;
    page.until("the step to be shown", async || {
        state(page).await != before || !page.shows(&enabled, "").await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_import_is_undone_but_for_what_was_submitted() {
    let stage = Stage::set(Options::default()).await;
    let export = exports::english(stage.folder.path());
    in_browser("import-undone", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        columns_of(page, &stage, &export.file).await;
        // Two columns of dates, one question.
        assert_eq!(
            page.names("[data-testid=questions] [role=group]")
                .await
                .len(),
            1,
            "the same is asked twice"
        );
        click(page, "[data-testid=answer-dmy]").await;
        page.gone("[data-testid=questions]", "").await;
        pick(page, "[data-testid=constant-debtor_type]", "p").await;
        click(page, "[data-testid=set-constant-debtor_type]:enabled").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        click(page, "[data-testid=to-check]:enabled").await;
        page.until("three rows", async || listed(page).await == 3)
            .await;
        click(page, "[data-row='0'] [data-testid=select-row]").await;
        click(page, "[data-testid=review]").await;
        click(page, "[data-testid=agree]").await;
        click(page, "[data-testid=submit]").await;
        let one = exports::Export { rows: 1, ..export };
        submitted(page, &stage, &one).await;

        // The file again: the answer is remembered, and the case is known.
        go(page, "#/bulk-import/files").await;
        columns_of(page, &stage, &one.file).await;
        page.see("[data-testid=remembered]", "").await;
        assert!(
            !page.shows("[data-testid=questions]", "").await,
            "asked again what was answered"
        );
        click(page, "[data-testid=to-check]:enabled").await;
        page.until("three rows", async || listed(page).await == 3)
            .await;
        until_reads(page, "[data-testid=duplicates]", "2 in an earlier import").await;
        until_reads(page, "[data-testid=duplicates]", "1 in a case at Debitura").await;
        look(page, "duplicates").await;

        // Both are undone, the later first; a case stays a case.
        for (kept, removed) in [(0, 3), (1, 2)] {
            go(page, "#/bulk-import/files").await;
            click(page, "[data-testid=past-imports] [data-testid^=actions-]").await;
            page.press("Undo…").await;
            if kept > 0 {
                page.read("cannot be taken back from here").await;
            }
            look(page, &format!("undo-{kept}")).await;
            click(page, "[data-testid=confirm]").await;
            page.read(&format!("{removed} rows removed")).await;
            page.gone("dialog", "").await;
        }
        page.read("Undone · 1 submitted").await;
        look(page, "undone").await;
        assert_eq!(stage.sandbox.cases_created(), 1);
    })
    .await;
}
