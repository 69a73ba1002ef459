//! The review: a frozen choice, each invoice read again at its source, each case priced by Debitura. What a person
//! agrees to is what was read here, and only for an hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use debitura::{Debitura, Preview};
use futures_util::StreamExt;
use jiff::Timestamp;
use receivables::{Case, DebtorType, Invoice, InvoiceId, SourceStatus, State, Totals};
use store::{Workspace, WorkspaceId};

use crate::FailureCode;
use crate::jobs::{Job, Task};
use crate::office::Office;
use crate::projection::Judging;
use crate::rereading::Rereading;
use crate::wire::amounts;
use crate::wire::small;
use crate::wire::{
    Amount, AsOf, ById, Contract, DroppedCase, Failure, JobKind, Nothing, OfSelection, Review,
    ReviewCase, ReviewStarted, Subject, Terms,
};

/// The most cases of one review: about ten minutes of submitting at Debitura's pace.
const MOST: u32 = 1000;
/// Invoices under way at a time.
const PARALLEL: usize = 4;

/// A case of a review with what it was made from.
#[derive(Clone)]
pub(crate) struct Reviewed {
    pub invoice: Invoice,
    pub case: Case,
    pub has_pdf: bool,
    warnings: Vec<String>,
    preview: Preview,
}

/// One review. Lives in memory: after a restart everything is read again anyway.
pub(crate) struct Reviewing {
    id: String,
    pub workspace: WorkspaceId,
    pub test_mode: bool,
    creditor: String,
    ids: Vec<InvoiceId>,
    findings: Mutex<Findings>,
}

#[derive(Default)]
struct Findings {
    /// By position in the choice, so that the document keeps the order of the list.
    cases: HashMap<usize, Reviewed>,
    dropped: HashMap<usize, DroppedCase>,
    read_at: Option<Timestamp>,
}

/// The open reviews of an office.
#[derive(Default)]
pub(crate) struct Reviews(Mutex<HashMap<String, Arc<Reviewing>>>);

impl Reviews {
    pub(crate) fn get(&self, id: &str) -> Result<Arc<Reviewing>, Failure> {
        self.all()
            .get(id)
            .cloned()
            .ok_or_else(|| Failure::about(FailureCode::NotFound, "The review"))
    }

    pub(crate) fn close(&self, id: &str) {
        self.all().remove(id);
    }

