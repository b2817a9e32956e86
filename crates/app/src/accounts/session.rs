//! Sessions: a random token in the browser, its digest in the database.

use super::{IDLE_LIMIT, SESSION_LIMIT, totp::record};
use crate::{App, Caller, Problem};
use closedset_core::{
    Actor, Digest, Duration, Secret, Time,
    id::{Account, Id, Organisation, Session},
};
use closedset_store::{
    Scope, Tx,
    accounts::{self, PasskeyRow, SessionRow},
    calendars,
    people::{self, MembershipRow},
    providers::{self, IdentityRow},
};
use serde_json::json;

/// What the browser holds.
pub type SessionToken = Secret<32>;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second factor is wanted.
    SecondFactor,
    /// The password was right and there is no second factor yet: one must be added.
    Enrolling,
    /// Signed in.
    Full,
}

impl Stage {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Enrolling => "enrolling",
            Self::Full => "full",
        }
    }
    fn from_word(word: &str) -> Option<Self> {
        [Self::SecondFactor, Self::Enrolling, Self::Full]
            .into_iter()
            .find(|stage| stage.as_str() == word)
    }
}

/// Who a session belongs to.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session's id.
    pub session: Id<Session>,
    /// The digest of its token.
    pub token: Digest,
    /// How far it has come.
    pub stage: Stage,
    /// The account.
    pub account: Id<Account>,
    /// The person's name.
    pub name: String,
    /// The account's address.
    pub email: String,
    /// The account has kept its recovery codes.
    pub recovery_is_confirmed: bool,
    /// Where the account belongs, as far as this session reaches.
    pub memberships: Vec<MembershipRow>,
    /// Where the session looks; none where nobody chose.
    pub organisation: Option<Id<Organisation>>,
    pub(super) challenge: Option<String>,
    pub(super) factor_at: Option<Time>,
}

impl Signed {
    /// Where the session looks: what was chosen, or the only one there is.
    pub fn membership(&self) -> Result<&MembershipRow, Problem> {
        let chosen = self.organisation;
        match self.memberships.as_slice() {
            [] => Err(Problem::Conflict {
                code: "organisation.none",
                sentence: "Your account belongs to no organisation, or not any more.",
                remedy: "Ask somebody there to invite you again.",
            }),
            [only] if chosen.is_none() => Ok(only),
            all => {
                all.iter().find(|one| Some(one.organisation) == chosen).ok_or(Problem::Conflict {
                    code: "organisation.choose",
                    sentence: "Your account belongs to several organisations, and none was chosen.",
                    remedy: "Open /organisations and choose one.",
                })
            }
        }
    }

    /// The caller that a fully signed-in session is, where it looks.
    pub fn caller(&self) -> Result<Caller, Problem> {
        if self.stage != Stage::Full {
            return Err(Problem::NotSignedIn);
        }
        let membership = self.membership()?;
        Ok(Caller {
            actor: Actor::Account { account: self.account, organisation: membership.organisation },
            // What they are called here: their own words name only the account.
            name: membership.name.clone(),
            organisation: membership.organisation,
            allowed: membership.role.actions(),
            factor_at: self.factor_at,
            session: Some(self.session),
        })
    }

    pub(crate) fn require(&self, stage: Stage) -> Result<(), Problem> {
        if self.stage == stage { Ok(()) } else { Err(Problem::NotSignedIn) }
    }
}

pub(crate) fn token_digest(token: &SessionToken) -> Digest {
    Digest::of(token.expose())
}

pub(crate) fn begin(
    tx: &mut Tx<'_>,
    token: Digest,
    account: Id<Account>,
    stage: Stage,
    browser: &str,
) -> Result<(), Problem> {
    let factor_at = (stage == Stage::Full).then(|| tx.now());
    begin_shown(tx, token, account, (stage, factor_at), browser)
}

/// The same, where the second factor was shown elsewhere, and when.
pub(crate) fn begin_shown(
    tx: &mut Tx<'_>,
    token: Digest,
    account: Id<Account>,
    (stage, factor_at): (Stage, Option<Time>),
    browser: &str,
) -> Result<(), Problem> {
    let browser: String = browser.chars().filter(|letter| !letter.is_control()).take(200).collect();
    accounts::session_insert(tx, token, account, stage.as_str(), &browser, factor_at)?;
    Ok(())
}

