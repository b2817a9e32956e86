//! Property lists in their XML form, as `plutil -convert xml1` and many programs of macOS write
//! them.
//!
//! A reader of its own, since a recording is a stranger's: it nests no deeper than [`DEPTH`], so
//! that no list of lists can exhaust the stack. Dates and data come out as their text.

use serde_json::{Map, Number, Value};

/// How deep lists and dictionaries may stand in each other.
const DEPTH: usize = 32;

/// The value of the first property list in `text`; what stands before it is passed over.
pub fn parse(text: &str) -> Option<Value> {
    let start = text.find("<plist")?;
    let mut reader = Reader { rest: text.get(start..)? };
    match reader.tag()? {
        Tag::Open("plist") => {}
        _ => return None,
    }
    let tag = reader.tag()?;
    reader.value(tag, 0)
}

enum Tag<'t> {
    Open(&'t str),
    Empty(&'t str),
    Close(&'t str),
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// The next tag; comments and declarations are passed over, and so is text before it.
    fn tag(&mut self) -> Option<Tag<'t>> {
        loop {
            self.rest = self.rest.get(self.rest.find('<')?..)?;
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = comment.split_once("-->")?.1;
                continue;
            }
            let (inside, rest) = self.rest.strip_prefix('<')?.split_once('>')?;
            self.rest = rest;
            if inside.starts_with(['!', '?']) {
                continue;
            }
            let name = |text: &'t str| text.split_whitespace().next().unwrap_or_default();
            return Some(match (inside.strip_prefix('/'), inside.strip_suffix('/')) {
                (Some(closed), _) => Tag::Close(name(closed)),
                (None, Some(empty)) => Tag::Empty(name(empty)),
                (None, None) => Tag::Open(name(inside)),
            });
        }
    }

    /// The text up to the end of the element `name`.
    fn text(&mut self, name: &str) -> Option<String> {
        let (text, rest) = self.rest.split_once('<')?;
        let rest = rest.strip_prefix('/')?.strip_prefix(name)?.trim_start().strip_prefix('>')?;
        self.rest = rest;
        Some(unescaped(text))
    }

    fn value(&mut self, tag: Tag<'t>, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        match tag {
            Tag::Empty("true") => Some(Value::Bool(true)),
            Tag::Empty("false") => Some(Value::Bool(false)),
            Tag::Empty("array") => Some(Value::Array(Vec::new())),
            Tag::Empty("dict") => Some(Value::Object(Map::new())),
            Tag::Empty("string" | "data") => Some(Value::from("")),
            Tag::Open(name @ ("string" | "date" | "data")) => self.text(name).map(Value::from),
            Tag::Open("integer") => {
                let text = self.text("integer")?;
                text.trim().parse::<i64>().ok().map(Value::from)
            }
            Tag::Open("real") => {
                let number = self.text("real")?.trim().parse::<f64>().ok()?;
                Number::from_f64(number).map(Value::Number)
            }
            Tag::Open("array") => self.array(depth),
            Tag::Open("dict") => self.dict(depth),
            // Written out in full, which is as good.
            Tag::Open(name @ ("true" | "false")) => {
                self.text(name).map(|_| Value::Bool(name == "true"))
            }
            Tag::Open(_) | Tag::Empty(_) | Tag::Close(_) => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            match self.tag()? {
                Tag::Close("array") => return Some(Value::Array(items)),
                tag => items.push(self.value(tag, depth + 1)?),
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Value> {
        let mut fields = Map::new();
        loop {
            let key = match self.tag()? {
                Tag::Close("dict") => return Some(Value::Object(fields)),
                Tag::Open("key") => self.text("key")?,
                Tag::Empty("key") => String::new(),
                _ => return None,
            };
            let tag = self.tag()?;
            fields.insert(key, self.value(tag, depth + 1)?);
        }
    }
}

/// Text with the five entities of XML and those by number resolved; others stay as they are.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.get(..after.len().min(12)).unwrap_or(after).split_once(';');
        match entity.and_then(|(name, _)| Some((letter(name)?, name.len() + 1))) {
            Some((letter, length)) => {
                out.push(letter);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn letter(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plist(inside: &str) -> Option<Value> {
        parse(&format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD \
             PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist \
             version=\"1.0\">\n{inside}\n</plist>\n"
        ))
    }

    #[test]
    fn all_kinds_of_values_are_read() {
        let text = "<dict>\n<key>A &amp; B</key><array><true/><false/><integer>-5</integer>\
                    <real>1.5</real><string>x &lt;&#233;&gt; y</string><array/><dict/><string/></array>\
                    <!-- aside --><key>When</key><date>2026-03-01T10:00:00Z</date></dict>";
        let expected = json!({
            "A & B": [true, false, -5, 1.5, "x <é> y", [], {}, ""],
            "When": "2026-03-01T10:00:00Z",
        });
        assert_eq!(plist(text), Some(expected));
    }

    #[test]
    fn words_before_the_list_are_passed_over() {
        let text = "Getting global account policies\n<?xml version=\"1.0\"?><plist><true/></plist>";
        assert_eq!(parse(text), Some(json!(true)));
    }

    #[test]
    fn half_a_list_and_one_without_end_are_none() {
        for text in ["", "<dict>", "<dict><key>a</key></dict>", "<array><true/>", "<x/>"] {
            assert_eq!(plist(text), None, "{text}");
        }
        assert_eq!(plist(&"<array>".repeat(500_000)), None);
        assert_eq!(plist(&format!("{}{}", "<array>".repeat(40), "</array>".repeat(40))), None);
    }

    #[test]
    fn ampersand_that_begins_no_entity_stays() {
        assert_eq!(plist("<string>a & b &ü; &#xD800;</string>"), Some(json!("a & b &ü; &#xD800;")));
    }
}
