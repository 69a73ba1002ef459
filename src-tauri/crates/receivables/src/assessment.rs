//! Readiness: a pure function of facts, corrections, standing and today. Nothing is skipped in silence: whatever is not
//! ready says which field, what is wrong and how to mend it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    Case, CaseDebtor, Country, Currency, DebtorType, Field, Invoice, Money, Overlay, Problem,
    ProblemCode, Provider, SourceStatus, Suggestion, approximate_usd, normalise_reference,
    us_state,
};

/// Where an invoice stands on its way to a case. The order is that of the filter chips.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Overdue, and nothing that is known stands in the way: can be chosen for review. Where only a summary was read, the
    /// review reads the rest first.
    Ready,
    /// Overdue, but something must be mended first.
    Attention,
    /// Due today or later. Its problems can wait.
    NotDue,
    /// Put aside by the user.
    SetAside,
    /// A case exists, is being made, or its making is being checked.
    Submitted,
    /// Paid, voided or deleted at the source.
    Gone,
}

impl State {
    /// Every state.
    pub const ALL: [State; 6] = [
        State::Ready,
        State::Attention,
        State::NotDue,
        State::SetAside,
        State::Submitted,
        State::Gone,
    ];

    /// The word in scripts and files.
    pub fn name(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Attention => "attention",
            State::NotDue => "not-due",
            State::SetAside => "set-aside",
            State::Submitted => "submitted",
            State::Gone => "gone",
        }
    }
}

/// The user's decision to leave an invoice alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Back in the list on this day; never by itself when absent.
    pub until: Option<Date>,
    /// The user's words; may be empty.
    pub because: String,
}

/// What the application knows about an invoice beside the invoice itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The journal has a live entry for it.
    pub submitted: bool,
    pub set_aside: Option<SetAside>,
    /// Another unpaid invoice of the workspace has the same creditor reference.
    pub reference_taken: bool,
    /// A case of the account has the same creditor reference, and the journal did not make it from this invoice.
    pub reference_submitted: bool,
}

/// Where the value of a field comes from.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// The source, in its words.
    Fact(String),
    /// The user, over what the source said.
    Correction { replaced: Option<String> },
}

/// One field of the case as it would be sent.
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldValue {
    pub field: Field,
    pub value: String,
    pub source: FieldSource,
}

/// The whole judgement of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub state: State,
    /// The case field by field, in reading order; absent fields are absent.
    pub fields: Vec<FieldValue>,
    /// Blocking ones first.
    pub problems: Vec<Problem>,
    pub suggestions: Vec<Suggestion>,
    /// Present exactly when no problem blocks, the due date has passed and more than a summary was read, whatever the
    /// state.
    pub case: Option<Case>,
}

impl Assessment {
    /// The value that would be sent for a field.
    pub fn value(&self, field: Field) -> Option<&str> {
        self.fields
            .iter()
            .find(|value| value.field == field)
            .map(|value| value.value.as_str())
    }

    /// What is open on the invoice. A source says it; of an imported row the user may have corrected it.
    pub fn open(&self, invoice: &Invoice) -> Option<Money> {
        if !invoice.lets_correct(Field::Amount) {
            return invoice.open;
        }
        let currency = Currency::from_code(self.value(Field::Currency)?)?;
        Money::parse(self.value(Field::Amount)?, currency).ok()
    }
}

/// Judges one invoice on the calendar day `today` of the creditor.
pub fn assess(
    invoice: &Invoice,
    overlay: &Overlay,
    standing: &Standing,
    today: Date,
) -> Assessment {
    let mut reading = Reading {
        fields: merge(invoice, overlay),
        unread: unread(invoice, overlay),
        problems: Vec::new(),
        suggestions: Vec::new(),
        doubtful: Vec::new(),
    };
    reading.note_doubts(invoice, overlay);
    reading.note_changed_sources(invoice, overlay);
    let dates = reading.dates(invoice, today);
    let case = reading.case(invoice, standing, &dates);
    if invoice.id.provider == Provider::Import {
        let problems = std::mem::take(&mut reading.problems);
        reading.problems = problems.into_iter().map(Problem::of_row).collect();
    }
    reading.problems.sort_by_key(|problem| !problem.blocks);

    let blocked = reading.problems.iter().any(|problem| problem.blocks);
    let set_aside = standing
        .set_aside
        .as_ref()
        .is_some_and(|aside| aside.until.is_none_or(|until| today < until));
    let state = if standing.submitted {
        State::Submitted
    } else if is_gone(&invoice.status) {
        State::Gone
    } else if set_aside {
        State::SetAside
    } else if dates.not_due {
        State::NotDue
    } else if blocked {
        State::Attention
    } else {
        State::Ready
    };
    Assessment {
        state,
        fields: reading.fields,
        problems: reading.problems,
        suggestions: reading.suggestions,
        case: case.filter(|_| !blocked && !dates.not_due && !invoice.summary_only),
    }
}

