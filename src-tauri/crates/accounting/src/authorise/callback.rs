//! Reading the query that a browser brings back. Pure: nothing is sent, kept or counted here.

use std::fmt;

use http_client::Secret;
use oauth2::CsrfToken;
use oauth2::url::form_urlencoded;

use super::{DataCentre, DataCentres, Provider};

/// Longer queries are not even taken apart. A code of Intuit has up to 512 characters; a relay's ticket has more.
pub(super) const LONGEST_QUERY: usize = 12 * 1024;
const LONGEST_CODE: usize = 8 * 1024;
const LONGEST_TEXT: usize = 300;

/// What the one true callback has to be like.
pub struct Expected {
    pub provider: Provider,
    pub state: CsrfToken,
    /// A relay forwards a sealed `ticket` instead of the code.
    pub relayed: bool,
    /// The trusted regions, and the one in which the sign-in began. Only for Zoho.
    pub centres: Option<(DataCentres, DataCentre)>,
}

impl fmt::Debug for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Expected")
            .field("provider", &self.provider)
            .field("relayed", &self.relayed)
            .finish_non_exhaustive()
    }
}

/// What the user agreed to.
#[derive(Debug, Clone)]
pub struct Callback {
    pub grant: Grant,
    /// Intuit's company, digits only. Absent where a relay keeps it in the ticket.
    pub realm: Option<String>,
    /// Zoho's region: where the code is to be exchanged. Absent where a relay keeps it in the ticket.
    pub centre: Option<DataCentre>,
}

#[derive(Debug, Clone)]
pub enum Grant {
    Code(Secret),
    /// Sealed by the relay, which alone can open it.
    Ticket(Secret),
}

/// Why a query is not the callback that was hoped for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Not an answer to this attempt. Anybody may have sent it; it is to be ignored.
    #[error("this does not belong to the sign-in that is waiting")]
    StateMismatch,
    #[error("access was denied on the provider's page")]
    Denied,
    #[error("the provider reports: {0}")]
    Provider(ProviderText),
    #[error("the provider's answer is malformed ({0})")]
    Malformed(&'static str),
    #[error("the provider's answer has no code")]
    NoCode,
    #[error("the provider's answer names no company")]
    NoCompany,
    /// Nothing was sent to it.
    #[error("the answer names a server that is not one of Zoho's known ones")]
    UntrustedServer,
}

/// An error of the provider, as far as it can be shown: plain text of bounded length without control characters. It is
/// not markup and has to be escaped wherever it is put into some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderText {
    /// Like `server_error`; `unknown` where it is no such word.
    pub code: String,
    pub description: Option<String>,
}

impl ProviderText {
    fn new(code: &str, description: Option<&str>) -> Self {
        let is_word = !code.is_empty()
            && code.len() <= 64
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        Self {
            code: if is_word { code } else { "unknown" }.to_owned(),
            description: description.map(presentable).filter(|text| !text.is_empty()),
        }
    }
}

impl fmt::Display for ProviderText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.description {
            Some(description) => write!(formatter, "{description} ({})", self.code),
            None => formatter.write_str(&self.code),
        }
    }
}

/// One line without what could rearrange or hide the text around it.
fn presentable(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| {
            !character.is_control()
                && !matches!(*character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                && *character != '\u{feff}'
        })
        .take(LONGEST_TEXT)
        .collect();
    line.trim().to_owned()
}

/// Reads `query`, the part after the question mark. The state is compared before anything else is believed.
pub fn read_callback(query: &str, expected: &Expected) -> Result<Callback, CallbackError> {
    if query.len() > LONGEST_QUERY {
        return Err(CallbackError::StateMismatch);
    }
    let fields = Fields::read(query);
    // The library's comparison of two tokens takes the same time wherever they differ.
    let state = fields.only(&fields.state);
    if !state.is_ok_and(|state| {
        state.is_some_and(|state| CsrfToken::new(state.to_owned()) == expected.state)
    }) {
        return Err(CallbackError::StateMismatch);
    }
    if let Some(error) = fields.only(&fields.error)? {
        // A description that came twice is left out; the error itself counts.
        let description = fields.only(&fields.description).unwrap_or(None);
        return Err(match error {
            "access_denied" => CallbackError::Denied,
            error => CallbackError::Provider(ProviderText::new(error, description)),
        });
    }
    let named = if expected.relayed {
        &fields.ticket
    } else {
        &fields.code
    };
    let code = fields
        .only(named)?
        .filter(|code| !code.is_empty())
        .ok_or(CallbackError::NoCode)?;
    if code.len() > LONGEST_CODE || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CallbackError::Malformed("code"));
    }
    let code = Secret::new(code);
    Ok(Callback {
        grant: if expected.relayed {
            Grant::Ticket(code)
        } else {
            Grant::Code(code)
        },
        realm: match expected.provider {
            // A relay has sealed it into the ticket; it may tell it as well.
            Provider::QuickBooks if expected.relayed && fields.realm.is_empty() => None,
            Provider::QuickBooks => Some(fields.realm()?),
            Provider::ZohoBooks => None,
        },
        centre: match &expected.centres {
            Some(_)
                if expected.relayed && fields.server.is_empty() && fields.location.is_empty() =>
            {
                None
            }
            Some((centres, start)) => Some(fields.centre(centres, start)?),
            None => None,
        },
    })
}

/// The parameters that mean something, each as often as it came.
#[derive(Default)]
struct Fields {
    state: Vec<String>,
    code: Vec<String>,
    ticket: Vec<String>,
    error: Vec<String>,
    description: Vec<String>,
    realm: Vec<String>,
    server: Vec<String>,
    location: Vec<String>,
}

impl Fields {
    fn read(query: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "state" => &mut fields.state,
                "code" => &mut fields.code,
                "ticket" => &mut fields.ticket,
                "error" => &mut fields.error,
                "error_description" => &mut fields.description,
                "realmId" => &mut fields.realm,
                "accounts-server" => &mut fields.server,
                "location" => &mut fields.location,
                _ => continue,
            };
            field.push(value.into_owned());
        }
        fields
    }

    /// A parameter given twice means two things to two readers, so it means nothing here.
    fn only<'a>(&self, values: &'a [String]) -> Result<Option<&'a str>, CallbackError> {
        match values {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(CallbackError::Malformed("a parameter came twice")),
        }
    }

    fn realm(&self) -> Result<String, CallbackError> {
        let realm = self
            .only(&self.realm)?
            .filter(|realm| !realm.is_empty())
            .ok_or(CallbackError::NoCompany)?;
        // It becomes part of the path of every request.
        if realm.len() > 32 || !realm.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CallbackError::Malformed("realmId"));
        }
        Ok(realm.to_owned())
    }

    fn centre(
        &self,
        centres: &DataCentres,
        start: &DataCentre,
    ) -> Result<DataCentre, CallbackError> {
        let location = self.only(&self.location)?;
        let centre = match (self.only(&self.server)?, location) {
            (Some(server), _) => centres.of_accounts(server),
            (None, Some(location)) => centres.at(location),
            (None, None) => Some(start),
        }
        .ok_or(CallbackError::UntrustedServer)?;
        if location.is_some_and(|location| location != centre.location) {
            return Err(CallbackError::UntrustedServer);
        }
        Ok(centre.clone())
    }
}
