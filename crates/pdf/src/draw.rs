//! From pages to the bytes of a PDF.

use crate::{
    PdfError,
    canvas::{Area, Canvas, HEIGHT, Item, Place, WIDTH},
    document::Document,
    fonts::Written,
    marks,
    palette::Colour,
    structure::{Child, Kind, Node, ROOT, Structure},
};
use krilla::{
    Document as Pdf, SerializeSettings,
    annotation::{Annotation, LinkAnnotation, Target},
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    error::KrillaError,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope,
        Tag, TagGroup, TagTree,
    },
};
use std::{collections::HashMap, num::NonZeroU16};

/// Writes the pages.
pub(crate) fn write(document: &Document, canvas: Canvas) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError::Write(format!("{error:?}")))?;
    let mut pdf = Pdf::new_with(SerializeSettings {
        configuration,
        enable_tagging: true,
        ..SerializeSettings::default()
    });
    pdf.set_metadata(metadata(document));
    let mut fonts = Written::new();
    let mut known: HashMap<(usize, usize), Identifier> = HashMap::new();
    for (number, items) in canvas.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Page)?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for (place, item) in items.iter().enumerate() {
            if let Some(identifier) = draw(&mut surface, &mut fonts, item)? {
                known.insert((number, place), identifier);
            }
        }
        surface.finish();
        for (place, item) in items.iter().enumerate() {
            if let Item::Link { area, to, says } = item
                && let Some(annotation) = link(&canvas, *area, to, says)
            {
                known.insert((number, place), page.add_tagged_annotation(annotation));
            }
        }
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(document.language.clone()));
    for child in children(&canvas.structure, ROOT) {
        if let Child::Node(node) = child {
            tree.push(group(&canvas.structure, *node, &known));
        }
    }
    pdf.set_tag_tree(tree);
    pdf.set_outline(outline(&canvas));
    pdf.finish().map_err(|error| match error {
        KrillaError::Validation(errors) => PdfError::NotConforming(format!("{errors:?}")),
        other => PdfError::Write(format!("{other:?}")),
    })
}

fn metadata(document: &Document) -> Metadata {
    let at = document.made_at.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(plain(&document.title))
        .description(plain(&document.subject))
        .authors(vec![plain(&document.author)])
        .creator(plain(&document.producer))
        .producer(plain(&document.producer))
        .language(document.language.clone())
        .document_id(document.id.clone())
        .creation_date(made)
}

/// As fields about a document may have it.
fn plain(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(1_000)
        .collect();
    if plain.trim().is_empty() { "\u{2013}".to_owned() } else { plain }
}

fn draw(
    surface: &mut Surface<'_>,
    fonts: &mut Written,
    item: &Item,
) -> Result<Option<Identifier>, PdfError> {
    match item {
        Item::Link { .. } => Ok(None),
        Item::Fill { area, radius, colour } => {
            let path = if *radius > 0.0 {
                marks::round(area.x, area.y, area.width, area.height, *radius)
            } else {
                rect(*area).and_then(|rect| {
                    let mut path = PathBuilder::new();
                    path.push_rect(rect);
                    path.finish()
                })
            };
            surface.start_tagged(for_the_eye());
            if let Some(path) = path {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
            surface.end_tagged();
            Ok(None)
        }
        Item::Mark { status, x, y, size, ground } => {
            surface.start_tagged(for_the_eye());
            for shape in marks::shapes(*status, (*x, *y), *size, *ground) {
                match shape.line {
                    None => {
                        surface.set_stroke(None);
                        surface.set_fill(Some(fill(shape.colour)));
                    }
                    Some(width) => {
                        surface.set_fill(None);
                        surface.set_stroke(Some(stroke(shape.colour, width, shape.dash)));
                    }
                }
                surface.draw_path(&shape.path);
            }
            surface.end_tagged();
            Ok(None)
        }
        Item::Text { x, baseline, line, is_artifact } => {
            let tag = if *is_artifact {
                ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther))
            } else {
                ContentTag::Span(SpanTag::empty())
            };
            let identifier = surface.start_tagged(tag);
            surface.set_stroke(None);
            for piece in &line.pieces {
                let font = fonts.font(piece.run.face)?;
                surface.set_fill(Some(fill(piece.colour)));
                let at = Point::from_xy(x + piece.x, *baseline);
                surface.draw_glyphs(
                    at,
                    &piece.run.glyphs,
                    font,
                    &piece.run.text,
                    piece.size,
                    false,
                );
            }
            surface.end_tagged();
            Ok((!is_artifact).then_some(identifier))
        }
    }
}

