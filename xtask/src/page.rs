//! The page's packages and bundles, made only when what they come from has changed.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::run::{Done, Failed, npm, root, run, run_quietly, step, target};

/// A bundle: the script that makes it, and where it ends up.
pub struct Bundle {
    script: &'static str,
    folder: &'static str,
}

/// What the window shows.
pub const WINDOW: Bundle = Bundle {
    script: "build",
    folder: "dist",
};

/// The same page with the transport for tests in a browser.
pub const BRIDGE: Bundle = Bundle {
    script: "build:bridge",
    folder: "dist-bridge",
};

/// Installs the page's packages as its lock file says, when they are missing or older than it.
pub fn packages() -> Done {
    let ui = root().join("ui");
    let changed = |path: &str| std::fs::metadata(ui.join(path)).and_then(|file| file.modified());
    // npm writes down what it has installed.
    let installed = changed("node_modules/.package-lock.json");
    if let (Ok(installed), Ok(wanted)) = (installed, changed("package-lock.json"))
        && installed >= wanted
    {
        return Ok(());
    }
    step("Installing the page's packages");
    run(&mut npm(["ci", "--no-audit", "--no-fund"]))
}

/// Makes a bundle. An unchanged one is left alone, so that nothing that embeds it is built again.
pub fn build(bundle: &Bundle) -> Done {
    packages()?;
    let ui = root().join("ui");
    let print = fingerprint(&sources(&ui)?)?;
    let stamp = Stamp::new(bundle.folder);
    if stamp.is(&print) && ui.join(bundle.folder).join("index.html").is_file() {
        return Ok(());
    }
    step(&format!("Building the page ({})", bundle.folder));
    run_quietly(&mut npm(["run", bundle.script]))?;
    stamp.set(&print)
}

/// Every file of the page but packages, bundles and tests.
fn sources(ui: &Path) -> Done<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![ui.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let path = entry.map_err(unreadable(&folder))?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_file() {
                files.insert(path);
            } else if name != "node_modules" && name != "tests" && !name.starts_with("dist") {
                folders.push(path);
            }
        }
    }
    Ok(files.into_iter().collect())
}

fn fingerprint(files: &[PathBuf]) -> Done<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write(&std::fs::read(file).map_err(unreadable(file))?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Failed {
    move |error| Failed(format!("{} could not be read: {error}", path.display()))
}

/// Remembers what something was made from.
struct Stamp(PathBuf);

impl Stamp {
    fn new(name: &str) -> Stamp {
        Stamp(target().join("xtask").join(name))
    }

    fn is(&self, print: &str) -> bool {
        std::fs::read_to_string(&self.0).is_ok_and(|text| text == print)
    }

    fn set(&self, print: &str) -> Done {
        let folder = self.0.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&self.0, print))
            .map_err(|error| {
                Failed(format!(
                    "{} could not be written: {error}",
                    self.0.display()
                ))
            })
    }
}
