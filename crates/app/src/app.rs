//! What every use case needs, put together once by the binary.

use crate::{MasterKey, Problem, board::Stood, mail::MailOptions, network::Reaching};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Clock, Digest, Duration, Randomness, Secret, Time,
    check_in::DeviceKey,
    id::{Device, Id, Organisation},
};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{Store, Tx, verdicts};
use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use webauthn_rs::{Webauthn, WebauthnBuilder, prelude::Url};

/// What the binary decides.
pub struct AppOptions {
    /// The database.
    pub store: Store,
    /// Where documents and packs lie.
    pub objects: Objects,
    /// Where tiles and checkpoints lie.
    pub tiles: TileFiles,
    /// A folder on the same disk for files that are being made.
    pub work_folder: PathBuf,
    /// What is asked.
    pub catalogue: Catalogue,
    /// What says what time it is.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub randomness: Arc<dyn Randomness>,
    /// What seals secrets.
    pub master_key: MasterKey,
    /// The address that people and devices use, without a slash at the end.
    pub public_url: String,
    /// SHA-256 of the server's public key, for enrolment links.
    pub pin: Digest,
    /// How the server is reached and the certificates that it shows; none where none serves.
    pub reaching: Option<Reaching>,
    /// Opens set-up while there is no account.
    pub set_up_token: Option<Secret<32>>,
    /// The file that holds it, removed when set-up is done.
    pub set_up_token_file: Option<PathBuf>,
    /// Seconds between a device's check-ins when nothing changes.
    pub check_in_every_s: i64,
    /// The computer that the server runs on enrols itself once there is an organisation.
    pub enrols_this_computer: bool,
    /// How mail goes out, as far as the binary decides it.
    pub mail: MailOptions,
}

/// By what a catalogue that tells of retired own checks is known.
type ToldKey = (Digest, usize);
type Told = (ToldKey, Arc<Catalogue>);

/// The application: cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    options: AppOptions,
    /// What is asked of whoever did not choose.
    catalogue: Arc<Catalogue>,
    /// What is asked of whoever chose, by what they chose.
    choices: Mutex<HashMap<Vec<String>, Arc<Catalogue>>>,
    /// Those with an organisation's own checks, each under its digest.
    catalogues: Mutex<HashMap<Id<Organisation>, Arc<Catalogue>>>,
    /// Those that tell of retired own checks too, by what is asked and how many there are.
    told: Mutex<HashMap<Id<Organisation>, Told>>,
    webauthn: Option<Webauthn>,
    device_keys: Mutex<HashMap<Id<Device>, DeviceKey>>,
    allowances: crate::devices::Allowances,
    keys_used_twice: Mutex<HashMap<Id<Device>, Time>>,
    ledger: crate::ledger::Guard,
    shortest_freshness: Duration,
    run: OnceLock<[u8; 16]>,
    demonstration: Mutex<Option<bool>>,
    standings: Mutex<HashMap<(Id<Organisation>, Time), Stood>>,
    /// When an organisation's weekly mails are thought of next.
    mail_looks: Mutex<HashMap<Id<Organisation>, Time>>,
    /// How often a calendar was read since when.
    calendar_reads: Mutex<HashMap<Digest, (Time, u32)>>,
    /// The provider that was asked last, with what it said.
    provider: crate::sign_on::Remembered,
}

