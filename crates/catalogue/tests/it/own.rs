//! A facility's own checks: which way a limit is stricter, what a form writes, and what is refused.

use closedset_catalogue::{
    Catalogue, CatalogueFile, Compared, ComposedLine, Direction, FieldKind, Joined, SourcedFact,
    SubjectFacts, ThresholdError, askable_fields, compose,
};
use closedset_core::{
    Digest, Duration, Status, SubjectKind, Time,
    fact::{Body, kinds},
    id::Id,
    own_check::{OwnCheck, Terms},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::LazyLock};

fn now() -> Time {
    "2026-11-22T20:00:00.000Z".parse().unwrap()
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().unwrap());

fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

fn terms(pass: &str) -> Terms {
    Terms {
        control: "IS-7".into(),
        title: "Ours".into(),
        pass: pass.into(),
        because: Vec::new(),
        wanted: "As we want it".into(),
        fix: String::new(),
        fresh_for: "7d".into(),
        applies: None,
        may_be_empty: BTreeMap::new(),
        may_be_absent: BTreeMap::new(),
        stricter: None,
    }
}

fn refused(pass: &str) -> String {
    catalogue().own_check("chk", 1, &terms(pass)).unwrap_err()
}

fn line(field: &str, compared: Compared, value: &str) -> ComposedLine {
    ComposedLine { field: field.into(), each: Joined::All, compared, value: value.into() }
}

/// What an own check says of a computer with one fact.
fn says(pass: &str, kind: &str, body: Value) -> Status {
    let catalogue = catalogue();
    let check = catalogue.own_check("chk", 1, &terms(pass)).unwrap();
    let mut facts = SubjectFacts::new();
    let body: Body = serde_json::from_value(body).unwrap();
    let digest = Digest::of(b"one");
    facts.put(kind, SourcedFact::new("agent", body, digest, now() - Duration::from_hours(1)));
    catalogue.assess(&check, &facts, now()).status
}

#[test]
fn which_way_a_limit_is_stricter_follows_from_the_conditions() {
    let catalogue = catalogue();
    let of = |limit: &str| catalogue.threshold(limit).unwrap().clone();
    assert_eq!((of("screen_lock_s").floor, of("screen_lock_s").stricter), (900, Direction::Lower));
    assert_eq!(of("password_length").stricter, Direction::Higher);
    assert_eq!(of("password_failures").stricter, Direction::Lower);
    assert_eq!(of("screen_lock_s").checks, ["device-screen-lock"]);
}

#[test]
fn a_limit_whose_direction_is_not_proven_has_no_threshold() {
    let framework = include_str!("../../../../catalogue/frameworks/netflix-minimum.toml");
    let framework = CatalogueFile { name: "framework", text: framework };
    let with = |pass: &str| {
        let text = format!(
            "[limits]\nx = 5\n[threshold.x]\ntitle = \"X\"\nunit = \"x\"\n[[check]]\nid = \"c\"\n\
             framework = \"netflix-minimum\"\ncontrol = \"IS-7\"\ntitle = \"t\"\nover = \"device\"\n\
             needs = [\"pending_updates\"]\nfresh_for = \"7d\"\npass = \"{pass}\"\nbecause = \"'so'\"\n\
             wanted = \"w\"\nversion = 1\n"
        );
        let own = CatalogueFile { name: "own", text: &text };
        Catalogue::of(&[framework, own]).map(|catalogue| catalogue.threshold("x").unwrap().stricter)
    };
    for (pass, direction) in [
        ("pending_updates.security <= limit.x", Direction::Lower),
        ("limit.x > pending_updates.security", Direction::Lower),
        ("!(pending_updates.security <= limit.x)", Direction::Higher),
        (
            "!(pending_updates.security > limit.x) && pending_updates.security < limit.x",
            Direction::Lower,
        ),
        (
            "pending_updates.restart_needed || pending_updates.security >= limit.x",
            Direction::Higher,
        ),
    ] {
        assert_eq!(with(pass).unwrap(), direction, "{pass}");
    }
    for pass in [
        "pending_updates.security == limit.x",
        "pending_updates.security <= limit.x && pending_updates.security >= limit.x",
        "pending_updates.security <= 0 - limit.x",
        "pending_updates.security <= limit.x + 1",
        "limit.x <= limit.x && pending_updates.restart_needed",
        "(pending_updates.security <= limit.x) == pending_updates.restart_needed",
    ] {
        let error = with(pass).unwrap_err().to_string();
        assert!(error.contains("does not follow from the conditions"), "{pass}: {error}");
    }
}

