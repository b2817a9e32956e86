//! Two organisations with something of every kind in each, members in every role, and requests to any
//! route about these things.

use crate::world::{NOW, World, answer};
use axum::{Router, body::Body};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken},
    agreements::{self, NewPaper},
    comparisons as app_comparisons, leaving, ledger as app_ledger,
    organisations::{self, Profile},
    people as app_people,
    questionnaires::{self, NewQuestionnaire},
};
use closedset_core::{
    Actor, Digest, Duration, Role, Secret, Subject,
    check_in::DeviceKey,
    entry::Log,
    id::{Account, Id, Organisation, Task},
};
use closedset_store::{
    NewEntry, Scope, Tx, accounts as store_accounts,
    devices::{self, DeviceRow},
    ledger, people,
    providers::{self, IdentityRow},
    tasks::{self, Plan, TaskRow},
};
use http::{Request, request};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

static NEXT: AtomicU64 = AtomicU64::new(1);

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An organisation, and its owner.
pub struct Here {
    pub organisation: Id<Organisation>,
    pub owner: Caller,
}

/// Somebody who belongs, with what the account has.
pub struct Member {
    account: Id<Account>,
    organisation: Id<Organisation>,
    pub email: String,
}

impl Member {
    /// A session of their own: the cookie's header and the token of forms that are drawn for it.
    pub async fn session(&self, world: &World) -> (String, String) {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&next().to_be_bytes());
        let token = Secret::<32>::new(bytes);
        let digest = Digest::of(token.expose());
        let (account, organisation) = (self.account, self.organisation);
        let insert = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            let now = Some(tx.now());
            store_accounts::session_insert(tx, digest, account, "full", "a test", now)?;
            store_accounts::session_set_organisation(tx, digest, organisation)?;
            Ok(())
        };
        world.app.store().write(Scope::Installation, insert).await.unwrap();
        let form_token = form_token(&token, organisation);
        (format!("__Host-closedset={}", token.to_token()), form_token)
    }

    /// Has the session of this cookie look at another organisation, to which the account belongs there too.
    pub async fn go(&self, world: &World, cookie: &str, there: &Here) {
        let token = cookie.strip_prefix("__Host-closedset=").and_then(Secret::<32>::from_token);
        let digest = Digest::of(token.unwrap().expose());
        let organisation = there.organisation;
        let go = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            store_accounts::session_set_organisation(tx, digest, organisation)?;
            Ok(())
        };
        world.app.store().write(Scope::Installation, go).await.unwrap();
    }
}

/// The token of forms, as pages derive it from what the browser holds and where it looks.
pub fn form_token(token: &Secret<32>, organisation: Id<Organisation>) -> String {
    let mut bytes = b"closedset/form-token/v2\n".to_vec();
    bytes.extend_from_slice(token.expose());
    bytes.extend_from_slice(organisation.to_string().as_bytes());
    Digest::of(&bytes).to_string()
}

impl Here {
    pub async fn new(world: &World) -> Self {
        // Whoever ends the owner's session in a test does not end what the test itself does.
        let owner = Caller { session: None, ..world.caller.clone() };
        Self { organisation: world.caller.organisation, owner }
    }

    pub async fn another(world: &World) -> Self {
        let profile = Profile {
            organisation: "Southpaw VFX".into(),
            facility: "Southpaw stage".into(),
            address: "Southpaw lane 1".into(),
            country: "NL".into(),
            time_zone: "Europe/Amsterdam".into(),
        };
        let organisation =
            organisations::organisation_add(&world.app, &world.caller, profile).await.unwrap();
        let account = world.signed.account;
        let actor = Actor::Account { account, organisation };
        Self {
            organisation,
            owner: Caller { organisation, actor, session: None, ..world.caller.clone() },
        }
    }

    pub fn log(&self) -> Log {
        Log::Organisation(self.organisation)
    }

    /// The owner, as somebody who belongs here.
    pub fn owner_here(&self, world: &World) -> Member {
        let email = world.signed.email.clone();
        Member { account: world.signed.account, organisation: self.organisation, email }
    }