const fn for_the_eye() -> ContentTag<'static> {
    ContentTag::Artifact(Artifact { kind: ArtifactType::Layout, bbox: None })
}

fn rect(area: Area) -> Option<Rect> {
    Rect::from_xywh(area.x, area.y, area.width, area.height)
}

fn fill(colour: Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn stroke(colour: Colour, width: f32, dash: Option<[f32; 2]>) -> Stroke {
    Stroke {
        paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
        width,
        dash: dash.map(|dash| StrokeDash { array: dash.to_vec(), offset: 0.0 }),
        ..Stroke::default()
    }
}

/// A link; none to a place that is not there.
fn link(canvas: &Canvas, area: Area, to: &str, says: &str) -> Option<Annotation> {
    let place = canvas.places.get(to)?;
    let target = Target::Destination(destination(*place).into());
    Some(Annotation::new_link(LinkAnnotation::new(rect(area)?, target), Some(plain(says))))
}

fn destination(place: Place) -> XyzDestination {
    XyzDestination::new(place.page, Point::from_xy(0.0, place.y))
}

fn outline(canvas: &Canvas) -> Outline {
    let mut outline = Outline::new();
    let mut open: Option<OutlineNode> = None;
    for bookmark in &canvas.bookmarks {
        let node = OutlineNode::new(bookmark.title.clone(), destination(bookmark.place));
        match (bookmark.level, &mut open) {
            (1, _) | (_, None) => {
                if let Some(done) = open.replace(node) {
                    outline.push_child(done);
                }
            }
            (_, Some(parent)) => parent.push_child(node),
        }
    }
    if let Some(done) = open {
        outline.push_child(done);
    }
    outline
}

fn children(structure: &Structure, node: Node) -> &[Child] {
    structure.nodes.get(node).map_or(&[], |(_, children)| children.as_slice())
}

fn group(
    structure: &Structure,
    node: Node,
    known: &HashMap<(usize, usize), Identifier>,
) -> TagGroup {
    let mut group = tag(structure.nodes.get(node).map(|(kind, _)| kind));
    for child in children(structure, node) {
        match child {
            Child::Node(node) => group.push(self::group(structure, *node, known)),
            Child::Content { page, item } => {
                if let Some(identifier) = known.get(&(*page, *item)) {
                    group.push(*identifier);
                }
            }
        }
    }
    group
}

fn tag(kind: Option<&Kind>) -> TagGroup {
    let level = |level: u16| NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    match kind {
        None | Some(Kind::Part) => TagGroup::new(Tag::Part),
        Some(Kind::Section) => TagGroup::new(Tag::Section),
        Some(Kind::Heading { level: of, title }) => {
            TagGroup::new(Tag::Hn(level(*of), Some(plain(title))))
        }
        Some(Kind::Paragraph) => TagGroup::new(Tag::P),
        Some(Kind::Quote) => TagGroup::new(Tag::BlockQuote),
        Some(Kind::Code) => TagGroup::new(Tag::Code),
        Some(Kind::Contents) => TagGroup::new(Tag::TOC),
        Some(Kind::ContentsItem) => TagGroup::new(Tag::TOCI),
        Some(Kind::Reference) => TagGroup::new(Tag::Reference),
        Some(Kind::Link) => TagGroup::new(Tag::Link),
        Some(Kind::List) => TagGroup::new(Tag::L(ListNumbering::None)),
        Some(Kind::Item) => TagGroup::new(Tag::LI),
        Some(Kind::ItemBody) => TagGroup::new(Tag::LBody),
        Some(Kind::Table { summary }) => {
            TagGroup::new(Tag::Table.with_summary(Some(plain(summary))))
        }
        Some(Kind::TableHead) => TagGroup::new(Tag::THead),
        Some(Kind::TableBody) => TagGroup::new(Tag::TBody),
        Some(Kind::Row) => TagGroup::new(Tag::TR),
        Some(Kind::ColumnHead) => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Some(Kind::RowHead) => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Some(Kind::Cell) => TagGroup::new(Tag::TD),
    }
}
