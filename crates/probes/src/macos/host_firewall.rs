//! Whether the application firewall refuses what nobody asked for.
//!
//! Switched on and nothing more, it lets in every program that somebody's known key signed, without
//! asking: that is no refusal by default. It refuses if it blocks all, or if signing alone opens
//! nothing. It takes its setting along through a restart.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::macos::{firewall_setting, firewall_state},
};
use closedset_core::fact::{Body, device::HostFirewall};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<HostFirewall> {
    let text = look.output("socketfilterfw --getglobalstate")?;
    let state = firewall_state(&text)
        .ok_or_else(|| Why::new("what socketfilterfw says of its state is not understood"))?;
    let is_active = state > 0;
    let (refuses_inbound, seen) = refuses(look, state)?;
    Ok(Reading {
        record: HostFirewall {
            backend: if is_active { "application-firewall" } else { "none" }.into(),
            is_active,
            refuses_inbound,
            starts_at_boot: Some(is_active),
            seen: seen.into(),
        },
        unread: Vec::new(),
    })
}

fn refuses(look: &Look<'_>, state: u8) -> Result<(bool, &'static str), Why> {
    if state == 0 {
        return Ok((false, "the application firewall is off"));
    }
    let blocks_all = look.output("socketfilterfw --getblockall").ok();
    let blocks_all = blocks_all.and_then(|text| {
        firewall_setting(&text, &["block all"]).or_else(|| {
            text.contains("set to block all non-essential incoming connections").then_some(true)
        })
    });
    if state == 2 || blocks_all == Some(true) {
        return Ok((true, "it blocks all incoming connections but those macOS itself needs"));
    }
    let text = look.output("socketfilterfw --getallowsigned")?;
    let built_in = firewall_setting(&text, &["built-in"]);
    let downloaded = firewall_setting(&text, &["downloaded"]);
    match (built_in, downloaded) {
        (_, Some(true)) => {
            Ok((false, "it is on, and lets in every downloaded program that is signed"))
        }
        (Some(true), Some(false)) => {
            Ok((true, "it is on, and lets in Apple's own programs and those on its list alone"))
        }
        (Some(false), Some(false)) => {
            Ok((true, "it is on, and lets in the programs on its list alone"))
        }
        _ => Err(Why::new(
            "whether signed programs are let in without asking is not told by socketfilterfw",
        )),
    }
}
