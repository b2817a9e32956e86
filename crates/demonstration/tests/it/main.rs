//! A short story, told to its end: what it leaves is what a real facility would have, and whole.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod without_names;

use closedset_app::{
    App, AppOptions, Caller, MasterKey, board, demonstration, devices,
    exceptions::exception_list,
    ledger, organisations, packs,
    tasks::{TaskState, TasksOf, is_of_leaving, task_list},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor, Clock, Digest, Duration, Randomness, Role, Secret, Status, Time,
    entry::Log,
    id::{Id, Organisation},
    randomness::Seeded,
    time::ManualClock,
};
use closedset_demonstration::{DeviceKeys, Plan, SignIn, Soil, StoryClock, grow, new_codes};
use closedset_objects::{Objects, TileFiles};
use closedset_pack::{Outcome, VerifyOptions};
use closedset_store::{Store, StoreOptions};
use std::{collections::BTreeMap, io::Cursor, io::Read as _, sync::Arc};
use tempfile::TempDir;

/// 22 November 2026.
const NOW: Time = Time::from_millis(1_795_370_400_000);

struct Told {
    app: App,
    caller: Caller,
    sign_in: SignIn,
    _folder: TempDir,
}

/// Tells the last weeks of the story.
async fn told(days: i64, secrets: u64) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::new(Arc::new(ManualClock::new(NOW))));
    let randomness: Arc<dyn Randomness> = Arc::new(Seeded::new(secrets));
    let shared: Arc<dyn Clock> = clock.clone();
    let url = format!("sqlite:{}", folder.path().join("closedset.sqlite").display());
    let options = StoreOptions::new(url.parse().unwrap(), shared.clone(), randomness.clone());
    let token = Secret::<32>::new([9; 32]);
    let app = App::new(AppOptions {
        store: Store::open(options).unwrap(),
        objects: Objects::open(folder.path().join("objects")).unwrap(),
        tiles: TileFiles::open(folder.path().join("ledger")).unwrap(),
        work_folder: folder.path().to_owned(),
        catalogue: Catalogue::embedded().unwrap(),
        clock: shared,
        randomness: randomness.clone(),
        master_key: MasterKey::new(&Secret::new([5; 32])),
        public_url: "https://localhost:8443".into(),
        pin: Digest::of(b"key"),
        reaching: None,
        set_up_token: Some(Secret::new([9; 32])),
        set_up_token_file: None,
        check_in_every_s: 300,
        enrols_this_computer: false,
        mail: Default::default(),
    });
    demonstration::begin(&app).await.unwrap();
    let plan = Plan { days, ..Plan::default() };
    let keys = DeviceKeys::new([3; 32]);
    let soil = Soil {
        app: &app,
        clock: &clock,
        keys: &keys,
        token: &token.to_token(),
        randomness: &*randomness,
    };
    let sign_in = grow(soil, plan, &|_, _| {}).await.unwrap();
    let organisation = organisations::organisation_list(&app).await.unwrap()[0].id;
    Told { app, caller: owner(organisation), sign_in, _folder: folder }
}

fn owner(organisation: Id<Organisation>) -> Caller {
    Caller {
        actor: Actor::Operator(0),
        name: "operator 0".into(),
        organisation,
        allowed: Role::Owner.actions(),
        factor_at: None,
        session: None,
    }
}