    pub async fn member(&self, world: &World, role: Role) -> Member {
        let organisation = self.organisation;
        let email = format!("{role}-{}@somewhere.example", next());
        let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            let (account, person) = (tx.new_id(), tx.new_id());
            store_accounts::account_insert(tx, account, &email, "Ann Reel", "no password")?;
            store_accounts::account_confirm_recovery(tx, account)?;
            people::person_insert(tx, organisation, person, "Ann Reel", &email)?;
            people::membership_insert(tx, account, organisation, person, role, None)?;
            tx.record(Log::Installation, note(&format!("account:{account}")))?;
            Ok(Member { account, organisation, email: email.clone() })
        };
        world.app.store().write(Scope::Installation, insert).await.unwrap()
    }

    /// The cookie of somebody who belongs here no more.
    pub async fn removed(&self, world: &World) -> String {
        let Member { account, organisation, .. } = self.member(world, Role::Member).await;
        let token = Secret::<32>::new([251; 32]);
        let digest = Digest::of(token.expose());
        let insert = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
            people::membership_delete(tx, account, organisation)?;
            let now = Some(tx.now());
            store_accounts::session_insert(tx, digest, account, "full", "a test", now)?;
            tx.record(Log::Organisation(organisation), note("test:note"))?;
            Ok(())
        };
        world.app.store().write(Scope::Installation, insert).await.unwrap();
        format!("__Host-closedset={}", token.to_token())
    }

    /// A token that may everything.
    pub async fn token(&self, world: &World) -> String {
        let new = NewToken { name: "tests".into(), scopes: Role::Owner.actions(), days: 30 };
        accounts::token_create(&world.app, &self.owner, new).await.unwrap().1
    }

    /// What would show that something was changed: entries, people, sessions of the owner.
    pub async fn state(&self, world: &World) -> (i64, usize, usize) {
        let (log, organisation, account) = (self.log(), self.organisation, world.signed.account);
        let read = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            Ok((
                ledger::entry_count(tx, log)?,
                people::member_list(tx, organisation, None, 200)?.len(),
                store_accounts::session_list(tx, account)?.len(),
            ))
        };
        world.app.store().read(read).await.unwrap()
    }
}

pub fn note(subject: &str) -> NewEntry<'static> {
    let subject = subject.to_owned();
    NewEntry { actor: &Actor::Closedset, subject, kind: "test.noted", body: json!({}) }
}

/// Something of every kind, by what it is called in addresses.
pub struct Things {
    ids: BTreeMap<&'static str, String>,
    /// What is shown of them nowhere else.
    pub markers: Vec<String>,
}

async fn made(router: &Router, token: &str, path: &str, body: &Value) -> String {
    let request = Request::post(path)
        .header("host", "localhost")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let request = request.body(Body::from(body.to_string())).unwrap();
    let (status, said) = answer(router.clone(), request).await;
    assert!((200..300).contains(&status), "{path} {status} {said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    said["id"].as_str().unwrap().to_owned()
}

/// Fills an organisation. What is typed begins with `word`.
pub async fn furnish(world: &World, router: &Router, here: &Here, word: &str) -> Things {
    app_ledger::integrate(&world.app, here.log()).await.unwrap();
    let mut things = Things { ids: BTreeMap::new(), markers: Vec::new() };
    for kind in [
        "documents",
        "attestations",
        "exceptions",
        "checks",
        "tokens",
        "invitations",
        "people",
        "sessions",
        "passkeys",
        "provider",
        "devices",
        "tasks",
        "packs",
        "clients",
        "titles",
        "register",
        "engagements",
        "leavings",
        "steps",
        "assignments",
        "agreements",
        "signatures",
        "papers",
        "policies",
        "import",
        "lists",
        "comparisons",
        "audits",
        "findings",
        "risks",
        "questionnaires",
    ] {
        let id = make(world, router, here, kind, word).await;
        things.ids.insert(kind, id);
    }
    things.ids.insert("own-checks", things.ids["checks"].clone());
    things.ids.insert("organisations", here.organisation.to_string());
    things.ids.insert("{log}", here.organisation.to_string());
    let log = here.log();
    let read = move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(ledger::entry_count(tx, log)?) };
    let entries = world.app.store().read(read).await.unwrap();
    // Far beyond what another organisation's ledger has.
    for _ in 0..60 {
        let scope = Scope::Organisation(here.organisation);
        let unit = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            tx.record(log, note("test:note"))?;
            Ok(())
        };
        world.app.store().write(scope, unit).await.unwrap();
    }
    app_ledger::integrate(&world.app, log).await.unwrap();
    things.ids.insert("{index}", (entries + 50).to_string());
    things.markers = things
        .ids
        .iter()
        .filter(|(kind, _)| **kind != "{index}")
        .map(|(_, id)| id.clone())
        .collect();
    things.markers.extend([format!("{word}-made"), format!("{word}.example")]);
    if word == "southpaw" {
        things.markers.extend(["Southpaw VFX".to_owned(), "Southpaw stage".to_owned()]);
    }
    things
}

