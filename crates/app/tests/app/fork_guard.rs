//! The fork guard: an older or another database in the place of the right one is refused before
//! anything is served.

use crate::world::{NOW, World, code, on_both, open, record};
use closedset_app::{App, Problem, ledger};
use closedset_core::{entry::Log, time::ManualClock};
use closedset_testing::Postgres;
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;

on_both!(
    an_unchanged_database_goes_on,
    a_restored_older_database_is_refused,
    a_database_that_lost_nothing_signed_goes_on,
    another_history_is_refused,
    another_history_that_was_built_elsewhere_is_refused,
    another_history_is_not_signed_while_the_server_runs,
    a_checkpoint_that_was_taken_away_is_missed,
    a_checkpoint_that_this_log_never_signed_is_refused,
    an_empty_database_is_refused,
    a_damaged_tile_is_named_at_the_start,
    another_master_key_opens_no_log,
);

/// An installation that nobody runs.
struct Still {
    url: String,
    folder: TempDir,
    log: Log,
    clock: Arc<ManualClock>,
}

impl Still {
    fn of(world: World) -> Self {
        let log = world.log();
        let World { app, url, folder, clock, .. } = world;
        app.store().clone().close();
        drop(app);
        Self { url, folder, log, clock }
    }

    /// A copy of the database as it is now.
    fn copy(&self) -> String {
        match self.url.strip_prefix("sqlite:") {
            Some(file) => {
                let count = fs::read_dir(self.folder.path()).unwrap().count();
                let copy = self.folder.path().join(format!("copy-{count}.sqlite"));
                fs::copy(file, &copy).unwrap();
                // A store that was closed leaves nothing beside the file.
                let wal = fs::metadata(format!("{file}-wal"));
                assert!(wal.is_err() || wal.unwrap().len() == 0);
                format!("sqlite:{}", copy.display())
            }
            None => {
                let name = self.url.rsplit('/').next().unwrap();
                Postgres::shared().unwrap().database_with(&format!("TEMPLATE {name}")).url
            }
        }
    }

    fn open(&self, url: &str) -> App {
        open(url, self.folder.path(), &self.clock, 21)
    }

    /// Runs the database at `url` for a few more entries.
    async fn go_on(&self, url: &str, entries: usize) {
        let app = self.open(url);
        ledger::open(&app).await.unwrap();
        self.write(&app, entries).await;
        ledger::integrate(&app, self.log).await.unwrap();
        app.store().clone().close();
    }

    async fn write(&self, app: &App, entries: usize) {
        let Log::Organisation(organisation) = self.log else { unreachable!() };
        for _ in 0..entries {
            record(app, organisation).await;
        }
    }

    /// Opens, demands the refusal, and demands that the log stays closed; says why.
    async fn refused(&self, url: &str) -> String {
        let app = self.open(url);
        let problem = ledger::open(&app).await.unwrap_err();
        assert_eq!(code(&problem), "ledger.closed", "{problem:?}");
        assert!(problem.remedy().contains("copy of the data folder"), "{}", problem.remedy());
        let extended = ledger::integrate(&app, self.log).await.unwrap_err();
        assert!(matches!(extended, Problem::LedgerClosed(_)), "{extended:?}");
        assert!(ledger::is_ready(&app).await.is_err());
        app.store().clone().close();
        problem.sentence()
    }
}

async fn begun(world: World, entries: usize) -> Still {
    for _ in 0..entries {
        world.record().await;
    }
    world.integrate().await;
    Still::of(world)
}

async fn an_unchanged_database_goes_on(world: World) {
    let still = begun(world, 5).await;
    still.go_on(&still.url, 300).await;
    still.go_on(&still.url, 3).await;
}

async fn a_restored_older_database_is_refused(world: World) {
    let still = begun(world, 5).await;
    let backup = still.copy();
    still.go_on(&still.url, 5).await;
    let why = still.refused(&backup).await;
    assert!(why.contains("older copy was restored") && why.contains("45 entries"), "{why}");
    // Writing on in the older one until it is as long does not help: its history is another.
    let app = still.open(&backup);
    still.write(&app, 10).await;
    app.store().clone().close();
    let why = still.refused(&backup).await;
    assert!(why.contains("another history"), "{why}");
    // The right one is as good as before.
    still.go_on(&still.url, 1).await;
}

async fn a_database_that_lost_nothing_signed_goes_on(world: World) {
    let still = begun(world, 5).await;
    // Entries that were acknowledged and then not built on before the server stopped.
    let app = still.open(&still.url);
    still.write(&app, 7).await;
    app.store().clone().close();
    let copy = still.copy();
    still.go_on(&copy, 0).await;
    let app = still.open(&copy);
    let head = ledger::integrate(&app, still.log).await.unwrap();
    assert_eq!(head.size.0, 34 + 1 + 5 + 7);
}

async fn another_history_is_refused(world: World) {
    let still = begun(world, 5).await;
    let other = still.copy();
    still.go_on(&still.url, 3).await;
    // The copy was written to elsewhere, further than what is signed here.
    let elsewhere = tempfile::tempdir().unwrap();
    let app = open(&other, elsewhere.path(), &still.clock, 22);
    still.write(&app, 8).await;
    app.store().clone().close();
    let why = still.refused(&other).await;
    assert!(why.contains("another history"), "{why}");
}

