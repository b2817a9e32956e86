//! A call that goes well for an owner, for every route of the description, with fresh things to act
//! on; and the things themselves.

use crate::world::{Call, Side, World, call, get, post};
use closedset_app::{
    Caller, Problem, agreements,
    mail::{self, NewMailServer},
};
use closedset_core::{
    Actor, Digest, Duration, Role, Subject, Time, canonical,
    check_in::{CheckIn, EnrolRequest, Statement, facts_digest},
    fact,
    id::{Device, Id, Task},
    link::{EnrolLink, device_of},
    policy::Topic,
    report::REPORT_FORMAT,
};
use closedset_store::{
    NewEntry, Scope,
    tasks::{self, Plan, TaskRow},
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const VALID_TO: &str = "2027-03-12T00:00:00Z";
pub const CONTROL: &str = "AD-1";
pub const WORDS: &str =
    "# Confidentiality\n\nWhat I see here I tell **nobody**, during my work and after it.";

/// Every operation of the description: method in upper case, path, whether anybody may call it, and
/// the statuses it names.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub is_open: bool,
    /// The scopes that it says a token needs.
    pub scopes: Vec<String>,
    pub description: String,
    pub statuses: Vec<String>,
    /// The media type of its body.
    pub takes: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    let description = serde_json::to_value(closedset_api::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let takes = operation["requestBody"]["content"].as_object();
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                is_open: operation["security"] == json!([{}]),
                scopes: serde_json::from_value(operation["security"][0]["token"].clone())
                    .unwrap_or_default(),
                description: operation["description"].as_str().unwrap_or_default().to_owned(),
                statuses: operation["responses"].as_object().unwrap().keys().cloned().collect(),
                takes: takes.map(|content| content.keys().next().unwrap().clone()),
            });
        }
    }
    operations
}

