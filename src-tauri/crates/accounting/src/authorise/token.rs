use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http_client::{
    Answer, Failure, HttpClient, Pace, Rate, RepeatPolicy, Request, Secret, Transport,
};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::http::header::{AUTHORIZATION, CONTENT_TYPE};
use oauth2::url::Url;
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::token_error::{BodyKind, Call, Refusal, TokenError};
use super::{Authorised, DataCentre, Grant, Origin, Provider, Site};

/// The application as it is registered with a provider: the user's own registration, where no relay is used.
#[derive(Debug, Clone)]
pub struct Application {
    pub client_id: String,
    /// Of the region where the grant lives; Zoho can have one per region.
    pub client_secret: Secret,
}

/// What an exchange or a refresh gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: Secret,
    pub expires_in: Duration,
    /// The one to use from now on, and to be kept before the access token is used: the one before may be dead already.
    /// Where the provider gave no new one it is the one that was sent.
    pub refresh: Secret,
    /// Intuit's rolling limit.
    pub refresh_expires_in: Option<Duration>,
    /// Intuit's absolute limit, which no refresh moves.
    pub refresh_hard_expires_in: Option<Duration>,
    /// Intuit's company, where a relay kept it until now.
    pub realm: Option<String>,
    /// Zoho's region.
    pub centre: Option<DataCentre>,
    /// Where Zoho Books answers.
    pub api: Option<Origin>,
}

/// What providers add to the standard's fields. Seconds of another type are no reason to lose a token: they are absent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(default)]
    x_refresh_token_expires_in: Option<Value>,
    #[serde(default)]
    x_refresh_token_hard_expires_in: Option<Value>,
    #[serde(default)]
    api_domain: Option<String>,
}

impl ExtraTokenFields for Extra {}

impl Extra {
    /// What an access token is assumed to last where nobody says.
    pub(super) const USUAL_LIFE: Duration = Duration::from_secs(3600);
}

type Response = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Response,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Longer ones are not stored by anything.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Carries the library's requests. A type of its own that borrows nothing, since only then the
/// compiler knows that its futures can be sent between threads.
struct Carrier(TokenClient, Call);

impl<'a> AsyncHttpClient<'a> for Carrier {
    type Error = TokenError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TokenError>> + Send + 'a>>;

    fn call(&'a self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(self.1, request))
    }
}

/// The token endpoint of one grant: Intuit's, or that of one region of Zoho. Asks once; whether a request whose answer
/// was lost may be repeated is for whoever keeps the tokens to decide.
#[derive(Debug, Clone)]
pub struct TokenClient {
    provider: Provider,
    application: Application,
    token_url: Url,
    tokens: HttpClient,
    revoke: HttpClient,
    centre: Option<DataCentre>,
}

impl TokenClient {
    /// `centre` is the region of the grant, for Zoho; without it the one in which sign-ins begin.
    pub fn new(
        site: &Site,
        centre: Option<&DataCentre>,
        application: Application,
        transport: Transport,
    ) -> Result<Self, TokenError> {
        let (tokens, revoke, centre) = match site {
            Site::QuickBooks { tokens, revoke, .. } => (tokens, revoke, None),
            Site::ZohoBooks { trusted, start } => {
                let centre = centre.unwrap_or(start);
                // It may come from a file that was written long ago.
                if !trusted.iter().any(|listed| listed == centre) {
                    return Err(TokenError::Misconfigured("the region is not a known one"));
                }
                (&centre.accounts, &centre.accounts, Some(centre.clone()))
            }
        };
        let provider = site.provider();
        let malformed = || TokenError::Misconfigured("the provider's address is malformed");
        let http = |origin: &Origin| {
            Ok(HttpClient::new(
                provider.slug(),
                transport.clone(),
                origin.base().map_err(|_| malformed())?,
                Pace::new(Rate::per_second(5).parallel(1)),
                RepeatPolicy::NEVER,
            ))
        };
        Ok(Self {
            provider,
            application,
            token_url: tokens.url(path(provider)).ok_or_else(malformed)?,
            tokens: http(tokens)?,
            revoke: http(revoke)?,
            centre,
        })
    }

