//! Keeps the certificates: reads what lies in the folder and in the facility's own files, takes what
//! is given, makes ours anew, and tells how things stand.

use crate::{
    Facts, Material, Refusal,
    acme::{Agreement, Failed, Kept, Plan},
    folder::{self, Folder},
    given::{self, Given},
    own,
    shown::{self, Shown},
};
use closedset_core::{Digest, Duration, Time};
use rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What the keeper is told.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder `tls` of the installation.
    pub folder: PathBuf,
    /// The names and addresses that our own certificate has.
    pub names: Vec<String>,
    /// The host of `public_url`: a name or an address.
    pub host: String,
    /// The files that the settings name, where they do.
    pub files: Option<Files>,
}

/// The files of a certificate that somebody else keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The chain.
    pub certificate: PathBuf,
    /// The key; none where it stands in the same file, or is the server's own.
    pub key: Option<PathBuf>,
}

/// How the server came by the certificate that browsers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It made it itself, or somebody laid another for the same key beside it.
    Own,
    /// It lies in files that the settings name.
    Files,
    /// It was given by a command.
    Given,
    /// An authority issues it by itself (ACME, RFC 8555).
    Acme,
}

impl Way {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Files => "files",
            Self::Given => "given",
            Self::Acme => "acme",
        }
    }
}

/// What is wrong for so long does not mend itself: another program that renews files is at it for seconds.
const LASTING: Duration = Duration::from_hours(1);
/// Nor does what an authority refused so often, over some hours.
const ATTEMPTS: u32 = 3;

/// What went wrong last, and still does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Since when, or when it was tried last.
    pub at: Time,
    /// A stable code.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl Failure {
    pub(crate) fn of(refusal: &Refusal, at: Time) -> Self {
        let (sentence, remedy) = (refusal.sentence(), refusal.remedy().into());
        Self { at, code: refusal.code().into(), sentence, remedy }
    }
}

/// The certificate that browsers see under the server's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse {
    /// How the server came by it.
    pub way: Way,
    /// What it says.
    pub facts: Facts,
}

/// How things stand.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The host of `public_url`.
    pub host: String,
    /// Which way was chosen; its certificate may not be there yet.
    pub chosen: Way,
    /// What browsers see.
    pub in_use: InUse,
    /// Our own, which agents know.
    pub own: Facts,
    /// When the server renews what browsers see; none where somebody else must.
    pub renews_at: Option<Time>,
    /// What went wrong and still does.
    pub failure: Option<Failure>,
    /// How often an authority that is asked was asked in vain since it last gave one.
    pub attempts: u32,
    /// What was agreed with an authority, also where it is not used now.
    pub agreement: Option<Agreement>,
}

impl Situation {
    /// Whether somebody must do something: it ends within a fortnight, or the last sixth of a shorter
    /// life has begun, or something went wrong.
    pub fn wants_attention(&self, now: Time) -> bool {
        self.failure.is_some() || self.ends_soon(now)
    }

    /// Whether it ends within a fortnight, or the last sixth of a shorter life has begun.
    pub fn ends_soon(&self, now: Time) -> bool {
        let facts = &self.in_use.facts;
        let last = facts.ends.since(facts.begins).millis() / 6;
        let soon = Duration::from_millis(last.min(Duration::from_days(14).millis()));
        facts.ends <= now + soon
    }

