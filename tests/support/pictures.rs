//! Pictures of the page, for people.

use std::path::PathBuf;

use super::{Page, repository};

/// Keeps a picture as `<name>.png` and says where.
pub async fn take(page: &Page, name: &str) {
    page.at_rest().await;
    match page.driver().picture().await {
        Ok(png) => keep(name, &png),
        Err(refused) => panic!("no picture of {name}: {refused:?}"),
    }
}

/// What the page looked like when a test failed. Never fails itself: the test's own words matter more.
pub(super) async fn of_failure(page: &Page, name: &str) {
    if let Ok(png) = page.driver().picture().await {
        keep(&format!("failed-{}", name.replace(' ', "-")), &png);
    }
}

fn keep(name: &str, png: &[u8]) {
    let folder = folder();
    let path = folder.join(name).with_extension("png");
    std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    std::fs::write(&path, png).expect("a picture can be written");
    println!("    picture: {}", path.display());
}

fn folder() -> PathBuf {
    std::env::var_os("DESK_PICTURES").map_or_else(|| repository("target/pictures"), PathBuf::from)
}
