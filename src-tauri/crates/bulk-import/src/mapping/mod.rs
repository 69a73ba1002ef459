//! Which column means which field of a case.
