//! What networks, gateways and providers do to a batch that nobody kills: every row ends with the judge.

use std::time::Duration;

use sandbox::{Edit, Effect, Fault, FaultBody, When};

use crate::desk::{ended, signal};
use crate::dice::Dice;
use crate::figures::Figures;
use crate::full;
use crate::matrix::{CREATE, side_by_side};
use crate::prepared::{prepared, words};
use crate::row::{Row, Scene};

const LOOK_UP: &str = "debitura GET /cases/by-creditor-reference/{creditorReference}";

fn status(code: u16) -> Effect {
    Effect::Status {
        code,
        body: FaultBody::Html,
        headers: Vec::new(),
    }
}

fn status_after_commit(code: u16) -> Effect {
    Effect::StatusAfterCommit {
        code,
        body: FaultBody::Html,
    }
}

/// What may come back instead of an answer, on making a case and on looking one up.
fn bad_answers() -> Vec<Effect> {
    let codes = [500, 502, 503, 504];
    let mut all: Vec<Effect> = codes.into_iter().map(status).collect();
    all.extend(codes.into_iter().map(status_after_commit));
    all.extend([
        Effect::TruncatedJson,
        Effect::InvalidJson,
        Effect::Html,
        Effect::EmptyBody,
        Effect::CutMidBody { after: 0 },
        Effect::CutMidBody { after: 100 },
        Effect::DropBeforeCommit,
        Effect::DropAfterCommit,
        Effect::ExtraFields,
        Effect::UnknownValues,
        Effect::NaiveTimestamps,
        Effect::SlowBody { ms: 200 },
    ]);
    all
}

/// Each effect on one request, one after the other, with good ones in between.
fn in_turn(scene: Scene, route: &str, effects: &[Effect]) -> Scene {
    effects
        .iter()
        .zip(1..)
        .fold(scene, |scene, (effect, number)| {
            scene.fault(Fault::new(route, When::Nth(2 * number), effect.clone()))
        })
}

/// The same with a server that keeps keys and one that does not.
pub fn with_and_without_keys(scene: Scene) -> [Scene; 2] {
    let name = scene.name.clone();
    let forgetful = scene.clone().called(format!("{name}, keys forgotten"));
    [
        scene,
        forgetful.settings(|settings| settings.remember_keys = false),
    ]
}

