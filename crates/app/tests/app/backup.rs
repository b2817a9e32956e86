//! A backup made of a living installation, and the way back into either engine.

use crate::{
    evidence::{document, sign, upload},
    world::{NOW, World, on_both, open},
};
use closedset_app::{
    App, MasterKey, Problem,
    backup::{
        self, About, BackupProblem, Examined, Known, Lost, Move, Progress, Restoration, Restored,
        Source, Target, database_move, moved, settle,
    },
    evidence::{NewDocument, document_open, document_withdraw},
    ledger,
    packs::{self, NewPack},
};
use closedset_backup::{
    GapReason, Header, KeptFile, Keys, Lock, Manifest, Member, Visitor, Writer,
};
use closedset_core::{Actor, Digest, Duration, Secret, Time, entry::Log};
use closedset_objects::{Objects, TileFiles};
use closedset_store::{
    DatabaseUrl, StoreError, ledger as ledger_store,
    portable::{Snapshot, TableDigest},
};
use closedset_testing::Postgres;
use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tempfile::TempDir;

on_both!(
    everything_comes_back_in_either_engine_and_goes_on,
    what_was_written_after_the_backup_is_not_in_it_and_a_pack_of_then_shows_that,
    a_backup_that_is_taken_while_others_write_agrees_with_itself,
    a_database_moves_to_the_other_engine_and_the_old_one_is_refused_afterwards,
    an_object_that_is_damaged_or_missing_is_no_part_of_a_backup,
    a_log_that_is_not_signed_is_no_part_of_a_backup,
    what_was_lost_is_listed_if_that_is_asked_for_and_told_again_by_everybody,
    a_body_that_was_changed_is_no_part_of_a_backup,
    an_older_database_than_its_checkpoint_is_no_part_of_a_backup,
    without_the_master_key_it_must_be_given,
    two_histories_are_told_apart,
);

/// What everything here is encrypted to, and what opens it.
pub struct Locked {
    pub lock: Lock,
}

impl Locked {
    pub fn new() -> Self {
        let someone = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        Self { lock: Lock::recipients([someone]).unwrap() }
    }
}

/// Runs what blocks on a thread of its own, as the program does.
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap()
}

pub fn ignore(_: Progress) {}

/// With documents, a pack, a statement, a body that was erased, and all of it signed.
pub async fn lived_in(world: &World) {
    let large: Vec<u8> = (0..400_000u32).flat_map(u32::to_le_bytes).collect();
    for bytes in [&b"a policy"[..], b"x", &large] {
        upload(world, &world.owner, document(world), bytes).await.unwrap();
    }
    sign(world, "IR-1", None, world.now() + Duration::from_days(30)).await;
    for _ in 0..5 {
        world.record().await;
    }
    world.advance(Duration::from_hours(1));
    let new = NewPack::of(world.now() - Duration::from_days(1), world.now());
    packs::pack_create(&world.app, &world.owner, new).await.unwrap();
    world.integrate().await;
    ledger::verifier_key(&world.app, Log::Installation).await.unwrap();
    ledger::integrate(&world.app, Log::Installation).await.unwrap();
    // Acknowledged, and not yet under a checkpoint.
    world.record().await;
}

fn saved_files() -> Vec<(KeptFile, Vec<u8>)> {
    vec![
        (KeptFile::MasterKey, hex::encode([5; 32]).into_bytes()),
        (KeptFile::Settings, b"listen = \"127.0.0.1:1\"\n".to_vec()),
    ]
}

pub fn try_make(
    world: &World,
    lock: &Lock,
    files: Vec<(KeptFile, Vec<u8>)>,
) -> Result<(Vec<u8>, Examined), BackupProblem> {
    make_of(world, lock, files, Lost::Refused)
}

pub fn make_of(
    world: &World,
    lock: &Lock,
    files: Vec<(KeptFile, Vec<u8>)>,
    lost: Lost,
) -> Result<(Vec<u8>, Examined), BackupProblem> {
    let database = world.url.parse().unwrap();
    let data = world.folder.path();
    let source = Source {
        database: &database,
        objects: &Objects::beside(data.join("objects")),
        tiles: &TileFiles::beside(data.join("ledger")),
        files,
        master_key: &MasterKey::new(&Secret::new([5; 32])),
        made_at: world.now(),
        program: "test",
        lost,
        pause: &|| {},
    };
    apart(|| backup::make(&source, Vec::new(), lock, &mut ignore))
}

