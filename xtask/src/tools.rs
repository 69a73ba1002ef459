//! Cargo tools that are not part of Rust, kept in the target folder at a known version.

use crate::run::{Done, cargo, run, step, target};

/// A tool's name and the version that was tried.
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

pub const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};

impl Tool {
    /// Builds it, unless this version is there.
    pub fn provide(&self) -> Done {
        let folder = target().join("tools");
        let program = folder.join("bin").join(self.name);
        let present = crate::run::output_of(&program.to_string_lossy(), &["--version"]);
        if present.is_some_and(|text| text.ends_with(self.version)) {
            return Ok(());
        }
        step(&format!(
            "Building {} {} (minutes, once)",
            self.name, self.version
        ));
        run(cargo([
            "install",
            "--locked",
            "--quiet",
            "--version",
            self.version,
            self.name,
        ])
        .arg("--root")
        .arg(&folder))
    }

    /// The program's path.
    pub fn program(&self) -> std::path::PathBuf {
        target().join("tools").join("bin").join(self.name)
    }
}
