use std::time::Duration;

use http_client::{
    Answer, BaseUrl, Failure, HttpClient, Pace, Part, Rate, RepeatPolicy, Request, Secret,
    Transport, Verdict,
};
use receivables::{Case, same_reference};
use serde::de::DeserializeOwned;

use crate::account::AgreementDto;
use crate::case::{CaseDto, CaseListDto};
use crate::documents::FileDto;
use crate::follow::{PaymentDto, TaskDto, TaskListDto, TimelineDto, ValidationDto};
use crate::preview::PreviewDto;
use crate::refusal::wait_in_body;
use crate::{
    Account, Agreement, CaseFile, CasePage, CollectionCase, Payment, Preview, Refusal, RefusalKind,
    Task, Timeline, Upload, Validation, preview_body,
};

/// Why an operation has no result.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Debitura answered no.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// There is no answer, or none that can be understood.
    #[error(transparent)]
    Failed(Failure),
}

impl Error {
    /// Whether the request certainly had no effect. For [`Debitura::submit`], `false` means that the case may exist.
    pub fn outcome_known(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.outcome_known,
            Self::Failed(failure) => failure.outcome_known(),
        }
    }

    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.request_id.as_deref(),
            Self::Failed(failure) => failure.request_id(),
        }
    }

    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Failed(_) => None,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Status(rejection) => Self::Refused(Box::new(Refusal::of(&rejection))),
            other => Self::Failed(other),
        }
    }
}

/// In which order to list cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Last changed first. Cases that never changed have no such date, so this alone does not find new ones.
    Updated,
    /// Newest first.
    Created,
}

/// One account at Debitura, by its key.
#[derive(Debug, Clone)]
pub struct Debitura {
    http: HttpClient,
    key: Secret,
}

/// The most cases a page may hold.
const PAGE: u32 = 100;
/// 25 MB through a slow line.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(300);

impl Debitura {
    pub const PRODUCTION: &str = "https://customer-api.debitura.com";
    /// Exists and is used by Debitura's own tools, though clients are pointed at `isTest` in production instead.
    pub const TEST: &str = "https://testcustomer-api.debitura.com";

    pub fn new(transport: Transport, base: BaseUrl, key: Secret, pace: Pace) -> Self {
        Self::with_policy(transport, base, key, pace, Self::policy())
    }

    /// With waits other than the usual ones, for tests.
    pub fn with_policy(
        transport: Transport,
        base: BaseUrl,
        key: Secret,
        pace: Pace,
        policy: RepeatPolicy,
    ) -> Self {
        Self {
            http: HttpClient::new("debitura", transport, base, pace, policy),
            key,
        }
    }

    /// 100 a minute, far below the published 2,000, and enough for an account's whole list of cases.
    pub fn usual_rate() -> Rate {
        Rate::per_minute(100)
    }

    /// Debitura documents 429 with `retryAfter` in the body; its own tools repeat the gateway faults, and 500 is
    /// documented as worth a repeat with backoff. All other refusals are final.
    pub fn policy() -> RepeatPolicy {
        RepeatPolicy {
            verdict: |rejection| match rejection.status {
                429 | 500 | 502..=504 => Verdict::Repeat,
                _ => Verdict::Final,
            },
            wait_in_body,
            ..RepeatPolicy::COMMON
        }
    }

    /// Whose key this is; the cheapest check of a key.
    pub async fn account(&self) -> Result<Account, Error> {
        self.read(Request::get("GET /me", &["me"])).await
    }

    pub async fn agreement(&self) -> Result<Agreement, Error> {
        let request = Request::get(
            "GET /contracts/debt-collection/status",
            &["contracts", "debt-collection", "status"],
        );
        Ok(self.read::<AgreementDto>(request).await?.read())
    }

    /// Price, partner and contracts of a case that does not exist yet. Nothing is kept, so this is repeated like a read.
    pub async fn preview(&self, case: &Case) -> Result<Preview, Error> {
        let request = Request::post("POST /cases/preview", &["cases", "preview"])
            .json_bytes(preview_body(case))
            .changes_nothing();
        Ok(self.read::<PreviewDto>(request).await?.read())
    }

    /// Sends exactly these bytes, once. `key` (at most 255 characters) belongs to these bytes for ever.
    ///
    /// On an error, [`Error::outcome_known`] decides what follows: `true` means that no case was made by this request;
    /// `false` means that it has to be looked up by its reference before the same bytes go again.
    pub async fn submit(&self, body: &[u8], key: &str) -> Result<CollectionCase, Error> {
        let request = Request::post("POST /cases", &["cases"])
            .header("idempotency-key", key)
            .json_bytes(body.to_vec());
        let answer = self.send(request).await?;
        let case: CaseDto = answer.json()?;
        Ok(case
            .read()
            .ok_or_else(|| answer.unreadable("a case without an id"))?)
    }

    /// Page `number`, counted from 1, of all cases, test cases included.
    pub async fn cases(&self, number: u32, order: Order) -> Result<CasePage, Error> {
        let sort = match order {
            Order::Updated => "DateUpdated:desc",
            Order::Created => "DateCreated:desc",
        };
        let request = Request::get("GET /cases", &["cases"])
            .query("Page", number.to_string())
            .query("PageSize", PAGE.to_string())
            .query("Sort", sort);
        Ok(self.read::<CaseListDto>(request).await?.read(number, PAGE))
    }

