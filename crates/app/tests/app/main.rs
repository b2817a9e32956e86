//! Every use case from outside, on both databases.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod admitted;
mod agreements;
mod backup;
mod backup_attacks;
mod calendar;
mod catalogue_change;
mod check_ins;
mod computer;
mod demonstration;
mod enrolment;
mod entries;
mod evidence;
mod exceptions;
mod exceptions_in_packs;
mod fork_guard;
mod frameworks;
mod hand_in;
mod ledger;
mod limited_packs;
mod mail;
mod others_keys;
mod over_time;
mod own_account;
mod own_checks;
mod packs;
mod people;
mod people_import;
mod phone;
mod refusals;
mod register;
mod register_counts;
mod register_forgets;
mod register_read;
mod sessions;
mod sign_in;
mod signatures;
mod staleness;
mod task_plans;
mod the_past;
mod titles;
mod tokens;
mod two_servers;
mod verdicts;
mod world;
