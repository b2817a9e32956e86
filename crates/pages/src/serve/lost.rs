//! A form whose session had ended, or that belongs to another organisation than the browser's now: nothing was
//! done, and what was typed is not lost.

use super::{drawn::Moved, flash, next, show};
use crate::{
    Shell,
    notice::{Kept, LostForm, LostReason},
};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use closedset_app::accounts::{IDLE_LIMIT, Signed, Stage};

/// Sent by scripts with what they fetch by themselves: nobody reads that answer as a page.
const BY_SCRIPT: [&str; 2] = ["closedset-refresh", "closedset-upload"];

/// Why a form was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The session had ended.
    SignedOut,
    /// The form belongs to an earlier session of this browser.
    OutOfDate,
    /// The form was drawn in another organisation.
    Moved(Moved),
}

/// A form that was not carried out.
#[derive(Debug)]
pub(crate) struct Lost {
    /// Why.
    pub(crate) loss: Loss,
    /// Where it was sent.
    pub(crate) uri: Uri,
    /// What it held.
    pub(crate) fields: Vec<(String, String)>,
}

/// Around every page: catches forms that nobody is signed in for, and takes the sentence of the
/// last form back once it was shown.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    if !is_form_of_nobody(&request) {
        let may_have_shown = request.method() == Method::GET
            && flash::left(request.headers()).is_some()
            && !BY_SCRIPT.iter().any(|name| request.headers().contains_key(*name));
        let mut response = next.run(request).await;
        if may_have_shown && response.status() == StatusCode::OK {
            flash::take_back(&mut response);
        }
        return response;
    }
    let (parts, body) = request.into_parts();
    let (uri, extensions) = (parts.uri.clone(), parts.extensions.clone());
    let whole = Request::from_parts(parts.clone(), body);
    let Ok(bytes) = Bytes::from_request(whole, &()).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    if !fields.iter().any(|(name, _)| name == "csrf") {
        let mut again = Request::from_parts(parts, Body::from(bytes));
        *again.extensions_mut() = extensions;
        return next.run(again).await;
    }
    page(Lost { loss: Loss::SignedOut, uri, fields })
}

/// Whether this posts a form that only somebody who is signed in can send.
fn is_form_of_nobody(request: &Request) -> bool {
    let path = request.uri().path();
    let is_way_in = path.starts_with("/sign-")
        || path == "/join"
        || path == "/mine"
        || path.starts_with("/mine/")
        || (path.starts_with("/setup") && path != "/setup/organisation");
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let is_signed =
        request.extensions().get::<Signed>().is_some_and(|signed| signed.stage == Stage::Full);
    request.method() == Method::POST && is_form && !is_way_in && !is_signed
}

/// The page that says so, with what was typed.
pub(crate) fn page(lost: Lost) -> Response {
    let Lost { loss, uri, fields } = lost;
    let back = next::of_form(&uri);
    let (status, reason) = match loss {
        Loss::SignedOut => {
            (StatusCode::UNAUTHORIZED, LostReason::SignedOut(IDLE_LIMIT.seconds() / 60))
        }
        Loss::OutOfDate => (StatusCode::FORBIDDEN, LostReason::OutOfDate),
        Loss::Moved(moved) => (StatusCode::CONFLICT, LostReason::Moved(moved.sentence())),
    };
    let is_signed_out = matches!(reason, LostReason::SignedOut(_));
    let mut response = show(&LostForm {
        shell: Shell::default(),
        reason,
        back: back.clone().unwrap_or_else(|| "/".into()),
        kept: kept(fields),
    });
    *response.status_mut() = status;
    if let Some(back) = back.filter(|_| is_signed_out) {
        next::remember(&mut response, &back);
    }
    response
}

/// What a person typed or chose, without what is secret, what a box said and what the page put into
/// its form unseen.
fn kept(fields: Vec<(String, String)>) -> Vec<Kept> {
    const SECRET: [&str; 5] = ["csrf", "password", "code", "secret", "token"];
    const UNSEEN: [&str; 18] = [
        "agreement",
        "begun_from",
        "edition",
        "changes",
        "difference",
        "do",
        "of",
        "invitation",
        "next",
        "once",
        "version",
        "act",
        "before",
        "on",
        "for",
        "seen",
        "shown",
        "topics",
    ];
    fields
        .into_iter()
        .filter(|(name, value)| {
            !SECRET.iter().any(|secret| name.contains(secret))
                && !UNSEEN.contains(&name.as_str())
                && !value.trim().is_empty()
                && value != "yes"
                && name != "scopes"
        })
        .map(|(name, value)| {
            let words = match name.as_str() {
                "statement" => "What you state".to_owned(),
                "valid_from" => "Counts from".to_owned(),
                "valid_to" => "Last day".to_owned(),
                "note" => "What was done".to_owned(),
                "reason" => "Why".to_owned(),
                _ => crate::board::title_case(&name.replace('_', " ")),
            };
            // A guess at how it breaks; the box can be pulled larger.
            let rows = (value.lines().count() + value.len() / 60).clamp(1, 14);
            Kept { name, words, value, rows }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_page_put_into_its_form_unseen_is_shown_as_typed() {
        let mut unseen = std::collections::BTreeSet::new();
        for sample in crate::samples::all() {
            for form in sample.html.split("<form").skip(1) {
                let form = form.split("</form>").next().unwrap();
                // What scripts send by themselves is answered to them.
                if !form.contains("method=\"post\"") || form.contains("data-passkey=") {
                    continue;
                }
                for input in form.split("type=\"hidden\" name=\"").skip(1) {
                    unseen.insert(input.split('"').next().unwrap().to_owned());
                }
            }
        }
        assert!(unseen.len() > 2, "{unseen:?}");
        for name in unseen {
            assert!(kept(vec![(name.clone(), "x".into())]).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_was_typed_is_kept_and_no_secret_is() {
        let fields = [
            ("csrf", "abc"),
            ("statement", "We counted the keys."),
            ("valid_to", "2027-01-01"),
            ("password", "tungsten gate slate"),
            ("old_password", "tungsten"),
            ("code", "123456"),
            ("recovery_code", "abcd-efgh"),
            ("has_screen", "yes"),
            ("scopes", "board.read"),
            ("scopes", "task.read"),
            ("note", "  "),
        ];
        let kept = kept(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let shown: Vec<_> =
            kept.iter().map(|one| (one.words.as_str(), one.value.as_str())).collect();
        assert_eq!(shown, [("What you state", "We counted the keys."), ("Last day", "2027-01-01")]);
    }
}
