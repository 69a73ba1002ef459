//! A log for whoever looks into a fault: off unless asked for, and bounded. What must not be printed cannot
//! be: secrets have types without text.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tauri::{AppHandle, Manager, Runtime};
use tracing_subscriber::EnvFilter;

use crate::Options;

/// A full file is kept once beside the new one, so at most twice this lies on the disk.
const MOST: u64 = 1024 * 1024;

/// Starts logging to `desk.log`, when asked to. A folder that cannot be written is no reason not to
/// start: the window says it better.
pub(crate) fn start<R: Runtime>(app: &AppHandle<R>, options: &Options) {
    let Some(filter) = &options.log else { return };
    let Ok(filter) = EnvFilter::try_new(filter) else {
        return;
    };
    let usual = || app.path().app_log_dir().ok();
    let Some(folder) = options.data_dir.clone().or_else(usual) else {
        return;
    };
    if std::fs::create_dir_all(&folder).is_err() {
        return;
    }
    if let Ok(file) = Bounded::open(&folder.join("desk.log"), MOST) {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(Mutex::new(file))
            .init();
    }
}

/// A file that starts over when it is full.
struct Bounded {
    path: PathBuf,
    file: File,
    written: u64,
    most: u64,
}

impl Bounded {
    fn open(path: &Path, most: u64) -> io::Result<Bounded> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let written = file.metadata()?.len();
        Ok(Bounded {
            path: path.to_owned(),
            file,
            written,
            most,
        })
    }

    fn start_over(&mut self) -> io::Result<()> {
        std::fs::rename(&self.path, self.path.with_extension("log.1"))?;
        *self = Bounded::open(&self.path, self.most)?;
        Ok(())
    }
}

impl Write for Bounded {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        if self.written > 0 && self.written + length > self.most && self.start_over().is_err() {
            // Rather no more log than one without bounds.
            return Ok(line.len());
        }
        self.file.write_all(line)?;
        self.written += length;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_outgrows_twice_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.log");
        let mut log = Bounded::open(&path, 1000).unwrap();
        for line in 0..500 {
            writeln!(log, "line {line:03} and some more text").unwrap();
        }
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert!(size(&path) <= 1000);
        assert!(size(&path.with_extension("log.1")) <= 1000);
        let newest = std::fs::read_to_string(&path).unwrap();
        assert!(newest.ends_with("line 499 and some more text\n"));
        drop(log);
        assert!(Bounded::open(&path, 1000).unwrap().written > 0);
    }
}
