use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A key, token or client secret. It cannot be displayed or serialised, its `Debug` is a fixed word, and its memory is
/// cleared when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The secret itself. Each call site says in a comment why it needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        assert_eq!(format!("{:?}", Secret::new("rk_live_123")), "[secret]");
        assert_eq!(
            format!("{:?}", Some(Secret::new("rk_live_123"))),
            "Some([secret])"
        );
    }
}