#[test]
fn a_laxer_threshold_is_refused_with_the_frameworks_own_number() {
    let catalogue = catalogue();
    assert_eq!(
        catalogue.stricter("screen_lock_s", 901),
        Err(ThresholdError::Laxer { value: 901, floor: 900 })
    );
    assert_eq!(catalogue.stricter("screen_lock_s", 900), Err(ThresholdError::Same { floor: 900 }));
    assert_eq!(catalogue.stricter("screen_lock_s", 0), Err(ThresholdError::Range));
    assert_eq!(catalogue.stricter("screen_lock_s", i64::MIN), Err(ThresholdError::Range));
    assert_eq!(catalogue.stricter("screen_lock", 5), Err(ThresholdError::Unknown));
    assert_eq!(
        catalogue.stricter("password_length", 11),
        Err(ThresholdError::Laxer { value: 11, floor: 12 })
    );
}

#[test]
fn every_threshold_makes_checks_that_can_be_read_and_are_proven_stricter() {
    let catalogue = catalogue();
    for threshold in catalogue.thresholds() {
        let value = match threshold.stricter {
            Direction::Lower => threshold.floor - 1,
            Direction::Higher => threshold.floor + 1,
        };
        for terms in catalogue.stricter(&threshold.limit, value).unwrap() {
            let check = catalogue.own_check("chk_x", 1, &terms).unwrap();
            assert!(check.is_beyond && check.is_own, "{}", threshold.limit);
            assert!(check.limits().is_empty(), "{}", check.condition());
            assert_eq!(catalogue.stricter_fault(&terms), None);
            let mut forged = terms.clone();
            forged.stricter.as_mut().unwrap().value = threshold.floor;
            assert!(catalogue.stricter_fault(&forged).is_some());
            let mut forged = terms.clone();
            forged.pass = "device.has_screen || true".into();
            assert!(catalogue.stricter_fault(&forged).is_some());
            let mut forged = terms;
            forged.stricter.as_mut().unwrap().version += 1;
            assert!(catalogue.stricter_fault(&forged).is_some());
        }
    }
}

#[test]
fn the_number_is_replaced_where_it_is_named_and_nowhere_else() {
    let terms = catalogue().stricter("screen_lock_s", 300).unwrap().remove(0);
    assert_eq!(
        terms.pass,
        "screen_lock.users.all(u, u.locks_after_s > 0 && u.locks_after_s <= 300 && u.asks_password)"
    );
    assert_eq!(terms.applies.unwrap().when, "device.has_screen");
    assert_eq!(terms.title, "Longest time until a screen locks: 300 seconds");
}

#[test]
fn own_checks_stand_beside_the_others_and_never_count_for_the_framework() {
    let catalogue = catalogue();
    let id = Id::from_bits(1);
    let own = OwnCheck { id, version: 3, terms: terms("screen_lock.longest_s <= 60") };
    let broken = OwnCheck { id: Id::from_bits(2), version: 1, terms: terms("screen_lock.gone") };
    let (with, not_asked) = catalogue.and_own(&[own, broken]);
    assert_ne!(with.digest(), catalogue.digest());
    let check = with.check(&id.to_string()).unwrap();
    assert_eq!(
        (check.version, check.is_beyond, check.framework.as_str()),
        (3, true, "netflix-minimum")
    );
    assert_eq!(not_asked.len(), 1);
    assert!(not_asked[0].why.contains("has no field `gone`"), "{}", not_asked[0].why);
    assert_eq!(with.checks().len(), catalogue.checks().len() + 1);
    assert_eq!(catalogue.and_own(&[]).0.digest(), catalogue.digest());
}

#[test]
fn a_facilitys_files_never_count_for_a_framework_that_the_program_carries() {
    let text = "[[check]]\nid = \"ours\"\nframework = \"netflix-minimum\"\ncontrol = \"IS-7\"\ntitle = \"t\"\n\
                over = \"device\"\nneeds = [\"pending_updates\"]\nfresh_for = \"7d\"\n\
                pass = \"pending_updates.security == 0\"\nbecause = \"'so'\"\nwanted = \"w\"\nversion = 1\n";
    let catalogue = Catalogue::with(&[CatalogueFile { name: "own", text }]).unwrap();
    assert!(catalogue.check("ours").unwrap().is_beyond);
    assert!(!catalogue.check("device-screen-lock").unwrap().is_beyond);
}

