//! Where somebody wanted to go when they had to sign in first. A cookie remembers it for a few
//! minutes; no address can say it, and it is only ever a path of ours.

use super::{cookie, query_escape};
use axum::{
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};

const NAME: &str = "__Host-closedset-next";
/// How long it is remembered, in seconds.
const KEPT_S: u32 = 600;
/// The longest path that is remembered.
const LIMIT: usize = 512;

/// The path with its query if it leads nowhere but to one of our pages. Browsers take `\` for `/`
/// and pass over tabs and line ends (URL Standard, 4.4), so none of these is taken.
pub(crate) fn local_path(text: &str) -> Option<&str> {
    let mut bytes = text.bytes();
    let begins = bytes.next() == Some(b'/') && bytes.next() != Some(b'/');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (begins && is_plain && text.len() <= LIMIT).then_some(text)
}

/// The page that a request asked for, if it is one to come back to.
pub(crate) fn of_request(uri: &Uri) -> Option<String> {
    let path = uri.path_and_query()?.as_str();
    let is_file = uri.path().ends_with("/file");
    local_path(path).filter(|_| !is_file).map(str::to_owned)
}

/// The page on which a form stood that is posted to this address: most are posted to an address
/// below their page's. Answers ask browsers to send no referrer.
pub(crate) fn of_form(uri: &Uri) -> Option<String> {
    const ACTIONS: [&str; 11] = [
        "attestations",
        "confirm",
        "create",
        "documents",
        "end",
        "enrol",
        "erase",
        "recovery",
        "revoke",
        "versions",
        "withdraw",
    ];
    let path = uri.path();
    let page = match path.rsplit_once('/') {
        Some((_, "done")) => "/tasks",
        Some((page, action)) if ACTIONS.contains(&action) && !page.is_empty() => page,
        _ => path,
    };
    // These have no page of their own.
    let mut page = page;
    for part in ["/attestations/", "/sessions/", "/tokens/"] {
        if let Some((before, _)) = page.split_once(part) {
            page = if part == "/tokens/" { "/settings/tokens" } else { before };
        }
    }
    local_path(page).map(str::to_owned)
}

/// The page that is remembered.
pub(crate) fn remembered(headers: &HeaderMap) -> Option<String> {
    let value = cookie::value(headers, NAME)?;
    let (_, path) =
        serde_urlencoded::from_str::<Vec<(String, String)>>(&format!("q={value}")).ok()?.pop()?;
    local_path(&path).map(str::to_owned)
}

/// Remembers a page.
pub(crate) fn remember(response: &mut Response, path: &str) {
    lay(response, &query_escape(path), KEPT_S);
}

/// Forgets it.
pub(crate) fn forget(response: &mut Response) {
    lay(response, "", 0);
}

fn lay(response: &mut Response, value: &str, kept_s: u32) {
    let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={kept_s}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_path_of_ours_is_come_back_to() {
        for good in ["/", "/devices", "/devices?after=dev_1", "/controls/AD-6#evidence"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "devices",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            " /devices",
            "/devices\r\nset-cookie: a=b",
            "/é",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(LIMIT))), None);
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn what_is_remembered_is_read_back_and_a_forged_one_is_not() {
        let mut response = Response::default();
        remember(&mut response, "/devices?after=dev_1&x=a;b");
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let pair = set.split(';').next().unwrap();
        assert_eq!(
            remembered(&headers(&[("cookie", pair)])).as_deref(),
            Some("/devices?after=dev_1&x=a;b")
        );
        for forged in ["%2F%2Fevil.example", "//evil.example", "https%3A%2F%2Fevil.example", "%FF"]
        {
            let cookie = format!("{NAME}={forged}");
            assert_eq!(remembered(&headers(&[("cookie", &cookie)])), None, "{forged}");
        }
    }

    #[test]
    fn a_form_leads_back_to_the_page_on_which_it_stood() {
        for (posted, page) in [
            ("/controls/AD-6/attestations", "/controls/AD-6"),
            ("/controls/AD-6/attestations/att_1/withdraw", "/controls/AD-6"),
            ("/controls/AD-6/documents", "/controls/AD-6"),
            ("/documents/doc_1/versions", "/documents/doc_1"),
            ("/devices/dev_1/confirm", "/devices/dev_1"),
            ("/devices/enrol", "/devices"),
            ("/tasks/tsk_1/done", "/tasks"),
            ("/ledger/entries/4/erase", "/ledger/entries/4"),
            ("/settings", "/settings"),
            ("/settings/security/sessions/ses_1/end", "/settings/security"),
            ("/settings/tokens/tok_1/revoke", "/settings/tokens"),
            ("/documents", "/documents"),
        ] {
            assert_eq!(of_form(&posted.parse().unwrap()).as_deref(), Some(page), "{posted}");
        }
    }
}
