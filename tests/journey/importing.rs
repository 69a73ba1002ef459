//! Importing files: three exports to submitted cases, each step looked at in every size and light, and one of them without a
//! mouse.

use sandbox::Options;
use serde_json::json;

use crate::support::browser::in_browser;
use crate::support::exports::{self, Export};
use crate::support::import_job::{self, arrive};
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
        import_job::play_by_keyboard(page, &stage, &export, async |_| ()).await;
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

/// Pictures in both lights, in the smallest window, at 200 % and in the colours of somebody's own choice, each looked at by axe
/// too.
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
        ("forced", "light", View::USUAL),
    ] {
        force_colours(page, suffix == "forced").await;
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
    force_colours(page, false).await;
}

/// As where the system replaces all colours by a few of its own, and with them whatever was told by a tint.
async fn force_colours(page: &Page, yes: bool) {
    let value = if yes { "active" } else { "none" };
    let features = json!([{ "name": "forced-colors", "value": value }]);
    let command =
        json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
    page.driver()
        .post("/goog/cdp/execute", command)
        .await
        .unwrap();
    let script = "return matchMedia('(forced-colors: active)').matches";
    assert_eq!(
        page.run(script, json!([])).await,
        json!(yes),
        "the browser does as it is told, or the picture shows nothing"
    );
}
