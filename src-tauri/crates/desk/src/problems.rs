//! What holds invoices back, counted.

use std::sync::Arc;

use receivables::{Problem, ProblemCode};

use crate::office::Office;
use crate::wire::small;
use crate::wire::{Failure, InvoiceQuery, ProblemCount, ProblemCounts};

impl Office {
    /// The problems of what the other filters show, commonest first: the choices of the problem filter.
    pub(crate) async fn problem_counts(
        self: &Arc<Self>,
        mut request: InvoiceQuery,
    ) -> Result<ProblemCounts, Failure> {
        request.problem = None;
        let query = self.query(&request).await?;
        let counts = self.cache.problem_counts(query).await?;
        let mut problems: Vec<ProblemCount> = counts.into_iter().map(counted).collect();
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.count));
        Ok(ProblemCounts { problems })
    }
}

pub(crate) fn counted((code, count): (ProblemCode, u32)) -> ProblemCount {
    ProblemCount {
        code: code.name().to_owned(),
        what: Problem::new(code).what,
        count: small(count),
    }
}
