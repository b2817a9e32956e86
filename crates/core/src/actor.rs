//! Who does a thing.

use crate::id::{Account, ApiToken, Device, Id, Organisation, Person};
use std::fmt;

/// Who acts; stands in every entry of the ledger, there under a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person, in one organisation.
    Account {
        /// The account.
        account: Id<Account>,
        /// Where it acts.
        organisation: Id<Organisation>,
    },
    /// A signed-in person who acts in no organisation: none was chosen, or the account belongs to none. What
    /// concerns the account alone is done so.
    AccountAlone(Id<Account>),
    /// A program with a token.
    Token {
        /// The token.
        token: Id<ApiToken>,
        /// Where it acts.
        organisation: Id<Organisation>,
    },
    /// Somebody without an account, by the link that was made for them.
    Person(Id<Person>),
    /// A device that signed what it says.
    Device(Id<Device>),
    /// Somebody at the server's own command line, by operating-system user id.
    Operator(u32),
    /// Closedset itself: sweeps and schedules.
    Closedset,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { account, .. } | Self::AccountAlone(account) => {
                write!(f, "account:{account}")
            }
            Self::Token { token, .. } => write!(f, "token:{token}"),
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Device(device) => write!(f, "device:{device}"),
            Self::Operator(uid) => write!(f, "operator:{uid}"),
            Self::Closedset => f.write_str("closedset"),
        }
    }
}

/// What an operator is called: `root at the server`, `user 1000 at the server`.
pub fn operator_name(uid: u32) -> String {
    let user = if uid == 0 { "root".to_owned() } else { format!("user {uid}") };
    format!("{user} at the server")
}

#[cfg(test)]
mod tests {
    use super::{Actor, operator_name};
    use crate::id::Id;

    #[test]
    fn an_account_is_the_same_wherever_it_acts() {
        let account = Id::from_bits(7);
        let organisation = Id::from_bits(8);
        let there = Actor::Account { account, organisation }.to_string();
        assert_eq!(Actor::AccountAlone(account).to_string(), there);
    }

    #[test]
    fn an_operator_is_named_by_the_user_of_the_server() {
        assert_eq!(operator_name(0), "root at the server");
        assert_eq!(operator_name(1000), "user 1000 at the server");
    }
}
