//! A resource as it is sent, read into the one form in which it is held.

use crate::{
    Refusal, Resource, Schema,
    schema::{Attribute, Kind, Mutability},
};
use serde_json::{Map, Value};

/// The longest text, in characters.
pub const TEXT_LIMIT: usize = 500;
/// The most values of one attribute.
pub const MANY_LIMIT: usize = 2_000;

/// The resource that was sent whole: the attributes of its schema that are somebody else's to say. What has no value
/// is left out.
///
/// # Errors
///
/// What is no object, of another type than its schema says, too large, or lacks what is required.
pub fn resource(schema: &Schema, sent: &Value) -> Result<Resource, Refusal> {
    let Value::Object(sent) = sent else {
        return Err(Refusal::syntax("A resource is a JSON object."));
    };
    let mut read = Resource::new();
    for (name, value) in sent {
        let Some(attribute) = schema.attribute(bare(schema, name)) else { continue };
        if attribute.mutability == Mutability::Ours {
            continue;
        }
        if let Some(value) = values(attribute, value)? {
            read.insert(attribute.name.to_owned(), value);
        }
    }
    complete(schema, &read)?;
    Ok(read)
}

/// The name of an attribute without the URN of its schema before it.
pub(crate) fn bare<'n>(schema: &Schema, name: &'n str) -> &'n str {
    match name.get(..schema.id.len()) {
        Some(urn) if urn.eq_ignore_ascii_case(schema.id) => {
            name[schema.id.len()..].strip_prefix(':').unwrap_or(name)
        }
        _ => name,
    }
}

/// Refuses a resource that lacks something.
pub(crate) fn complete(schema: &Schema, resource: &Resource) -> Result<(), Refusal> {
    let lacking = schema
        .attributes
        .iter()
        .find(|attribute| attribute.is_required && !resource.contains_key(attribute.name));
    match lacking {
        Some(attribute) => Err(Refusal::value(format!("{} is missing.", attribute.name))),
        None => Ok(()),
    }
}

/// The value of an attribute, all of it; none where nothing is said.
pub(crate) fn values(attribute: &Attribute, sent: &Value) -> Result<Option<Value>, Refusal> {
    if !attribute.is_many {
        return value(attribute, sent);
    }
    let all = match sent {
        Value::Null => return Ok(None),
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    if all.len() > MANY_LIMIT {
        let name = attribute.name;
        return Err(Refusal::value(format!("{name} has more than {MANY_LIMIT} values.")));
    }
    let mut read = Vec::with_capacity(all.len());
    for sent in all {
        read.extend(value(attribute, sent)?);
    }
    let primary = |value: &&Value| value.get("primary") == Some(&Value::Bool(true));
    if read.iter().filter(primary).count() > 1 {
        return Err(Refusal::value(format!("{} has more than one primary value.", attribute.name)));
    }
    Ok((!read.is_empty()).then_some(Value::Array(read)))
}

/// One value.
pub(crate) fn value(attribute: &Attribute, sent: &Value) -> Result<Option<Value>, Refusal> {
    let wrong = |wanted: &str| Err(Refusal::value(format!("{} is {wanted}.", attribute.name)));
    let read = match (attribute.kind, sent) {
        (_, Value::Null) => return Ok(None),
        (Kind::Text | Kind::Time | Kind::Reference, Value::String(text)) => {
            if text.chars().count() > TEXT_LIMIT {
                return wrong("a text of at most 500 characters");
            }
            if text.chars().any(char::is_control) {
                return wrong("a text on one line");
            }
            let is_nothing = text.trim().is_empty();
            return Ok((!is_nothing).then(|| Value::String(text.clone())));
        }
        (Kind::Truth, Value::Bool(truth)) => Value::Bool(*truth),
        (Kind::Truth, Value::String(word)) => match word.to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return wrong("true or false"),
        },
        (Kind::Truth, _) => return wrong("true or false"),
        (Kind::Parts, Value::Object(sent)) => return parts(attribute, sent),
        // A list of plain texts stands for the values that they are.
        (Kind::Parts, Value::String(_)) if attribute.is_many => {
            let mut sole = Map::new();
            sole.insert("value".to_owned(), sent.clone());
            return parts(attribute, &sole);
        }
        (Kind::Parts, _) => return wrong("an object"),
        (Kind::Text | Kind::Time | Kind::Reference, _) => return wrong("a text"),
    };
    Ok(Some(read))
}

fn parts(attribute: &Attribute, sent: &Map<String, Value>) -> Result<Option<Value>, Refusal> {
    let mut read = Map::new();
    for (name, sent) in sent {
        let Some(part) = attribute.part(name) else { continue };
        if part.mutability == Mutability::Ours {
            continue;
        }
        if let Some(value) = values(part, sent)? {
            read.insert(part.name.to_owned(), value);
        }
    }
    Ok((!read.is_empty()).then_some(Value::Object(read)))
}
