//! Mail, handed to a server that we did not write: who gets one when, and what it never says.

use crate::{
    backup::{Locked, lived_in, make, restored},
    computer::{Computer, screen_lock},
    world::{Bare, World, code, on_both, open_with_key, open_with_mail, profile},
};
use closedset_app::{
    App, Caller, Problem, demonstration,
    mail::{self, MailOptions, NewMailServer, Source, WeeklyDay},
    organisations, people, sweep, tasks,
};
use closedset_core::{
    Actor, Duration, Role, Time,
    entry::Log,
    id::{Id, Person},
};
use closedset_outbound::{Address, MailServer, Security, Sender};
use closedset_store::{Scope, mail::MailRow, people as people_store};
use closedset_testing::mail::{Foreign, parsed};
use serde_json::Value;

on_both!(
    everybody_who_has_something_to_do_gets_one_mail_a_week,
    two_servers_send_one_mail,
    nobody_gets_mail_who_does_not_belong_any_more,
    a_server_that_was_off_sends_one_mail_or_none,
    a_mail_waits_for_its_server_and_is_given_up_in_the_end,
    an_address_that_is_refused_is_given_up_at_once_and_stands_nowhere,
    a_link_ends_the_mails_of_nobody_else,
    one_organisation_keeps_the_mail_server,
    where_mail_goes_is_said_by_people_who_show_that_it_is_them,
    a_password_goes_to_the_server_that_it_was_entered_for,
    a_test_mail_tells_what_the_server_said,
    a_restored_copy_sends_nothing_until_somebody_says_so,
    a_mail_server_in_the_configuration_begins_by_itself,
);

/// What computers are called in these tests.
const NAMES: [&str; 2] = ["grading", "dubbing"];

/// Monday, 16 March 2026, seven in the morning in Stockholm.
const MONDAY: Time = Time::from_millis(1_773_640_800_000);

fn settings(port: u16) -> NewMailServer {
    NewMailServer {
        host: "localhost".into(),
        port: Some(port.into()),
        security: "plain".into(),
        sender_name: "Closedset".into(),
        sender: "closedset@halide.example".into(),
        ..NewMailServer::default()
    }
}

async fn with_server(world: &World) -> Foreign {
    let foreign = Foreign::start(None, &[]);
    mail::server_put(&world.app, &world.owner, settings(foreign.port)).await.unwrap();
    foreign
}

fn go_to(world: &World, at: Time) {
    world.advance(at.since(world.now()));
}

async fn run(app: &App) {
    sweep::sweep(app).await.unwrap();
    mail::deliver(app).await.unwrap();
}

async fn mails(world: &World) -> Vec<MailRow> {
    let organisation = world.organisation();
    world.read(move |tx| closedset_store::mail::mail_list(tx, organisation, 100)).await
}

async fn sent(world: &World) -> usize {
    mails(world).await.iter().filter(|row| row.sent_at.is_some()).count()
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (organisation, account) = (caller.organisation, caller.account().unwrap());
    let row = world.read(move |tx| people_store::membership_of(tx, account, organisation)).await;
    row.unwrap().person
}

/// The address that a letter says to post to.
fn stop_link(letter: &Value) -> String {
    let body = letter["body"].as_str().unwrap();
    let line = body.lines().find(|line| line.starts_with("List-Unsubscribe: ")).unwrap();
    let url = line.trim_start_matches("List-Unsubscribe: <").trim_end_matches('>');
    url.strip_prefix("https://closedset.example/mail/stop/").unwrap().to_owned()
}

