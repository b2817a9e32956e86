//! What a directory sends, a line each: a filter that is also a path, and JSON that is a resource, its changes and their
//! value at once.

#![no_main]

use closedset_scim::{FILTER_LIMIT, Filter, GROUP, Patch, Path, Projection, USER, resource};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (line, sent) = text.split_once('\n').unwrap_or((text, "null"));
    let sent: Value = serde_json::from_str(sent).unwrap_or_default();
    for schema in [&USER, &GROUP] {
        let known = json!({"userName": "ada", "displayName": "Ada", "active": true,
            "emails": [{"value": "ada@example.com", "type": "work"}], "members": [{"value": "per_1"}]});
        let known = resource(schema, &known).expect("this is a user, and a group");
        let read = resource(schema, &sent);
        if let Ok(read) = &read {
            let again = resource(schema, &Value::Object(read.clone()));
            assert_eq!(again.as_ref(), Ok(read), "what is read is read the same again");
        }
        if let Ok(filter) = Filter::read(schema, line) {
            assert!(line.len() <= FILTER_LIMIT);
            filter.holds(schema, &known);
            read.iter().for_each(|read| drop(filter.holds(schema, read)));
        }
        let _ = Path::read(schema, line);
        if let Ok(projection) = Projection::of(schema, Some(line), None) {
            projection.apply(known.clone());
        }
        let changes = ["add", "replace", "remove"]
            .map(|op| json!({"Operations": [{"op": op, "path": line, "value": sent}]}));
        for changes in changes.iter().chain([&sent]) {
            let Ok(patch) = Patch::read(schema, changes) else { continue };
            let Ok((changed, _)) = patch.apply(schema, &known) else { continue };
            let again = resource(schema, &Value::Object(changed.clone()));
            assert_eq!(again, Ok(changed), "what is changed is a resource");
        }
    }
});
