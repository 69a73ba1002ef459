//! Files dropped on the window, told to the page as the window tells them: over the page, over a dialog, two at once, a
//! folder.

use std::path::PathBuf;

use sandbox::Options;
use tauri::DragDropEvent;

use crate::support::browser::in_browser;
use crate::support::import_job::{arrive, connect_debitura, go};
use crate::support::main_job::click;
use crate::support::session::View;
use crate::support::{Page, Stage, exports};

const MIDDLE: tauri::PhysicalPosition<f64> = tauri::PhysicalPosition { x: 640.0, y: 410.0 };

fn over(stage: &Stage, paths: &[PathBuf]) {
    stage.drag(&DragDropEvent::Enter {
        paths: paths.to_vec(),
        position: MIDDLE,
    });
}

fn drop_on(stage: &Stage, paths: &[PathBuf]) {
    over(stage, paths);
    stage.drag(&DragDropEvent::Drop {
        paths: paths.to_vec(),
        position: MIDDLE,
    });
}

async fn look(page: &Page, name: &str) {
    page.at_rest().await;
    page.picture(&format!("dropping-{name}")).await;
    assert_eq!(
        page.barriers().await,
        Vec::<String>::new(),
        "{name}: a barrier for somebody"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_file_dropped_in_the_first_run_is_not_lost_without_a_word() {
    let stage = Stage::set(Options::default()).await;
    let danish = exports::danish(stage.folder.path()).file;
    in_browser("dropping-first", &stage, View::USUAL, async |page| {
        page.see("heading", "Connect Debitura").await;
        over(&stage, std::slice::from_ref(&danish));
        page.read("Connect Debitura first, then drop the file")
            .await;
        look(page, "too-early").await;
        drop_on(&stage, std::slice::from_ref(&danish));
        page.read("No Debitura account is connected.").await;
        look(page, "refused-too-early").await;

        connect_debitura(page, &stage).await;
        page.see("[data-testid=first-file]", "").await;
        look(page, "first-source").await;
        drop_on(&stage, std::slice::from_ref(&danish));
        page.see("[data-testid=file-rows]", "").await;
        page.see("heading", "Åbne poster.csv").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn files_are_dropped_anywhere() {
    let stage = Stage::set(Options::default()).await;
    let danish = exports::danish(stage.folder.path()).file;
    let german = exports::german(stage.folder.path()).file;
    let english = exports::english(stage.folder.path()).file;
    let folder = stage.folder.path().join("a folder");
    std::fs::create_dir(&folder).unwrap();
    let empty = stage.folder.path().join("empty.csv");
    std::fs::write(&empty, "").unwrap();
    in_browser("dropping", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        go(page, "#/settings").await;
        page.see("heading", "Settings").await;

        // Carried over the window and away again.
        over(&stage, std::slice::from_ref(&danish));
        page.see("[data-testid=drop-target]", "").await;
        page.read("Åbne poster.csv").await;
        look(page, "over").await;
        stage.drag(&DragDropEvent::Leave);
        page.gone("[data-testid=drop-target]", "").await;

        drop_on(&stage, std::slice::from_ref(&danish));
        page.see("[data-testid=file-rows]", "").await;
        page.see("heading", "Åbne poster.csv").await;
        assert!(!page.shows("[data-testid=drop-target]", "").await);

        // Two at once: none is lost, and none is put before the other.
        go(page, "#/settings").await;
        drop_on(&stage, &[german.clone(), english.clone()]);
        page.see("[data-testid=open-imports]", "").await;
        page.read("OPOS Debitoren.xlsx").await;
        page.read("aged receivables.csv").await;
        look(page, "two").await;

        // A folder, and a file without a table: said on the screen, with the way on.
        go(page, "#/settings").await;
        drop_on(&stage, &[folder.clone(), empty.clone()]);
        page.read("It is a folder, not a file.").await;
        page.read("empty.csv could not be read as a table.").await;
        page.see("[data-testid=choose-another]", "").await;
        look(page, "refused").await;
        assert_eq!(
            page.names("[data-testid=open-imports] li").await.len(),
            3,
            "what cannot be read is no import"
        );
        page.press("Dismiss").await;
        page.gone("[data-testid=choose-another]", "").await;

        // Somebody is in the middle of a dialog: it stays, and the file waits.
        click(page, "[data-testid=discard]").await;
        page.see("dialog", "").await;
        over(&stage, std::slice::from_ref(&english));
        page.until("the target to lie above the dialog", async || {
            let script = "const target = document.querySelector('[data-testid=drop-target]');
                return target?.matches(':popover-open') ?? false";
            page.run(script, serde_json::json!([])).await == true
        })
        .await;
        look(page, "over-dialog").await;
        drop_on(&stage, std::slice::from_ref(&english));
        page.until("the file to be announced", async || {
            let script = "return document.body.innerText.includes('is ready to be looked at')";
            page.run(script, serde_json::json!([])).await == true
        })
        .await;
        assert!(
            page.shows("dialog", "").await,
            "the dialog was taken away from under somebody"
        );
        look(page, "dialog").await;
        page.press("Cancel").await;
        page.gone("dialog", "").await;
        // The note goes by itself; the file is to be found where unfinished ones are.
        page.until("the file to be listed", async || {
            page.names("[data-testid=open-imports] li").await.len() == 4
        })
        .await;
    })
    .await;
}
