//! One sentence about what a form just did, carried to the next page by a cookie that lives a
//! minute and is taken back as soon as it was shown.

use super::cookie;
use crate::{Flash, FlashKind};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

const NAME: &str = "__Host-closedset-done";
const KEPT_S: u32 = 60;

/// What a form did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Saved,
    Uploaded,
    Signed,
    Withdrawn,
    Confirmed,
    DeviceRevoked,
    TokenRevoked,
    TaskClosed,
    Erased,
    SignedOutThere,
    PackBegun,
    FactorAdded,
    FactorRemoved,
    PasswordChanged,
}

impl Done {
    const ALL: [Self; 14] = [
        Self::Saved,
        Self::Uploaded,
        Self::Signed,
        Self::Withdrawn,
        Self::Confirmed,
        Self::DeviceRevoked,
        Self::TokenRevoked,
        Self::TaskClosed,
        Self::Erased,
        Self::SignedOutThere,
        Self::PackBegun,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::PasswordChanged,
    ];

    const fn key(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Uploaded => "uploaded",
            Self::Signed => "signed",
            Self::Withdrawn => "withdrawn",
            Self::Confirmed => "confirmed",
            Self::DeviceRevoked => "device-revoked",
            Self::TokenRevoked => "token-revoked",
            Self::TaskClosed => "task-closed",
            Self::Erased => "erased",
            Self::SignedOutThere => "signed-out-there",
            Self::PackBegun => "pack-begun",
            Self::FactorAdded => "factor-added",
            Self::FactorRemoved => "factor-removed",
            Self::PasswordChanged => "password-changed",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Saved => "Saved.",
            Self::Uploaded => "Uploaded, and written into the ledger.",
            Self::Signed => "Signed, and written into the ledger.",
            Self::Withdrawn => "Withdrawn. It no longer counts.",
            Self::Confirmed => "Confirmed. The checks that concern it were asked anew.",
            Self::DeviceRevoked => "Revoked. Nothing that it sends is taken any more.",
            Self::TokenRevoked => "Revoked. The token opens nothing any more.",
            Self::TaskClosed => "The task is closed.",
            Self::Erased => "Erased. That it was there, and when, stays in the ledger.",
            Self::SignedOutThere => "Signed out there.",
            Self::PackBegun => "The pack is made.",
            Self::FactorAdded => "Added. You can sign in with it from now on.",
            Self::FactorRemoved => "Removed. It opens nothing any more.",
            Self::PasswordChanged => "Changed. Everywhere else you are signed out.",
        }
    }
}

/// Leaves the sentence for the next page.
pub(crate) fn leave(response: &mut Response, done: Done) {
    lay(response, done.key(), KEPT_S);
}

/// Takes it back.
pub(crate) fn take_back(response: &mut Response) {
    lay(response, "", 0);
}

fn lay(response: &mut Response, value: &str, kept_s: u32) {
    let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={kept_s}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The sentence that was left.
pub(crate) fn left(headers: &HeaderMap) -> Option<Flash> {
    let value = cookie::value(headers, NAME)?;
    let done = Done::ALL.into_iter().find(|done| done.key() == value)?;
    Some(Flash { kind: FlashKind::Done, text: done.sentence().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_once_and_nothing_else_can_be_put_into_a_page() {
        for done in Done::ALL {
            let mut response = Response::default();
            leave(&mut response, done);
            let set = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            let pair = set.split(';').next().unwrap();
            headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
            assert_eq!(left(&headers).unwrap().text, done.sentence());
        }
        let mut headers = HeaderMap::new();
        let forged = format!("{NAME}=You+have+won");
        headers.insert(header::COOKIE, HeaderValue::from_str(&forged).unwrap());
        assert!(left(&headers).is_none());
    }
}
