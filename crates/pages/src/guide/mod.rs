//! The guide, as this very version has it: the Markdown of `docs/`, part of the binary, for whoever
//! reaches the server, because who cannot sign in needs it most. How it is rendered is `book`'s.

mod book;

use crate::{
    Shell,
    components::Prose,
    serve::{Path, Visitor, not_found, show},
};
use askama::Template;
use axum::{Router, response::Response, routing::get};
use book::{BOOK, Page, Section};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/guide", get(contents)).route("/guide/{page}", get(page))
}

/// What is in the guide.
#[derive(Debug, Clone, Template)]
#[template(path = "guide/contents.html")]
pub struct GuideContents {
    /// The frame around the page.
    pub shell: Shell,
    sections: &'static [Section],
}

impl GuideContents {
    /// The contents in this frame.
    pub fn new(shell: Shell) -> Self {
        Self { shell, sections: &BOOK.sections }
    }
}

/// One page of the guide.
#[derive(Debug, Clone, Template)]
#[template(path = "guide/page.html")]
pub struct GuidePage {
    /// The frame around the page.
    pub shell: Shell,
    title: &'static str,
    text: &'static Prose,
    previous: Option<&'static Page>,
    next: Option<&'static Page>,
}

impl GuidePage {
    /// The page of this name, if there is one.
    pub fn new(shell: Shell, name: &str) -> Option<Self> {
        let pages: Vec<&'static Page> = BOOK.pages().collect();
        let place = pages.iter().position(|page| page.name == name)?;
        let page = pages[place];
        Some(Self {
            shell,
            title: &page.title,
            text: &page.text,
            previous: place.checked_sub(1).map(|before| pages[before]),
            next: pages.get(place + 1).copied(),
        })
    }
}

async fn contents(visitor: Visitor) -> Response {
    show(&GuideContents::new(visitor.outside()))
}

async fn page(visitor: Visitor, Path(name): Path<String>) -> Response {
    match GuidePage::new(visitor.outside(), &name) {
        Some(page) => show(&page),
        None => not_found(),
    }
}
