//! Checks permissions and capabilities, and makes what `generate_context!` embeds.

use tauri_build::{AppManifest, Attributes};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Watched by hand: with patterns of our own nothing else does, and a permission edited alone would not be built in.
    for path in [
        "tauri.conf.json",
        "icons",
        "src-tauri/capabilities",
        "src-tauri/permissions",
        "ui/dist",
    ] {
        println!("cargo:rerun-if-changed={path}");
    }
    // The build below writes into the source tree, which documentation builders keep read-only.
    if std::env::var_os("DOCS_RS").is_some() {
        return Ok(());
    }
    // The default patterns look beside the manifest, find nothing there and grant nothing, without a word.
    tauri_build::try_build(
        Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
            .app_manifest(
                AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml"),
            ),
    )?;
    Ok(())
}
