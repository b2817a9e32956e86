//! Verifying a pack that came from a stranger. Needs nothing but the pack, and if possible the log's
//! key known from elsewhere: without it the report says that the key was not compared.
//!
//! What is checked, in this order: the container ([`crate::zip`]); the manifest against the files; the
//! checkpoint's signature; the tiles against its root; each entry against its envelope, the log and
//! its proof; the manifest's digest in the entry `pack.created`; each device's key and statements;
//! each fact, document and attestation in the body of its entry; verdicts against facts, controls
//! against verdicts, and, where the caller brings a catalogue, each verdict made anew; the page and the
//! report for people against those made anew from the pack's files.
//!
//! The bodies of entries that this rests on, besides whatever else stands in them:
//!
//! | kind | body |
//! |---|---|
//! | `pack.created` | `pack`: id, `manifest`: digest; `recipients`, if it was encrypted to any |
//! | `device.enrolled` | `device`: id, `key`: base64 |
//! | `device.checked_in` | `statement`, `signature`, `digests`: `{kind: digest}` |
//! | `document.added` | `digest`; of `document`, `version`, `title`, `file_name`, `size`, `control`, `valid_from`, `valid_to` those that are there must agree |
//! | `organisation.created`, `facility.changed` | `organisation`: its name, `facility`: `id`, `name`, `address`, `country`, `time_zone`; the first has both under `profile` |
//! | `confirmations.rolled_up` | `count`, `root`: of the tree of confirmations, see [`confirmation_hash()`](crate::confirmation_hash) |
//! | `attestation.signed` | `digest`; of `attestation`, `control`, `signed_by`, `signed_at`, `valid_from`, `valid_to` likewise |
//! | any | `facts`: list of `{subject, kind, source, digest}`, for facts that Closedset derived |
//! | any | `verdicts`: list of `{check, subject, status, excepted}`, for intervals that name the entry |
//! | `subject.assessed` | `subject`, `at`, `because`: list of words, one for each of `verdicts`; in entries of version 1 each of these has its own |
//! | `exception.asked` | `exception`: id, `terms`, `reason`, `measure`, `asked_by`; in entries of version 1 `reason` and `measure` stand in `terms` |
//! | `exception.granted` | the same, `asked`: index, `approved_by`, `has_second_person` |
//! | `exception.withdrawn` | `exception` |
//! | `catalogue.check_written` | `check`: id, `version`, `terms` |
//! | `catalogue.check_retired` | `check`: id, `version` |
//! | `engagement.began`, `.changed`, `.ended`, `.removed` | `engagement`: id, `begins_on`, `ends_on`: days; their subject is the person |
//! | `agreement.added`, `.published`, `.retired` | `agreement`: id, `client`; `number`, `asks_again` |
//! | `agreement.signed` | `signature`: id, `agreement`, `number`; its subject is who signed |
//! | `agreement.signature_withdrawn` | `signature` |
//! | `agreement.paper_uploaded`, `.paper_refused` | nothing: what was signed on paper counts from `agreement.signed` on |
//! | `demonstration.begun` | nothing: that it is there makes the pack a demonstration |

mod checkpoint;
mod container;
mod covers;
mod demonstration;
mod devices;
mod entries;
mod envelopes;
mod evidence;
mod exceptions;
mod files;
mod given;
mod history;
mod index;
mod manifest;
mod names;
mod options;
mod order;
mod own_checks;
mod page;
mod people;
mod period;
mod profile;
mod register;
mod remake;
mod report;
mod scope;
mod statements;
mod verdicts;
mod without_names;

pub use options::{
    ControlWords, DerivedFact, KnownFact, Limits, Recompute, Remade, Said, VerifyOptions, WithOwn,
};
pub use register::{counts, counts_from, counts_of_period};
pub use remake::counted_within;
pub use report::{
    About, Counts, FINDING_LIMIT, Finding, FindingKind, LogSeen, More, Outcome, Report, Severity,
};

use std::io::{self, Read, Seek};

