//! A desktop of its own for tests: display, message bus, keychain and home folders that end with it. Nothing of the
//! user's is touched.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::run::{self, Done, Failed};
use crate::system;

/// Runs what is named on the command line in such a session.
pub fn run(words: &[String]) -> Done {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failed("name the program to run".to_owned()));
    };
    system::for_the_window()?;
    inside(Command::new(program).args(arguments))
}

/// Runs a program in such a session.
///
/// # Errors
/// The session could not be started, or the program failed.
pub fn inside(command: &Command) -> Done {
    let home = Home::new()?;
    let display = Display::start()?;
    // The keychain is unlocked with an empty password; it ends with the bus.
    let mut session = Command::new("dbus-run-session");
    session
        .args(["--", "sh", "-c"])
        .arg(r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$@""#)
        .arg("session")
        .arg(command.get_program())
        .args(command.get_args())
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11")
        // Without an accessibility bus GTK would look for one at every start.
        .env("NO_AT_BRIDGE", "1")
        .env_remove("WAYLAND_DISPLAY");
    for (variable, folder) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        session.env(variable, home.folder(folder)?);
    }
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => session.env(variable, value),
            None => session.env_remove(variable),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        session.current_dir(folder);
    }
    run::run(&mut session)
}

/// Folders of the session, removed with it.
struct Home(PathBuf);

impl Home {
    fn new() -> Done<Home> {
        // Short, since sockets lie in it and their paths are bounded.
        let path = std::env::temp_dir().join(format!("debitura-desk-{}", std::process::id()));
        let home = Home(path);
        home.folder("")?;
        Ok(home)
    }

    fn folder(&self, name: &str) -> Done<PathBuf> {
        let path = self.0.join(name);
        create_private(&path)
            .map_err(|error| Failed(format!("{} could not be made: {error}", path.display())))?;
        Ok(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What stays behind is small and in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn create_private(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn create_private(path: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// A screen in memory.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Done<Display> {
        let failed = |why: String| Failed(format!("the display could not be started: {why}"));
        let mut server = Command::new("Xvfb")
            // It picks a free number and prints it when it is ready.
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "2560x1640x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let mut number = String::new();
        let read = server
            .stdout
            .take()
            .map(|output| BufReader::new(output).read_line(&mut number));
        let display = Display {
            server,
            name: format!(":{}", number.trim()),
        };
        match read {
            Some(Ok(1..)) => Ok(display),
            Some(Err(error)) => Err(failed(error.to_string())),
            _ => Err(failed("Xvfb ended at once".to_owned())),
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
