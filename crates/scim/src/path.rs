//! Paths of changes (RFC 7644, section 3.5.2, figure 7): an attribute, which of its values, and which part.

use crate::{Filter, Refusal, Schema, filter::FILTER_LIMIT, read::bare, schema::Attribute};

/// What a change is about.
#[derive(Debug, Clone)]
pub struct Path {
    pub(crate) attribute: &'static Attribute,
    pub(crate) filter: Option<Filter>,
    pub(crate) part: Option<&'static Attribute>,
}

impl Path {
    /// The path that this text is; none where it leads to what is not kept here.
    ///
    /// # Errors
    ///
    /// What is none.
    pub fn read(schema: &Schema, text: &str) -> Result<Option<Self>, Refusal> {
        let text = text.trim();
        if text.len() > FILTER_LIMIT {
            return Err(Refusal::path(format!("A path has at most {FILTER_LIMIT} bytes.")));
        }
        let text = bare(schema, text);
        let end = text.find('[').unwrap_or(text.len());
        let (head, rest) = text.split_at(end);
        let is_of_name = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '$' | ':' | '.')
        };
        if !head.starts_with(|first: char| first.is_ascii_alphabetic())
            || !head.chars().all(is_of_name)
        {
            return Err(unreadable(text));
        }
        let (filter, rest) = match rest.strip_prefix('[') {
            Some(inner) => {
                let read = Filter::read_in_brackets(schema, inner);
                let (filter, rest) =
                    read.map_err(|refusal| Refusal { kind: "invalidPath", ..refusal })?;
                (Some(filter), rest)
            }
            None => (None, rest),
        };
        let (name, part) = match (&filter, head.split_once('.')) {
            // The URN of a schema that is not ours has points of its own.
            _ if head.contains(':') => return Ok(None),
            (None, Some((name, part))) => (name, Some(part)),
            (None, None) => (head, None),
            (Some(_), Some(_)) => return Err(unreadable(text)),
            (Some(_), None) if rest.is_empty() => (head, None),
            (Some(_), None) => {
                let part = rest.strip_prefix('.').ok_or_else(|| unreadable(text))?;
                (head, Some(part))
            }
        };
        if part.is_some_and(|part| part.is_empty() || !part.chars().all(is_of_name)) {
            return Err(unreadable(text));
        }
        let Some(attribute) = schema.attribute(name) else { return Ok(None) };
        if filter.is_some() && !attribute.is_many {
            return Err(Refusal::path(format!("{} has one value alone.", attribute.name)));
        }
        let part = match part {
            None => None,
            Some(part) => match attribute.part(part) {
                Some(part) => Some(part),
                None => return Ok(None),
            },
        };
        Ok(Some(Self { attribute, filter, part }))
    }

    /// The name of the attribute.
    pub fn name(&self) -> &'static str {
        self.attribute.name
    }
}

fn unreadable(text: &str) -> Refusal {
    let shown: String = text.chars().take(60).collect();
    Refusal::path(format!("The path cannot be read: {shown}"))
}