/// Written off at the source is a decision of the creditor, so it is not offered; it can be reopened there.
fn is_gone(status: &SourceStatus) -> bool {
    match status {
        SourceStatus::Open | SourceStatus::Other(_) => false,
        SourceStatus::Draft
        | SourceStatus::Paid
        | SourceStatus::Void
        | SourceStatus::Uncollectible
        | SourceStatus::Deleted => true,
    }
}

/// What a summary leaves open and nobody has filled in. A field that the user wants left out is not open.
fn unread(invoice: &Invoice, overlay: &Overlay) -> Vec<Field> {
    Field::ALL
        .into_iter()
        .filter(|field| invoice.summary_only && field.belongs_to_debtor())
        .filter(|field| invoice.facts.get(*field).is_none() && overlay.get(*field).is_none())
        .collect()
}

fn merge(invoice: &Invoice, overlay: &Overlay) -> Vec<FieldValue> {
    Field::ALL
        .into_iter()
        .filter_map(|field| {
            let fact = invoice.facts.get(field);
            let (value, source) = match overlay.get(field).filter(|_| invoice.lets_correct(field)) {
                Some(correction) => (
                    correction.value.trim().to_owned(),
                    FieldSource::Correction {
                        replaced: correction.replaced.clone(),
                    },
                ),
                None => (fact?.value.clone(), FieldSource::Fact(fact?.origin.clone())),
            };
            (!value.is_empty()).then_some(FieldValue {
                field,
                value,
                source,
            })
        })
        .collect()
}

struct Reading {
    fields: Vec<FieldValue>,
    /// Absent because nobody asked the source for them yet.
    unread: Vec<Field>,
    problems: Vec<Problem>,
    suggestions: Vec<Suggestion>,
    /// Fields the source gives in a way that cannot be read: said already, and nothing is suggested in their place.
    doubtful: Vec<Field>,
}

struct Dates {
    case_date: Option<Date>,
    due_date: Option<Date>,
    not_due: bool,
}

impl Reading {
    fn value(&self, field: Field) -> Option<String> {
        self.fields
            .iter()
            .find(|value| value.field == field)
            .map(|value| value.value.clone())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn is_unread(&self, field: Field) -> bool {
        self.unread.contains(&field)
    }

    fn is_doubtful(&self, field: Field) -> bool {
        self.doubtful.contains(&field)
    }

    /// What could not be read stands until the user gives the field a value, or leaves it out.
    fn note_doubts(&mut self, invoice: &Invoice, overlay: &Overlay) {
        for doubt in &invoice.doubts {
            let field = doubt.shown_at();
            let corrected = overlay.get(field).is_some() && invoice.lets_correct(field);
            if corrected || self.is_doubtful(field) {
                continue;
            }
            self.problem(Problem::doubt(doubt));
            if doubt.blocks {
                self.doubtful.push(field);
            }
        }
    }

    fn required(&mut self, field: Field, missing: ProblemCode) -> Option<String> {
        let value = self.value(field);
        if value.is_none() && !self.is_unread(field) && !self.is_doubtful(field) {
            self.problem(Problem::new(missing));
        }
        value
    }

    fn note_changed_sources(&mut self, invoice: &Invoice, overlay: &Overlay) {
        for (field, correction) in overlay
            .iter()
            .filter(|(field, _)| invoice.lets_correct(*field))
        {
            let now = invoice.facts.value(field);
            // A summary that is silent about a field does not say that it changed.
            if now.is_none() && invoice.summary_only && field.belongs_to_debtor() {
                continue;
            }
            if now != correction.replaced.as_deref() && now != Some(correction.value.as_str()) {
                self.problem(Problem::about(ProblemCode::SourceChanged, field));
            }
        }
    }

    fn date(
        &mut self,
        field: Field,
        missing: ProblemCode,
        unreadable: ProblemCode,
    ) -> Option<Date> {
        let text = self.required(field, missing)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.problem(Problem::with(unreadable, &text));
        }
        date
    }

