//! Filters, paths and changes: the examples of RFC 7644, what large directories send, and what is sent to do harm.

use crate::{
    FILTER_LIMIT, Filter, GROUP, MANY_LIMIT, OPERATION_LIMIT, PATCH_SCHEMA, Patch, Path,
    Projection, Resource, Schema, USER, resource, resource_types, schemas, service_provider,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(schema: &Schema, sent: Value) -> Resource {
    resource(schema, &sent).unwrap()
}

fn barbara() -> Resource {
    read(
        &USER,
        json!({
            "schemas": [USER.id],
            "userName": "bjensen",
            "externalId": "Ext-1",
            "name": {"familyName": "Jensen", "givenName": "Barbara"},
            "title": "Colourist",
            "userType": "Employee",
            "active": true,
            "emails": [
                {"value": "bjensen@example.com", "type": "work", "primary": true},
                {"value": "babs@jensen.org", "type": "home"},
            ],
        }),
    )
}

fn holds(filter: &str) -> bool {
    let mut whole = barbara();
    whole.insert("meta".into(), json!({"lastModified": "2011-05-13T04:42:34.000Z"}));
    Filter::read(&USER, filter).unwrap().holds(&USER, &whole)
}

fn patched(schema: &Schema, before: &Resource, operations: Value) -> Result<Resource, String> {
    let sent = json!({"schemas": [PATCH_SCHEMA], "Operations": operations});
    let patch = Patch::read(schema, &sent).map_err(|refusal| refusal.kind.to_owned())?;
    match patch.apply(schema, before) {
        Ok((after, _)) => Ok(after),
        Err(refusal) => Err(refusal.kind.to_owned()),
    }
}

#[test]
fn filters_hold_as_the_standard_says() {
    for filter in [
        "userName eq \"bjensen\"",
        "USERNAME Eq \"BJENSEN\"",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"bjensen\"",
        "name.familyName co \"ense\"",
        "userName sw \"bj\"",
        "userName ew \"SEN\"",
        "title pr",
        "title pr and userType eq \"Employee\"",
        "title pr or userType eq \"Intern\"",
        "meta.lastModified gt \"2011-05-13T04:42:33Z\"",
        "meta.lastModified ge \"2011-05-13T04:42:34Z\"",
        "meta.lastModified eq \"2011-05-13T06:42:34+02:00\"",
        "meta.lastModified le \"2011-05-13T04:42:34Z\"",
        "userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \"example.org\")",
        "userType ne \"Contractor\" and not (emails co \"example.org\")",
        "userType eq \"Employee\" and (emails.type eq \"work\")",
        "userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]",
        "emails[type eq \"home\" and not (value ew \".com\")]",
        "active eq true",
        "active eq True",
        "active eq \"true\"",
        "(active eq true)",
        "not (active eq false)",
        "nickName ne \"x\" or userName pr",
        "externalId eq \"Ext-1\"",
        "userName gt \"a\"",
        "emails pr",
        "name pr",
    ] {
        assert!(holds(filter), "{filter}");
    }
    for filter in [
        "userName eq \"bjense\"",
        "externalId eq \"ext-1\"",
        "nickName pr",
        "active eq false",
        "emails[type eq \"work\" and value co \"jensen.org\"]",
        "emails.display pr",
        "userName eq 5",
        "userName eq null",
        "title eq \"\"",
        "meta.lastModified lt \"2011-05-13T04:42:34Z\"",
        "groups pr",
    ] {
        assert!(!holds(filter), "{filter}");
    }
    // Both bind before either, and blanks and brackets stand as they like.
    assert!(holds("userName eq \"x\" and title pr or active eq true"));
    assert!(!holds("userName eq \"x\" and (title pr or active eq true)"));
    assert!(holds("userName eq \"b\" or  ( not(title eq \"]\\\"[\")  )"));
}

#[test]
fn what_is_no_filter_is_refused_and_bombs_are() {
    let deep = format!("{}title pr{}", "(".repeat(2_000), ")".repeat(2_000));
    let nested = "(".repeat(900) + "title pr" + &")".repeat(900);
    let many = vec!["title pr"; 60].join(" or ");
    let long = format!("title eq \"{}\"", "x".repeat(FILTER_LIMIT));
    let lists = "emails[".repeat(200) + "type pr" + &"]".repeat(200);
    for filter in [
        "title",
        "title eq",
        "title eq x",
        "title is \"x\"",
        "eq \"x\"",
        "(title pr",
        "title pr)",
        "title pr and",
        "and title pr",
        "title pr title pr",
        "not title pr",
        "not (title pr",
        "emails[type eq \"work\"",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"].value pr",
        "title eq \"x",
        "title eq {\"a\": 1}",
        "title eq [1]",
        "title eq 1e",
        "\u{1f600} pr",
        "title\u{e9} pr",
        "tit\u{1f600}",
        "",
        &deep,
        &nested,
        &many,
        &long,
        &lists,
    ] {
        let refusal = Filter::read(&USER, filter).unwrap_err();
        assert_eq!(refusal.kind, "invalidFilter", "{filter}");
        assert!(refusal.detail.len() < 200, "{filter}");
    }
}

#[test]
fn a_sole_comparison_can_be_looked_up() {
    let sole = |filter: &str| {
        let filter = Filter::read(&USER, filter).unwrap();
        filter.sole().map(|(name, text)| format!("{name}={text}"))
    };
    assert_eq!(sole("userName eq \"A b\"").as_deref(), Some("userName=A b"));
    for other in ["userName ne \"a\"", "userName eq true", "emails.value eq \"a\"", "title pr"] {
        assert_eq!(sole(other), None, "{other}");
    }
}

#[test]
fn what_is_not_kept_is_ignored_and_what_is_must_be_of_its_type() {
    let read = read(
        &USER,
        json!({
            "USERNAME": "ada",
            "urn:ietf:params:scim:schemas:core:2.0:User:displayName": "Ada Reel",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Grading"},
            "id": "per_1",
            "meta": {"created": 5},
            "groups": 7,
            "nickName": 7,
            "password": "secret",
            "title": "",
            "active": "False",
            "emails": {"value": "ada@example.com", "display": 3},
            "name": {"givenName": null, "honorificPrefix": "Dr"},
        }),
    );
    let wanted = json!({
        "userName": "ada",
        "displayName": "Ada Reel",
        "active": false,
        "emails": [{"value": "ada@example.com"}],
    });
    assert_eq!(Value::Object(read), wanted);

    let long = "x".repeat(501);
    let many = vec![json!({"value": "a@example.com"}); MANY_LIMIT + 1];
    for (sent, kind) in [
        (json!([]), "invalidSyntax"),
        (json!("ada"), "invalidSyntax"),
        (json!({}), "invalidValue"),
        (json!({"userName": null}), "invalidValue"),
        (json!({"userName": " "}), "invalidValue"),
        (json!({"userName": 5}), "invalidValue"),
        (json!({"userName": ["a"]}), "invalidValue"),
        (json!({"userName": "a\nb"}), "invalidValue"),
        (json!({"userName": "a\u{0}"}), "invalidValue"),
        (json!({"userName": long}), "invalidValue"),
        (json!({"userName": "a", "active": "yes"}), "invalidValue"),
        (json!({"userName": "a", "active": 1}), "invalidValue"),
        (json!({"userName": "a", "name": "Ada"}), "invalidValue"),
        (json!({"userName": "a", "emails": [5]}), "invalidValue"),
        (json!({"userName": "a", "emails": many}), "invalidValue"),
        (
            json!({"userName": "a", "emails": [{"value": "a", "primary": true}, {"value": "b", "primary": "True"}]}),
            "invalidValue",
        ),
    ] {
        assert_eq!(resource(&USER, &sent).unwrap_err().kind, kind, "{sent}");
    }
}

#[test]
fn changes_are_made_as_the_standard_says() {
    let before = barbara();
    let after = |operations: Value| patched(&USER, &before, operations).unwrap();
    let one = |op: &str, path: &str, value: Value| {
        after(json!([{"op": op, "path": path, "value": value}]))
    };
    assert_eq!(one("replace", "title", json!("Editor"))["title"], "Editor");
    assert_eq!(one("add", "displayName", json!("Babs"))["displayName"], "Babs");
    assert_eq!(one("replace", "name.givenName", json!("Babs"))["name"]["givenName"], "Babs");
    let name = one("replace", "name", json!({"formatted": "B. J."}))["name"].clone();
    assert_eq!(name, json!({"familyName": "Jensen", "givenName": "Barbara", "formatted": "B. J."}));
    assert!(!after(json!([{"op": "remove", "path": "title"}])).contains_key("title"));
    assert_eq!(
        after(json!([{"op": "remove", "path": "name.givenName"}]))["name"],
        json!({"familyName": "Jensen"})
    );
    // A list is added to, once; whoever is primary then is so alone.
    let other = json!({"value": "b@example.com", "type": "other", "primary": true});
    let emails = one("add", "emails", json!([other, {"value": "babs@jensen.org", "type": "home"}]))
        ["emails"]
        .clone();
    assert_eq!(emails.as_array().unwrap().len(), 3);
    assert_eq!((&emails[0]["primary"], &emails[2]["primary"]), (&json!(false), &json!(true)));
    assert_eq!(one("replace", "emails", json!([other]))["emails"], json!([other]));
    assert!(!one("replace", "emails", json!([])).contains_key("emails"));
    assert_eq!(one("add", "emails", json!([]))["emails"], before["emails"]);
    let emails =
        after(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]))["emails"].clone();
    assert_eq!(emails, json!([{"value": "babs@jensen.org", "type": "home"}]));
    let work = "emails[type eq \"work\"].value";
    assert_eq!(one("replace", work, json!("b@x.example"))["emails"][0]["value"], "b@x.example");
    assert!(after(json!([{"op": "remove", "path": work}]))["emails"][0].get("value").is_none());
    let whole = one("replace", "emails[type eq \"home\"]", json!({"value": "h@x.example"}));
    assert_eq!(whole["emails"][1], json!({"value": "h@x.example", "type": "home"}));
    // One after the other.
    let twice = after(json!([
        {"op": "remove", "path": "emails"},
        {"op": "add", "path": "emails", "value": [{"value": "n@x.example"}]},
    ]));
    assert_eq!(twice["emails"], json!([{"value": "n@x.example"}]));
}

