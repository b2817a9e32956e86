//! Tasks: none, several, a note that is too long, very many.

use super::{Sample, day, sample, shell, time};
use crate::Area;
use crate::components::{Choice, Field, Paging};
use crate::tasks::{
    DoneTask, OpenTask, Owner, PlanForm, TaskDone, TaskPage, TaskSubject, TaskTab, Tasks,
};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("tasks-empty", &tasks(Vec::new(), Vec::new())),
        sample("tasks-typical", &tasks(open(3), vec![done()])),
        sample("tasks-error", &with_error()),
        sample("tasks-many", &many()),
        sample("tasks-only-to-read", &Tasks { can_write: false, ..tasks(open(3), Vec::new()) }),
        sample("task-typical", &task(true)),
        sample("task-error", &task_error()),
        sample("tasks-of-a-member", &tasks_of_a_member()),
        sample("task-of-a-member", &task_of_a_member()),
        sample("task-anothers", &task_anothers()),
        sample("task-done", &task_done()),
        sample("task-of-a-finding", &task_of_a_finding()),
        sample("task-of-the-certificate", &task_of_the_certificate()),
    ]
}

fn tasks(open: Vec<OpenTask>, done: Vec<DoneTask>) -> Tasks {
    Tasks {
        shell: shell(Area::Tasks),
        tabs: [
            ("All", "/tasks", Some(7)),
            ("Mine", "/tasks?of=me", Some(2)),
            ("Nobody’s", "/tasks?of=nobody", None),
        ]
        .map(|(words, href, count)| TaskTab { words, href, count, is_shown: words == "All" })
        .into(),
        none: "Nothing is to be done. A task appears here when a check fails or evidence lapses.",
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

fn control() -> TaskSubject {
    TaskSubject { name: "IS-7".into(), href: Some("/controls/IS-7".into()) }
}

fn grading() -> TaskSubject {
    TaskSubject { name: "grading-2".into(), href: Some("/devices/dev_grading-2".into()) }
}

fn open(count: usize) -> Vec<OpenTask> {
    (0..count)
        .map(|n| OpenTask {
            id: format!("tsk_{n}"),
            is_of_finding: false,
            is_of_leaving: n == 1,
            title: "Mend: Screen locks within 15 minutes".into(),
            control: control(),
            subject: (n % 2 == 0).then(grading),
            owner: owner(n),
            remark: if n == 1 {
                "Ask Otto first: the panel is <his>.".into()
            } else {
                String::new()
            },
            due: day("2026-03-10", "10 March 2026"),
            left: if n == 0 { "2 days late".into() } else { "in 5 days".into() },
            is_late: n == 0,
            note: Field::default(),
        })
        .collect()
}

fn owner(number: usize) -> Owner {
    match number % 4 {
        0 => Owner::Nobody,
        1 => Owner::Person("Mara Sloane".into()),
        2 => Owner::LeftBy("Otto Vance".into()),
        _ => Owner::Me,
    }
}

fn task(may_assign: bool) -> TaskPage {
    let choices = [("per_mara", "Mara Sloane"), ("per_ines", "Inés Okafor")];
    TaskPage {
        shell: shell(Area::Tasks),
        id: "tsk_1".into(),
        is_of_finding: false,
        is_of_leaving: false,
        title: "Mend: Screen locks within 15 minutes".into(),
        control: control(),
        subject: Some(grading()),
        owner: Owner::Me,
        due: day("2026-03-20", "20 March 2026"),
        left: "in 8 days".into(),
        due_was: may_assign.then(|| day("2026-03-15", "15 March 2026")),
        remark: "Ask Otto first: the panel is <his>.".into(),
        since: time("2026-03-08T09:00:00Z", "8 March 2026, 10:00"),
        done: None,
        form: Some(PlanForm {
            is_anothers: false,
            may_assign,
            owner: Field::new("per_ines"),
            owners: choices.map(|(value, words)| Choice::new(value, words)).into(),
            due: Field::new("2026-03-20"),
            remark: Field::new("Ask Otto first: the panel is <his>."),
            note: Field::default(),
        }),
    }
}

/// Whoever sees neither the board nor computers is told the names, and has no links that do not open.
fn task_of_a_member() -> TaskPage {
    let mut page = task(false);
    closed(&mut page.control);
    page.subject.iter_mut().for_each(closed);
    page
}

fn tasks_of_a_member() -> Tasks {
    let mut page = tasks(open(2), vec![done()]);
    for task in &mut page.open {
        closed(&mut task.control);
        task.subject.iter_mut().for_each(closed);
    }
    page.done.iter_mut().for_each(|task| closed(&mut task.control));
    page
}

fn closed(subject: &mut TaskSubject) {
    subject.href = None;
}

fn task_error() -> TaskPage {
    let mut page = task(true);
    if let Some(form) = &mut page.form {
        form.owner = Field::new("per_gone")
            .with_error("Choose somebody who belongs here and may complete tasks.");
        form.due = Field::new("2026-03-01").with_error("Choose today or a day to come.");
    }
    page
}

fn task_anothers() -> TaskPage {
    let mut page = task(false);
    page.owner = Owner::Person("Mara Sloane".into());
    if let Some(form) = &mut page.form {
        form.is_anothers = true;
    }
    page
}

fn task_of_a_finding() -> TaskPage {
    TaskPage {
        title: "Mend: The guest <Wi-Fi> reaches the render network. (high, 3.1)".into(),
        is_of_finding: true,
        is_of_leaving: false,
        subject: Some(TaskSubject {
            name: "what an audit found".into(),
            href: Some("/findings/fnd_1".into()),
        }),
        ..task(true)
    }
}

fn task_of_the_certificate() -> TaskPage {
    TaskPage {
        title: "Renew the server’s certificate before it ends".into(),
        control: TaskSubject { name: String::new(), href: None },
        subject: Some(TaskSubject {
            name: "the server’s certificate".into(),
            href: Some("/settings/network".into()),
        }),
        ..task(true)
    }
}

fn task_done() -> TaskPage {
    let done = TaskDone {
        when: time("2026-03-09T14:20:00Z", "9 March 2026, 15:20"),
        by: "Inés Okafor".into(),
        note: "Set to ten minutes.".into(),
    };
    TaskPage { done: Some(done), form: None, ..task(false) }
}

fn done() -> DoneTask {
    DoneTask {
        title: "Renew the evidence: NDA from everyone".into(),
        control: TaskSubject { name: "AD-3".into(), href: Some("/controls/AD-3".into()) },
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
