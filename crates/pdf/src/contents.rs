//! The contents: sections and requirements with the numbers of their pages.

use crate::{
    break_lines::Setting,
    canvas::{Area, Canvas, Item, LEFT, MEASURE, TOP},
    document::{Block, Document, Text},
    flow::{BODY, Flow, baseline, requirement_place, section_place},
    fonts::Face,
    palette::{self, Ground},
    structure::{Kind, Node, ROOT},
};
use closedset_core::Status;

const TITLE: Setting =
    Setting { size: 25.0, leading: 29.0, face: Face::Head, strong: Face::Head, ..BODY };
const SECTION: Setting =
    Setting { size: 10.4, leading: 15.0, face: Face::Strong, strong: Face::Strong, ..BODY };
const ENTRY: Setting = Setting { size: 9.4, leading: 13.2, ..BODY };
/// Of the number at the right.
const NUMBER: f32 = 34.0;

/// A line of the contents.
struct Entry<'d> {
    to: String,
    id: Option<&'d str>,
    title: &'d str,
    status: Option<Status>,
}

fn entries(document: &Document) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for (place, section) in document.sections.iter().enumerate() {
        entries.push(Entry {
            to: section_place(place),
            id: None,
            title: &section.title,
            status: None,
        });
        for block in &section.blocks {
            if let Block::Requirement { id, title, status } = block {
                entries.push(Entry {
                    to: requirement_place(id),
                    id: Some(id),
                    title,
                    status: Some(*status),
                });
            }
        }
    }
    entries
}

/// How many pages the contents take.
pub(crate) fn page_count(flow: &mut Flow, document: &Document) -> usize {
    let mut apart = Flow {
        shaper: std::mem::take(&mut flow.shaper),
        canvas: Canvas::new(),
        page: 0,
        y: TOP,
        parent: ROOT,
        used: flow.used,
    };
    lay_out(&mut apart, document, ROOT, 0);
    (flow.shaper, flow.used) = (apart.shaper, apart.used);
    apart.page + 1
}

/// Sets the contents from this page on.
pub(crate) fn lay_out(flow: &mut Flow, document: &Document, node: Node, first: usize) {
    (flow.page, flow.y, flow.parent) = (first, TOP, node);
    let title = "Contents";
    let heading = flow.node(Kind::Heading { level: 1, title: title.to_owned() });
    let area = Area { x: LEFT, y: flow.y - 10.0, width: 34.0, height: 3.0 };
    flow.canvas.fill(flow.page, area, palette::SIGNAL);
    flow.text(heading, &Text::from(title), &TITLE, LEFT, MEASURE);
    flow.y += 10.0;
    let list = flow.node(Kind::Contents);
    for entry in entries(document) {
        if flow.used.is_full() {
            return;
        }
        set(flow, &entry, list);
    }
}

fn set(flow: &mut Flow, entry: &Entry<'_>, list: Node) {
    let setting = if entry.id.is_some() { ENTRY } else { SECTION };
    let indent = if entry.id.is_some() { 58.0 } else { 0.0 };
    let marked = if entry.status.is_some() { 88.0 } else { 0.0 };
    let lines =
        flow.lines(&Text::from(entry.title), &setting, MEASURE - indent - marked - NUMBER - 12.0);
    let height = setting.leading * lines.len() as f32;
    if entry.id.is_none() {
        flow.ensure(height + 30.0);
        flow.y += if flow.y > TOP + 60.0 { 6.0 } else { 0.0 };
    } else {
        flow.ensure(height);
    }
    let item = flow.canvas.structure.add(list, Kind::ContentsItem);
    let node = flow.canvas.structure.add(item, Kind::Reference);
    let page = flow.canvas.places.get(&entry.to).map_or(0, |place| place.page);
    let number = (page + 1).to_string();
    let says = format!("{} {}, page {number}", entry.id.unwrap_or(""), entry.title);
    let area = Area { x: LEFT, y: flow.y, width: MEASURE, height };
    let link = Item::Link { area, to: entry.to.clone(), says: says.trim().to_owned() };
    flow.canvas.put_in(node, flow.page, link);
    let first = baseline(flow.y, &setting);
    if let Some(id) = entry.id {
        let mono = Setting { face: Face::Mono, ink: palette::SOFT, ..setting };
        for line in flow.at_most(&format!("{id} "), &mono, 52.0, 1) {
            flow.canvas.line(Some(node), flow.page, (LEFT, first), line);
        }
    }
    let mut end = LEFT;
    for (place, line) in lines.into_iter().enumerate() {
        end = LEFT + indent + line.width;
        let y = first + setting.leading * place as f32;
        flow.canvas.line(Some(node), flow.page, (LEFT + indent, y), line);
    }
    let last = flow.y + height - setting.leading;
    let last = baseline(last, &setting);
    if let Some(status) = entry.status {
        let x = LEFT + MEASURE - NUMBER - marked;
        let y = last - 7.6;
        let mark = Item::Mark { status, x, y, size: 8.8, ground: Ground::Paper };
        flow.canvas.put(flow.page, mark);
        let ink = palette::of(status, Ground::Paper);
        let said = Setting { size: 8.2, face: Face::Strong, ink, ..setting };
        let word = format!(" {} ", palette::words(status));
        for line in flow.lines(&Text::from(word), &said, marked) {
            flow.canvas.line(Some(node), flow.page, (x + 10.6, last - 0.3), line);
        }
    }
    let mono = Setting { face: Face::Mono, ..setting };
    for line in flow.lines(&Text::from(number), &mono, NUMBER) {
        let x = LEFT + MEASURE - line.width;
        flow.canvas.line(Some(node), flow.page, (x, last), line);
    }
    let dots = LEFT + MEASURE - NUMBER - marked - 8.0;
    let width = dots - end - 8.0;
    if width > 12.0 {
        let area = Area { x: end + 8.0, y: last - 0.2, width, height: 0.45 };
        flow.canvas.fill(flow.page, area, palette::LINE);
    }
    flow.y += height;
}