#[test]
fn hostile_conditions_are_refused_in_words() {
    let nested = format!("{}screen_lock.longest_s > 0{}", "(".repeat(33), ")".repeat(33));
    let long = format!("screen_lock.longest_s > 0{}", " && screen_lock.longest_s > 0".repeat(100));
    for (pass, because) in [
        (long.as_str(), "longer than 2000 bytes"),
        (&nested, "nested deeper than 32"),
        ("screen_lock.longest_s", "is true or false"),
        ("screen_lock.longest_s > 'x'", "the two sides differ"),
        ("screen_lock.users > 1", "the two sides differ"),
        ("screen_lok.longest_s > 1", "is not among the facts"),
        ("screen_lock.longest > 1", "has no field `longest`"),
        ("operating_system.name.matches('(a+)+$')", "`matches` has no place here"),
        ("evidence.in_force > 0", "is not among the facts"),
        ("true", "names no fact"),
        ("limit.screen_lock_s > 0", "names no fact"),
        ("has(screen_lock.longest_s)", "`has` has no place"),
        (
            "screen_lock.users.all(u, screen_lock.users.all(v, v.asks_password))",
            "one `all` or `exists`",
        ),
        ("screen_lock.longest_s > 0 ? true : false", "`? :` has no place"),
        ("screen_lock.users[0].asks_password", "only of a fact"),
        ("", "there is nothing here"),
        ("\u{0}", "has no meaning"),
        ("screen_lock.longest_s > 99999999999999999999", "cannot be read"),
    ] {
        let error = refused(pass);
        assert!(error.contains(because), "{pass}: {error}");
    }
    let mut wrong = terms("screen_lock.longest_s <= 60");
    wrong.control = "IS-77".into();
    assert!(catalogue().own_check("chk", 1, &wrong).unwrap_err().contains("no control"));
    wrong.control = "IS-7".into();
    wrong.fresh_for = "for ever".into();
    assert!(catalogue().own_check("chk", 1, &wrong).unwrap_err().contains("fresh_for"));
    wrong.fresh_for = "7d".into();
    wrong.may_be_absent.insert("screen_lock.other".into(), "it may".into());
    assert!(catalogue().own_check("chk", 1, &wrong).unwrap_err().contains("does not name"));
    wrong.may_be_absent.clear();
    wrong.because = vec!["screen_lock.longest_s".into()];
    assert!(catalogue().own_check("chk", 1, &wrong).is_err());
}

#[test]
fn what_cannot_be_reckoned_is_unknown() {
    let body = || json!({"users": [], "longest_s": 60});
    assert_eq!(says("screen_lock.longest_s / 0 == 1", "screen_lock", body()), Status::Unknown);
    assert_eq!(says("screen_lock.longest_s % 0 == 1", "screen_lock", body()), Status::Unknown);
    assert_eq!(
        says("screen_lock.longest_s * 9223372036854775807 > 1", "screen_lock", body()),
        Status::Unknown
    );
    assert_eq!(says("!(screen_lock.longest_s / 0 == 1)", "screen_lock", body()), Status::Unknown);
}

/// A body of the kind in which every field says `good` or nothing of it at all.
fn sample(shape: &closedset_core::fact::Shape) -> Value {
    use closedset_core::fact::Shape;
    match shape {
        Shape::Bool => json!(true),
        Shape::Integer => json!(5),
        Shape::Text => json!("five"),
        Shape::Time => json!("2026-11-22T20:00:00.000Z"),
        Shape::Duration => json!(60),
        Shape::List(element) => json!([sample(element)]),
        Shape::Optional(inner) => sample(inner),
        Shape::Record(fields) => {
            fields.iter().map(|field| (field.name.to_owned(), sample(&field.shape))).collect()
        }
    }
}

/// Takes the field at `path` out of a body.
fn without(mut body: Value, path: &str) -> Value {
    let below = path.split_once('.').unwrap().1;
    let mut place = &mut body;
    let steps: Vec<&str> = below.split('.').collect();
    let (last, steps) = steps.split_last().unwrap();
    for step in steps {
        place = match step.strip_suffix("[]") {
            Some(list) => &mut place[list][0],
            None => &mut place[*step],
        };
    }
    place.as_object_mut().unwrap().remove(*last);
    body
}

