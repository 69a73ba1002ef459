use jiff::Timestamp;
use jiff::civil::Date;
use receivables::Invoice;

use crate::Fault;

/// Invoices created from `from` on and before `until`. Half-open, so that slices side by side share nothing and miss
/// nothing; whole seconds, as providers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slice {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Which unpaid invoices are asked for, where a provider can be asked in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Filter {
    Created(Slice),
    /// Both days included.
    Due {
        from: Date,
        to: Date,
    },
}

/// `whole` in at most `count` parts of about the same length, the newest first, to be fetched side by side.
///
/// A provider that lists by cursor gives one page after the other; parts are the only way to ask for several at once.
pub fn slices(whole: Slice, count: u32) -> Vec<Slice> {
    let (start, end) = (whole.from.as_second(), whole.until.as_second());
    let length = end - start;
    if length <= 0 {
        return Vec::new();
    }
    let count = i64::from(count.max(1)).min(length);
    // The product stays far below 2^63: jiff's range is below 2^39 seconds, and `count` is below 2^32 only where the
    // range is that long; so it is computed in parts all the same.
    let edge = |index: i64| start + length / count * index + (length % count) * index / count;
    let at = |second: i64| Timestamp::from_second(second).unwrap_or(whole.until);
    (0..count)
        .rev()
        .map(|index| Slice {
            from: at(edge(index)),
            until: at(edge(index + 1)),
        })
        .collect()
}

/// One invoice with the record it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub invoice: Invoice,
    /// When the provider made the record: the moment by which it lists and slices.
    pub created: Option<Timestamp>,
    /// The provider's JSON, without white space between its parts.
    pub raw: String,
}

/// One page of a walk through a slice. Whoever stores a page stores `next` in the same transaction; a walk that was
/// interrupted goes on from there and asks for nothing twice but the page it was interrupted in.
#[derive(Debug, Clone)]
pub struct Page {
    pub fetched: Vec<Fetched>,
    /// From where to go on; `None` is the end of the slice.
    pub next: Option<String>,
    /// The walk began again from the start, because the cursor it was given is not known any more. What was stored of
    /// this slice before is still right, but counts again.
    pub restarted: bool,
    /// The key may not read customers, so only what the invoices themselves say is here.
    pub without_customers: bool,
    /// Entries that have no id and so cannot be kept.
    pub unreadable: usize,
}

impl Page {
    /// Whether the slice has been seen to its end.
    pub fn is_last(&self) -> bool {
        self.next.is_none()
    }
}

/// Why a walk ended before its end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Stopped<E> {
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Whoever takes the pages did not take this one.
    #[error("the page could not be kept")]
    Sink(E),
}

/// Asks for a page while `page`, the one before it, is taken; that page is kept whatever becomes of the question. A full
/// page may take longer to keep than the pace holds the next request back.
pub(crate) async fn ask_while_taken<T, E>(
    asking: impl Future<Output = T>,
    page: Option<impl Future<Output = Result<(), E>>>,
) -> Result<T, Stopped<E>> {
    let taking = async {
        match page {
            Some(page) => page.await.map_err(Stopped::Sink),
            None => Ok(()),
        }
    };
    let (answer, ()) = tokio::try_join!(biased; async { Ok(asking.await) }, taking)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slice(from: i64, until: i64) -> Slice {
        Slice {
            from: Timestamp::from_second(from).unwrap(),
            until: Timestamp::from_second(until).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn slices_cover_everything_once(from in -1_000_000_i64..2_000_000_000, length in 1_i64..200_000_000, count in 1_u32..500) {
            let whole = slice(from, from + length);
            let mut parts = slices(whole, count);
            prop_assert!(parts.len() <= count as usize);
            parts.reverse();
            prop_assert_eq!(parts[0].from, whole.from);
            prop_assert_eq!(parts[parts.len() - 1].until, whole.until);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].until, pair[1].from);
            }
            for part in &parts {
                prop_assert!(part.from < part.until);
            }
        }
    }

    #[test]
    fn nothing_has_no_slices() {
        assert!(slices(slice(10, 10), 4).is_empty());
        assert!(slices(slice(10, 5), 4).is_empty());
        assert_eq!(slices(slice(0, 2), 9), [slice(1, 2), slice(0, 1)]);
    }
}
