//! Forms whose answer shows a secret once. Loading that answer again sends the form again, which
//! would silently make another secret; so such a form carries a token that counts once, and a cookie
//! remembers the last few that were used, for there may be several such answers in as many tabs.

use super::{Form, Visitor, cookie};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_app::App;
use closedset_core::Secret;

const NAME: &str = "__Host-closedset-once";
/// How many are remembered.
const KEPT: usize = 8;
const BETWEEN: char = '.';

/// A token for a form that is drawn now.
pub(crate) fn token(app: &App) -> String {
    app.visitor_token().to_token()
}

/// The tokens that this browser used last, the newest first.
pub(crate) fn used(headers: &HeaderMap) -> Vec<String> {
    let tokens = cookie::value(headers, NAME).unwrap_or_default().split(BETWEEN);
    tokens.filter_map(ours).take(KEPT).collect()
}

/// Remembers that the form was carried out, beside those of before.
pub(crate) fn use_up(response: &mut Response, visitor: &Visitor, form: &Form) {
    let Some(token) = ours(form.text("once")) else { return };
    let before = visitor.used.iter().filter(|known| **known != token).cloned();
    let tokens: Vec<_> = std::iter::once(token.clone()).chain(before).take(KEPT).collect();
    let tokens = tokens.join(&BETWEEN.to_string());
    lay(response, &format!("{NAME}={tokens}; Path=/; Secure; HttpOnly; SameSite=Lax"));
}

/// What is no token of ours is not remembered.
fn ours(text: &str) -> Option<String> {
    Secret::<32>::from_token(text).map(|token| token.to_token())
}

/// Forgets them.
pub(crate) fn forget(response: &mut Response) {
    lay(response, &format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

fn lay(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{extract::FromRequestParts, http::Request};

    /// A browser with two tabs and one cookie.
    async fn browser(cookie: &str) -> Visitor {
        let request = Request::builder().header(header::COOKIE, cookie).body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, &()).await;
        Visitor { token: Some(Secret::new([1; 32])), ..visitor }
    }

    fn form(visitor: &Visitor, number: u8) -> Form {
        let once = Secret::<32>::new([number; 32]).to_token();
        let fields = [("csrf".into(), visitor.csrf()), ("once".into(), once)];
        Form::of(fields, visitor).unwrap()
    }

    #[tokio::test]
    async fn the_last_few_forms_are_remembered_whichever_tab_sent_them() {
        let mut cookie = String::new();
        for number in 0..20 {
            let visitor = browser(&cookie).await;
            assert!(!visitor.sent_before(&form(&visitor, number)));
            let mut response = Response::default();
            use_up(&mut response, &visitor, &form(&visitor, number));
            let laid = response.headers()[header::SET_COOKIE].to_str().unwrap();
            laid.split(';').next().unwrap().clone_into(&mut cookie);
            let visitor = browser(&cookie).await;
            for earlier in number.saturating_sub(7)..=number {
                assert!(visitor.sent_before(&form(&visitor, earlier)), "{earlier} after {number}");
            }
        }
        assert_eq!(browser(&cookie).await.used.len(), KEPT);
        assert!(cookie.len() < 500, "{cookie}");
        let nonsense = format!("{NAME}=x..{}", "a.".repeat(1000));
        assert!(browser(&nonsense).await.used.is_empty());
    }
}
