//! Every command of the page comes in here, after Tauri has checked its permission, and goes to the desk by name. There is
//! no list of handlers to keep in step with the table.

use std::sync::Arc;

use serde_json::{Map, Value};
use tauri::ipc::{Channel, Invoke, InvokeBody, InvokeError, JavaScriptChannelId};
use tauri::{Manager, Runtime, Webview};

use desk::FailureCode;
use desk::wire::{Event, Failure};

use crate::{Opening, events};

/// The one command that is not in the table: the page hands in the channel on which it wants to be told events.
pub const SUBSCRIBE: &str = "subscribe";

/// Answers one call of the page. The request is the argument `request`; for [`SUBSCRIBE`], `channel` is a Tauri channel.
pub fn handle<R: Runtime>(invoke: Invoke<R>) -> bool {
    let Invoke {
        message, resolver, ..
    } = invoke;
    let opening = message
        .webview_ref()
        .state::<Arc<Opening>>()
        .inner()
        .clone();
    let mut arguments = match message.payload() {
        InvokeBody::Json(Value::Object(arguments)) => arguments.clone(),
        _ => Map::new(),
    };
    if message.command() == SUBSCRIBE {
        match channel(&mut arguments, message.webview()) {
            Ok(channel) => {
                subscribe(&opening, channel);
                resolver.resolve(Map::new());
            }
            Err(failure) => resolver.reject(failure),
        }
        return true;
    }
    let name = message.command().to_owned();
    let request = arguments.remove("request").unwrap_or(Map::new().into());
    resolver.respond_async(async move {
        opening
            .call(&name, request)
            .await
            .map_err(|failure| InvokeError(serde_json::json!(failure)))
    });
    true
}

fn channel<R: Runtime>(
    arguments: &mut Map<String, Value>,
    webview: Webview<R>,
) -> Result<Channel<Event>, Failure> {
    let id = arguments.remove("channel").unwrap_or_default();
    let id: JavaScriptChannelId = serde_json::from_value(id)
        .map_err(|error| Failure::new(FailureCode::BadRequest).because(error.to_string()))?;
    Ok(id.channel_on(webview))
}

fn subscribe(opening: &Arc<Opening>, channel: Channel<Event>) {
    let (mut coming, mut page) = (opening.events(), opening.present_page());
    tauri::async_runtime::spawn(async move {
        loop {
            let told = tokio::select! {
                told = events::merged(&mut coming) => told,
                // Loaded anew, it subscribes anew; a channel of the old one would reach nobody.
                _ = page.changed() => None,
            };
            let Some(told) = told else { return };
            for event in told {
                if channel.send(event).is_err() {
                    return;
                }
            }
        }
    });
}