async fn everybody_who_has_something_to_do_gets_one_mail_a_week(world: World) {
    let mut foreign = with_server(&world).await;
    let mut computer = Computer::enrolled(&world, 2).await;
    computer.say("screen_lock", screen_lock(60));
    computer.report(&world).await.unwrap();
    world.colleague("nils", Role::Member).await;
    world.colleague("olga", Role::Auditor).await;
    let (open, _) = tasks::task_list(
        &world.app,
        &world.owner,
        tasks::TaskState::Open,
        tasks::TasksOf::Anybody,
        None,
        50,
    )
    .await
    .unwrap();
    tasks::task_take(&world.app, &world.owner, open[0].id).await.unwrap();

    go_to(&world, MONDAY - Duration::from_millis(1));
    run(&world.app).await;
    assert_eq!(mails(&world).await.len(), 0, "not before seven");
    go_to(&world, MONDAY);
    run(&world.app).await;
    let owner = foreign.letter();
    assert_eq!(owner["from"], "closedset@halide.example");
    assert_eq!(owner["to"][0], "mira@halide.example");
    let read = parsed(owner["body"].as_str().unwrap());
    let text = read["text"].as_str().unwrap();
    assert!(text.contains("Hello Mira Lindqvist,"), "{text}");
    assert!(text.contains("IS-7") && text.contains("yours, "), "{text}");
    assert!(text.contains("https://closedset.example/tasks?of=me"), "{text}");
    assert!(text.contains(" of 33 requirements are met"), "{text}");
    assert_eq!(text.matches("https://closedset.example/controls/").count(), 3, "{text}");
    let whole = owner["body"].as_str().unwrap();
    for header in
        ["Auto-Submitted: auto-generated", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    {
        assert!(whole.contains(header), "{header}");
    }
    // No computer, nobody else, no reason.
    for word in NAMES.iter().chain(&["nils", "olga", "suite", "60 min", "ines", "locks after"]) {
        assert!(
            !text.contains(word) && !read["html"].as_str().unwrap().contains(word),
            "{word}: {text}"
        );
    }
    run(&world.app).await;
    world.advance(Duration::from_hours(2));
    run(&world.app).await;
    let rows = mails(&world).await;
    // The member's role shows nothing that is theirs or nobody's, the auditor does nothing here.
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].content, "", "what was sent is not kept");
    assert_eq!(sent(&world).await, 1);
    // The entry names the person, and no address.
    let page = closedset_store::ledger::Page { before: None, kind: Some("mail.written"), limit: 9 };
    let log = world.log();
    let entries = world.read(move |tx| closedset_store::ledger::entry_page(tx, log, page)).await;
    let body = world.body(entries[0].index).await;
    assert_eq!(body["person"], person_of(&world, &world.owner).await.to_string());
    assert!(!body.to_string().contains('@'));

    // Another day of the same week brings no second one; the next week does.
    let wednesday = WeeklyDay::from_number(3).unwrap();
    mail::weekly_day_set(&world.app, &world.owner, wednesday).await.unwrap();
    go_to(&world, MONDAY + Duration::from_days(2));
    run(&world.app).await;
    assert_eq!(mails(&world).await.len(), 1);
    go_to(&world, MONDAY + Duration::from_days(9));
    run(&world.app).await;
    let own = person_of(&world, &world.owner).await;
    let owners = async || mails(&world).await.iter().filter(|row| row.person == own).count();
    assert_eq!(owners().await, 2);
    // Something is nobody's by now, which is news for the member too.
    assert_eq!(sent(&world).await, 3);
    mail::weekly_day_set(&world.app, &world.owner, WeeklyDay::NEVER).await.unwrap();
    for _ in 0..10 {
        world.advance(Duration::from_days(1));
        run(&world.app).await;
    }
    assert_eq!(owners().await, 2);
    world.verify().await;
}

async fn two_servers_send_one_mail(world: World) {
    let mut foreign = with_server(&world).await;
    let other = world.second();
    go_to(&world, MONDAY);
    let (one, two) = tokio::join!(sweep::sweep(&world.app), sweep::sweep(&other));
    one.unwrap();
    two.unwrap();
    let (one, two) = tokio::join!(mail::deliver(&world.app), mail::deliver(&other));
    one.unwrap();
    two.unwrap();
    assert_eq!(sent(&world).await, 1);
    foreign.letter();
    foreign.stop();
    assert_eq!(foreign.letters_left(), 0);
}

