use std::future::Future;
use std::pin::Pin;

use http_client::Secret;

use crate::Fault;

/// A token, or why there is none. Boxed, so that whoever fetches does not care who keeps the tokens.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<Secret, Fault>> + Send + 'a>>;

/// Gives the access token of one grant, for as long as the grant lives.
pub trait Access: Send + Sync {
    /// A token that is good now. `refused` is the one that the provider has just turned down with 401: it is renewed,
    /// unless that has happened since. A provider that turns down the renewed one as well has ended the grant
    /// ([`Fault::GrantEnded`]).
    fn token<'a>(&'a self, refused: Option<&'a Secret>) -> TokenFuture<'a>;
}
