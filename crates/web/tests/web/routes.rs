//! Every route of the router, pages and API, taken from its own table: with what belongs to another
//! organisation, and as every role.

use crate::{
    two::{Here, Things, furnish},
    world::{World, answer, limits},
};
use axum::{Router, body::Body};
use closedset_core::{Action, Actions, Role};
use http::Request;
use std::collections::BTreeSet;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// The paths in the router's own table.
fn paths(router: &Router) -> Vec<String> {
    let text = format!("{router:?}");
    let mut found = BTreeSet::new();
    for piece in text.split("RouteId(").skip(1) {
        let Some((number, rest)) = piece.split_once("): \"") else { continue };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let path = rest.split('"').next().unwrap();
        if path.starts_with('/') && !path.contains("__private") {
            found.insert(path.to_owned());
        }
    }
    assert!(found.len() > 100, "the router shows {} paths", found.len());
    found.into_iter().collect()
}

/// What lets somebody through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing: what is shown there is nobody's.
    Nothing,
    /// An account of one's own, in whatever role.
    Account,
    /// An action of the matrix.
    Action(Action),
    /// All of several.
    All(Actions),
    /// Only the server's own command line, to which nobody here belongs.
    Operator,
}

fn needs(method: &str, path: &str) -> Needs {
    use Action::*;
    use Needs::{Account, Nothing, Operator};
    let is_read = method == "GET";
    let either = |read: Action, write: Action| Needs::Action(if is_read { read } else { write });
    // Nobody but a token of its own: the API's tests of SCIM say what that may.
    if path.starts_with("/scim") {
        return Nothing;
    }
    if let Some(rest) = path.strip_prefix("/api/v1/") {
        return match rest {
            "openapi.json" | "ledger/{log}/checkpoint" | "agent/enrol" | "agent/check-ins" => {
                Nothing
            }
            "control/backups" | "control/forgotten-accounts" => Operator,
            certificate if certificate.starts_with("control/certificate") => Operator,
            _ => described(method, path),
        };
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["api", ..] | ["assets", ..] | ["healthz" | "readyz" | "metrics"] => Nothing,
        ["guide", ..] => Nothing,
        ["setup" | "sign-in" | "sign-out" | "signed-out" | "join" | "mail" | "calendar", ..] => {
            Nothing
        }
        // Whoever holds a link sees what is theirs, signed in or not.
        ["mine", ..] => Nothing,
        [""] | ["confirm-it-is-you", ..] => Account,
        ["organisations", "new"] => Needs::Action(OrganisationCreate),
        ["organisations", ..] => Account,
        ["board"] => Needs::Action(BoardRead),
        ["controls", "{id}"] => Needs::Action(BoardRead),
        ["controls", ..] => Needs::Action(EvidenceWrite),
        // It leads back to the list.
        ["devices", "enrol" | "reports"] if is_read => Account,
        ["devices"] | ["devices", "{id}"] => Needs::Action(DeviceRead),
        ["devices", ..] => Needs::Action(DeviceManage),
        // It leads on to the API, which is asked for itself.
        ["documents" | "packs", "{id}", "file"] | ["packs", "{id}", "report"] => Account,
        ["documents" | "attestations" | "exceptions"] => Needs::Action(EvidenceRead),
        ["documents", "{id}"] => Needs::Action(EvidenceRead),
        ["documents", _, "versions", _, "file"] => Needs::Action(EvidenceRead),
        ["documents", ..] => Needs::Action(EvidenceWrite),
        ["exceptions", _, "approve"] => Needs::Action(ExceptionGrant),
        ["exceptions", _, "withdraw"] => Needs::Action(EvidenceWrite),
        ["audits", "new" | "list"] => Needs::Action(EvidenceWrite),
        ["audits", _, "change" | "findings" | "remove" | "report"] => Needs::Action(EvidenceWrite),
        ["findings", _, "accept"] => Needs::All(Actions::from(EvidenceWrite).with(ExceptionGrant)),
        ["audits" | "findings", ..] => either(EvidenceRead, EvidenceWrite),
        ["risks", _, "accept"] => Needs::All(Actions::from(EvidenceWrite).with(ExceptionGrant)),
        ["risks", "file"] => {
            Needs::All(Actions::from(BoardRead).with(EvidenceRead).with(EvidenceWrite))
        }
        ["risks", "new"] | ["risks", _, "change" | "close" | "review" | "withdraw"] => {
            Needs::Action(EvidenceWrite)
        }
        ["risks", ..] if is_read => Needs::All(Actions::from(BoardRead).with(EvidenceRead)),
        ["risks", ..] => Needs::Action(EvidenceWrite),
        ["titles" | "clients", "new"] | ["titles" | "clients", _, "remove"] => {
            Needs::Action(TitleWrite)
        }
        ["answers", rest @ ..] => {
            let read = Actions::from(BoardRead).with(EvidenceRead).with(PeopleRead).with(TitleRead);
            Needs::All(if rest.is_empty() { read } else { read.with(TitleWrite) })
        }
        ["facility"] if is_read => Needs::Action(EvidenceRead),
        ["facility"] => Needs::Action(EvidenceWrite),
        ["questionnaires", ..] => {
            let read = Actions::from(BoardRead).with(EvidenceRead).with(PeopleRead).with(TitleRead);
            Needs::All(if is_read { read } else { read.with(TitleWrite) })
        }
        ["titles", "list", "confirm"] => Needs::All(Actions::from(EvidenceWrite).with(TitleWrite)),
        ["titles" | "clients", ..] => either(TitleRead, TitleWrite),
        ["people", "new"] | ["people", _, "engagements" | "papers"] => Needs::Action(PeopleWrite),
        ["people", _, "assignments"] => Needs::Action(TitleWrite),
        ["people", _, "forget"] => Needs::All(Actions::from(PeopleManage).with(LedgerErase)),
        // Its file leaves an entry, and is for whoever may look.
        ["people", "count"] => Needs::Action(PeopleRead),
        ["people", "count", "confirm"] => {
            Needs::All(Actions::from(EvidenceWrite).with(PeopleWrite).with(TitleRead))
        }
        ["people", "import" | "compare" | "lists", ..] | ["comparisons", ..] => {
            Needs::Action(PeopleWrite)
        }
        ["people" | "engagements", ..] => either(PeopleRead, PeopleWrite),
        ["agreements" | "policies", _, "remind"] => Needs::Action(PeopleWrite),
        ["agreements", "new"] => Needs::Action(PeopleManage),
        ["agreements", ..] => either(PeopleRead, PeopleManage),
        ["leavings", "items"] => either(PeopleRead, PeopleManage),
        ["leavings", ..] => either(PeopleRead, PeopleWrite),
        ["contacts"] if is_read => Needs::All(Actions::from(EvidenceRead).with(PeopleRead)),
        ["contacts"] => Needs::All(Actions::from(EvidenceWrite).with(PeopleWrite)),
        ["policies"] => Needs::Action(PeopleRead),
        ["policies", "new"] | ["policies", _, "draft" | "drop" | "send"] => {
            Needs::Action(PeopleManage)
        }
        ["policies", "{id}"] => Needs::Action(PeopleRead),
        ["policies", ..] => Needs::All(Actions::from(PeopleManage).with(EvidenceWrite)),
        ["signatures" | "papers", ..] => either(PeopleRead, PeopleWrite),
        ["assignments", ..] => either(TitleRead, TitleWrite),
        ["tasks", ..] => either(TaskRead, TaskWrite),
        ["packs", ..] => Needs::Action(PackCreate),
        ["ledger", "entries", _, "erase"] => Needs::Action(LedgerErase),
        ["ledger", ..] => Needs::Action(LedgerRead),
        ["settings"] => either(SettingsRead, SettingsWrite),
        ["settings", "security", ..] | ["settings", "about"] => Account,
        ["settings", "frameworks"] => either(BoardRead, CatalogueWrite),
        ["settings", "checks"] => Needs::Action(BoardRead),
        ["settings", "checks", "{id}"] => Needs::Action(BoardRead),
        ["settings", "checks", ..] => Needs::Action(CatalogueWrite),
        ["settings", "mail" | "sign-in" | "tokens", ..] => either(SettingsRead, SettingsWrite),
        ["settings", "network"] => Needs::Action(SettingsRead),
        ["settings", "people", _, "remove"] => Needs::Action(PeopleManage),
        ["settings", "people", ..] => either(PeopleRead, PeopleManage),
        ["settings", "invitations", ..] => Needs::Action(PeopleManage),
        _ => panic!("it is not said who may {method} {path}: add it here"),
    }
}

