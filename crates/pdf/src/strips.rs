//! Requirements as frames on strips of film.

use crate::{
    break_lines::Setting,
    canvas::{Area, Item, LEFT, MEASURE},
    document::{Frame, Text},
    flow::{BODY, Flow, requirement_place},
    fonts::Face,
    palette::{self, Colour, Ground},
    structure::Kind,
};
use closedset_core::Status;

const ACROSS: usize = 5;
const GAP: f32 = 5.0;
const EDGE: f32 = 8.0;
const HIGH: f32 = 62.0;
/// The edge of the film with its perforations.
const PERFORATED: f32 = 13.0;

const NAME: Setting = Setting {
    size: 8.6,
    leading: 12.0,
    face: Face::Mono,
    strong: Face::MonoStrong,
    ink: palette::TUNGSTEN,
    soft: palette::FILM_SOFT,
};
const ID: Setting =
    Setting { size: 7.6, leading: 9.6, face: Face::Mono, ink: palette::SOFT, ..BODY };
const TITLE: Setting =
    Setting { size: 8.4, leading: 9.8, face: Face::Head, strong: Face::Head, ..BODY };

/// The most rows of a strip: more than any framework has, and less than a page.
const ROWS: usize = 8;

/// Sets a strip, or as many as it takes.
pub(crate) fn lay_out(flow: &mut Flow, name: &str, frames: &[Frame]) {
    for part in frames.chunks(ACROSS * ROWS) {
        strip(flow, name, part);
    }
}

fn strip(flow: &mut Flow, name: &str, frames: &[Frame]) {
    let rows = frames.len().div_ceil(ACROSS).max(1);
    let height = 2.0 * PERFORATED + 16.0 + rows as f32 * (HIGH + GAP) + 2.0;
    flow.ensure(height);
    let film = Area { x: LEFT, y: flow.y, width: MEASURE, height };
    flow.canvas.put(flow.page, Item::Fill { area: film, radius: 3.0, colour: palette::FILM });
    for y in [flow.y + 3.6, flow.y + height - 3.6 - 6.0] {
        perforations(flow, LEFT, y, MEASURE);
    }
    let heading = flow.node(Kind::Paragraph);
    for line in flow.at_most(name, &NAME, MEASURE - 2.0 * EDGE, 1) {
        let at = (LEFT + EDGE + 2.0, flow.y + PERFORATED + 10.4);
        flow.canvas.line(Some(heading), flow.page, at, line);
    }
    let list = flow.node(Kind::List);
    let width = (MEASURE - 2.0 * EDGE - GAP * (ACROSS - 1) as f32) / ACROSS as f32;
    let top = flow.y + PERFORATED + 16.0;
    for (place, frame) in frames.iter().enumerate() {
        let area = Area {
            x: LEFT + EDGE + (place % ACROSS) as f32 * (width + GAP),
            y: top + (place / ACROSS) as f32 * (HIGH + GAP),
            width,
            height: HIGH,
        };
        let item = flow.canvas.structure.add(list, Kind::Item);
        let body = flow.canvas.structure.add(item, Kind::ItemBody);
        let link = flow.canvas.structure.add(body, Kind::Link);
        let word = palette::words(frame.status);
        let says = format!("{} {}: {word}", frame.id, frame.title);
        let to = requirement_place(&frame.id);
        flow.canvas.put_in(link, flow.page, Item::Link { area, to, says });
        set(flow, frame, area, link);
    }
    flow.y += height + 9.0;
}

fn set(flow: &mut Flow, frame: &Frame, area: Area, node: usize) {
    let colour = palette::of(frame.status, Ground::Paper);
    let ground = match frame.status {
        Status::Fail => palette::FAIL_WASH,
        Status::Unknown => palette::HATCH,
        Status::NotApplicable => palette::SUNK,
        Status::Pass | Status::Excepted => palette::PAPER,
    };
    flow.canvas.put(flow.page, Item::Fill { area, radius: 1.6, colour: ground });
    let top = Area { height: 2.4, ..area };
    flow.canvas.fill(flow.page, top, colour);
    let (x, width) = (area.x + 6.0, area.width - 11.0);
    for line in flow.at_most(&frame.id, &ID, width, 1) {
        flow.canvas.line(Some(node), flow.page, (x, area.y + 12.4), line);
    }
    let lines = flow.at_most(&frame.title, &TITLE, width, 3);
    for (place, line) in lines.into_iter().enumerate() {
        let y = area.y + 22.4 + TITLE.leading * place as f32;
        flow.canvas.line(Some(node), flow.page, (x, y), line);
    }
    let y = area.y + area.height - 6.2;
    let mark = Item::Mark { status: frame.status, x, y: y - 6.9, size: 8.2, ground: Ground::Paper };
    flow.canvas.put(flow.page, mark);
    let said = Setting { size: 7.6, face: Face::Strong, ink: colour, ..ID };
    for line in flow.lines(&Text::from(palette::words(frame.status)), &said, width) {
        flow.canvas.line(Some(node), flow.page, (x + 11.0, y - 0.2), line);
    }
}

/// The holes along an edge of a film.
pub(crate) fn perforations(flow: &mut Flow, left: f32, y: f32, width: f32) {
    const HOLE: Colour = Colour(0x4a, 0x45, 0x3c);
    let (step, hole) = (13.0, 7.0);
    let count = ((width - hole) / step) as usize;
    let start = left + (width - count as f32 * step - hole) / 2.0;
    for place in 0..=count {
        let area = Area { x: start + place as f32 * step, y, width: hole, height: 6.0 };
        flow.canvas.put(flow.page, Item::Fill { area, radius: 1.4, colour: HOLE });
    }
}
