//! What should never be sent: always answered with a problem, never by the framework, never done.

use crate::{
    calls::operations,
    world::{World, call, get},
};

#[tokio::test]
async fn unknown_addresses_are_problems() {
    let world = World::new().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/board",
        "/api/v1/boards",
        "/api/v1/board/",
        "/api/v1/devices/x/y/z",
        "/api/v1//board",
        "/api/v1/ledger/a/b/c",
        "/api/v1/controls/%ff",
        "/api/v1/documents/%ff%fe",
        "/api/v1/ledger/%ff/checkpoint",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let answer = world.ask(call(method, path).by(world.home.owner())).await;
            let code = answer.problem();
            let is_method = code == "method.not_allowed" && path.contains('%');
            assert!(
                is_method || (answer.status, code.as_str()) == (404, "address.unknown"),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn methods_that_an_address_does_not_take_are_problems() {
    let world = World::new().await;
    for operation in operations() {
        let path = operation.path.replace(['{', '}'], "");
        let answer = world.ask(call("PATCH", path).by(world.home.owner())).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (405, "method.not_allowed"),
            "{}",
            operation.path
        );
        assert!(
            answer.header("allow").contains(&operation.method),
            "{}: {answer:?}",
            operation.path
        );
    }
}

#[tokio::test]
async fn ids_that_are_none_are_not_found() {
    let world = World::new().await;
    for operation in operations().iter().filter(|operation| operation.path.contains("{id}")) {
        for id in
            ["x", "%00", "org_01h2xcejqtf2nbrexx3vqjhp41", "%27%20OR%201=1", &"9".repeat(5000)]
        {
            let mut sent = world.example(&world.home, operation).await;
            let path = operation.path.replace("{id}", id);
            sent.uri = path;
            let answer = world.ask(sent.by(world.home.owner())).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (404, "not_found"),
                "{} {id}",
                operation.path
            );
        }
    }
}

#[tokio::test]
async fn query_strings_that_are_not_wanted_are_problems() {
    let world = World::new().await;
    for uri in [
        "devices?limit=x",
        "devices?limit=99999999999999999999",
        "devices?after=x",
        "devices?after=",
        "devices?after=doc_01h2xcejqtf2nbrexx3vqjhp41",
        "devices?limit=1&limit=2",
        "devices?limt=1",
        "documents?after=%00",
        "people?after=",
        "register?after=",
        "register?standing=gone",
        "head-count?on=12.03.2026",
        "head-count?on=",
        "documents?limit=1.5",
        "documents/doc_01h2xcejqtf2nbrexx3vqjhp41/file?version=x",
        "documents/doc_01h2xcejqtf2nbrexx3vqjhp41/file?versoin=1",
        "ledger/entries?before=x",
        "ledger/entries?kind=%00",
        "ledger/entries?kind=a&order=b",
    ] {
        let answer = world.ask(get(format!("/api/v1/{uri}")).by(world.home.owner())).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"), "{uri}");
    }
    for query in [
        "",
        "?control=AD-1",
        "?control=AD-1&valid_to=tomorrow",
        "?control=AD-1&valid_to=2027-03-12",
        "?control=AD-1&valid_to=2027-03-12T00:00:00Z&replaces=x",
        "?control=AD-1&valid_to=2027-03-12T00:00:00Z&more=1",
        "?control=AD-1&valid_to=2027-03-12T00:00:00Z&title=%00",
        "?control=%00&valid_to=2027-03-12T00:00:00Z",
        "?valid_to=2027-03-12T00:00:00Z",
        "?control=AD-1&valid_to=2027-03-12T00:00:00Z&valid_from=2028-03-12T00:00:00Z",
        "?control=AD-1&valid_to=9999-12-31T00:00:00Z",
    ] {
        let sent = call("POST", format!("/api/v1/documents{query}"))
            .sending("file")
            .by(world.home.owner());
        let answer = world.ask(sent).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, "input.invalid"), "{query}");
    }
}