impl World {
    /// The call, without a token.
    pub async fn example(&self, side: &Side, operation: &Operation) -> Call {
        let Operation { method, path, .. } = operation;
        let filled = |id: String| call(method, path.replace("{id}", &id));
        let entry = |index: i64| call(method, path.replace("{index}", &index.to_string()));
        let log = || path.replace("{log}", &side.log().to_string());
        match (method.as_str(), path.trim_start_matches("/api/v1/")) {
            ("POST", "agent/enrol") => post(path, &self.enrol_request(side).await.1),
            ("POST", "agent/check-ins") => {
                let (device, key) = self.device(side).await;
                post(path, &check_in(side, device, &key, 1))
            }
            ("POST", "devices/reports") => post(path, &self.report(side).await),
            ("GET", "controls/{id}") => filled(CONTROL.into()),
            ("PUT", "devices/{id}/confirmed") => filled(self.device(side).await.0.to_string())
                .json(&json!({"name": "suite 1", "has_screen": true, "is_portable": false, "handles_content": true})),
            ("POST", "devices/{id}/revoke") => {
                filled(self.device(side).await.0.to_string()).json(&json!({"reason": "sold last week"}))
            }
            (_, "devices/{id}") => filled(self.device(side).await.0.to_string()),
            ("POST", "documents") => upload("policy.pdf").sending("a policy"),
            ("POST", "documents/{id}/withdraw") => filled(self.document(side).await).json(&why()),
            (_, path) if path.starts_with("documents/{id}") => filled(self.document(side).await),
            ("POST", "attestations") => post(path, &attestation()),
            ("POST", "attestations/{id}/withdraw") => {
                filled(self.attestation(side).await).json(&why())
            }
            ("POST", "exceptions") => post(path, &exception()),
            ("POST", "exceptions/{id}/withdraw") => {
                filled(self.exception(side).await).json(&why())
            }
            (_, path) if path.starts_with("exceptions/{id}") => {
                filled(self.exception(side).await)
            }
            ("POST", "frameworks/preview") => {
                post(path, &json!({"frameworks": ["netflix-minimum", "mpa-best-practices"]}))
            }
            ("PUT", "frameworks") => {
                let list = get("/api/v1/frameworks").by(side.owner());
                let before = self.ask(list).await.well().json()["chosen"].clone();
                // What is chosen already would be no news.
                let wanted = match before.as_array().map_or(0, Vec::len) {
                    1 => json!(["netflix-minimum", "mpa-best-practices"]),
                    _ => json!(["netflix-minimum"]),
                };
                call(method, path.clone()).json(&json!({"frameworks": wanted, "before": before}))
            }
            ("POST", "own-checks" | "own-checks/preview") => post(path, &own_check()),
            ("PUT", "own-checks/{id}") => {
                let terms = json!({"version": 1, "terms": {"control": "IS-7", "title": "Later", "pass": "screen_lock.longest_s <= 90", "wanted": "Later.", "fresh_for": "7d"}});
                filled(self.own_check(side).await).json(&terms)
            }
            ("POST", "own-checks/{id}/retire") => filled(self.own_check(side).await)
                .json(&json!({"version": 1, "reason": "nobody needs it"})),
            (_, path) if path.starts_with("own-checks/{id}") => filled(self.own_check(side).await),
            ("PUT", "thresholds/{limit}") => {
                call(method, path.replace("{limit}", "screen_lock_s")).json(&json!({"value": 300}))
            }
            ("POST", "thresholds/{limit}/clear") => {
                let path = path.replace("{limit}", "password_length");
                let set = path.replace("/clear", "");
                let set = call("PUT", set).json(&json!({"value": 20}));
                self.ask(set.by(side.owner())).await.well();
                call(method, path).json(&why())
            }
            ("POST", "tasks/{id}/done") => {
                filled(self.task(side).await.to_string()).json(&json!({"note": "done on Monday"}))
            }
            ("GET", "tasks/{id}") => filled(self.task(side).await.to_string()),
            ("PUT", "tasks/{id}/plan") => {
                let plan = json!({"owner": self.person(side).await, "due": "2026-09-30", "remark": "Ask Otto."});
                filled(self.task(side).await.to_string()).json(&plan)
            }
            ("POST", "ledger/entries/{index}/erase") => {
                self.token(side).await;
                entry(self.entries(side).await - 1).json(&json!({"reason": "asked for by the person"}))
            }
            (_, path) if path.starts_with("ledger/entries/{index}") => entry(0),
            ("GET", "ledger/{log}/checkpoint") => get(log()),
            ("GET", "ledger/{log}/tile/{path}") => {
                let head = self.ask(get("/api/v1/ledger").by(side.owner())).await.well().json();
                let tile = match head["size"].as_u64().unwrap() {
                    size @ ..256 => format!("entries/000.p/{size}"),
                    _ => "entries/000".to_owned(),
                };
                get(log().replace("{path}", &tile))
            }
            ("POST", "mail/test") => {
                self.mail_server_put(side).await;
                call(method, path)
            }
            ("PUT", "profile") => call(method, path).json(&profile()),
            ("PUT", "people/{id}/role") => {
                filled(self.person(side).await).json(&json!({"role": "reception"}))
            }
            (_, path) if path.starts_with("people/{id}") => filled(self.person(side).await),
            ("POST", "invitations") => post(path, &self.invitation_body()),
            ("DELETE", "invitations/{id}") => filled(self.invitation(side).await),
            ("POST", "organisations") => post(path, &profile()),
            ("POST", "clients") => post(path, &json!({"name": format!("Client {}", self.next())})),
            ("PUT", "clients/{id}") => filled(self.client(side).await)
                .json(&json!({"name": format!("Client {}", self.next()), "is_confidential": true})),
            ("GET", "answers") => get(format!("{path}?for={}", self.client(side).await)),
            ("POST", "answers/file") => {
                post(path, &json!({"for": self.client(side).await, "form": "xlsx"}))
            }
            ("POST", "clients/list/confirmation") => {
                self.title(side).await;
                post(path, &json!({"seen": self.seen(side, path).await, "has_looked": true}))
            }
            ("POST", "head-count/confirmation") => {
                self.registered(side).await;
                let seen = self.seen(side, path).await;
                let with = ["payroll", "badges"];
                post(path, &json!({"seen": seen, "has_looked": true, "compared_with": with}))
            }
            ("POST", "clients/list/file") => post(path, &json!({"on": "2026-03-12"})),
            (_, path) if path.starts_with("clients/{id}") => filled(self.client(side).await),
            ("POST", "titles") => {
                let client = self.client(side).await;
                post(path, &json!({"client": client, "title": self.title_terms()}))
            }
            ("PUT", "titles/{id}") => filled(self.title(side).await).json(&self.title_terms()),
            (_, path) if path.starts_with("titles/{id}") => filled(self.title(side).await),
            ("POST", "register") => post(path, &self.newcomer("freelancer", Value::Null)),
            ("PUT", "register/{id}") => filled(self.registered(side).await)
                .json(&json!({"name": format!("Nina Cut {}", self.next()), "phone": "+49 30 1"})),
            ("POST", "register/{id}/forget") => filled(self.gone(side).await)
                .json(&json!({"reason": "asked for by the person"})),
            ("POST", "register/{id}/link/mail") => {
                self.mail_server_put(&self.home).await;
                filled(self.registered(side).await)
            }
            ("POST", "agreements/{id}/remind") => {
                self.mail_server_put(&self.home).await;
                self.registered(side).await;
                filled(self.agreement(side).await)
            }
            ("POST", "policies/{id}/remind") => {
                self.mail_server_put(&self.home).await;
                self.registered(side).await;
                filled(self.policy(side).await)
            }
            ("POST", "register/{id}/engagements") => {
                filled(self.registered(side).await).json(&engagement("trainee"))
            }
            ("POST", "register/{id}/assignments") => {
                let title = self.title(side).await;
                filled(self.registered(side).await)
                    .json(&json!({"title": title, "assignment": assignment()}))
            }
            ("POST", "agreements") => post(path, &self.agreement_body()),
            ("POST", "agreements/{id}/versions") => {
                filled(self.agreement(side).await).json(&agreement_version())
            }
            (_, path) if path.starts_with("agreements/{id}") => filled(self.agreement(side).await),
            ("POST", "policies") => post(path, &self.policy_body()),
            ("POST", "policies/handbook") => {
                self.policy(side).await;
                let all = self.ask(get("/api/v1/policies").by(side.owner())).await.well().json();
                if let Some(document) = all["document"].as_str() {
                    let withdraw = post(format!("/api/v1/documents/{document}/withdraw"), &why());
                    self.ask(withdraw.by(side.owner())).await.well();
                }
                call(method, &operation.path)
            }
            ("PUT", "policies/{id}/draft") => {
                let id = self.policy(side).await;
                let body = self.policy_words(side, &id).await;
                filled(id).json(&body)
            }
            ("POST", "policies/{id}/drop" | "policies/{id}/send") => {
                let (id, edition) = self.policy_draft(side).await;
                filled(id).json(&json!({"edition": edition}))
            }
            ("POST", "policies/{id}/approve") => {
                let made = post("/api/v1/policies", &self.policy_body()).by(side.owner());
                let (id, edition) = (self.ask(made).await.well().text("id"), 1);
                let send = post(format!("/api/v1/policies/{id}/send"), &json!({"edition": edition}));
                self.ask(send.by(side.owner())).await.well();
                filled(id).json(&json!({"edition": edition}))
            }
            ("POST", "policies/{id}/review") => {
                let id = self.policy(side).await;
                let path = format!("/api/v1/policies/{id}");
                let shown = self.ask(get(path).by(side.owner())).await.well().json();
                filled(id).json(&json!({"version": shown["version"]}))
            }
            ("POST", "policies/{id}/retire") => {
                let made = post("/api/v1/policies", &self.policy_body()).by(side.owner());
                filled(self.ask(made).await.well().text("id")).json(&why())
            }
            (_, path) if path.starts_with("policies/{id}") => filled(self.policy(side).await),
            ("POST", "papers") => self.paper_call(side).await,
            ("POST", "papers/{id}/refuse") => filled(self.paper(side).await).json(&why()),
            (_, path) if path.starts_with("papers/{id}") => filled(self.paper(side).await),
            ("POST", "signatures/{id}/withdraw") => {
                filled(self.signature(side).await).json(&why())
            }
            (_, path) if path.starts_with("signatures/{id}") => filled(self.signature(side).await),
            (_, path) if path.starts_with("register/{id}") => filled(self.registered(side).await),
            ("PUT", "engagements/{id}") => {
                filled(self.engagement(side).await).json(&engagement("contractor"))
            }
            (_, path) if path.starts_with("engagements/{id}") => filled(self.engagement(side).await),
            ("PUT", "contacts") => {
                let mut engaged = Vec::new();
                for phone in ["+46 70 123 45 67", "08 123 45 67"] {
                    let mut new = self.newcomer("employee", Value::Null);
                    new["person"]["email"] =
                        json!(format!("on-call-{}@halide.example", self.next()));
                    let made = post("/api/v1/register", &new).by(side.owner());
                    engaged.push((self.ask(made).await.well().text("id"), phone));
                }
                let shown = self.ask(get("/api/v1/contacts").by(side.owner())).await.well().json();
                call("PUT", path).json(&json!({
                    "responsible": engaged[0].0,
                    "responsible_phone": engaged[0].1,
                    "deputy": engaged[1].0,
                    "deputy_phone": engaged[1].1,
                    "before": shown["changes"],
                }))
            }
            ("PUT", "leavings/items") => {
                let before = self.ask(get("/api/v1/leavings/items").by(side.owner())).await.well();
                let items = json!([format!("Parking card {}", self.next())]);
                call("PUT", path).json(&json!({"items": items, "before": before.json()["items"]}))
            }
            ("POST", "leavings/steps/{id}/close") => {
                let steps = self.leaving(side).await["steps"].take();
                let step = steps.as_array().unwrap().iter().find(|step| step["is_by_itself"] == false);
                filled(step.unwrap()["id"].as_str().unwrap().to_owned())
                    .json(&json!({"outcome": "done", "note": "It lies in the safe."}))
            }
            (_, path) if path.starts_with("leavings/{id}") => {
                filled(self.leaving(side).await["id"].as_str().unwrap().to_owned())
            }
            ("PUT", "assignments/{id}") => filled(self.assignment(side).await)
                .json(&json!({"job": "Online", "begins_on": "2026-03-02"})),
            (_, path) if path.starts_with("assignments/{id}") => filled(self.assignment(side).await),
            ("POST", "head-count/file") => post(path, &json!({"on": "2026-03-12"})),
            ("PUT", "facility-profile") => call(method, &operation.path).json(&facility()),
            ("POST", "questionnaires") => self.questionnaire_call(side).await,
            ("POST", "questionnaires/{id}/remove") => {
                filled(self.questionnaire(side).await).json(&why())
            }
            ("PUT", "questionnaires/{id}/questions/{position}") => {
                let path = format!("/api/v1/questionnaires/{}/questions/1", self.questionnaire(side).await);
                call(method, path).json(&json!({"answer": "Yes, at all times.", "control": "AD-8"}))
            }
            ("POST", "questionnaires/{id}/fill") => {
                let before = self.questionnaire(side).await;
                let path = format!("/api/v1/questionnaires/{before}/questions/1");
                let said = json!({"answer": "Yes.", "is_reusable": true});
                self.ask(call("PUT", path).json(&said).by(side.owner())).await.well();
                filled(self.questionnaire(side).await)
            }
            (_, path) if path.starts_with("questionnaires/{id}") => {
                filled(self.questionnaire(side).await)
            }
            ("POST", "risks") => post(path, &self.risk_body()),
            ("POST", "risks/file") => post(path, &json!({"form": "xlsx"})),
            ("PUT", "risks/{id}") => filled(self.risk(side).await).json(&self.risk_body()),
            ("POST", "risks/{id}/review") => {
                filled(self.risk(side).await).json(&json!({"said": "We looked at the safe."}))
            }
            ("POST", "risks/{id}/accept") => filled(self.risk(side).await).json(&borne()),
            ("POST", "risks/{id}/withdraw") => {
                let id = self.risk(side).await;
                let accept = post(format!("/api/v1/risks/{id}/accept"), &borne());
                self.ask(accept.by(side.owner())).await.well();
                filled(id).json(&why())
            }
            ("POST", "risks/{id}/close") => filled(self.risk(side).await).json(&why()),
            (_, path) if path.starts_with("risks/{id}") => filled(self.risk(side).await),
            ("POST", "audits") => post(path, &audit()),
            ("PUT", "audits/{id}") => {
                let mut body = audit();
                body["scope"] = json!("The whole site.");
                filled(self.audit(side).await).json(&body)
            }
            ("POST", "audits/{id}/remove") => filled(self.audit(side).await).json(&why()),
            ("POST", "audits/{id}/report") => filled(self.audit(side).await).sending("a report"),
            ("POST", "audits/list/file") => post(path, &json!({})),
            ("POST", "audits/{id}/findings") => {
                filled(self.audit(side).await).json(&self.finding_body())
            }
            (_, path) if path.starts_with("audits/{id}") => filled(self.audit(side).await),
            ("PUT", "findings/{id}") => {
                filled(self.finding(side).await).json(&self.finding_body())
            }
            ("POST", "findings/{id}/close") => {
                filled(self.finding(side).await).json(&json!({"said": "Mended on Monday."}))
            }
            ("POST", "findings/{id}/accept") => filled(self.finding(side).await)
                .json(&json!({"reason": "It is switched off.", "until": "2026-03-30"})),
            ("POST", "findings/{id}/reopen") => {
                let id = self.finding(side).await;
                let body = json!({"said": "Mended."});
                let close = post(format!("/api/v1/findings/{id}/close"), &body);
                self.ask(close.by(side.owner())).await.well();
                filled(id).json(&why())
            }
            ("POST", "findings/{id}/remove") => filled(self.finding(side).await).json(&why()),
            (_, path) if path.starts_with("findings/{id}") => filled(self.finding(side).await),
            ("POST", "tokens") => post(path, &token()),
            ("DELETE", "tokens/{id}") => filled(self.token(side).await),
            ("POST", "packs") => post(path, &period()),
            (_, path) if path.starts_with("packs/{id}") => filled(self.pack(side).await),
            (_, path) if !path.contains('{') && operation.takes.is_none() => call(method, &operation.path),
            (method, path) => panic!("no example of {method} {path}: write one"),
        }
    }

