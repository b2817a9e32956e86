//! Audits over the API: what is shown of them, the report as the body of a request, findings and their tasks.

use crate::{
    calls::audit,
    world::{Answer, Call, World, call, get, post},
};
use closedset_core::Digest;
use serde_json::{Value, json};

async fn owner_asks(world: &World, call: Call) -> Answer {
    world.ask(call.by(world.home.owner())).await
}

async fn read(world: &World, path: &str) -> Value {
    owner_asks(world, get(format!("/api/v1/{path}"))).await.well().json()
}

#[tokio::test]
async fn a_report_is_sent_as_it_is_and_counts() {
    let world = World::new().await;
    let id = owner_asks(&world, post("/api/v1/audits", &audit())).await.well().text("id");
    let shown = json!({
        "id": id,
        "kind": "tpn",
        "is_clients": false,
        "firm": "Blue Harbour",
        "assessors": "",
        "scope": "",
        "begins_on": "2026-02-02",
        "ends_on": "2026-02-02",
        "report_on": "2026-02-20",
        "due_on": "2027-02-20",
        "findings": {
            "critical": 0, "high": 0, "medium": 0, "low": 0, "informational": 0,
            "late": 0, "accepted": 0, "closed": 0,
        },
        "changes": 0,
        "created_at": "2026-03-12T09:30:00.000Z",
    });
    assert_eq!(read(&world, &format!("audits/{id}")).await, shown);
    let path =
        format!("/api/v1/audits/{id}/report?file_name=report.pdf&media_type=application/pdf");
    let sent = owner_asks(&world, call("POST", &path).sending("the report")).await;
    assert_eq!(sent.status, 204);
    let report = read(&world, &format!("audits/{id}")).await["report"].clone();
    assert_eq!(report["file_name"], "report.pdf");
    let document = report["document"].as_str().unwrap();
    let file = owner_asks(&world, get(format!("/api/v1/documents/{document}/file"))).await.well();
    assert_eq!(Digest::of(&file.body), Digest::of(b"the report"));
    for (path, status) in [
        (format!("/api/v1/audits/{id}/report?nothing=x"), 422),
        ("/api/v1/audits/aud_nothing/report".to_owned(), 404),
    ] {
        let refused = owner_asks(&world, call("POST", path).sending("x")).await;
        assert_eq!(refused.status, status);
    }
    let empty = owner_asks(&world, call("POST", format!("/api/v1/audits/{id}/report"))).await;
    assert_eq!((empty.status, empty.problem().as_str()), (422, "input.invalid"));
    let out = owner_asks(&world, post("/api/v1/audits/list/file", &json!({}))).await.well();
    assert!(String::from_utf8(out.body.to_vec()).unwrap().contains("\"Blue Harbour\""));
}

#[tokio::test]
async fn a_finding_is_entered_changed_and_closed() {
    let world = World::new().await;
    let id = owner_asks(&world, post("/api/v1/audits", &audit())).await.well().text("id");
    let person = world.person(&world.home).await;
    let mut body = json!({
        "reference": "3.1", "what": "The guest Wi-Fi reaches the NAS.", "severity": "high",
        "control": "IS-3", "owner": person, "due_on": "2026-04-01",
    });
    let path = format!("/api/v1/audits/{id}/findings");
    let finding = owner_asks(&world, post(&path, &body)).await.well().text("id");
    let twice = owner_asks(&world, post(&path, &body)).await;
    assert_eq!((twice.status, twice.problem().as_str()), (422, "input.invalid"));
    let shown = read(&world, &format!("findings/{finding}")).await;
    assert_eq!((&shown["state"], &shown["owner"]["person"]), (&json!("open"), &json!(person)));
    assert_eq!(read(&world, &format!("audits/{id}/findings")).await["items"], json!([shown]));
    let task = shown["task"].as_str().unwrap().to_owned();
    let done = post(format!("/api/v1/tasks/{task}/done"), &json!({"note": "done"}));
    let refused = owner_asks(&world, done).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "task.of_finding"));
    body["severity"] = json!("low");
    body["changes"] = json!(0);
    let uri = format!("/api/v1/findings/{finding}");
    assert_eq!(owner_asks(&world, call("PUT", &uri).json(&body)).await.status, 204);
    body["severity"] = json!("medium");
    let late = owner_asks(&world, call("PUT", &uri).json(&body)).await;
    assert_eq!((late.status, late.problem().as_str()), (409, "audit.changed"));
    for (field, value) in [("owner", "Nina"), ("severity", "grave")] {
        let mut wrong = body.clone();
        wrong[field] = json!(value);
        let refused = owner_asks(&world, call("PUT", &uri).json(&wrong)).await;
        assert!([409, 422].contains(&refused.status), "{field}");
    }
    let nothing = owner_asks(&world, post(format!("{uri}/close"), &json!({}))).await;
    assert_eq!(nothing.status, 422);
    let proof = json!({"said": "Mended.", "proof": "the invoice"});
    assert_eq!(owner_asks(&world, post(format!("{uri}/close"), &proof)).await.status, 422);
    let said = json!({"said": "Mended."});
    assert_eq!(owner_asks(&world, post(format!("{uri}/close"), &said)).await.status, 204);
    assert!(!read(&world, &format!("tasks/{task}")).await["done_at"].is_null());
    // Of a client's own nothing of whose it is without the scope for clients.
    let client = world.client(&world.home).await;
    let mut own = audit();
    own["kind"] = json!("content_owner");
    own["client"] = json!(client);
    let own = owner_asks(&world, post("/api/v1/audits", &own)).await.well().text("id");
    assert_eq!(read(&world, &format!("audits/{own}")).await["client"], json!(client));
    let asked = get(format!("/api/v1/audits/{own}")).by(&world.home.tokens["auditor"]);
    let theirs = world.ask(asked).await.well().json();
    assert_eq!((&theirs["is_clients"], &theirs["client"]), (&json!(true), &Value::Null));
    assert_eq!(theirs["firm"], Value::Null);
}
