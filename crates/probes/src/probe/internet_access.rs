//! Whether the internet can be reached, tried and seen.
//!
//! A few well-known destinations are tried up to the first answer of TLS; nothing is asked of them.
//! That none answers means something only if a host that must answer does: else the computer may
//! just be offline.

use crate::{
    host::{Destination, Platform, Reach},
    look::{Found, Look, Reading, Why, body},
    macos, windows,
};
use closedset_core::fact::{
    Body,
    device::{InternetAccess, InternetTrial},
};
use std::{thread, time::Duration};

/// How long one trial may take. All are made at once.
const TRIAL: Duration = Duration::from_millis(1_200);

const DESTINATIONS: [(&str, &str); 8] = [
    ("www.wikipedia.org", "web"),
    ("www.google.com", "web"),
    ("mail.google.com", "webmail"),
    ("outlook.live.com", "webmail"),
    ("www.dropbox.com", "cloud-storage"),
    ("drive.google.com", "cloud-storage"),
    ("wetransfer.com", "file-sharing"),
    ("web.whatsapp.com", "chat"),
];

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<InternetAccess> {
    let (proxy, hidden) = match proxy(look) {
        Ok(proxy) => (proxy, None),
        Err(why) => (None, Some(why)),
    };
    let (control, tried) = thread::scope(|scope| {
        let control = look
            .options
            .control_host
            .as_deref()
            .map(|host| scope.spawn(move || control(look, host)));
        let trials: Vec<_> = DESTINATIONS
            .into_iter()
            .map(|(host, category)| {
                let proxy = proxy.clone();
                let trial = scope.spawn(move || {
                    look.host.try_reach(&Destination {
                        host: host.into(),
                        port: 443,
                        proxy,
                        timeout: TRIAL,
                    })
                });
                (host, category, trial)
            })
            .collect();
        let tried: Vec<_> = trials
            .into_iter()
            .map(|(host, category, trial)| {
                let reach = trial
                    .join()
                    .unwrap_or_else(|_| Err(crate::HostError::Failed("the trial failed".into())));
                (host, category, reach)
            })
            .collect();
        let control = control.map(|control| control.join().unwrap_or(false));
        (control, tried)
    });
    let mut unread = Vec::new();
    let mut trials = Vec::new();
    let mut reached_any = false;
    for (host, category, reach) in tried {
        match reach {
            Ok(reach) => {
                reached_any |= reach >= Reach::Tls;
                trials.push(InternetTrial {
                    host: host.into(),
                    category: category.into(),
                    reached: reach.word().into(),
                });
            }
            Err(error) => unread.push(Why::of(host, &error).at("tried")),
        }
    }
    if trials.is_empty() {
        return Err(Why::new("no destination could be tried"));
    }
    let is_restricted = if reached_any {
        Some(false)
    } else if let Some(why) = hidden {
        unread.push(why.at("is_restricted"));
        None
    } else if control == Some(true) && unread.is_empty() {
        Some(true)
    } else {
        unread.push(
            Why::new(match control {
                None => {
                    "nothing was reached, but no host is known that must answer, so the computer \
                     may just be offline; enrol it so that the server is that host"
                }
                Some(false) => {
                    "nothing was reached, but the host that must answer did not either: the \
                     computer is offline"
                }
                Some(true) => "not every destination could be tried",
            })
            .at("is_restricted"),
        );
        None
    };
    Ok(Reading {
        record: InternetAccess { control_answered: control, tried: trials, is_restricted },
        unread,
    })
}

/// Whether the host that must answer takes a connection. It is reached without a proxy.
fn control(look: &Look<'_>, host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, port.parse().unwrap_or(443)),
        None => (host, 443),
    };
    let destination = Destination {
        host: name.trim_matches(['[', ']']).into(),
        port,
        proxy: None,
        timeout: TRIAL,
    };
    look.host.try_reach(&destination).is_ok_and(|reach| reach >= Reach::Tcp)
}

/// The proxy that programs of everybody use, if there is one: what the direct way refuses may be
/// open through it. One that programs find by themselves is not followed.
fn proxy(look: &Look<'_>) -> Result<Option<String>, Why> {
    match look.host.platform() {
        Platform::Linux => Ok(of_environment(look)),
        Platform::Macos => macos::proxy::proxy(look),
        Platform::Windows => windows::proxy::proxy(look),
    }
}

/// The proxy in `/etc/environment`.
fn of_environment(look: &Look<'_>) -> Option<String> {
    let environment = crate::parse::os_release::parse(&look.text("/etc/environment").ok()?);
    let url = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"]
        .into_iter()
        .find_map(|name| environment.get(name))?;
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let authority = rest.split('/').next().filter(|text| !text.is_empty())?;
    Some(if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") })
}

#[cfg(test)]
mod tests;
