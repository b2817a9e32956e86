//! Every use case from outside, on both databases.

mod check_ins;
mod computer;
mod enrolment;
mod evidence;
mod phone;
mod refusals;
mod sign_in;
mod staleness;
mod verdicts;
mod world;