/// More choices than these are not remembered at once.
const CHOICES_LIMIT: usize = 64;
/// More settled moments are not remembered at once: those of some two hundred organisations.
const STANDINGS_LIMIT: usize = 4_096;

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("public_url", &self.0.options.public_url)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Puts the application together. Passkeys are offered only where browsers allow them: under a
    /// name, not an address.
    pub fn new(options: AppOptions) -> Self {
        let webauthn = webauthn(&options.public_url);
        let checks = options.catalogue.checks().iter();
        let shortest_freshness =
            checks.filter_map(|check| check.fresh_for).min().unwrap_or(Duration::from_days(1));
        Self(Arc::new(Inner {
            catalogue: Arc::new(options.catalogue.choosing(&options.catalogue.default_choice())),
            choices: Mutex::new(HashMap::new()),
            catalogues: Mutex::new(HashMap::new()),
            told: Mutex::new(HashMap::new()),
            options,
            webauthn,
            device_keys: Mutex::new(HashMap::new()),
            allowances: crate::devices::Allowances::default(),
            keys_used_twice: Mutex::new(HashMap::new()),
            ledger: crate::ledger::Guard::default(),
            shortest_freshness,
            run: OnceLock::new(),
            demonstration: Mutex::new(None),
            standings: Mutex::new(HashMap::new()),
            mail_looks: Mutex::new(HashMap::new()),
            calendar_reads: Mutex::new(HashMap::new()),
            provider: crate::sign_on::Remembered::default(),
        }))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.options.store
    }
    /// The documents and packs.
    pub fn objects(&self) -> &Objects {
        &self.0.options.objects
    }
    pub(crate) fn tiles(&self) -> &TileFiles {
        &self.0.options.tiles
    }
    pub(crate) fn work_folder(&self) -> &std::path::Path {
        &self.0.options.work_folder
    }
    /// All that there is, the program's catalogue and the installation's files: to read and to tell of things by
    /// their names. What is asked of an organisation is another matter.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.options.catalogue
    }
    /// What is asked of whoever did not choose.
    pub(crate) fn default_catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.catalogue)
    }
    /// What is asked of whoever chose these frameworks.
    pub(crate) fn choosing(&self, frameworks: &[String]) -> Arc<Catalogue> {
        let mut choices = self.0.choices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = choices.get(frameworks) {
            return Arc::clone(known);
        }
        let chosen = Arc::new(self.0.options.catalogue.choosing(frameworks));
        let is_default = chosen.digest() == self.0.catalogue.digest();
        let chosen = if is_default { Arc::clone(&self.0.catalogue) } else { chosen };
        if choices.len() >= CHOICES_LIMIT {
            choices.clear();
        }
        choices.insert(frameworks.to_vec(), Arc::clone(&chosen));
        chosen
    }
    /// What is asked of an organisation by the frameworks that it chose and by itself, as of this unit.
    pub(crate) fn catalogue_of(
        &self,
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
    ) -> Result<Arc<Catalogue>, Problem> {
        let used = verdicts::catalogue_used(tx, organisation)?;
        let shared = &self.0.catalogue;
        if used == Some(shared.digest()) {
            return Ok(Arc::clone(shared));
        }
        let catalogues = || self.0.catalogues.lock().unwrap_or_else(PoisonError::into_inner);
        let known = catalogues().get(&organisation).cloned();
        if let Some(known) = known.filter(|known| used == Some(known.digest())) {
            return Ok(known);
        }
        let built = crate::own_checks::build(tx, self, organisation)?;
        catalogues().insert(organisation, Arc::clone(&built));
        Ok(built)
    }
    pub(crate) fn told_catalogue(
        &self,
        organisation: Id<Organisation>,
        key: ToldKey,
    ) -> Option<Arc<Catalogue>> {
        let told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.get(&organisation).filter(|(known, _)| *known == key).map(|(_, told)| Arc::clone(told))
    }
    pub(crate) fn remember_told(
        &self,
        organisation: Id<Organisation>,
        key: ToldKey,
        catalogue: &Arc<Catalogue>,
    ) {
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(organisation, (key, Arc::clone(catalogue)));
    }
    /// The present time.
    pub fn now(&self) -> Time {
        self.0.options.clock.now()
    }
    pub(crate) fn randomness(&self) -> &dyn Randomness {
        &*self.0.options.randomness
    }
    pub(crate) fn master_key(&self) -> &MasterKey {
        &self.0.options.master_key
    }
    /// What tells this run of a server from every other, before and beside it.
    pub fn run(&self) -> &[u8] {
        self.0.run.get_or_init(|| {
            let mut run = [0; 16];
            self.randomness().fill(&mut run);
            run
        })
    }
    /// A fresh token for a browser that nobody signed in with yet.
    pub fn visitor_token(&self) -> Secret<32> {
        Secret::random(self.randomness())
    }
    /// The address that people and devices use.
    pub fn public_url(&self) -> &str {
        &self.0.options.public_url
    }
    pub(crate) fn pin(&self) -> Digest {
        self.0.options.pin
    }
    pub(crate) fn reaching(&self) -> Result<&Reaching, Problem> {
        self.0.options.reaching.as_ref().ok_or(Problem::NotFound("server"))
    }
    pub(crate) fn set_up_token(&self) -> Option<&Secret<32>> {
        self.0.options.set_up_token.as_ref()
    }
    pub(crate) fn forget_set_up_token(&self) {
        if let Some(file) = &self.0.options.set_up_token_file
            && let Err(error) = std::fs::remove_file(file)
        {
            tracing::warn!(%error, "the file with the set-up token could not be removed");
        }
    }
    pub(crate) fn check_in_every_s(&self) -> i64 {
        self.0.options.check_in_every_s
    }
    pub(crate) fn enrols_this_computer(&self) -> bool {
        self.0.options.enrols_this_computer
    }
    /// The shortest time for which any fact counts without being confirmed.
    pub(crate) fn shortest_freshness(&self) -> Duration {
        self.0.shortest_freshness
    }
    pub(crate) fn allowances(&self) -> &crate::devices::Allowances {
        &self.0.allowances
    }
    /// Whether nothing was noted of the device's key for so long.
    pub(crate) fn quiet_for(&self, device: Id<Device>, now: Time, span: Duration) -> bool {
        let noted = self.0.keys_used_twice.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(&device).is_none_or(|at| now.since(*at) >= span)
    }
    pub(crate) fn was_noted(&self, device: Id<Device>, now: Time) {
        let mut noted = self.0.keys_used_twice.lock().unwrap_or_else(PoisonError::into_inner);
        noted.insert(device, now);
    }
    /// Whether this is known to be a demonstration, or none; it never changes once anything happened.
    pub(crate) fn remembered_demonstration(&self) -> Option<bool> {
        *self.0.demonstration.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn remember_demonstration(&self, is: bool) {
        *self.0.demonstration.lock().unwrap_or_else(PoisonError::into_inner) = Some(is);
    }
    /// Where the controls stood at a settled moment of the past, as far as it is remembered.
    pub(crate) fn remembered_standing(
        &self,
        organisation: Id<Organisation>,
        at: Time,
    ) -> Option<Stood> {
        let known = self.0.standings.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(organisation, at)).cloned()
    }
    pub(crate) fn remember_standing(
        &self,
        organisation: Id<Organisation>,
        at: Time,
        stood: &Stood,
    ) {
        let mut known = self.0.standings.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= STANDINGS_LIMIT {
            known.clear();
        }
        known.insert((organisation, at), stood.clone());
    }
    pub(crate) fn mail_options(&self) -> &MailOptions {
        &self.0.options.mail
    }
    /// Whether it is time to think of an organisation's weekly mails.
    pub(crate) fn is_mail_day(&self, organisation: Id<Organisation>, now: Time) -> bool {
        let looks = self.0.mail_looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(&organisation).is_none_or(|next| *next <= now)
    }
    pub(crate) fn remember_mail_look(&self, organisation: Id<Organisation>, next: Time) {
        let mut looks = self.0.mail_looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert(organisation, next);
    }
    /// Forgets when weekly mails are thought of next: the way they go has changed.
    pub(crate) fn forget_mail_looks(&self) {
        self.0.mail_looks.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
    /// Whether a calendar may be read once more already.
    pub(crate) fn calendar_pace(&self, address: Digest) -> bool {
        let now = self.now();
        let is_fresh = |(since, _): &(Time, u32)| {
            (0..crate::calendar::PACE_S).contains(&now.since(*since).seconds())
        };
        let mut reads = self.0.calendar_reads.lock().unwrap_or_else(PoisonError::into_inner);
        if reads.len() >= STANDINGS_LIMIT {
            reads.retain(|_, read| is_fresh(read));
        }
        let read = reads.entry(address).or_insert((now, 0));
        if !is_fresh(read) {
            *read = (now, 0);
        }
        read.1 += 1;
        read.1 <= crate::calendar::PACE
    }
    pub(crate) fn remembered_provider(&self) -> &crate::sign_on::Remembered {
        &self.0.provider
    }
    pub(crate) fn ledger_guard(&self) -> &crate::ledger::Guard {
        &self.0.ledger
    }
    /// Whether passkeys can be used under this address.
    pub fn offers_passkeys(&self) -> bool {
        self.0.webauthn.is_some()
    }
    pub(crate) fn webauthn(&self) -> Result<&Webauthn, Problem> {
        self.0.webauthn.as_ref().ok_or(Problem::Conflict {
            code: "passkey.not_offered",
            sentence: "Browsers allow passkeys only under a name with a trusted certificate.",
            remedy: "Use an authenticator app, or open Closedset under its name.",
        })
    }

    /// The key of a device, remembered: a device's key never changes.
    pub(crate) fn remembered_key(&self, device: Id<Device>) -> Option<DeviceKey> {
        self.0.device_keys.lock().unwrap_or_else(PoisonError::into_inner).get(&device).copied()
    }
    pub(crate) fn remember_key(&self, device: Id<Device>, key: DeviceKey) {
        self.0.device_keys.lock().unwrap_or_else(PoisonError::into_inner).insert(device, key);
    }
}

fn webauthn(public_url: &str) -> Option<Webauthn> {
    let origin = Url::parse(public_url).ok()?;
    let name = origin.domain()?.to_owned();
    WebauthnBuilder::new(&name, &origin).ok()?.rp_name("Closedset").build().ok()
}
