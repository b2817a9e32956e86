//! SCIM 2.0 (RFC 7643, 7644) as far as it is text: the attributes that are kept, filters, paths, changes (PATCH), and what
//! of a resource is shown. JSON in, JSON out.
//!
//! Whoever sends it may have made it to do harm: filters and paths are bounded in length, depth and number, lists and texts
//! in size. What no schema here has is ignored, as RFC 7644, section 3.3 allows; what it has must be of its type, but for
//! what the large directories are known to send otherwise: truth as a text, operations in capitals, one object where a list
//! belongs.
//!
//! Who a resource is, and what becomes of them, is decided in `closedset-app`; how it is asked for, in `closedset-api`.

mod discovery;
mod filter;
mod patch;
mod path;
mod project;
mod read;
mod refusal;
mod schema;

pub use discovery::{resource_types, schemas, service_provider};
pub use filter::{FILTER_LIMIT, Filter};
pub use patch::{OPERATION_LIMIT, Patch};
pub use path::Path;
pub use project::Projection;
pub use read::{MANY_LIMIT, TEXT_LIMIT, resource};
pub use refusal::Refusal;
pub use schema::{Attribute, GROUP, Schema, USER};

/// The schema of errors.
pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The schema of lists.
pub const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The schema of changes.
pub const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// More resources are not listed at once.
pub const PAGE_LIMIT: i64 = 200;

/// A resource as it is held: the attributes of its schema by their names as the schema writes them.
pub type Resource = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests;
