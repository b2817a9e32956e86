//! Reads the tags of a page, enough to hold the pages to their rules. The pages are ours, so a tag
//! that this cannot read is a fault of the page.

/// An opening tag, a closing tag, or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open(Tag),
    Close(String),
    Text(String),
}

/// An opening tag with its attributes as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) is_closed: bool,
}

impl Tag {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Elements that have no content (HTML, void elements), and SVG's that close themselves.
    pub(super) fn is_void(&self) -> bool {
        let void = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"];
        self.is_closed || void.contains(&self.name.as_str())
    }
}

/// The page in pieces. Panics, naming the place, where it cannot be read.
pub(super) fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if !rest[..start].trim().is_empty() {
            pieces.push(Piece::Text(rest[..start].trim().to_owned()));
        }
        let end = tag_end(&rest[start..]);
        let inside = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if inside.starts_with('!') {
            continue;
        }
        pieces.push(match inside.strip_prefix('/') {
            Some(name) => Piece::Close(name.trim().to_owned()),
            None => Piece::Open(tag(inside)),
        });
    }
    pieces
}

/// Where the tag that begins here ends; a `>` in a quoted value does not end it.
fn tag_end(text: &str) -> usize {
    let mut is_quoted = false;
    for (place, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return place,
            _ => {}
        }
    }
    panic!("a tag does not end: {}", text.chars().take(80).collect::<String>());
}

fn tag(inside: &str) -> Tag {
    let is_closed = inside.ends_with('/');
    let inside = inside.trim_end_matches('/').trim();
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let end =
                    quoted.find('"').unwrap_or_else(|| panic!("{key} is not closed in <{name}>"));
                rest = &quoted[end + 1..];
                quoted[..end].to_owned()
            }
            None => {
                assert!(!rest.starts_with('='), "{key} is not quoted in <{name}>");
                String::new()
            }
        };
        attributes.push((key, value));
    }
    Tag { name: name.to_owned(), attributes, is_closed }
}