/// Refuses to finish what a session began if it ended since, or if it was to add the first second
/// factor and the account has one by now: whoever knows the password alone must not add theirs.
pub(crate) fn refuse_overtaken(tx: &mut Tx<'_>, signed: &Signed) -> Result<(), Problem> {
    let now = tx.now();
    let goes_on = accounts::session_by_token(tx, signed.token)?
        .is_some_and(|session| session.stage == signed.stage.as_str() && !is_over(&session, now));
    let account = accounts::account_by_id(tx, signed.account)?.ok_or(Problem::NotSignedIn)?;
    if goes_on && (signed.stage != Stage::Enrolling || account.second_factor_at.is_none()) {
        Ok(())
    } else {
        Err(Problem::NotSignedIn)
    }
}

/// Makes a session a signed-in one, under a new token so that no token seen before the second
/// factor opens anything. One that was signed in before goes on, and ends when it would have ended.
/// The account's sessions that could still have added a first second factor end.
pub(super) fn promote(
    tx: &mut Tx<'_>,
    signed: &Signed,
    token: Digest,
    browser: &str,
) -> Result<(), Problem> {
    accounts::session_delete_at_stage(tx, signed.account, Stage::Enrolling.as_str())?;
    if signed.stage == Stage::Full {
        return Ok(accounts::session_factor_shown(tx, signed.token, token)?);
    }
    accounts::session_delete(tx, signed.token)?;
    begin(tx, token, signed.account, Stage::Full, browser)?;
    look_at_only(tx, token, signed.account)
}

/// Who belongs to one organisation has nothing to choose.
pub(crate) fn look_at_only(
    tx: &mut Tx<'_>,
    token: Digest,
    account: Id<Account>,
) -> Result<(), Problem> {
    let now = tx.now();
    let mut memberships = people::membership_list(tx, account)?;
    memberships.retain(|membership| membership.is_in_force(now));
    if let [only] = memberships.as_slice() {
        look_at(tx, token, account, only.organisation)?;
    }
    Ok(())
}

/// Lets a session look at an organisation, which sees that somebody came in.
pub(crate) fn look_at(
    tx: &mut Tx<'_>,
    token: Digest,
    account: Id<Account>,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    accounts::session_set_organisation(tx, token, organisation)?;
    Ok(people::membership_signed_in(tx, account, organisation)?)
}

fn is_over(session: &SessionRow, now: Time) -> bool {
    now.since(session.seen_at) > IDLE_LIMIT || now.since(session.created_at) > SESSION_LIMIT
}

/// Whose session this token is; none if it ended. The session counts as used.
pub async fn session_resolve(app: &App, token: &SessionToken) -> Result<Option<Signed>, Problem> {
    let Some((signed, seen_at)) = find(app, token).await? else { return Ok(None) };
    if app.now().since(seen_at) > Duration::from_minutes(1) {
        let token = signed.token;
        app.store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                Ok(accounts::session_touch(tx, token)?)
            })
            .await?;
    }
    Ok(Some(signed))
}

/// Whose session this token is, for what a page asks by itself: a screen that nobody sits before
/// must not keep its session from ending.
pub async fn session_peek(app: &App, token: &SessionToken) -> Result<Option<Signed>, Problem> {
    Ok(find(app, token).await?.map(|(signed, _)| signed))
}

/// The session of this token and when it was last used; none if it ended.
async fn find(app: &App, token: &SessionToken) -> Result<Option<(Signed, Time)>, Problem> {
    let token = token_digest(token);
    let now = app.now();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let Some(session) = accounts::session_by_token(tx, token)? else { return Ok(None) };
            if is_over(&session, now) {
                return Ok(None);
            }
            let Some(account) = accounts::account_by_id(tx, session.account)? else {
                return Ok(None);
            };
            let mut memberships = people::membership_list(tx, account.id)?;
            memberships.retain(|one| one.is_open_to(session.created_at, now));
            // Whoever was removed from where their session looks is out at once.
            let is_out = |chosen| memberships.iter().all(|one| one.organisation != chosen);
            if session.organisation.is_some_and(is_out) {
                return Ok(None);
            }
            let stage = Stage::from_word(&session.stage)
                .ok_or_else(|| Problem::Fault("a session is at no known stage".into()))?;
            let signed = Signed {
                session: session.id,
                token,
                stage,
                account: account.id,
                name: account.name,
                email: account.email,
                // Codes stand in for a second factor of ours; who has none has nothing to keep.
                recovery_is_confirmed: account.recovery_confirmed_at.is_some()
                    || (stage == Stage::Full && account.second_factor_at.is_none()),
                memberships,
                organisation: session.organisation,
                challenge: session.challenge,
                factor_at: session.factor_at,
            };
            Ok(Some((signed, session.seen_at)))
        })
        .await
}

