//! Which operating system runs: `os-release`, the kernel's release, the architecture.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::os_release,
};
use closedset_core::fact::{Body, device::OperatingSystem};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<OperatingSystem> {
    let text = look
        .text("/etc/os-release")
        .or_else(|_| look.text("/usr/lib/os-release"))
        .map_err(|error| Why::of("/etc/os-release", &error))?;
    let release = os_release::parse(&text);
    let value = |name: &str| release.get(name).filter(|value| !value.is_empty()).cloned();
    let product = value("ID").ok_or_else(|| Why::new("/etc/os-release has no ID"))?;

    let mut unread = Vec::new();
    // A distribution that rolls has no version; a name of its state is the nearest thing.
    let version = value("VERSION_ID")
        .or_else(|| value("VERSION_CODENAME"))
        .or_else(|| value("BUILD_ID"))
        .unwrap_or_else(|| {
            unread.push(Why::new("/etc/os-release names no version").at("version"));
            String::new()
        });
    let kernel = look.word("/proc/sys/kernel/osrelease").unwrap_or_else(|| {
        unread.push(Why::new("/proc/sys/kernel/osrelease could not be read").at("kernel"));
        String::new()
    });
    let architecture = match look.output("uname -m") {
        Ok(text) => text.trim().to_owned(),
        Err(why) => {
            unread.push(why.at("architecture"));
            String::new()
        }
    };
    let build = look
        .word("/etc/debian_version")
        .filter(|_| product == "debian")
        .or_else(|| value("BUILD_ID"));
    Ok(Reading {
        record: OperatingSystem {
            family: "linux".into(),
            name: value("PRETTY_NAME").or_else(|| value("NAME")).unwrap_or_else(|| product.clone()),
            product,
            version,
            build,
            kernel,
            architecture,
        },
        unread,
    })
}