async fn make(world: &World, router: &Router, here: &Here, kind: &str, word: &str) -> String {
    let token = here.token(world).await;
    let number = next();
    let email = format!("guest-{number}@{word}.example");
    match kind {
        "documents" => {
            let path = format!(
                "/api/v1/documents?control=AD-1&title={word}-made&file_name={word}-made.pdf&valid_to=2027-03-12T00:00:00Z"
            );
            made(router, &token, &path, &json!({"bytes": number})).await
        }
        "attestations" => {
            let body = json!({"control": "AD-1", "statement": format!("{word}-made statement of ours."), "valid_to": "2027-03-12T00:00:00Z"});
            made(router, &token, "/api/v1/attestations", &body).await
        }
        "exceptions" => {
            let scopes = "evidence.write evidence.read".parse().unwrap();
            let new = NewToken { name: "asker".into(), scopes, days: 30 };
            let (_, token) = accounts::token_create(&world.app, &here.owner, new).await.unwrap();
            let body = json!({"form": "none_exists", "control": "AD-9", "reason": format!("{word}-made: no such test was ever made here."), "last_day": "2026-09-30"});
            made(router, &token, "/api/v1/exceptions", &body).await
        }
        "checks" => {
            let body = own_check(&format!("{word}-made"));
            made(router, &token, "/api/v1/own-checks", &body).await
        }
        "tokens" => {
            let body = json!({"name": format!("{word}-made"), "scopes": ["task.read"], "days": 1});
            made(router, &token, "/api/v1/tokens", &body).await
        }
        "invitations" => {
            let body = json!({"name": format!("{word}-made"), "email": email, "role": "member"});
            made(router, &token, "/api/v1/invitations", &body).await
        }
        "clients" => {
            let body = json!({"name": format!("{word}-made client {number}")});
            made(router, &token, "/api/v1/clients", &body).await
        }
        "titles" => {
            let body = json!({"name": format!("{word}-made studio {number}")});
            let client = made(router, &token, "/api/v1/clients", &body).await;
            let title = json!({"name": format!("{word}-made film {number}"), "alias": format!("{word}-made alias {number}"), "begins_on": "2026-01-01"});
            let body = json!({"client": client, "title": title});
            made(router, &token, "/api/v1/titles", &body).await
        }
        "register" => {
            let body = newcomer(&format!("{word}-made person {number}"));
            made(router, &token, "/api/v1/register", &body).await
        }
        "engagements" => {
            let body = newcomer(&format!("{word}-made person {number}"));
            let person = made(router, &token, "/api/v1/register", &body).await;
            let path = format!("/api/v1/register/{person}/engagements");
            made(router, &token, &path, &engagement("trainee")).await
        }
        "leavings" | "steps" => {
            let body = newcomer(&format!("{word}-made person {number}"));
            let person = made(router, &token, "/api/v1/register", &body).await.parse().unwrap();
            let (app, by) = (&world.app, &here.owner);
            let known = app_people::person_detail(app, by, person).await.unwrap();
            let end = app_people::NewEngagement {
                form: "freelancer".into(),
                job: "Colourist".into(),
                begins_on: "2026-01-01".into(),
                ends_on: "2099-12-31".into(),
            };
            let engaged = known.registered.engagements[0].id;
            app_people::engagement_change(app, by, engaged, end).await.unwrap();
            let leaving = leaving::leavings_of(app, by, person).await.unwrap().remove(0);
            let step = leaving.steps.iter().find(|step| step.act.is_empty()).unwrap();
            match kind {
                "steps" => step.id.to_string(),
                _ => leaving.leaving.id.to_string(),
            }
        }
        "assignments" => {
            let body = json!({"name": format!("{word}-made studio {number}")});
            let client = made(router, &token, "/api/v1/clients", &body).await;
            let title = json!({"name": format!("{word}-made show {number}"), "alias": format!("{word}-made code {number}"), "begins_on": "2026-01-01"});
            let body = json!({"client": client, "title": title});
            let title = made(router, &token, "/api/v1/titles", &body).await;
            let body = newcomer(&format!("{word}-made person {number}"));
            let person = made(router, &token, "/api/v1/register", &body).await;
            let path = format!("/api/v1/register/{person}/assignments");
            let body = json!({"title": title, "assignment": assignment()});
            made(router, &token, &path, &body).await
        }
        "audits" => {
            let body = audit(&format!("{word}-made firm {number}"));
            made(router, &token, "/api/v1/audits", &body).await
        }
        "findings" => {
            let body = audit(&format!("{word}-made firm {number}"));
            let audit = made(router, &token, "/api/v1/audits", &body).await;
            let path = format!("/api/v1/audits/{audit}/findings");
            let what = format!("{word}-made finding {number}");
            made(router, &token, &path, &found(&what)).await
        }
        "risks" => {
            let body = risk(&format!("{word}-made risk {number}"));
            made(router, &token, "/api/v1/risks", &body).await
        }
        "questionnaires" => {
            let name = format!("{word}-made client {number}");
            let client = made(router, &token, "/api/v1/clients", &json!({"name": name})).await;
            let new = NewQuestionnaire {
                client: client.parse().unwrap(),
                name: format!("{word}-made questionnaire {number}"),
                due_on: String::new(),
            };
            let file = ("q.csv", b"Question\nAre visitors escorted?\n".to_vec());
            let taken_in =
                questionnaires::questionnaire_take_in(&world.app, &here.owner, new, file);
            taken_in.await.unwrap().to_string()
        }
        "import" => {
            let list = format!(
                "Name,Form,Job,First day\n{word}-made guest {number},freelancer,Colourist,2026-01-01\n"
            );
            let name = format!("{word}-made list {number}.csv");
            let held = app_people::import_hold(&world.app, &here.owner, &name, list.into_bytes());
            held.await.unwrap().to_string()
        }
        "lists" | "comparisons" => {
            let list = format!("Name,E-mail\n{word}-made guest {number},x{number}@x.example\n");
            let file = (format!("{word}-made list {number}.csv"), list.into_bytes());
            let held =
                app_comparisons::list_hold(&world.app, &here.owner, "payroll", (&file.0, file.1));
            let id = held.await.unwrap();
            if kind == "comparisons" {
                let chosen = vec![(0, app_comparisons::Says::Name)];
                let compared = app_comparisons::list_compare(&world.app, &here.owner, id, chosen);
                compared.await.unwrap();
            }
            id.to_string()
        }
        "agreements" => {
            let body = agreement(&format!("{word}-made agreement {number}"));
            made(router, &token, "/api/v1/agreements", &body).await
        }
        "policies" => {
            let body = policy(&format!("{word}-made policy {number}"));
            made(router, &token, "/api/v1/policies", &body).await
        }
        "signatures" => {
            let body = agreement(&format!("{word}-made agreement {number}"));
            let signed = made(router, &token, "/api/v1/agreements", &body).await;
            let name = format!("{word}-made person {number}");
            let person = made(router, &token, "/api/v1/register", &newcomer(&name)).await;
            let link =
                agreements::personal_link_make(&world.app, &here.owner, person.parse().unwrap());
            let (link, _) = link.await.unwrap();
            let (_, token) = link.split_once("token=").unwrap();
            let of = (signed.parse().unwrap(), 1);
            let signed = agreements::sign(&world.app, token, of, (&name, true)).await;
            signed.unwrap().to_string()
        }
        "papers" => {
            let body = agreement(&format!("{word}-made agreement {number}"));
            let agreement = made(router, &token, "/api/v1/agreements", &body).await;
            let name = format!("{word}-made person {number}");
            let person = made(router, &token, "/api/v1/register", &newcomer(&name)).await;
            let new = NewPaper {
                agreement: agreement.parse().unwrap(),
                number: 1,
                signed_on: "2025-09-30".into(),
                is_earlier_wording: false,
                scan: format!("%PDF-1.7 {number}").into_bytes(),
            };
            let person = person.parse().unwrap();
            let id = agreements::paper_upload(&world.app, &here.owner, person, new).await;
            id.unwrap().to_string()
        }
        "packs" => {
            let body = json!({"from": "2026-01-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"});
            made(router, &token, "/api/v1/packs", &body).await
        }
        "people" => {
            let member = here.member(world, Role::Member).await;
            let (account, organisation) = (member.account, here.organisation);
            let read = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                Ok(people::membership_of(tx, account, organisation)?.unwrap().person)
            };
            world.app.store().read(read).await.unwrap().to_string()
        }
        "sessions" => {
            let member = here.member(world, Role::Member).await;
            member.session(world).await;
            let account = member.account;
            let read = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                Ok(store_accounts::session_list(tx, account)?[0].id)
            };
            world.app.store().read(read).await.unwrap().to_string()
        }
        "passkeys" => {
            let account = here.member(world, Role::Member).await.account;
            let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let id = tx.new_id();
                store_accounts::passkey_insert(tx, account, id, "Laptop", "{}")?;
                tx.record(Log::Installation, note(&format!("account:{account}")))?;
                Ok(id)
            };
            let id = world.app.store().write(Scope::Installation, insert).await.unwrap();
            id.to_string()
        }
        // As whom a provider knows somebody.
        "provider" => {
            let account = here.member(world, Role::Member).await.account;
            let subject = format!("{word}-{}", next());
            let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let row = IdentityRow {
                    id: tx.new_id(),
                    issuer: "https://login.example.com".into(),
                    subject: subject.clone(),
                    account,
                    email: String::new(),
                    linked_at: tx.now(),
                    used_at: None,
                    factor_at: None,
                };
                providers::identity_insert(tx, &row)?;
                tx.record(Log::Installation, note(&format!("account:{account}")))?;
                Ok(row.id)
            };
            let id = world.app.store().write(Scope::Installation, insert).await.unwrap();
            id.to_string()
        }
        "devices" => device(world, here, format!("{word}-made")).await,
        "tasks" => task(world, here, format!("{word}-made")).await.to_string(),
        other => panic!("{other} is made by nothing"),
    }
}

