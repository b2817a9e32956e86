//! The cookie that matters: a random token, which is a session's once somebody signed in. Two others
//! hold no secret: where to go after sign-in (`next`), and what a form just did (`flash`).
//!
//! The form token is derived from it and from the organisation that the browser looks at, so that nothing
//! needs to be stored for a visitor, and a form that was drawn in one organisation is none of another.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use closedset_core::{
    Digest, Secret,
    id::{Id, Organisation},
};

const NAME: &str = "__Host-closedset";

/// Laid beside a request whose browser holds a token, whether or not it is a session's.
#[derive(Debug, Clone)]
pub struct BrowserToken(pub Secret<32>);

/// The token that the request's cookie holds.
pub fn token(headers: &HeaderMap) -> Option<Secret<32>> {
    value(headers, NAME).and_then(Secret::from_token)
}

/// What the cookie called `name` holds.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The token that forms carry for this browser where it looks at this organisation, or at none.
pub(crate) fn csrf(token: &Secret<32>, organisation: Option<Id<Organisation>>) -> String {
    let mut bytes = b"closedset/form-token/v2\n".to_vec();
    bytes.extend_from_slice(token.expose());
    if let Some(organisation) = organisation {
        bytes.extend_from_slice(organisation.to_string().as_bytes());
    }
    Digest::of(&bytes).to_string()
}

/// Gives the browser its token, until it is closed.
pub(crate) fn set(response: &mut Response, token: &Secret<32>) {
    let text = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax", token.to_token());
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Takes the token back.
pub(crate) fn clear(response: &mut Response) {
    let text = format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies_and_nothing_else_is_taken() {
        let secret = Secret::<32>::new([7; 32]);
        let mut headers = HeaderMap::new();
        let text = format!("a=b; {NAME}={}; c", secret.to_token());
        headers.insert(header::COOKIE, HeaderValue::from_str(&text).unwrap());
        assert_eq!(token(&headers), Some(secret.clone()));
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("__Host-closedset=short; closedset=x"),
        );
        assert_eq!(token(&headers), None);
        let places = [None, Some(Id::from_bits(1)), Some(Id::from_bits(2))];
        let tokens: std::collections::BTreeSet<_> = [secret, Secret::new([8; 32])]
            .iter()
            .flat_map(|secret| places.map(|place| csrf(secret, place)))
            .collect();
        assert_eq!(tokens.len(), 6);
    }
}