    /// `None` if there is no such case in this account.
    pub async fn case(&self, id: &str) -> Result<Option<CollectionCase>, Error> {
        self.find(Request::get("GET /cases/{id}", &["cases", id]))
            .await
    }

    /// The case with this creditor reference.
    ///
    /// A slash in a path does not survive every gateway even when it is encoded, so where the direct way finds nothing
    /// for such a reference, the whole list is searched.
    pub async fn case_by_reference(
        &self,
        reference: &str,
    ) -> Result<Option<CollectionCase>, Error> {
        let is_it = |case: &CollectionCase| {
            case.creditor_reference
                .as_deref()
                .is_some_and(|other| same_reference(other, reference))
        };
        if !matches!(reference, "" | "." | "..") {
            let travels_safely = !reference.contains(['/', '\\', '%', '?', '#', ';']);
            let direct = Request::get(
                "GET /cases/by-creditor-reference/{reference}",
                &["cases", "by-creditor-reference", reference],
            );
            let found = match self.find(direct).await {
                // The gateway's own word about a path it could not make sense of.
                Err(Error::Refused(refusal)) if refusal.status == 404 && !travels_safely => None,
                found => found?,
            };
            if found.as_ref().is_some_and(is_it) {
                return Ok(found);
            }
            if found.is_none() && travels_safely {
                return Ok(None);
            }
        }
        let mut number = 1;
        loop {
            let page = self.cases(number, Order::Created).await?;
            if let Some(case) = page.cases.into_iter().find(is_it) {
                return Ok(Some(case));
            }
            if !page.more {
                return Ok(None);
            }
            number += 1;
        }
    }

    pub async fn files(&self, case_id: &str) -> Result<Vec<CaseFile>, Error> {
        let request = Request::get("GET /cases/{id}/files", &["cases", case_id, "files"]);
        Ok(read_all(self.read(request).await?, FileDto::read))
    }

    /// Sends a file, once; a repeat would make a second one.
    pub async fn upload(&self, case_id: &str, upload: &Upload) -> Result<CaseFile, Error> {
        let mut parts = vec![
            Part::file(
                "File",
                upload.file_name.clone(),
                upload.media_type(),
                upload.content.clone(),
            ),
            Part::text("DocumentType", upload.document_type.word()),
        ];
        if let Some(description) = &upload.description {
            parts.push(Part::text("Description", description.clone()));
        }
        let request = Request::post("POST /cases/{id}/files", &["cases", case_id, "files"])
            .multipart(parts)
            .patience(UPLOAD_PATIENCE);
        let answer = self.send(request).await?;
        let file: FileDto = answer.json()?;
        Ok(file
            .read()
            .ok_or_else(|| answer.unreadable("a file without an id"))?)
    }

    pub async fn timeline(&self, case_id: &str) -> Result<Timeline, Error> {
        let request = Request::get("GET /cases/{id}/timeline", &["cases", case_id, "timeline"]);
        Ok(self.read::<TimelineDto>(request).await?.read())
    }

    pub async fn payments(&self, case_id: &str) -> Result<Vec<Payment>, Error> {
        let request = Request::get("GET /cases/{id}/payments", &["cases", case_id, "payments"]);
        Ok(read_all(self.read(request).await?, PaymentDto::read))
    }

    /// What one case waits for.
    pub async fn tasks(&self, case_id: &str) -> Result<Vec<Task>, Error> {
        let request = Request::get("GET /cases/{id}/tasks", &["cases", case_id, "tasks"]);
        Ok(read_all(self.read(request).await?, TaskDto::read))
    }

    /// What the account and all its cases wait for.
    pub async fn all_tasks(&self) -> Result<Vec<Task>, Error> {
        let mut tasks = Vec::new();
        let mut number = 1;
        loop {
            let request = Request::get("GET /tasks", &["tasks"])
                .query("Page", number.to_string())
                .query("PageSize", PAGE.to_string());
            let list: TaskListDto = self.read(request).await?;
            let count = list.tasks.len();
            tasks.extend(list.tasks.into_iter().filter_map(TaskDto::read));
            if count == 0 || !list.page.unwrap_or_default().more(number, count, PAGE) {
                return Ok(tasks);
            }
            number += 1;
        }
    }

    /// What is missing in a case; worth asking when [`CollectionCase::needs_info`] is set.
    pub async fn validation(&self, case_id: &str) -> Result<Validation, Error> {
        let request = Request::get(
            "GET /cases/{id}/validation",
            &["cases", case_id, "validation"],
        );
        Ok(self.read::<ValidationDto>(request).await?.read())
    }

    async fn find(&self, request: Request) -> Result<Option<CollectionCase>, Error> {
        let answer = match self.send(request).await {
            Ok(answer) => answer,
            Err(Error::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let case: CaseDto = answer.json()?;
        Ok(Some(case.read().ok_or_else(|| {
            answer.unreadable("a case without an id")
        })?))
    }

    async fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        Ok(self.send(request).await?.json()?)
    }

    async fn send(&self, request: Request) -> Result<Answer, Error> {
        let request = request.secret_header("xapikey", &self.key);
        Ok(self.http.send(request).await?)
    }
}

fn read_all<Dto, T>(dtos: Vec<Dto>, read: fn(Dto) -> Option<T>) -> Vec<T> {
    dtos.into_iter().filter_map(read).collect()
}
