//! The API from outside: every route as every role, what it writes, what it refuses, what streams.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod agreements;
mod answers;
mod audits;
mod calls;
mod description;
mod documents;
mod hostile;
mod idempotency;
mod ledger;
mod operator;
mod paging;
mod register;
mod risks;
mod roles;
mod scim;
mod scopes;
mod separation;
mod world;
mod writes;