/// What the API's description says of it.
fn described(method: &str, path: &str) -> Needs {
    let description = serde_json::to_value(closedset_api::openapi()).unwrap();
    let path = path.replace("{*", "{");
    let operation = &description["paths"][&path][method.to_lowercase()];
    assert!(operation.is_object(), "{method} {path} is not described");
    let words = operation["security"][0]["token"].as_array();
    let words = words.into_iter().flatten().map(|word| word.as_str().unwrap());
    let actions: Vec<Action> = words.map(|word| Action::from_word(word).unwrap()).collect();
    match actions.as_slice() {
        [] => Needs::Account,
        [action] => Needs::Action(*action),
        several => Needs::All(several.iter().copied().collect()),
    }
}

/// Every route: method and path. What answers that the method is not taken is none.
pub async fn routes(
    world: &World,
    router: &Router,
    things: &Things,
) -> Vec<(&'static str, String)> {
    let mut routes = Vec::new();
    for path in paths(router) {
        for method in METHODS {
            let request = Request::builder().method(method).uri(things.fill(&path));
            let request = request.header("host", "localhost").body(Body::empty()).unwrap();
            let (status, _) = answer(router.clone(), request).await;
            if status != 405 {
                routes.push((method, path.clone()));
            }
        }
    }
    assert!(routes.len() > 150, "{} routes", routes.len());
    let _ = world;
    routes
}

