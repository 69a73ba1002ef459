//! What tests may do to a running debug build through its environment: end it at a transition of the journal or beside
//! the keeping of tokens, move its clock, and lift its pace. A release build has none of it.

use std::sync::Arc;

use store::Checkpoint;

use crate::setup::{Clock, Pacing, SystemClock};

#[cfg(not(debug_assertions))]
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

#[cfg(not(debug_assertions))]
pub(crate) fn checkpoint() -> Checkpoint {
    Checkpoint::default()
}

/// A point that is none of the journal's.
#[cfg(not(debug_assertions))]
pub(crate) fn pass(_: &str) {}

/// Kills the process where `DESK_KILL_AT` names this point.
#[cfg(debug_assertions)]
pub(crate) fn pass(point: &str) {
    if std::env::var("DESK_KILL_AT").is_ok_and(|wanted| wanted == point) {
        debug::kill();
    }
}

#[cfg(not(debug_assertions))]
pub(crate) fn pacing() -> Pacing {
    Pacing::AsAgreed
}

/// `DESK_PACE` times as fast as agreed, or `unlimited`.
#[cfg(debug_assertions)]
pub(crate) fn pacing() -> Pacing {
    match (
        std::env::var("DESK_PACE").as_deref(),
        debug::number("DESK_PACE"),
    ) {
        (Ok("unlimited"), _) => Pacing::Unlimited,
        (_, Some(factor)) => Pacing::Times(u32::try_from(factor).unwrap_or(1)),
        _ => Pacing::AsAgreed,
    }
}

/// The system's clock, moved by `DESK_CLOCK_SHIFT` seconds.
#[cfg(debug_assertions)]
pub(crate) fn clock() -> Arc<dyn Clock> {
    match debug::number("DESK_CLOCK_SHIFT") {
        Some(seconds) => Arc::new(debug::Shifted(jiff::SignedDuration::from_secs(seconds))),
        None => Arc::new(SystemClock),
    }
}

/// Kills the process as it passes the point `DESK_KILL_AT`: the n-th, counted from 1, or the first of a name such as
/// `give_up:after`; or as the commit `DESK_KILL_AT_COMMIT` of either file is on the disk, counted from 1. Writes each
/// point it passes to the file `DESK_KILL_TRACE`, with its number, side, transition and entry, and each commit to
/// `DESK_COMMIT_TRACE`, with its number and file.
#[cfg(debug_assertions)]
pub(crate) fn checkpoint() -> Checkpoint {
    use std::sync::Mutex;

    let kill_at = std::env::var("DESK_KILL_AT").ok();
    let trace = std::env::var_os("DESK_KILL_TRACE");
    let kill_at_commit = debug::number("DESK_KILL_AT_COMMIT");
    let commits = std::env::var_os("DESK_COMMIT_TRACE");
    if kill_at.is_none() && trace.is_none() && kill_at_commit.is_none() && commits.is_none() {
        return Checkpoint::default();
    }
    let (passed, committed) = (Mutex::new(0_i64), Mutex::new(0_i64));
    let checkpoint = Checkpoint::new(move |pass| {
        // Held while writing, so that lines and numbers keep one order, and nobody passes a point beyond the last one.
        let mut passed = passed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *passed += 1;
        if let Some(trace) = &trace {
            debug::append(trace, &debug::line(*passed, pass));
        }
        let here = [passed.to_string(), debug::name(pass)];
        if kill_at.as_ref().is_some_and(|wanted| here.contains(wanted)) {
            debug::kill();
        }
    });
    checkpoint.at_commits(move |file| {
        // Each file has a writer of its own.
        let mut committed = committed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *committed += 1;
        if let Some(trace) = &commits {
            debug::append(trace, &format!("{committed} {file}\n"));
        }
        if kill_at_commit == Some(*committed) {
            debug::kill();
        }
    })
}

#[cfg(debug_assertions)]
mod debug {
    use std::ffi::OsStr;
    use std::fs::OpenOptions;
    use std::io::Write;

    use jiff::{SignedDuration, Timestamp};
    use store::{Pass, Side};

    use crate::setup::Clock;

    pub(super) struct Shifted(pub(super) SignedDuration);

    impl Clock for Shifted {
        fn now(&self) -> Timestamp {
            Timestamp::now() + self.0
        }
    }

    pub(super) fn number(name: &str) -> Option<i64> {
        std::env::var(name).ok()?.trim().parse().ok()
    }

    fn side(pass: Pass) -> &'static str {
        match pass.side {
            Side::Before => "before",
            Side::After => "after",
        }
    }

    pub(super) fn name(pass: Pass) -> String {
        format!("{}:{}", pass.transition.name(), side(pass))
    }

    pub(super) fn line(number: i64, pass: Pass) -> String {
        let (side, transition) = (side(pass), pass.transition.name());
        format!("{number} {side} {transition} {}\n", pass.entry)
    }

    pub(super) fn append(file: &OsStr, line: &str) {
        let file = OpenOptions::new().create(true).append(true).open(file);
        if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
            tracing::warn!(%error, "the trace of kill points has a gap");
        }
    }

    /// As a power cut would: nothing is flushed, nobody is told.
    pub(super) fn kill() -> ! {
        #[cfg(unix)]
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        std::process::abort()
    }
}
