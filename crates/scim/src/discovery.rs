//! What a directory asks before anything else: what can be done here, with which resources, and what they hold (RFC 7643,
//! sections 5 to 7). `base` is the address of `/scim/v2`.

use crate::{GROUP, PAGE_LIMIT, Schema, USER};
use serde_json::{Value, json};

/// What can be done here.
pub fn service_provider(base: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": PAGE_LIMIT},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API token",
            "description": "A token of Closedset with the scope scim, in the header Authorization: Bearer",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}

/// With which resources.
pub fn resource_types(base: &str) -> Vec<Value> {
    let one = |schema: &Schema| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": schema.name,
            "name": schema.name,
            "description": schema.words,
            "endpoint": schema.endpoint,
            "schema": schema.id,
            "meta": {
                "resourceType": "ResourceType",
                "location": format!("{base}/ResourceTypes/{}", schema.name),
            },
        })
    };
    vec![one(&USER), one(&GROUP)]
}

/// What they hold, and what describes that.
pub fn schemas(base: &str) -> Vec<Value> {
    let mut all = vec![USER.published(base), GROUP.published(base)];
    all.extend(described::all(base));
    all
}

/// The schemas of the descriptions themselves (RFC 7643, section 8.7.2), as far as they are used here.
mod described {
    use serde_json::{Value, json};

    pub(super) fn all(base: &str) -> Vec<Value> {
        let schema = |name: &str, words: &str, attributes: Vec<Value>| {
            let id = format!("urn:ietf:params:scim:schemas:core:2.0:{name}");
            json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
                "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")},
                "id": id,
                "name": name,
                "description": words,
                "attributes": attributes,
            })
        };
        vec![
            schema(
                "ServiceProviderConfig",
                "What can be done here",
                vec![
                    parts("patch", vec![one("supported", "boolean")]),
                    parts(
                        "bulk",
                        vec![
                            one("supported", "boolean"),
                            one("maxOperations", "integer"),
                            one("maxPayloadSize", "integer"),
                        ],
                    ),
                    parts(
                        "filter",
                        vec![one("supported", "boolean"), one("maxResults", "integer")],
                    ),
                    parts("changePassword", vec![one("supported", "boolean")]),
                    parts("sort", vec![one("supported", "boolean")]),
                    parts("etag", vec![one("supported", "boolean")]),
                    many(parts(
                        "authenticationSchemes",
                        vec![
                            one("type", "string"),
                            one("name", "string"),
                            one("description", "string"),
                        ],
                    )),
                ],
            ),
            schema(
                "ResourceType",
                "A type of resource",
                vec![
                    one("id", "string"),
                    one("name", "string"),
                    one("description", "string"),
                    one("endpoint", "reference"),
                    one("schema", "reference"),
                ],
            ),
            schema(
                "Schema",
                "What resources hold",
                vec![
                    one("id", "string"),
                    one("name", "string"),
                    one("description", "string"),
                    many(parts(
                        "attributes",
                        vec![
                            one("name", "string"),
                            one("type", "string"),
                            one("multiValued", "boolean"),
                            one("description", "string"),
                            one("required", "boolean"),
                            many(one("canonicalValues", "string")),
                            one("caseExact", "boolean"),
                            one("mutability", "string"),
                            one("returned", "string"),
                            one("uniqueness", "string"),
                            many(one("referenceTypes", "string")),
                        ],
                    )),
                ],
            ),
        ]
    }

    fn one(name: &str, kind: &str) -> Value {
        let mut one = json!({
            "name": name,
            "type": kind,
            "multiValued": false,
            "description": "As in RFC 7643.",
            "required": false,
            "mutability": "readOnly",
            "returned": "default",
        });
        if kind == "string" || kind == "reference" {
            one["caseExact"] = true.into();
            one["uniqueness"] = "none".into();
        }
        if kind == "reference" {
            one["referenceTypes"] = json!(["uri"]);
        }
        one
    }

    fn parts(name: &str, parts: Vec<Value>) -> Value {
        let mut whole = one(name, "complex");
        whole["subAttributes"] = parts.into();
        whole
    }

    fn many(mut attribute: Value) -> Value {
        attribute["multiValued"] = true.into();
        attribute
    }
}
