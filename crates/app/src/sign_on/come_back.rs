//! What becomes of a browser that comes back from the provider.

use super::{
    errand::{Bound, ERRAND, Purpose, purpose},
    refusal::{refuse, told, word},
    settings::FactorWord,
    way::{Way, back, turn},
};
use crate::{
    App, Problem,
    accounts::{
        SessionToken, Signed, Stage, begin_shown, look_at_only, record, refuse_overtaken,
        signed_in, token_digest,
    },
    people::{NOT_VOUCHED, join_known, join_vouched},
};
use closedset_core::{
    Actor, Digest, Secret, Time,
    entry::Log,
    id::{Account, Id},
};
use closedset_openid::{Claims, Code, SKEW};
use closedset_store::{
    NewEntry, Scope, Tx, accounts, people,
    providers::{self, ErrandRow, IdentityRow},
};
use serde_json::json;

/// The longest code that is looked at.
const CODE_LIMIT: usize = 4_096;

/// What a browser brings back.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'r> {
    /// By what it is known again.
    pub state: &'r str,
    /// The code; empty where it brings none.
    pub code: &'r str,
    /// How the provider names itself; empty where it does not.
    pub issuer: &'r str,
    /// What the provider says against it; empty where it says nothing.
    pub error: &'r str,
    /// What the cookie held.
    pub browser: Option<&'r Secret<32>>,
    /// Who is signed in there.
    pub signed: Option<&'r Signed>,
    /// The browser by its own words.
    pub agent: &'r str,
}

/// What became of it.
#[derive(Debug)]
pub enum Arrived {
    /// Somebody is signed in, or has to show or add a second factor here.
    SignedIn(SessionToken, Stage),
    /// The same, and they belong now.
    Joined(SessionToken, Stage),
    /// The account is linked.
    Linked,
    /// The second factor was shown once more; where it goes on.
    Confirmed(SessionToken, String),
    /// What the provider says.
    Tested(TestReport),
}

/// What the provider says of whoever tries it.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// Its own name for them.
    pub subject: String,
    /// Their address; none where it says none.
    pub email: Option<String>,
    /// It says that the address is theirs.
    pub email_is_verified: bool,
    /// By which methods they showed who they are.
    pub methods: Vec<String>,
    /// At which level.
    pub level: Option<String>,
    /// When.
    pub shown_at: Option<Time>,
    /// That counts as a second factor.
    pub counts: bool,
}

const STATE: Problem = Problem::Conflict {
    code: "provider.state",
    sentence: "This sign-in was not begun in this browser, was finished already, or took longer than ten minutes.",
    remedy: "Begin again.",
};

/// Takes what a browser brings back.
pub async fn come_back(app: &App, returned: Returned<'_>) -> Result<Arrived, Problem> {
    let (errand, way) = taken(app, &returned).await?;
    let purpose_of = Purpose::from_word(&errand.purpose)
        .ok_or_else(|| Problem::Fault("an errand is for nothing known".into()))?;
    // Whoever was signed in then still is, and nobody else.
    let signed = match errand.session {
        Some(session) => {
            Some(returned.signed.filter(|signed| signed.session == session).ok_or(STATE)?)
        }
        None => None,
    };
    let who = signed.map(|signed| signed.account);
    if !returned.issuer.is_empty() && returned.issuer != errand.issuer {
        return Err(refuse(app, who, "issuer", told_issuer()).await);
    }
    if !returned.error.is_empty() || returned.code.is_empty() {
        return Err(refuse(app, who, "denied", DENIED).await);
    }
    let claims = redeemed(app, &way, &errand, &returned, purpose_of, who).await?;
    let arriving = Arriving { app, way: &way, errand: &errand, claims: &claims };
    let arrived = match (purpose_of, signed) {
        (Purpose::SignIn, _) => arriving.sign_in(returned.agent).await,
        (Purpose::Join, _) => arriving.join(returned.agent).await,
        (Purpose::Link, Some(signed)) => arriving.link(signed).await,
        (Purpose::Confirm, Some(signed)) => arriving.confirm(signed, returned.agent).await,
        (Purpose::Test, Some(signed)) => arriving.test(signed).await,
        (Purpose::Link | Purpose::Confirm | Purpose::Test, None) => Err((None, STATE)),
    };
    match arrived {
        Ok(arrived) => Ok(arrived),
        Err((known, problem)) if matches!(problem, Problem::Conflict { .. }) => {
            Err(refuse(app, known.or(who), "person", problem).await)
        }
        Err((_, problem)) => Err(problem),
    }
}