pub async fn device(world: &World, here: &Here, name: String) -> String {
    let (organisation, log) = (here.organisation, here.log());
    let mut key = [0; 32];
    key[..8].copy_from_slice(&next().to_be_bytes());
    let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
        let id = tx.new_id();
        let entry = tx.record(log, note(&format!("device:{id}")))?;
        let row = DeviceRow {
            id,
            organisation,
            name: name.clone(),
            key: DeviceKey(key),
            has_screen: true,
            is_portable: false,
            handles_content: true,
            confirmed_by: None,
            confirmed_at: None,
            enrolled_at: tx.now(),
            enrolled_entry: entry.index,
            revoked_at: None,
        };
        devices::device_insert(tx, &row)?;
        Ok(id.to_string())
    };
    world.app.store().write(Scope::Organisation(organisation), insert).await.unwrap()
}

async fn task(world: &World, here: &Here, title: String) -> Id<Task> {
    let (organisation, log, check) = (here.organisation, here.log(), format!("check-{}", next()));
    let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
        let task = TaskRow {
            id: tx.new_id(),
            title: title.clone(),
            control: "AD-1".into(),
            check: check.clone(),
            subject: Subject::control("AD-1"),
            due_at: NOW + Duration::from_days(7),
            created_at: tx.now(),
            done_at: None,
            done_by: None,
            note: String::new(),
            plan: Plan::default(),
        };
        tasks::task_open(tx, organisation, &task)?;
        tx.record(log, note(&format!("task:{}", task.id)))?;
        Ok(task.id)
    };
    world.app.store().write(Scope::Organisation(organisation), insert).await.unwrap()
}

