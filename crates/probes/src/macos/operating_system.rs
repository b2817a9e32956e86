//! Which macOS runs: `sw_vers`, the kernel's release, the architecture.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::macos::fields,
};
use closedset_core::fact::{Body, device::OperatingSystem};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<OperatingSystem> {
    let fields = fields(&look.output("sw_vers")?);
    let value = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
    let version =
        value("ProductVersion").ok_or_else(|| Why::new("sw_vers tells no ProductVersion"))?;
    let name = value("ProductName").unwrap_or_else(|| "macOS".to_owned());
    // A background security improvement: `26.3.1 (a)`.
    let extra = value("ProductVersionExtra").map(|extra| format!(" {extra}")).unwrap_or_default();
    let mut unread = Vec::new();
    let mut told = |line: &str, path: &str| match look.output(line) {
        Ok(text) => text.trim().to_owned(),
        Err(why) => {
            unread.push(why.at(path));
            String::new()
        }
    };
    let kernel = told("uname -r", "kernel");
    let architecture = told("uname -m", "architecture");
    Ok(Reading {
        record: OperatingSystem {
            family: "macos".into(),
            product: "macos".into(),
            name: format!("{name} {version}{extra}"),
            version,
            build: value("BuildVersion"),
            kernel,
            architecture,
        },
        unread,
    })
}