async fn nobody_gets_mail_who_does_not_belong_any_more(world: World) {
    let foreign = with_server(&world).await;
    let gone = world.colleague("nils", Role::Coordinator).await;
    let person = person_of(&world, &gone).await;
    go_to(&world, MONDAY);
    sweep::sweep(&world.app).await.unwrap();
    assert_eq!(mails(&world).await.len(), 2);
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    people::person_remove(&world.app, &owner, person).await.unwrap();
    mail::deliver(&world.app).await.unwrap();
    let rows = mails(&world).await;
    let row = rows.iter().find(|row| row.person == person).unwrap();
    assert_eq!(row.sent_at, None);
    assert!(row.ended_why.as_deref().unwrap().contains("does not belong"));
    assert_eq!(row.content, "");
    assert_eq!(sent(&world).await, 1);
    let _ = foreign;
}

async fn a_server_that_was_off_sends_one_mail_or_none(world: World) {
    let _foreign = with_server(&world).await;
    // Three Mondays went by, the last two days ago.
    go_to(&world, MONDAY + Duration::from_days(16));
    run(&world.app).await;
    let rows = mails(&world).await;
    assert_eq!(rows.iter().map(|row| row.week.as_str()).collect::<Vec<_>>(), ["2026-03-30"]);
    // Off for longer than is worth being late.
    go_to(&world, MONDAY + Duration::from_days(25));
    run(&world.app).await;
    assert_eq!(mails(&world).await.len(), 1);
    go_to(&world, MONDAY + Duration::from_days(28));
    run(&world.app).await;
    assert_eq!(mails(&world).await.len(), 2);
}

async fn a_mail_waits_for_its_server_and_is_given_up_in_the_end(world: World) {
    let mut foreign = with_server(&world).await;
    let port = foreign.port;
    foreign.stop();
    go_to(&world, MONDAY);
    run(&world.app).await;
    let row = mails(&world).await.remove(0);
    assert!(row.sent_at.is_none() && row.attempts == 1, "{row:?}");
    assert!(row.answer.starts_with("The mail server could not be reached."), "{row:?}");
    run(&world.app).await;
    assert_eq!(mails(&world).await[0].attempts, 1, "it is not hurried");
    let mut back =
        Foreign::start(None, &["--port", &port.to_string(), "--answer", "data:451 4.3.0 later"]);
    world.advance(Duration::from_minutes(2));
    run(&world.app).await;
    let row = mails(&world).await.remove(0);
    assert!(row.attempts == 2 && row.answer.contains("451"), "{row:?}");
    back.stop();
    let mut back = Foreign::start(None, &["--port", &port.to_string()]);
    world.advance(Duration::from_minutes(6));
    run(&world.app).await;
    let letter = back.letter();
    let line = format!("Message-ID: <{}>", row.message_id);
    assert!(letter["body"].as_str().unwrap().contains(&line), "the same id, however often");
    assert_eq!(sent(&world).await, 1);

    back.stop();
    go_to(&world, MONDAY + Duration::from_days(7));
    for _ in 0..30 {
        run(&world.app).await;
        world.advance(Duration::from_hours(5));
    }
    let row = mails(&world).await.remove(0);
    assert!(row.ended_at.is_some() && row.next_at.is_none(), "{row:?}");
    assert!(row.answer.contains("could not be reached"));
    let kinds = world.kinds_from(0).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "mail.given_up").count(), 1);
}

