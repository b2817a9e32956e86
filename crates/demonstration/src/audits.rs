//! An audit that somebody made and what it found, and one of a client's own of which no report may be shown.

use crate::{
    error::{DemonstrationError, refused},
    house::ORGANISATION,
    roster::day,
};
use closedset_app::{
    App, Caller,
    audits::{self, Closing, NewAudit, NewFinding, Report},
    evidence::pieces,
};
use closedset_core::{
    Time,
    id::{Client, Finding, Id},
};

/// What was found: reference, words, severity, the control that it concerns, and in how many days it is due.
const FOUND: [(&str, &str, &str, &str, i64); 4] = [
    ("1", "The key of the plant room hangs on a nail beside its door.", "high", "PH-1", -10),
    ("2", "Two visitors of a week did not sign out.", "medium", "PH-2", 20),
    ("3", "Nobody wrote down who checked the camera clips.", "low", "PH-3", 60),
    ("4", "The print-out of the call list lies at the desk.", "informational", "", 90),
];
/// How many of them were mended since, in their order.
const MENDED: [&str; 2] = ["The key is in the key safe.", "Reception asks at the door."];

/// Enters them; says what was found.
pub(crate) async fn enter(
    app: &App,
    caller: &Caller,
    (client, ends): (Option<&Id<Client>>, Time),
) -> Result<Vec<Id<Finding>>, DemonstrationError> {
    let internal = NewAudit {
        kind: "internal".into(),
        firm: ORGANISATION.into(),
        assessors: "the security contact".into(),
        scope: "Doors, keys, visitors and cameras on all three floors.".into(),
        begins_on: day(ends, 45)?,
        ends_on: day(ends, 44)?,
        report_on: day(ends, 41)?,
        ..NewAudit::default()
    };
    let what = "an internal audit";
    let (sender, pieces) = pieces();
    let text = format!(
        "DEMONSTRATION: this report is invented, as is everything in it.\n\n{ORGANISATION}\nInternal audit: four findings, none of them grave enough to stop work.\n"
    );
    let sending = tokio::spawn(async move {
        if sender.send(text.into_bytes()).await {
            sender.end();
        }
    });
    let report =
        Report { file_name: "internal-audit.txt".into(), media_type: "text/plain".into(), pieces };
    let audit = audits::audit_add(app, caller, internal, Some(report)).await;
    let audit = audit.map_err(refused(what))?;
    sending.await?;
    let mut found = Vec::new();
    for (reference, words, severity, control, due) in FOUND {
        let new = NewFinding {
            reference: reference.into(),
            what: words.into(),
            severity: severity.into(),
            control: control.into(),
            owner: None,
            due_on: day(ends, -due)?,
        };
        found.push(audits::finding_add(app, caller, audit, new).await.map_err(refused(what))?);
    }
    let own = NewAudit {
        kind: "content_owner".into(),
        client: client.copied(),
        firm: "Meridian Content Security".into(),
        scope: "The finishing rooms.".into(),
        begins_on: day(ends, 120)?,
        report_on: day(ends, 100)?,
        ..NewAudit::default()
    };
    audits::audit_add(app, caller, own, None).await.map_err(refused("a client’s audit"))?;
    Ok(found)
}

/// Some of what was found is mended.
pub(crate) async fn mend(
    app: &App,
    caller: &Caller,
    found: &[Id<Finding>],
) -> Result<(), DemonstrationError> {
    for (id, said) in found.iter().zip(MENDED) {
        let closing = Closing { said: said.into(), proof: None };
        audits::finding_close(app, caller, *id, closing).await.map_err(refused(said))?;
    }
    Ok(())
}
