//! The few pages that a person may see. Fixed texts without script, image or style; nothing of a request is shown.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// `title` and `text` are ours, so nothing needs escaping; the types say so.
pub fn page(status: StatusCode, title: &'static str, text: &'static str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><h1>{title}</h1><p>{text}</p>"
    );
    (status, Html(html)).into_response()
}

pub async fn not_found() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "There is nothing here",
        "This address belongs to Debitura Desk's sign-in.",
    )
}

/// Intuit asks for three addresses with every app in production: where it is opened, where a customer ends who has
/// disconnected it, and where to connect again.
pub async fn launch() -> Response {
    page(
        StatusCode::OK,
        "Debitura Desk",
        "Open Debitura Desk on your computer to see your invoices.",
    )
}

pub async fn disconnected() -> Response {
    page(
        StatusCode::OK,
        "QuickBooks is disconnected",
        "Debitura Desk no longer reads your invoices from QuickBooks. Cases that you have submitted are not affected.",
    )
}

pub async fn reconnect() -> Response {
    page(
        StatusCode::OK,
        "Connect QuickBooks again",
        "Open Debitura Desk on your computer, go to Integrations and choose Reconnect beside QuickBooks.",
    )
}
