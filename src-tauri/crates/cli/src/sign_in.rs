//! Signing in to a source from the command line: an address for the browser, and a wait.

use std::time::Duration;

use desk::FailureCode;
use desk::wire::*;
use serde_json::json;

use crate::arguments::SignedIn;
use crate::input::standard_input;
use crate::print::Printer;
use crate::session::Session;

/// The address is the first line of standard error, whatever else is said.
pub async fn connect(
    session: &Session,
    printer: &Printer,
    provider: SignInProvider,
    open: bool,
) -> Result<bool, Failure> {
    let request = StartSignIn {
        provider,
        connection: None,
        open,
        take_first: true,
    };
    let started: SignInView = session.call("start_sign_in", request).await?;
    printer.message(&started.address);
    if let Some(failure) = &started.failure {
        printer.message(&format!("{} Open the address yourself.", failure.what));
    }
    let over = loop {
        let SignIns { current } = session.call("sign_in", json!({})).await?;
        let current = current
            .filter(|current| current.id == started.id)
            .ok_or_else(|| Failure::new(FailureCode::SignInSuperseded))?;
        if matches!(current.step, SignInStep::Done | SignInStep::Failed) {
            break current;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    if over.step == SignInStep::Failed {
        let failure = over.failure;
        return Err(failure.unwrap_or_else(|| Failure::new(FailureCode::Unexpected)));
    }
    let state: AppState = session.call("app_state", json!({})).await?;
    let mut made = state.connections;
    made.retain(|connection| over.connections.contains(&connection.id));
    printer.result(
        &json!({ "connection": made.first(), "connections": made }),
        || {
            let line = |connection: &ConnectionView| {
                let name = connection
                    .account
                    .as_deref()
                    .unwrap_or(&connection.provider);
                format!("Connected {name} as {}.", connection.id)
            };
            made.iter().map(line).collect()
        },
    );
    Ok(true)
}

/// Client id and secret of the user's own app.
pub async fn credentials(
    session: &Session,
    printer: &Printer,
    provider: SignedIn,
    region: Option<String>,
) -> Result<bool, Failure> {
    let text = standard_input("Client id and secret")?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (Some(id), Some(secret), None) = (lines.next(), lines.next(), lines.next()) else {
        let what = "Two lines are expected on standard input: client id and secret.";
        return Err(Failure::about(FailureCode::InvalidValue, what));
    };
    let request = SaveApplication {
        provider: match provider {
            SignedIn::Quickbooks => SignInProvider::QuickBooks,
            SignedIn::Zoho => SignInProvider::Zoho,
        },
        client_id: id.to_owned(),
        client_secret: secret.to_owned(),
        region,
    };
    let known: Applications = session.call("save_application", request).await?;
    let saved = match provider {
        SignedIn::Quickbooks => known.quickbooks,
        SignedIn::Zoho => known.zoho,
    };
    printer.result(&json!({ "application": saved }), || {
        let mut lines =
            vec!["Kept. One of these has to be registered with the provider:".to_owned()];
        lines.extend(
            saved
                .redirects
                .iter()
                .map(|redirect| format!("  {redirect}")),
        );
        lines
    });
    Ok(true)
}
