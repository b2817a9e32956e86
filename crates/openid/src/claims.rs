//! What a believed token says of somebody.

use closedset_core::Time;

/// What shows a second factor in the list of methods (RFC 8176): several factors, a one-time password, a
/// key in hardware or software, a smart card. A text message or a call alone does not.
const METHODS: [&str; 5] = ["mfa", "otp", "hwk", "swk", "sc"];

/// What a believed token says of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who, by the name that the provider never gives to anybody else.
    pub subject: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The provider says that the address is theirs.
    pub email_is_verified: bool,
    /// When they showed who they are.
    pub shown_at: Option<Time>,
    /// By which methods.
    pub methods: Vec<String>,
    /// At which level.
    pub level: Option<String>,
}

impl Claims {
    /// Whether the provider says that a second factor was shown: by a method, or by one of these levels.
    pub fn shows_second_factor(&self, levels: &[String]) -> bool {
        self.methods.iter().any(|method| METHODS.contains(&method.as_str()))
            || self.level.as_ref().is_some_and(|level| levels.contains(level))
    }
}
