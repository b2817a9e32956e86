//! From blocks to pages: what stands where.

use crate::{
    PdfError,
    break_lines::{self, Line, Setting},
    canvas::{Area, BOTTOM, Bookmark, Canvas, HEIGHT, Item, LEFT, MEASURE, Place, TOP},
    contents, cover,
    document::{Block, Document, Field, Section, Tally, Text},
    fonts::Face,
    limits::{LINE_COST, Limits, Used},
    palette::{self, Ground},
    shape::Shaper,
    spelling::shown_length,
    strips,
    structure::{Kind, Node, ROOT},
    table,
};
use closedset_core::Status;

/// Text as most of it is.
pub(crate) const BODY: Setting = Setting {
    size: 9.6,
    leading: 14.2,
    face: Face::Text,
    strong: Face::Strong,
    ink: palette::INK,
    soft: palette::SOFT,
};
/// In tables.
pub(crate) const TABLE: Setting = Setting { size: 8.4, leading: 11.8, ..BODY };
/// What is said by the way.
pub(crate) const SMALL: Setting = Setting { size: 8.4, leading: 12.0, ink: palette::SOFT, ..BODY };
const CODE: Setting =
    Setting { size: 8.6, leading: 13.0, face: Face::Mono, strong: Face::MonoStrong, ..BODY };
const TITLE: Setting =
    Setting { size: 25.0, leading: 29.0, face: Face::Head, strong: Face::Head, ..BODY };
const HEADING: Setting =
    Setting { size: 14.0, leading: 18.0, face: Face::Head, strong: Face::Head, ..BODY };
const MINOR: Setting =
    Setting { size: 9.6, leading: 13.4, face: Face::Strong, strong: Face::Strong, ..BODY };
const BAR: Setting = Setting {
    size: 12.4,
    leading: 15.0,
    face: Face::Head,
    strong: Face::Head,
    ink: palette::FILM_INK,
    soft: palette::FILM_SOFT,
};

/// Where the next thing goes.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) shaper: Shaper,
    pub(crate) canvas: Canvas,
    pub(crate) page: usize,
    pub(crate) y: f32,
    /// Of what the next thing is a part.
    pub(crate) parent: Node,
    /// How much was set. Once that is too much, no more is.
    pub(crate) used: Used,
}

/// Lays out cover, contents and sections.
pub(crate) fn lay_out(document: &Document, limits: Limits) -> Result<Canvas, PdfError> {
    let mut flow = Flow {
        shaper: Shaper::default(),
        canvas: Canvas::new(),
        page: 0,
        y: TOP,
        parent: ROOT,
        used: Used::new(limits),
    };
    cover::lay_out(&mut flow, &document.cover);
    let node = flow.canvas.structure.add(ROOT, Kind::Section);
    // Where things stand is known once it is known how many pages the contents take; that does not depend
    // on where things stand.
    flow.page = contents::page_count(&mut flow, document);
    for (place, section) in document.sections.iter().enumerate() {
        flow.section(place, section);
    }
    contents::lay_out(&mut flow, document, node, 1);
    let place = Place { page: 1, y: 0.0 };
    let contents = Bookmark { level: 1, title: "Contents".to_owned(), place };
    flow.canvas.bookmarks.insert(0, contents);
    flow.used.check()?;
    flow.edges(document);
    flow.used.check()?;
    Ok(flow.canvas)
}

/// The name of the place where a section begins.
pub(crate) fn section_place(place: usize) -> String {
    format!("section {place}")
}

/// The name of the place where a requirement stands.
pub(crate) fn requirement_place(id: &str) -> String {
    format!("requirement {id}")
}