impl Things {
    fn id(&self, kind: &str) -> &str {
        self.ids.get(kind).unwrap_or_else(|| panic!("nothing of the kind {kind}: make one"))
    }

    /// The path with these things at its places.
    pub fn fill(&self, path: &str) -> String {
        let mut before = "";
        let mut filled = Vec::new();
        for segment in path.split('/') {
            filled.push(match segment {
                "{id}" if before == "controls" => "AD-1".to_owned(),
                "{id}" if path.starts_with("/scim/") => "opens-nothing".to_owned(),
                "{id}" => self.id(before).to_owned(),
                "{step}" => self.id("steps").to_owned(),
                "{attestation}" => self.id("attestations").to_owned(),
                "{index}" => self.id("{index}").to_owned(),
                "{log}" => self.id("{log}").to_owned(),
                "{token}" => "opens-nothing".to_owned(),
                "{file}" => "opens-nothing.ics".to_owned(),
                "{limit}" => "screen_lock_s".to_owned(),
                "{page}" => "tasks".to_owned(),
                "{position}" => "1".to_owned(),
                "{*path}" if path.starts_with("/assets") => "closedset.css".to_owned(),
                "{*path}" => "entries/000.p/1".to_owned(),
                "{*rest}" => "v1/nothing".to_owned(),
                place if place.starts_with('{') => panic!("{path} has {place}: say what fills it"),
                word => word.to_owned(),
            });
            before = segment;
        }
        filled.join("/")
    }

