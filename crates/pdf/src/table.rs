//! Tables: columns by their shares, rows that stay whole where they can, and the head again on every page.

use crate::{
    break_lines::{Line, Setting},
    canvas::{Area, BOTTOM, Item, LEFT, MEASURE, TOP},
    document::{Cell, Row, Table, Text},
    flow::{Flow, TABLE, baseline},
    fonts::Face,
    palette::{self, Ground},
    structure::{Kind, Node},
};
use closedset_core::Status;

const HEAD: Setting =
    Setting { size: 7.8, leading: 10.4, face: Face::Strong, ink: palette::SOFT, ..TABLE };
/// Between columns.
const GAP: f32 = 9.0;
/// Above and below the lines of a row.
const PADDING: f32 = 3.6;
/// Between paragraphs of a cell.
const BETWEEN: f32 = 2.0;
/// A row that is higher may be parted.
const WHOLE: f32 = 240.0;

/// A column's place.
#[derive(Debug, Clone, Copy)]
struct Span {
    x: f32,
    width: f32,
}

/// A line of a cell.
#[derive(Debug)]
struct CellLine {
    line: Line,
    status: Option<Status>,
    before: f32,
}

/// Sets a table.
pub(crate) fn lay_out(flow: &mut Flow, table: &Table) {
    if table.rows.is_empty() || table.columns.is_empty() {
        return;
    }
    let spans = spans(table);
    let node = flow.node(Kind::Table { summary: table.summary.clone() });
    let has_head = table.columns.iter().any(|column| !column.title.is_empty());
    flow.ensure(46.0);
    if has_head {
        let group = flow.canvas.structure.add(node, Kind::TableHead);
        let row = flow.canvas.structure.add(group, Kind::Row);
        head(flow, table, &spans, Some(row));
    }
    let body = flow.canvas.structure.add(node, Kind::TableBody);
    for row in &table.rows {
        if flow.used.is_full() {
            return;
        }
        let cells: Vec<Vec<CellLine>> =
            row.cells.iter().zip(&spans).map(|(cell, span)| lines_of(flow, cell, *span)).collect();
        let node = flow.canvas.structure.add(body, Kind::Row);
        let nodes: Vec<Node> = (0..cells.len())
            .map(|place| {
                let kind = if place == 0 { Kind::RowHead } else { Kind::Cell };
                flow.canvas.structure.add(node, kind)
            })
            .collect();
        let full = cells.iter().map(|lines| height(lines)).fold(0.0, f32::max) + 2.0 * PADDING;
        if flow.y + full > BOTTOM && (full <= WHOLE || flow.y + 60.0 > BOTTOM) {
            next_page(flow, table, &spans, has_head);
        }
        set_row(flow, (table, &spans, has_head), cells, &nodes);
        debug_assert!(row.cells.len() == table.columns.len(), "a cell for every column");
    }
    flow.y += 9.0;
}

fn next_page(flow: &mut Flow, table: &Table, spans: &[Span], has_head: bool) {
    if flow.y > TOP {
        flow.new_page();
        if has_head {
            head(flow, table, spans, None);
        }
    }
}

fn spans(table: &Table) -> Vec<Span> {
    let all: f32 = table.columns.iter().map(|column| column.share).sum();
    let room = MEASURE - GAP * (table.columns.len() - 1) as f32;
    let mut x = LEFT;
    let mut spans = Vec::new();
    for column in &table.columns {
        let width = room * column.share / all;
        spans.push(Span { x, width });
        x += width + GAP;
    }
    spans
}

/// The head; of no row it is there only for the eye, again.
fn head(flow: &mut Flow, table: &Table, spans: &[Span], row: Option<Node>) {
    let titles: Vec<Vec<Line>> = table
        .columns
        .iter()
        .zip(spans)
        .map(|(column, span)| flow.lines(&Text::from(column.title.as_str()), &HEAD, span.width))
        .collect();
    let most = titles.iter().map(Vec::len).max().unwrap_or(1);
    for (lines, span) in titles.into_iter().zip(spans) {
        let node = row.map(|row| flow.canvas.structure.add(row, Kind::ColumnHead));
        for (place, line) in lines.into_iter().enumerate() {
            let y = flow.y + HEAD.leading * place as f32;
            flow.canvas.line(node, flow.page, (span.x, baseline(y, &HEAD)), line);
        }
    }
    flow.y += HEAD.leading * most as f32 + 2.5;
    rule(flow, palette::INK);
}