impl Flow {
    fn section(&mut self, place: usize, section: &Section) {
        self.new_page();
        self.parent = self.canvas.structure.add(ROOT, Kind::Section);
        self.mark(section_place(place), 1, &section.title);
        let node = self.heading_node(1, &section.title);
        self.canvas.fill(
            self.page,
            Area { x: LEFT, y: self.y - 10.0, width: 34.0, height: 3.0 },
            palette::SIGNAL,
        );
        self.text(node, &Text::from(section.title.as_str()), &TITLE, LEFT, MEASURE);
        self.y += 12.0;
        for block in &section.blocks {
            if self.used.is_full() {
                return;
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(title) => {
                self.ensure(64.0);
                self.space(14.0);
                self.mark(String::new(), 2, title);
                let node = self.heading_node(2, title);
                self.text(node, &Text::from(title.as_str()), &HEADING, LEFT, MEASURE);
                self.y += 4.0;
            }
            Block::Requirement { id, title, status } => self.requirement(id, title, *status),
            Block::Minor(title) => {
                self.ensure(58.0);
                self.space(8.0);
                let node = self.heading_node(3, title);
                self.text(node, &Text::from(title.as_str()), &MINOR, LEFT, MEASURE);
                self.y += 2.0;
            }
            Block::Paragraph(text) => self.paragraph(text, &BODY, 5.0),
            Block::Small(text) => self.paragraph(text, &SMALL, 5.0),
            Block::Quote(text) => self.quote(text),
            Block::Code(text) => self.code(text),
            Block::Fields(fields) => self.fields(fields),
            Block::Table(one) => table::lay_out(self, one),
            Block::Strip { name, frames } => strips::lay_out(self, name, frames),
            Block::Tally(tally) => self.tally(tally),
        }
    }

    /// Begins a page.
    pub(crate) fn new_page(&mut self) {
        self.page += 1;
        self.y = TOP;
        self.used.has_pages(self.page + 1);
        while self.canvas.pages.len() <= self.page {
            self.canvas.pages.push(Vec::new());
        }
    }

    /// Begins a page if less than this is left of it.
    pub(crate) fn ensure(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.new_page();
        }
    }

    /// Space, but not at the head of a page.
    fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// A bookmark to here, and a place of this name unless that is empty.
    fn mark(&mut self, name: String, level: u16, title: &str) {
        let place = Place { page: self.page, y: (self.y - 18.0).max(0.0) };
        self.canvas.bookmarks.push(Bookmark { level, title: short(title), place });
        if !name.is_empty() {
            self.canvas.places.entry(name).or_insert(place);
        }
    }

    fn heading_node(&mut self, level: u16, title: &str) -> Node {
        let kind = Kind::Heading { level, title: short(title) };
        self.canvas.structure.add(self.parent, kind)
    }

    /// A node beneath where things are.
    pub(crate) fn node(&mut self, kind: Kind) -> Node {
        self.canvas.structure.add(self.parent, kind)
    }

    /// The lines of a text.
    pub(crate) fn lines(&mut self, text: &Text, setting: &Setting, width: f32) -> Vec<Line> {
        if !self.used.takes(text.0.iter().map(|span| cost(&span.text)).sum()) {
            return Vec::new();
        }
        break_lines::lines(&mut self.shaper, text, setting, width)
    }

    /// The lines of a text, cut where it takes more than these.
    pub(crate) fn at_most(
        &mut self,
        text: &str,
        setting: &Setting,
        width: f32,
        most: usize,
    ) -> Vec<Line> {
        let mut kept = text.chars().count();
        loop {
            let shown: String = if kept < text.chars().count() {
                text.chars().take(kept).chain(['\u{2026}']).collect()
            } else {
                text.to_owned()
            };
            let lines = self.lines(&Text::from(shown), setting, width);
            if lines.len() <= most || kept == 0 {
                return lines;
            }
            // Far too much is cut at once, the rest bit by bit.
            kept =
                if lines.len() > 2 * most { kept * (most + 1) / lines.len() } else { kept * 7 / 8 };
        }
    }

    /// Sets a text, over as many pages as it takes.
    pub(crate) fn text(&mut self, node: Node, text: &Text, setting: &Setting, x: f32, width: f32) {
        let lines = self.lines(text, setting, width);
        let count = lines.len();
        for (place, line) in lines.into_iter().enumerate() {
            // Neither the first line nor the last stands alone.
            let wants = if place == 0 || place + 2 == count { count.min(2) } else { 1 };
            self.ensure(setting.leading * wants as f32);
            let at = (x, baseline(self.y, setting));
            self.canvas.line(Some(node), self.page, at, line);
            self.y += setting.leading;
        }
    }