    /// A request's head, from a page with forms that carry `csrf`.
    pub fn request(&self, method: &str, path: &str, csrf: &str) -> request::Builder {
        let mut address = self.fill(path);
        if (method, path) == ("POST", "/api/v1/documents") {
            address += "?control=AD-1&file_name=a.pdf&valid_to=2027-03-12T00:00:00Z";
        }
        if (method, path) == ("GET", "/api/v1/answers") {
            address = format!("{address}?for={}", self.id("clients"));
        }
        if (method, path) == ("POST", "/api/v1/questionnaires") {
            address += &format!("?client={}&file_name=security.csv", self.id("clients"));
        }
        if (method, path) == ("POST", "/api/v1/papers") {
            let (person, agreement) = (self.id("register"), self.id("agreements"));
            address +=
                &format!("?person={person}&agreement={agreement}&version=1&signed_on=2025-09-30");
        }
        let kind = match () {
            () if is_upload(path) => "multipart/form-data; boundary=b",
            () if path.starts_with("/api/") || path.contains("/passkey/") => "application/json",
            () => "application/x-www-form-urlencoded",
        };
        Request::builder()
            .method(method)
            .uri(address)
            .header("host", "localhost")
            .header("x-csrf-token", csrf)
            .header("content-type", kind)
    }

