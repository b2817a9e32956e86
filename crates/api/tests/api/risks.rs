//! Risks over the API: how bad they are, what is refused, and what becomes of them.

use crate::world::{Answer, Call, World, call, get, post};
use serde_json::{Value, json};

async fn owner_asks(world: &World, call: Call) -> Answer {
    world.ask(call.by(world.home.owner())).await
}

async fn read(world: &World, path: &str) -> Value {
    owner_asks(world, get(format!("/api/v1/{path}"))).await.well().json()
}

#[tokio::test]
async fn a_risk_is_added_changed_reviewed_borne_and_closed() {
    let world = World::new().await;
    let person = world.person(&world.home).await;
    let scenarios = read(&world, "risks/scenarios").await["items"].clone();
    let mut body = scenarios[0].clone();
    let begun_from = body.as_object_mut().unwrap().remove("id").unwrap();
    body["begun_from"] = begun_from.clone();
    body["owner"] = json!(person);
    body["review_on"] = json!("2026-09-12");
    let id = owner_asks(&world, post("/api/v1/risks", &body)).await.well().text("id");
    let uri = format!("/api/v1/risks/{id}");
    let shown = read(&world, &format!("risks/{id}")).await;
    assert_eq!((&shown["begun_from"], &shown["changes"]), (&begun_from, &json!(0)));
    assert_eq!((&shown["inherent"], &shown["residual"]), (&json!(15), &json!(15)));
    assert_eq!((&shown["level"], &shown["review_on"]), (&json!("severe"), &json!("2026-09-12")));
    assert_eq!(
        shown["controls"][0],
        json!({"control": "PH-5", "status": "unknown", "holds": false})
    );
    assert_eq!(shown["owner"]["has_left"], json!(false));
    assert!(shown.get("accepted").is_none() && shown.get("closed").is_none());
    let twice = owner_asks(&world, post("/api/v1/risks", &body)).await;
    assert_eq!((twice.status, twice.problem().as_str()), (422, "input.invalid"));
    for field in ["begun_from", "review_on"] {
        let refused = owner_asks(&world, call("PUT", &uri).json(&body)).await;
        assert_eq!(refused.status, 422, "{field} is of a new one alone");
        body.as_object_mut().unwrap().remove(field);
    }
    body["likelihood"] = json!(1);
    body["changes"] = json!(0);
    assert_eq!(owner_asks(&world, call("PUT", &uri).json(&body)).await.status, 204);
    body["likelihood"] = json!(2);
    let late = owner_asks(&world, call("PUT", &uri).json(&body)).await;
    assert_eq!((late.status, late.problem().as_str()), (409, "risk.changed"));
    for (field, value) in [
        ("owner", json!("Nina")),
        ("likelihood", json!(6)),
        ("likelihood", json!("high")),
        ("controls", json!(["XX-1"])),
    ] {
        let mut wrong = body.clone();
        wrong["changes"] = json!(1);
        wrong[field] = value;
        let refused = owner_asks(&world, call("PUT", &uri).json(&wrong)).await;
        assert_eq!(refused.status, 422, "{field}");
    }
    let nothing = owner_asks(&world, post(format!("{uri}/review"), &json!({}))).await;
    assert_eq!(nothing.status, 422);
    let said = json!({"said": "We looked at the safe.", "changes": 1});
    assert_eq!(owner_asks(&world, post(format!("{uri}/review"), &said)).await.status, 204);
    let borne = json!({"reason": "It is insured.", "until": "2026-09-12"});
    assert_eq!(owner_asks(&world, post(format!("{uri}/accept"), &borne)).await.status, 204);
    let shown = read(&world, &format!("risks/{id}")).await;
    assert_eq!(shown["reviewed"]["words"], json!("We looked at the safe."));
    assert_eq!(shown["accepted"]["until"], json!("2026-09-12"));
    assert_eq!((&shown["review_on"], &shown["residual"]), (&json!("2027-03-12"), &json!(5)));
    let why = json!({"reason": "It is not."});
    assert_eq!(owner_asks(&world, post(format!("{uri}/withdraw"), &why)).await.status, 204);
    let again = owner_asks(&world, post(format!("{uri}/withdraw"), &why)).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "risk.not_accepted"));
    assert_eq!(owner_asks(&world, post(format!("{uri}/close"), &why)).await.status, 204);
    let again = owner_asks(&world, post(format!("{uri}/close"), &why)).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "risk.closed"));
    for form in ["pdf", "xlsx"] {
        let file = owner_asks(&world, post("/api/v1/risks/file", &json!({"form": form}))).await;
        assert!(!file.well().body.is_empty(), "{form}");
    }
    let other = owner_asks(&world, post("/api/v1/risks/file", &json!({"form": "docx"}))).await;
    assert_eq!(other.status, 422);
}