fn rule(flow: &mut Flow, colour: palette::Colour) {
    let area = Area { x: LEFT, y: flow.y - 0.5, width: MEASURE, height: 0.6 };
    flow.canvas.fill(flow.page, area, colour);
}

fn lines_of(flow: &mut Flow, cell: &Cell, span: Span) -> Vec<CellLine> {
    let nothing = Text::soft("\u{2013}");
    match cell {
        Cell::Status(status) => {
            let said =
                Setting { face: Face::Strong, ink: palette::of(*status, Ground::Paper), ..TABLE };
            let text = Text::from(palette::words(*status));
            let lines = flow.lines(&text, &said, (span.width - 13.0).max(20.0));
            lines
                .into_iter()
                .enumerate()
                .map(|(place, line)| CellLine {
                    line,
                    status: (place == 0).then_some(*status),
                    before: 0.0,
                })
                .collect()
        }
        Cell::Text(texts) => {
            let is_empty = |text: &Text| text.0.iter().all(|span| span.text.trim().is_empty());
            let mut lines = Vec::new();
            let shown: Vec<&Text> = texts.iter().filter(|text| !is_empty(text)).collect();
            let shown = if shown.is_empty() { vec![&nothing] } else { shown };
            for text in shown {
                for (place, line) in flow.lines(text, &TABLE, span.width).into_iter().enumerate() {
                    let is_next = place == 0 && !lines.is_empty();
                    let before = if is_next { BETWEEN } else { 0.0 };
                    lines.push(CellLine { line, status: None, before });
                }
            }
            lines
        }
    }
}

fn height(lines: &[CellLine]) -> f32 {
    lines.iter().map(|line| TABLE.leading + line.before).sum()
}

/// Sets a row, parted where it is higher than what is left of the page.
fn set_row(
    flow: &mut Flow,
    (table, spans, has_head): (&Table, &[Span], bool),
    cells: Vec<Vec<CellLine>>,
    nodes: &[Node],
) {
    let is_status: Vec<bool> =
        cells.iter().map(|lines| lines.iter().any(|line| line.status.is_some())).collect();
    let mut rest: Vec<_> = cells.into_iter().map(|lines| lines.into_iter().peekable()).collect();
    loop {
        let top = flow.y + PADDING;
        let mut lowest = top;
        let mut is_done = true;
        for (place, lines) in rest.iter_mut().enumerate() {
            let (span, node) = (spans[place], nodes[place]);
            let mut y = top;
            while let Some(next) = lines.peek() {
                if y + next.before + TABLE.leading > BOTTOM && y > TOP + 40.0 {
                    is_done = false;
                    break;
                }
                let Some(next) = lines.next() else { break };
                y += if y > top { next.before } else { 0.0 };
                let at = baseline(y, &TABLE);
                if let Some(status) = next.status {
                    let mark = Item::Mark {
                        status,
                        x: span.x,
                        y: at - 7.9,
                        size: 9.4,
                        ground: Ground::Paper,
                    };
                    flow.canvas.put(flow.page, mark);
                }
                let x = if is_status[place] { span.x + 13.0 } else { span.x };
                flow.canvas.line(Some(node), flow.page, (x, at), next.line);
                y += TABLE.leading;
            }
            lowest = lowest.max(y);
        }
        flow.y = lowest + PADDING;
        if is_done {
            rule(flow, palette::LINE);
            return;
        }
        if flow.used.is_full() {
            return;
        }
        next_page(flow, table, spans, has_head);
    }
}

/// A table with its rows, for those that have them at hand.
impl Table {
    /// With one more row.
    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells });
    }
}
