//! What must be on the machine. On Debian and its children missing packages are installed; elsewhere they are named.

use std::process::Command;

use crate::run::{Done, Failed, output_of, run, run_quietly, step};

/// Something this task cannot do without.
struct Need {
    what: &'static str,
    present: fn() -> bool,
    /// Debian packages that bring it; alternatives where Ubuntu names them otherwise.
    packages: &'static [&'static [&'static str]],
}

/// To compile the window on Linux.
const BUILDING: &[Need] = &[
    Need {
        what: "a C compiler",
        present: || on_path("cc"),
        packages: &[&["build-essential"]],
    },
    Need {
        what: "pkg-config",
        present: || on_path("pkg-config"),
        packages: &[&["pkg-config"]],
    },
    Need {
        what: "WebKitGTK 4.1 for development",
        present: || library("webkit2gtk-4.1"),
        packages: &[&["libwebkit2gtk-4.1-dev"]],
    },
    Need {
        what: "GTK 3 for development",
        present: || library("gtk+-3.0"),
        packages: &[&["libgtk-3-dev"]],
    },
    Need {
        what: "librsvg for development",
        present: || library("librsvg-2.0"),
        packages: &[&["librsvg2-dev"]],
    },
];

/// To drive a real window without a screen.
const WINDOW: &[Need] = &[
    Need {
        what: "Xvfb",
        present: || on_path("Xvfb"),
        packages: &[&["xvfb"]],
    },
    Need {
        what: "dbus-run-session",
        present: || on_path("dbus-run-session"),
        packages: &[&["dbus"]],
    },
    Need {
        what: "GNOME Keyring",
        present: || on_path("gnome-keyring-daemon"),
        packages: &[&["gnome-keyring"]],
    },
    Need {
        what: "WebKitGTK's WebDriver",
        present: || on_path("WebKitWebDriver"),
        packages: &[&["webkit2gtk-driver"]],
    },
    Need {
        what: "fonts",
        present: || output_of("fc-list", &[]).is_some_and(|fonts| !fonts.is_empty()),
        packages: &[&["fontconfig", "fonts-dejavu-core"]],
    },
];

/// To drive the page in a browser.
const BROWSER: &[Need] = &[
    Need {
        what: "Chromium",
        present: || {
            ["chromium", "chromium-browser", "google-chrome"]
                .into_iter()
                .any(on_path)
        },
        packages: &[&["chromium"], &["chromium-browser"]],
    },
    Need {
        what: "ChromeDriver",
        present: || on_path("chromedriver"),
        packages: &[&["chromium-driver"], &["chromium-chromedriver"]],
    },
];

/// To run the providers' own clients, which some of the tests drive.
const CLIENTS: &[Need] = &[Need {
    what: "Python with its venv",
    present: || output_of("python3", &["-c", "import ensurepip, venv"]).is_some(),
    packages: &[&["python3-venv"]],
}];

/// Oldest Node.js the page's tools run on.
const NODE: (u32, u32) = (20, 19);

/// What it takes to compile everything.
pub fn for_building() -> Done {
    if cfg!(target_os = "linux") {
        provide(&[BUILDING])?;
    }
    node()
}

/// What it takes to drive the real window without a screen.
pub fn for_the_window() -> Done {
    provide(&[BUILDING, WINDOW])?;
    node()
}

/// What it takes to run every suite.
pub fn for_every_suite() -> Done {
    provide(&[BUILDING, WINDOW, BROWSER, CLIENTS])?;
    node()
}

fn provide(needs: &[&[Need]]) -> Done {
    let missing = || {
        let all = needs.iter().copied().flatten();
        all.filter(|need| !(need.present)()).collect::<Vec<_>>()
    };
    let wanted = missing();
    if wanted.is_empty() {
        return Ok(());
    }
    let names = |needs: &[&Need]| {
        needs
            .iter()
            .map(|need| need.what)
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !on_path("apt-get") {
        return Err(Failed(format!(
            "missing: {}. Install them with the system's package manager, then run this again",
            names(&wanted)
        )));
    }
    step(&format!("Installing what is missing: {}", names(&wanted)));
    run_quietly(as_root("apt-get")?.arg("update"))?;
    let packages = wanted.iter().flat_map(|need| available(need.packages));
    run(as_root("apt-get")?
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages))?;
    let still = missing();
    if still.is_empty() {
        return Ok(());
    }
    Err(Failed(format!(
        "still missing after the installation: {}",
        names(&still)
    )))
}

/// The first alternative that this system has.
fn available(alternatives: &[&'static [&'static str]]) -> Vec<&'static str> {
    let has = |package: &&str| {
        output_of("apt-cache", &["policy", package]).is_some_and(|policy| {
            policy.contains("Candidate:") && !policy.contains("Candidate: (none)")
        })
    };
    let found = alternatives
        .iter()
        .find(|packages| packages.iter().all(has));
    found
        .or(alternatives.first())
        .map(|packages| packages.to_vec())
        .unwrap_or_default()
}

fn as_root(program: &str) -> Done<Command> {
    let mut command = if output_of("id", &["-u"]).as_deref() == Some("0") {
        Command::new(program)
    } else if on_path("sudo") {
        let mut sudo = Command::new("sudo");
        sudo.args(["--preserve-env=DEBIAN_FRONTEND", program]);
        sudo
    } else {
        return Err(Failed(
            "packages are missing, and there is no sudo to install them".to_owned(),
        ));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn node() -> Done {
    if new_enough() {
        return Ok(());
    }
    let wanted = format!("Node.js {}.{} or newer with npm", NODE.0, NODE.1);
    if on_path("apt-get") {
        step(&format!("Installing {wanted}"));
        run_quietly(as_root("apt-get")?.arg("update"))?;
        run(as_root("apt-get")?.args([
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "nodejs",
            "npm",
        ]))?;
        if new_enough() {
            return Ok(());
        }
    }
    Err(Failed(format!(
        "{wanted} is needed, and this system's packages do not bring it. Install it, then run this again"
    )))
}

fn new_enough() -> bool {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    output_of("node", &["--version"]).is_some_and(|version| is_new_enough(&version))
        && output_of(program, &["--version"]).is_some()
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|part| part.parse().ok());
    numbers
        .next()
        .zip(numbers.next())
        .is_some_and(|version| version >= NODE)
}

fn library(name: &str) -> bool {
    output_of("pkg-config", &["--exists", name]).is_some()
}

/// Whether a program of this name can be started.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_asked_for_by_number() {
        for (version, enough) in [
            ("v20.19.0", true),
            ("v22.1.0", true),
            ("v20.9.1", false),
            ("v18.20.4", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }
}