/// How many entries there are of each kind.
async fn kinds(told: &Told) -> BTreeMap<String, u64> {
    let log = Log::Organisation(told.caller.organisation);
    let envelopes = told
        .app
        .store()
        .read(move |tx| -> Result<_, closedset_app::Problem> {
            Ok(closedset_store::ledger::entries_from(tx, log, 0, i64::MAX)?)
        })
        .await
        .unwrap();
    let mut kinds = BTreeMap::new();
    for envelope in envelopes {
        let envelope = closedset_core::entry::Envelope::from_canonical(&envelope).unwrap();
        *kinds.entry(envelope.kind).or_default() += 1;
    }
    kinds
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_leaves_a_facility_that_is_whole_and_says_what_it_is() {
    let told = told(40, 11).await;
    let Told { app, caller, sign_in, .. } = &told;

    let board = board::board(app, caller, None).await.unwrap();
    assert_eq!(board.devices, 60);
    assert!(board.to_confirm.is_none(), "a person said of each computer what it is");
    let of = |id: &str| board.controls.iter().find(|one| one.id == id).unwrap().status.status;
    for id in ["IS-6", "IS-7", "IS-9", "IS-12"] {
        assert_eq!(of(id), Status::Fail, "{id}");
    }
    for id in ["AD-7", "PH-3"] {
        assert_eq!(of(id), Status::Unknown, "{id}: nothing was given, or it lapsed");
    }
    assert_eq!(of("IS-10"), Status::Excepted);
    // By the registers, which the owner looked through, and by the handbook.
    for id in ["AD-2", "AD-4", "AD-5"] {
        assert_eq!(of(id), Status::Pass, "{id}");
    }
    // By counting: two who are engaged have not signed yet.
    assert_eq!(of("AD-3"), Status::Fail);
    for id in ["PH-1", "IS-3", "IS-11", "IS-15", "IR-1"] {
        assert_eq!(of(id), Status::Pass, "{id}");
    }
    assert!(!board.turns.is_empty(), "something changed this week");
    assert!(board.over_time.trend.len() > 4, "every week since it began");
    let turned = &board.over_time.changed.turns;
    assert!(turned.iter().any(|turn| turn.turned_by.is_some()), "{turned:?}");

    let (some, more) = devices::device_list(app, caller, None, 200).await.unwrap();
    assert_eq!((some.len(), more), (60, false));
    let silent =
        some.iter().filter(|one| NOW.since(one.state.confirmed_at) > Duration::from_days(1));
    assert_eq!(silent.map(|one| one.device.name.as_str()).collect::<Vec<_>>(), ["mbp-silva"]);
    let (open, _) =
        task_list(app, caller, TaskState::Open, TasksOf::Anybody, None, 200).await.unwrap();
    let (done, _) =
        task_list(app, caller, TaskState::Done, TasksOf::Anybody, None, 200).await.unwrap();
    // Somebody leaves, and two of six things are back; of the others one is somebody's, and the review of a risk its owner's.
    let (leaving, others): (Vec<_>, Vec<_>) = open.iter().partition(|task| is_of_leaving(task));
    assert_eq!((leaving.len(), leaving.iter().all(|task| task.plan.owner.is_some())), (4, true));
    assert_eq!(others.iter().filter(|task| task.plan.owner.is_some()).count(), 2);
    assert!(open.len() >= 4 && done.len() >= 4, "{} {}", open.len(), done.len());
    assert!(!exception_list(app, caller, None, 10).await.unwrap().0.is_empty());

    let whole = ledger::verify(app, caller).await.unwrap();
    assert!(whole.faults.is_empty() && whole.entries > 500, "{whole:?}");
    let pack = packs::pack_list(app, caller).await.unwrap().remove(0);
    let (_, mut file) = packs::pack_open(app, caller, pack.id).await.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    let catalogue = Catalogue::embedded().unwrap();
    let again = packs::Remake::new(&catalogue);
    let options = VerifyOptions { recompute: Some(&again), ..VerifyOptions::default() };
    let report = closedset_pack::verify(Cursor::new(bytes), &options).unwrap();
    assert_eq!(report.outcome(), Outcome::Demonstration, "{:#?}", report.findings);

    let codes = new_codes(app, sign_in).await.unwrap();
    assert_eq!(codes.len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_tells_the_same_story_with_other_secrets() {
    let (one, other) = (told(5, 11).await, told(5, 12).await);
    assert_eq!(kinds(&one).await, kinds(&other).await);
    assert_ne!(one.sign_in.password, other.sign_in.password);
    assert_ne!(one.sign_in.totp, other.sign_in.totp);
}
