//! A browser with two tabs: a form that was opened in one organisation is sent after the other tab went to
//! another. Every form there is does nothing, and says why.

use crate::{
    routes::routes,
    two::{Here, furnish},
    world::{World, answer, head, limits},
};
use axum::body::Body;

/// What draws a page and changes nothing, whatever is posted to it.
const NO_FORMS: [&str; 3] =
    ["/setup/second-factor", "/sign-in/second-factor", "/settings/security"];
/// Out is out, wherever the button stands, and the link in a mail says itself whose mails end.
const ANYWHERE: [&str; 2] = ["/sign-out", "/mail/stop/{token}"];

#[tokio::test]
async fn a_form_drawn_in_one_organisation_does_nothing_in_another() {
    let world = World::new().await;
    let router = world.router(limits());
    let (here, there) = (Here::new(&world).await, Here::another(&world).await);
    // With what stands there, so that nothing else is in the form's way.
    let mut theirs = furnish(&world, &router, &there, "southpaw").await;
    furnish(&world, &router, &here, "halide").await;
    let owner = here.owner_here(&world);
    let forms: Vec<_> = routes(&world, &router, &theirs)
        .await
        .into_iter()
        .filter(|(method, path)| {
            *method == "POST" && !path.starts_with("/api") && !path.starts_with("/scim")
        })
        .filter(|(_, path)| {
            !NO_FORMS.contains(&path.as_str()) && !ANYWHERE.contains(&path.as_str())
        })
        .collect();
    assert!(forms.len() > 45, "{} forms", forms.len());
    for (method, path) in forms {
        let (cookie, csrf) = owner.session(&world).await;
        let page = head("GET", "/settings").header("cookie", &cookie).body(Body::empty()).unwrap();
        let (_, page) = answer(router.clone(), page).await;
        assert!(page.contains(&csrf), "pages here carry another token");
        owner.go(&world, &cookie, &there).await;
        let before = (there.state(&world).await, here.state(&world).await, world.entries().await);
        let request = theirs.request(method, &path, &csrf).header("cookie", &cookie);
        let request = request.body(theirs.body(method, &path, &csrf)).unwrap();
        let (status, said) = answer(router.clone(), request).await;
        assert_eq!(status, 409, "{path} {said}");
        // One of these forms calls the other one something else.
        let words = "This form belongs to Halide Post; you are now in ";
        assert!(said.contains(words), "{path} {said}");
        let after = (there.state(&world).await, here.state(&world).await, world.entries().await);
        assert_eq!(before, after, "{path}");
        // What is drawn there is carried out, or refused for its own reasons.
        let page = head("GET", "/settings").header("cookie", &cookie).body(Body::empty()).unwrap();
        let (_, page) = answer(router.clone(), page).await;
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let request = theirs.request(method, &path, csrf).header("cookie", &cookie);
        let request = request.body(theirs.body(method, &path, csrf)).unwrap();
        let (_, said) = answer(router.clone(), request).await;
        assert!(!said.contains("This form belongs to"), "{path} {said}");
        theirs.renew_if_gone(&world, &router, &there, method, &path).await;
    }
}

#[tokio::test]
async fn what_was_typed_in_it_is_not_lost_and_out_is_out() {
    let world = World::new().await;
    let router = world.router(limits());
    let (here, there) = (Here::new(&world).await, Here::another(&world).await);
    let theirs = furnish(&world, &router, &there, "southpaw").await;
    let owner = here.owner_here(&world);
    let (cookie, csrf) = owner.session(&world).await;
    owner.go(&world, &cookie, &there).await;
    for (path, typed) in [
        ("/controls/{id}/attestations", "We counted every key on Monday."),
        ("/controls/{id}/documents", "A plan"),
        ("/documents/{id}/versions", "2026-12-01"),
        ("/settings", "2 Film Street"),
    ] {
        let request = theirs.request("POST", path, &csrf).header("cookie", &cookie);
        let request = request.body(theirs.body("POST", path, &csrf)).unwrap();
        let (status, said) = answer(router.clone(), request).await;
        assert_eq!(status, 409, "{path} {said}");
        assert!(said.contains("Halide Post; you are now in Southpaw VFX. Nothing was done."));
        assert!(said.contains(typed) && said.contains("to be copied"), "{path} {said}");
    }
    let request = theirs.request("POST", "/sign-out", &csrf).header("cookie", &cookie);
    let request = request.body(theirs.body("POST", "/sign-out", &csrf)).unwrap();
    assert_eq!(answer(router.clone(), request).await.0, 303);
    let page = head("GET", "/settings").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(answer(router, page).await.0, 303);
}
