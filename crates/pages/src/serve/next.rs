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

/// The page on which a form stood that is posted to this address: some are posted to an address
/// below their page's, where a browser finds nothing to show. Answers ask browsers to send no
/// referrer.
pub(crate) fn of_form(uri: &Uri) -> Option<String> {
    let parts: Vec<&str> = uri.path().split('/').skip(1).collect();
    let page = match parts.as_slice() {
        ["setup", "totp"] | ["setup", "passkey", ..] => "/setup/second-factor".to_owned(),
        ["sign-in", "provider"] => "/sign-in".to_owned(),
        ["sign-in", "provider", "join"] => "/join".to_owned(),
        ["sign-in", _, ..] => "/sign-in/second-factor".to_owned(),
        ["sign-out"] => "/".to_owned(),
        ["setup", "recovery", ..] => "/setup/recovery".to_owned(),
        [
            "settings",
            "security",
            "provider" | "recovery" | "sessions" | "sign-out-everywhere",
            ..,
        ] => "/settings/security".to_owned(),
        ["settings", "people", id, "sign-out"] => format!("/settings/people/{id}"),
        ["settings", "invitations", ..] => "/settings/people".to_owned(),
        ["organisations", _, "enter"] => "/organisations".to_owned(),
        ["join", ..] => "/join".to_owned(),
        ["settings", "checks", "thresholds", limit, "clear"] => {
            format!("/settings/checks/thresholds/{limit}")
        }
        ["settings", "checks", id, "retire"] => format!("/settings/checks/{id}"),
        ["settings", "mail", ..] => "/settings/mail".to_owned(),
        ["settings", "sign-in", ..] => "/settings/sign-in".to_owned(),
        ["tasks", "reminders" | "calendar", ..] => "/tasks/reminders".to_owned(),
        ["settings", "tokens", ..] => "/settings/tokens".to_owned(),
        ["policies", "handbook"] => "/policies".to_owned(),
        ["policies", id, "draft"] => format!("/policies/{id}/draft"),
        ["mine", "contact"] => "/mine".to_owned(),
        ["leavings", "items"] => "/leavings/items".to_owned(),
        ["audits", "list"] => "/audits".to_owned(),
        ["risks", "file"] => "/risks".to_owned(),
        ["audits", id, "findings"] => format!("/audits/{id}/findings"),
        ["people", "lists", id] => format!("/people/lists/{id}"),
        ["people", "import", id] => format!("/people/import/{id}"),
        ["answers", ..] => "/answers".to_owned(),
        ["questionnaires", id, "questions", position] => {
            format!("/questionnaires/{id}/questions/{position}")
        }
        ["devices", "enrol"] => "/devices".to_owned(),
        ["tasks", id, "plan"] => format!("/tasks/{id}"),
        [first @ ("confirm-it-is-you" | "exceptions" | "tasks"), ..] => format!("/{first}"),
        [
            first @ ("agreements" | "assignments" | "audits" | "clients" | "comparisons"
            | "controls" | "devices" | "documents" | "engagements" | "findings"
            | "leavings" | "papers" | "people" | "policies" | "questionnaires" | "risks"
            | "signatures" | "titles"),
            id,
            ..,
        ] => format!("/{first}/{id}"),
        ["ledger", "entries", index, ..] => format!("/ledger/entries/{index}"),
        _ => uri.path().to_owned(),
    };
    local_path(&page).map(str::to_owned)
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

    /// Every form of the pages, and the page on which it stands.
    const FORMS: [(&str, &str); 151] = [
        ("/agreements/new", "/agreements/new"),
        ("/agreements/{id}", "/agreements/{id}"),
        ("/agreements/{id}/remind", "/agreements/{id}"),
        ("/agreements/{id}/retire", "/agreements/{id}"),
        ("/assignments/{id}", "/assignments/{id}"),
        ("/assignments/{id}/remove", "/assignments/{id}"),
        ("/audits/list", "/audits"),
        ("/audits/new", "/audits/new"),
        ("/audits/{id}", "/audits/{id}"),
        ("/audits/{id}/findings", "/audits/{id}/findings"),
        ("/audits/{id}/remove", "/audits/{id}"),
        ("/audits/{id}/report", "/audits/{id}"),
        ("/clients/new", "/clients/new"),
        ("/clients/{id}", "/clients/{id}"),
        ("/clients/{id}/remove", "/clients/{id}"),
        ("/confirm-it-is-you", "/confirm-it-is-you"),
        ("/confirm-it-is-you/passkey/begin", "/confirm-it-is-you"),
        ("/confirm-it-is-you/passkey/finish", "/confirm-it-is-you"),
        ("/answers/file", "/answers"),
        ("/confirm-it-is-you/provider", "/confirm-it-is-you"),
        ("/comparisons/{id}", "/comparisons/{id}"),
        ("/controls/{id}/attestations", "/controls/{id}"),
        ("/controls/{id}/attestations/{attestation}/withdraw", "/controls/{id}"),
        ("/controls/{id}/documents", "/controls/{id}"),
        ("/controls/{id}/exceptions", "/controls/{id}"),
        ("/contacts", "/contacts"),
        ("/devices/enrol", "/devices"),
        ("/devices/{id}/confirm", "/devices/{id}"),
        ("/devices/{id}/revoke", "/devices/{id}"),
        ("/documents/{id}/versions", "/documents/{id}"),
        ("/documents/{id}/withdraw", "/documents/{id}"),
        ("/engagements/{id}", "/engagements/{id}"),
        ("/engagements/{id}/remove", "/engagements/{id}"),
        ("/exceptions/{id}/approve", "/exceptions"),
        ("/exceptions/{id}/withdraw", "/exceptions"),
        ("/findings/{id}", "/findings/{id}"),
        ("/findings/{id}/accept", "/findings/{id}"),
        ("/findings/{id}/close", "/findings/{id}"),
        ("/findings/{id}/remove", "/findings/{id}"),
        ("/findings/{id}/reopen", "/findings/{id}"),
        ("/join", "/join"),
        ("/join/accept", "/join"),
        ("/leavings/items", "/leavings/items"),
        ("/leavings/{id}/steps/{step}", "/leavings/{id}"),
        ("/ledger/entries/{index}/erase", "/ledger/entries/{index}"),
        ("/mail/stop/{token}", "/mail/stop/{token}"),
        ("/mine", "/mine"),
        ("/mine/contact", "/mine"),
        ("/mine/policies/{id}", "/mine/policies/{id}"),
        ("/organisations/delete-account", "/organisations/delete-account"),
        ("/organisations/new", "/organisations/new"),
        ("/organisations/{id}/enter", "/organisations"),
        ("/packs", "/packs"),
        ("/papers/{id}/confirm", "/papers/{id}"),
        ("/papers/{id}/refuse", "/papers/{id}"),
        ("/people/compare", "/people/compare"),
        ("/people/count", "/people/count"),
        ("/people/count/confirm", "/people/count"),
        ("/people/import", "/people/import"),
        ("/people/import/{id}", "/people/import/{id}"),
        ("/people/lists/{id}", "/people/lists/{id}"),
        ("/people/new", "/people/new"),
        ("/people/{id}", "/people/{id}"),
        ("/people/{id}/assignments", "/people/{id}"),
        ("/people/{id}/engagements", "/people/{id}"),
        ("/people/{id}/forget", "/people/{id}"),
        ("/people/{id}/link", "/people/{id}"),
        ("/policies/handbook", "/policies"),
        ("/policies/new", "/policies/new"),
        ("/policies/{id}/approve", "/policies/{id}"),
        ("/policies/{id}/draft", "/policies/{id}/draft"),
        ("/policies/{id}/drop", "/policies/{id}"),
        ("/policies/{id}/remind", "/policies/{id}"),
        ("/policies/{id}/retire", "/policies/{id}"),
        ("/policies/{id}/review", "/policies/{id}"),
        ("/policies/{id}/send", "/policies/{id}"),
        ("/people/{id}/link/mail", "/people/{id}"),
        ("/facility", "/facility"),
        ("/questionnaires", "/questionnaires"),
        ("/questionnaires/{id}/file", "/questionnaires/{id}"),
        ("/questionnaires/{id}/fill", "/questionnaires/{id}"),
        ("/questionnaires/{id}/questions/{position}", "/questionnaires/{id}/questions/{position}"),
        ("/questionnaires/{id}/remove", "/questionnaires/{id}"),
        ("/risks/file", "/risks"),
        ("/risks/new", "/risks/new"),
        ("/risks/{id}", "/risks/{id}"),
        ("/risks/{id}/accept", "/risks/{id}"),
        ("/risks/{id}/close", "/risks/{id}"),
        ("/risks/{id}/review", "/risks/{id}"),
        ("/risks/{id}/withdraw", "/risks/{id}"),
        ("/people/{id}/papers", "/people/{id}"),
        ("/settings", "/settings"),
        ("/settings/checks/new", "/settings/checks/new"),
        ("/settings/checks/thresholds/{limit}", "/settings/checks/thresholds/{limit}"),
        ("/settings/checks/thresholds/{limit}/clear", "/settings/checks/thresholds/{limit}"),
        ("/settings/checks/{id}/edit", "/settings/checks/{id}/edit"),
        ("/settings/checks/{id}/retire", "/settings/checks/{id}"),
        ("/settings/frameworks", "/settings/frameworks"),
        ("/settings/invitations/{id}/revoke", "/settings/people"),
        ("/settings/mail", "/settings/mail"),
        ("/settings/mail/remove", "/settings/mail"),
        ("/settings/mail/resume", "/settings/mail"),
        ("/settings/mail/test", "/settings/mail"),
        ("/settings/people", "/settings/people"),
        ("/settings/people/{id}", "/settings/people/{id}"),
        ("/settings/people/{id}/remove", "/settings/people/{id}/remove"),
        ("/settings/people/{id}/sign-out", "/settings/people/{id}"),
        ("/settings/security", "/settings/security"),
        ("/settings/security/app", "/settings/security/app"),
        ("/settings/security/app/remove", "/settings/security/app/remove"),
        ("/settings/security/passkeys/{id}/remove", "/settings/security/passkeys/{id}/remove"),
        ("/settings/security/password", "/settings/security/password"),
        ("/settings/security/provider", "/settings/security"),
        ("/settings/security/provider/{id}/remove", "/settings/security"),
        ("/settings/security/recovery", "/settings/security"),
        ("/settings/security/sessions/{id}/end", "/settings/security"),
        ("/settings/security/sign-out-everywhere", "/settings/security"),
        ("/settings/sign-in", "/settings/sign-in"),
        ("/settings/sign-in/remove", "/settings/sign-in"),
        ("/settings/sign-in/test", "/settings/sign-in"),
        ("/settings/tokens", "/settings/tokens"),
        ("/settings/tokens/{id}/revoke", "/settings/tokens"),
        ("/setup", "/setup"),
        ("/setup/organisation", "/setup/organisation"),
        ("/setup/passkey/begin", "/setup/second-factor"),
        ("/setup/passkey/finish", "/setup/second-factor"),
        ("/setup/recovery", "/setup/recovery"),
        ("/setup/recovery/kept", "/setup/recovery"),
        ("/setup/second-factor", "/setup/second-factor"),
        ("/setup/totp", "/setup/second-factor"),
        ("/sign-in", "/sign-in"),
        ("/sign-in/provider", "/sign-in"),
        ("/sign-in/provider/join", "/join"),
        ("/sign-in/passkey/begin", "/sign-in/second-factor"),
        ("/sign-in/passkey/finish", "/sign-in/second-factor"),
        ("/sign-in/recovery", "/sign-in/second-factor"),
        ("/sign-in/second-factor", "/sign-in/second-factor"),
        ("/sign-in/totp", "/sign-in/second-factor"),
        ("/sign-out", "/"),
        ("/signatures/{id}/withdraw", "/signatures/{id}"),
        ("/tasks/calendar", "/tasks/reminders"),
        ("/tasks/calendar/withdraw", "/tasks/reminders"),
        ("/tasks/reminders", "/tasks/reminders"),
        ("/tasks/{id}/done", "/tasks"),
        ("/tasks/{id}/plan", "/tasks/{id}"),
        ("/tasks/{id}/take", "/tasks"),
        ("/titles/list", "/titles/list"),
        ("/titles/list/confirm", "/titles/list"),
        ("/titles/new", "/titles/new"),
        ("/titles/{id}", "/titles/{id}"),
        ("/titles/{id}/remove", "/titles/{id}"),
    ];

    /// The routes in the sources of this crate, with what each hands its requests to.
    fn routes() -> Vec<(String, String)> {
        fn walk(folder: &std::path::Path, text: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, text);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    text.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut text = String::new();
        walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let calls = text.split(concat!(".rou", "te(")).skip(1);
        let route = |call: &str| {
            let (path, rest) = call.trim_start().strip_prefix('"')?.split_once('"')?;
            let handed = rest.split(';').next()?;
            Some((path.to_owned(), handed.to_owned()))
        };
        calls.filter_map(route).collect()
    }

    #[test]
    fn every_form_leads_back_to_a_page_that_can_be_opened() {
        let routes = routes();
        assert!(routes.len() > 40, "{} routes are found", routes.len());
        let having = |method: &str| -> std::collections::BTreeSet<&str> {
            let with = routes.iter().filter(|(_, handed)| handed.contains(method));
            with.map(|(path, _)| path.as_str()).collect()
        };
        let (pages, forms) = (having("get("), having("post("));
        let known: std::collections::BTreeSet<&str> = FORMS.iter().map(|(form, _)| *form).collect();
        assert_eq!(forms, known, "a form is missing here, or is no more");
        for (form, page) in FORMS {
            assert!(pages.contains(page), "{form} leads to {page}, which cannot be opened");
            let uri = form.replace(['{', '}'], "~").parse().unwrap();
            let wanted = page.replace(['{', '}'], "~");
            assert_eq!(of_form(&uri), Some(wanted), "{form}");
        }
        for elsewhere in ["/", "//evil.example", "/controls//evil.example", "/devices//"] {
            let Ok(uri) = elsewhere.parse::<Uri>() else { continue };
            let page = of_form(&uri).unwrap_or_default();
            assert!(!page.starts_with("//"), "{elsewhere}: {page}");
        }
    }
}
