//! Who belongs, who is invited, and inviting.

use super::{
    handlers::{Answer, field},
    person,
    roles::{choices, role_means, role_words},
};
use crate::{
    Area, Shell,
    components::{Choice, Command, Field, Paging, TimeText},
    serve::{
        Done, Form, ListQuery, Looker, PageProblem, Path, Query, confirm_first, day, done, go,
        once, refused, show,
    },
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::FACTOR_STALE,
    people::{self, NewInvitation},
};
use closedset_core::{Action, Duration, Role};
use closedset_store::people::MemberRow;

/// People on one page.
const PAGE: i64 = 100;
/// Where the second factor is shown first, and from where it leads back here.
pub(super) const CONFIRM: &str = "/confirm-it-is-you?next=people";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/people", get(list).post(invite))
        .route("/settings/people/{id}", get(person::show_one).post(person::change))
        .route("/settings/people/{id}/remove", get(person::remove_ask).post(person::remove))
        .route("/settings/people/{id}/sign-out", post(person::sign_out))
        .route("/settings/invitations/{id}/revoke", post(revoke))
}

/// Who belongs, and who is invited.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/people.html")]
pub struct PeoplePage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// Who belongs.
    pub people: Vec<PersonLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Who is invited.
    pub invitations: Vec<InvitationLine>,
    /// An invitation that was just made.
    pub made: Option<Made>,
    /// The person may invite, change and remove.
    pub may_manage: bool,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// What lets the form be carried out once.
    pub once: String,
    /// What is wrong with the whole, if something is.
    pub problem: Option<String>,
    /// Whom to invite: their name.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// What they will be.
    pub role: Field,
    /// Until when.
    pub last_day: Field,
    /// The roles that may be given.
    pub roles: Vec<Choice>,
    /// What each role is: its name, and what it may.
    pub means: Vec<(&'static str, &'static str)>,
}

/// Somebody who belongs.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// The person's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they are, in words.
    pub role: &'static str,
    /// Their second factors in words; empty while they have none.
    pub factors: String,
    /// When they last came in here.
    pub signed_in: Option<TimeText>,
    /// Their last day.
    pub last_day: Option<TimeText>,
    /// It is over.
    pub has_ended: bool,
    /// It is whoever looks.
    pub is_self: bool,
}

/// Somebody who is invited.
#[derive(Debug, Clone)]
pub struct InvitationLine {
    /// The invitation's id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they will be, in words.
    pub role: &'static str,
    /// Who invited.
    pub by: String,
    /// Until when the link opens something.
    pub expires: TimeText,
    /// It opens nothing any more.
    pub is_expired: bool,
    /// Whoever looks may take it back.
    pub may_revoke: bool,
}

/// An invitation that was just made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Whom it is for.
    pub name: String,
    /// The one-time link.
    pub link: Command,
    /// The server's address, if it leads nowhere on another computer.
    pub only_here: Option<String>,
    /// Until when.
    pub expires: TimeText,
}

pub(super) fn line(row: &MemberRow, looker: &Looker) -> PersonLine {
    let now = looker.present;
    let passkeys = match row.passkeys {
        0 => None,
        1 => Some("passkey".to_owned()),
        more => Some(format!("{more} passkeys")),
    };
    let app = row.has_totp.then(|| "authenticator app".to_owned());
    let provider = row.has_identity.then(|| "known to the provider".to_owned());
    PersonLine {
        id: row.person.to_string(),
        name: row.name.clone(),
        email: row.email.clone(),
        role: role_words(row.role),
        factors: passkeys.into_iter().chain(app).chain(provider).collect::<Vec<_>>().join(", "),
        signed_in: row.signed_in_at.map(|at| crate::serve::ago(at, now)),
        last_day: row.ends_at.map(|end| day(end - Duration::from_millis(1), &looker.zone)),
        has_ended: row.ends_at.is_some_and(|end| end <= now),
        is_self: row.account == looker.signed.account,
    }
}

/// The roles that whoever looks may give.
pub(super) fn given_by(looker: &Looker) -> Vec<Role> {
    let own = looker.signed.membership().ok().map(|membership| membership.role);
    people::may_give(&looker.caller, own)
}

async fn list(State(app): State<App>, looker: Looker, Query(query): Query<ListQuery>) -> Answer {
    let after = query.after.as_deref();
    Ok(show(&view(&app, &looker, &Form::default(), &[], after).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    form: &Form,
    problems: &[FieldProblem],
    after: Option<&str>,
) -> Result<PeoplePage, PageProblem> {
    let key = after.map(str::parse).transpose().map_err(|_| PageProblem::Address)?;
    let (rows, more) = people::person_list(app, &looker.caller, key, PAGE).await?;
    let now = app.now();
    let given = given_by(looker);
    let invitations = people::invitation_list(app, &looker.caller).await?;
    let next = rows.last().filter(|_| more);
    Ok(PeoplePage {
        shell: looker.shell(Area::Settings),
        tab: "people",
        paging: Paging {
            shown: i64::try_from(rows.len()).unwrap_or(0),
            total: None,
            first: after.map(|_| "/settings/people".to_owned()),
            next: next.map(|row| format!("/settings/people?after={}", row.person)),
        },
        people: rows.iter().map(|row| line(row, looker)).collect(),
        invitations: invitations
            .into_iter()
            .map(|row| InvitationLine {
                id: row.id.to_string(),
                name: row.name,
                email: row.email,
                role: role_words(row.role),
                by: row.invited_by,
                expires: day(row.expires_at, &looker.zone),
                is_expired: row.expires_at <= now,
                may_revoke: given.contains(&row.role),
            })
            .collect(),
        made: None,
        may_manage: looker.caller.may(Action::PeopleManage),
        is_confirmed: looker.signed.has_fresh_factor(now),
        once: once::token(app),
        problem: None,
        name: field(form, problems, "name"),
        email: field(form, problems, "email"),
        role: field(form, problems, "role"),
        last_day: field(form, problems, "last_day"),
        roles: choices(&given),
        means: Role::ALL.iter().map(|role| (role_words(*role), role_means(*role))).collect(),
    })
}

async fn invite(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    if looker.visitor.sent_before(&form) {
        return Ok(go("/settings/people"));
    }
    let text = |name: &str| form.text(name).to_owned();
    let new = NewInvitation {
        email: text("email"),
        name: text("name"),
        role: text("role"),
        last_day: text("last_day"),
    };
    match people::invite(&app, &looker.caller, new).await {
        Ok((row, link)) => {
            let mut page = view(&app, &looker, &Form::default(), &[], None).await?;
            page.made = Some(Made {
                name: row.name,
                link: Command::new(link),
                only_here: crate::devices::only_here(&app),
                expires: crate::serve::moment(row.expires_at, &looker.zone),
            });
            let mut response = show(&page);
            once::use_up(&mut response, &looker.visitor, &form);
            Ok(response)
        }
        Err(problem @ (Problem::Invalid(_) | Problem::Conflict { .. }))
            if problem.code() != FACTOR_STALE =>
        {
            let (problems, problem) = crate::entry::split(problem)?;
            let page = view(&app, &looker, &form, &problems, None).await?;
            Ok(refused(&PeoplePage { problem, ..page }))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}

async fn revoke(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    _form: Form,
) -> Answer {
    let id = id.parse().map_err(|_| Problem::NotFound("invitation"))?;
    people::invitation_revoke(&app, &looker.caller, id).await?;
    Ok(done("/settings/people", Done::InvitationRevoked))
}
