//! A journal that was brought back from a copy against the cases of the account: which of them it does not know, and which
//! of these are of invoices here, so that they are not offered again.

use std::collections::HashMap;
use std::sync::Arc;

use debitura::CollectionCase;
use jiff::{SignedDuration, Timestamp};
use receivables::{Field, Invoice, InvoiceId, Money, normalise_reference};
use serde_json::json;
use store::{Account, AdoptedCase, CaseFilter, CaseRow, JournalScope, Recovery, Workspace};

use crate::FailureCode;
use crate::office::Office;
use crate::projection::Judging;
use crate::wire::{
    Amount, Failure, JournalComparison, Nothing, Subject, UnknownCase, UnknownCaseStanding,
    Unreconciled,
};

/// The clocks of this computer and of Debitura may differ by so much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);
/// Invoices looked at between two reads.
const CHUNK: u32 = 2000;

/// A case that no entry of the journal explains.
struct Unexplained {
    row: CaseRow,
    case: CollectionCase,
    standing: UnknownCaseStanding,
    invoice: Option<InvoiceId>,
}

/// What tells one claim from another, whatever it is called.
#[derive(PartialEq, Eq)]
struct Claim {
    debtor: String,
    amount: Money,
    date: String,
}

impl Claim {
    fn of_case(case: &CollectionCase) -> Option<Claim> {
        Some(Claim {
            debtor: folded(case.debtor.name.as_deref()?),
            amount: case.amount.as_ref()?.exact()?,
            date: case.date?.to_string(),
        })
    }
}

/// One invoice as it would be submitted.
struct Claimed {
    invoice: InvoiceId,
    reference: String,
    claim: Option<Claim>,
}

impl Claimed {
    fn of(invoice: &Invoice, judging: &Judging) -> Claimed {
        let judged = judging.judge(invoice);
        let value = |field| judged.value(field);
        let claim = || {
            Some(Claim {
                debtor: folded(value(Field::DebtorName)?),
                amount: judged.open(invoice)?,
                date: value(Field::CaseDate)?.to_owned(),
            })
        };
        Claimed {
            invoice: invoice.id.clone(),
            reference: key(value(Field::CreditorReference).unwrap_or_default()),
            claim: claim(),
        }
    }
}

impl Office {
    /// Refuses whatever leads to sending while the journal may have forgotten what was sent.
    pub(crate) async fn reconciled(&self, workspace: &Workspace) -> Result<(), Failure> {
        match self.unreconciled(workspace).await? {
            Some(_) => Err(Failure::new(FailureCode::JournalUnreconciled)),
            None => Ok(()),
        }
    }

    /// That the journal is behind, and was not compared with the account of this workspace since.
    pub(crate) async fn unreconciled(
        &self,
        workspace: &Workspace,
    ) -> Result<Option<Recovery>, Failure> {
        let recovery = self.book.recovery().await?;
        Ok(recovery.filter(|recovery| !recovery.compared.contains(&account(workspace))))
    }

    /// All cases of the account were read.
    pub(crate) async fn note_compared(&self, workspace: &Workspace) -> Result<(), Failure> {
        if self.unreconciled(workspace).await?.is_none() {
            return Ok(());
        }
        self.book.note_compared(account(workspace)).await?;
        let unknown = self.unexplained(workspace).await?;
        let adopted = unknown
            .iter()
            .filter(|found| found.standing == UnknownCaseStanding::Adopted)
            .count();
        let data = json!({ "unknown": unknown.len(), "adopted": adopted });
        self.record(Some(workspace.id), "journal_compared", data)
            .await;
        self.events.changed(Subject::App);
        self.events.changed(Subject::Submissions);
        Ok(())
    }

    /// Keeps the cases that agree with invoices here as theirs. They are no entries of the journal: the bytes that were
    /// sent are lost. Done whenever all invoices are judged, since after a fresh start they come one by one.
    pub(crate) async fn adopt_cases(&self, workspace: &Workspace) -> Result<(), Failure> {
        let mut found: HashMap<JournalScope, Vec<(InvoiceId, AdoptedCase)>> = HashMap::new();
        for unknown in self.unexplained(workspace).await? {
            if let (UnknownCaseStanding::Adopted, Some(invoice)) =
                (unknown.standing, unknown.invoice)
            {
                let scope = scope(workspace, unknown.row.is_test);
                let case = AdoptedCase {
                    case_id: unknown.row.id,
                    case_reference: unknown.row.reference,
                    at: self.now(),
                };
                found.entry(scope).or_default().push((invoice, case));
            }
        }
        for (scope, cases) in found {
            self.book.adopt_cases(scope, cases).await?;
        }
        Ok(())
    }

    pub(crate) async fn journal_comparison(
        self: &Arc<Self>,
        _: Nothing,
    ) -> Result<JournalComparison, Failure> {
        let workspace = self.workspace().await?;
        let (_, cases) = self
            .cache
            .cases(workspace.id, CaseFilter::default(), 0, 1)
            .await?;
        let unknown = self.unexplained(&workspace).await?;
        Ok(JournalComparison {
            compared: self.unreconciled(&workspace).await?.is_none(),
            as_of: self.cases_as_of(workspace.id).await?,
            cases,
            unknown: unknown.into_iter().map(view).collect(),
        })
    }

