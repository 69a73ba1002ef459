//! Who may write to the log: the relay alone. The libraries below it see addresses, headers and bodies, and at their
//! finer levels they print them.

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

/// Lines of text to `writer`, from this crate only, at `level` and above.
pub fn subscriber<W>(writer: W, level: Level) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let own = Targets::new().with_target("relay", level);
    registry().with(
        fmt::layer()
            .with_writer(writer)
            .with_ansi(false)
            .with_filter(own),
    )
}