    /// Where nobody answers.
    async fn mail_server_put(&self, side: &Side) {
        let operator = Caller {
            actor: Actor::Operator(1000),
            name: "operator 1000".into(),
            organisation: side.organisation,
            allowed: Role::Owner.actions(),
            factor_at: None,
            session: None,
        };
        let server = NewMailServer {
            host: "localhost".into(),
            port: Some(9),
            security: "plain".into(),
            sender: "closedset@nordlicht.example".into(),
            ..NewMailServer::default()
        };
        mail::server_put(&self.app, &operator, server).await.unwrap();
    }

    pub async fn document(&self, side: &Side) -> String {
        let bytes = format!("document {}", self.next());
        self.ask(upload("policy.pdf").sending(bytes).by(side.owner())).await.well().text("id")
    }

    pub async fn attestation(&self, side: &Side) -> String {
        let call = post("/api/v1/attestations", &attestation()).by(side.owner());
        self.ask(call).await.well().text("id")
    }

    /// An exception that somebody asked for who may not grant it.
    pub async fn exception(&self, side: &Side) -> String {
        let call = post("/api/v1/exceptions", &exception()).by(&side.tokens["administrator"]);
        self.ask(call).await.well().text("id")
    }

    /// An own check, as long as there are not too many.
    pub async fn own_check(&self, side: &Side) -> String {
        let call = post("/api/v1/own-checks", &own_check()).by(side.owner());
        let made = self.ask(call).await;
        if made.status == 409 {
            let all = self.ask(get("/api/v1/own-checks").by(side.owner())).await.well().json();
            for one in all["items"].as_array().unwrap() {
                let path = format!("/api/v1/own-checks/{}/retire", one["id"].as_str().unwrap());
                let body = json!({"version": one["version"], "reason": "to make room"});
                self.ask(post(&path, &body).by(side.owner())).await;
            }
            let call = post("/api/v1/own-checks", &own_check()).by(side.owner());
            return self.ask(call).await.well().text("id");
        }
        made.well().text("id")
    }

