use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn same() -> Found {
    Found::Same {
        case_id: "id".into(),
        reference: "REF".into(),
    }
}

fn events() -> Vec<Event> {
    vec![
        Event::LookedUp(Found::Nothing),
        Event::LookedUp(same()),
        Event::LookedUp(Found::Different),
        Event::Accepted {
            case_id: "id".into(),
            reference: "REF".into(),
        },
        Event::Refused,
        Event::ReferenceTaken,
        Event::NotSent,
        Event::Lost,
        Event::Restarted,
        Event::Exhausted,
        Event::Withdraw,
    ]
}

fn stages() -> Vec<Submission> {
    let ending = |ending| Submission::Ended(ending);
    vec![
        Submission::Confirmed,
        Submission::Sending { again: false },
        Submission::Sending { again: true },
        Submission::Unknown,
        ending(Ending::Submitted {
            case_id: "id".into(),
            reference: "REF".into(),
        }),
        ending(Ending::Linked {
            case_id: "id".into(),
            reference: "REF".into(),
        }),
        ending(Ending::Rejected),
        ending(Ending::Withdrawn),
    ]
}

#[test]
fn every_stage_and_every_event_is_decided() {
    let mut table = String::new();
    let mut met = BTreeSet::from([Submission::confirm().transition()]);
    for stage in stages() {
        for event in events() {
            let Ok(step) = stage.step(event.clone()) else {
                continue;
            };
            assert!(
                !matches!(stage, Submission::Ended(_)),
                "an ending is final: {stage:?} after {event:?}"
            );
            assert_eq!(step.from(), Some(&stage));
            met.insert(step.transition());
            let again = |stage: &Submission| match stage {
                Submission::Sending { again: true } => " again",
                _ => "",
            };
            table.push_str(&format!(
                "{}{} + {} = {} -> {}{}\n",
                stage.name(),
                again(&stage),
                event.name(),
                step.transition().name(),
                step.to().name(),
                again(step.to())
            ));
        }
    }
    assert_eq!(
        table.trim_end(),
        "\
confirmed + a look-up = send -> sending
confirmed + a look-up = link -> linked
confirmed + a look-up = clash -> rejected
confirmed + taking back = withdraw -> withdrawn
sending + an acceptance = accept -> submitted
sending + a refusal = refuse -> rejected
sending + a reference that is taken = postpone -> confirmed
sending + a request that was not sent = postpone -> confirmed
sending + a lost answer = lose -> unknown
sending + a restart = interrupt -> unknown
sending again + an acceptance = accept -> submitted
sending again + a refusal = refuse -> rejected
sending again + a reference that is taken = postpone -> unknown
sending again + a request that was not sent = postpone -> unknown
sending again + a lost answer = lose -> unknown
sending again + a restart = interrupt -> unknown
unknown + a look-up = send_again -> sending again
unknown + a look-up = discover -> submitted
unknown + a look-up = clash -> rejected
unknown + giving up = give_up -> rejected",
        "the whole machine; a change here changes what is sent to a debtor"
    );
    assert_eq!(
        met.into_iter().collect::<Vec<_>>(),
        Transition::ALL,
        "a transition nothing leads to, or one that tests do not know"
    );
}

/// Debitura, as far as it matters here.
#[derive(Debug, Default)]
struct Creditor {
    /// Keys that made a case; the bytes of an entry are fixed with its key, so it stands for both.
    made: Vec<u32>,
}

/// What chance decides at each turn.
#[derive(Debug, Clone, Copy)]
enum Luck {
    Answered,
    LostBefore,
    LostAfter,
    Refused,
    TooMany,
    Taken,
    Crash,
    CrashAfterArrival,
    TakeBack,
}