    fn dates(&mut self, invoice: &Invoice, today: Date) -> Dates {
        let case_date = self.date(
            Field::CaseDate,
            ProblemCode::CaseDateMissing,
            ProblemCode::CaseDateUnreadable,
        );
        if let Some(date) = case_date.filter(|date| *date > today) {
            self.problem(Problem::with(
                ProblemCode::CaseDateInFuture,
                &date.to_string(),
            ));
        }
        let due_date = self.date(
            Field::DueDate,
            ProblemCode::DueDateMissing,
            ProblemCode::DueDateUnreadable,
        );
        match (case_date, due_date) {
            (Some(case_date), Some(due_date)) if due_date < case_date => {
                self.problem(Problem::with(
                    ProblemCode::DueBeforeCaseDate,
                    &due_date.to_string(),
                ));
            }
            (Some(case_date), None) if !self.is_doubtful(Field::DueDate) => {
                self.suggestions
                    .push(Suggestion::due_date(invoice, &case_date.to_string()));
            }
            _ => {}
        }
        Dates {
            case_date,
            due_date,
            not_due: due_date.is_some_and(|due_date| due_date >= today),
        }
    }

    fn amount(&mut self, invoice: &Invoice) -> Option<Money> {
        let code = self.required(Field::Currency, ProblemCode::CurrencyMissing)?;
        let Some(currency) = Currency::from_code(&code) else {
            self.problem(Problem::with(ProblemCode::CurrencyUnknown, &code));
            return None;
        };
        let text = self.required(Field::Amount, ProblemCode::AmountMissing)?;
        let Ok(amount) = Money::parse(&text, currency) else {
            self.problem(Problem::with(ProblemCode::AmountUnreadable, &text));
            return None;
        };
        if amount.minor <= 0 {
            self.problem(Problem::new(ProblemCode::AmountNotPositive));
            return None;
        }
        if invoice.partly_paid {
            self.problem(Problem::new(ProblemCode::PartlyPaid));
        }
        Some(amount)
    }

    fn reference(&mut self, invoice: &Invoice, standing: &Standing) -> Option<String> {
        let Some(reference) =
            self.required(Field::CreditorReference, ProblemCode::ReferenceMissing)
        else {
            if !self.is_doubtful(Field::CreditorReference) {
                self.suggestions.push(Suggestion::reference(invoice));
            }
            return None;
        };
        let reference = normalise_reference(&reference);
        if reference.chars().count() > 50 {
            self.problem(Problem::new(ProblemCode::ReferenceTooLong));
        }
        if standing.reference_submitted {
            self.problem(Problem::with(ProblemCode::ReferenceSubmitted, &reference));
        } else if standing.reference_taken {
            self.problem(Problem::with(ProblemCode::ReferenceTaken, &reference));
        }
        Some(reference)
    }

    fn debtor(&mut self, invoice: &Invoice) -> Option<CaseDebtor> {
        let name = self.required(Field::DebtorName, ProblemCode::DebtorNameMissing);
        let debtor_type = match self.value(Field::DebtorType) {
            Some(text) => {
                let read = text.parse::<DebtorType>().ok();
                if read.is_none() {
                    self.problem(Problem::with(ProblemCode::DebtorTypeUnreadable, &text));
                }
                read
            }
            // What the suggestion goes by is unread as well.
            None if self.is_unread(Field::DebtorType) => None,
            None if self.is_doubtful(Field::DebtorType) => None,
            None => {
                self.problem(Problem::new(ProblemCode::DebtorTypeMissing));
                // Also without a name: what is counted as suggested can always be accepted.
                let name = name.as_deref().unwrap_or_default();
                self.suggestions
                    .push(Suggestion::debtor_type(invoice, name));
                None
            }
        };
        let address = self.required(Field::DebtorAddress, ProblemCode::AddressMissing);
        let city = self.required(Field::DebtorCity, ProblemCode::CityMissing);
        let country = self.country();
        let state = self.state(country);
        let email = self.value(Field::DebtorEmail);
        if let Some(email) = email.as_deref().filter(|email| !looks_like_email(email)) {
            self.problem(Problem::with(ProblemCode::EmailUnreadable, email));
        }
        let phone = self.value(Field::DebtorPhone);
        let reachable = email.is_some() || phone.is_some();
        if !reachable && !self.is_unread(Field::DebtorEmail) && !self.is_unread(Field::DebtorPhone)
        {
            self.problem(Problem::new(ProblemCode::ContactMissing));
        }
        let contact_person = self.value(Field::ContactPerson);
        if debtor_type == Some(DebtorType::Company)
            && contact_person.is_none()
            && !self.is_unread(Field::ContactPerson)
        {
            self.problem(Problem::new(ProblemCode::ContactPersonMissing));
        }
        Some(CaseDebtor {
            debtor_type: debtor_type?,
            name: name?,
            email,
            phone,
            contact_person,
            registration_number: self.value(Field::CompanyRegistrationNumber),
            address: address?,
            city: city?,
            zip: self.value(Field::DebtorZip),
            state,
            country: country?,
        })
    }