async fn an_address_that_is_refused_is_given_up_at_once_and_stands_nowhere(world: World) {
    let spelt = "rcpt:550 5.1.1 <Mira@HALIDE.example> is no mailbox of Mira Lindqvist (mira)";
    let foreign = Foreign::start(None, &["--answer", spelt]);
    mail::server_put(&world.app, &world.owner, settings(foreign.port)).await.unwrap();
    go_to(&world, MONDAY);
    run(&world.app).await;
    let row = mails(&world).await.remove(0);
    assert!(row.ended_at.is_some() && row.attempts == 1, "{row:?}");
    assert_eq!(row.answer, "The mail server does not take mail for this address. 550 5.1.1");
    let newest = world.newest(world.log()).await;
    assert_eq!(newest.kind, "mail.given_up");
    assert!(!world.body(newest.index).await.to_string().contains('@'));
}

async fn a_link_ends_the_mails_of_nobody_else(world: World) {
    let mut foreign = with_server(&world).await;
    let other = world.colleague("nils", Role::Coordinator).await;
    go_to(&world, MONDAY);
    run(&world.app).await;
    let mut links = Vec::new();
    for _ in 0..2 {
        let letter = foreign.letter();
        links.push((letter["to"][0].as_str().unwrap().to_owned(), stop_link(&letter)));
    }
    let (_, link) = links.iter().find(|(to, _)| to == "mira@halide.example").unwrap();
    assert_eq!(mail::unsubscribe_offer(&world.app, link).await.unwrap(), "Halide Post");
    let day = async |caller: &Caller| {
        mail::reminders(&world.app, caller).await.unwrap().unwrap().day.number()
    };
    assert_eq!(day(&world.owner).await, 1, "to look is not to end");
    // What was changed by a letter, cut short, or made up, opens nothing.
    let mut bent = link.clone().into_bytes();
    bent[40] = if bent[40] == b'A' { b'B' } else { b'A' };
    for wrong in
        [String::from_utf8(bent).unwrap(), link[..60].to_owned(), String::new(), "../..".into()]
    {
        let refused = mail::unsubscribe(&world.app, &wrong).await.unwrap_err();
        assert!(matches!(refused, Problem::NotFound(_)), "{wrong}");
    }
    let elsewhere = open_with_key(&world.url, world.folder.path(), &world.clock, [6; 32]);
    assert!(mail::unsubscribe(&elsewhere, link).await.is_err());
    drop(elsewhere);
    mail::unsubscribe(&world.app, link).await.unwrap();
    mail::unsubscribe(&world.app, link).await.unwrap();
    assert_eq!((day(&world.owner).await, day(&other).await), (0, 1));
    assert_eq!(world.newest(world.log()).await.kind, "mail.day_changed");
    // Whoever is gone is not told of, and nothing is written for them.
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    people::person_remove(&world.app, &owner, person_of(&world, &other).await).await.unwrap();
    let (_, theirs) = links.iter().find(|(to, _)| to == "nils@halide.example").unwrap();
    let before = world.entry_count(world.log()).await;
    assert!(mail::unsubscribe(&world.app, theirs).await.is_err());
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn one_organisation_keeps_the_mail_server(world: World) {
    let foreign = Foreign::start(None, &[]);
    let profile = organisations::Profile { organisation: "Southpaw VFX".into(), ..profile() };
    world.advance(Duration::from_minutes(1));
    let there = organisations::organisation_add(&world.app, &world.owner, profile).await.unwrap();
    let account = world.owner.account().unwrap();
    let actor = Actor::Account { account, organisation: there };
    let other = Caller { organisation: there, actor, ..world.owner.clone() };
    let refused = mail::server_put(&world.app, &other, settings(foreign.port)).await.unwrap_err();
    assert_eq!(refused.code(), "mail.not_keeper");
    mail::server_put(&world.app, &world.owner, settings(foreign.port)).await.unwrap();
    for refused in [
        mail::server_remove(&world.app, &other).await.unwrap_err(),
        mail::resume(&world.app, &other).await.unwrap_err(),
        mail::test(&world.app, &other).await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), "mail.not_keeper");
    }
    let shown = mail::settings(&world.app, &other).await.unwrap();
    assert!(shown.source == Source::Screen && shown.server.is_none() && !shown.is_keeper);
    // Their mail goes by it all the same; each says of which organisation it is, and links to nothing of
    // the other's.
    let mut foreign = foreign;
    go_to(&world, MONDAY);
    run(&world.app).await;
    let mut about = Vec::new();
    for _ in 0..2 {
        let letter = foreign.letter();
        let read = parsed(letter["body"].as_str().unwrap());
        let text = read["text"].as_str().unwrap().to_owned();
        assert!(text.contains("You belong to several organisations"), "{text}");
        assert!(text.contains("Halide Post") != text.contains("Southpaw VFX"), "{text}");
        about.push(read["subject"].as_str().unwrap().to_owned());
    }
    about.sort();
    assert!(about[0].ends_with("Halide Post") && about[1].ends_with("Southpaw VFX"), "{about:?}");
    assert_eq!(mail::settings(&world.app, &other).await.unwrap().mails.len(), 1);
    // A role that changes no settings changes this one neither, nor sees it.
    let member = world.as_role(Role::Member);
    assert!(matches!(mail::settings(&world.app, &member).await, Err(Problem::Forbidden)));
    let auditor = world.as_role(Role::Auditor);
    assert!(matches!(mail::test(&world.app, &auditor).await, Err(Problem::Forbidden)));
}

