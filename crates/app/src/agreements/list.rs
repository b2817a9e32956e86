//! Agreements as pages and the API show them: which there are, who owes which, and what somebody signed.

use crate::{
    App, Caller, Problem,
    people::{known_person, today},
};
use closedset_core::{
    Action, Digest,
    id::{Agreement, Id, Organisation, Person, Signature},
};
use closedset_store::{
    Tx,
    agreements::{self, AgreementRow, AgreementVersionRow, SignatureRow},
    papers::{self, PaperRow},
    titles,
};
use std::io::Read as _;

/// So many who owe a signature are listed at most; the figures count all.
pub const OWING: i64 = 500;

/// An agreement, and how far it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementShown {
    /// The agreement.
    pub agreement: AgreementRow,
    /// Whose titles ask for it.
    pub client: Option<String>,
    /// How many must sign it, being engaged or assigned today or later; nobody once it is retired.
    pub bound: i64,
    /// How many of them did.
    pub signed: i64,
}

/// One agreement whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementDetail {
    /// How it stands.
    pub shown: AgreementShown,
    /// Its versions, the newest first.
    pub versions: Vec<AgreementVersionRow>,
    /// Who must sign it and did not, by name, at most [`OWING`].
    pub owing: Vec<(Id<Person>, String)>,
}

/// An agreement that somebody must sign, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The agreement.
    pub agreement: AgreementRow,
    /// They must sign it, being engaged or assigned today or later.
    pub is_bound: bool,
    /// Their newest signature beneath it that was not withdrawn.
    pub signature: Option<SignatureRow>,
    /// The others, withdrawn or not, the newest versions first.
    pub others: Vec<SignatureRow>,
    /// What was uploaded of it that they signed on paper, the newest first.
    pub papers: Vec<PaperRow>,
}

impl Bound {
    /// Whether they must sign it still.
    pub fn is_owed(&self) -> bool {
        let counts = |one: &SignatureRow| one.number >= self.agreement.counts_from;
        self.is_bound
            && self.agreement.retired_at.is_none()
            && !self.signature.as_ref().is_some_and(counts)
    }
}

fn shown(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    agreement: AgreementRow,
) -> Result<AgreementShown, Problem> {
    let (bound, signed) = match agreement.retired_at {
        None => {
            let day = today(tx, organisation)?;
            agreements::bound_count(tx, organisation, &agreement, day)?
        }
        Some(_) => (0, 0),
    };
    let client = match agreement.client {
        Some(id) => titles::client_by_id(tx, organisation, id)?.map(|client| client.name),
        None => None,
    };
    Ok(AgreementShown { agreement, client, bound, signed })
}

/// The agreements that are in force, oldest first, and those that were.
pub async fn agreement_list(app: &App, caller: &Caller) -> Result<Vec<AgreementShown>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let rows = agreements::agreement_list(tx, organisation)?;
            rows.into_iter().map(|row| shown(tx, organisation, row)).collect()
        })
        .await
}

/// Who must sign an agreement today or later and did not, by name; nobody, once it is retired.
pub(super) fn owing(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Agreement>,
    limit: i64,
) -> Result<Vec<(Id<Person>, String)>, Problem> {
    let row = agreements::agreement_by_id(tx, organisation, id)?;
    let row = row.ok_or(Problem::NotFound("agreement"))?;
    let day = today(tx, organisation)?;
    Ok(match row.retired_at {
        None => agreements::owing(tx, organisation, (&row, day), limit)?,
        Some(_) => Vec::new(),
    })
}

/// One agreement.
pub async fn agreement_detail(
    app: &App,
    caller: &Caller,
    id: Id<Agreement>,
) -> Result<AgreementDetail, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = agreements::agreement_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("agreement"))?;
            let owing = owing(tx, organisation, id, OWING)?;
            let versions = agreements::agreement_version_list(tx, id)?;
            Ok(AgreementDetail { shown: shown(tx, organisation, row)?, versions, owing })
        })
        .await
}

/// What somebody must sign and what they signed, for whoever sees people.
pub async fn bound_by(app: &App, caller: &Caller, id: Id<Person>) -> Result<Vec<Bound>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            known_person(tx, organisation, id)?;
            bound_in(tx, organisation, id)
        })
        .await
}

/// The same within a unit.
pub(super) fn bound_in(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<Bound>, Problem> {
    let day = today(tx, organisation)?;
    let signed = agreements::signature_list_of(tx, organisation, person)?;
    let papers = papers::paper_list_of(tx, organisation, person)?;
    let mut all = Vec::new();
    for agreement in agreements::agreement_list(tx, organisation)? {
        let is_bound = agreements::is_bound(tx, organisation, (&agreement, day), person)?;
        let of_it = |one: &&SignatureRow| one.agreement == agreement.id;
        let mut others: Vec<_> = signed.iter().filter(of_it).cloned().collect();
        let stands = others.iter().position(|one| one.withdrawn.is_none());
        let signature = stands.map(|place| others.remove(place));
        let papers: Vec<_> =
            papers.iter().filter(|one| one.agreement == agreement.id).cloned().collect();
        let is_there = signature.is_some() || !others.is_empty() || !papers.is_empty();
        if is_there || (is_bound && agreement.retired_at.is_none()) {
            all.push(Bound { agreement, is_bound, signature, others, papers });
        }
    }
    Ok(all)
}

/// One signature, withdrawn or not, for whoever sees people.
pub async fn signature_one(
    app: &App,
    caller: &Caller,
    id: Id<Signature>,
) -> Result<SignatureRow, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let row = agreements::signature_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("signature"))?;
            known_person(tx, organisation, row.person)?;
            Ok(row)
        })
        .await
}

/// The signed file of a signature, for whoever sees people.
pub async fn signature_file(
    app: &App,
    caller: &Caller,
    id: Id<Signature>,
) -> Result<(SignatureRow, Vec<u8>), Problem> {
    let row = signature_one(app, caller, id).await?;
    let bytes = file(app, caller.organisation, row.file).await?;
    Ok((row, bytes))
}

/// The file itself: a few pages.
pub(super) async fn file(
    app: &App,
    organisation: Id<Organisation>,
    digest: Digest,
) -> Result<Vec<u8>, Problem> {
    let app = app.clone();
    let read = tokio::task::spawn_blocking(move || -> Result<_, Problem> {
        let (mut reader, mut bytes) = (app.objects().read(organisation, digest)?, Vec::new());
        let read = reader.read_to_end(&mut bytes);
        read.map_err(|error| Problem::fault("a signed file could not be read", error))?;
        Ok(bytes)
    });
    read.await.map_err(|error| Problem::fault("a thread ended early", error))?
}