/// Bodies that no route takes.
fn bodies() -> Vec<Vec<u8>> {
    let nested =
        |open: &str, close: &str, depth| format!("{}{}", open.repeat(depth), close.repeat(depth));
    let mut bodies: Vec<Vec<u8>> = [
        "null",
        "[]",
        "\"text\"",
        "1e999",
        "{",
        "{\"",
        "{\"a\":",
        "{}x",
        "{}{}",
        "\u{feff}{}",
        "{'a': 1}",
        "{\"unknown\": true}",
        "{\"unknown\": \"\\ud800\"}",
        "NaN",
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    bodies.extend([
        nested("[", "]", 100_000).into_bytes(),
        nested("{\"a\":", "}", 100_000).into_bytes(),
        format!("{{\"unknown\": {}}}", nested("[", "]", 10_000)).into_bytes(),
        vec![0],
        vec![0; 1000],
        b"\xff\xfe{}".to_vec(),
        b"{\"a\": \"\xc3\x28\"}".to_vec(),
        b"{\"a\": \"\0\"}".to_vec(),
    ]);
    bodies
}

#[tokio::test]
async fn bodies_that_are_not_wanted_are_problems_and_change_nothing() {
    let world = World::new().await;
    for operation in
        operations().iter().filter(|one| one.takes.as_deref() == Some("application/json"))
    {
        let good = world.example(&world.home, operation).await;
        let before = world.entries(&world.home).await;
        for body in bodies() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let answer = world.ask(good.clone().sending(body).by(world.home.owner())).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (422, "input.invalid"),
                "{} {shown}",
                operation.path
            );
            assert!(answer.body.len() < 2_000, "{} {shown}", operation.path);
        }
        for (at, _) in good.body.iter().enumerate().step_by(7) {
            let cut = good.clone().sending(&good.body[..at]).by(world.home.owner());
            let answer = world.ask(cut).await;
            // Some routes want nothing that must be said.
            assert!(answer.status == 422 || at == 0, "{} cut at {at}", operation.path);
        }
        let after = world.entries(&world.home).await;
        // Answers are for somebody, and they and risks in one form.
        let is_in_a_form = ["/api/v1/answers/file", "/api/v1/risks/file"];
        let wants_nothing = !is_in_a_form.contains(&operation.path.as_str())
            && matches!(operation.path.rsplit('/').next(), Some("done" | "revoke" | "file"));
        assert_eq!(after, before + i64::from(wants_nothing), "{}", operation.path);
    }
}

#[tokio::test]
async fn wrong_types_and_strange_texts_in_any_field_are_problems() {
    let world = World::new().await;
    let strange = [
        "null",
        "[]",
        "{}",
        "1",
        "-1",
        "true",
        "1e400",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\"",
        "99999999999999999999",
    ];
    for operation in
        operations().iter().filter(|one| one.takes.as_deref() == Some("application/json"))
    {
        let good = world.example(&world.home, operation).await;
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&good.body).unwrap();
        for field in fields.keys() {
            for value in strange {
                let good = world.example(&world.home, operation).await;
                let fields: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_slice(&good.body).unwrap();
                let others = fields.iter().filter(|(name, _)| *name != field);
                let others =
                    others.map(|(name, value)| format!("{name:?}: {value},")).collect::<String>();
                let body = format!("{{{others} {field:?}: {value}}}");
                let answer = world.ask(good.sending(body).by(world.home.owner())).await;
                if answer.status >= 400 {
                    answer.problem();
                }
                assert!(answer.status < 500, "{} {field}: {value}: {answer:?}", operation.path);
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem() {
    let world = World::new().await;
    for operation in
        operations().iter().filter(|one| one.takes.as_deref() == Some("application/json"))
    {
        let good = world.example(&world.home, operation).await;
        let mut body = good.body.clone();
        body.resize(5 << 20, b' ');
        let answer = world.ask(good.sending(body).by(world.home.owner())).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (413, "too_large"),
            "{}",
            operation.path
        );
    }
}

#[tokio::test]
async fn a_body_that_is_said_to_be_no_json_is_a_problem() {
    let world = World::new().await;
    for operation in
        operations().iter().filter(|one| one.takes.as_deref() == Some("application/json"))
    {
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "\u{ff}",
        ] {
            let mut sent = world.example(&world.home, operation).await;
            sent.headers.clear();
            let answer = world.ask(sent.with("content-type", kind).by(world.home.owner())).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (415, "media_type.unknown"),
                "{}",
                operation.path
            );
        }
    }
    for kind in
        ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
    {
        let mut sent = call("PUT", "/api/v1/profile").json(&crate::calls::profile());
        sent.headers.clear();
        world.ask(sent.with("content-type", kind).by(world.home.owner())).await.well();
    }
}
