//! A browser in which two invitations are opened one after the other: the page of the first joins nothing but
//! the first.

use crate::{
    two::Here,
    world::{World, answer, head, limits},
};
use axum::{Router, body::Body};
use closedset_app::people::{self, NewInvitation};
use closedset_core::{Role, Secret};

const KEPT: &str = "__Host-closedset-invitation";

/// The token of a new invitation's link.
async fn invite(world: &World, here: &Here, email: &str) -> String {
    let new = NewInvitation {
        email: email.into(),
        name: format!("Nina Cut {}", email.split('@').next().unwrap()),
        role: "member".into(),
        last_day: String::new(),
    };
    let (_, link) = people::invite(&world.app, &here.owner, new).await.unwrap();
    link.split_once("token=").unwrap().1.to_owned()
}

/// The value of a field that the page put into its form.
fn unseen(page: &str, name: &str) -> String {
    let before = format!("name=\"{name}\" value=\"");
    let value = page.split(&before).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    value.split('"').next().unwrap().to_owned()
}

struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    async fn open(&self, invitation: &str) -> (u16, String) {
        let cookie = format!("{}; {KEPT}={invitation}", self.cookie);
        let page = head("GET", "/join").header("cookie", cookie).body(Body::empty()).unwrap();
        answer(self.router.clone(), page).await
    }

    async fn send(&self, path: &str, invitation: &str, shown: &str) -> (u16, String) {
        let cookie = format!("{}; {KEPT}={invitation}", self.cookie);
        let body = format!(
            "csrf={}&invitation={}&name=Nina+Cut&password=velvet+harbour+lantern",
            unseen(shown, "csrf"),
            unseen(shown, "invitation"),
        );
        let form = head("POST", path)
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        answer(self.router.clone(), form.unwrap()).await
    }
}

#[tokio::test]
async fn the_page_of_one_invitation_joins_no_other() {
    let world = World::new().await;
    let router = world.router(limits());
    let (here, there) = (Here::new(&world).await, Here::another(&world).await);
    let third = Here::another(&world).await;
    let ann = here.member(&world, Role::Member).await;
    let (signed, _) = ann.session(&world).await;
    let nobody = format!("__Host-closedset={}", Secret::<32>::new([250; 32]).to_token());
    for (cookie, path, email) in
        [(signed, "/join/accept", ann.email.as_str()), (nobody, "/join", "nina@cut.example")]
    {
        let browser = Browser { router: router.clone(), cookie };
        let first = invite(&world, &there, email).await;
        let second = invite(&world, &third, email).await;
        let (status, shown) = browser.open(&first).await;
        assert_eq!(status, 200, "{shown}");
        let before = world.entries().await;
        let states = (there.state(&world).await, third.state(&world).await);
        let (status, said) = browser.send(path, &second, &shown).await;
        assert_eq!(status, 409, "{path} {said}");
        assert!(said.contains("Another invitation was opened"), "{path} {said}");
        assert_eq!(world.entries().await, before, "{path}");
        let after = (there.state(&world).await, third.state(&world).await);
        assert_eq!(after, states, "{path}");
        // The page that is shown then is that of the second, and its button does what it says.
        let (status, said) = browser.send(path, &second, &said).await;
        assert_eq!(status, 303, "{path} {said}");
        assert_eq!(there.state(&world).await, states.0, "{path}");
        assert_eq!(third.state(&world).await.1, states.1.1 + 1, "{path}");
    }
}

#[tokio::test]
async fn a_link_that_is_only_forgotten_is_not_said_to_be_used_up() {
    let world = World::new().await;
    let browser = Browser { router: world.router(limits()), cookie: "a=b".into() };
    let (_, said) = browser.open("").await;
    assert!(said.contains("Open the link again") && !said.contains("taken back"), "{said}");
    let (_, said) = browser.open(&Secret::<32>::new([9; 32]).to_token()).await;
    assert!(said.contains("It was used, taken back"), "{said}");
}
