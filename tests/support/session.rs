//! One act in front of a page, ended whatever happens in it: a driver refuses a second session, and the application would
//! stay behind.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt;

use super::driver::Driver;
use super::{Page, pictures};

/// How the page is looked at. Sizes are of what the page has to itself, in pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    pub dark: bool,
    pub width: u32,
    pub height: u32,
    /// 2.0 is 200 %.
    pub zoom: f64,
}

impl View {
    /// As the window first opens.
    pub const USUAL: View = View {
        dark: false,
        width: 1280,
        height: 820,
        zoom: 1.0,
    };
    pub const DARK: View = View {
        dark: true,
        ..View::USUAL
    };
    /// The smallest window.
    pub const SMALL: View = View {
        width: 960,
        height: 620,
        ..View::USUAL
    };
    /// What WCAG asks to remain usable.
    pub const ZOOMED: View = View {
        zoom: 2.0,
        ..View::USUAL
    };
}

/// Plays one act, and keeps a picture of where it failed under the act's name.
pub async fn play<T>(
    name: &str,
    driver: Driver,
    view: View,
    act: impl AsyncFnOnce(&Page) -> T,
) -> T {
    let page = Page::new(driver.clone());
    let played = AssertUnwindSafe(async {
        page.resize(view).await;
        act(&page).await
    })
    .catch_unwind()
    .await;
    if played.is_err() {
        pictures::of_failure(&page, name).await;
    }
    driver.end().await;
    played.unwrap_or_else(|panic| resume_unwind(panic))
}
