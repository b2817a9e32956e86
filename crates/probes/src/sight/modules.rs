//! Whether the kernel has a module, or would take it.

use crate::{
    host::HostError,
    look::{Look, Why},
    parse::modprobe::{self, Plan},
};

/// How a module stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    /// In the kernel now.
    Present,
    /// Loaded when it is asked for. `is_blacklisted`: not by itself when a device is plugged in.
    Loadable { is_blacklisted: bool },
    /// Loading it runs a command that does nothing, or what it needs cannot be loaded.
    Refused,
    /// The kernel takes no further modules (`kernel.modules_disabled`).
    Sealed,
    /// This kernel has no such module.
    Missing,
}

/// How the module stands, seen from its place in `/sys`, the list of loaded modules and what
/// `modprobe` would do.
pub(crate) fn module(look: &Look<'_>, name: &str) -> Result<Module, Why> {
    let underscored = name.replace('-', "_");
    if look.exists(&format!("/sys/module/{underscored}"))? {
        return Ok(Module::Present);
    }
    let loaded = look.text_if_there("/proc/modules")?;
    if loaded.as_deref().is_some_and(|list| modprobe::names(list, name)) {
        return Ok(Module::Present);
    }
    let built_in = is_built_in(look, name)?;
    if built_in == Some(true) {
        return Ok(Module::Present);
    }
    if look.word("/proc/sys/kernel/modules_disabled").as_deref() == Some("1") {
        return Ok(Module::Sealed);
    }
    match look.run(&format!("modprobe -n -v {name}")) {
        Ok(output) if output.status == 0 => Ok(match modprobe::plan(&output.text(), name) {
            Plan::Refuse | Plan::LoadWithoutNeeds => Module::Refused,
            // Nothing to do although it is not loaded: it is built in.
            Plan::Nothing | Plan::BuiltIn => Module::Present,
            Plan::Load => Module::Loadable { is_blacklisted: is_blacklisted(look, name) },
        }),
        Ok(output) if output.complaint().contains("not found in directory") => {
            // That is also said when the whole directory of modules is missing.
            match built_in {
                Some(_) => Ok(Module::Missing),
                None => missing_without_list(look, loaded.is_some()),
            }
        }
        Ok(output) => Err(look.refused("modprobe", &output)),
        // A kernel without /proc/modules was built without loadable modules.
        Err(HostError::NotFound) => missing_without_list(look, loaded.is_some()),
        Err(error) => Err(Why::of("modprobe", &error)),
    }
}

fn missing_without_list(look: &Look<'_>, takes_modules: bool) -> Result<Module, Why> {
    if !takes_modules && look.exists("/proc/sys/kernel/osrelease")? {
        return Ok(Module::Missing);
    }
    Err(Why::new(
        "what loading the module would do is unknown: modprobe or the kernel's list of modules is \
         missing",
    ))
}

/// Whether the running kernel's list of what is built in names the module; none if there is no
/// list.
fn is_built_in(look: &Look<'_>, name: &str) -> Result<Option<bool>, Why> {
    let Some(release) = look.word("/proc/sys/kernel/osrelease") else {
        return Ok(None);
    };
    let list = look.text_if_there(&format!("/lib/modules/{release}/modules.builtin"))?;
    Ok(list.map(|list| modprobe::names(&list, name)))
}

fn is_blacklisted(look: &Look<'_>, name: &str) -> bool {
    ["/etc/modprobe.d", "/usr/lib/modprobe.d", "/run/modprobe.d"].into_iter().any(|directory| {
        let Ok(files) = look.names(directory) else {
            return false;
        };
        files
            .iter()
            .filter(|file| file.ends_with(".conf"))
            .filter_map(|file| look.text(&format!("{directory}/{file}")).ok())
            .any(|text| modprobe::blacklists(&text, name))
    })
}