    /// Somebody who belongs, as a member.
    pub async fn person(&self, side: &Side) -> String {
        let email = format!("member-{}@halide.example", self.next());
        self.member(side.organisation, &email, Role::Member).await.1.to_string()
    }

    pub async fn invitation(&self, side: &Side) -> String {
        let call = post("/api/v1/invitations", &self.invitation_body()).by(side.owner());
        self.ask(call).await.well().text("id")
    }

    fn invitation_body(&self) -> Value {
        let number = self.next();
        let (email, name) = (format!("guest-{number}@halide.example"), format!("Guy Est {number}"));
        json!({"email": email, "name": name, "role": "member", "last_day": "2026-09-30"})
    }

    /// Which list somebody looks through.
    pub async fn seen(&self, side: &Side, path: &str) -> String {
        self.ask(get(path).by(side.owner())).await.well().text("seen")
    }

    /// A client, without titles.
    pub async fn client(&self, side: &Side) -> String {
        let body = json!({"name": format!("Client {}", self.next())});
        self.ask(post("/api/v1/clients", &body).by(side.owner())).await.well().text("id")
    }

    /// A questionnaire of a client of its own, as a file.
    async fn questionnaire_call(&self, side: &Side) -> Call {
        let client = self.client(side).await;
        let path = format!("/api/v1/questionnaires?client={client}&file_name=security.csv");
        call("POST", path)
            .sending("Question,Answer\nAre visitors escorted?,\nHow many work here?,12\n")
    }