    fn paragraph(&mut self, text: &Text, setting: &Setting, after: f32) {
        let node = self.node(Kind::Paragraph);
        self.text(node, text, setting, LEFT, MEASURE);
        self.y += after;
    }

    fn quote(&mut self, text: &str) {
        let quote = self.node(Kind::Quote);
        let node = self.canvas.structure.add(quote, Kind::Paragraph);
        for line in self.lines(&Text::from(text), &BODY, MEASURE - 18.0) {
            self.ensure(BODY.leading);
            let area = Area { x: LEFT, y: self.y, width: 2.0, height: BODY.leading };
            self.canvas.fill(self.page, area, palette::LINE);
            let at = (LEFT + 14.0, baseline(self.y, &BODY));
            self.canvas.line(Some(node), self.page, at, line);
            self.y += BODY.leading;
        }
        self.y += 6.0;
    }

    fn code(&mut self, text: &str) {
        let paragraph = self.node(Kind::Paragraph);
        let node = self.canvas.structure.add(paragraph, Kind::Code);
        let lines = self.lines(&Text::mono(text), &CODE, MEASURE - 24.0);
        for line in lines {
            self.ensure(CODE.leading);
            let area = Area { x: LEFT, y: self.y, width: MEASURE, height: CODE.leading + 0.2 };
            self.canvas.fill(self.page, area, palette::SUNK);
            let at = (LEFT + 12.0, baseline(self.y, &CODE));
            self.canvas.line(Some(node), self.page, at, line);
            self.y += CODE.leading;
        }
        self.y += 9.0;
    }

    fn fields(&mut self, fields: &[Field]) {
        let rows = fields.iter().map(|field| crate::document::Row {
            cells: vec![Text::soft(field.name.as_str()).into(), field.value.clone().into()],
        });
        let (first, second) = (String::new(), String::new());
        table::lay_out(
            self,
            &crate::document::Table {
                summary: "Names and values".to_owned(),
                columns: vec![
                    crate::document::Column { title: first, share: 1.0 },
                    crate::document::Column { title: second, share: 2.6 },
                ],
                rows: rows.collect(),
            },
        );
    }

    /// The bar of a requirement.
    fn requirement(&mut self, id: &str, title: &str, status: Status) {
        let word = palette::words(status);
        let id_width = self.shaper.width(Face::MonoStrong, 13.8, id).min(200.0) + 14.0;
        let word_width = self.shaper.width(Face::Strong, 9.4, word) + 17.0;
        let width = MEASURE - 24.0 - id_width - word_width - 12.0;
        let lines = self.at_most(title, &BAR, width, 6);
        let height = BAR.leading * lines.len() as f32 + 16.0;
        self.ensure(height + 84.0);
        self.space(16.0);
        self.mark(requirement_place(id), 2, &format!("{id} {title}"));
        let node = self.heading_node(2, &format!("{id} {title}: {word}"));
        let area = Area { x: LEFT, y: self.y, width: MEASURE, height };
        self.canvas.put(self.page, Item::Fill { area, radius: 2.5, colour: palette::FILM });
        let first = baseline(self.y + 8.0, &BAR);
        let tag = Setting {
            size: 13.8,
            face: Face::MonoStrong,
            strong: Face::MonoStrong,
            ink: palette::TUNGSTEN,
            ..BAR
        };
        for line in self.at_most(id, &tag, 200.0, 1) {
            self.canvas.line(Some(node), self.page, (LEFT + 12.0, first), line);
        }
        for (place, line) in lines.into_iter().enumerate() {
            let at = (LEFT + 12.0 + id_width, first + BAR.leading * place as f32);
            self.canvas.line(Some(node), self.page, at, line);
        }
        let x = LEFT + MEASURE - 12.0 - word_width;
        let mark = Item::Mark { status, x, y: first - 9.6, size: 11.5, ground: Ground::Film };
        self.canvas.put(self.page, mark);
        let said = Setting {
            size: 9.4,
            face: Face::Strong,
            ink: palette::of(status, Ground::Film),
            ..BAR
        };
        for line in self.lines(&Text::from(word), &said, 200.0) {
            self.canvas.line(Some(node), self.page, (x + 16.0, first - 0.4), line);
        }
        self.y += height + 9.0;
    }

