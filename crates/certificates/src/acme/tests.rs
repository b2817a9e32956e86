//! When an authority is asked, and how its answers are told.

use super::*;
use crate::testing::{NOW, day};
use closedset_core::Digest;

fn kept() -> Kept {
    Kept {
        is_active: true,
        directory: LETS_ENCRYPT.into(),
        contact: "it@halide.example".into(),
        terms: None,
        authorities: None,
        account: serde_json::Value::Null,
        next_at: None,
        failures: 0,
        failure: None,
        held_at: None,
    }
}

fn facts() -> Facts {
    Facts {
        names: Vec::new(),
        issuer: String::new(),
        begins: NOW,
        ends: NOW + day(90),
        digest: Digest::of(b""),
        pin: Digest::of(b""),
        is_ours: false,
    }
}

#[test]
fn it_is_asked_when_two_thirds_are_over_and_after_failures_ever_more_rarely() {
    let mut kept = kept();
    assert_eq!(Plan::of(&kept, None), Some(Time::from_millis(0)), "there is none yet");
    assert_eq!(Plan::of(&kept, Some(&facts())), Some(NOW + day(60)));
    kept.succeeded(&facts());
    assert_eq!(Plan::of(&kept, Some(&facts())), Some(NOW + day(60)));
    let now = NOW + day(60);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        kept.failed(&Failed::Late, now);
        pauses.push(Plan::of(&kept, Some(&facts())).unwrap().since(now).seconds() / 3600);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 24, 24, 24, 24, 24, 24, 24]);
    assert_eq!(kept.failure.as_ref().unwrap().code, "acme.late");
    // Without a certificate too it is not asked at every look.
    assert_eq!(Plan::of(&kept, None), Some(now + day(1)));
    kept.succeeded(&facts());
    assert_eq!((kept.failures, kept.failure.is_none()), (0, true));
}

#[test]
fn whoever_asked_too_often_stays_away_for_a_day() {
    let problem = instant_acme::Problem {
        r#type: Some("urn:ietf:params:acme:error:rateLimited".into()),
        detail: Some("too many certificates\u{1b}[31m already issued".into()),
        status: Some(429),
        subproblems: Vec::new(),
    };
    let failed = Failed::from(problem);
    assert_eq!(failed.code(), "acme.limited");
    assert_eq!(
        failed.sentence(),
        "The authority was asked too often: too many certificates [31m already issued."
    );
    let mut kept = kept();
    kept.failed(&failed, NOW);
    assert_eq!(kept.next_at, Some(NOW + day(1)));
}

#[test]
fn what_is_kept_is_read_back_and_shows_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let files = Folder::new(folder.path());
    let mut kept = kept();
    kept.account = serde_json::json!({"key_pkcs8": "secret"});
    kept.failed(&Failed::Late, NOW);
    kept.write(&files).unwrap();
    let read = Kept::read(&files).unwrap().unwrap();
    assert_eq!(
        (read.account, read.failure, read.next_at),
        (kept.account.clone(), kept.failure.clone(), kept.next_at)
    );
    assert!(!format!("{kept:?}").contains("secret"));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(files.agreement()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
