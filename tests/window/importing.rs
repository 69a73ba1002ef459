//! Importing files in the real window: three exports from the open dialog to the case references, each with a mouse and each
//! without; between them every step in light, dark, the smallest window and at 200 % zoom.

use std::path::Path;

use sandbox::Options;

use crate::support::exports::{self, Export};
use crate::support::import_job::{self, arrive};
use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Page, Stage};

type Written = fn(&Path) -> Export;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn three_exports_become_cases_with_a_mouse() {
    for (name, export, view) in [
        ("danish-light", exports::danish as Written, View::USUAL),
        ("german-dark", exports::german, View::DARK),
        ("english-small", exports::english, View::SMALL),
    ] {
        staged(name, export, view, async |page, stage, export| {
            let shown = async |step: &str| look(page, name, step).await;
            import_job::play(page, stage, export, shown).await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn three_exports_become_cases_by_keyboard_alone() {
    for (name, export, view) in [
        (
            "danish-keys-zoomed",
            exports::danish as Written,
            View::ZOOMED,
        ),
        ("german-keys-small", exports::german, View::SMALL),
        ("english-keys-dark", exports::english, View::DARK),
    ] {
        staged(name, export, view, async |page, stage, export| {
            let shown = async |step: &str| look(page, name, step).await;
            import_job::play_by_keyboard(page, stage, export, shown).await;
        })
        .await;
    }
}

async fn staged(
    name: &str,
    export: Written,
    view: View,
    act: impl AsyncFnOnce(&Page, &Stage, &Export),
) {
    let stage = Stage::set(Options::default()).await;
    let export = export(stage.folder.path());
    in_window(
        &format!("window-import-{name}"),
        &stage,
        view,
        async |page| {
            arrive(page, &stage).await;
            act(page, &stage, &export).await;
        },
    )
    .await;
}

async fn look(page: &Page, name: &str, step: &str) {
    page.picture(&format!("window-import-{name}-{step}")).await;
}