    pub async fn questionnaire(&self, side: &Side) -> String {
        let upload = self.questionnaire_call(side).await;
        self.ask(upload.by(side.owner())).await.well().text("id")
    }

    pub fn risk_body(&self) -> Value {
        json!({"title": format!("Drives are stolen {}", self.next()), "words": "Because drives travel, one is taken.", "likelihood": 3, "impact": 5, "controls": ["IS-9"]})
    }

    pub async fn risk(&self, side: &Side) -> String {
        let body = self.risk_body();
        self.ask(post("/api/v1/risks", &body).by(side.owner())).await.well().text("id")
    }

    pub async fn audit(&self, side: &Side) -> String {
        self.ask(post("/api/v1/audits", &audit()).by(side.owner())).await.well().text("id")
    }

    fn finding_body(&self) -> Value {
        json!({"reference": format!("3.{}", self.next()), "what": "The guest Wi-Fi reaches the render network.", "severity": "high"})
    }

    /// A finding of an audit of its own.
    pub async fn finding(&self, side: &Side) -> String {
        let path = format!("/api/v1/audits/{}/findings", self.audit(side).await);
        self.ask(post(path, &self.finding_body()).by(side.owner())).await.well().text("id")
    }

    fn title_terms(&self) -> Value {
        let number = self.next();
        json!({"name": format!("A Film {number}"), "alias": format!("ALIAS {number}"), "begins_on": "2026-03-01"})
    }

