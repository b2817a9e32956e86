//! What somebody sees of tasks who sees neither the board nor computers.

use crate::{
    two::{Here, Member, device, note},
    world::{NOW, World, answer, head, limits},
};
use axum::body::Body;
use closedset_app::Problem;
use closedset_core::{
    Duration, Role, Subject, SubjectKind,
    id::{Id, Task},
};
use closedset_store::{
    Scope, Tx,
    tasks::{self, Plan, TaskRow},
};

async fn open(world: &World, here: &Here, device: String) -> Id<Task> {
    let (organisation, log) = (here.organisation, here.log());
    let insert = move |tx: &mut Tx<'_>| -> Result<_, Problem> {
        let task = TaskRow {
            id: tx.new_id(),
            title: "Mend: Screens lock".into(),
            control: "IS-7".into(),
            check: "a check".into(),
            subject: Subject::new(SubjectKind::Device, &device),
            due_at: NOW + Duration::from_days(7),
            created_at: tx.now(),
            done_at: None,
            done_by: None,
            note: String::new(),
            plan: Plan::default(),
        };
        tasks::task_open(tx, organisation, &task)?;
        tx.record(log, note(&format!("task:{}", task.id)))?;
        Ok(task.id)
    };
    world.app.store().write(Scope::Organisation(organisation), insert).await.unwrap()
}

#[tokio::test]
async fn a_task_names_its_computer_and_links_only_where_a_page_opens() {
    let world = World::new().await;
    let here = Here::new(&world).await;
    let there = Here::another(&world).await;
    // More than any page lists, the one in question last; and one of the neighbour's.
    for number in 0..201 {
        device(&world, &here, format!("suite {number}")).await;
    }
    let grading = device(&world, &here, "grading-2".into()).await;
    let theirs = device(&world, &there, "elsewhere-9".into()).await;
    let (task, crossed) =
        (open(&world, &here, grading.clone()).await, open(&world, &here, theirs).await);
    let page = async |of: &Member, path: &str| {
        let (cookie, _) = of.session(&world).await;
        let request = head("GET", path).header("cookie", cookie).body(Body::empty()).unwrap();
        let (status, said) = answer(world.router(limits()), request).await;
        assert_eq!(status, 200, "{path} {said}");
        assert!(!said.contains("elsewhere-9"), "{said}");
        said
    };
    let links = [format!("href=\"/devices/{grading}\""), "href=\"/controls/IS-7\"".to_owned()];
    let (member, owner) = (here.member(&world, Role::Member).await, here.owner_here(&world));
    for path in ["/tasks".to_owned(), format!("/tasks/{task}"), format!("/tasks/{crossed}")] {
        let (by_member, by_owner) = (page(&member, &path).await, page(&owner, &path).await);
        for (said, opens) in [(&by_member, false), (&by_owner, true)] {
            let is_theirs = path.ends_with(&crossed.to_string());
            assert_eq!(said.contains("grading-2"), !is_theirs, "{path} {said}");
            assert_eq!(said.contains(&links[0]), opens && !is_theirs, "{path} {said}");
            assert_eq!(said.contains(&links[1]), opens, "{path} {said}");
        }
    }
}