    /// Whether what went wrong does not mend itself: an authority was asked in vain again and again, or
    /// is not asked, or what is wrong with files is so for long.
    pub fn keeps_failing(&self, now: Time) -> bool {
        let Some(failure) = &self.failure else { return false };
        match self.attempts {
            0 => now.since(failure.at) >= LASTING,
            attempts => attempts >= ATTEMPTS,
        }
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A file is there but is no certificate or key.
    #[error(
        "{path} holds no usable certificate or key in PEM; remove both files in this folder to have new ones made"
    )]
    Pem {
        /// The file.
        path: String,
    },
    /// A file is there but is not what this program writes.
    #[error("{path} cannot be read; remove it, and agree with the authority anew")]
    Agreement {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// The certificate could not be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
    /// The certificate cannot be served.
    #[error("cannot serve the certificate")]
    Serve(#[from] rustls::Error),
}

/// Why what was asked for was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The authority was asked in vain.
    #[error(transparent)]
    Failed(#[from] Failed),
    /// A file.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Keeps the certificates of a server.
#[derive(Debug)]
pub struct Keeper {
    pub(crate) folder: Folder,
    names: Vec<String>,
    pub(crate) host: String,
    files: Option<Files>,
    pub(crate) shown: Arc<Shown>,
    state: Mutex<State>,
    is_serving: AtomicBool,
    /// Held while an authority is asked.
    pub(crate) asking: tokio::sync::Mutex<()>,
    changed: tokio::sync::Notify,
}

#[derive(Debug)]
pub(crate) struct State {
    own: Facts,
    public: Option<InUse>,
    pub(crate) kept: Option<Kept>,
    failure: Option<Failure>,
}

impl Keeper {
    /// Reads what lies there, and makes our own certificate if there is none, or anew with the same
    /// key if it is ours and lacks a name, ends soon or has not begun. What cannot be used of the
    /// facility's own is told by [`Self::situation`]: the server starts all the same.
    pub fn open(options: Options, now: Time) -> Result<Self, TlsError> {
        let Options { folder, names, host, files } = options;
        let folder = Folder::new(&folder);
        let names: Vec<String> = names.iter().map(|name| crate::facts::plain(name)).collect();
        if !folder.key().exists() {
            own::make(&folder, &names, now)?;
        }
        own::renew(&folder, &names, now)?;
        let own = read_own(&folder)?;
        let state = State {
            own: own.facts.clone(),
            public: None,
            kept: Kept::read(&folder)?,
            failure: None,
        };
        let keeper = Self {
            shown: Arc::new(Shown::new(own.certified, own.facts.pin)),
            folder,
            names,
            host: crate::facts::plain(&host),
            files,
            state: Mutex::new(state),
            is_serving: AtomicBool::new(false),
            asking: tokio::sync::Mutex::default(),
            changed: tokio::sync::Notify::new(),
        };
        keeper.look_at_public(&mut keeper.state(), now);
        Ok(keeper)
    }

    /// SHA-256 of our own public key, which agents know.
    pub fn pin(&self) -> Digest {
        self.state().own.pin
    }

    /// What a server is to speak TLS with. From now on this process can answer an authority.
    pub fn config(&self) -> Result<Arc<rustls::ServerConfig>, TlsError> {
        let config = shown::config(self.shown.clone())?;
        self.is_serving.store(true, Ordering::Relaxed);
        Ok(Arc::new(config))
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.is_serving.load(Ordering::Relaxed)
    }

    /// Makes ours anew where it must be, and takes up what others laid into the files. Of our own key
    /// another is left for the next start: everything goes by the present one.
    pub fn look(&self, now: Time) -> Result<(), TlsError> {
        own::renew(&self.folder, &self.names, now)?;
        let own = read_own(&self.folder)?;
        let mut state = self.state();
        if own.facts.pin == state.own.pin && own.facts.digest != state.own.digest {
            self.shown.set_own(own.certified);
            state.own = own.facts;
        }
        self.look_at_public(&mut state, now);
        Ok(())
    }

    /// How things stand.
    pub fn situation(&self) -> Situation {
        let state = self.state();
        let own = InUse { way: Way::Own, facts: state.own.clone() };
        let in_use = state.public.clone().unwrap_or(own);
        let chosen = self.chosen(&state);
        let asked = state.kept.as_ref().filter(|_| chosen == Way::Acme);
        let renews_at = match in_use.way {
            Way::Own if state.own.is_ours => Some(own::renews_at(&state.own)),
            Way::Own | Way::Files | Way::Given => None,
            Way::Acme => asked.filter(|kept| kept.held_at.is_none()).and_then(|kept| kept.next_at),
        };
        let held = asked.and_then(|kept| Some(Failure::of(&Refusal::Held, kept.held_at?)));
        // It is not asked at all, however often it was in vain before.
        let attempts = asked.filter(|_| held.is_none()).map_or(0, Kept::attempts);
        let failure = held
            .or_else(|| asked.and_then(|kept| kept.failure.clone()))
            .or_else(|| state.failure.clone());
        Situation {
            host: self.host.clone(),
            chosen,
            in_use,
            own: state.own.clone(),
            renews_at,
            failure,
            attempts,
            agreement: state.kept.as_ref().map(Kept::agreement),
        }
    }

    /// Takes a certificate that somebody gives into use, after it was held against everything that
    /// browsers ask.
    pub fn give(&self, material: &Material, now: Time) -> Result<Facts, NotTaken> {
        if self.files.is_some() {
            return Err(Refusal::Configured.into());
        }
        let given = given::read(material, &self.shown.own())?;
        given::check_only_key(material)?;
        given::hold_against(&given.facts, &self.host, now)?;
        // What will be read from the file is what was read here, or it takes nothing's place.
        let file = material.to_file()?;
        given::read(&Material::of_file(file.clone()), &self.shown.own())?;
        folder::write(&self.folder.given(), &file)?;
        let mut state = self.state();
        if let Some(mut kept) = state.kept.clone().filter(|kept| kept.is_active) {
            kept.is_active = false;
            kept.write(&self.folder)?;
            state.kept = Some(kept);
        }
        self.look_at_public(&mut state, now);
        Ok(given.facts)
    }

    /// Goes back to our own certificate. The account with an authority stays.
    pub fn go_own(&self, now: Time) -> Result<(), NotTaken> {
        if self.files.is_some() {
            return Err(Refusal::Configured.into());
        }
        folder::remove(&self.folder.given())?;
        let mut state = self.state();
        if let Some(mut kept) = state.kept.clone().filter(|kept| kept.is_active) {
            kept.is_active = false;
            kept.write(&self.folder)?;
            state.kept = Some(kept);
        }
        self.look_at_public(&mut state, now);
        Ok(())
    }

    /// A request for a certificate for the server's host and our own key, in PEM.
    pub fn request(&self) -> Result<String, TlsError> {
        Ok(own::request(&self.folder, &self.host)?.pem()?)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_files(&self) -> bool {
        self.files.is_some()
    }

    /// Has whoever waits for [`Self::changed`] look again at once: what falls due next is another moment.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Completes when it was woken since this was waited for last.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The moment at which an authority is asked next by itself; none where it is not.
    pub fn asks_at(&self) -> Option<Time> {
        let state = self.state();
        let is_asked = self.has_name() && self.chosen(&state) == Way::Acme;
        let kept = state.kept.as_ref().filter(|kept| is_asked && kept.held_at.is_none())?;
        let public = state.public.as_ref().filter(|public| public.facts.covers(&self.host));
        Plan::of(kept, public.map(|public| &public.facts))
    }

    /// Takes up what an authority gave.
    pub(crate) fn obtained(&self, kept: Kept, now: Time) -> Result<(), TlsError> {
        // Before it is written: an authority is not asked again because a file cannot be.
        self.state().kept = Some(kept.clone());
        kept.write(&self.folder)?;
        if kept.is_active {
            folder::remove(&self.folder.given())?;
        }
        self.look_at_public(&mut self.state(), now);
        Ok(())
    }

    fn chosen(&self, state: &State) -> Way {
        if self.files.is_some() {
            Way::Files
        } else if self.folder.given().exists() {
            Way::Given
        } else if state.kept.as_ref().is_some_and(|kept| kept.is_active) {
            Way::Acme
        } else {
            Way::Own
        }
    }

    /// Takes up the certificate of the way that was chosen, where there is another one. One that
    /// cannot be used leaves the present one where it is.
    fn look_at_public(&self, state: &mut State, now: Time) {
        let way = self.chosen(state);
        let before = state.failure.take();
        let material = match self.material(way) {
            Ok(material) => material,
            Err(refusal) => return state.fail(&refusal, before, now),
        };
        let Some(material) = material else {
            state.public = None;
            self.shown.set_public(None);
            // One that somebody laid beside our key is looked after by nobody else.
            if !state.own.is_ours
                && let Err(refusal) = given::hold_against(&state.own, &self.host, now)
            {
                state.fail(&refusal, before, now);
            }
            return;
        };
        match given::read(&material, &self.shown.own()) {
            Ok(given) => {
                let held = given::hold_against(&given.facts, &self.host, now);
                state.public = Some(InUse { way, facts: given.facts.clone() });
                self.shown.set_public(Some(given));
                if let Err(refusal) = held {
                    state.fail(&refusal, before, now);
                }
            }
            Err(refusal) => {
                // What an authority gave for another key, or another way's, is of no use.
                if state.public.as_ref().is_some_and(|public| public.way != way) {
                    state.public = None;
                    self.shown.set_public(None);
                }
                state.fail(&refusal, before, now);
            }
        }
    }

    /// What the way has to show; none where that is nothing but our own.
    fn material(&self, way: Way) -> Result<Option<Material>, Refusal> {
        let read = |path: &Path, setting| {
            let unread =
                |error: io::Error| Refusal::File { setting, why: error.kind().to_string() };
            fs::read(path).map_err(unread)
        };
        match (way, &self.files) {
            (Way::Files, Some(files)) => {
                let mut material = Material::of_file(read(&files.certificate, "certificate")?);
                if let Some(key) = &files.key {
                    material.key = Some(read(key, "certificate_key")?);
                }
                Ok(Some(material))
            }
            (Way::Given, _) => {
                let file = read(&self.folder.given(), "closedset certificate use")?;
                Ok(Some(Material::of_file(file)))
            }
            (Way::Acme, _) if self.folder.obtained().exists() => {
                let file = read(&self.folder.obtained(), "closedset certificate acme")?;
                Ok(Some(Material::of_file(file)))
            }
            (Way::Acme | Way::Own | Way::Files, _) => Ok(None),
        }
    }
}

impl State {
    fn fail(&mut self, refusal: &Refusal, before: Option<Failure>, now: Time) {
        let mut failure = Failure::of(refusal, now);
        match before {
            Some(before) if before.code == failure.code => failure.at = before.at,
            Some(_) | None => {
                let error: &dyn std::error::Error = refusal;
                tracing::warn!(error, "the certificate cannot be used as it is");
            }
        }
        self.failure = Some(failure);
    }
}

/// Our own certificate as it lies in the folder, or whatever somebody laid there for our key.
fn read_own(folder: &Folder) -> Result<Given, TlsError> {
    let (certificate_file, key_file) = (folder.certificate(), folder.key());
    let read = |path: &Path| fs::read(path).map_err(folder::failed(path));
    let pem = |path: &Path| TlsError::Pem { path: path.display().to_string() };
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&read(&certificate_file)?)
            .collect::<Result<_, _>>()
            .map_err(|_| pem(&certificate_file))?;
    let key = PrivateKeyDer::from_pem_slice(&read(&key_file)?).map_err(|_| pem(&key_file))?;
    let facts = chain.first().and_then(|first| Facts::of(first));
    let facts = facts.ok_or_else(|| pem(&certificate_file))?;
    let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?;
    Ok(Given { facts, certified: Arc::new(certified) })
}

#[cfg(test)]
mod tests;