    pub async fn title(&self, side: &Side) -> String {
        let body = json!({"client": self.client(side).await, "title": self.title_terms()});
        self.ask(post("/api/v1/titles", &body).by(side.owner())).await.well().text("id")
    }

    /// Somebody new, engaged from 1 March on.
    pub fn newcomer(&self, form: &str, ends_on: Value) -> Value {
        let number = self.next();
        let mut engagement = engagement(form);
        engagement["ends_on"] = ends_on;
        json!({
            "person": {"name": format!("Otto Cut {number}"), "email": format!("otto-{number}@halide.example")},
            "engagement": engagement,
        })
    }

    /// Somebody who works here as a freelancer, without an account.
    pub async fn registered(&self, side: &Side) -> String {
        let body = self.newcomer("freelancer", Value::Null);
        self.ask(post("/api/v1/register", &body).by(side.owner())).await.well().text("id")
    }

    /// Somebody whose only engagement is over.
    async fn gone(&self, side: &Side) -> String {
        let body = self.newcomer("freelancer", json!("2026-03-02"));
        self.ask(post("/api/v1/register", &body).by(side.owner())).await.well().text("id")
    }

    /// Another engagement of somebody who works here.
    pub async fn engagement(&self, side: &Side) -> String {
        let path = format!("/api/v1/register/{}/engagements", self.registered(side).await);
        self.ask(post(path, &engagement("trainee")).by(side.owner())).await.well().text("id")
    }

    /// The leaving of somebody whose engagement was ended.
    pub async fn leaving(&self, side: &Side) -> Value {
        let person = self.registered(side).await;
        let read =
            |path: String| async { self.ask(get(path).by(side.owner())).await.well().json() };
        let detail = read(format!("/api/v1/register/{person}")).await;
        let engaged = detail["engagements"][0]["id"].as_str().unwrap().to_owned();
        let mut end = engagement("freelancer");
        end["ends_on"] = json!("2099-12-31");
        let end = call("PUT", format!("/api/v1/engagements/{engaged}")).json(&end);
        self.ask(end.by(side.owner())).await.well();
        let mut all = read("/api/v1/leavings?limit=200".into()).await["items"].take();
        let found = all.as_array_mut().unwrap().iter_mut().find(|one| one["person"] == person);
        found.unwrap().take()
    }

    /// The assignment of somebody to a title, both of its own.
    pub async fn assignment(&self, side: &Side) -> String {
        let path = format!("/api/v1/register/{}/assignments", self.registered(side).await);
        let body = json!({"title": self.title(side).await, "assignment": assignment()});
        self.ask(post(path, &body).by(side.owner())).await.well().text("id")
    }

    fn agreement_body(&self) -> Value {
        json!({"name": format!("Confidentiality {}", self.next()), "text": WORDS})
    }

    /// An agreement that everybody signs.
    pub async fn agreement(&self, side: &Side) -> String {
        let call = post("/api/v1/agreements", &self.agreement_body()).by(side.owner());
        self.ask(call).await.well().text("id")
    }

    fn policy_body(&self) -> Value {
        let topics: Vec<&str> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
        json!({"name": format!("Handbook {}", self.next()), "topics": topics, "text": WORDS})
    }

