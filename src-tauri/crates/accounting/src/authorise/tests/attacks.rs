//! Attacks and accidents. Each row is a sign-in to which things happen before the true callback comes. Either the true
//! callback wins all the same, or the row says how the sign-in ends. No answer repeats a secret, and the port is free
//! afterwards.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::attack_rows::Step::{Aborted, Get, Many, Paste, Raw, Silent};
use super::attack_rows::{Row, Step, rows};
use super::rig::*;
use crate::authorise::*;

async fn act(step: &Step, waiting: &Waiting, row: &str, held: &mut Vec<TcpStream>) {
    let port = waiting.port;
    match step {
        Get(target, expected) => check(&waiting.get(target).await, expected, waiting, row),
        Raw(bytes, expected) => {
            let answer = say(port, waiting.fill(bytes).as_bytes()).await;
            check(&answer, expected, waiting, row);
        }
        Silent(bytes) | Aborted(bytes) => {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream
                .write_all(waiting.fill(bytes).as_bytes())
                .await
                .unwrap();
            if let Silent(_) = step {
                held.push(stream);
            }
        }
        Paste(text, expected) => {
            assert_eq!(
                &waiting.handle.paste(&waiting.fill(text)),
                expected,
                "{row}"
            );
        }
        Many(times, step) => {
            for _ in 0..*times {
                Box::pin(act(step, waiting, row, held)).await;
            }
        }
    }
}

fn check(answer: &str, expected: &str, waiting: &Waiting, row: &str) {
    assert_eq!(status(answer), expected, "{row}: {answer}");
    for secret in [
        &waiting.state,
        "the-code",
        "evil",
        "client",
        "<script",
        "Set-Cookie:x\r",
        "<b>",
    ] {
        assert!(
            !answer.contains(secret),
            "{row}: the answer repeats {secret}: {answer}"
        );
    }
}

async fn run(row: Row) {
    let name = row.name;
    // Longer where the page is asked for after the end, so that a slow computer comes in time.
    let asks_later = matches!(row.steps.last(), Some(Get("{C}/done", "200")));
    let limits = Limits {
        linger: Duration::from_millis(if asks_later { 4_000 } else { 200 }),
        ..limits()
    };
    let ports = Ports::Fixed(&[0; 5]);
    let waiting = begin_with(row.provider, limits, ports, &Via::Loopback).await;
    let mut held = Vec::new();
    for step in &row.steps {
        act(step, &waiting, name, &mut held).await;
    }
    if row.end.is_none() {
        check(&waiting.get("{C}?{T}").await, "302", &waiting, name);
    }
    let port = waiting.port;
    match (waiting.attempt.wait(SOON).await, row.end) {
        (Ok(authorised), None) => {
            assert_eq!(code(&authorised), "the-code", "{name}");
            let outcome = Outcome::Connected { who: None };
            authorised.finish(outcome).await.unwrap();
        }
        (Err(SignInError::Callback(error)), Some(end)) => assert_eq!(error, end, "{name}"),
        (result, end) => panic!("{name}: {result:?} instead of {end:?}"),
    }
    drop(held);
    assert!(becomes_free(port).await, "{name}: the port is still taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_true_callback_wins() {
    let rows = rows();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let mut running = tokio::task::JoinSet::new();
    for row in rows {
        running.spawn(run(row));
    }
    while let Some(row) = running.join_next().await {
        if let Err(failed) = row {
            std::panic::resume_unwind(failed.into_panic());
        }
    }
}
