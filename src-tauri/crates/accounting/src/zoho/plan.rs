//! What of a walk is left to ask for, and its form as a cursor.

use std::fmt;
use std::str::FromStr;

/// The filters of the list that give unpaid invoices, in the order in which an invoice may move from one to the next
/// while a walk is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unpaid {
    Sent,
    Overdue,
    PartlyPaid,
}

impl Unpaid {
    pub(super) const ALL: [Unpaid; 3] = [Unpaid::Sent, Unpaid::Overdue, Unpaid::PartlyPaid];

    /// Zoho's word for it.
    pub(super) fn filter(self) -> &'static str {
        match self {
            Unpaid::Sent => "Status.Unpaid",
            Unpaid::Overdue => "Status.OverDue",
            Unpaid::PartlyPaid => "Status.PartiallyPaid",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Unpaid::Sent => "unpaid",
            Unpaid::Overdue => "overdue",
            Unpaid::PartlyPaid => "partly-paid",
        }
    }
}

/// The next page of one filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) of: Unpaid,
    pub(super) page: u32,
    /// How many the filter had when it was last asked, where Zoho said it.
    pub(super) total: Option<u64>,
}

/// Steps in their order; none is the end. As text: `unpaid.2.4321 overdue.2.300`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan(pub(super) Vec<Step>);

/// Not a cursor of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAPlan;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{}.{}", step.of.name(), step.page)?;
            if let Some(total) = step.total {
                write!(f, ".{total}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Plan {
    type Err = NotAPlan;

    fn from_str(text: &str) -> Result<Self, NotAPlan> {
        let steps: Result<Vec<Step>, NotAPlan> = text.split(' ').map(step).collect();
        steps.map(Plan)
    }
}

fn step(text: &str) -> Result<Step, NotAPlan> {
    let mut parts = text.split('.');
    let mut part = || parts.next();
    let (name, page, total) = (part(), part(), part());
    let of = Unpaid::ALL
        .into_iter()
        .find(|of| Some(of.name()) == name)
        .ok_or(NotAPlan)?;
    let number = |text: &str| text.parse::<u64>().map_err(|_| NotAPlan);
    let page = u32::try_from(number(page.ok_or(NotAPlan)?)?).map_err(|_| NotAPlan)?;
    let total = total.map(number).transpose()?;
    if page == 0 || parts.next().is_some() {
        return Err(NotAPlan);
    }
    Ok(Step { of, page, total })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_step() -> impl Strategy<Value = Step> {
        let of = prop::sample::select(Unpaid::ALL.to_vec());
        (of, 1_u32.., prop::option::of(any::<u64>())).prop_map(|(of, page, total)| Step {
            of,
            page,
            total,
        })
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_plan(steps in prop::collection::vec(any_step(), 1..4)) {
            let plan = Plan(steps);
            prop_assert_eq!(plan.to_string().parse(), Ok(plan));
        }

        #[test]
        fn any_text_can_be_read(text in ".{0,30}") {
            let _ = text.parse::<Plan>();
        }
    }

    #[test]
    fn other_cursors_are_refused() {
        for text in [
            "",
            "in_1abc",
            "unpaid",
            "unpaid.0",
            "unpaid.2.",
            "unpaid.2.3.4",
            "paid.2",
            "unpaid.2  overdue.2",
        ] {
            assert_eq!(text.parse::<Plan>(), Err(NotAPlan), "{text:?}");
        }
    }
}
