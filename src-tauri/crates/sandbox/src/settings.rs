//! Switches for everything the providers' public material leaves open or contradicts itself on, so that a client can be
//! tried against each reading.

use serde::{Deserialize, Serialize};

use crate::zoho::Region;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct Settings {
    pub debitura: DebituraSettings,
    pub stripe: StripeSettings,
    pub intuit: IntuitSettings,
    pub zoho: ZohoSettings,
    pub validation: Validation,
}

/// How much of what is served is held against the API descriptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validation {
    /// Every request and every object of every answer.
    #[default]
    Everything,
    /// Every request, and the first n objects of each list.
    First(usize),
    /// Nothing; for benchmarks.
    Off,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct DebituraSettings {
    /// The body of a 401.
    pub auth_error: AuthError,
    /// Whether `Authorization: Bearer <key>` is taken as well as `XApiKey`.
    pub accept_bearer: bool,
    /// Whether `Person` is taken as a debtor type as well as `Private`.
    pub accept_person: bool,
    /// The shape of a 400 of `POST /cases`.
    pub field_errors: FieldErrors,
    pub duplicate_reference: DuplicateReference,
    /// Whether a due date of today is accepted.
    pub accept_due_today: bool,
    /// How often a case made from now on is not found by its creditor reference before it is, as where a list lags behind.
    pub lag: u32,
    /// Whether idempotency keys are remembered at all; how long they are is nowhere said.
    pub remember_keys: bool,
    /// Whether a 422 is stored under its idempotency key and replayed.
    pub store_422: bool,
    /// Whether an injected 5xx is stored under its idempotency key and replayed.
    pub store_500: bool,
    /// What a second call gets while the first with its idempotency key is still running.
    pub concurrent_key: ConcurrentKey,
    pub file_types: FileTypes,
    /// Countries, by their alpha-2 codes, that the partner has left.
    pub uncovered: Vec<String>,
    /// Calls allowed to one key in a minute, an hour and a day; none by default, so that tests can run fast.
    pub rate_limits: Option<RateLimits>,
    /// Whether a 429 carries `Retry-After` as well as `retryAfter`.
    pub retry_after_header: bool,
    /// Whether deleting an unknown test case is a 404 rather than an idempotent 204.
    pub unknown_test_case_is_404: bool,
    /// Whether a webhook may point at this machine (the real service refuses private addresses).
    pub loopback_webhooks: bool,
    /// Whether every timestamp is sent without its zone.
    pub naive_timestamps: bool,
    /// How much faster than in reality the waits between two tries of a webhook pass.
    pub webhook_clock: u64,
}

