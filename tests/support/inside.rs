//! What running programs hold: their words, their variables and their memory, as a core image would have them. Linux only.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::traces::{Found, Search};

/// Bytes of a page of memory; an assumption only about how finely it is looked at.
const PAGE: u64 = 4096;
/// Read at once. Pieces overlap, so that nothing hides at a seam.
const PIECE: u64 = 8 * 1024 * 1024;
const OVERLAP: u64 = 4096;
/// What the kernel notes of a page: it is in memory, or in swap.
const PRESENT: u64 = 0b11 << 62;

/// A running program.
#[derive(Debug, Clone)]
pub struct Program {
    pub id: u32,
    /// Such as `debitura-desk` or `WebKitWebProces`: the kernel keeps 15 letters.
    pub name: String,
}

impl Program {
    fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.id))
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &self.id.to_string()])
            .status();
        assert!(killed.is_ok_and(|done| done.success()), "{self:?} lives on");
    }

    /// The words it was started with and its variables; an error once it has ended.
    pub fn words(&self) -> std::io::Result<Vec<u8>> {
        let mut words = fs::read(self.folder().join("cmdline"))?;
        words.extend(fs::read(self.folder().join("environ"))?);
        Ok(words)
    }

    /// Looks through everything it could write to. Says what is there and how many bytes were read.
    pub fn search(&self, search: &Search) -> (Found, u64) {
        let maps = fs::read_to_string(self.folder().join("maps")).expect("its memory is mapped");
        let memory = File::open(self.folder().join("mem")).expect("its memory can be read");
        let pages = File::open(self.folder().join("pagemap")).expect("its pages can be read");
        let mut found = Found::new();
        let mut read = 0;
        for (from, to) in maps.lines().filter_map(region) {
            for (from, to) in present(&pages, from, to) {
                let mut at = from;
                while at < to {
                    let end = to.min(at + PIECE);
                    let mut piece = vec![0; usize::try_from(end - at).unwrap_or_default()];
                    // Unmapped since we looked.
                    if memory.read_exact_at(&mut piece, at).is_ok() {
                        read += end - at;
                        found.extend(search.in_bytes(&piece));
                    }
                    at = if end == to { to } else { end - OVERLAP };
                }
            }
        }
        (found, read)
    }
}

/// A line of `maps`, if it is memory that can be read and was not merely loaded from a file.
fn region(line: &str) -> Option<(u64, u64)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let written = rights.starts_with("rw");
    let system = line.ends_with("[vvar]") || line.ends_with("[vsyscall]");
    let number = |text| u64::from_str_radix(text, 16).ok();
    (written && !system).then_some((number(from)?, number(to)?))
}

/// The stretches that are really there: engines reserve far more than any machine has.
fn present(pages: &File, from: u64, to: u64) -> Vec<(u64, u64)> {
    let mut stretches: Vec<(u64, u64)> = Vec::new();
    let mut at = from;
    while at < to {
        let count = ((to - at) / PAGE).min(64 * 1024);
        let mut notes = vec![0; usize::try_from(count * 8).unwrap_or_default()];
        if pages.read_exact_at(&mut notes, at / PAGE * 8).is_err() {
            break;
        }
        for (number, note) in (0_u64..).zip(notes.chunks_exact(8)) {
            let note = u64::from_le_bytes(note.try_into().unwrap_or_default());
            if note & PRESENT == 0 {
                continue;
            }
            let start = at + number * PAGE;
            match stretches.last_mut() {
                Some((_, end)) if *end == start => *end += PAGE,
                _ => stretches.push((start, start + PAGE)),
            }
        }
        at += count * PAGE;
    }
    stretches
}

/// The application on a data folder, and all programs it started, itself first.
pub fn application(data_dir: &Path) -> Vec<Program> {
    let running = running();
    let folder = data_dir.to_string_lossy();
    let of_this_folder = |program: &&(Program, u32)| {
        program.0.name == "debitura-desk"
            && program
                .0
                .words()
                // One of another folder may end while we look.
                .is_ok_and(|words| String::from_utf8_lossy(&words).contains(&*folder))
    };
    let itself = running.iter().find(of_this_folder);
    let mut programs = vec![itself.expect("the application runs").0.clone()];
    let mut at = 0;
    while at < programs.len() {
        let parent = programs[at].id;
        let children = running.iter().filter(|(_, of)| *of == parent);
        programs.extend(children.map(|(child, _)| child.clone()));
        at += 1;
    }
    programs
}

/// Every program with its parent.
fn running() -> Vec<(Program, u32)> {
    let entries = fs::read_dir("/proc").expect("programs are listed");
    let one = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name may hold anything, also brackets.
        let (before, after) = stat.rsplit_once(") ")?;
        let name = before.split_once('(')?.1.to_owned();
        let parent = after.split_whitespace().nth(1)?.parse().ok()?;
        Some((Program { id, name }, parent))
    };
    entries.flatten().filter_map(one).collect()
}
