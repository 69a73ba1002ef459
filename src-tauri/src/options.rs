//! What the program is started with: arguments first, then the environment.

use std::ffi::OsString;
use std::path::PathBuf;

/// How to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder for the databases, the window's place and the log, where the user names one; the system's usual ones
    /// otherwise.
    pub data_dir: Option<PathBuf>,
    /// What to log, as in `info` or `desk=debug`; nothing without.
    pub log: Option<String>,
}

/// Why the program cannot start as asked.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WrongUsage {
    #[error("--data-dir needs a folder.")]
    NoFolder,
    #[error("Unknown argument {0:?}. Usage: debitura-desk [--data-dir DIR]")]
    Unknown(OsString),
}

impl Options {
    /// Reads the arguments after the program's name, and the environment.
    ///
    /// # Errors
    /// An argument that is not known or lacks its folder.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Options, WrongUsage> {
        Options::from(arguments, |name| std::env::var_os(name))
    }

    fn from(
        arguments: impl IntoIterator<Item = OsString>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Options, WrongUsage> {
        let mut named = environment("DESK_DATA_DIR").filter(|folder| !folder.is_empty());
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            // macOS passes a process number to programs started from the Finder.
            let text = argument.to_string_lossy();
            if text == "--data-dir" {
                named = Some(arguments.next().ok_or(WrongUsage::NoFolder)?);
            } else if let Some(folder) = text.strip_prefix("--data-dir=") {
                named = Some(folder.into());
            } else if !text.starts_with("-psn_") {
                return Err(WrongUsage::Unknown(argument));
            }
        }
        if named.as_ref().is_some_and(|folder| folder.is_empty()) {
            return Err(WrongUsage::NoFolder);
        }
        // It must stay the same folder whatever becomes the working directory later.
        let data_dir = named.map(|folder| std::path::absolute(&folder).unwrap_or(folder.into()));
        let log = environment("DESK_LOG")
            .and_then(|filter| filter.into_string().ok())
            .filter(|filter| !filter.is_empty());
        Ok(Options { data_dir, log })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Options, WrongUsage> {
        Options::from(arguments.iter().map(OsString::from), |name| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn an_argument_wins_over_the_environment() {
        let folder = |arguments: &[&str], environment: &[(&str, &str)]| {
            read(arguments, environment).unwrap().data_dir
        };
        let environment = [("DESK_DATA_DIR", "/a")];
        assert_eq!(folder(&[], &[]), None);
        assert_eq!(folder(&[], &[("DESK_DATA_DIR", "")]), None);
        assert_eq!(folder(&[], &environment), Some("/a".into()));
        for arguments in [&["--data-dir", "/b"][..], &["--data-dir=/b"]] {
            assert_eq!(folder(arguments, &environment), Some("/b".into()));
        }
    }

    #[test]
    fn what_it_cannot_follow_it_names() {
        assert_eq!(read(&["--data-dir"], &[]), Err(WrongUsage::NoFolder));
        assert_eq!(read(&["--data-dir="], &[]), Err(WrongUsage::NoFolder));
        assert_eq!(
            read(&["--verbose"], &[]),
            Err(WrongUsage::Unknown("--verbose".into()))
        );
        assert!(read(&["-psn_0_1234"], &[]).is_ok());
    }
}