#[test]
fn what_the_large_directories_send_is_understood() {
    let before = barbara();
    let after = |operations: Value| patched(&USER, &before, operations).unwrap();
    // Entra: capitals, truth as a text, a path of a list that is not there yet, an extension that is not kept.
    let entra = after(json!([
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Add", "path": "emails[type eq \"other\"].value", "value": "o@x.example"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:displayName", "value": "Babs"},
        {"op": "Replace", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1"},
    ]));
    assert_eq!((&entra["active"], &entra["displayName"]), (&json!(false), &json!("Babs")));
    assert_eq!(entra["emails"][2], json!({"type": "other", "value": "o@x.example"}));
    // Entra and Okta: no path, and names that are paths.
    let okta = after(json!([{"op": "replace", "value": {
        "id": "per_1", "schemas": [USER.id], "active": false, "name.givenName": "Babs",
        "emails[type eq \"work\"].value": "w@x.example",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "x",
    }}]));
    assert_eq!((&okta["active"], &okta["name"]["givenName"]), (&json!(false), &json!("Babs")));
    assert_eq!(okta["emails"][0]["value"], "w@x.example");

    let group = read(
        &GROUP,
        json!({"displayName": "Editors", "members": [{"value": "per_1"}, {"value": "per_2"}]}),
    );
    let after = |operations: Value| patched(&GROUP, &group, operations).unwrap();
    let members = |group: &Resource| {
        let all = group.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
        all.iter().map(|one| one["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Entra: members to be removed as a value; the same again is nothing.
    let removed = after(
        json!([{"op": "Remove", "path": "members", "value": [{"value": "per_2"}, {"value": "per_9"}]}]),
    );
    assert_eq!(members(&removed), ["per_1"]);
    let removed = after(json!([{"op": "remove", "path": "members[value eq \"per_1\"]"}]));
    assert_eq!(members(&removed), ["per_2"]);
    assert!(members(&after(json!([{"op": "remove", "path": "members"}]))).is_empty());
    // A member is one by its id, whatever else is said of it.
    let added = after(
        json!([{"op": "add", "path": "members", "value": [{"value": "per_2", "display": "x", "$ref": "y"}, {"value": "per_3"}]}]),
    );
    assert_eq!(members(&added), ["per_1", "per_2", "per_3"]);
    let okta =
        after(json!([{"op": "replace", "value": {"id": "grp_1", "displayName": "Cutters"}}]));
    assert_eq!((&okta["displayName"], members(&okta).len()), (&json!("Cutters"), 2));
}

#[test]
fn changes_that_lead_nowhere_are_refused() {
    let before = barbara();
    let many = vec![json!({"op": "remove", "path": "title"}); OPERATION_LIMIT + 1];
    let deep = format!("emails[{}type pr{}].value", "(".repeat(100), ")".repeat(100));
    for (operations, kind) in [
        (json!([]), "invalidSyntax"),
        (json!(many), "invalidSyntax"),
        (json!("x"), "invalidSyntax"),
        (json!(["x"]), "invalidSyntax"),
        (json!([{"op": "move", "path": "title"}]), "invalidSyntax"),
        (json!([{"path": "title", "value": "x"}]), "invalidSyntax"),
        (json!([{"op": "remove"}]), "noTarget"),
        (json!([{"op": "remove", "value": {"title": "x"}}]), "noTarget"),
        (json!([{"op": "replace", "value": "x"}]), "invalidValue"),
        (json!([{"op": "replace", "path": 5, "value": "x"}]), "invalidPath"),
        (json!([{"op": "replace", "path": "emails[", "value": "x"}]), "invalidPath"),
        (
            json!([{"op": "replace", "path": "emails[type eq \"work\"", "value": "x"}]),
            "invalidPath",
        ),
        (
            json!([{"op": "replace", "path": "emails[type eq \"work\"]value", "value": "x"}]),
            "invalidPath",
        ),
        (
            json!([{"op": "replace", "path": "emails[type eq \"work\"].", "value": "x"}]),
            "invalidPath",
        ),
        (json!([{"op": "replace", "path": "title[value eq \"x\"]", "value": "x"}]), "invalidPath"),
        (json!([{"op": "replace", "path": "\u{1f600}", "value": "x"}]), "invalidPath"),
        (json!([{"op": "replace", "path": deep, "value": "x"}]), "invalidPath"),
        (
            json!([{"op": "replace", "path": "emails[type eq \"other\"].value", "value": "x"}]),
            "noTarget",
        ),
        (json!([{"op": "replace", "path": "id", "value": "x"}]), "mutability"),
        (json!([{"op": "add", "path": "groups", "value": [{"value": "grp_1"}]}]), "mutability"),
        (json!([{"op": "replace", "path": "meta.created", "value": "x"}]), "mutability"),
        (json!([{"op": "remove", "path": "userName"}]), "mutability"),
        (json!([{"op": "replace", "path": "userName", "value": null}]), "mutability"),
        (json!([{"op": "replace", "path": "active", "value": "perhaps"}]), "invalidValue"),
        (json!([{"op": "replace", "path": "name", "value": "x"}]), "invalidValue"),
        (json!([{"op": "add", "path": "emails", "value": [7]}]), "invalidValue"),
    ] {
        assert_eq!(patched(&USER, &before, operations.clone()).unwrap_err(), kind, "{operations}");
    }
    let group = read(&GROUP, json!({"displayName": "Editors", "members": [{"value": "per_1"}]}));
    let other =
        json!([{"op": "replace", "path": "members[value eq \"per_1\"].value", "value": "per_2"}]);
    assert_eq!(patched(&GROUP, &group, other).unwrap_err(), "mutability");
    // A thousand times two thousand members is more work than anybody needs.
    let all: Vec<Value> = (0..2_000).map(|n| json!({"value": format!("per_{n}")})).collect();
    let full = read(&GROUP, json!({"displayName": "All", "members": all}));
    let again = vec![json!({"op": "add", "path": "members", "value": all}); 10];
    assert_eq!(patched(&GROUP, &full, json!(again)).unwrap_err(), "invalidValue");
    let more = json!([{"op": "add", "path": "members", "value": [{"value": "per_2000"}]}]);
    assert_eq!(patched(&GROUP, &full, more).unwrap_err(), "invalidValue");
}

#[test]
fn what_is_wanted_is_shown_and_what_it_is() {
    let mut whole = barbara();
    whole.insert("id".into(), "per_1".into());
    whole.insert("schemas".into(), json!([USER.id]));
    let shown = |only: Option<&str>, without: Option<&str>| {
        let names = Projection::of(&USER, only, without).unwrap().apply(whole.clone());
        Value::Object(names)
    };
    assert_eq!(
        shown(Some("USERNAME, name.givenName"), None),
        json!({"id": "per_1", "schemas": [USER.id], "userName": "bjensen", "name": {"givenName": "Barbara"}})
    );
    let most = shown(None, Some("emails,id,name.familyName"));
    assert!(most.get("emails").is_none() && most.get("id").is_some());
    assert_eq!(most["name"], json!({"givenName": "Barbara"}));
    assert_eq!(shown(None, None), Value::Object(whole.clone()));
    assert!(Projection::of(&USER, Some("title"), Some("name")).is_err());
    assert!(Projection::of(&USER, Some(&"title,".repeat(51)), None).is_err());
}

#[test]
fn the_service_describes_itself() {
    let base = "https://closedset.example/scim/v2";
    assert_eq!(service_provider(base)["patch"]["supported"], true);
    let types = resource_types(base);
    let described = schemas(base);
    for kind in types {
        assert!(described.iter().any(|schema| schema["id"] == kind["schema"]), "{kind}");
    }
    for schema in &described {
        for attribute in schema["attributes"].as_array().unwrap() {
            assert!(attribute["description"].as_str().is_some_and(|words| words.ends_with('.')));
        }
    }
}

proptest! {
    #[test]
    fn nothing_that_is_sent_brings_it_down(
        filter in "[a-z(\\[\\])\" .:$]{0,60}|(userName|emails|not|and|or|eq|pr|\\(|\\)|\\[|\\]|\"x\"| ){0,30}",
        value in "[\\PC]{0,20}",
    ) {
        if let Ok(read) = Filter::read(&USER, &filter) {
            read.holds(&USER, &barbara());
        }
        let _ = Path::read(&USER, &filter);
        for op in ["add", "replace", "remove"] {
            for value in [json!(value), json!({filter.clone(): value}), json!([{"value": value}])] {
                let _ = patched(&USER, &barbara(), json!([{"op": op, "path": filter, "value": value}]));
                let _ = patched(&USER, &barbara(), json!([{"op": op, "value": value}]));
            }
        }
    }
}
