//! Changes (RFC 7644, section 3.5.2), and what the large directories send in their place: operations in capitals, an object
//! without a path whose names are paths, members to be removed as a value.

use crate::{
    Filter, Path, Refusal, Resource, Schema,
    read::{complete, value, values},
    schema::{Attribute, Kind, Mutability},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most operations at once.
pub const OPERATION_LIMIT: usize = 1_000;
/// How many values they may look at together.
const WORK: usize = 4_000_000;

/// Changes to a resource, in their order.
#[derive(Debug, Clone)]
pub struct Patch(Vec<Operation>);

#[derive(Debug, Clone)]
struct Operation {
    deed: Deed,
    path: Option<Path>,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Add,
    Replace,
    Remove,
}

impl Patch {
    /// The changes that were sent. Those to what is not kept here are left out.
    ///
    /// # Errors
    ///
    /// What is none, or too many.
    pub fn read(schema: &Schema, sent: &Value) -> Result<Self, Refusal> {
        let Some(Value::Array(sent)) = named(sent, "Operations") else {
            return Err(Refusal::syntax("Operations is missing."));
        };
        if sent.is_empty() || sent.len() > OPERATION_LIMIT {
            return Err(Refusal::syntax(format!("There are 1 to {OPERATION_LIMIT} operations.")));
        }
        let mut read = Vec::new();
        for sent in sent {
            operation(schema, sent, &mut read)?;
        }
        Ok(Self(read))
    }

    /// The resource with the changes, and the names of the attributes that were named.
    ///
    /// # Errors
    ///
    /// What leads nowhere, is not to be changed, or makes no resource.
    pub fn apply(
        &self,
        schema: &Schema,
        resource: &Resource,
    ) -> Result<(Resource, BTreeSet<&'static str>), Refusal> {
        let mut changed = resource.clone();
        let (mut touched, mut work) = (BTreeSet::new(), 0);
        for operation in &self.0 {
            let Some(path) = &operation.path else { continue };
            work += list(&changed, path.attribute).len() + 1;
            if let (true, Value::Array(sent)) = (path.attribute.is_many, &operation.value) {
                work += sent.len() * list(&changed, path.attribute).len();
            }
            if work > WORK {
                return Err(Refusal::value("These are too many changes at once."));
            }
            touched.insert(path.attribute.name);
            operation.apply(path, &mut changed)?;
        }
        complete(schema, &changed)?;
        Ok((changed, touched))
    }
}

/// The field of an object with this name, in whatever case.
fn named<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let fields = object.as_object()?;
    fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn operation(schema: &Schema, sent: &Value, read: &mut Vec<Operation>) -> Result<(), Refusal> {
    let word = named(sent, "op").and_then(Value::as_str).unwrap_or_default();
    let deed = match word.to_ascii_lowercase().as_str() {
        "add" => Deed::Add,
        "replace" => Deed::Replace,
        "remove" => Deed::Remove,
        _ => return Err(Refusal::syntax("An operation is add, replace or remove.")),
    };
    let value = named(sent, "value").cloned().unwrap_or(Value::Null);
    let path = match named(sent, "path") {
        None | Some(Value::Null) => "",
        Some(Value::String(path)) => path.trim(),
        Some(_) => return Err(Refusal::path("A path is a text.")),
    };
    if !path.is_empty() {
        let Some(path) = Path::read(schema, path)? else { return Ok(()) };
        read.push(Operation { deed, path: Some(path), value });
        return Ok(());
    }
    let Value::Object(fields) = value else {
        return match deed {
            Deed::Remove => Err(Refusal::no_target("What to remove is said by a path.")),
            Deed::Add | Deed::Replace => {
                Err(Refusal::value("Without a path the value is an object."))
            }
        };
    };
    if deed == Deed::Remove {
        return Err(Refusal::no_target("What to remove is said by a path."));
    }
    for (name, value) in fields {
        // What is ours may stand among what is sent back to us.
        let is_ours = |path: &Path| path.attribute.mutability == Mutability::Ours;
        match Path::read(schema, &name)? {
            Some(path) if !is_ours(&path) => {
                read.push(Operation { deed, path: Some(path), value });
            }
            _ => {}
        }
        if read.len() > OPERATION_LIMIT {
            return Err(Refusal::syntax(format!("There are at most {OPERATION_LIMIT} changes.")));
        }
    }
    Ok(())
}

fn list<'r>(resource: &'r Resource, attribute: &Attribute) -> &'r [Value] {
    resource.get(attribute.name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl Operation {
    fn apply(&self, path: &Path, resource: &mut Resource) -> Result<(), Refusal> {
        let Path { attribute, filter, part } = path;
        if attribute.mutability == Mutability::Ours
            || part.is_some_and(|part| part.mutability == Mutability::Ours)
        {
            return Err(Refusal::mutability(attribute.name));
        }
        match (self.deed, attribute.is_many) {
            (Deed::Remove, false) => remove(attribute, *part, resource),
            (Deed::Remove, true) => {
                self.remove_of_many(attribute, filter.as_ref(), *part, resource)
            }
            (Deed::Add | Deed::Replace, false) => self.set(attribute, *part, resource),
            (Deed::Add | Deed::Replace, true) => match (filter, part) {
                (None, None) => self.set_many(attribute, resource),
                _ => self.set_of_many(attribute, filter.as_ref(), *part, resource),
            },
        }
    }

    /// Sets what has one value, or a part of it.
    fn set(
        &self,
        attribute: &'static Attribute,
        part: Option<&'static Attribute>,
        resource: &mut Resource,
    ) -> Result<(), Refusal> {
        let sent = match part {
            Some(part) => {
                let Some(sent) = values(part, &self.value)? else {
                    return remove(attribute, Some(part), resource);
                };
                let mut parts = Map::new();
                parts.insert(part.name.to_owned(), sent);
                Value::Object(parts)
            }
            None => match value(attribute, &self.value)? {
                Some(sent) => sent,
                None => return remove(attribute, None, resource),
            },
        };
        // The parts that are not named stay (RFC 7644, sections 3.5.2.1 and 3.5.2.3).
        match (resource.get_mut(attribute.name), sent) {
            (Some(Value::Object(before)), Value::Object(sent)) => before.extend(sent),
            (_, sent) => {
                resource.insert(attribute.name.to_owned(), sent);
            }
        }
        Ok(())
    }

    /// Adds to a list, or sets it.
    fn set_many(
        &self,
        attribute: &'static Attribute,
        resource: &mut Resource,
    ) -> Result<(), Refusal> {
        let sent = match values(attribute, &self.value)? {
            Some(Value::Array(sent)) => sent,
            _ if self.deed == Deed::Add => return Ok(()),
            _ => return remove(attribute, None, resource),
        };
        let mut all = match self.deed {
            Deed::Add => list(resource, attribute).to_vec(),
            Deed::Replace | Deed::Remove => Vec::new(),
        };
        let has_primary = sent.iter().any(is_primary);
        if has_primary {
            all.iter_mut().for_each(unset_primary);
        }
        let references = is_of_references(attribute);
        let mut known: BTreeSet<String> = all.iter().map(|one| identity(references, one)).collect();
        for one in sent {
            if known.insert(identity(references, &one)) {
                all.push(one);
            }
        }
        put(attribute, all, resource)
    }

    /// Sets a part of all values of a list, or of those that are such.
    fn set_of_many(
        &self,
        attribute: &'static Attribute,
        filter: Option<&Filter>,
        part: Option<&'static Attribute>,
        resource: &mut Resource,
    ) -> Result<(), Refusal> {
        if part.is_some_and(|part| part.mutability == Mutability::Once) {
            return Err(Refusal::mutability(attribute.name));
        }
        let sent = match part {
            Some(part) => {
                let mut parts = Map::new();
                if let Some(sent) = values(part, &self.value)? {
                    parts.insert(part.name.to_owned(), sent);
                } else {
                    return self.remove_of_many(attribute, filter, Some(part), resource);
                }
                parts
            }
            None => match value(attribute, &self.value)? {
                Some(Value::Object(sent)) => sent,
                _ => return Err(Refusal::value(format!("{} is an object.", attribute.name))),
            },
        };
        let mut all = list(resource, attribute).to_vec();
        let is_meant = |one: &Value| filter.is_none_or(|filter| filter.holds_of(attribute, one));
        let meant: Vec<usize> = (0..all.len()).filter(|place| is_meant(&all[*place])).collect();
        if meant.is_empty() {
            let wanted = match (self.deed, filter) {
                (Deed::Add, Some(filter)) => filter.wanted(),
                (_, None) => Some(Vec::new()),
                _ => None,
            };
            let Some(wanted) = wanted else {
                let name = attribute.name;
                return Err(Refusal::no_target(format!("No value of {name} is such.")));
            };
            let mut made = Map::new();
            for (name, wanted) in wanted {
                if let Some(part) = attribute.part(&name)
                    && let Some(wanted) = value(part, &wanted)?
                {
                    made.insert(part.name.to_owned(), wanted);
                }
            }
            made.extend(sent);
            let made = Value::Object(made);
            if is_primary(&made) {
                all.iter_mut().for_each(unset_primary);
            }
            all.push(made);
            return put(attribute, all, resource);
        }
        if sent.get("primary") == Some(&Value::Bool(true)) {
            all.iter_mut().for_each(unset_primary);
        }
        for place in meant {
            if let Some(Value::Object(parts)) = all.get_mut(place) {
                parts.extend(sent.clone());
            }
        }
        put(attribute, all, resource)
    }

    /// Removes a list, those of its values that are such, or a part of them.
    fn remove_of_many(
        &self,
        attribute: &'static Attribute,
        filter: Option<&Filter>,
        part: Option<&'static Attribute>,
        resource: &mut Resource,
    ) -> Result<(), Refusal> {
        let references = is_of_references(attribute);
        // Some say beside the path which of the values go.
        let named: Option<BTreeSet<String>> = match &self.value {
            Value::Array(_) | Value::Object(_) if filter.is_none() && part.is_none() => {
                let sent = values(attribute, &self.value)?;
                let sent = sent.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                Some(sent.iter().map(|one| identity(references, one)).collect())
            }
            _ => None,
        };
        let is_meant = |one: &Value| match (&named, filter) {
            (Some(named), _) => named.contains(&identity(references, one)),
            (None, Some(filter)) => filter.holds_of(attribute, one),
            (None, None) => true,
        };
        let mut left = Vec::new();
        for mut one in list(resource, attribute).iter().cloned() {
            if is_meant(&one) {
                let Some(part) = part else { continue };
                if part.mutability == Mutability::Once {
                    return Err(Refusal::mutability(attribute.name));
                }
                if let Value::Object(parts) = &mut one {
                    parts.remove(part.name);
                    if parts.is_empty() {
                        continue;
                    }
                }
            }
            left.push(one);
        }
        put(attribute, left, resource)
    }
}

/// Removes what has one value, or a part of it.
fn remove(
    attribute: &'static Attribute,
    part: Option<&'static Attribute>,
    resource: &mut Resource,
) -> Result<(), Refusal> {
    if attribute.is_required {
        return Err(Refusal::mutability(attribute.name));
    }
    let Some(part) = part else {
        resource.remove(attribute.name);
        return Ok(());
    };
    if let Some(Value::Object(parts)) = resource.get_mut(attribute.name) {
        parts.remove(part.name);
        if parts.is_empty() {
            resource.remove(attribute.name);
        }
    }
    Ok(())
}

/// Puts a list in its place, within its bounds; an empty one is none.
fn put(
    attribute: &'static Attribute,
    all: Vec<Value>,
    resource: &mut Resource,
) -> Result<(), Refusal> {
    match values(attribute, &Value::Array(all))? {
        Some(all) => resource.insert(attribute.name.to_owned(), all),
        None => resource.remove(attribute.name),
    };
    Ok(())
}

/// Whether its values are other resources, which are the same by their ids alone.
fn is_of_references(attribute: &Attribute) -> bool {
    attribute.parts.iter().any(|part| part.kind == Kind::Reference)
}

/// What two values of a list have in common that are one.
fn identity(references: bool, value: &Value) -> String {
    match value.get("value") {
        Some(Value::String(id)) if references => id.clone(),
        _ => value.to_string(),
    }
}

fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}

fn unset_primary(value: &mut Value) {
    if is_primary(value) {
        value["primary"] = Value::Bool(false);
    }
}