async fn where_mail_goes_is_said_by_people_who_show_that_it_is_them(world: World) {
    let (app, port) = (&world.app, 9);
    let organisation = world.organisation();
    let actor = Actor::Token { token: Id::from_bits(5), organisation };
    let token = Caller { actor, factor_at: None, ..world.owner.clone() };
    let tried = async |caller: &Caller, expected: &str| {
        for refused in [
            mail::server_put(app, caller, settings(port)).await.unwrap_err(),
            mail::server_remove(app, caller).await.unwrap_err(),
            mail::resume(app, caller).await.unwrap_err(),
        ] {
            assert_eq!(refused.code(), expected);
        }
    };
    tried(&token, "role.forbids").await;
    world.advance(Duration::from_minutes(11));
    tried(&world.owner, "factor.stale").await;
    assert_eq!(mail::settings(app, &world.owner).await.unwrap().source, Source::Nowhere);
    let operator = Caller { actor: Actor::Operator(0), ..token };
    mail::server_put(app, &operator, settings(port)).await.unwrap();
}

async fn a_password_goes_to_the_server_that_it_was_entered_for(world: World) {
    let put = async |new| mail::server_put(&world.app, &world.owner, new).await;
    let whole = || NewMailServer {
        host: "mail.halide.example".into(),
        port: None,
        security: "tls".into(),
        user: "post".into(),
        password: "tungsten gate".to_owned().into(),
        ..settings(25)
    };
    let kept = || NewMailServer { password: String::new().into(), ..whole() };
    assert_eq!(code(&put(kept()).await.unwrap_err()), "password", "there is none yet");
    put(whole()).await.unwrap();
    put(kept()).await.unwrap();
    put(NewMailServer { sender_name: "Post".into(), ..kept() }).await.unwrap();
    for led_away in [
        NewMailServer { host: "mail.evil.example".into(), ..kept() },
        NewMailServer { port: Some(2525), ..kept() },
        NewMailServer { user: "eve".into(), ..kept() },
        NewMailServer { security: "starttls".into(), ..kept() },
    ] {
        assert_eq!(code(&put(led_away).await.unwrap_err()), "password");
    }
    let shown = mail::settings(&world.app, &world.owner).await.unwrap();
    assert!(!format!("{shown:?}").contains("tungsten"));
    let row = world.read(closedset_store::mail::mail_server).await.unwrap();
    let sealed = row.password_sealed.unwrap();
    assert!(!sealed.windows(8).any(|window| window == b"tungsten"));
    for (wrong, field) in [
        (NewMailServer { security: "plain".into(), ..whole() }, "security"),
        (NewMailServer { security: "none".into(), ..whole() }, "security"),
        (NewMailServer { port: Some(0), ..whole() }, "port"),
        (NewMailServer { port: Some(70_000), ..whole() }, "port"),
        (NewMailServer { host: "a\r\nb".into(), ..whole() }, "host"),
        (NewMailServer { sender: "me\r\nBcc: x@y.example".into(), ..whole() }, "sender"),
        (NewMailServer { user: String::new(), ..whole() }, "user"),
    ] {
        assert_eq!(code(&put(wrong).await.unwrap_err()), field);
    }
    let stale = Caller { factor_at: None, ..world.owner.clone() };
    let refused = mail::server_put(&world.app, &stale, whole()).await.unwrap_err();
    assert_eq!(refused.code(), closedset_app::accounts::FACTOR_STALE);
    let page =
        closedset_store::ledger::Page { before: None, kind: Some("mail.server_changed"), limit: 9 };
    let count = world
        .read(move |tx| closedset_store::ledger::entry_page(tx, Log::Installation, page))
        .await
        .len();
    assert_eq!(count, 3);
    mail::server_remove(&world.app, &world.owner).await.unwrap();
    let shown = mail::settings(&world.app, &world.owner).await.unwrap();
    assert_eq!(shown.source, Source::Nowhere);
    go_to(&world, MONDAY);
    run(&world.app).await;
    assert_eq!(mails(&world).await.len(), 0, "no server, no mail, no error");
}

