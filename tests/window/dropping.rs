//! Files dropped on the real window by another program of the display.

use sandbox::Options;

use crate::support::dragging::Hand;
use crate::support::import_job::{arrive, go};
use crate::support::inside;
use crate::support::session::View;
use crate::support::window::in_window;
use crate::support::{Stage, exports};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a display and the engine's driver: cargo xtask test"]
async fn a_file_dropped_on_the_window_is_imported() {
    let stage = Stage::set(Options::default()).await;
    let danish = exports::danish(stage.folder.path()).file;
    let folder = stage.folder.path().join("a folder");
    std::fs::create_dir(&folder).unwrap();
    in_window("window-dropping", &stage, View::USUAL, async |page| {
        arrive(page, &stage).await;
        go(page, "#/settings").await;
        page.see("heading", "Settings").await;
        let program = inside::application(&stage.data_dir())[0].id;
        let over = |file: &std::path::PathBuf| {
            tokio::task::block_in_place(|| Hand::over(program, std::slice::from_ref(file)))
        };

        let hand = over(&danish);
        page.see("[data-testid=drop-target]", "").await;
        page.read("Åbne poster.csv").await;
        page.picture("window-dropping-over").await;
        hand.carry_away();
        page.gone("[data-testid=drop-target]", "").await;

        let hand = over(&danish);
        tokio::task::block_in_place(|| hand.let_go());
        page.see("[data-testid=file-rows]", "").await;
        page.see("heading", "Åbne poster.csv").await;
        page.picture("window-dropping-dropped").await;

        let hand = over(&folder);
        tokio::task::block_in_place(|| hand.let_go());
        page.read("It is a folder, not a file.").await;
    })
    .await;
}