/// The addresses at which nothing of ours answers, whatever the method.
fn is_no_route(path: &str) -> bool {
    path == "/api" || path == "/api/" || path == "/api/{*rest}"
}

#[tokio::test]
async fn no_route_shows_or_changes_what_is_another_organisations() {
    let world = World::new().await;
    let router = world.router(limits());
    let (here, there) = (Here::new(&world).await, Here::another(&world).await);
    let theirs = furnish(&world, &router, &there, "southpaw").await;
    furnish(&world, &router, &here, "halide").await;
    let ann = here.member(&world, Role::Owner).await;
    let program = here.token(&world).await;
    let before = there.state(&world).await;
    let (mut named, mut wrong) = (0, Vec::new());
    for (method, path) in routes(&world, &router, &theirs).await {
        let names_theirs =
            path.contains('{') && !is_no_route(&path) && !path.starts_with("/assets");
        for by_program in [false, true] {
            if by_program && !path.starts_with("/api/") {
                continue;
            }
            let (cookie, token) = ann.session(&world).await;
            let request = theirs.request(method, &path, &token);
            let request = if by_program {
                request.header("authorization", format!("Bearer {program}"))
            } else {
                request.header("cookie", cookie)
            };
            let request = request.body(theirs.body(method, &path, &token)).unwrap();
            let (status, said) = answer(router.clone(), request).await;
            let line = format!("{method} {path} by program: {by_program}, {status}");
            // A checkpoint is public, and names its log.
            let is_public = path.ends_with("/checkpoint");
            for marker in theirs.markers.iter().filter(|_| !is_public) {
                assert!(!said.contains(marker.as_str()), "{line} shows {marker}: {said}");
            }
            assert!(status < 500, "{line} {said}");
            // Controls and entries have the same names everywhere.
            let is_common = path.contains("controls/{id}") && !path.contains("{attestation}")
                || path.contains("{index}")
                || path.contains("{limit}")
                || ["/documents/{id}/file", "/packs/{id}/file", "/packs/{id}/report"]
                    .contains(&path.as_str())
                || is_public;
            if names_theirs && !is_common && needs(method, &path) != Needs::Nothing {
                if ![403, 404].contains(&status) {
                    wrong.push(format!("{line} {}", said.chars().take(200).collect::<String>()));
                }
                named += 1;
            }
        }
        assert_eq!(there.state(&world).await, before, "{method} {path} changed something");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(named > 60, "{named} tries named what is another's");
}

#[tokio::test]
async fn every_role_gets_on_every_route_what_the_matrix_says() {
    let world = World::new().await;
    let router = world.router(limits());
    let here = Here::new(&world).await;
    let mut things = furnish(&world, &router, &here, "halide").await;
    let (mut looked, mut wrong) = (0, Vec::new());
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.push((*role, here.member(&world, *role).await));
    }
    for (method, path) in routes(&world, &router, &things).await {
        if is_no_route(&path) {
            continue;
        }
        let needs = needs(method, &path);
        let may = |role: &Role| match needs {
            Needs::Nothing | Needs::Account => true,
            Needs::Action(action) => role.may(action),
            Needs::All(actions) => actions.iter().all(|action| role.may(action)),
            Needs::Operator => false,
        };
        // What is refused first, so that nothing was changed by somebody who may.
        let mut order: Vec<_> = roles.iter().collect();
        order.sort_by_key(|(role, _)| may(role));
        for (role, member) in order {
            let (cookie, token) = member.session(&world).await;
            let request = things.request(method, &path, &token).header("cookie", cookie);
            let request = request.body(things.body(method, &path, &token)).unwrap();
            let (status, said) = answer(router.clone(), request).await;
            let line = format!("{method} {path} as {role}: {status} {said}");
            let is_forbidden = status == 403 && said.contains("role.forbids");
            let is_right = match needs {
                Needs::Operator => status == 404,
                // Who is signed in has no second step of sign-in to make.
                Needs::Nothing => !is_forbidden && status < 500,
                _ if may(role) => !is_forbidden && status != 401 && status < 500,
                _ => is_forbidden,
            };
            if !is_right {
                wrong.push(line.chars().take(200).collect::<String>());
            }
            looked += 1;
        }
        // Nobody at all is led to where one signs in.
        if matches!(needs, Needs::Account | Needs::Action(_) | Needs::All(_)) {
            let request = things.request(method, &path, "").body(Body::empty()).unwrap();
            let (status, said) = answer(router.clone(), request).await;
            let is_out = [303, 401, 403].contains(&status);
            assert!(is_out, "{method} {path} as nobody: {status} {said}");
            for marker in &things.markers {
                assert!(!said.contains(marker.as_str()), "{method} {path} shows {marker}: {said}");
            }
        }
        things.renew_if_gone(&world, &router, &here, method, &path).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked > 1_000, "{looked} tries");
}