    /// The cases that were made after the copy and before it was put back, and that no entry explains.
    async fn unexplained(&self, workspace: &Workspace) -> Result<Vec<Unexplained>, Failure> {
        let Some(recovery) = self.book.recovery().await? else {
            return Ok(Vec::new());
        };
        let (rows, _) = self
            .cache
            .cases(workspace.id, CaseFilter::default(), 0, u32::MAX)
            .await?;
        let mut known = HashMap::new();
        for test_mode in [false, true] {
            let scope = scope(workspace, test_mode);
            let live = self.book.live_entries(scope.clone()).await?;
            known.insert(test_mode, (live, self.book.adopted_cases(scope).await?));
        }
        let mut unknown = Vec::new();
        for row in rows {
            let Ok(case) = serde_json::from_value::<CollectionCase>(row.json.clone()) else {
                continue;
            };
            let Some((live, adopted)) = known.get(&row.is_test) else {
                continue;
            };
            let explained = live
                .values()
                .any(|entry| entry.case_id.as_ref() == Some(&row.id));
            if explained || !lost_to(&recovery, case.created) {
                continue;
            }
            let ours = adopted
                .iter()
                .find(|(_, adopted)| adopted.case_id == row.id);
            unknown.push(Unexplained {
                standing: match ours {
                    Some(_) => UnknownCaseStanding::Adopted,
                    None => UnknownCaseStanding::NoInvoice,
                },
                invoice: ours.map(|(invoice, _)| invoice.clone()),
                row,
                case,
            });
        }
        if unknown.iter().any(|found| found.invoice.is_none()) {
            let taken = |is_test: bool, invoice: &InvoiceId| {
                let (live, adopted) = &known[&is_test];
                live.contains_key(invoice) || adopted.contains_key(invoice)
            };
            let claimed = self.claimed(workspace).await?;
            unknown.retain_mut(|found| found.find_invoice(&claimed, &taken));
        }
        Ok(unknown)
    }

    async fn claimed(&self, workspace: &Workspace) -> Result<Vec<Claimed>, Failure> {
        let judging = self.judging(workspace).await?;
        let (mut claimed, mut after) = (Vec::new(), 0);
        loop {
            let (invoices, last) = self
                .cache
                .invoices_after(workspace.id, after, CHUNK)
                .await?;
            let Some(last) = last else {
                return Ok(claimed);
            };
            after = last;
            claimed.extend(
                invoices
                    .iter()
                    .map(|invoice| Claimed::of(invoice, &judging)),
            );
        }
    }

    pub(crate) async fn unreconciled_view(
        &self,
        workspace: Option<&Workspace>,
    ) -> Result<Option<Unreconciled>, Failure> {
        let recovery = match workspace {
            Some(workspace) => self.unreconciled(workspace).await?,
            None => self.book.recovery().await?,
        };
        Ok(recovery.map(|recovery| Unreconciled {
            at: recovery.at.to_string(),
            until: recovery.until.map(|at| at.to_string()),
            kept: recovery.kept,
        }))
    }
}

impl Unexplained {
    /// Looks for the invoice it was made of. False where an open entry of the journal explains it after all: that one is
    /// looked up by its reference before it goes on.
    fn find_invoice(
        &mut self,
        claimed: &[Claimed],
        taken: &impl Fn(bool, &InvoiceId) -> bool,
    ) -> bool {
        if self.invoice.is_some() {
            return true;
        }
        let (reference, claim) = (
            key(self.row.creditor_reference.as_deref().unwrap_or_default()),
            Claim::of_case(&self.case),
        );
        let called: Vec<_> = claimed
            .iter()
            .filter(|claimed| !reference.is_empty() && claimed.reference == reference)
            .collect();
        let same = |claimed: &&&Claimed| claim.is_some() && claimed.claim == claim;
        let found = match called.as_slice() {
            // Its reference may have been corrected after the copy: then the claim itself must tell, and tell only one.
            [] => {
                let free = |claimed: &&Claimed| !taken(self.row.is_test, &claimed.invoice);
                let mut alike = claimed.iter().filter(free).filter(|claimed| same(&claimed));
                alike.next().filter(|_| alike.next().is_none())
            }
            called => called.iter().find(same).copied(),
        };
        if found.is_some_and(|found| taken(self.row.is_test, &found.invoice)) {
            return false;
        }
        (self.standing, self.invoice) = match (found, called.first()) {
            (Some(found), _) => (UnknownCaseStanding::Adopted, Some(found.invoice.clone())),
            (None, Some(other)) => (UnknownCaseStanding::Differs, Some(other.invoice.clone())),
            (None, None) => (UnknownCaseStanding::NoInvoice, None),
        };
        true
    }
}

/// Whether a case made at this moment may be one the journal has lost.
fn lost_to(recovery: &Recovery, created: Option<Timestamp>) -> bool {
    let Some(created) = created else { return true };
    let after_copy = recovery
        .until
        .is_none_or(|until| created.duration_since(until) >= -CLOCKS_DIFFER);
    after_copy && created.duration_since(recovery.at) <= CLOCKS_DIFFER
}

fn account(workspace: &Workspace) -> Account {
    Account::new(&workspace.creditor, workspace.environment)
}

fn scope(workspace: &Workspace, test_mode: bool) -> JournalScope {
    JournalScope {
        test_mode,
        ..workspace.journal_scope()
    }
}

fn key(reference: &str) -> String {
    normalise_reference(reference).to_lowercase()
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn view(found: Unexplained) -> UnknownCase {
    UnknownCase {
        id: found.row.id,
        reference: found.row.reference,
        creditor_reference: found.row.creditor_reference,
        debtor: found.row.debtor_name,
        amount: found.row.amount.map(Amount::from),
        created: found.case.created.map(|at| at.to_string()),
        standing: found.standing,
        invoice: found.invoice.map(|id| id.to_string()),
    }
}
