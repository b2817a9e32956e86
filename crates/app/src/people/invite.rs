//! Inviting somebody, and taking an invitation back. There is no mail yet: the link is shown once to
//! whoever invites, who hands it on.

use super::{
    INVITATION_LIFE, INVITATIONS, NAME_RULE, end, is_name, refuse_same_name, require_may_give,
    role_of,
};
use crate::{App, Caller, FieldProblem, Problem, accounts::email, admitted::Admitted};
use closedset_core::{
    Action, Digest, Secret,
    entry::Log,
    id::{Id, Invitation},
};
use closedset_store::{
    NewEntry, Tx,
    people::{self, InvitationRow},
};
use serde_json::json;

/// An invitation, as entered.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Whom, by their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// The last day of the membership, as `2026-09-30`; empty for one without an end.
    pub last_day: String,
}

/// Invites somebody; the link is shown now and never again. Whether the address has an account here
/// already makes no difference to the answer.
pub async fn invite(
    app: &App,
    caller: &Caller,
    new: NewInvitation,
) -> Result<(InvitationRow, String), Problem> {
    caller.require(Action::PeopleManage)?;
    let mut problems = Vec::new();
    let address = email(&new.email).map_err(|problem| problems.push(problem)).unwrap_or_default();
    let name = new.name.trim().to_owned();
    if !is_name(&name) {
        problems.push(FieldProblem {
            field: "name",
            message: format!("Enter the person's name, {NAME_RULE}."),
        });
    }
    let role = match role_of(&new.role) {
        Ok(role) if problems.is_empty() => role,
        Ok(_) => return Err(Problem::Invalid(problems)),
        Err(_) => {
            problems.push(FieldProblem { field: "role", message: "Choose a role.".into() });
            return Err(Problem::Invalid(problems));
        }
    };
    caller.require_fresh_factor(app.now())?;
    let secret = Secret::<32>::random(app.randomness());
    let digest = Digest::of(secret.expose());
    let row = app
        .write_for(caller, Action::PeopleManage, move |tx, caller| {
            require_may_give(tx, caller, role)?;
            let organisation = caller.organisation;
            let ends_at = end(tx, organisation, role, &new.last_day)?;
            refuse_known(tx, caller, &address)?;
            refuse_same_name(tx, organisation, &name, &address)?;
            let row = InvitationRow {
                id: tx.new_id(),
                organisation,
                email: address.clone(),
                name: name.clone(),
                role,
                ends_at,
                invited_by: caller.name.clone(),
                inviter: caller.account,
                inviter_token: caller.token(),
                created_at: tx.now(),
                expires_at: tx.now() + INVITATION_LIFE,
            };
            people::invitation_insert(tx, &row, digest)?;
            tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("invitation:{}", row.id),
                    kind: "person.invited",
                    body: json!({
                        "invitation": row.id,
                        "email": row.email,
                        "name": row.name,
                        "role": row.role,
                        "ends_at": row.ends_at,
                        "expires_at": row.expires_at,
                    }),
                },
            )?;
            Ok(row)
        })
        .await?;
    Ok((row, format!("{}/join?token={}", app.public_url(), secret.to_token())))
}

/// Refuses an address that belongs already or is invited already; one whose invitation expired is
/// invited anew.
fn refuse_known(tx: &mut Tx<'_>, caller: &Admitted, address: &str) -> Result<(), Problem> {
    let organisation = caller.organisation;
    if people::member_by_email(tx, organisation, address)?.is_some() {
        return Err(Problem::Conflict {
            code: "person.member",
            sentence: "Somebody with this address belongs here already.",
            remedy: "Change their role, or their last day, in the list.",
        });
    }
    let open = people::invitation_list(tx, organisation)?;
    if let Some(earlier) = open.iter().find(|row| row.email == address) {
        if tx.now() < earlier.expires_at {
            return Err(Problem::Conflict {
                code: "invitation.open",
                sentence: "This address has an open invitation.",
                remedy: "Take that one back first, then invite again.",
            });
        }
        people::invitation_delete(tx, earlier.id)?;
    } else if open.len() >= INVITATIONS {
        return Err(Problem::Conflict {
            code: "invitation.too_many",
            sentence: "There are 200 open invitations, and more are not kept.",
            remedy: "Take back those that are not needed.",
        });
    }
    Ok(())
}

/// Takes an invitation back: its link opens nothing any more.
pub async fn invitation_revoke(
    app: &App,
    caller: &Caller,
    id: Id<Invitation>,
) -> Result<(), Problem> {
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let row = people::invitation_by_id(tx, caller.organisation, id)?
            .ok_or(Problem::NotFound("invitation"))?;
        require_may_give(tx, caller, row.role)?;
        people::invitation_delete(tx, id)?;
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("invitation:{id}"),
                kind: "invitation.revoked",
                body: json!({"invitation": id}),
            },
        )?;
        Ok(())
    })
    .await
}