    pub(crate) fn signing_url(&self, id: &str) -> Option<String> {
        self.get(id)
            .ok()?
            .findings()
            .cases
            .values()
            .find_map(|reviewed| signing_url(&reviewed.preview))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Reviewing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reviewing {
    /// When the last invoice was read; absent while the review is not complete.
    pub(crate) fn read_at(&self) -> Option<Timestamp> {
        self.findings().read_at
    }

    /// The cases in the order of the choice.
    ///
    /// # Errors
    /// Why none may be submitted.
    pub(crate) fn cases_to_submit(&self) -> Result<Vec<Reviewed>, Failure> {
        let findings = self.findings();
        match obstacle(&findings) {
            Some(failure) => Err(failure),
            None => Ok(in_order(&findings.cases).cloned().collect()),
        }
    }

    fn findings(&self) -> MutexGuard<'_, Findings> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Office {
    pub(crate) async fn start_review(
        self: &Arc<Self>,
        request: OfSelection,
    ) -> Result<ReviewStarted, Failure> {
        let workspace = self.workspace().await?;
        self.reconciled(&workspace).await?;
        let ids = self.chosen(&request.selection, MOST).await?;
        let debitura = self.debitura(&workspace).await?;
        let reviewing = Arc::new(Reviewing {
            id: uuid::Uuid::now_v7().to_string(),
            workspace: workspace.id,
            test_mode: workspace.test_mode,
            creditor: workspace.name.clone(),
            ids,
            findings: Mutex::default(),
        });
        self.reviews
            .all()
            .insert(reviewing.id.clone(), Arc::clone(&reviewing));
        let task = Task {
            kind: JobKind::Review,
            title: "Reading the chosen invoices again".to_owned(),
            unit: "invoices",
            can_cancel: true,
            subject: Some(reviewing.id.clone()),
        };
        let (office, review) = (Arc::clone(self), Arc::clone(&reviewing));
        let job = self.jobs.start(task, move |job| async move {
            let outcome = office
                .read_review(&workspace, &debitura, &review, &job)
                .await;
            office.events.changed(Subject::Review);
            if let Err(failure) = &outcome {
                office.note_refusal(workspace.id, failure).await;
            }
            outcome
        });
        Ok(ReviewStarted {
            review: reviewing.id.clone(),
            job,
        })
    }

    async fn read_review(
        self: &Arc<Self>,
        workspace: &Workspace,
        debitura: &Debitura,
        review: &Arc<Reviewing>,
        job: &Arc<Job>,
    ) -> Result<String, Failure> {
        job.progress(0, Some(small(review.ids.len())));
        let judging = &self.judging(workspace).await?;
        let again = &Rereading::of(self, workspace, judging, &review.ids);
        let mut readings = Vec::with_capacity(review.ids.len());
        for (position, id) in review.ids.iter().enumerate() {
            readings.push(async move {
                self.read_case(workspace, debitura, id, judging, again)
                    .await
                    .map(|read| (position, read))
            });
        }
        let mut reading = futures_util::stream::iter(readings).buffer_unordered(PARALLEL);
        loop {
            let next = tokio::select! {
                next = reading.next() => next,
                () = job.cancelled() => return Err(Failure::new(FailureCode::Cancelled)),
            };
            let Some(read) = next else { break };
            let (position, read) = read?;
            {
                let mut findings = review.findings();
                match read {
                    Ok(reviewed) => drop(findings.cases.insert(position, *reviewed)),
                    Err(dropped) => drop(findings.dropped.insert(position, dropped)),
                }
            }
            job.advance(1);
        }
        let (cases, dropped) = {
            let mut findings = review.findings();
            findings.read_at = Some(self.now());
            (findings.cases.len(), findings.dropped.len())
        };
        Ok(match dropped {
            0 => format!("{cases} cases to submit."),
            dropped => format!("{cases} cases to submit, {dropped} dropped out."),
        })
    }

    /// Reads one invoice at its source and prices its case, or says why it drops out.
    async fn read_case(
        self: &Arc<Self>,
        workspace: &Workspace,
        debitura: &Debitura,
        id: &InvoiceId,
        judging: &Judging,
        again: &Rereading<'_>,
    ) -> Result<Result<Box<Reviewed>, DroppedCase>, Failure> {
        let before = self.cache.get(workspace.id, id.clone()).await?;
        let Some(before) = before else {
            return Ok(Err(DroppedCase {
                invoice: id.to_string(),
                reference: None,
                debtor: None,
                amount: None,
                why: "It is no longer among the cached invoices.".to_owned(),
                next: "Fetch again.".to_owned(),
            }));
        };
        let source = id.provider.title();
        let drop = |why: String, next: &str| {
            Ok(Err(DroppedCase {
                invoice: id.to_string(),
                reference: before.row.reference.clone(),
                debtor: before.row.debtor_name.clone(),
                amount: before.row.amount.map(Amount::from),
                why,
                next: next.to_owned(),
            }))
        };
        if judging.is_submitted(id) {
            return drop(
                "It was submitted already.".to_owned(),
                "See its case under Cases.",
            );
        }
        let Some(invoice) = again.invoice(id).await? else {
            return drop(
                format!("{source} no longer knows it."),
                "Nothing is owed on it any more.",
            );
        };
        let why = match &invoice.status {
            SourceStatus::Paid => Some(format!("Paid at {source} since it was fetched.")),
            SourceStatus::Void => Some(format!("Voided at {source} since it was fetched.")),
            SourceStatus::Uncollectible => Some(format!(
                "Marked uncollectible at {source} since it was fetched."
            )),
            _ => None,
        };
        if let Some(why) = why {
            return drop(why, "Nothing to do: it leaves the list.");
        }
        if invoice.open != before.invoice.open {
            let words = |money: Option<receivables::Money>| {
                money.map_or("none".to_owned(), |money| money.to_string())
            };
            let why = format!(
                "Its open amount changed from {} to {}.",
                words(before.invoice.open),
                words(invoice.open)
            );
            return drop(why, "Look at the new amount, then choose it again.");
        }
        let assessment = judging.judge(&invoice);
        let Some(case) = assessment
            .case
            .clone()
            .filter(|_| assessment.state == State::Ready)
        else {
            let problem = assessment.problems.iter().find(|problem| problem.blocks);
            return match (assessment.state, problem) {
                (State::NotDue, _) => drop(
                    "It is not due yet.".to_owned(),
                    "Choose it again after its due date.",
                ),
                (State::SetAside, _) => drop(
                    "You set it aside.".to_owned(),
                    "Bring it back to submit it.",
                ),
                (_, Some(problem)) => drop(problem.what.clone(), &problem.fix),
                _ => drop(
                    "It cannot be submitted now.".to_owned(),
                    "Open it to see why.",
                ),
            };
        };
        let preview = debitura.preview(&case).await?;
        if !preview.eligible {
            let why = preview.ineligibility_reason.clone();
            return drop(
                why.unwrap_or_else(|| "Debitura does not take this claim.".to_owned()),
                "This claim cannot be collected through Debitura at present.",
            );
        }
        let warnings = assessment.problems.iter().filter(|problem| !problem.blocks);
        let warnings = warnings.map(|problem| problem.what.clone()).collect();
        let has_pdf = invoice.has_pdf;
        Ok(Ok(Box::new(Reviewed {
            invoice,
            case,
            has_pdf,
            warnings,
            preview,
        })))
    }

    pub(crate) async fn review(self: &Arc<Self>, request: ById) -> Result<Review, Failure> {
        let review = self.reviews.get(&request.id)?;
        let findings = review.findings();
        let mut terms: Vec<Terms> = Vec::new();
        let mut sums: Vec<Totals> = Vec::new();
        let mut totals = Totals::default();
        let mut cases = Vec::new();
        for reviewed in in_order(&findings.cases) {
            totals.add(reviewed.case.amount);
            let of_case = terms_of(&reviewed.preview);
            let index = terms.iter().position(|known| {
                Terms {
                    cases: 0,
                    ..known.clone()
                } == of_case
            });
            let index = index.unwrap_or_else(|| {
                terms.push(of_case);
                sums.push(Totals::default());
                terms.len() - 1
            });
            terms[index].cases += 1;
            sums[index].add(reviewed.case.amount);
            cases.push(review_case(reviewed, index));
        }
        for (terms, sum) in terms.iter_mut().zip(&sums) {
            terms.totals = amounts(sum);
        }
        Ok(Review {
            id: review.id.clone(),
            complete: findings.read_at.is_some(),
            done: small((findings.cases.len() + findings.dropped.len()) as u64),
            total: small(review.ids.len()),
            creditor: review.creditor.clone(),
            test_mode: review.test_mode,
            cases,
            dropped: in_order(&findings.dropped).cloned().collect(),
            totals: amounts(&totals),
            terms,
            contracts: contracts(&findings),
            can_sign: findings
                .cases
                .values()
                .any(|reviewed| signing_url(&reviewed.preview).is_some()),
            warnings: warnings(&findings),
            obstacle: findings.read_at.and_then(|_| obstacle(&findings)),
            read_at: AsOf {
                at: findings.read_at.map(|at| at.to_string()),
            },
        })
    }

    pub(crate) async fn discard_review(
        self: &Arc<Self>,
        request: ById,
    ) -> Result<Nothing, Failure> {
        self.jobs.cancel_all(Some(&request.id));
        self.reviews.close(&request.id);
        Ok(Nothing {})
    }
}

fn in_order<T>(found: &HashMap<usize, T>) -> impl Iterator<Item = &T> {
    let mut positions: Vec<&usize> = found.keys().collect();
    positions.sort_unstable();
    positions
        .into_iter()
        .filter_map(|position| found.get(position))
}

fn review_case(reviewed: &Reviewed, terms: usize) -> ReviewCase {
    let case = &reviewed.case;
    let debtor = &case.debtor;
    let place = [debtor.zip.as_deref(), Some(debtor.city.as_str())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let parts = [
        Some(debtor.address.clone()),
        Some(place),
        debtor.state.clone(),
        Some(debtor.country.name().to_owned()),
    ];
    ReviewCase {
        invoice: reviewed.invoice.id.to_string(),
        reference: case.creditor_reference.clone(),
        debtor: debtor.name.clone(),
        debtor_type: match debtor.debtor_type {
            DebtorType::Company => "company",
            DebtorType::Private => "private",
        }
        .to_owned(),
        address: parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        amount: case.amount.into(),
        case_date: case.case_date.to_string(),
        due_date: case.due_date.to_string(),
        description: case.description.clone(),
        terms: Some(small(terms)),
        warnings: reviewed.warnings.clone(),
        attaches_pdf: reviewed.has_pdf,
    }
}

fn terms_of(preview: &Preview) -> Terms {
    let pricing = preview.pricing.clone().unwrap_or_default();
    Terms {
        fee_percent: pricing.total_percent,
        age_surcharge_percent: pricing.age_surcharge_percent,
        source: pricing.source,
        partner: preview.partner.clone(),
        partner_country: preview.partner_country.clone(),
        jurisdiction: preview.jurisdiction.clone(),
        cases: 0,
        totals: Vec::new(),
    }
}

fn signing_url(preview: &Preview) -> Option<String> {
    preview.signing_url.clone().or_else(|| {
        preview
            .required_actions
            .iter()
            .find_map(|action| action.link.clone())
    })
}

fn contracts(findings: &Findings) -> Vec<Contract> {
    let mut contracts: Vec<Contract> = Vec::new();
    for action in in_order(&findings.cases).flat_map(|reviewed| &reviewed.preview.required_actions)
    {
        let name = match action.code.as_str() {
            "MissingDebtCollectionContract" => "Debt collection agreement",
            "MissingPowerOfAttorney" => "Power of attorney",
            "MissingKycVerification" => "Director’s identity form",
            other => other,
        };
        let contract = Contract {
            name: name.to_owned(),
            message: action.message.clone().unwrap_or_default(),
            blocking: action.blocking,
        };
        if !contracts.contains(&contract) {
            contracts.push(contract);
        }
    }
    contracts
}

fn warnings(findings: &Findings) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for warning in in_order(&findings.cases).flat_map(|reviewed| &reviewed.warnings) {
        match counted.iter_mut().find(|(known, _)| known == warning) {
            Some((_, count)) => *count += 1,
            None => counted.push((warning.clone(), 1)),
        }
    }
    let words = |count| {
        if count == 1 {
            "1 case".to_owned()
        } else {
            format!("{count} cases")
        }
    };
    counted
        .into_iter()
        .map(|(warning, count)| format!("{}: {warning}", words(count)))
        .collect()
}

/// Why nothing of this review may be submitted now.
fn obstacle(findings: &Findings) -> Option<Failure> {
    if findings.read_at.is_none() {
        return Some(Failure::new(FailureCode::ReviewIncomplete));
    }
    if findings.cases.is_empty() {
        return Some(Failure::new(FailureCode::NothingToSubmit));
    }
    let blocking = findings
        .cases
        .values()
        .flat_map(|reviewed| &reviewed.preview.required_actions);
    let codes: Vec<&str> = blocking
        .filter(|action| action.blocking)
        .map(|action| action.code.as_str())
        .collect();
    let code = if codes.contains(&"MissingDebtCollectionContract") {
        FailureCode::AgreementUnsigned
    } else if codes.contains(&"MissingPowerOfAttorney") {
        FailureCode::PowerOfAttorneyUnsigned
    } else if codes.contains(&"MissingKycVerification") {
        FailureCode::KycMissing
    } else if codes.is_empty() {
        return None;
    } else {
        FailureCode::CaseRefused
    };
    Some(Failure::new(code))
}
