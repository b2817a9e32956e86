//! What holds for many routes alike, added to the description: the problems that any of them may
//! answer, and the header by which a POST can be repeated.

use utoipa::openapi::{
    ContentBuilder, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::ObjectBuilder,
};

/// The description, completed.
pub(crate) fn complete(mut description: OpenApi) -> OpenApi {
    // The router marks a place that takes slashes with an asterisk; OpenAPI knows none such.
    let paths = std::mem::take(&mut description.paths.paths);
    description.paths.paths =
        paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for item in description.paths.paths.values_mut() {
        let is_post = item.post.is_some();
        for operation in operations(item) {
            problems(operation);
        }
        if is_post
            && let Some(post) = &mut item.post
            && is_for_askers(post)
        {
            post.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            add(post, "409", "It contradicts what is there");
            add(post, "413", "Too large to be repeated");
            add(post, "422", "Some of what was sent cannot be taken");
        }
    }
    description
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

fn problems(operation: &mut Operation) {
    if operation.request_body.is_some() {
        add(operation, "413", "Too large");
        add(operation, "415", "Not JSON");
        add(operation, "507", "The server's disk is full");
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