pub async fn play(row: Row, figures: &Figures) {
    figures.run();
    figures.judged(&row.judged().await);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn answers_that_cannot_be_trusted() {
    let counted = Figures::of("bad answers");
    let figures = &counted;
    let mut scenes = Vec::new();
    for (name, route) in [("on making", CREATE), ("on looking up", LOOK_UP)] {
        let scene = Scene::plain().called(format!("every bad answer {name}"));
        scenes.extend(with_and_without_keys(in_turn(scene, route, &bad_answers())));
        let each = bad_answers().into_iter().filter(|_| full());
        scenes.extend(each.flat_map(|effect| {
            let scene = Scene::plain().called(format!("{effect:?} {name}"));
            with_and_without_keys(scene.fault(Fault::new(route, When::Next(4), effect)))
        }));
    }
    // A gateway that knows no such page says nothing about a case.
    let lost = Fault::new(LOOK_UP, When::Next(12), status(404));
    scenes.extend(with_and_without_keys(
        Scene::plain().called("a gateway's 404").fault(lost),
    ));
    side_by_side(
        scenes
            .iter()
            .map(|scene| async move { play(Row::set("", scene).await, figures).await }),
    )
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_key_that_stops_working_in_the_middle() {
    let counted = Figures::of("401 in the middle");
    let figures = &counted;
    let at: &[u32] = if full() { &[1, 5, 10, 20, 30] } else { &[10] };
    side_by_side(at.iter().map(|at| async move {
        let revoke = Fault::new(CREATE, When::Nth(*at), Effect::RevokeKey);
        let row = Row::set(
            format!("at the {at}th"),
            &Scene::plain().called("401").fault(revoke),
        )
        .await;
        figures.run();
        let halted = row.desk.run(&words(&row.again()), "").await;
        if row.open() == 0 || halted.code != Some(1) {
            figures.complain(format!("[{}] it did not halt: {halted:?}", row.name));
        }
        row.sandbox.restore_keys();
        play(row, figures).await;
    }))
    .await;
    counted.close();
}

/// A 429 in every form its wait may have, and the least that must be waited.
fn busy_answers() -> Vec<(&'static str, Effect, Duration)> {
    let text = |body: &str, headers: &[(&str, String)]| Effect::Status {
        code: 429,
        body: FaultBody::Text(body.to_owned()),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    let limited = r#"{"error":"rate_limit_exceeded","message":"Too many requests."}"#;
    let in_two_seconds = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let date = in_two_seconds
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let body = |retry_after| Effect::RateLimited {
        retry_after,
        header: false,
    };
    let header = Effect::RateLimited {
        retry_after: 0.4,
        header: true,
    };
    vec![
        ("seconds in the body", body(0.4), Duration::from_millis(400)),
        ("seconds in both", header, Duration::from_millis(400)),
        (
            "seconds in the header",
            text(limited, &[("retry-after", "1".to_owned())]),
            Duration::from_secs(1),
        ),
        (
            "a date in the header",
            text(limited, &[("retry-after", date)]),
            Duration::ZERO,
        ),
        ("none", text(limited, &[]), Duration::ZERO),
        (
            "no sense",
            text(
                r#"{"retryAfter":"soon"}"#,
                &[("retry-after", "soon".to_owned())],
            ),
            Duration::ZERO,
        ),
        ("less than nothing", body(-5.0), Duration::ZERO),
        ("a web page", status(429), Duration::ZERO),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn too_many_requests_with_every_kind_of_wait() {
    let counted = Figures::of("429");
    let figures = &counted;
    let answers = busy_answers();
    side_by_side(answers.iter().map(|(name, effect, wait)| async move {
        let scene =
            Scene::plain()
                .called("429")
                .fault(Fault::new(CREATE, When::Nth(7), effect.clone()));
        let row = Row::set(*name, &scene).await;
        figures.run();
        row.desk.run(&words(&row.again()), "").await;
        let requests = row.sandbox.requests_to(CREATE);
        let refused = requests.iter().find(|request| request.status == Some(429));
        let Some(refused) = refused else {
            return figures.complain(format!("[429 {name}] never refused"));
        };
        // Those under way at that moment had left already.
        let due = refused.at + jiff::SignedDuration::try_from(*wait).unwrap_or_default();
        let under_way = refused.at + jiff::SignedDuration::from_millis(100);
        let early = requests
            .iter()
            .filter(|one| one.at > under_way && one.at < due)
            .count();
        if early > 0 {
            figures.complain(format!("[429 {name}] {early} requests before their time"));
        }
        play(row, figures).await;
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_wait_of_years_is_neither_cut_short_nor_slept_through() {
    let counted = Figures::of("429 for years");
    let figures = &counted;
    let years = [86_400.0, 1e9, 1e300];
    side_by_side(years.map(|retry_after| {
        async move {
            let busy = Effect::RateLimited {
                retry_after,
                header: false,
            };
            let scene = Scene::plain()
                .called("429")
                .fault(Fault::new(CREATE, When::Nth(7), busy));
            let row = Row::set(format!("{retry_after} s"), &scene).await;
            figures.run();
            let mut child = row.desk.start(&words(&row.again()), "").await;
            tokio::time::sleep(Duration::from_secs(3)).await;
            let refused = row.sandbox.requests_to(CREATE);
            let refused = refused
                .iter()
                .position(|request| request.status == Some(429));
            let after = refused.map(|at| row.sandbox.requests_to(CREATE).len() - at - 1);
            if after.is_none_or(|after| after > 4) {
                figures.complain(format!(
                    "[429 {retry_after}] {after:?} requests after the refusal"
                ));
            }
            // The person gives up waiting, and comes back when it is over.
            signal(&child, "KILL");
            let _ = child.wait().await;
            play(row, figures).await;
        }
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_laptop_that_sleeps_in_the_middle() {
    let counted = Figures::of("SIGSTOP");
    let figures = &counted;
    let mut dice = Dice::from_environment();
    let moments: Vec<(f64, bool)> = (0..if full() { 20 } else { 3 })
        .map(|number| (dice.fraction(), number % 2 == 0))
        .collect();
    side_by_side(moments.into_iter().map(|(moment, line_drops)| async move {
        let slow = Fault::new(CREATE, When::Always, Effect::Delay { ms: 20 });
        let scene = Scene::plain().called("asleep").fault(slow);
        let row = Row::set(format!("line drops: {line_drops}"), &scene).await;
        figures.run();
        let again = row.again();
        let child = row.desk.start(&words(&again), "").await;
        tokio::time::sleep(Duration::from_millis(500).mul_f64(moment)).await;
        signal(&child, "STOP");
        if line_drops {
            row.sandbox.pause();
        }
        tokio::time::sleep(Duration::from_millis(1500)).await;
        if line_drops {
            row.sandbox
                .resume()
                .await
                .expect("the ports are still free");
        }
        signal(&child, "CONT");
        ended(child, &words(&again)).await;
        play(row, figures).await;
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn a_clock_that_jumps_between_two_runs() {
    let counted = Figures::of("clock moved");
    let figures = &counted;
    const DAY: i64 = 86_400;
    let shifts = [DAY, -DAY, 30 * DAY, -30 * DAY, 3_600, -3_600];
    let shifts = if full() { &shifts[..] } else { &shifts[..2] };
    side_by_side(shifts.iter().map(|shift| async move {
        let lossy = Fault::new(CREATE, When::Next(3), Effect::DropAfterCommit);
        let scene = Scene::plain().called("clock").fault(lossy);
        let mut row = Row::set(format!("{shift} s"), &scene).await;
        figures.run();
        let halfway = row.desk.with("DESK_KILL_AT", 40);
        halfway.run(&words(&row.again()), "").await;
        row.desk = row.desk.with("DESK_CLOCK_SHIFT", shift);
        play(row, figures).await;
    }))
    .await;
    counted.close();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a keychain: cargo xtask test"]
async fn invoices_that_change_between_two_lives() {
    let counted = Figures::of("changed at the source");
    let figures = &counted;
    let edits = [
        Edit::Pay(i64::MAX),
        Edit::Total(1),
        Edit::DebtorName("Somebody else".to_owned()),
        Edit::Number(Some("Renumbered".to_owned())),
    ];
    let ends = ["send:after", "accept:before", "lose:after"];
    let rows = edits.iter().enumerate().flat_map(|(number, edit)| {
        let some = ends.into_iter().enumerate();
        some.filter(move |(other, _)| full() || number % ends.len() == *other)
            .map(|(_, end)| (edit.clone(), end))
    });
    side_by_side(rows.map(|(edit, end)| async move {
        let lossy = Fault::new(CREATE, When::Nth(6), Effect::DropAfterCommit);
        let scene = Scene::plain().called(format!("{edit:?}")).fault(lossy);
        let row = Row::set(format!("killed at {end}"), &scene).await;
        figures.run();
        row.desk
            .with("DESK_KILL_AT", end)
            .run(&words(&row.again()), "")
            .await;
        for (chosen, _) in &prepared().await.batch {
            row.sandbox.edit_invoice(&chosen.provider_id, edit.clone());
        }
        figures.run();
        row.finish().await;
        // How each ends depends on how far it was; that the same bytes went under the same key is the judge's business.
        figures.judged(&row.verdict(Vec::new()).await);
    }))
    .await;
    counted.close();
}
