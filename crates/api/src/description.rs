//! What holds for many routes alike, added to the description: the scope that a token needs, in
//! words, the problems that any of them may answer, and the header by which a POST can be repeated.

use crate::TOKEN;
use closedset_core::{Action, Role, engagement::EngagementForm};
use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Schema},
        security::SecurityRequirement,
    },
};

/// The word of a scope, as it is described.
pub(crate) struct Scope;

impl PartialSchema for Scope {
    fn schema() -> RefOr<Schema> {
        let words = Action::ALL.iter().map(|action| action.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }
}

impl ToSchema for Scope {}

/// The word of a role, as it is described.
pub(crate) struct RoleWord;

impl PartialSchema for RoleWord {
    fn schema() -> RefOr<Schema> {
        let words = Role::ALL.iter().map(|role| role.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }
}

impl ToSchema for RoleWord {}

/// The word of a form of engagement, as it is described.
pub(crate) struct FormWord;

impl PartialSchema for FormWord {
    fn schema() -> RefOr<Schema> {
        let words = EngagementForm::ALL.iter().map(|form| form.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
    }
}

impl ToSchema for FormWord {}

/// The description, completed.
pub(crate) fn complete(mut description: OpenApi) -> OpenApi {
    // The router marks a place that takes slashes with an asterisk; OpenAPI knows none such.
    let paths = std::mem::take(&mut description.paths.paths);
    description.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for item in description.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, .. } = item;
        if let Some(post) = post.as_mut().filter(|post| is_for_askers(post)) {
            post.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            add(post, "409", "It contradicts what is there");
            add(post, "413", "Too large to be repeated");
            add(post, "422", "Some of what was sent cannot be taken");
        }
        for operation in [&mut *put, &mut *post, &mut *delete].into_iter().flatten() {
            add(operation, "507", "The server's disk is full");
        }
        for operation in [get, put, post, delete].into_iter().flatten() {
            problems(operation);
            say_scope(operation);
        }
    }
    description
}

/// Says which scopes a token needs: those that stand with the operation, and that the tests hold
/// against what is enforced.
fn say_scope(operation: &mut Operation) {
    let words = match &operation.security {
        None => "Any token will do.".to_owned(),
        Some(needed) => match needed.iter().find_map(scopes).as_deref() {
            Some([scope]) => format!("A token needs the scope `{scope}`."),
            Some([before @ .., last]) if !before.is_empty() => {
                format!("A token needs the scopes `{}` and `{last}`.", before.join("`, `"))
            }
            _ => return,
        },
    };
    operation.description = Some(match operation.description.take() {
        Some(before) if !before.is_empty() => format!("{before}\n\n{words}"),
        _ => words,
    });
}

/// The requirement's scopes. They can be read only as they are written down.
fn scopes(requirement: &SecurityRequirement) -> Option<Vec<String>> {
    let written = serde_json::to_value(requirement).ok()?;
    let mut schemes: BTreeMap<String, Vec<String>> = serde_json::from_value(written).ok()?;
    schemes.remove(TOKEN)
}

fn problems(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &operation.request_body {
        let is_json = body.content.contains_key("application/json");
        add(operation, "400", "It broke off");
        add(operation, "408", "It came too slowly");
        add(operation, "413", "Too large");
        if is_json {
            add(operation, "415", "Not JSON");
        }
    }
    add(operation, "500", "A fault of the server");
    add(operation, "503", "The server cannot do it now");
}

/// Agents sign what they send and count it, so they need no key.
fn is_for_askers(operation: &Operation) -> bool {
    operation.tags.iter().flatten().all(|tag| tag != "agent")
}

fn add(operation: &mut Operation, status: &str, words: &str) {
    let known = &mut operation.responses.responses;
    known.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(words)));
}

fn problem(words: &str) -> Response {
    let body = Ref::from_schema_name("ProblemBody");
    let content = ContentBuilder::new().schema(Some(body)).build();
    ResponseBuilder::new().description(words).content("application/problem+json", content).build()
}

fn idempotency_key() -> Parameter {
    let text =
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Sent again within a day, the request is answered as before and not done twice.",
        ))
        .schema(Some(text))
        .build()
}