    /// A policy in force, approved on the day before by nobody else, and reviewed since.
    pub async fn policy(&self, side: &Side) -> String {
        let make = || async {
            let by_owner = |call: Call| async { self.ask(call.by(side.owner())).await.well() };
            let id = by_owner(post("/api/v1/policies", &self.policy_body())).await.text("id");
            let path = format!("/api/v1/policies/{id}");
            let first = json!({"edition": 1});
            by_owner(post(format!("{path}/send"), &first)).await;
            by_owner(post(format!("{path}/approve"), &first)).await;
            // Past midnight, and no token ends.
            self.clock.advance(Duration::from_hours(16));
            by_owner(post(format!("{path}/review"), &json!({"version": 1}))).await;
            id
        };
        side.policy.get_or_init(make).await.clone()
    }

    /// Other words for a policy, after the ones that are there.
    async fn policy_words(&self, side: &Side, id: &str) -> Value {
        let shown = self.ask(get(format!("/api/v1/policies/{id}")).by(side.owner())).await.well();
        let shown = shown.json();
        json!({
            "name": shown["name"],
            "topics": shown["topics"],
            "text": format!("{WORDS} Nor for {} years.", self.next()),
            "after": shown["edition"],
        })
    }

    /// Other words for the policy in force, written and not sent; their edition.
    async fn policy_draft(&self, side: &Side) -> (String, i64) {
        let id = self.policy(side).await;
        let body = self.policy_words(side, &id).await;
        let save = call("PUT", format!("/api/v1/policies/{id}/draft")).json(&body);
        let saved = self.ask(save.by(side.owner())).await.well().json();
        (id, saved["edition"].as_i64().unwrap())
    }

    /// The link of somebody, by the token in it.
    pub async fn link(&self, side: &Side, person: &str) -> String {
        let call = call("POST", format!("/api/v1/register/{person}/link")).by(side.owner());
        let made = self.ask(call).await.well().text("link");
        made.split_once("/mine?token=").unwrap().1.to_owned()
    }

    /// The signature of somebody beneath an agreement's first version, by their link.
    pub async fn signed(&self, side: &Side, agreement: &str, person: &str) -> String {
        let path = format!("/api/v1/register/{person}");
        let name = self.ask(get(path).by(side.owner())).await.well().text("name");
        let (token, of) = (self.link(side, person).await, (agreement.parse().unwrap(), 1));
        agreements::sign(&self.app, &token, of, (&name, true)).await.unwrap().to_string()
    }

    /// The upload of what somebody of its own signed on paper, beneath an agreement of its own.
    async fn paper_call(&self, side: &Side) -> Call {
        let (agreement, person) = (self.agreement(side).await, self.registered(side).await);
        let path = format!(
            "/api/v1/papers?person={person}&agreement={agreement}&version=1&signed_on=2025-09-30"
        );
        call("POST", path).sending(format!("%PDF-1.7 {}", self.next()))
    }

    /// What somebody of its own signed on paper, uploaded by a program of another than the owner.
    pub async fn paper(&self, side: &Side) -> String {
        let upload = self.paper_call(side).await.by(&side.tokens["coordinator"]);
        self.ask(upload).await.well().text("id")
    }

    /// The signature of somebody of its own beneath an agreement of its own.
    pub async fn signature(&self, side: &Side) -> String {
        let (agreement, person) = (self.agreement(side).await, self.registered(side).await);
        self.signed(side, &agreement, &person).await
    }

    pub async fn token(&self, side: &Side) -> String {
        self.ask(post("/api/v1/tokens", &token()).by(side.owner())).await.well().text("id")
    }

    pub async fn pack(&self, side: &Side) -> String {
        let make = || async {
            let call = post("/api/v1/packs", &period()).by(side.owner());
            self.ask(call).await.well().text("id")
        };
        side.pack.get_or_init(make).await.clone()
    }

