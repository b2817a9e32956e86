//! Resources as they are told: in SCIM's form, with address and edition.

use super::{ScimProblem, problem::MEDIA_TYPE, query::Part};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use closedset_app::{
    App,
    people::scim::{Group, User},
};
use closedset_core::{Digest, Time};
use closedset_scim::{GROUP, LIST_SCHEMA, Projection, Resource, Schema, USER};
use serde_json::{Value, json};

/// The address of `/scim/v2`.
pub(super) fn base(app: &App) -> String {
    format!("{}/scim/v2", app.public_url().trim_end_matches('/'))
}

/// An edition as it is told: weak, since it is of what is said and not of its bytes.
pub(super) fn etag(edition: Digest) -> String {
    let text: String = edition.bytes()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{text}\"")
}

fn finish(
    mut resource: Resource,
    (schema, id, base): (&Schema, &str, &str),
    (created, changed, edition): (Time, Time, Digest),
) -> Resource {
    resource.insert("schemas".into(), json!([schema.id]));
    resource.insert("id".into(), id.into());
    let meta = json!({
        "resourceType": schema.name,
        "created": created,
        "lastModified": changed,
        "location": format!("{base}{}/{id}", schema.endpoint),
        "version": etag(edition),
    });
    resource.insert("meta".into(), meta);
    resource
}

/// What a directory said of somebody, and whether they are here: what it may change.
pub(super) fn held(user: &User) -> Resource {
    let mut held: Resource = serde_json::from_str(&user.row.resource).unwrap_or_default();
    if let Some(active) = user.active {
        held.insert("active".into(), active.into());
    }
    held
}

/// A user, whole.
pub(super) fn user(base: &str, user: &User) -> Resource {
    let mut told = held(user);
    if !user.groups.is_empty() {
        let group = |(id, name): &(_, String)| json!({"value": id, "$ref": format!("{base}/Groups/{id}"), "display": name});
        told.insert("groups".into(), user.groups.iter().map(group).collect());
    }
    let row = &user.row;
    let times = (row.created_at, row.changed_at, user.edition());
    finish(told, (&USER, &row.person.to_string(), base), times)
}

/// What of a group a directory may change.
pub(super) fn held_group(base: &str, group: &Group) -> Resource {
    let mut held = Resource::new();
    held.insert("displayName".into(), group.row.name.as_str().into());
    if let Some(external_id) = &group.row.external_id {
        held.insert("externalId".into(), external_id.as_str().into());
    }
    if !group.members.is_empty() {
        let member =
            |id: &_| json!({"value": id, "$ref": format!("{base}/Users/{id}"), "type": "User"});
        held.insert("members".into(), group.members.iter().map(member).collect());
    }
    held
}

/// A group, whole.
pub(super) fn group(base: &str, group: &Group) -> Resource {
    let row = &group.row;
    let times = (row.created_at, row.changed_at, group.edition());
    finish(held_group(base, group), (&GROUP, &row.id.to_string(), base), times)
}

/// A body in SCIM's form.
pub(super) fn body(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body.to_string()).into_response()
}

/// A list, or a part of one.
pub(super) fn list(resources: Vec<Value>, total: i64, part: Part) -> Response {
    let told = json!({
        "schemas": [LIST_SCHEMA],
        "totalResults": total,
        "startIndex": part.from,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    });
    body(StatusCode::OK, &told)
}

/// One resource, with its edition, and where it is new with its address.
pub(super) fn one(status: StatusCode, told: Resource, projection: &Projection) -> Response {
    let of_meta = |name: &str| {
        let text = told.get("meta").and_then(|meta| meta.get(name)).and_then(Value::as_str);
        text.and_then(|text| HeaderValue::from_str(text).ok())
    };
    let (version, location) = (of_meta("version"), of_meta("location"));
    let mut response = body(status, &Value::Object(projection.apply(told)));
    let headers = response.headers_mut();
    if let Some(version) = version {
        headers.insert(header::ETAG, version);
    }
    if let (StatusCode::CREATED, Some(location)) = (status, location) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// The edition upon which something is to be changed, where the header `If-Match` names one.
///
/// # Errors
///
/// Where it names others alone.
pub(super) fn expected(
    headers: &HeaderMap,
    edition: Digest,
) -> Result<Option<Digest>, ScimProblem> {
    match names(headers, header::IF_MATCH, edition) {
        None => Ok(None),
        Some(true) => Ok(Some(edition)),
        Some(false) => Err(ScimProblem::STALE),
    }
}

/// Whether whoever asks has this edition.
pub(super) fn is_known(headers: &HeaderMap, edition: Digest) -> bool {
    names(headers, header::IF_NONE_MATCH, edition) == Some(true)
}

/// Whether a header names an edition, or any; none where there is no header.
fn names(headers: &HeaderMap, name: header::HeaderName, edition: Digest) -> Option<bool> {
    let mut all = headers.get_all(name).iter().peekable();
    all.peek()?;
    let own = etag(edition);
    let own = own.trim_start_matches("W/");
    Some(all.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
        |value| {
            let value = value.trim();
            value == "*" || value.strip_prefix("W/").unwrap_or(value) == own
        },
    ))
}