fn told_issuer() -> Problem {
    told(&closedset_openid::Failed::NotBelieved(closedset_openid::Distrust::Issuer))
}

const DENIED: Problem = Problem::Conflict {
    code: "provider.denied",
    sentence: "The provider let nobody in.",
    remedy: "Begin again, or sign in with your password.",
};

/// The errand of this browser, which is over with that, and the provider, which is still the same.
async fn taken(app: &App, returned: &Returned<'_>) -> Result<(ErrandRow, Way), Problem> {
    let state = Secret::<32>::from_token(returned.state).ok_or(STATE)?;
    let browser = returned.browser.ok_or(STATE)?;
    let (state, browser) = (Digest::of(state.expose()), Digest::of(browser.expose()));
    let now = app.now();
    let (errand, row) = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            Ok((providers::errand_take(tx, state, browser)?, providers::provider(tx)?))
        })
        .await?;
    let errand = errand.filter(|errand| now.since(errand.begun_at) <= ERRAND).ok_or(STATE)?;
    let row = row
        .filter(|row| row.issuer == errand.issuer && row.client == errand.client)
        .ok_or(STATE)?;
    Ok((errand, Way::of(app, row)?))
}

/// What the provider says for the code.
async fn redeemed(
    app: &App,
    way: &Way,
    errand: &ErrandRow,
    returned: &Returned<'_>,
    purpose_of: Purpose,
    who: Option<Id<Account>>,
) -> Result<Claims, Problem> {
    if returned.code.len() > CODE_LIMIT {
        return Err(refuse(app, who, "code", STATE).await);
    }
    let plain = app.master_key().open(&purpose(errand.state), &errand.sealed)?;
    let bound: Bound = serde_json::from_slice(&zeroize::Zeroizing::new(plain))
        .map_err(|_| Problem::Fault("an errand cannot be read".into()))?;
    let code = Code {
        code: returned.code,
        back: &back(app),
        verifier: &bound.verifier,
        nonce: &bound.nonce,
        asked_at: errand.begun_at,
        now: app.now(),
        wants_email: matches!(purpose_of, Purpose::Join | Purpose::Link | Purpose::Test),
    };
    let asks = turn().await?;
    let redeemed = way.provider.redeem(&way.client, code).await;
    drop(asks);
    match redeemed {
        Ok(claims) => Ok(claims),
        Err(failed) => {
            tracing::info!(%failed, "the provider's answer led nowhere");
            Err(refuse(app, who, word(&failed), told(&failed)).await)
        }
    }
}

/// Why somebody does not get in, and whose account it is, where that is known.
type Refused = (Option<Id<Account>>, Problem);

fn of_nobody(problem: Problem) -> Refused {
    (None, problem)
}

/// Somebody of whom the provider said who they are.
#[derive(Clone, Copy)]
struct Arriving<'a> {
    app: &'a App,
    way: &'a Way,
    errand: &'a ErrandRow,
    claims: &'a Claims,
}

