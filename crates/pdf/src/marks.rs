//! The signs of the five statuses, as on the program's pages: on a grid of 16 by 16.

use crate::palette::{self, Colour, Ground};
use closedset_core::Status;
use krilla::geom::{Path, PathBuilder};

/// A shape of a sign.
pub(crate) struct Shape {
    pub(crate) path: Path,
    pub(crate) colour: Colour,
    /// How wide the line is; none fills the shape.
    pub(crate) line: Option<f32>,
    /// Dashes and gaps.
    pub(crate) dash: Option<[f32; 2]>,
}

/// A circle's quarter as a curve.
const ARC: f32 = 0.552_284_8;

/// The shapes of a status's sign, at a place and in a size.
pub(crate) fn shapes(status: Status, at: (f32, f32), size: f32, ground: Ground) -> Vec<Shape> {
    let pen = Pen { at, scale: size / 16.0 };
    let colour = palette::of(status, ground);
    let within = match ground {
        Ground::Paper => palette::PAPER,
        Ground::Film => palette::FILM,
    };
    let filled = |path: Option<Path>, colour| {
        path.map(|path| Shape { path, colour, line: None, dash: None })
    };
    let drawn = |path: Option<Path>, colour, line: f32| {
        path.map(|path| Shape { path, colour, line: Some(line * pen.scale), dash: None })
    };
    let shapes = match status {
        Status::Pass => vec![
            filled(pen.circle(8.0, 8.0, 7.0), colour),
            drawn(pen.lines(&[&[(4.5, 8.3), (7.0, 10.8), (11.6, 5.3)]], false), within, 1.9),
        ],
        Status::Fail => vec![
            filled(
                pen.lines(
                    &[&[
                        (5.0, 1.0),
                        (11.0, 1.0),
                        (15.0, 5.0),
                        (15.0, 11.0),
                        (11.0, 15.0),
                        (5.0, 15.0),
                        (1.0, 11.0),
                        (1.0, 5.0),
                    ]],
                    true,
                ),
                colour,
            ),
            drawn(
                pen.lines(&[&[(5.2, 5.2), (10.8, 10.8)], &[(10.8, 5.2), (5.2, 10.8)]], false),
                within,
                1.9,
            ),
        ],
        Status::Unknown => vec![
            drawn(pen.circle(8.0, 8.0, 6.2), colour, 1.6)
                .map(|shape| Shape { dash: Some([2.6 * pen.scale, 1.6 * pen.scale]), ..shape }),
            drawn(pen.question(), colour, 1.6),
            filled(pen.circle(8.0, 11.6, 1.0), colour),
        ],
        Status::Excepted => vec![
            drawn(
                pen.lines(&[&[(8.0, 0.8), (15.2, 8.0), (8.0, 15.2), (0.8, 8.0)]], true),
                colour,
                1.6,
            ),
            drawn(pen.lines(&[&[(8.0, 4.6), (8.0, 8.0), (10.2, 9.5)]], false), colour, 1.6),
        ],
        Status::NotApplicable => vec![
            drawn(pen.circle(8.0, 8.0, 6.2), colour, 1.5),
            drawn(pen.lines(&[&[(5.0, 8.0), (11.0, 8.0)]], false), colour, 1.6),
        ],
    };
    shapes.into_iter().flatten().collect()
}

/// A rectangle with round corners.
pub(crate) fn round(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let (right, bottom) = (x + width, y + height);
    let bend = radius * (1.0 - ARC);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
    path.close();
    path.finish()
}

struct Pen {
    at: (f32, f32),
    scale: f32,
}

impl Pen {
    fn x(&self, x: f32) -> f32 {
        self.at.0 + x * self.scale
    }

    fn y(&self, y: f32) -> f32 {
        self.at.1 + y * self.scale
    }

    fn circle(&self, x: f32, y: f32, radius: f32) -> Option<Path> {
        let side = 2.0 * radius * self.scale;
        round(self.x(x - radius), self.y(y - radius), side, side, radius * self.scale)
    }

    fn lines(&self, lines: &[&[(f32, f32)]], is_closed: bool) -> Option<Path> {
        let mut path = PathBuilder::new();
        for line in lines {
            for (place, (x, y)) in line.iter().enumerate() {
                if place == 0 {
                    path.move_to(self.x(*x), self.y(*y));
                } else {
                    path.line_to(self.x(*x), self.y(*y));
                }
            }
            if is_closed {
                path.close();
            }
        }
        path.finish()
    }

    fn question(&self) -> Option<Path> {
        let mut path = PathBuilder::new();
        let curves = [
            [(6.0, 5.1), (6.9, 4.4), (8.0, 4.4)],
            [(9.1, 4.4), (10.0, 5.1), (10.0, 6.2)],
            [(10.0, 7.7), (8.0, 7.7), (8.0, 9.2)],
        ];
        path.move_to(self.x(6.0), self.y(6.4));
        for [a, b, c] in curves {
            path.cubic_to(
                self.x(a.0),
                self.y(a.1),
                self.x(b.0),
                self.y(b.1),
                self.x(c.0),
                self.y(c.1),
            );
        }
        path.finish()
    }
}