/// Ends the session of this token.
pub async fn session_end(app: &App, signed: &Signed) -> Result<(), Problem> {
    let token = signed.token;
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            Ok(accounts::session_delete(tx, token)?)
        })
        .await
}

/// Ends all sessions of the account, this one too, and the addresses of its calendars: whoever took a
/// session may have made one that goes on without it.
pub async fn session_end_all(app: &App, signed: &Signed) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let sessions = accounts::session_delete_all(tx, signed.account)?;
            let calendars = calendars::calendar_delete_of_account(tx, signed.account)?;
            let body = json!({
                "account": signed.account,
                "sessions": sessions,
                "calendars_withdrawn": calendars,
            });
            record(tx, &signed, "account.signed_out_everywhere", body)
        })
        .await
}

/// Lets the session look at another organisation that the account belongs to.
pub async fn session_enter(
    app: &App,
    signed: &Signed,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            refuse_overtaken(tx, &signed)?;
            let session =
                accounts::session_by_token(tx, signed.token)?.ok_or(Problem::NotSignedIn)?;
            let now = tx.now();
            people::membership_of(tx, signed.account, organisation)?
                .filter(|membership| membership.is_open_to(session.created_at, now))
                .ok_or(Problem::NotFound("organisation"))?;
            look_at(tx, signed.token, signed.account, organisation)?;
            let body = json!({"account": signed.account, "organisation": organisation});
            record(tx, &signed, "account.entered", body)
        })
        .await
}

/// Ends one of the account's sessions, which is recorded: it may have been somebody else's.
pub async fn session_end_by_id(app: &App, signed: &Signed, id: Id<Session>) -> Result<(), Problem> {
    signed.require(Stage::Full)?;
    let signed = signed.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            if !accounts::session_delete_by_id(tx, signed.account, id)? {
                return Err(Problem::NotFound("session"));
            }
            let body = json!({"account": signed.account, "session": id});
            record(tx, &signed, "account.session_ended", body)
        })
        .await
}

/// How an account is protected, and where it is signed in.
#[derive(Debug, Clone)]
pub struct AccountSecurity {
    /// It has an authenticator app.
    pub has_totp: bool,
    /// The app is the only second factor that can be shown here, and stays.
    pub totp_is_last: bool,
    /// It has a password.
    pub has_password: bool,
    /// As whom providers know it.
    pub identities: Vec<IdentityRow>,
    /// Its passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// A passkey is the only second factor that can be shown here, and stays.
    pub passkey_is_last: bool,
    /// Recovery codes not used yet.
    pub recovery_codes_left: i64,
    /// Its sessions that have not ended, latest first.
    pub sessions: Vec<SessionRow>,
}

/// How the signed-in account is protected.
pub async fn account_security(app: &App, signed: &Signed) -> Result<AccountSecurity, Problem> {
    let account = signed.account;
    let now = app.now();
    let offers_passkeys = app.offers_passkeys();
    app.store()
        .read(move |tx| {
            let row = accounts::account_by_id(tx, account)?.ok_or(Problem::NotFound("account"))?;
            let sessions = accounts::session_list(tx, account)?;
            let passkeys = accounts::passkey_list(tx, account)?;
            let has_totp = row.totp_sealed.is_some();
            let usable = if offers_passkeys { passkeys.len() } else { 0 };
            Ok(AccountSecurity {
                has_totp,
                has_password: !row.password_hash.is_empty(),
                identities: providers::identity_list(tx, account)?,
                totp_is_last: has_totp && usable == 0,
                passkey_is_last: !has_totp && usable <= 1,
                passkeys,
                recovery_codes_left: accounts::recovery_code_count(tx, account)?,
                sessions: sessions.into_iter().filter(|session| !is_over(session, now)).collect(),
            })
        })
        .await
}