impl Arriving<'_> {
    /// Whether the provider's word that a second factor was shown counts, and was given.
    fn shows_factor(&self) -> bool {
        self.way.factor == FactorWord::Provider && self.claims.shows_second_factor(&self.way.levels)
    }

    fn entrance(&self, agent: &str, session: &SessionToken) -> Entrance {
        Entrance {
            token: token_digest(session),
            agent: agent.to_owned(),
            factor: self.shows_factor().then_some(self.claims.shown_at),
            was_shown: self.claims.shows_second_factor(&self.way.levels),
        }
    }

    fn named(&self) -> (String, String) {
        (self.errand.issuer.clone(), self.claims.subject.clone())
    }

    /// The address that the provider vouches for.
    fn verified_email(&self) -> Option<String> {
        let email = self.claims.email.as_ref().filter(|_| self.claims.email_is_verified)?;
        Some(email.trim().to_lowercase())
    }

    async fn sign_in(self, agent: &str) -> Result<Arrived, Refused> {
        let session = SessionToken::random(self.app.randomness());
        let entrance = self.entrance(agent, &session);
        let (issuer, subject) = self.named();
        let entered = self
            .app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                let Some(identity) = providers::identity_by_subject(tx, &issuer, &subject)? else {
                    return Ok(Err(of_nobody(UNKNOWN)));
                };
                let now = tx.now();
                let memberships = people::membership_list(tx, identity.account)?;
                if !memberships.iter().any(|one| one.is_in_force(now)) {
                    return Ok(Err((Some(identity.account), LEFT)));
                }
                match entrance.enter(tx, &identity) {
                    Ok(stage) => Ok(Ok(stage)),
                    Err(refused @ Problem::Conflict { .. }) => {
                        Ok(Err((Some(identity.account), refused)))
                    }
                    Err(other) => Err(other),
                }
            })
            .await;
        let stage = entered.map_err(of_nobody)??;
        Ok(Arrived::SignedIn(session, stage))
    }

    async fn join(self, agent: &str) -> Result<Arrived, Refused> {
        let session = SessionToken::random(self.app.randomness());
        let entrance = self.entrance(agent, &session);
        let (issuer, subject) = self.named();
        let unit_app = self.app.clone();
        let invitation = self.errand.invitation.ok_or_else(|| of_nobody(STATE))?;
        let email = self.verified_email().ok_or_else(|| of_nobody(NOT_VOUCHED))?;
        let stage = self
            .app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                let identity = match providers::identity_by_subject(tx, &issuer, &subject)? {
                    Some(known) => {
                        join_known(tx, &unit_app, invitation, known.account, &email)?;
                        known
                    }
                    None => {
                        let account = join_vouched(tx, &unit_app, invitation, &email)?;
                        linked(tx, (&issuer, &subject), account, &email)?
                    }
                };
                entrance.enter(tx, &identity)
            })
            .await
            .map_err(of_nobody)?;
        Ok(Arrived::Joined(session, stage))
    }

    async fn link(self, signed: &Signed) -> Result<Arrived, Refused> {
        let (issuer, subject) = self.named();
        let email = self.verified_email().unwrap_or_default();
        let signed = signed.clone();
        let known = Some(signed.account);
        self.app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                refuse_overtaken(tx, &signed)?;
                match providers::identity_by_subject(tx, &issuer, &subject)? {
                    Some(same) if same.account == signed.account => return Ok(()),
                    Some(_) => return Err(OTHERS),
                    None => {}
                }
                let own = providers::identity_list(tx, signed.account)?;
                if own.iter().any(|one| one.issuer == issuer) {
                    return Err(Problem::Conflict {
                        code: "provider.linked",
                        sentence: "Your account is linked with somebody else at this provider.",
                        remedy: "End that link under My account first.",
                    });
                }
                let identity = linked(tx, (&issuer, &subject), signed.account, &email)?;
                let body =
                    json!({"account": signed.account, "identity": identity.id, "issuer": issuer});
                record(tx, &signed, "account.identity_added", body)
            })
            .await
            .map_err(|problem| (known, problem))?;
        Ok(Arrived::Linked)
    }

    /// The second factor once more: shown there, and since the browser was sent.
    async fn confirm(self, signed: &Signed, agent: &str) -> Result<Arrived, Refused> {
        let known = Some(signed.account);
        let is_now = self.claims.shown_at.is_some_and(|shown| shown + SKEW >= self.errand.begun_at);
        if !self.shows_factor() || !is_now {
            return Err((known, NO_FACTOR));
        }
        let session = SessionToken::random(self.app.randomness());
        let (issuer, subject) = self.named();
        let (token, signed, agent) = (token_digest(&session), signed.clone(), agent.to_owned());
        self.app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                let identity = providers::identity_by_subject(tx, &issuer, &subject)?;
                if identity.is_none_or(|identity| identity.account != signed.account) {
                    return Err(OTHERS);
                }
                signed_in(tx, &signed, token, &agent, "provider")
            })
            .await
            .map_err(|problem| (known, problem))?;
        Ok(Arrived::Confirmed(session, self.errand.onward.clone()))
    }

    async fn test(self, signed: &Signed) -> Result<Arrived, Refused> {
        let counts = self.shows_factor();
        let signed = signed.clone();
        self.app
            .store()
            .write(Scope::Installation, move |tx| -> Result<_, Problem> {
                refuse_overtaken(tx, &signed)?;
                let actor = signed.caller()?.actor;
                tx.record(
                    Log::Installation,
                    NewEntry {
                        actor: &actor,
                        subject: "installation:self".into(),
                        kind: "sign_in.provider_tested",
                        body: json!({"account": signed.account, "second_factor": counts}),
                    },
                )?;
                Ok(())
            })
            .await
            .map_err(of_nobody)?;
        let claims = self.claims.clone();
        Ok(Arrived::Tested(TestReport {
            subject: claims.subject,
            email: claims.email,
            email_is_verified: claims.email_is_verified,
            methods: claims.methods,
            level: claims.level,
            shown_at: claims.shown_at,
            counts,
        }))
    }
}