pub fn make(world: &World, lock: &Lock) -> Vec<u8> {
    try_make(world, lock, saved_files()).unwrap().0
}

/// An empty place to restore to.
pub struct Place {
    pub url: DatabaseUrl,
    pub folder: TempDir,
    pub put: Mutex<Vec<(KeptFile, Vec<u8>)>>,
}

impl Place {
    fn on(url: DatabaseUrl, folder: TempDir) -> Self {
        Self { url, folder, put: Mutex::default() }
    }

    /// One on each engine.
    pub fn each() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Self::on(DatabaseUrl::Sqlite(folder.path().join("closedset.sqlite")), folder);
        let postgres = Postgres::shared().map(|server| {
            Self::on(server.database().url.parse().unwrap(), tempfile::tempdir().unwrap())
        });
        [Some(sqlite), postgres].into_iter().flatten().collect()
    }

    pub fn restore(&self, file: &[u8], keys: &Keys) -> Result<Restored, BackupProblem> {
        self.restore_with(file, keys, None, None)
    }

    pub fn restore_with(
        &self,
        file: &[u8],
        keys: &Keys,
        key: Option<Secret<32>>,
        known: Option<Known>,
    ) -> Result<Restored, BackupProblem> {
        let objects = Objects::open(self.folder.path().join("objects")).unwrap();
        let tiles = TileFiles::open(self.folder.path().join("ledger")).unwrap();
        let mut put_file = |file: &KeptFile, bytes: &[u8]| {
            self.put.lock().unwrap().push((file.clone(), bytes.to_vec()));
            Ok(())
        };
        let mut target = Some(Target {
            database: &self.url,
            objects: &objects,
            tiles: &tiles,
            put_file: &mut put_file,
            now: NOW,
        });
        // The closure is not `Send`; a runtime's thread may block here.
        tokio::task::block_in_place(|| {
            let target = target.take().unwrap();
            backup::restore(file, keys, key.as_ref(), known, target, &mut ignore)
        })
    }

    /// Whether nothing lies in the database.
    pub fn is_empty(&self) -> bool {
        let opened = apart(|| Snapshot::open(&self.url).map(|_| ()));
        matches!(opened, Err(StoreError::NoDatabase))
    }

    fn address(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    fn open(&self, world: &World) -> App {
        open(&self.address(), self.folder.path(), &world.clock, 77)
    }

    /// Opened as a server does, with its trees built anew.
    async fn settled(&self, world: &World) -> App {
        let app = self.open(world);
        ledger::open(&app).await.unwrap();
        let restored = Restoration { actor: Actor::Operator(7), made_at: NOW };
        settle(&app, Some(restored)).await.unwrap();
        app
    }
}

/// The installation in this file, restored to a place of its own as the program does it.
pub async fn restored(world: &World, file: &[u8], locked: &Locked) -> (Place, App) {
    let place = Place::each().remove(0);
    place.restore(file, locked.lock.witness().keys()).unwrap();
    let app = place.settled(world).await;
    (place, app)
}

/// A backup's members, as whoever holds its key reads them.
#[derive(Clone)]
pub struct Opened {
    pub header: Header,
    pub members: Vec<(Member, Vec<u8>)>,
    pub manifest: Manifest,
}

pub fn opened(file: &[u8], keys: &Keys) -> Opened {
    #[derive(Default)]
    struct All(Option<Header>, Vec<(Member, Vec<u8>)>);
    impl Visitor for All {
        type Error = BackupProblem;
        fn header(&mut self, header: Header) -> Result<(), BackupProblem> {
            self.0 = Some(header);
            Ok(())
        }
        fn member(
            &mut self,
            member: &Member,
            _: u64,
            from: &mut dyn Read,
        ) -> Result<(), BackupProblem> {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).unwrap();
            self.1.push((member.clone(), bytes));
            Ok(())
        }
    }
    let mut all = All::default();
    let manifest = closedset_backup::read(file, keys, &mut all).unwrap();
    Opened { header: all.0.unwrap(), members: all.1, manifest }
}

