//! Pages as lists of what stands on them, before anything is written.

use crate::{
    break_lines::Line,
    palette::{Colour, Ground},
    structure::{Child, Node, Structure},
};
use closedset_core::Status;
use std::collections::BTreeMap;

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.276;
pub(crate) const HEIGHT: f32 = 841.89;
pub(crate) const LEFT: f32 = 54.0;
/// The width between the margins.
pub(crate) const MEASURE: f32 = WIDTH - 2.0 * LEFT;
pub(crate) const TOP: f32 = 78.0;
pub(crate) const BOTTOM: f32 = HEIGHT - 68.0;

/// A rectangle, from its upper left corner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// Something on a page.
#[derive(Debug)]
pub(crate) enum Item {
    /// A surface, with round corners where `radius` is not zero.
    Fill { area: Area, radius: f32, colour: Colour },
    /// A status as a sign, from its upper left corner; its word always stands beside it.
    Mark { status: Status, x: f32, y: f32, size: f32, ground: Ground },
    /// A line of text.
    Text { x: f32, baseline: f32, line: Line, is_artifact: bool },
    /// A way to a place.
    Link { area: Area, to: String, says: String },
}

/// A place to which a link or a bookmark leads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// A bookmark.
#[derive(Debug)]
pub(crate) struct Bookmark {
    pub(crate) level: u16,
    pub(crate) title: String,
    pub(crate) place: Place,
}

/// All pages.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub(crate) pages: Vec<Vec<Item>>,
    pub(crate) structure: Structure,
    pub(crate) places: BTreeMap<String, Place>,
    pub(crate) bookmarks: Vec<Bookmark>,
}

impl Canvas {
    pub(crate) fn new() -> Self {
        Self {
            pages: Vec::new(),
            structure: Structure::new(),
            places: BTreeMap::new(),
            bookmarks: Vec::new(),
        }
    }

    /// Puts something on a page that is there only for the eye.
    pub(crate) fn put(&mut self, page: usize, item: Item) {
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, Vec::new);
        }
        self.pages[page].push(item);
    }

    pub(crate) fn fill(&mut self, page: usize, area: Area, colour: Colour) {
        self.put(page, Item::Fill { area, radius: 0.0, colour });
    }

    /// Puts something on a page that a screen reader reads as part of `node`.
    pub(crate) fn put_in(&mut self, node: Node, page: usize, item: Item) {
        self.put(page, item);
        let item = self.pages[page].len() - 1;
        self.structure.push(node, Child::Content { page, item });
    }

    /// A line of text; of no node, it is there only for the eye.
    pub(crate) fn line(&mut self, node: Option<Node>, page: usize, at: (f32, f32), line: Line) {
        if line.pieces.is_empty() {
            return;
        }
        let item = Item::Text { x: at.0, baseline: at.1, line, is_artifact: node.is_none() };
        match node {
            Some(node) => self.put_in(node, page, item),
            None => self.put(page, item),
        }
    }
}