/// The kind of the entry that says that everything in the log is invented.
pub const DEMONSTRATION_KIND: &str = closedset_core::entry::DEMONSTRATION;
/// The kind of the entry that enrols a device.
pub const ENROLLED_KIND: &str = "device.enrolled";
/// The kind of the entry that holds a device's statement.
pub const CHECKED_IN_KIND: &str = "device.checked_in";
/// The kind of the entry that holds a document's digest.
pub const DOCUMENT_KIND: &str = "document.added";
/// The kind of the entry that holds an attestation's digest.
pub const ATTESTATION_KIND: &str = "attestation.signed";
/// The kind of the entry in which somebody asks for an exception.
pub const ASKED_KIND: &str = "exception.asked";
/// The kind of the entry that grants an exception.
pub const GRANTED_KIND: &str = "exception.granted";
/// The kind of the entry in which a person confirms something about a device.
pub const CONFIRMED_KIND: &str = "device.confirmed";
/// The kind of the entry that sends a device away.
pub const REVOKED_KIND: &str = "device.revoked";
/// The kind of the entry that makes the organisation and its first facility.
pub const ORGANISATION_KIND: &str = "organisation.created";
/// The kind of the entry that says what the organisation and a facility are called from then on.
pub const FACILITY_KIND: &str = "facility.changed";
/// The kind of the entry that holds verdicts that turned.
pub const ASSESSED_KIND: &str = "subject.assessed";
/// The kind of the entry that commits to confirmations.
pub const ROLLED_UP_KIND: &str = "confirmations.rolled_up";
/// The kind of the entry that says that another catalogue is used from then on.
pub const CATALOGUE_KIND: &str = "catalogue.changed";
/// The kind of the entry that says that the log was restored from a backup.
pub const RESTORED_KIND: &str = "log.restored";
/// The kind of the entry that says that another's body was erased.
pub const ERASED_KIND: &str = "entry.erased";

/// Verifies a pack. Whatever is wrong with it stands in the report; an error says only that the
/// file could not be read.
pub fn verify<R: Read + Seek>(reader: R, options: &VerifyOptions<'_>) -> io::Result<Report> {
    let mut report = Report::new();
    if let Some(contents) = container::read(reader, options, &mut report)? {
        verify_contents(&contents, options, &mut report);
    }
    report.sort();
    report.tell_times();
    Ok(report)
}

fn verify_contents(
    contents: &container::Contents,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) {
    let Some(manifest) = manifest::check(contents, report) else {
        return;
    };
    let log = checkpoint::check(contents, &manifest, options, report);
    let envelopes = log.as_ref().and_then(|log| envelopes::read(contents, &manifest, log, report));
    demonstration::check(&manifest, envelopes.as_deref(), report);
    let entries = entries::check(contents, &manifest, log.as_ref(), report);
    without_names::check_left_out(envelopes.as_deref(), &entries, report);
    let scope = scope::check(&manifest, &entries, report);
    let mut register = register::check(&manifest, envelopes.as_deref(), (&entries, &scope), report);
    register.learn(&entries);
    period::check(&manifest, envelopes.as_deref(), &entries, report);
    profile::check(&manifest, envelopes.as_deref(), (&entries, &register), report);
    if !manifest.has_lists(contents) {
        // Which of them, was reported.
        return;
    }
    scope.check_lists(contents, &manifest, report);
    without_names::check_lists(contents, &manifest, &entries, report);
    // By an envelope that the pack's scope does not ask for, nothing is told.
    let told = envelopes.as_deref().map(|all| scope::Counting { all, scope: &scope });
    let exceptions = exceptions::check(contents, &manifest, (told, &entries), report);
    let own = own_checks::check(&manifest, (told, &entries), report);
    let statements = devices::check(contents, &manifest, (&entries, &register), report);
    let people =
        people::check(envelopes.as_deref(), &manifest.manifest, (&entries, &scope), report);
    let facts =
        evidence::check(contents, &manifest, (&entries, &register, &people), &statements, report);
    files::check(contents, &manifest, &facts.rows, report);
    let told = history::Told {
        envelopes: envelopes.as_deref().unwrap_or_default(),
        scope: &scope,
        entries: &entries,
        register: &register,
        exceptions: &exceptions,
        own: &own,
    };
    verdicts::check(contents, &manifest, told, &facts, options, report);
    if let Some(log) = &log {
        order::check(contents, &manifest, (log, &entries), report);
    }
    page::check(contents, &manifest, report);
}