    /// What is sent to a route, as somebody would who means it.
    pub fn body(&self, method: &str, path: &str, csrf: &str) -> Body {
        if method == "GET" || method == "DELETE" {
            return Body::empty();
        }
        if path.starts_with("/api/") {
            return Body::from(json_of(method, path).to_string());
        }
        if path.contains("/passkey/") {
            return Body::from("{}");
        }
        if is_upload(path) {
            let part = |name: &str, value: &str| {
                format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let file = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\ncontent-type: application/pdf\r\n\r\nabc\r\n--b--\r\n";
            return Body::from(
                part("csrf", csrf)
                    + &part("title", "A plan")
                    + &part("valid_to", "2026-12-01")
                    + file,
            );
        }
        let once = format!("{:A<43}", next());
        let address = format!("new-{}@somewhere.example", next());
        let fields = [
            ("csrf", csrf),
            ("once", &once),
            ("name", "Suite"),
            ("days", "1"),
            ("day", "1"),
            ("scopes", "task.read"),
            ("email", &address),
            ("role", "member"),
            ("last_day", ""),
            ("value", "300"),
            ("version", "1"),
            ("reason", "It was asked for by the person themselves."),
            ("note", "Done on Monday."),
            ("statement", "We counted every key on Monday."),
            ("valid_to", "2026-12-01"),
            ("form", "none_exists"),
            ("what", "none_exists||"),
            ("measure", ""),
            ("organisation", "Nordlicht"),
            ("facility", "Annex"),
            ("address", "2 Film Street"),
            ("country", "DE"),
            ("time_zone", "Europe/Berlin"),
            ("from", "2026-01-01"),
            ("to", "2026-03-01"),
            ("password", "not the right words"),
            ("new_password", "velvet harbour lantern"),
            ("code", "000000"),
            ("recovery_code", "x"),
            ("has_screen", "yes"),
        ];
        Body::from(
            fields
                .map(|(name, value)| {
                    format!("{name}={}", value.replace('@', "%40").replace(' ', "+"))
                })
                .join("&"),
        )
    }

    /// Makes anew what the last route took away.
    pub async fn renew_if_gone(
        &mut self,
        world: &World,
        router: &Router,
        here: &Here,
        method: &str,
        path: &str,
    ) {
        if method == "GET" {
            return;
        }
        for kind in [
            "tokens",
            "invitations",
            "people",
            "devices",
            "tasks",
            "documents",
            "attestations",
            "exceptions",
            "checks",
            "clients",
            "titles",
            "register",
            "engagements",
            "leavings",
            "steps",
            "assignments",
            "agreements",
            "signatures",
            "papers",
            "policies",
            "import",
            "lists",
            "comparisons",
            "audits",
            "findings",
            "risks",
            "questionnaires",
        ] {
            if path.contains(&format!("{kind}/{{")) {
                let id = make(world, router, here, kind, "halide").await;
                if kind == "checks" {
                    self.ids.insert("own-checks", id.clone());
                }
                self.ids.insert(kind, id);
            }
        }
    }
}

fn own_check(title: &str) -> Value {
    json!({"control": "IS-7", "title": title, "pass": "screen_lock.longest_s <= 60", "wanted": "Early.", "fresh_for": "7d"})
}

fn title() -> Value {
    let number = next();
    json!({"name": format!("The Salt Road {number}"), "alias": format!("MARMOT {number}"), "begins_on": "2026-01-01"})
}

/// Somebody new, with their first engagement.
fn newcomer(name: &str) -> Value {
    json!({"person": {"name": name}, "engagement": engagement("freelancer")})
}

fn engagement(form: &str) -> Value {
    json!({"form": form, "job": "Colourist", "begins_on": "2026-01-01"})
}

fn assignment() -> Value {
    json!({"job": "Grading", "begins_on": "2026-01-01"})
}

fn agreement(name: &str) -> Value {
    json!({"name": name, "text": "What I see here I tell nobody, during my work and after it."})
}

fn policy(name: &str) -> Value {
    json!({"name": name, "topics": ["social_media"], "text": "What I see here I tell nobody, during my work and after it."})
}

fn audit(firm: &str) -> Value {
    json!({"kind": "tpn", "firm": firm, "begins_on": "2026-02-02", "report_on": "2026-02-20"})
}

fn risk(title: &str) -> Value {
    json!({"title": title, "words": "Because drives travel, one is taken.", "likelihood": 3, "impact": 5, "controls": ["IS-9"]})
}

fn found(what: &str) -> Value {
    json!({"reference": format!("3.{}", next()), "what": what, "severity": "high"})
}

fn is_upload(path: &str) -> bool {
    closedset_pages::UPLOADS.contains(&path) || closedset_pages::REPORTS.contains(&path)
}

fn json_of(method: &str, path: &str) -> Value {
    let reason = json!({"reason": "It was asked for by the person themselves."});
    let email = format!("new-{}@somewhere.example", next());
    match (method, path.trim_start_matches("/api/v1/")) {
        ("PUT", "devices/{id}/confirmed") => {
            json!({"name": "suite 1", "has_screen": true, "is_portable": false, "handles_content": true})
        }
        ("PUT", "people/{id}/role") => json!({"role": "reception"}),
        ("PUT", "profile") | ("POST", "organisations") => {
            json!({"organisation": "Nordlicht", "facility": "Annex", "address": "2 Film Street", "country": "DE", "time_zone": "Europe/Berlin"})
        }
        ("POST", "clients") | ("PUT", "clients/{id}") => {
            json!({"name": format!("Meridian {}", next())})
        }
        ("POST", "answers/file") => {
            json!({"for": "cli_01k7y7gycye6ns31hk6hc4vhbe", "form": "docx"})
        }
        ("POST", "clients/list/confirmation") => {
            json!({"seen": "5f".repeat(32), "has_looked": true})
        }
        ("POST", "head-count/confirmation") => {
            json!({"seen": "5f".repeat(32), "has_looked": true, "compared_with": ["payroll"]})
        }
        ("PUT", "titles/{id}") => title(),
        ("POST", "titles") => json!({"client": "cli_01k7y7gycye6ns31hk6hc4vhbe", "title": title()}),
        ("POST", "register") => newcomer(&format!("Nina Cut {}", next())),
        ("PUT", "register/{id}") => json!({"name": format!("Nina Cut {}", next())}),
        ("POST", "register/{id}/engagements") => engagement("trainee"),
        ("POST", "register/{id}/assignments") => {
            json!({"title": "ttl_01k7y7gycye6ns31hk6hc4vhbe", "assignment": assignment()})
        }
        ("POST", "policies") => policy(&format!("Social media {}", next())),
        ("PUT", "policies/{id}/draft") => {
            let mut body = policy(&format!("Social media {}", next()));
            body["after"] = json!(1);
            body
        }
        ("POST", "policies/{id}/remind") => json!({}),
        ("POST", path) if path.starts_with("policies/{id}") => match path.rsplit('/').next() {
            Some("review") => json!({"version": 1}),
            Some("retire") => reason,
            _ => json!({"edition": 1}),
        },
        ("POST", "agreements") => agreement(&format!("Confidentiality {}", next())),
        ("POST", "agreements/{id}/versions") => {
            json!({"text": "What I see here I tell nobody, and never shall.", "after": 1})
        }
        ("PUT", "engagements/{id}") => engagement("contractor"),
        ("PUT", "contacts") => {
            json!({"responsible": "per_01k7y7gycye6ns31hk6hc4vhbe", "responsible_phone": "+46 70 123 45 67", "deputy": "per_01k7y7gycye6ns31hk6hc4vhbf", "deputy_phone": "08 123 45 67", "before": 0})
        }
        ("PUT", "leavings/items") => json!({"items": ["Parking card"], "before": ["Keys"]}),
        ("POST", "leavings/steps/{id}/close") => {
            json!({"outcome": "done", "note": "It lies in the safe."})
        }
        ("PUT", "assignments/{id}") => assignment(),
        ("POST", "audits") | ("PUT", "audits/{id}") => audit("Blue Harbour"),
        ("POST", "audits/{id}/findings") | ("PUT", "findings/{id}") => {
            found("The guest Wi-Fi reaches the render network.")
        }
        ("PUT", "facility-profile") => {
            json!({"building": "shared", "floor_area_m2": 420, "rooms": "Two grading rooms.", "neighbours": "A dentist."})
        }
        ("PUT", "questionnaires/{id}/questions/{position}") => json!({"answer": "Yes."}),
        ("POST", "questionnaires/{id}/remove") => reason,
        ("POST", "risks") | ("PUT", "risks/{id}") => risk(&format!("Drives are stolen {}", next())),
        ("POST", "risks/file") => json!({"form": "xlsx"}),
        ("POST", "risks/{id}/review") => json!({"said": "We looked at the safe."}),
        ("POST", "risks/{id}/accept") => {
            json!({"reason": "It is insured.", "until": "2026-03-30"})
        }
        ("POST", "risks/{id}/close") => reason,
        ("POST", "findings/{id}/close") => json!({"said": "Mended on Monday."}),
        ("POST", "findings/{id}/accept") => {
            json!({"reason": "It is switched off.", "until": "2026-03-30"})
        }
        ("POST", "tasks/{id}/done") => json!({"note": "Done on Monday."}),
        ("POST", "attestations") => {
            json!({"control": "AD-1", "statement": "We counted every key on Monday.", "valid_to": "2026-12-01T00:00:00Z"})
        }
        ("POST", "exceptions") => {
            json!({"form": "none_exists", "control": "AD-9", "reason": "No such test was ever made here.", "last_day": "2026-09-30"})
        }
        ("PUT", "frameworks") => {
            json!({"frameworks": ["netflix-minimum", "mpa-best-practices"], "before": ["netflix-minimum"]})
        }
        ("POST", "frameworks/preview") => json!({"frameworks": ["mpa-best-practices"]}),
        ("PUT", "mail") => {
            json!({"host": "localhost", "port": 9, "security": "plain", "sender": "closedset@halide.example"})
        }
        ("POST", "own-checks" | "own-checks/preview") => own_check("Screens lock early"),
        ("PUT", "own-checks/{id}") => json!({"version": 1, "terms": own_check("Earlier still")}),
        ("POST", "own-checks/{id}/retire") => json!({"version": 1, "reason": "Nobody needs it."}),
        ("PUT", "thresholds/{limit}") => json!({"value": 300}),
        ("POST", "thresholds/{limit}/clear") => reason,
        ("POST", "invitations") => json!({"email": email, "name": "Nina Cut", "role": "member"}),
        ("POST", "tokens") => json!({"name": "a", "scopes": ["task.read"], "days": 1}),
        ("POST", "packs") => json!({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}),
        (_, path)
            if path.ends_with("/withdraw")
                || path.ends_with("/refuse")
                || path.ends_with("/revoke")
                || path.ends_with("/erase")
                || path.ends_with("/forget")
                || path.ends_with("/remove")
                || path.ends_with("/reopen") =>
        {
            reason
        }
        _ => json!({}),
    }
}