    pub async fn task(&self, side: &Side) -> Id<Task> {
        let (organisation, log, check) =
            (side.organisation, side.log(), format!("check-{}", self.next()));
        self.app
            .store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                let id = tx.new_id();
                let task = TaskRow {
                    id,
                    title: "Mend it".into(),
                    control: CONTROL.into(),
                    check: check.clone(),
                    subject: Subject::control(CONTROL),
                    due_at: tx.now() + Duration::from_days(7),
                    created_at: tx.now(),
                    done_at: None,
                    done_by: None,
                    note: String::new(),
                    plan: Plan::default(),
                };
                tasks::task_open(tx, organisation, &task)?;
                let entry = NewEntry {
                    actor: &Actor::Closedset,
                    subject: format!("task:{id}"),
                    kind: "task.opened",
                    body: json!({"task": id}),
                };
                tx.record(log, entry)?;
                Ok(id)
            })
            .await
            .unwrap()
    }

    async fn enrol_request(&self, side: &Side) -> (SigningKey, Value) {
        let made = self.ask(call("POST", "/api/v1/enrolments").by(side.owner())).await.well();
        let link: EnrolLink = made.text("link").parse().unwrap();
        let mut seed = [0u8; 32];
        seed[..8].copy_from_slice(&self.next().to_be_bytes());
        let key = SigningKey::from_bytes(&seed);
        let request = EnrolRequest::signed(link.token.to_token(), &key, "suite-1".into());
        (key, serde_json::to_value(request).unwrap())
    }

    /// A report of a computer that no server has heard of yet.
    pub async fn report(&self, side: &Side) -> Value {
        let made = self.ask(call("POST", "/api/v1/enrolments").by(side.owner())).await.well();
        let link: EnrolLink = made.text("link").parse().unwrap();
        let mut seed = [1u8; 32];
        seed[..8].copy_from_slice(&self.next().to_be_bytes());
        let key = SigningKey::from_bytes(&seed);
        let device = device_of(link.home.unwrap().enrolment);
        json!({
            "format": REPORT_FORMAT,
            "enrol": EnrolRequest::signed(link.token.to_token(), &key, "suite-1".into()),
            "check_in": check_in(side, device, &key, 1),
        })
    }

    pub async fn device(&self, side: &Side) -> (Id<Device>, SigningKey) {
        let (key, request) = self.enrol_request(side).await;
        let answer = self.ask(post("/api/v1/agent/enrol", &request)).await.well();
        (answer.text("device").parse().unwrap(), key)
    }
}

pub fn upload(file_name: &str) -> Call {
    call(
        "POST",
        format!("/api/v1/documents?control={CONTROL}&file_name={file_name}&valid_to={VALID_TO}"),
    )
}

pub fn attestation() -> Value {
    json!({"control": CONTROL, "statement": "We keep the door of the machine room locked.", "valid_to": VALID_TO})
}

/// What whoever gives evidence may ask for.
pub fn exception() -> Value {
    json!({
        "form": "none_exists",
        "control": "AD-9",
        "reason": "No penetration test was ever made of this building.",
        "last_day": "2026-09-30",
    })
}

pub fn engagement(form: &str) -> Value {
    json!({"form": form, "job": "Colourist", "begins_on": "2026-03-01"})
}

pub fn assignment() -> Value {
    json!({"job": "Grading", "begins_on": "2026-03-01"})
}

pub fn agreement_version() -> Value {
    json!({"text": format!("{WORDS} Nor for ever."), "asks_again": true, "after": 1})
}

/// Why something is taken back.
pub fn why() -> Value {
    json!({"reason": "of another building"})
}

/// Whoever may make tokens may make this one, and take it back.
pub fn token() -> Value {
    json!({"name": "short", "scopes": ["settings.write"], "days": 1})
}

pub fn profile() -> Value {
    json!({"organisation": "Nordlicht", "facility": "Annex", "address": "2 Film Street", "country": "DE", "time_zone": "Europe/Berlin"})
}

pub fn period() -> Value {
    json!({"from": "2026-01-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"})
}

pub fn check_in(side: &Side, device: Id<Device>, key: &SigningKey, counter: i64) -> Value {
    let body = json!({"answers": counter});
    let digest = Digest::of(&canonical::to_vec(&body).unwrap());
    let digests = BTreeMap::from([("something_new".to_owned(), digest)]);
    let statement = Statement {
        organisation: side.organisation,
        device,
        counter,
        collected_at: Time::from_millis(1_773_307_700_000),
        facts: facts_digest(&digests).unwrap(),
    };
    let body: fact::Body = serde_json::from_value(body).unwrap();
    let check_in = CheckIn {
        statement,
        signature: statement.sign(key),
        digests: Some(digests),
        bodies: BTreeMap::from([("something_new".to_owned(), body)]),
    };
    serde_json::to_value(check_in).unwrap()
}

fn borne() -> Value {
    json!({"reason": "It is insured.", "until": "2026-03-30"})
}

pub fn audit() -> Value {
    json!({"kind": "tpn", "firm": "Blue Harbour", "begins_on": "2026-02-02", "report_on": "2026-02-20"})
}

fn own_check() -> Value {
    json!({"control": "IS-7", "title": "Early", "pass": "screen_lock.longest_s <= 60", "wanted": "Early.", "fresh_for": "7d"})
}

/// What a facility is like.
fn facility() -> Value {
    json!({"building": "shared", "floor_area_m2": 420, "rooms": "Two grading rooms.", "neighbours": "A dentist."})
}
