use super::{device::ScreenLock, *};
use serde_json::json;

fn kind(name: &str) -> FactKind {
    kinds().into_iter().find(|kind| kind.name == name).unwrap()
}

#[test]
fn an_absent_optional_is_left_out_and_null_never_occurs() {
    let lock = ScreenLock { users: vec![], longest_s: None };
    let body = Body::read(&lock, vec![]).unwrap();
    assert_eq!(body.canonical().unwrap(), br#"{"users":[]}"#);
    assert_eq!(body.record::<ScreenLock>(), Some(lock));
}

#[test]
fn a_foreign_body_of_the_wrong_type_is_refused_naming_the_path() {
    let refused =
        |value| Body::from_foreign(&kind("screen_lock"), value).unwrap_err().to_string_chain();
    assert_eq!(
        refused(
            json!({"users": [{"name": "a", "desktop": "gnome", "locks_after_s": "900", "asks_password": true}]})
        ),
        "the body does not fit its kind: users[0].locks_after_s should be a whole number"
    );
    assert_eq!(
        refused(json!({"users": [], "longest_s": null})),
        "the body does not fit its kind: longest_s should be a whole number"
    );
    assert_eq!(refused(json!({})), "the body does not fit its kind: users is missing");
    assert_eq!(refused(json!([])), "the body of a fact is a JSON object");
}

#[test]
fn a_fact_of_which_nothing_could_be_read_needs_no_fields() {
    let body = Body::from_foreign(
        &kind("screen_lock"),
        json!({"unread": [{"path": "", "why": "no session bus"}]}),
    )
    .unwrap();
    assert_eq!(body.unread(), [Unread { path: String::new(), why: "no session bus".into() }]);
}

#[test]
fn an_oversized_body_is_refused() {
    let value = json!({"users": [], "note": "x".repeat(BODY_LIMIT)});
    assert!(matches!(Body::from_foreign(&kind("screen_lock"), value), Err(BodyError::TooLarge(_))));
}

#[test]
fn kinds_have_unique_names_and_every_field_says_what_it_is() {
    let kinds = kinds();
    let names: std::collections::BTreeSet<_> = kinds.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), kinds.len());
    for kind in kinds {
        let Shape::Record(fields) = kind.shape else { panic!("{} is not a record", kind.name) };
        for field in fields {
            assert!(!field.words.trim().is_empty(), "{}.{}", kind.name, field.name);
            assert_ne!(field.name, UNREAD);
        }
    }
}

trait Chain {
    fn to_string_chain(&self) -> String;
}
impl<E: std::error::Error> Chain for E {
    fn to_string_chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            text += &format!(": {cause}");
            source = cause.source();
        }
        text
    }
}