async fn a_test_mail_tells_what_the_server_said(world: World) {
    let refused = mail::test(&world.app, &world.owner).await.unwrap_err();
    assert_eq!(refused.code(), "mail.no_server");
    let mut foreign = with_server(&world).await;
    let answer = mail::test(&world.app, &world.owner).await.unwrap();
    assert!(answer.is_sent && answer.answer.contains("250 taken"), "{answer:?}");
    assert_eq!(foreign.letter()["to"][0], "mira@halide.example");
    foreign.stop();
    for _ in 0..19 {
        mail::test(&world.app, &world.owner).await.unwrap();
    }
    let again = mail::test(&world.app, &world.owner).await.unwrap_err();
    assert!(matches!(again, Problem::Limited { retry_after_s: 3601 }), "{again:?}");
    world.advance(Duration::from_hours(1));
    let answer = mail::test(&world.app, &world.owner).await.unwrap();
    assert!(!answer.is_sent && answer.sentence.contains("could not be reached"), "{answer:?}");
    let operator = Caller { actor: Actor::Operator(0), ..world.owner.clone() };
    let refused = mail::test(&world.app, &operator).await.unwrap_err();
    assert_eq!(refused.code(), "mail.no_recipient");
}

async fn a_restored_copy_sends_nothing_until_somebody_says_so(world: World) {
    let foreign = with_server(&world).await;
    lived_in(&world).await;
    go_to(&world, MONDAY);
    sweep::sweep(&world.app).await.unwrap();
    world.integrate().await;
    let locked = Locked::new();
    let made = make(&world, &locked.lock);
    mail::deliver(&world.app).await.unwrap();
    assert_eq!(sent(&world).await, 1);
    // The copy was made between writing and sending, and awakes two days later.
    go_to(&world, MONDAY + Duration::from_days(2));
    let (_place, copy) = restored(&world, &made, &locked).await;
    run(&copy).await;
    let organisation = world.organisation();
    let read = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        Ok(closedset_store::mail::mail_list(tx, organisation, 10)?)
    };
    let rows = copy.store().read(read).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].sent_at.is_none() && rows[0].ended_why.is_some(), "{rows:?}");
    let shown = mail::settings(&copy, &world.owner).await.unwrap();
    assert!(shown.held_at.is_some());
    // Nor the next weeks, as long as nobody says so; then from the next week on.
    go_to(&world, MONDAY + Duration::from_days(8));
    run(&copy).await;
    assert_eq!(copy.store().read(read).await.unwrap().len(), 1);
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    mail::resume(&copy, &owner).await.unwrap();
    run(&copy).await;
    assert_eq!(copy.store().read(read).await.unwrap().len(), 1, "this week is the other's");
    go_to(&world, MONDAY + Duration::from_days(14));
    run(&copy).await;
    assert_eq!(copy.store().read(read).await.unwrap().len(), 2);
    drop(foreign);
}