    fn country(&mut self) -> Option<Country> {
        let text = self.required(Field::DebtorCountry, ProblemCode::CountryMissing)?;
        let country = Country::read(&text);
        if country.is_none() {
            self.problem(Problem::with(ProblemCode::CountryUnknown, &text));
        }
        country
    }

    fn state(&mut self, country: Option<Country>) -> Option<String> {
        let text = self.value(Field::DebtorState);
        if !country.is_some_and(Country::needs_state) {
            return text;
        }
        let Some(text) = text else {
            let said = self.is_unread(Field::DebtorState) || self.is_doubtful(Field::DebtorState);
            if !said {
                self.problem(Problem::new(ProblemCode::StateMissing));
            }
            return None;
        };
        let letters = us_state(&text);
        if letters.is_none() {
            self.problem(Problem::with(ProblemCode::StateUnknown, &text));
        }
        letters.map(str::to_owned)
    }

    fn text(&mut self, field: Field) -> Option<String> {
        let text = self.value(field);
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > 4000)
        {
            self.problem(Problem::about(ProblemCode::TextTooLong, field));
        }
        text
    }

    /// The thresholds are those of Debitura's evidence checklist; only its own check decides, so they only warn.
    fn evidence(
        &mut self,
        invoice: &Invoice,
        amount: Money,
        debtor_type: DebtorType,
        described: bool,
    ) {
        let Some(usd) = approximate_usd(amount) else {
            return;
        };
        if usd < 100.0 {
            self.problem(Problem::new(ProblemCode::SmallClaim));
        }
        let has_file = invoice.has_pdf;
        if debtor_type == DebtorType::Private && !(has_file && described) {
            self.problem(Problem::new(ProblemCode::EvidencePrivate));
        } else if usd > 10_000.0 && !has_file {
            self.problem(Problem::new(ProblemCode::EvidenceFile));
        } else if usd >= 2_000.0 && !has_file && !described {
            self.problem(Problem::new(ProblemCode::EvidenceFileOrText));
        }
    }

    fn case(&mut self, invoice: &Invoice, standing: &Standing, dates: &Dates) -> Option<Case> {
        if invoice.summary_only {
            self.problem(Problem::new(ProblemCode::DetailsNotRead));
        }
        if let SourceStatus::Other(word) = &invoice.status {
            self.problem(Problem::with(ProblemCode::StatusUnknown, word));
        }
        let reference = self.reference(invoice, standing);
        let amount = self.amount(invoice);
        let debtor = self.debtor(invoice);
        let description = self.text(Field::Description);
        let comments = self.text(Field::Comments);
        if let (Some(amount), Some(debtor)) = (amount, &debtor) {
            self.evidence(invoice, amount, debtor.debtor_type, description.is_some());
        }
        Some(Case {
            creditor_reference: reference?,
            case_date: dates.case_date?,
            due_date: dates.due_date?,
            amount: amount?,
            debtor: debtor?,
            description,
            comments,
        })
    }
}

/// The shape only: something before one `@`, a dot in what follows, no spaces. Whether it exists nobody can know here.
fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && !text.contains(char::is_whitespace)
        && !local.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= 320
}

#[cfg(test)]
mod tests;
