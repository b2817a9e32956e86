//! What an address and a body ask, read so that nonsense is answered by a page of ours and never in
//! a programmer's words.

use super::PageProblem;
use axum::{
    extract::{FromRequest, FromRequestParts, Request, multipart},
    http::request::Parts,
};
use closedset_app::{App, Problem};
use serde::de::DeserializeOwned;

/// What stands in the path. What cannot be read names no page.
#[derive(Debug, Clone)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageProblem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|path| Self(path.0)).map_err(|_| Problem::NotFound("page").into())
    }
}

/// What stands after the question mark.
#[derive(Debug, Clone)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageProblem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        query.map(|query| Self(query.0)).map_err(|_| PageProblem::Address)
    }
}

/// A form with a file in it.
#[derive(Debug)]
pub(crate) struct Multipart(pub(crate) multipart::Multipart);

impl FromRequest<App> for Multipart {
    type Rejection = PageProblem;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageProblem> {
        let form = multipart::Multipart::from_request(request, app).await;
        form.map(Self).map_err(|_| Problem::field("form", "The form could not be read.").into())
    }
}
