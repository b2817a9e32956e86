//! The key that signs a log's checkpoints: made with the log, sealed with the master key.

use crate::{App, MasterKey, Problem, demonstration};
use closedset_core::{
    Actor, Secret,
    entry::{DEMONSTRATION_ORIGIN, Log},
};
use closedset_merkle::{KeyName, SignerKey};
use closedset_store::{NewEntry, Scope, packs};
use serde_json::json;

pub(crate) fn scope(log: Log) -> Scope {
    match log {
        Log::Installation => Scope::Installation,
        Log::Organisation(organisation) => Scope::Organisation(organisation),
    }
}

fn purpose(log: Log) -> String {
    format!("ledger-key/{log}")
}

/// The key of `log`, made now if it has none. Its name is the log's origin; it is unique in the
/// world because an organisation's id is, and the installation's carries random letters. In a demonstration
/// the name says so, and with it every checkpoint.
pub(crate) async fn signer(app: &App, log: Log) -> Result<SignerKey, Problem> {
    if let Some(found) = known(app, log).await? {
        return Ok(found);
    }
    let seed = Secret::<32>::random(app.randomness());
    let sealed = app.master_key().seal(&purpose(log), seed.expose(), app.randomness())?;
    let origin = match demonstration::is_demonstration(app).await? {
        true => DEMONSTRATION_ORIGIN,
        false => "closedset/",
    };
    let name = match log {
        Log::Installation => {
            let random = Secret::<8>::random(app.randomness());
            format!("{origin}installation/{}", hex::encode(random.expose()))
        }
        Log::Organisation(id) => format!("{origin}{id}"),
    };
    let verifier = unseal(app, log, (name.clone(), sealed.clone()))?.verifier().to_string();
    let kept = app
        .store()
        .write(scope(log), move |tx| -> Result<_, Problem> {
            if let Some(found) = packs::ledger_key(tx, log)? {
                return Ok(found);
            }
            packs::ledger_key_insert(tx, log, &name, &sealed)?;
            tx.record(
                log,
                NewEntry {
                    actor: &Actor::Closedset,
                    subject: format!("log:{log}"),
                    kind: "log.opened",
                    body: json!({"log": log, "verifier_key": verifier}),
                },
            )?;
            Ok((name.clone(), sealed.clone()))
        })
        .await?;
    unseal(app, log, kept)
}

/// The key of `log` if it was made; a wrong master key does not open it.
pub(super) async fn known(app: &App, log: Log) -> Result<Option<SignerKey>, Problem> {
    let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        Ok(packs::ledger_key(tx, log)?)
    };
    app.store().read(read).await?.map(|found| unseal(app, log, found)).transpose()
}

fn unseal(app: &App, log: Log, kept: (String, Vec<u8>)) -> Result<SignerKey, Problem> {
    unsealed(app.master_key(), log, kept)
}

/// The key of `log` as it is kept: its name, and its seed as this master key sealed it.
pub(crate) fn unsealed(
    master_key: &MasterKey,
    log: Log,
    (name, sealed): (String, Vec<u8>),
) -> Result<SignerKey, Problem> {
    let seed = master_key.open(&purpose(log), &sealed).map_err(|_| Problem::Conflict {
        code: "master_key.wrong",
        sentence: "The master key is not the one that this installation's secrets are sealed with.",
        remedy: "Put the master key of this installation back from where it is kept.",
    })?;
    let seed: [u8; 32] =
        seed.try_into().map_err(|_| Problem::Fault("a ledger key has a wrong length".into()))?;
    let name = KeyName::new(&name)
        .map_err(|error| Problem::fault("a ledger key has a wrong name", error))?;
    Ok(SignerKey::from_seed(name, &seed))
}

/// The key to verify the log's checkpoints with, in text form.
pub async fn verifier_key(app: &App, log: Log) -> Result<String, Problem> {
    Ok(signer(app, log).await?.verifier().to_string())
}
