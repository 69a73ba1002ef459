//! What Debitura's documents leave open, each reading of it: how long a key is remembered, what a reference that exists
//! already is told, what a key is told whose first request still runs.

use std::time::Duration;

use sandbox::{ConcurrentKey, DuplicateReference, Effect, Fault, FieldErrors, When};

use crate::desk::signal;
use crate::dice::Dice;
use crate::figures::Figures;
use crate::full;
use crate::matrix::{CREATE, Ours, at_moment, lives, lossy, side_by_side, undisturbed};
use crate::prepared::{Fate, prepared, submit, words};
use crate::proxy::Proxy;
use crate::row::{Row, Scene};

fn forgets(scene: Scene) -> Scene {
    scene.settings(|settings| settings.remember_keys = false)
}

/// Some answers are lost, and references are answered so.
fn duplicates(name: &str, answer: DuplicateReference) -> Scene {
    let scene = lossy(Effect::DropAfterCommit).called(name);
    scene.settings(move |settings| settings.duplicate_reference = answer)
}

/// The list lags behind: a case is not found at once, so that it is sent for again.
fn lags(scene: Scene) -> Scene {
    scene.settings(|settings| settings.lag = 1)
}

/// Those in which a reference that exists already is refused, in every form.
fn refusing() -> Vec<Scene> {
    vec![
        duplicates("422 DuplicateReference", DuplicateReference::Business),
        duplicates(
            "422 DuplicateCreditorReference",
            DuplicateReference::Creditor,
        ),
        duplicates("400 creditorReference", DuplicateReference::Field),
        duplicates("400 as a business error", DuplicateReference::Field)
            .settings(|settings| settings.field_errors = FieldErrors::ApiError),
    ]
}

fn readings() -> Vec<Scene> {
    let mut all: Vec<Scene> = refusing().into_iter().map(forgets).map(lags).collect();
    all.extend([
        lags(duplicates("keys kept", DuplicateReference::Business)),
        forgets(duplicates("keys forgotten", DuplicateReference::Business)),
        duplicates("duplicates accepted", DuplicateReference::Accept),
        forgets(duplicates(
            "duplicates accepted and keys forgotten",
            DuplicateReference::Accept,
        )),
        lossy(Effect::DropBeforeCommit)
            .called("nothing arrived, 422 not kept")
            .settings(|settings| settings.store_422 = false),
    ]);
    all
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn every_answer_to_a_reference_that_exists() {
    let counted = Figures::of("duplicate references");
    let figures = &counted;
    side_by_side(refusing().into_iter().map(|scene| async move {
        // No answer is lost here: nobody could tell afterwards who had made what.
        let scene = scene.without_faults().old_cases_lag().may_end("linked");
        let row = Row::set("told so", &scene).await;
        figures.run();
        row.finish().await;
        let told = row.sandbox.requests_to(CREATE);
        let told = told
            .iter()
            .filter(|request| request.is_ours() && matches!(request.status, Some(400 | 422)));
        // Four have no partner any more, four are due in the future; eight references are taken.
        if told.count() < 16 {
            figures.complain(format!("[{}] no reference was called taken", row.name));
        }
        figures.judged(&row.judged().await);
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn killed_under_every_reading_of_the_documents() {
    let counted = Figures::of("every reading of the documents");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let mut rows = Vec::new();
    for scene in readings() {
        let (points, took) = undisturbed(&scene, figures).await;
        for _ in 0..if full() { 20 } else { 1 } {
            rows.push((scene.clone(), Some(dice.up_to(points)), took));
        }
        for _ in 0..if full() { 10 } else { 1 } {
            rows.push((scene.clone(), None, took.mul_f64(dice.fraction())));
        }
    }
    side_by_side(rows.into_iter().map(|(scene, point, moment)| async move {
        match point {
            Some(at) => lives(&scene, &[at.to_string()], figures).await,
            None => at_moment(&scene, moment, figures).await,
        }
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_key_whose_first_request_still_runs() {
    let counted = Figures::of("a running key");
    let figures = &counted;
    let long = Duration::from_millis(2500);
    side_by_side(
        [ConcurrentKey::Wait, ConcurrentKey::Conflict].map(|answer| async move {
            let slow = Effect::Delay {
                ms: long.as_millis() as u64,
            };
            let scene = Scene::plain()
                .called("still running")
                .may_end("linked")
                .fault(Fault::new(CREATE, When::Next(4), slow));
            let scene = scene.settings(move |settings| settings.concurrent_key = answer);
            let mut row = Row::set(format!("{answer:?}"), &scene).await;
            // The line outlives the process, so that its requests go on at Debitura.
            let proxy = Proxy::before(&row.sandbox.debitura_url(), Vec::new()).await;
            row.desk.debitura = proxy.address();
            figures.run();
            let mut child = row.desk.start(&words(&row.again()), "").await;
            while proxy.met() < 4 {
                assert!(child.try_wait().is_ok_and(|ended| ended.is_none()));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            signal(&child, "KILL");
            figures.killed_at_random();
            let _ = child.wait().await;
            figures.run();
            row.finish().await;
            tokio::time::sleep(long).await;
            let twice = row
                .sandbox
                .requests_to(CREATE)
                .iter()
                .any(|request| request.status == Some(409));
            if answer == ConcurrentKey::Conflict && !twice {
                figures.complain("no key met itself".to_owned());
            }
            figures.judged(&row.judged().await);
        }),
    )
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_reference_that_the_entry_itself_took() {
    let counted = Figures::of("taken by itself");
    let figures = &counted;
    // The first try never arrives; the second makes the case and its answer is lost; the list does not show it yet; the
    // third is told that the reference is taken.
    let scenes = refusing().into_iter().map(|scene| {
        let scene = lags(forgets(scene.without_faults()));
        let lost = Fault::new(CREATE, When::Nth(1), Effect::DropBeforeCommit);
        scene
            .fault(lost)
            .fault(Fault::new(CREATE, When::Nth(2), Effect::DropAfterCommit))
    });
    side_by_side(scenes.map(|scene| async move {
        let row = Row::set("one case", &scene).await;
        let plain = prepared()
            .await
            .batch
            .iter()
            .find(|(_, fate)| *fate == Fate::Plain);
        let (chosen, _) = plain.expect("most are");
        figures.run();
        row.desk
            .run(&words(&submit(std::slice::from_ref(&chosen.id))), "")
            .await;
        figures.run();
        figures.judged(&row.judged().await);
    }))
    .await;
    counted.close();
}