async fn a_mail_server_in_the_configuration_begins_by_itself(world: World) {
    let mut foreign = Foreign::start(None, &[]);
    let address = Address::parse("closedset@halide.example").unwrap();
    let server = MailServer {
        host: "localhost".into(),
        port: foreign.port,
        security: Security::Plain,
        login: None,
        sender: Sender { name: "Closedset".into(), address },
    };
    let options = MailOptions { server: Some(server), ..MailOptions::default() };
    let app = open_with_mail(&world.url, world.folder.path(), &world.clock, options);
    run(&app).await;
    assert_eq!(world.newest(Log::Installation).await.kind, "mail.began");
    let shown = mail::settings(&app, &world.owner).await.unwrap();
    assert_eq!(shown.source, Source::Configuration);
    for refused in [
        mail::server_put(&app, &world.owner, settings(1)).await.unwrap_err(),
        mail::server_remove(&app, &world.owner).await.unwrap_err(),
    ] {
        assert_eq!(refused.code(), "mail.configured");
    }
    go_to(&world, MONDAY);
    run(&app).await;
    assert_eq!(foreign.letter()["to"][0], "mira@halide.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demonstration_sends_nothing_anywhere() {
    let bare = Bare::sqlite();
    let foreign = Foreign::start(None, &[]);
    let (_, owner) = crate::demonstration::begun(&bare).await;
    let address = Address::parse("closedset@halide.example").unwrap();
    let server = MailServer {
        host: "localhost".into(),
        port: foreign.port,
        security: Security::Plain,
        login: None,
        sender: Sender { name: "Closedset".into(), address },
    };
    let options = MailOptions { server: Some(server), ..MailOptions::default() };
    let app = open_with_mail(&bare.url, bare.folder.path(), &bare.clock, options);
    assert!(demonstration::is_demonstration(&app).await.unwrap());
    for app in [&app, &bare.app] {
        assert_eq!(mail::test(app, &owner).await.unwrap_err().code(), "mail.demonstration");
        let refused = mail::server_put(app, &owner, settings(foreign.port)).await.unwrap_err();
        assert_eq!(refused.code(), "mail.demonstration");
    }
    bare.clock.advance(MONDAY.since(app.now()));
    run(&app).await;
    let organisation = owner.organisation;
    let count = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        Ok(closedset_store::mail::mail_list(tx, organisation, 10)?.len())
    };
    assert_eq!(app.store().read(count).await.unwrap(), 0);
    // Not even what somebody else laid into its outbox.
    let lay = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        let person = tx.new_id();
        let new = closedset_store::mail::NewMail {
            id: tx.new_id(),
            person,
            kind: "weekly",
            week: "2026-03-16",
            content: "{}",
            message_id: "a@b.example",
        };
        closedset_store::mail::mail_insert(tx, organisation, &new)?;
        tx.record(
            Log::Organisation(organisation),
            closedset_store::NewEntry {
                actor: &Actor::Closedset,
                subject: "test:note".into(),
                kind: "test.noted",
                body: serde_json::json!({}),
            },
        )?;
        Ok(())
    };
    app.store().write(Scope::Organisation(organisation), lay).await.unwrap();
    mail::deliver(&app).await.unwrap();
    let untouched = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, Problem> {
        Ok(closedset_store::mail::mail_list(tx, organisation, 10)?.remove(0))
    };
    let row = app.store().read(untouched).await.unwrap();
    assert!(row.attempts == 0 && row.ended_at.is_none() && row.sent_at.is_none());
}
