//! Accounts: set-up, sign-in with two factors, what a person changes about them, sessions, and the
//! tokens of programs.

mod ceremony;
mod confirm;
mod ended;
mod factor_remove;
mod forget;
mod passkey;
mod password;
mod password_change;
mod recovery;
mod session;
mod set_up;
mod sign_in;
mod tokens;
mod totp;

pub use confirm::{
    FACTOR_FRESH, FACTOR_STALE, passkey_confirm_begin, passkey_confirm_finish, totp_confirm,
};
pub(crate) use ended::admit;
pub use factor_remove::{passkey_remove, totp_remove};
pub use forget::{account_forget, account_forget_own};
pub use passkey::{passkey_begin, passkey_finish, passkey_sign_in_begin, passkey_sign_in_finish};
pub use password_change::{PasswordChange, password_change};
pub use recovery::{recovery_codes_confirm, recovery_codes_make, recovery_sign_in};
pub use session::{
    AccountSecurity, SessionToken, Signed, Stage, account_security, session_end, session_end_all,
    session_end_by_id, session_enter, session_peek, session_resolve,
};
pub use set_up::{NewAccount, SetUpState, set_up_account, set_up_state};
pub use sign_in::sign_in;
pub use tokens::{
    NewToken, TokenMade, token_caller, token_create, token_list, token_made, token_revoke,
};
pub(crate) use tokens::{Opened, may_still};
pub use totp::{TotpSecret, totp_begin, totp_finish, totp_sign_in};
pub(crate) use {
    password::{check_new, hash},
    session::{begin, begin_shown, look_at, look_at_only, refuse_overtaken, token_digest},
    set_up::email,
    sign_in::{Guessed, count_failure, refuse_locked},
    totp::{record, signed_in},
};

use closedset_core::Duration;

/// A session ends after so long without use.
pub const IDLE_LIMIT: Duration = Duration::from_minutes(15);
/// A session ends so long after it began, used or not.
pub const SESSION_LIMIT: Duration = Duration::from_hours(12);
/// Failures to sign in are forgotten so long after the last.
pub const FAILURES_KEPT: Duration = Duration::from_hours(24);
