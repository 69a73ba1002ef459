//! The workspace at a glance.

use std::sync::Arc;

use receivables::State;
use store::{Ageing, CaseFilter, Query};

use crate::office::Office;
use crate::problems::counted;
use crate::wire::amounts;
use crate::wire::small;
use crate::wire::{AgeCell, Amount, Failure, Nothing, Overview, ProblemCount, StateCount};

/// What is unpaid and may still become a case.
const UNPAID: [State; 4] = [
    State::Ready,
    State::Attention,
    State::NotDue,
    State::SetAside,
];

impl Office {
    pub(crate) async fn overview(self: &Arc<Self>, _: Nothing) -> Result<Overview, Failure> {
        let workspace = self.workspace().await?;
        let of = |state: State| Query {
            states: vec![state],
            ..Query::new(workspace.id)
        };
        let ready = self.cache.summary(of(State::Ready)).await?;
        let attention = self.cache.summary(of(State::Attention)).await?;
        let counts = ready
            .by_state
            .iter()
            .map(|found| StateCount {
                state: found.state,
                count: small(found.count),
            })
            .collect();
        let ages = self
            .cache
            .ageing(workspace.id, &UNPAID, false, self.today().await)
            .await?;
        let ages = ages
            .iter()
            .flat_map(|row| {
                row.totals.decimals().map(|(code, value)| {
                    let known = row
                        .counts
                        .iter()
                        .find(|(currency, _)| currency.code() == code);
                    AgeCell {
                        age: age_name(row.bucket).to_owned(),
                        amount: Amount {
                            value,
                            currency: code.to_owned(),
                        },
                        count: known.map_or(0, |(_, count)| *count),
                    }
                })
            })
            .collect();
        let mut problems: Vec<ProblemCount> = self
            .cache
            .problem_counts(of(State::Attention))
            .await?
            .into_iter()
            .filter(|(code, _)| code.blocks())
            .map(counted)
            .collect();
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.count));
        problems.truncate(6);
        let open = CaseFilter {
            open: Some(true),
            ..CaseFilter::default()
        };
        let (_, open_cases) = self.cache.cases(workspace.id, open, 0, 0).await?;
        Ok(Overview {
            ages,
            counts,
            ready: amounts(&ready.totals),
            attention: amounts(&attention.totals),
            problems,
            open_cases: small(open_cases),
            activity: self.activity_rows(8).await?,
            as_of: self.invoices_as_of(workspace.id).await?,
            cases_as_of: self.cases_as_of(workspace.id).await?,
        })
    }
}

fn age_name(age: Ageing) -> &'static str {
    match age {
        Ageing::NotDue => "not_due",
        Ageing::Days1To30 => "1_30",
        Ageing::Days31To60 => "31_60",
        Ageing::Days61To90 => "61_90",
        Ageing::Days91To180 => "91_180",
        Ageing::Days181To365 => "181_365",
        Ageing::Over365 => "over_365",
        Ageing::Unknown => "no_due_date",
    }
}