fn luck() -> impl Strategy<Value = Luck> {
    prop::sample::select(vec![
        Luck::Answered,
        Luck::LostBefore,
        Luck::LostAfter,
        Luck::Refused,
        Luck::TooMany,
        Luck::Taken,
        Luck::Crash,
        Luck::CrashAfterArrival,
        Luck::TakeBack,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// One invoice, submitted again and again by a user who never gives up, over a creditor that forgets keys: it holds
    /// at most one case, and the journal says so.
    #[test]
    fn whatever_happens_there_is_one_case_and_the_journal_knows_it(turns in prop::collection::vec(luck(), 1..80)) {
        let mut creditor = Creditor::default();
        let mut entries: Vec<Submission> = Vec::new();
        for turn in turns {
            if entries.last().is_none_or(|entry| !entry.is_live()) {
                entries.push(Submission::confirm().to().clone());
            }
            prop_assert!(
                entries.iter().filter(|entry| entry.is_live()).count() <= 1,
                "two live keys for one invoice"
            );
            let key = entries.len() as u32;
            let Some(entry) = entries.last_mut() else { continue };
            let event = match (entry.next(), turn) {
                (Next::Rest, _) => break,
                (Next::LookUp, Luck::TakeBack) => Event::Withdraw,
                (Next::LookUp, _) if creditor.made.is_empty() => Event::LookedUp(Found::Nothing),
                (Next::LookUp, _) => Event::LookedUp(same()),
                (Next::Await, luck) => {
                    let arrives = !matches!(luck, Luck::LostBefore | Luck::Crash | Luck::TooMany | Luck::Refused);
                    if arrives && creditor.made.is_empty() {
                        creditor.made.push(key);
                    }
                    match luck {
                        Luck::Answered => Event::Accepted { case_id: "id".into(), reference: "REF".into() },
                        Luck::LostBefore | Luck::LostAfter => Event::Lost,
                        Luck::Refused => Event::Refused,
                        Luck::TooMany => Event::NotSent,
                        Luck::Taken => Event::Lost,
                        Luck::Crash | Luck::CrashAfterArrival => Event::Restarted,
                        Luck::TakeBack => Event::Lost,
                    }
                }
            };
            let taken_back = event == Event::Withdraw;
            match entry.step(event) {
                Ok(step) => {
                    if taken_back {
                        prop_assert!(
                            !creditor.made.contains(&key),
                            "a case exists for what was taken back"
                        );
                    }
                    *entry = step.to().clone();
                }
                Err(_) => prop_assert!(taken_back, "the runner and the machine disagree"),
            }
        }
        prop_assert!(creditor.made.len() <= 1);
        let says = entries.iter().any(|entry| {
            matches!(entry, Submission::Ended(Ending::Submitted { .. } | Ending::Linked { .. }))
        });
        let open = entries.iter().any(|entry| entry.is_live() && entry.next() != Next::Rest);
        prop_assert!(!says || !creditor.made.is_empty(), "the journal claims a case that is not there");
        prop_assert!(
            creditor.made.is_empty() || says || open,
            "a case exists and the journal holds the invoice for free: {entries:?}"
        );
    }

    #[test]
    fn nothing_is_sent_without_a_look_up_and_nothing_that_may_have_arrived_is_taken_back(
        chosen in prop::collection::vec(prop::sample::select(events()), 0..60)
    ) {
        let mut stage = Submission::confirm().to().clone();
        let mut may_have_arrived = false;
        for event in chosen {
            let found_nothing = event == Event::LookedUp(Found::Nothing);
            let lost = matches!(event, Event::Lost | Event::Restarted);
            let Ok(step) = stage.step(event) else { continue };
            match step.to() {
                Submission::Sending { again } => {
                    prop_assert!(found_nothing, "bytes would leave without knowing whether the case exists");
                    prop_assert_eq!(*again, may_have_arrived, "an earlier loss is forgotten");
                }
                Submission::Ended(Ending::Withdrawn) => {
                    prop_assert!(!may_have_arrived, "what may have been sent cannot be taken back");
                }
                Submission::Ended(Ending::Linked { .. }) => {
                    prop_assert!(!may_have_arrived, "a case of our own is not called somebody else's");
                }
                _ => {}
            }
            may_have_arrived |= lost;
            stage = step.to().clone();
        }
    }

    #[test]
    fn a_stage_survives_the_journal(index in 0..8_usize) {
        let stage = stages().swap_remove(index);
        let kept = serde_json::to_string(&stage).unwrap();
        prop_assert_eq!(serde_json::from_str::<Submission>(&kept).unwrap(), stage);
    }
}

#[test]
fn stages_of_the_first_release_are_read() {
    let kept = r#"{"stage":"sending"}"#;
    assert_eq!(
        serde_json::from_str::<Submission>(kept).unwrap(),
        Submission::Sending { again: false },
        "an open submission of an older release must go on"
    );
    let written = serde_json::to_string(&Submission::Sending { again: false }).unwrap();
    assert_eq!(written, kept);
}
