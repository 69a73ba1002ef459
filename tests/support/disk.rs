//! A disk of a test's own. Mounting needs root.

use std::path::Path;
use std::process::Command;

/// A file system in memory, to be filled where the application keeps its data.
pub struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    /// `None`, and a line that says why, where this user may not mount.
    pub fn mount(at: &'a Path, megabytes: u32) -> Option<Disk<'a>> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={megabytes}m,mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .output();
        let why = match mounted {
            Ok(done) if done.status.success() => return Some(Disk(at)),
            Ok(done) => String::from_utf8_lossy(&done.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        println!("    SKIPPED, nothing was tested: this user may not mount a file system ({why})");
        None
    }

    /// Leaves no byte free.
    pub fn fill(&self) {
        use std::io::Write;
        let mut ballast = std::fs::File::create(self.0.join("ballast")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while ballast
                .write(&vec![b'.'; size])
                .is_ok_and(|wrote| wrote > 0)
            {}
        }
    }

    /// Takes away what [`Disk::fill`] wrote.
    pub fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // Lazily: a process may still be about to close its files.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}