    /// Changes the code of an answer into tokens. A code works once.
    pub async fn exchange(&self, authorised: &Authorised) -> Result<Tokens, TokenError> {
        let Grant::Code(code) = &authorised.callback.grant else {
            return Err(TokenError::Misconfigured("a ticket is for the relay"));
        };
        if authorised
            .callback
            .centre
            .as_ref()
            .is_some_and(|centre| Some(centre) != self.centre.as_ref())
        {
            return Err(TokenError::Misconfigured("the code is another region's"));
        }
        let client = self.client().set_redirect_uri(
            RedirectUrl::new(authorised.redirect.clone())
                .map_err(|_| TokenError::Misconfigured("the redirect address is malformed"))?,
        );
        // Exposed because the provider expects it in the body.
        let mut request = client.exchange_code(AuthorizationCode::new(code.expose().to_owned()));
        if self.provider == Provider::ZohoBooks
            && let Some(verifier) = &authorised.verifier
        {
            request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.secret().clone()));
        }
        let carrier = Carrier(self.clone(), Call::Exchange);
        let response = request.request_async(&carrier).await.map_err(token_error)?;
        self.tokens(&response, None)
    }

    /// Asks for a new access token. `refresh` may be dead afterwards, even if no answer comes.
    pub async fn refresh(&self, refresh: &Secret) -> Result<Tokens, TokenError> {
        let client = self.client();
        // Exposed because the provider expects it in the body.
        let token = RefreshToken::new(refresh.expose().to_owned());
        let carrier = Carrier(self.clone(), Call::Refresh);
        let response = client
            .exchange_refresh_token(&token)
            .request_async(&carrier)
            .await
            .map_err(token_error)?;
        self.tokens(&response, Some(refresh))
    }

    /// Ends the grant at the provider. The tokens here are to be forgotten whatever comes of it.
    pub async fn revoke(&self, refresh: &Secret) -> Result<(), TokenError> {
        // Exposed because the provider expects it in the body.
        let token = refresh.expose();
        let request = match self.provider {
            Provider::QuickBooks => {
                let body = serde_json::json!({ "token": token }).to_string();
                Request::post("POST revoke", &["v2", "oauth2", "tokens", "revoke"])
                    .json_bytes(body.into_bytes())
                    .secret_header("authorization", &self.basic())
            }
            // The only form that Zoho documents has the token in the query, which the transport never tells anybody.
            Provider::ZohoBooks => {
                Request::post("POST revoke", &["oauth", "v2", "token", "revoke"])
                    .query("token", token)
            }
        };
        match self.revoke.send(request).await {
            // Zoho's refusals are successes by status.
            Ok(answer) if has_error(&answer.body) => Err(TokenError::GrantDead {
                request_id: answer.request_id,
            }),
            Ok(_) => Ok(()),
            Err(Failure::Status(rejection)) => {
                let request_id = rejection.request_id.clone();
                // Intuit's refusals have no body.
                Err(match rejection.status {
                    400 => TokenError::GrantDead { request_id },
                    401 => TokenError::ClientRefused { request_id },
                    429 => TokenError::Throttled {
                        after: rejection.retry_after,
                        request_id,
                    },
                    status @ 402..=499 => TokenError::Refused {
                        status,
                        code: None,
                        request_id,
                    },
                    _ => TokenError::Unavailable(Failure::Status(rejection)),
                })
            }
            Err(failure) => Err(TokenError::Unavailable(failure)),
        }
    }

    fn client(&self) -> Client {
        let id = ClientId::new(self.application.client_id.clone());
        // Exposed because the provider expects it with each request for tokens.
        let secret = ClientSecret::new(self.application.client_secret.expose().to_owned());
        oauth2::Client::new(id)
            .set_client_secret(secret)
            .set_auth_type(match self.provider {
                Provider::QuickBooks => AuthType::BasicAuth,
                Provider::ZohoBooks => AuthType::RequestBody,
            })
            .set_token_uri(TokenUrl::from_url(self.token_url.clone()))
    }

    fn basic(&self) -> Secret {
        use base64::Engine;
        // Exposed because this is how Intuit knows the application.
        let Application {
            client_id,
            client_secret,
        } = &self.application;
        let pair = format!("{client_id}:{}", client_secret.expose());
        Secret::new(format!(
            "Basic {}",
            base64::prelude::BASE64_STANDARD.encode(pair)
        ))
    }

    /// Carries a request of the library by our own transport, and hands it back only what is a token: everything else is
    /// sorted here, where status and body are both at hand.
    async fn send(&self, call: Call, request: HttpRequest) -> Result<HttpResponse, TokenError> {
        let label = match call {
            Call::Exchange => "POST token (exchange)",
            Call::Refresh => "POST token (refresh)",
        };
        let (head, body) = request.into_parts();
        let mut ours = Request::post(label, path(self.provider)).json_bytes(body);
        for (name, value) in &head.headers {
            let text = value
                .to_str()
                .map_err(|_| TokenError::Misconfigured("a header cannot be sent"))?;
            if name == AUTHORIZATION {
                ours = ours.secret_header("authorization", &Secret::new(text));
            } else if name == CONTENT_TYPE {
                ours = ours.header("content-type", text);
            }
        }
        if self.provider == Provider::QuickBooks {
            ours = ours.header("x-include-refresh-token-hard-expires-in", "true");
        }
        match self.tokens.send(ours).await {
            Ok(answer) => self.sort(call, &answer),
            Err(Failure::Status(rejection)) => Err(Refusal {
                provider: self.provider,
                call,
                status: rejection.status,
                body: rejection.body(),
                request_id: rejection.request_id.clone(),
                after: rejection.retry_after,
            }
            .read()
            .unwrap_or(TokenError::Unavailable(Failure::Status(rejection)))),
            Err(Failure::Unsendable { what }) => Err(TokenError::Misconfigured(what)),
            Err(Failure::Held { after, .. }) => Err(TokenError::Throttled {
                after: Some(after),
                request_id: None,
            }),
            Err(failure) => Err(TokenError::Unavailable(failure)),
        }
    }

    fn sort(&self, call: Call, answer: &Answer) -> Result<HttpResponse, TokenError> {
        let unreadable = || TokenError::Unreadable {
            status: answer.status,
            body: BodyKind::of(&answer.body),
            request_id: answer.request_id.clone(),
        };
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let token = body
            .as_ref()
            .and_then(|body| body.get("access_token")?.as_str());
        if token.is_none() {
            let refusal = Refusal {
                provider: self.provider,
                call,
                status: answer.status,
                body: &answer.body,
                request_id: answer.request_id.clone(),
                after: None,
            };
            return Err(refusal.read().unwrap_or_else(unreadable));
        }
        // Status and content type are judged already; the library would judge them by rules that Zoho does not keep.
        serde_json::from_slice::<Response>(&answer.body).map_err(|_| unreadable())?;
        Ok(HttpResponse::new(answer.body.clone()))
    }

    fn tokens(&self, response: &Response, sent: Option<&Secret>) -> Result<Tokens, TokenError> {
        let extra = response.extra_fields();
        let refresh = match (response.refresh_token(), sent) {
            (Some(new), _) => sendable(new.secret())?,
            (None, Some(sent)) => sent.clone(),
            (None, None) => return Err(TokenError::NoRefreshToken),
        };
        let api = match &self.centre {
            None => None,
            Some(centre) => Some(
                centre
                    .api(extra.api_domain.as_deref())
                    .ok_or(TokenError::UntrustedApi)?
                    .clone(),
            ),
        };
        Ok(Tokens {
            access: sendable(response.access_token().secret())?,
            expires_in: response.expires_in().unwrap_or(Extra::USUAL_LIFE),
            refresh,
            refresh_expires_in: seconds(extra.x_refresh_token_expires_in.as_ref()),
            refresh_hard_expires_in: seconds(extra.x_refresh_token_hard_expires_in.as_ref()),
            realm: None,
            centre: self.centre.clone(),
            api,
        })
    }
}

fn seconds(value: Option<&Value>) -> Option<Duration> {
    value?.as_u64().map(Duration::from_secs)
}

fn path(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::QuickBooks => &["oauth2", "v1", "tokens", "bearer"],
        Provider::ZohoBooks => &["oauth", "v2", "token"],
    }
}

fn has_error(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|body| body.get("error").is_some_and(|error| !error.is_null()))
}

/// A token as it can stand in a header and be kept.
pub(super) fn sendable(token: &str) -> Result<Secret, TokenError> {
    let fit = !token.is_empty()
        && token.len() <= LONGEST_TOKEN
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    fit.then(|| Secret::new(token))
        .ok_or(TokenError::Unreadable {
            status: 200,
            body: BodyKind::Json,
            request_id: None,
        })
}

fn token_error<E>(error: RequestTokenError<TokenError, E>) -> TokenError
where
    E: oauth2::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::Request(error) => error,
        // Cannot be: `send` lets nothing through that the library does not read.
        _ => TokenError::Unreadable {
            status: 200,
            body: BodyKind::Json,
            request_id: None,
        },
    }
}
