//! People: who belongs to an organisation, in which role and until when; and the register of who works here,
//! with an account or without, from when to when and on which titles. One use case a file.
//!
//! Somebody invites by a one-time link; whoever opens it makes an account, or joins with the one they
//! have. What somebody may is read anew with every request, so a change, a removal and an end take
//! effect at once. Accounts belong to the installation: nothing here says whether an address has one,
//! and nothing done in one organisation is seen in another.

mod assign;
mod assignment_change;
mod assignment_remove;
mod clearance;
mod derive;
mod engage;
mod engagement_change;
mod engagement_remove;
mod entered;
mod head_count;
mod import;
mod invite;
mod join;
mod known;
mod lapse;
mod list;
mod name;
mod person_add;
mod person_edit;
mod person_forget;
mod register;
mod remove;
mod role_change;
pub mod scim;
mod sign_out;

pub use assign::assign;
pub use assignment_change::assignment_change;
pub use assignment_remove::assignment_remove;
pub use clearance::{Clearance, Cleared, Lack, clearance_list};
pub(crate) use derive::{counted, derive, next_turn, write_counted};
pub use engage::engage;
pub use engagement_change::engagement_change;
pub use engagement_remove::engagement_remove;
pub use entered::{NewAssignment, NewEngagement, NewPerson};
pub use head_count::{HEAD_LINES, HeadCount, HeadCountOf, HeadLine, head_count, head_count_table};
pub(crate) use head_count::{counted as heads_counted, table as count_table};
pub use import::{
    CellProblem, FORM_WORDS, Fate, IMPORT_LIFE, IMPORT_ROWS, ImportCounts, ImportPreview,
    ImportWritten, JudgedRow, import_hold, import_list, import_preview, import_write,
    template as import_template,
};
pub(crate) use import::{head_word, import_sweep};
pub use invite::{NewInvitation, invitation_revoke, invite};
pub(crate) use join::{NOT_VOUCHED, join_known, join_vouched};
pub use join::{NewMember, Offer, join, join_new, offer};
pub(crate) use known::{person as known_person, today, told_assignment};
pub(crate) use lapse::{lapsing, take_effect};
pub use list::{PersonName, invitation_list, may_give, person_list, person_names, person_one};
pub(crate) use name::{NAME_RULE, is_line, is_name, key as name_key};
pub use person_add::person_add;
pub use person_edit::person_edit;
pub use person_forget::person_forget;
pub use register::{
    PersonDetail, RegisterPage, Registered, Standing, Wanted, assignment_one, engagement_one,
    person_detail, person_with_email, register_list,
};
pub use remove::person_remove;
pub(crate) use remove::remove_in;
pub use role_change::{RoleChange, person_change};
pub use sign_out::person_sign_out;

use crate::{
    Caller, Problem,
    days::{end_of, zone_of},
};
use closedset_core::{
    Actor, Duration, Role, Time,
    id::{Account, Id, Organisation, Person},
};
use name::refuse_same_name;

use closedset_store::{
    Tx,
    people::{self, InvitationRow, MemberRow},
};
use jiff::{Span, civil::Date};

/// The kinds of entry that tell of whoever works here what those need not know who see no people.
pub(crate) const PRIVATE_KINDS: [&str; 15] = [
    "comparison.settled",
    "leaving.step_closed",
    "agreement.paper_refused",
    "agreement.paper_uploaded",
    "agreement.signature_withdrawn",
    "agreement.signed",
    "assignment.added",
    "assignment.changed",
    "assignment.removed",
    "engagement.began",
    "engagement.changed",
    "engagement.ended",
    "engagement.removed",
    "person.added",
    "person.changed",
];
/// The fields in which it stands.
pub(crate) const PRIVATE_FIELDS: [&str; 6] = ["email", "job", "name", "note", "phone", "reason"];

/// An invitation opens nothing any more after so long.
pub const INVITATION_LIFE: Duration = Duration::from_days(7);
/// More invitations are not open at once in one organisation.
const INVITATIONS: usize = 200;