async fn another_history_that_was_built_elsewhere_is_refused(world: World) {
    let still = begun(world, 5).await;
    let other = still.copy();
    let elsewhere = tempfile::tempdir().unwrap();
    copy_folder(&still.folder.path().join("ledger"), &elsewhere.path().join("ledger"));
    still.go_on(&still.url, 3).await;
    let app = open(&other, elsewhere.path(), &still.clock, 22);
    ledger::open(&app).await.unwrap();
    still.write(&app, 3).await;
    ledger::integrate(&app, still.log).await.unwrap();
    app.store().clone().close();
    let why = still.refused(&other).await;
    assert!(why.contains("not those of its database"), "{why}");
}

async fn another_history_is_not_signed_while_the_server_runs(world: World) {
    let still = begun(world, 5).await;
    let other = still.copy();
    still.go_on(&still.url, 3).await;
    let file = still.folder.path().join("ledger").join(still.log.to_string()).join("checkpoint");
    let signed = fs::read(&file).unwrap();
    // The older database is put back under a server that was started before, and goes on further
    // than what was signed: its tiles are of other sizes and meet none of the first history.
    let app = still.open(&other);
    still.write(&app, 8).await;
    for _ in 0..2 {
        let problem = ledger::integrate(&app, still.log).await.unwrap_err();
        assert!(problem.sentence().contains("another history"), "{}", problem.sentence());
    }
    assert!(ledger::is_ready(&app).await.is_err());
    assert_eq!(fs::read(&file).unwrap(), signed);
    app.store().clone().close();
    // Nor at the next start, though the tiles of what was signed are still there.
    let why = still.refused(&other).await;
    assert!(why.contains("another history"), "{why}");
    still.go_on(&still.url, 1).await;
}

async fn a_checkpoint_that_was_taken_away_is_missed(world: World) {
    let still = begun(world, 5).await;
    let older = still.copy();
    still.go_on(&still.url, 3).await;
    let file = still.folder.path().join("ledger").join(still.log.to_string()).join("checkpoint");
    let app = still.open(&older);
    let signed = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let problem = ledger::integrate(&app, still.log).await.unwrap_err();
    assert!(problem.sentence().contains("is gone"), "{}", problem.sentence());
    app.store().clone().close();
    for url in [&older, &still.url] {
        let why = still.refused(url).await;
        assert!(why.contains("is gone"), "{why}");
    }
    fs::write(&file, signed).unwrap();
    still.go_on(&still.url, 1).await;
}

async fn a_checkpoint_that_this_log_never_signed_is_refused(world: World) {
    let still = begun(world, 5).await;
    let file = still.folder.path().join("ledger").join(still.log.to_string()).join("checkpoint");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\n40\n", "\n4\n", 1)).unwrap();
    let why = still.refused(&still.url).await;
    assert!(why.contains("not one of its own"), "{why}");
    fs::write(&file, b"\xff\x00 not a note").unwrap();
    still.refused(&still.url).await;
    fs::write(&file, text).unwrap();
    still.go_on(&still.url, 1).await;
}

async fn an_empty_database_is_refused(world: World) {
    let still = begun(world, 5).await;
    let empty = match still.url.strip_prefix("sqlite:") {
        Some(_) => format!("sqlite:{}", still.folder.path().join("empty.sqlite").display()),
        None => Postgres::shared().unwrap().database().url,
    };
    let app = still.open(&empty);
    let problem = ledger::open(&app).await.unwrap_err();
    assert!(problem.sentence().contains("knows no such log"), "{}", problem.sentence());
    assert!(ledger::is_ready(&app).await.is_err());
    still.go_on(&still.url, 1).await;
}

async fn a_damaged_tile_is_named_at_the_start(world: World) {
    let still = begun(world, 5).await;
    let folder = still.folder.path().join("ledger").join(still.log.to_string());
    let tile = folder.join("tile/0/000.p/40");
    let whole = fs::read(&tile).unwrap();
    fs::write(&tile, &whole[..whole.len() - 1]).unwrap();
    let why = still.refused(&still.url).await;
    assert!(why.contains("tile/0/000.p/40"), "{why}");
    fs::remove_file(&tile).unwrap();
    let why = still.refused(&still.url).await;
    assert!(why.contains("tile/0/000.p/40"), "{why}");
    fs::write(&tile, whole).unwrap();
    still.go_on(&still.url, 1).await;
}

async fn another_master_key_opens_no_log(world: World) {
    let still = begun(world, 5).await;
    let elsewhere = tempfile::tempdir().unwrap();
    copy_folder(&still.folder.path().join("ledger"), &elsewhere.path().join("ledger"));
    let clock = Arc::new(ManualClock::new(NOW));
    let app = crate::world::open_with_key(&still.url, elsewhere.path(), &clock, [6; 32]);
    let problem = ledger::open(&app).await.unwrap_err();
    assert!(problem.to_string().contains("master key"), "{problem}");
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