/// The false-pass table of the form: for every field, every comparison and both ways to join, what the form
/// writes can be read, passes where it should, and is unknown, never a pass, without the field, without the
/// fact, with another type in its place and where it could not be read.
#[test]
fn nothing_that_the_form_writes_passes_by_absence() {
    let kinds = kinds();
    let mut asked = 0;
    for field in askable_fields() {
        let name = field.path.split('.').next().unwrap();
        let kind = kinds.iter().find(|kind| kind.name == name).unwrap();
        assert_eq!(kind.subject, SubjectKind::Device);
        for compared in Compared::ALL.iter().filter(|one| one.of().contains(&field.kind)) {
            let (good, bad) = match (field.kind, compared) {
                (FieldKind::YesNo, Compared::Is) => ("yes", "no"),
                (FieldKind::YesNo, _) => ("no", "yes"),
                (FieldKind::Number, Compared::IsNot) => ("6", "5"),
                (FieldKind::Number, Compared::AtMost) => ("5", "4"),
                (FieldKind::Number, Compared::AtLeast) => ("5", "6"),
                (FieldKind::Number, _) => ("5", "6"),
                (FieldKind::Text, Compared::IsNot) => ("six", "five"),
                (FieldKind::Text, Compared::StartsWith) => ("fi", "x"),
                (FieldKind::Text, _) => ("five", "six"),
                (_, Compared::Lacks) => ("six", "five"),
                (_, Compared::CountAtMost) => ("1", "0"),
                (_, Compared::CountAtLeast) => ("1", "2"),
                _ => ("five", "six"),
            };
            let ways = match field.path.contains("[]") {
                true => &[Joined::All, Joined::Any][..],
                false => &[Joined::All],
            };
            for each in ways {
                let (joined, each) = (*each, *each);
                let line = |value: &str| ComposedLine {
                    each,
                    ..self::line(&field.path, *compared, value)
                };
                let written = |value: &str| compose(&[line(value)], joined).unwrap();
                let body = sample(&kind.shape);
                let named = format!("{} {compared:?}", field.path);
                let composed = written(good);
                let mut full = terms(&composed.pass);
                full.because = composed.because.clone();
                catalogue()
                    .own_check("chk", 1, &full)
                    .unwrap_or_else(|why| panic!("{named}: {why}"));
                assert_eq!(says(&composed.pass, name, body.clone()), Status::Pass, "{named}");
                assert_eq!(says(&written(bad).pass, name, body.clone()), Status::Fail, "{named}");
                // Also where another line passes: absence does not hide behind it.
                let beside =
                    format!("{} || device.has_screen || !device.has_screen", composed.pass);
                for body in [
                    without(body.clone(), &field.path),
                    json!({"unread": [{"path": "", "why": "no permission"}]}),
                    json!({}),
                ] {
                    for pass in [&composed.pass, &written(bad).pass] {
                        let status = says(pass, name, body.clone());
                        assert_eq!(status, Status::Unknown, "{named}: {body}");
                    }
                    assert_eq!(says(&beside, name, body), Status::Unknown, "{named}");
                }
                assert_eq!(
                    says(&composed.pass, "hardware_other", body),
                    Status::Unknown,
                    "{named}"
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "{asked}");
}

#[test]
fn an_empty_list_that_is_looked_through_proves_nothing() {
    let users = || json!({"users": []});
    for each in [Joined::All, Joined::Any] {
        let line =
            ComposedLine { each, ..line("screen_lock.users[].asks_password", Compared::Is, "yes") };
        let composed = compose(&[line], Joined::All).unwrap();
        assert_eq!(says(&composed.pass, "screen_lock", users()), Status::Unknown);
    }
}

#[test]
fn several_lines_are_joined_and_those_of_one_list_together() {
    let lines = [
        line("screen_lock.users[].asks_password", Compared::Is, "yes"),
        line("screen_lock.longest_s", Compared::AtMost, "600"),
        line("screen_lock.users[].locks_after_s", Compared::AtMost, "600"),
    ];
    assert_eq!(
        compose(&lines, Joined::All).unwrap().pass,
        "screen_lock.users.all(one, one.asks_password && one.locks_after_s <= 600) && \
         screen_lock.longest_s <= 600"
    );
    let problems = compose(&lines, Joined::Any).unwrap_err();
    assert_eq!(problems[0].line, 2);
    assert!(problems[0].message.contains("second check"));
}

#[test]
fn what_is_typed_never_becomes_part_of_the_condition() {
    let written = |value: &str| {
        compose(&[line("operating_system.product", Compared::Is, value)], Joined::All)
    };
    assert_eq!(written("it's").unwrap().pass, "operating_system.product == \"it's\"");
    assert_eq!(
        written("x' || true || 'y").unwrap().pass,
        "operating_system.product == \"x' || true || 'y\""
    );
    for bad in ["", "both ' and \"", "a\\b", "a\nb", &"x".repeat(201)] {
        assert!(written(bad).is_err(), "{bad}");
    }
    let number = |value: &str| {
        compose(&[line("screen_lock.longest_s", Compared::AtMost, value)], Joined::All)
    };
    for bad in ["", "1.5", "0x10", "1 || true", "99999999999999999", "one"] {
        assert!(number(bad).is_err(), "{bad}");
    }
    assert_eq!(number("-5").unwrap().pass, "screen_lock.longest_s <= -5");
    let wrong = compose(&[line("screen_lock.longest_s", Compared::Contains, "5")], Joined::All);
    assert!(wrong.unwrap_err()[0].message.contains("is at most"));
    assert!(compose(&[line("nothing.here", Compared::Is, "5")], Joined::All).is_err());
    assert!(compose(&[], Joined::All).is_err());
}
