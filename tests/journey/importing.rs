//! Importing files: three exports to submitted cases, each step looked at in every size and light, and one of them without a
//! mouse.

use sandbox::Options;
use serde_json::json;

use crate::keyboard::tab_to;
use crate::support::browser::in_browser;
use crate::support::driver::keys;
use crate::support::exports::{self, Export};
use crate::support::import_job::{self, arrive, listed};
use crate::support::session::View;
use crate::support::{Page, Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_danish_export_with_semicolons_in_windows_1252() {
    play("danish", exports::danish).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_german_workbook_with_lines_above_its_header() {
    play("german", exports::german).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn an_english_export_with_names_in_two_columns() {
    play("english", exports::english).await;
}

async fn play(name: &str, export: impl FnOnce(&std::path::Path) -> Export) {
    let stage = Stage::set(Options::default()).await;
    let export = export(stage.folder.path());
    in_browser(
        &format!("import-{name}"),
        &stage,
        View::USUAL,
        async |page| {
            arrive(page, &stage).await;
            import_job::play(page, &stage, &export, async |step| {
                look(page, &format!("import-{name}-{step}")).await;
            })
            .await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_file_is_imported_by_keyboard_alone() {
    let stage = Stage::set(Options::default()).await;
    let export = exports::english(stage.folder.path());
    in_browser("import-keyboard", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        stage.choose(&export.file);
        page.see("[data-testid=choose-file]", "").await;
        page.keys(&[keys::CONTROL, "o"]).await;
        page.see("[data-testid=file-rows]", "").await;
        page.keys(&[keys::CONTROL, keys::ENTER]).await;

        press(page, "[data-testid=answer-mdy]").await;
        page.gone("[data-testid=questions]", "").await;
        page.keys(&[keys::CONTROL, "z"]).await;
        page.see("[data-testid=questions]", "").await;
        press(page, "[data-testid=answer-dmy]").await;
        page.gone("[data-testid=questions]", "").await;
        tab_to(page, "[data-testid=constant-debtor_type]").await;
        page.keys(&["p"]).await;
        press(page, "[data-testid=set-constant-debtor_type]").await;
        page.see("[data-testid=is-constant-debtor_type]", "").await;
        page.keys(&[keys::CONTROL, keys::ENTER]).await;

        page.until("every row to be listed", async || {
            listed(page).await == export.rows
        })
        .await;
        page.see("[data-testid=review-ready]:enabled", "").await;
        press(page, "[data-testid=review-ready]").await;
        page.see("[data-testid=agree]", "").await;
        tab_to(page, "[data-testid=agree]").await;
        page.keys(&[keys::SPACE]).await;
        press(page, "[data-testid=submit]").await;
        import_job::submitted(page, &stage, &export).await;
    })
    .await;
    let dates: Vec<_> = stage
        .sandbox
        .cases()
        .iter()
        .map(|case| case["date"].to_string())
        .collect();
    assert!(
        dates.iter().any(|date| date.contains("2025-04-03")),
        "what was answered is what was sent: {dates:?}"
    );
}

/// Goes there with Tab and presses Enter.
async fn press(page: &Page, selector: &str) {
    page.see(selector, "").await;
    tab_to(page, selector).await;
    page.keys(&[keys::ENTER]).await;
}

/// Pictures in both lights, in the smallest window and at 200 %, each looked at by axe too.
async fn look(page: &Page, name: &str) {
    let zoomed = View {
        width: 640,
        height: 410,
        ..View::USUAL
    };
    for (suffix, theme, view) in [
        ("light", "light", View::USUAL),
        ("dark", "dark", View::USUAL),
        ("small", "light", View::SMALL),
        ("zoomed", "dark", zoomed),
    ] {
        let script = "document.documentElement.dataset.theme = arguments[0]; return null";
        page.run(script, json!([theme])).await;
        page.resize(view).await;
        page.at_rest().await;
        page.picture(&format!("{name}-{suffix}")).await;
        assert_eq!(
            page.barriers().await,
            Vec::<String>::new(),
            "{name} in {suffix}: a barrier for somebody"
        );
    }
    page.run(
        "document.documentElement.dataset.theme = 'light'; return null",
        json!([]),
    )
    .await;
    page.resize(View::USUAL).await;
}