impl Default for DebituraSettings {
    fn default() -> Self {
        Self {
            auth_error: AuthError::default(),
            accept_bearer: false,
            accept_person: false,
            field_errors: FieldErrors::default(),
            duplicate_reference: DuplicateReference::default(),
            accept_due_today: false,
            lag: 0,
            remember_keys: true,
            store_422: true,
            store_500: false,
            concurrent_key: ConcurrentKey::default(),
            file_types: FileTypes::default(),
            uncovered: Vec::new(),
            rate_limits: None,
            retry_after_header: false,
            unknown_test_case_is_404: false,
            loopback_webhooks: false,
            naive_timestamps: false,
            webhook_clock: 6_000,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthError {
    #[default]
    Problem,
    BusinessErrors,
    Empty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldErrors {
    /// `{"debtor.city": ["…"]}`, as the prose says.
    #[default]
    Arrays,
    /// `ApiErrorResponseDto`, as the schema says.
    ApiError,
}

/// What a creditor reference that exists already gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReference {
    /// 422 with `DuplicateReference`.
    #[default]
    Business,
    /// 422 with `DuplicateCreditorReference`.
    Creditor,
    /// 400 on the field `creditorReference`.
    Field,
    /// A second case.
    Accept,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcurrentKey {
    /// It waits for the first one's answer and gets the same.
    #[default]
    Wait,
    /// 409.
    Conflict,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileTypes {
    /// pdf xls xlsx csv txt jpg jpeg png gif
    #[default]
    Description,
    /// pdf doc docx xls xlsx jpg jpeg png txt zip csv eml
    Guide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct RateLimits {
    pub minute: u32,
    pub hour: u32,
    pub day: u32,
    /// How much faster than in reality minutes, hours and days pass.
    pub speed: u32,
}

/// The published ones.
impl Default for RateLimits {
    fn default() -> Self {
        Self {
            minute: 2_000,
            hour: 20_000,
            day: 100_000,
            speed: 1,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct StripeSettings {
    pub permission_text: PermissionText,
}

/// Which generation of Stripe's 403 is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionText {
    /// With `code: more_permissions_required` and `customer_read`.
    #[default]
    Coded,
    /// Without a code, and with `rak_customer_read`.
    Plain,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct IntuitSettings {
    pub rotation: Rotation,
    /// What becomes of a request with a `code_challenge`, of which Intuit says nothing.
    pub pkce: UnknownPkce,
    /// Whether the token endpoint's errors have an `error_description`.
    pub describe_token_errors: bool,
    /// How long a code lives; nowhere said.
    pub code_seconds: i64,
    /// After how long a person must connect again, however often the token was renewed.
    pub hard_expiry_seconds: i64,
    /// None by default, so that tests can run fast.
    pub limits: Option<IntuitLimits>,
    /// Whether a 429 says when to come back; nowhere said.
    pub retry_after: bool,
    /// How many reads of a live company a month has; none is no end.
    pub monthly_quota: Option<u32>,
    /// Fewer rows in a page than asked for, though there are more.
    pub page_cap: Option<usize>,
    /// Whether more than 1,000 rows asked for are an error rather than 1,000.
    pub refuse_oversize: bool,
    /// How many values a list in a query may have; nowhere said.
    pub longest_list: Option<usize>,
    /// Whether the 1,000 changes are for all entities together rather than each.
    pub shared_change_cap: bool,
}

impl Default for IntuitSettings {
    fn default() -> Self {
        Self {
            rotation: Rotation::default(),
            pkce: UnknownPkce::default(),
            describe_token_errors: false,
            code_seconds: 300,
            hard_expiry_seconds: 5 * 365 * 86_400,
            limits: None,
            retry_after: false,
            monthly_quota: None,
            page_cap: None,
            refuse_oversize: false,
            longest_list: None,
            shared_change_cap: false,
        }
    }
}

/// Calls allowed to one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct IntuitLimits {
    pub minute: u32,
    pub second: u32,
    /// Under way at the same time.
    pub parallel: u32,
    pub batch_minute: u32,
}

/// The published ones.
impl Default for IntuitLimits {
    fn default() -> Self {
        Self {
            minute: 500,
            second: 10,
            parallel: 10,
            batch_minute: 40,
        }
    }
}

/// When Intuit gives out a new refresh token, and what becomes of the old one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// The same one with a falling lifetime for a day; then a new one, and the old is dead.
    #[default]
    Daily,
    /// A new one each time; the old is dead at once.
    KillAtOnce,
    /// A new one each time; the old is taken for another day.
    Grace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPkce {
    #[default]
    Ignore,
    Reject,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct ZohoSettings {
    /// The region of the person who signs in.
    pub home: Region,
    /// How many organisations that person has: none to three, of which the third is not active.
    pub organisations: usize,
    pub callback: ZohoCallback,
    /// Whether the client is switched on for other regions than the one it was made in.
    pub multi_dc: bool,
    /// Whether each region has a secret of its own.
    pub secret_per_region: bool,
    /// Whether the `api_domain` of a token answer is one that Zoho does not list.
    pub unlisted_api_domain: bool,
    /// Whether `http://127.0.0.1` can be registered; reports say no.
    pub accept_loopback_ip: bool,
    pub code_seconds: i64,
    /// How many access tokens of one refresh token live at once; pages say 15 and 10.
    pub active_access_tokens: usize,
    /// Whether the filter for unpaid invoices gives the overdue and the partially paid too.
    pub unpaid_is_everything: bool,
    /// Whether rows of the list have address, e-mail and more, as recorded, or the documented least.
    pub rich_rows: bool,
    /// Whether ids are numbers, as the description's examples have them.
    pub numeric_ids: bool,
    /// Whether more than 200 rows asked for are an error rather than 200.
    pub refuse_oversize: bool,
    /// Calls of an organisation in a day and in a minute; none is no end.
    pub daily_quota: Option<u32>,
    pub minute_limit: Option<u32>,
    /// Whether answers tell what is left of the day, as they once did.
    pub rate_headers: bool,
}

impl Default for ZohoSettings {
    fn default() -> Self {
        Self {
            home: Region::default(),
            organisations: 3,
            callback: ZohoCallback::default(),
            multi_dc: true,
            secret_per_region: false,
            unlisted_api_domain: false,
            accept_loopback_ip: false,
            code_seconds: 120,
            active_access_tokens: 15,
            unpaid_is_everything: false,
            rich_rows: true,
            numeric_ids: false,
            refuse_oversize: false,
            daily_quota: None,
            minute_limit: None,
            rate_headers: false,
        }
    }
}

/// What is in the address the browser is sent back to, besides code and state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZohoCallback {
    /// `location` and `accounts-server`.
    #[default]
    Complete,
    WithoutLocation,
    /// An `accounts-server` that is not Zoho's.
    Rogue,
}
