//! Two people who choose frameworks on their screens at once.

use crate::{
    two::Here,
    world::{World, answer, head, limits},
};
use axum::body::Body;
use closedset_app::{
    Caller,
    frameworks::{framework_list, frameworks_choose},
};

const MINIMUM: &str = "netflix-minimum";
const MPA: &str = "mpa-best-practices";

#[tokio::test]
async fn whoever_previewed_before_another_chose_is_told_and_drops_nothing() {
    let world = World::new().await;
    let here = Here::new(&world).await;
    let owner = Caller { organisation: here.organisation, ..world.caller.clone() };
    let (cookie, csrf) = here.owner_here(&world).session(&world).await;
    let post = async |act: &str, before: &str| {
        let request = head("POST", "/settings/frameworks")
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        let form = format!("csrf={csrf}&before={before}&frameworks={MINIMUM}&act={act}");
        answer(world.router(limits()), request.body(Body::from(form)).unwrap()).await
    };
    let ids = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    frameworks_choose(&world.app, &owner, &ids(&[MINIMUM, MPA]), &ids(&[MINIMUM])).await.unwrap();
    // Their page is from before that: it says what was chosen then, on the next one too.
    let (status, said) = post("preview", MINIMUM).await;
    assert_eq!(status, 200, "{said}");
    let before = said.split("name=\"before\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (status, said) = post("save", &before.replace(' ', "+")).await;
    assert!(status == 409 && said.contains("frameworks.changed"), "{status} {said}");
    let standing = framework_list(&world.app, &owner).await.unwrap();
    assert_eq!(standing.chosen(), [MINIMUM, MPA]);
}
