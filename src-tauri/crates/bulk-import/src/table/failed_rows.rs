//! How a file of failed rows is known again that this application wrote (see [`crate::reject`]).

use super::DELIMITERS;

/// The name of the added column. It comes first, since a failed row may have more cells than the table has columns.
pub(crate) const REASON: &str = "Reason (Debitura Desk)";

/// What parts the cells, if a text is a file of failed rows.
pub(super) fn delimiter_of(text: &str) -> Option<char> {
    let after = text.strip_prefix(REASON)?;
    match after.chars().next() {
        // A table without columns has nothing to part.
        None | Some('\r' | '\n') => Some(','),
        next => next.filter(|letter| DELIMITERS.contains(letter)),
    }
}