const UNKNOWN: Problem = Problem::Conflict {
    code: "provider.unknown",
    sentence: "The provider knows you, and no account here is linked with you.",
    remedy: "If you have an account, sign in with its password and link it under My account. Else ask for an invitation and open its link.",
};

const LEFT: Problem = Problem::Conflict {
    code: "provider.left",
    sentence: "Your account belongs to no organisation, or not any more.",
    remedy: "Ask somebody there to invite you again.",
};

const OTHERS: Problem = Problem::Conflict {
    code: "provider.other",
    sentence: "Whoever signed in at the provider is not linked with this account.",
    remedy: "Sign out at the provider, and sign in there as yourself.",
};

const NO_FACTOR: Problem = Problem::Conflict {
    code: "provider.no_factor",
    sentence: "The provider does not say that you showed a second factor there just now.",
    remedy: "Show a second factor of your own instead; under My account you can add one.",
};

const FACTOR_MISSING: Problem = Problem::Conflict {
    code: "provider.factor_missing",
    sentence: "The provider does not say that you showed a second factor, as it did before, and you have none here.",
    remedy: "Begin again and show it there. If the provider asks for none any more, whoever runs it can tell why.",
};

/// Links an account with the provider's name for somebody.
fn linked(
    tx: &mut Tx<'_>,
    (issuer, subject): (&str, &str),
    account: Id<Account>,
    email: &str,
) -> Result<IdentityRow, Problem> {
    let row = IdentityRow {
        id: tx.new_id(),
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        account,
        email: email.to_owned(),
        linked_at: tx.now(),
        used_at: None,
        factor_at: None,
    };
    if providers::identity_insert(tx, &row)? { Ok(row) } else { Err(OTHERS) }
}

/// How somebody comes in.
#[derive(Clone)]
struct Entrance {
    token: Digest,
    agent: String,
    /// The second factor was shown at the provider, and when, where it says that.
    factor: Option<Option<Time>>,
    /// The provider says that one was shown, whether or not its word counts.
    was_shown: bool,
}

impl Entrance {
    /// Begins a session of the account: a signed-in one where the provider asked for a second factor,
    /// else one that wants it shown, or added, here. How fresh it is, the provider's own word decides. Who
    /// ever showed one there and has none here does not get by with less: or whoever had their password
    /// alone could add a second factor of their own.
    fn enter(&self, tx: &mut Tx<'_>, identity: &IdentityRow) -> Result<Stage, Problem> {
        let id = identity.account;
        let account = accounts::account_by_id(tx, id)?.ok_or(UNKNOWN)?;
        let stage = match (self.factor, account.second_factor_at) {
            (Some(_), _) => Stage::Full,
            (None, Some(_)) => Stage::SecondFactor,
            (None, None) if identity.factor_at.is_some() && !self.was_shown => {
                return Err(FACTOR_MISSING);
            }
            (None, None) => Stage::Enrolling,
        };
        if stage == Stage::Full {
            accounts::session_delete_at_stage(tx, id, Stage::Enrolling.as_str())?;
        }
        begin_shown(tx, self.token, id, (stage, self.factor.flatten()), &self.agent)?;
        if stage == Stage::Full {
            look_at_only(tx, self.token, id)?;
        }
        providers::identity_use(tx, identity.id)?;
        if self.was_shown {
            providers::identity_factor_shown(tx, identity.id)?;
        }
        let kind = match stage {
            Stage::Full => "account.signed_in",
            Stage::SecondFactor | Stage::Enrolling => "account.vouched_for",
        };
        let now = tx.now();
        let memberships = people::membership_list(tx, id)?;
        let place = memberships.iter().find(|one| one.is_in_force(now));
        let actor = match place {
            Some(place) => Actor::Account { account: id, organisation: place.organisation },
            None => Actor::AccountAlone(id),
        };
        let body = json!({"account": id, "factor": "provider", "identity": identity.id});
        let subject = format!("account:{id}");
        tx.record(Log::Installation, NewEntry { actor: &actor, subject, kind, body })?;
        Ok(stage)
    }
}
