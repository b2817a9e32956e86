//! The link in a mail that ends the weekly mails: opened by people, posted to by mail programs, neither
//! of whom is signed in.

use crate::{
    two::Here,
    world::{World, answer, limits},
};
use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use closedset_app::{MasterKey, mail};
use closedset_core::{Secret, randomness::Seeded};
use http::Request;

#[tokio::test]
async fn a_mail_program_ends_mails_by_one_post_and_looking_ends_nothing() {
    let world = World::new().await;
    let router = world.router(limits());
    let here = Here::new(&world).await;
    let person = world.signed.membership().unwrap().person;
    let sealed = MasterKey::new(&Secret::new([5; 32])).seal(
        "mail-unsubscribe",
        format!("{} {person}", here.organisation).as_bytes(),
        &Seeded::new(3),
    );
    let link = format!("/mail/stop/{}", URL_SAFE_NO_PAD.encode(sealed.unwrap()));
    let day =
        async || mail::reminders(&world.app, &here.owner).await.unwrap().unwrap().day.number();

    // What inspects mails follows their links.
    let look = || Request::get(&link).header("host", "localhost").body(Body::empty()).unwrap();
    let (status, page) = answer(router.clone(), look()).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("No more weekly mails?") && page.contains("Send me none any more"));
    assert_eq!(day().await, 1);

    // Another site's page posts nothing.
    let one_click = || {
        Request::post(&link)
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let body = || Body::from("List-Unsubscribe=One-Click");
    let cross = one_click().header("sec-fetch-site", "cross-site").body(body()).unwrap();
    assert_eq!(answer(router.clone(), cross).await.0, 403);
    assert_eq!(day().await, 1);

    let (status, page) = answer(router.clone(), one_click().body(body()).unwrap()).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("No more weekly mails"));
    assert_eq!(day().await, 0);
    // Once more is the same.
    assert_eq!(answer(router.clone(), one_click().body(body()).unwrap()).await.0, 200);

    for wrong in ["/mail/stop/AAAA", "/mail/stop/..", "/mail/stop/%00"] {
        let request = Request::post(wrong).header("host", "localhost").body(body()).unwrap();
        assert_eq!(answer(router.clone(), request).await.0, 404, "{wrong}");
    }
}
