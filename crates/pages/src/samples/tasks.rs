//! Tasks: none, several, a note that is too long, very many.

use super::{Sample, day, sample, shell, time};
use crate::Area;
use crate::components::{Field, Paging};
use crate::tasks::{DoneTask, OpenTask, TaskSubject, Tasks};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("tasks-empty", &tasks(Vec::new(), Vec::new())),
        sample("tasks-typical", &tasks(open(3), vec![done()])),
        sample("tasks-error", &with_error()),
        sample("tasks-many", &many()),
        sample("tasks-only-to-read", &Tasks { can_write: false, ..tasks(open(3), Vec::new()) }),
    ]
}

fn tasks(open: Vec<OpenTask>, done: Vec<DoneTask>) -> Tasks {
    Tasks {
        shell: shell(Area::Tasks),
        open_count: i64::try_from(open.len()).unwrap_or_default(),
        late_count: i64::from(!open.is_empty()),
        paging: Paging {
            shown: i64::try_from(open.len()).unwrap_or_default(),
            ..Paging::default()
        },
        open,
        done,
        can_write: true,
    }
}

fn many() -> Tasks {
    Tasks {
        open_count: 6_000,
        paging: Paging {
            shown: 50,
            total: Some(6_000),
            first: None,
            next: Some("/tasks?after=tsk_49".into()),
        },
        ..tasks(open(50), (0..50).map(|_| done()).collect())
    }
}

fn grading() -> TaskSubject {
    TaskSubject { name: "grading-2".into(), href: "/devices/dev_grading-2".into() }
}

fn open(count: usize) -> Vec<OpenTask> {
    (0..count)
        .map(|n| OpenTask {
            id: format!("tsk_{n}"),
            title: "Mend: Screen locks within 15 minutes".into(),
            control: "IS-7".into(),
            subject: (n % 2 == 0).then(grading),
            due: day("2026-03-10", "10 March 2026"),
            left: if n == 0 { "2 days late".into() } else { "in 5 days".into() },
            is_late: n == 0,
            note: Field::default(),
        })
        .collect()
}

fn done() -> DoneTask {
    DoneTask {
        title: "Renew the evidence: NDA from everyone".into(),
        control: "AD-3".into(),
        subject: None,
        when: time("2026-03-09T14:20:00Z", "9 March 2026, 15:20"),
        by: "Inés Okafor".into(),
        note: "Signed by all, uploaded.".into(),
    }
}

fn with_error() -> Tasks {
    let mut page = tasks(open(3), Vec::new());
    page.open[1].note = Field::new("I changed the idle delay and then …")
        .with_error("A note has at most 1,000 characters.");
    page
}
