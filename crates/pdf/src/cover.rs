//! The first page: a slate.

use crate::{
    break_lines::Setting,
    canvas::{Area, HEIGHT, Item, LEFT, WIDTH},
    document::{Cover, Text},
    flow::{BODY, Flow, SMALL, baseline, count},
    fonts::Face,
    palette::{self, Ground},
    strips,
    structure::{Kind, ROOT},
};

const KIND: Setting = Setting {
    size: 12.0,
    leading: 16.0,
    face: Face::Mono,
    strong: Face::MonoStrong,
    ink: palette::TUNGSTEN,
    soft: palette::FILM_SOFT,
};
const NAME: Setting = Setting {
    size: 44.0,
    leading: 47.0,
    face: Face::Head,
    strong: Face::Head,
    ink: palette::FILM_INK,
    soft: palette::FILM_SOFT,
};
const LINE: Setting = Setting { size: 11.0, leading: 16.0, ink: palette::FILM_SOFT, ..BODY };
const FIELD: Setting = Setting { size: 8.6, leading: 12.0, ink: palette::FILM_SOFT, ..BODY };
const VALUE: Setting = Setting {
    size: 10.6,
    leading: 14.4,
    face: Face::Strong,
    ink: palette::FILM_INK,
    soft: palette::FILM_SOFT,
    ..BODY
};
/// Where the text begins.
const MARGIN: f32 = LEFT + 14.0;
const WIDE: f32 = WIDTH - 2.0 * MARGIN;

/// Sets the cover on the first page.
pub(crate) fn lay_out(flow: &mut Flow, cover: &Cover) {
    let all = Area { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    flow.canvas.fill(0, all, palette::FILM);
    for y in [16.0, HEIGHT - 22.0] {
        strips::perforations(flow, 0.0, y, WIDTH);
    }
    let section = flow.canvas.structure.add(ROOT, Kind::Section);
    flow.parent = section;
    mark(flow, MARGIN, 70.0);
    flow.y = 150.0;
    set(flow, Kind::Paragraph, &cover.kind, (&KIND, 1));
    flow.y += 6.0;
    // A long name in smaller letters.
    let mut name = NAME;
    while name.size > 20.0 && flow.lines(&Text::from(cover.name.as_str()), &name, WIDE).len() > 3 {
        name = Setting { size: name.size - 6.0, leading: name.leading - 6.2, ..name };
    }
    let kind = Kind::Heading { level: 1, title: crate::flow::short(&cover.name) };
    set(flow, kind, &cover.name, (&name, 3));
    flow.y += 8.0;
    for text in cover.lines.iter().take(6) {
        set(flow, Kind::Paragraph, text, (&LINE, 1));
    }
    flow.y = flow.y.max(330.0) + 14.0;
    fields(flow, cover);
    let top = (flow.y + 26.0).max(610.0);
    if top + 100.0 < HEIGHT {
        flow.y = top;
        set(flow, Kind::Paragraph, &cover.counted, (&FIELD, 1));
        let list = flow.node(Kind::List);
        let width = WIDE / cover.tally.len().max(1) as f32;
        for (place, one) in cover.tally.iter().enumerate() {
            let item = flow.canvas.structure.add(list, Kind::Item);
            let node = flow.canvas.structure.add(item, Kind::ItemBody);
            let at = (MARGIN + width * place as f32, flow.y + 4.0);
            count(flow, node, at, one, Ground::Film);
        }
    }
    let note = Setting { ink: palette::FILM_SOFT, ..SMALL };
    let lines = flow.at_most(&cover.note, &note, WIDE, 4);
    let node = flow.node(Kind::Paragraph);
    let mut y = HEIGHT - 44.0 - note.leading * lines.len().saturating_sub(1) as f32;
    for line in lines {
        flow.canvas.line(Some(node), 0, (MARGIN, y), line);
        y += note.leading;
    }
}

/// A text of at most so many lines.
fn set(flow: &mut Flow, kind: Kind, text: &str, (setting, most): (&Setting, usize)) {
    let node = flow.node(kind);
    for line in flow.at_most(text, setting, WIDE, most) {
        flow.canvas.line(Some(node), flow.page, (MARGIN, baseline(flow.y, setting)), line);
        flow.y += setting.leading;
    }
}

/// Names and values in two columns, with lines between them as on a slate.
fn fields(flow: &mut Flow, cover: &Cover) {
    let half = WIDE / 2.0;
    let mut column = 0;
    let mut row_height: f32 = 0.0;
    line(flow);
    for field in cover.fields.iter().take(8) {
        let width = half - 16.0;
        let mut lines = flow.lines(&field.value, &VALUE, width);
        if lines.len() > 4 {
            let all: String = field.value.0.iter().map(|span| span.text.as_str()).collect();
            lines = flow.at_most(&all, &VALUE, width, 4);
        }
        let height = 14.0 + FIELD.leading + VALUE.leading * lines.len() as f32;
        let x = MARGIN + half * column as f32;
        let node = flow.node(Kind::Paragraph);
        for line in flow.at_most(&format!("{} ", field.name), &FIELD, width, 1) {
            flow.canvas.line(Some(node), flow.page, (x, flow.y + 16.0), line);
        }
        for (place, line) in lines.into_iter().enumerate() {
            let y = flow.y + 31.0 + VALUE.leading * place as f32;
            flow.canvas.line(Some(node), flow.page, (x, y), line);
        }
        row_height = row_height.max(height);
        if column == 0 {
            column = 1;
        } else {
            flow.y += row_height;
            (column, row_height) = (0, 0.0);
            line(flow);
        }
    }
    if column == 1 {
        flow.y += row_height;
        line(flow);
    }
}

fn line(flow: &mut Flow) {
    let area = Area { x: MARGIN, y: flow.y, width: WIDE, height: 0.7 };
    flow.canvas.fill(flow.page, area, palette::FILM_LINE);
}

/// The program's mark: a bracket open at both ends, and what is in it.
fn mark(flow: &mut Flow, x: f32, y: f32) {
    let mut bar = |dx: f32, dy: f32, width: f32, height: f32| {
        let area = Area { x: x + dx, y: y + dy, width, height };
        flow.canvas.fill(0, area, palette::FILM_INK);
    };
    for dx in [0.0, 23.4] {
        bar(dx, 0.0, 3.6, 26.0);
    }
    for (dx, dy) in [(0.0, 0.0), (0.0, 22.4), (18.4, 0.0), (18.4, 22.4)] {
        bar(dx, dy, 8.6, 3.6);
    }
    let area = Area { x: x + 8.7, y: y + 8.2, width: 9.6, height: 9.6 };
    flow.canvas.put(0, Item::Fill { area, radius: 4.8, colour: palette::SIGNAL });
}
