//! The page without a mouse: where the focus is, and how it gets there.

use serde_json::json;

use super::Page;
use super::driver::keys;

/// Goes on with Tab until it has the focus.
pub async fn tab_to(page: &Page, selector: &str) {
    for _ in 0..200 {
        if has_focus(page, selector).await {
            return;
        }
        page.keys(&[keys::TAB]).await;
    }
    panic!("Tab never reaches {selector}");
}

/// Goes there with Tab and presses Enter.
pub async fn enter(page: &Page, selector: &str) {
    page.see(selector, "").await;
    tab_to(page, selector).await;
    page.keys(&[keys::ENTER]).await;
}

pub async fn has_focus(page: &Page, selector: &str) -> bool {
    let script = "return document.activeElement?.matches(arguments[0]) ?? false";
    page.run(script, json!([selector])).await == json!(true)
}
