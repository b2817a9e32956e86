//! Whether the clock follows a time server now, and what keeps it.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::time_sync::{chronyc_tracking, timedatectl},
    sight::processes::{processes, runs},
};
use closedset_core::fact::{Body, device::TimeSync};

/// Programs that keep a clock right.
const KEEPERS: [&str; 6] = ["chronyd", "systemd-timesyncd", "ntpd", "openntpd", "ptp4l", "phc2sys"];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<TimeSync> {
    let running = processes(look);
    let by = running
        .as_ref()
        .map(|running| KEEPERS.into_iter().find(|keeper| runs(running, keeper)).unwrap_or("none"));
    let is_synchronised = match (synchronised(look), &by) {
        // The kernel's flag outlives the program that set it by hours.
        (Ok(_), Ok("none")) | (Err(_), Ok("none")) => false,
        (Ok(is_synchronised), _) => is_synchronised,
        (Err(why), _) => return Err(why),
    };
    let (by, unread) = match by {
        Ok(by) => (by.to_owned(), Vec::new()),
        Err(why) => ("unknown".to_owned(), vec![why.clone().at("by")]),
    };
    Ok(Reading { record: TimeSync { is_synchronised, by }, unread })
}

fn synchronised(look: &Look<'_>) -> Result<bool, Why> {
    let mut refusal = None;
    type Parser = fn(&str) -> Option<bool>;
    let ways: [(&str, Parser); 3] = [
        ("chronyc -n tracking", chronyc_tracking),
        ("timedatectl show", timedatectl),
        ("timedatectl status", timedatectl),
    ];
    for (line, parser) in ways {
        match look.output_if_there(line) {
            Ok(Some(text)) => {
                if let Some(answer) = parser(&text) {
                    return Ok(answer);
                }
            }
            Ok(None) => {}
            Err(why) => refusal = Some(why),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        Why::new("neither timedatectl nor chronyc tells whether the clock is synchronised")
    }))
}