    /// How many of each, side by side.
    fn tally(&mut self, tally: &[Tally]) {
        self.ensure(64.0);
        let list = self.node(Kind::List);
        let width = MEASURE / tally.len().max(1) as f32;
        for (place, one) in tally.iter().enumerate() {
            let item = self.canvas.structure.add(list, Kind::Item);
            let node = self.canvas.structure.add(item, Kind::ItemBody);
            let at = (LEFT + width * place as f32, self.y);
            count(self, node, at, one, Ground::Paper);
        }
        self.y += 66.0;
    }

    /// Head and foot of every page but the cover.
    fn edges(&mut self, document: &Document) {
        let head = Setting { size: 8.0, leading: 10.0, ink: palette::SOFT, ..BODY };
        let strong = Setting { face: Face::Strong, ink: palette::INK, ..head };
        let mono = Setting { face: Face::Mono, ink: palette::INK, ..head };
        let room = MEASURE / 2.0 - 8.0;
        let left = self.at_most(&document.head.0, &strong, room, 1);
        let right = self.at_most(&document.head.1, &head, room, 1);
        let foot = self.at_most(&document.foot, &head, MEASURE - 90.0, 1);
        let count = self.canvas.pages.len();
        for page in 1..count {
            for y in [52.0, HEIGHT - 50.0] {
                let area = Area { x: LEFT, y, width: MEASURE, height: 0.6 };
                self.canvas.fill(page, area, palette::LINE);
            }
            let number = self.lines(&Text::from(format!("{} of {count}", page + 1)), &mono, 80.0);
            let low = HEIGHT - 37.0;
            let all = [
                (&left, 44.0, true),
                (&right, 44.0, false),
                (&foot, low, true),
                (&number, low, false),
            ];
            for (lines, y, is_left) in all {
                for line in lines {
                    let x = if is_left { LEFT } else { LEFT + MEASURE - line.width };
                    self.canvas.line(None, page, (x, y), line.clone());
                }
            }
        }
    }
}

/// What it costs to set this, in letters.
fn cost(text: &str) -> usize {
    let of = |letter| if letter == '\n' { LINE_COST } else { shown_length(letter) };
    text.chars().map(of).sum()
}

/// A number with the status that it counts beneath.
pub(crate) fn count(flow: &mut Flow, node: Node, at: (f32, f32), one: &Tally, ground: Ground) {
    let (x, y) = at;
    let ink = if ground == Ground::Film { palette::FILM_INK } else { palette::INK };
    let number = Setting { size: 30.0, leading: 34.0, face: Face::Head, ink, ..BODY };
    for line in flow.lines(&Text::from(one.count.to_string()), &number, 200.0) {
        flow.canvas.line(Some(node), flow.page, (x, y + 28.0), line);
    }
    let mark = Item::Mark { status: one.status, x, y: y + 37.0, size: 10.5, ground };
    flow.canvas.put(flow.page, mark);
    let word = Setting {
        size: 9.0,
        leading: 12.0,
        face: Face::Strong,
        ink: palette::of(one.status, ground),
        ..BODY
    };
    for line in flow.lines(&Text::from(palette::words(one.status)), &word, 200.0) {
        flow.canvas.line(Some(node), flow.page, (x + 14.5, y + 45.6), line);
    }
}

/// Where letters stand in a line that begins at `y`.
pub(crate) fn baseline(y: f32, setting: &Setting) -> f32 {
    y + setting.leading / 2.0 + setting.size * 0.345
}

/// As bookmarks and titles of headings have it.
pub(crate) fn short(title: &str) -> String {
    let title = crate::spelling::shown(title, Face::Text).replace('\n', " ");
    match title.char_indices().nth(300) {
        Some((at, _)) => format!("{}\u{2026}", &title[..at]),
        None if title.trim().is_empty() => "\u{2013}".to_owned(),
        None => title,
    }
}
