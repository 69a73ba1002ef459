//! What Stripe's lists have in common: strict parameters, cursors, newest first, no totals.

use serde_json::{Value, json};

use super::errors;
use crate::exchange::{Call, Reply};

pub(super) struct Window<'a> {
    pub(super) limit: usize,
    pub(super) after: Option<&'a str>,
    pub(super) before: Option<&'a str>,
}

/// A range of unix seconds.
#[derive(Default)]
pub(super) struct Range(Vec<(String, i64)>);

impl Range {
    pub(super) fn holds(&self, value: Option<i64>) -> bool {
        self.0.iter().all(|(test, bound)| {
            value.is_some_and(|value| match test.as_str() {
                "gt" => value > *bound,
                "gte" => value >= *bound,
                "lt" => value < *bound,
                "lte" => value <= *bound,
                _ => value == *bound,
            })
        })
    }
}

/// Refuses every parameter that is not one of these; `name[…]` counts as `name`.
pub(super) fn only(call: &Call, known: &[&str]) -> Result<(), Reply> {
    let base = |name: &str| name.split('[').next().unwrap_or_default().to_owned();
    match call
        .query
        .iter()
        .find(|(name, _)| !known.contains(&base(name).as_str()))
    {
        Some((name, _)) => Err(errors::bad(
            "parameter_unknown",
            name,
            &format!("Received unknown parameter: {name}"),
        )),
        None => Ok(()),
    }
}

fn integer(name: &str, text: &str) -> Result<i64, Reply> {
    text.parse().map_err(|_| {
        errors::bad(
            "parameter_invalid_integer",
            name,
            &format!("Invalid integer: {text}"),
        )
    })
}

pub(super) fn range(call: &Call, name: &str) -> Result<Range, Reply> {
    let mut range = Range::default();
    for (key, value) in call
        .query
        .iter()
        .filter(|(key, _)| key.split('[').next() == Some(name))
    {
        let test = key
            .strip_prefix(name)
            .unwrap_or_default()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if !["", "gt", "gte", "lt", "lte"].contains(&test) {
            return Err(errors::bad(
                "parameter_unknown",
                key,
                &format!("Received unknown parameter: {key}"),
            ));
        }
        range.0.push((test.to_owned(), integer(key, value)?));
    }
    Ok(range)
}

/// A value with a fixed vocabulary.
pub(super) fn one_of<'a>(
    call: &'a Call,
    name: &str,
    known: &[&str],
) -> Result<Option<&'a str>, Reply> {
    let Some((_, value)) = call.query.iter().find(|(key, _)| key == name) else {
        return Ok(None);
    };
    if known.contains(&value.as_str()) {
        return Ok(Some(value));
    }
    let message = format!("Invalid {name}: must be one of {}", known.join(", "));
    Err(errors::error(400, &message, None, Some(name)))
}

pub(super) fn text<'a>(call: &'a Call, name: &str) -> Result<Option<&'a str>, Reply> {
    match call.query.iter().find(|(key, _)| key == name) {
        Some((_, value)) if value.is_empty() => {
            let message = format!(
                "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter."
            );
            Err(errors::bad("parameter_invalid_empty", name, &message))
        }
        found => Ok(found.map(|(_, value)| value.as_str())),
    }
}

pub(super) fn window(call: &Call) -> Result<Window<'_>, Reply> {
    let limit = text(call, "limit")?
        .map(|text| integer("limit", text))
        .transpose()?
        .unwrap_or(10);
    match limit {
        ..=0 => {
            return Err(errors::error(
                400,
                "This value must be greater than or equal to 1.",
                Some("parameter_invalid_integer"),
                Some("limit"),
            ));
        }
        101.. => {
            return Err(errors::error(
                400,
                "This value must be less than or equal to 100 (it currently is above).",
                Some("parameter_invalid_integer"),
                Some("limit"),
            ));
        }
        _ => {}
    }
    let (after, before) = (text(call, "starting_after")?, text(call, "ending_before")?);
    if after.is_some() && before.is_some() {
        let message =
            "You may only specify one of these parameters: starting_after, ending_before.";
        return Err(errors::bad(
            "parameters_exclusive",
            "starting_after",
            message,
        ));
    }
    Ok(Window {
        limit: limit as usize,
        after,
        before,
    })
}

/// One page of a collection kept oldest first. `position` finds a cursor; `keeps` filters.
pub(super) fn page<T>(
    all: &[T],
    window: &Window,
    what: &str,
    position: impl Fn(&str) -> Option<usize>,
    keeps: impl Fn(&T) -> bool,
) -> Result<(Vec<usize>, bool), Reply> {
    let at = |cursor: &str, param: &str| {
        position(cursor).ok_or_else(|| {
            errors::bad(
                "resource_missing",
                param,
                &format!("No such {what}: '{cursor}'"),
            )
        })
    };
    let kept = |at: &usize| keeps(&all[*at]);
    let more = window.limit + 1;
    let (mut found, forwards): (Vec<usize>, bool) = match (window.after, window.before) {
        (Some(cursor), _) => (
            (0..at(cursor, "starting_after")?)
                .rev()
                .filter(kept)
                .take(more)
                .collect(),
            true,
        ),
        (None, Some(cursor)) => (
            (at(cursor, "ending_before")? + 1..all.len())
                .filter(kept)
                .take(more)
                .collect(),
            false,
        ),
        (None, None) => ((0..all.len()).rev().filter(kept).take(more).collect(), true),
    };
    let has_more = found.len() > window.limit;
    found.truncate(window.limit);
    if !forwards {
        found.reverse();
    }
    Ok((found, has_more))
}

pub(super) fn envelope(url: &str, data: Vec<Value>, has_more: bool) -> Reply {
    Reply::ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": data }))
}