impl Opened {
    /// Written again as a backup whose form is right in everything.
    pub fn written(&self, lock: &Lock) -> Vec<u8> {
        let mut writer = Writer::begin(Vec::new(), lock, &self.header).unwrap();
        for (member, bytes) in &self.members {
            writer.add(member, bytes).unwrap();
        }
        writer.finish(self.manifest.totals.clone(), self.manifest.gaps.clone()).unwrap()
    }
}

pub fn check(file: &[u8], keys: &Keys, known: Option<Known>) -> Result<Restored, BackupProblem> {
    backup::check(file, keys, None, known, &mut ignore)
}

fn tables(url: &DatabaseUrl) -> BTreeMap<String, TableDigest> {
    apart(|| {
        let mut snapshot = Snapshot::open(url).unwrap();
        let tables = snapshot.schema().tables.clone();
        let mut digests = BTreeMap::new();
        for table in tables.iter().filter(|table| table.name != "ledger_head") {
            let digest = snapshot.chunks::<StoreError>(table, 1 << 16, |_, _| Ok(())).unwrap();
            digests.insert(table.name.clone(), digest);
        }
        digests
    })
}

fn objects_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.join("objects")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path.display().to_string()) }
        }
    }
    let mut names: Vec<String> =
        found.iter().map(|name| name.rsplit("/org_").next().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn everything_comes_back_in_either_engine_and_goes_on(world: World) {
    lived_in(&world).await;
    let locked = Locked::new();
    let before = tables(&world.url.parse().unwrap());
    let (file, made) = try_make(&world, &locked.lock, saved_files()).unwrap();
    assert_eq!(tables(&world.url.parse().unwrap()), before, "a backup changes nothing");
    assert_eq!(made.objects, 4);
    assert_eq!(made.logs.len(), 2);
    assert!(made.logs.iter().all(|log| log.key.is_some() && log.signed > 0), "{made:?}");
    let key = locked.lock.witness();
    let checked = check(&file, key.keys(), None).unwrap();
    assert_eq!(checked.found, made);
    assert!(checked.has_master_key);
    for place in Place::each() {
        let restored = place.restore(&file, key.keys()).unwrap();
        assert_eq!((restored.made_at, restored.found), (world.now(), made.clone()));
        assert_eq!(tables(&place.url), before);
        assert_eq!(objects_in(place.folder.path()), objects_in(world.folder.path()));
        let mut put = place.put.lock().unwrap().clone();
        put.sort();
        assert_eq!(put, saved_files());
        // A second time into the same place: refused, and nothing is changed.
        let again = place.restore(&file, key.keys()).unwrap_err();
        assert!(matches!(again, BackupProblem::Store(StoreError::NotEmpty)), "{again:?}");
        assert_eq!(tables(&place.url), before);

        let count = world.entry_count(world.log()).await;
        let app = place.settled(&world).await;
        let log = world.log();
        let entry = app
            .store()
            .read(move |tx| ledger_store::entry_at(tx, log, count))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(entry.kind, "log.restored");
        assert_eq!(entry.actor_name.as_deref(), Some("operator:7"));
        let report = ledger::verify(&app, &world.owner).await.unwrap();
        assert_eq!(report.faults, [""; 0]);
        assert_eq!(report.signed, report.entries);
        assert_eq!(report.entries, u64::try_from(count).unwrap() + 1);
        // The documents are there byte for byte, and packs can be made.
        let new = NewPack::of(NOW, NOW + Duration::from_days(9));
        let made = packs::pack_create(&app, &world.owner, new).await.unwrap();
        let (_, mut pack) = packs::pack_open(&app, &world.owner, made.id).await.unwrap();
        let mut bytes = Vec::new();
        pack.read_to_end(&mut bytes).unwrap();
        let report = crate::packs::checked(&world, &bytes).await;
        assert!(report.is_valid(), "{:#?}", report.findings);
        assert!(report.has(closedset_pack::FindingKind::Restored), "{:#?}", report.findings);
        app.store().clone().close();
    }
}

async fn what_was_written_after_the_backup_is_not_in_it_and_a_pack_of_then_shows_that(
    world: World,
) {
    lived_in(&world).await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let before = checkpoint(&world);
    let file = make(&world, &locked.lock);
    let held = world.entry_count(world.log()).await;
    for _ in 0..3 {
        world.record().await;
    }
    world.integrate().await;
    let after = checkpoint(&world);
    check(&file, key.keys(), Some(before.clone())).unwrap();
    let refused = check(&file, key.keys(), Some(after.clone())).unwrap_err();
    let BackupProblem::Older { missing, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(*missing, 3);
    assert!(refused.remedy().contains("newer backup"), "{}", refused.remedy());
    for place in Place::each() {
        let refused = place.restore_with(&file, key.keys(), None, Some(after.clone())).unwrap_err();
        assert!(matches!(refused, BackupProblem::Older { .. }), "{refused:?}");
        assert!(place.is_empty(), "nothing is restored then");
        place.restore_with(&file, key.keys(), None, Some(before.clone())).unwrap();
        // Whoever lays the newer checkpoint beside it is refused by the guard, as ever.
        let log = world.log().to_string();
        let newest = fs::read(world.tiles_folder().join("checkpoint")).unwrap();
        let app = place.open(&world);
        fs::write(place.folder.path().join("ledger").join(log).join("checkpoint"), newest).unwrap();
        let why = ledger::open(&app).await.unwrap_err().sentence();
        assert!(why.contains(&format!("the database holds only {held}")), "{why}");
        app.store().clone().close();
    }
}

fn checkpoint(world: &World) -> Known {
    let note = fs::read(world.tiles_folder().join("checkpoint")).unwrap();
    Known::of_checkpoint(&note).unwrap()
}

async fn a_backup_that_is_taken_while_others_write_agrees_with_itself(world: World) {
    lived_in(&world).await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let is_over = || stop.load(std::sync::atomic::Ordering::SeqCst);
    let handle = tokio::runtime::Handle::current();
    let files = std::thread::scope(|scope| {
        scope.spawn(|| {
            handle.block_on(async {
                let mut number = 0u32;
                while !is_over() {
                    number += 1;
                    let bytes = number.to_le_bytes();
                    upload(&world, &world.owner, document(&world), &bytes).await.unwrap();
                    world.integrate().await;
                }
            });
        });
        let files: Vec<Vec<u8>> = (0..4).map(|_| make(&world, &locked.lock)).collect();
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        files
    });
    let mut last = 0;
    for file in &files {
        let found = check(file, key.keys(), None).unwrap().found;
        assert!(found.entries >= last);
        last = found.entries;
    }
    for place in Place::each() {
        place.restore(files.last().unwrap(), key.keys()).unwrap();
        place.settled(&world).await.store().clone().close();
    }
}

async fn a_database_moves_to_the_other_engine_and_the_old_one_is_refused_afterwards(world: World) {
    lived_in(&world).await;
    let old: DatabaseUrl = world.url.parse().unwrap();
    let before = tables(&old);
    for place in Place::each() {
        let rows = apart(|| database_move(&old, &place.url, NOW, &mut ignore)).unwrap();
        assert!(rows > 50, "{rows}");
        assert_eq!(tables(&place.url), before);
        assert_eq!(tables(&old), before);
        let again = apart(|| database_move(&old, &place.url, NOW, &mut ignore)).unwrap_err();
        assert!(matches!(again, BackupProblem::Store(StoreError::NotEmpty)), "{again:?}");
    }
    // On one of them it goes on, in the folder that it always had.
    let place = Place::each().remove(0);
    apart(|| database_move(&old, &place.url, NOW, &mut ignore)).unwrap();
    world.app.store().clone().close();
    let app = open(&place.address(), world.folder.path(), &world.clock, 78);
    ledger::open(&app).await.unwrap();
    settle(&app, None).await.unwrap();
    let this = Move { actor: Actor::Operator(7), id: "one".into() };
    moved(&app, this.clone()).await.unwrap();
    // Broken off and taken up again, it is told once.
    let count = |tx: &mut closedset_store::Tx<'_>| -> Result<_, closedset_app::Problem> {
        Ok(closedset_store::ledger::entry_count(tx, Log::Installation)?)
    };
    let told = app.store().read(count).await.unwrap();
    moved(&app, this).await.unwrap();
    assert_eq!(app.store().read(count).await.unwrap(), told);
    let report = ledger::verify(&app, &world.owner).await.unwrap();
    assert_eq!(report.faults, [""; 0]);
    app.store().clone().close();
    let app = open(&world.url, world.folder.path(), &world.clock, 79);
    let why = ledger::open(&app).await.unwrap_err().sentence();
    assert!(why.contains("were moved to another database"), "{why}");
}

async fn a_log_that_is_not_signed_is_no_part_of_a_backup(world: World) {
    world.record().await;
    let refused = try_make(&world, &Locked::new().lock, saved_files()).unwrap_err();
    let BackupProblem::Faults { told, about } = &refused else { panic!("{refused:?}") };
    assert_eq!(*about, About::Unsigned, "{told:?}");
    assert!(told[0].contains("is not there"), "{told:?}");
    assert!(refused.remedy().contains("Start the server"), "{}", refused.remedy());
    // Nobody else signs meanwhile, and the tree of the second log is built further than it is signed.
    ledger::verifier_key(&world.app, Log::Installation).await.unwrap();
    ledger::integrate(&world.app, Log::Installation).await.unwrap();
    world.integrate().await;
    let note = world.tiles_folder().join("checkpoint");
    let before = fs::read(&note).unwrap();
    make(&world, &Locked::new().lock);
    world.record().await;
    world.integrate().await;
    fs::write(&note, before).unwrap();
    let refused = try_make(&world, &Locked::new().lock, saved_files()).unwrap_err();
    assert!(refused.to_string().contains("were committed to"), "{refused}");
}

async fn what_was_lost_is_listed_if_that_is_asked_for_and_told_again_by_everybody(world: World) {
    lived_in(&world).await;
    let new = NewDocument { title: "Fire drill".into(), ..document(&world) };
    let id = upload(&world, &world.owner, new, b"a drill").await.unwrap();
    document_withdraw(&world.app, &world.owner, id, "signed by mistake").await.unwrap();
    world.integrate().await;
    fs::remove_file(object_path(&world, b"a drill")).unwrap();
    fs::write(object_path(&world, b"a policy"), b"A policy").unwrap();
    let locked = Locked::new();
    let key = locked.lock.witness();
    let refused = try_make(&world, &locked.lock, saved_files()).unwrap_err();
    let BackupProblem::Faults { told, about: About::Objects } = &refused else {
        panic!("{refused:?}")
    };
    let told = told.join("\n");
    assert!(told.contains(&format!("“Fire drill”, withdrawn, version 1 of {id}")), "{told}");
    assert!(told.contains("“policy.pdf”, version 1"), "{told}");
    assert!(refused.remedy().contains("--despite-missing"), "{}", refused.remedy());

    let (file, made) = make_of(&world, &locked.lock, saved_files(), Lost::Listed).unwrap();
    let reasons: Vec<_> = made.gaps.iter().map(|gap| (gap.digest, gap.why)).collect();
    let mut wanted = [
        (Digest::of(b"a drill"), GapReason::Missing),
        (Digest::of(b"a policy"), GapReason::Damaged),
    ];
    wanted.sort_by_key(|(digest, _)| *digest);
    assert_eq!(reasons, wanted);
    assert_eq!(check(&file, key.keys(), None).unwrap().found, made);
    // Neither can be hidden afterwards, and none made up.
    let whole = opened(&file, key.keys());
    let changes: [fn(&mut Opened); 4] = [
        |backup| drop(backup.manifest.gaps.pop()),
        |backup| backup.manifest.gaps[0].belongs_to[0] = "“Something else”".into(),
        |backup| backup.manifest.gaps[0].digest = Digest::of(b"x"),
        |backup| backup.manifest.gaps.clear(),
    ];
    for change in changes {
        let mut changed = whole.clone();
        change(&mut changed);
        let refused = check(&changed.written(&locked.lock), key.keys(), None).unwrap_err();
        assert!(matches!(refused, BackupProblem::Faults { about: About::Backup, .. }));
    }
    for place in Place::each() {
        assert_eq!(place.restore(&file, key.keys()).unwrap().found, made);
        let app = place.settled(&world).await;
        let opened = document_open(&app, &world.owner, id, None).await;
        let before = document_open(&world.app, &world.owner, id, None).await;
        let code = |result: Result<_, Problem>| result.map(|_| ()).unwrap_err().sentence();
        assert_eq!(code(opened), code(before));
        app.store().clone().close();
    }
}

/// What a backup of this is refused for.
fn faults(world: &World) -> Vec<String> {
    match try_make(world, &Locked::new().lock, saved_files()) {
        Err(BackupProblem::Faults { told, .. }) => told,
        other => panic!("{:?}", other.map(|(file, _)| file.len())),
    }
}

fn object_path(world: &World, bytes: &[u8]) -> PathBuf {
    let digest = Digest::of(bytes).to_string();
    let (first, rest) = digest.split_at(2);
    let organisation = world.organisation().to_string();
    world.folder.path().join("objects").join(organisation).join(first).join(rest)
}

async fn an_object_that_is_damaged_or_missing_is_no_part_of_a_backup(world: World) {
    lived_in(&world).await;
    let digest = Digest::of(b"a policy").to_string();
    let path = object_path(&world, b"a policy");
    fs::write(&path, b"A policy").unwrap();
    let found = faults(&world);
    assert!(found[0].contains("is damaged") && found[0].contains(&digest), "{found:?}");
    fs::write(&path, b"a policy, and more").unwrap();
    assert!(faults(&world).iter().any(|fault| fault.contains("is damaged")));
    fs::remove_file(&path).unwrap();
    let found = faults(&world);
    assert!(found.len() == 1 && found[0].contains("is missing (“policy"), "{found:?}");
    fs::write(&path, b"a policy").unwrap();
    make(&world, &Locked::new().lock);
}

async fn a_body_that_was_changed_is_no_part_of_a_backup(world: World) {
    lived_in(&world).await;
    world.tamper("UPDATE entry_body SET body = salt WHERE log <> 'installation' AND idx = 3").await;
    let found = faults(&world);
    assert!(found.len() == 1 && found[0].contains("the body of entry 3"), "{found:?}");
}

async fn an_older_database_than_its_checkpoint_is_no_part_of_a_backup(world: World) {
    lived_in(&world).await;
    let place = Place::each().remove(0);
    let old: DatabaseUrl = world.url.parse().unwrap();
    apart(|| database_move(&old, &place.url, NOW, &mut ignore)).unwrap();
    for _ in 0..3 {
        world.record().await;
    }
    world.integrate().await;
    let world = World { url: place.address(), ..world };
    let found = faults(&world);
    assert!(found[0].contains("the database is older than it"), "{found:?}");
}

async fn without_the_master_key_it_must_be_given(world: World) {
    lived_in(&world).await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let (file, _) = try_make(&world, &locked.lock, Vec::new()).unwrap();
    assert!(!check(&file, key.keys(), None).unwrap().has_master_key);
    let text =
        String::from_utf8_lossy(&opened(&file, key.keys()).written(&locked.lock)).into_owned();
    assert!(!text.contains(&hex::encode([5; 32])));
    for place in Place::each() {
        let refused = place.restore(&file, key.keys()).unwrap_err();
        assert!(matches!(refused, BackupProblem::NoMasterKey), "{refused:?}");
        let other = Some(Secret::new([6; 32]));
        let refused = place.restore_with(&file, key.keys(), other, None).unwrap_err();
        let BackupProblem::Faults { told: found, .. } = &refused else { panic!("{refused:?}") };
        assert!(found[0].contains("another installation's"), "{found:?}");
        assert!(place.is_empty());
        place.restore_with(&file, key.keys(), Some(Secret::new([5; 32])), None).unwrap();
        place.settled(&world).await.store().clone().close();
    }
}

async fn two_histories_are_told_apart(world: World) {
    lived_in(&world).await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let file = make(&world, &locked.lock);
    // The same installation goes on here, and from the backup elsewhere.
    let place = Place::each().remove(0);
    place.restore(&file, key.keys()).unwrap();
    place.settled(&world).await.store().clone().close();
    for _ in 0..5 {
        world.record().await;
    }
    world.integrate().await;
    let elsewhere = place.folder.path().join("ledger").join(world.log().to_string());
    let elsewhere = Known::of_checkpoint(&fs::read(elsewhere.join("checkpoint")).unwrap()).unwrap();
    let newer = make(&world, &locked.lock);
    let refused = check(&newer, key.keys(), Some(elsewhere)).unwrap_err();
    assert!(matches!(refused, BackupProblem::Forked { .. }), "{refused:?}");
    let other = World::sqlite().await;
    lived_in(&other).await;
    // Seeded alike, the other one has the same ids: its log parts from this one's.
    let refused = check(&newer, key.keys(), Some(checkpoint(&other)));
    assert!(refused.is_err() || other.log() == world.log(), "{refused:?}");
    let _: Time = world.now();
}
