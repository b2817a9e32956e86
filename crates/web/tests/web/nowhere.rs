//! Whoever is signed in and in no organisation: none was chosen, or they belong to none any more. What is
//! their own is open to them all the same.

use crate::{
    two::Here,
    world::{World, answer, head, limits},
};
use axum::{Router, body::Body};

async fn open(router: &Router, cookie: &str, path: &str) -> (u16, String) {
    let page = head("GET", path).header("cookie", cookie).body(Body::empty()).unwrap();
    answer(router.clone(), page).await
}

async fn send(router: &Router, cookie: &str, path: &str, fields: &str) -> (u16, String) {
    let (_, page) = open(router, cookie, "/settings/security").await;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = head("POST", path)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("csrf={csrf}&{fields}")));
    answer(router.clone(), form.unwrap()).await
}

#[tokio::test]
async fn my_account_is_open_to_whoever_is_in_no_organisation() {
    let world = World::new().await;
    let router = world.router(limits());
    let here = Here::new(&world).await;
    Here::another(&world).await;
    let removed = here.removed(&world).await;
    // She owns two organisations, and has chosen neither; somebody else belongs to none any more.
    for cookie in [world.session().await.0, removed] {
        assert_eq!(open(&router, &cookie, "/settings").await.0, 303);
        for path in ["/settings/security", "/settings/security/password", "/settings/security/app"]
        {
            let (status, page) = open(&router, &cookie, path).await;
            assert_eq!(status, 200, "{path} {page}");
            assert!(page.contains("No organisation"), "{path} {page}");
        }
        let (_, page) = open(&router, &cookie, "/organisations").await;
        assert!(page.contains("/settings/security"), "{page}");
        let fields = "password=not+the+right+words&new_password=velvet+harbour+lantern";
        let (status, said) = send(&router, &cookie, "/settings/security/password", fields).await;
        assert_eq!(status, 422, "{said}");
        let (status, said) = send(&router, &cookie, "/settings/security/recovery", "once=x").await;
        assert!(status == 200 && said.contains("codes"), "{status} {said}");
        let everywhere = "/settings/security/sign-out-everywhere";
        assert_eq!(send(&router, &cookie, everywhere, "").await.0, 303);
        assert_eq!(open(&router, &cookie, "/settings/security").await.0, 303);
    }
}
