//! The files that are made from the command table and committed, so that a reader and a reviewer see them.

use std::fmt::Write;

/// In the shell and not in the table: it hands in a channel, which only a window has.
const SUBSCRIBE: (&str, &str) = (
    "subscribe",
    "Tells the page what happens, without being asked",
);

/// Every file: path from the root of the repository, and content.
pub fn files() -> [(&'static str, String); 3] {
    [
        ("ui/src/host/commands.ts", desk::typescript()),
        ("src-tauri/permissions/commands.toml", permissions()),
        ("src-tauri/capabilities/main.json", capability()),
    ]
}

/// Names and descriptions of all commands the shell answers.
fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    let table = desk::COMMANDS
        .iter()
        .map(|command| (command.name, command.about));
    std::iter::once(SUBSCRIBE).chain(table)
}

/// One permission for each command, so that a window can be granted exactly what it needs.
fn permissions() -> String {
    let mut file = String::from(
        "# Made from the command table in `desk` by `cargo xtask types`. Do not edit.\n",
    );
    for (name, about) in commands() {
        // Rust's escapes of quotes and backslashes are TOML's too.
        write!(
            file,
            "\n[[permission]]\nidentifier = \"{}\"\ndescription = {about:?}\ncommands.allow = [\"{name}\"]\n",
            permission(name)
        )
        .expect("text takes what is written");
    }
    file
}

/// What the one window may do: each command by its own permission, and the zoom that the keyboard asks for.
fn capability() -> String {
    let mut granted: Vec<String> = commands().map(|(name, _)| permission(name)).collect();
    granted.push("core:webview:allow-set-webview-zoom".to_owned());
    let capability = serde_json::json!({
        "$schema": "../../gen/schemas/desktop-schema.json",
        "identifier": "main",
        "description": "The window: every command by its own permission. Made by `cargo xtask types`.",
        "local": true,
        "windows": ["main"],
        "permissions": granted,
    });
    format!("{capability:#}\n")
}

/// Tauri takes lower-case letters and hyphens only.
fn permission(command: &str) -> String {
    format!("allow-{}", command.replace('_', "-"))
}