/// Refuses to give, change or take a role that may more than whoever asks. What they are now is read
/// in the unit, whatever they were when they began.
fn require_may_give(tx: &mut Tx<'_>, caller: &Caller, role: Role) -> Result<(), Problem> {
    let now = tx.now();
    let may = match caller.actor {
        Actor::Account { account, organisation } => {
            people::membership_of(tx, account, organisation)?
                .is_some_and(|own| own.is_in_force(now) && own.role.may_give(role))
        }
        // A program is no owner, whoever made its token.
        Actor::Token { .. } => role != Role::Owner,
        Actor::Operator(_) => true,
        Actor::AccountAlone(_) | Actor::Person(_) | Actor::Device(_) | Actor::Closedset => false,
    };
    if may && role.actions().without(caller.allowed).is_empty() {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "role.beyond",
        sentence: "Nobody gives, changes or takes a role that may more than their own, and only owners make owners.",
        remedy: "Ask an owner to do it.",
    })
}

/// The member that a person is.
fn member(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<MemberRow, Problem> {
    people::member_by_person(tx, organisation, person)?.ok_or(Problem::NotFound("person"))
}

/// Refuses a unit that takes the role from the last owner who can sign in.
pub(crate) fn refuse_last_owner(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    member: &MemberRow,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let rows = people::member_list(tx, organisation, after, 200)?;
        let is_other = |row: &MemberRow| {
            row.person != member.person && row.role == Role::Owner && row.has_second_factor
        };
        if rows.iter().any(is_other) {
            return Ok(());
        }
        let Some(last) = rows.last() else { break };
        after = Some(last.person);
    }
    Err(Problem::Conflict {
        code: "person.last_owner",
        sentence: "This is the only owner who can sign in, and an organisation is never without one.",
        remedy: "Make somebody else an owner first; they must have signed in once.",
    })
}

/// Removes the open invitations of somebody, of those that `is_beyond`, and says which.
fn drop_invitations(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    inviter: Id<Account>,
    is_beyond: impl Fn(&InvitationRow) -> bool,
) -> Result<Vec<String>, Problem> {
    let mut dropped = Vec::new();
    for row in people::invitation_list(tx, organisation)? {
        if row.inviter == Some(inviter) && is_beyond(&row) {
            people::invitation_delete(tx, row.id)?;
            dropped.push(row.id.to_string());
        }
    }
    Ok(dropped)
}

/// A role by its word.
fn role_of(word: &str) -> Result<Role, Problem> {
    Role::from_word(word.trim()).ok_or_else(|| Problem::field("role", "Choose a role."))
}

/// When a membership ends whose last day is this; none if nothing is said. Auditors are given one,
/// owners are not.
fn end(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    role: Role,
    last_day: &str,
) -> Result<Option<Time>, Problem> {
    let wrong = |message: &str| Err(Problem::field("last_day", message));
    let last_day = last_day.trim();
    match role {
        _ if last_day.is_empty() && role == Role::Auditor => {
            return wrong("Say until which day the auditor may look, a year from now at most.");
        }
        _ if last_day.is_empty() => return Ok(None),
        Role::Owner => {
            return wrong("An owner stays until somebody removes them: leave this empty.");
        }
        _ => {}
    }
    let Some(last_day) = day_of(last_day) else {
        return wrong("Write the day like 2026-09-30.");
    };
    let zone = zone_of(tx, organisation)?;
    let today = tx.now().timestamp().to_zoned(zone.clone()).date();
    if last_day < today {
        return wrong("The last day lies in the past.");
    }
    if last_day > today.saturating_add(Span::new().years(1)) {
        return wrong("The last day is at most a year from now; then give it another.");
    }
    Ok(Some(end_of(last_day, &zone)?))
}

/// A day as it is asked for, `2026-09-30`, and in no other form.
pub(crate) fn day_of(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

/// The last day of a membership as it is shown where the facility is now.
fn shown_last_day(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    ends_at: Time,
) -> Result<Date, Problem> {
    let last = ends_at - Duration::from_millis(1);
    Ok(last.timestamp().to_zoned(zone_of(tx, organisation)?).date())
}
