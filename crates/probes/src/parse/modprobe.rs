//! What loading a kernel module would do: `modprobe -n -v`, `/proc/modules`, `modules.builtin`.

/// What `modprobe -n -v MODULE` says it would do for the module itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Load it.
    Load,
    /// Run a command that does nothing instead.
    Refuse,
    /// Load it, but something it needs is refused.
    LoadWithoutNeeds,
    /// Nothing: it is loaded or built in.
    Nothing,
    /// It is part of the kernel.
    BuiltIn,
}

/// Commands that do nothing.
const IDLE: [&str; 6] = [
    "/bin/false",
    "/bin/true",
    "/usr/bin/false",
    "/usr/bin/true",
    "/sbin/nologin",
    "/usr/sbin/nologin",
];

/// What the output of `modprobe -n -v MODULE` means. Its last line is about the module, those before
/// about what it needs.
pub fn plan(output: &str, module: &str) -> Plan {
    let mut lines = output.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(last) = lines.next_back() else {
        return Plan::Nothing;
    };
    if is_idle(last) {
        return Plan::Refuse;
    }
    if last.starts_with("builtin ") {
        return Plan::BuiltIn;
    }
    let loads_module = last
        .strip_prefix("insmod ")
        .and_then(|path| path.split_whitespace().next())
        .is_some_and(|path| file_is_of(path, module));
    if loads_module && lines.any(is_idle) {
        Plan::LoadWithoutNeeds
    } else {
        // A command that does who knows what counts as loading.
        Plan::Load
    }
}

fn is_idle(line: &str) -> bool {
    line.strip_prefix("install ").is_some_and(|command| IDLE.contains(&command.trim()))
}

/// Whether `modules.builtin` or `/proc/modules` names the module.
pub fn names(list: &str, module: &str) -> bool {
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .any(|word| file_is_of(word, module))
}

/// Whether the lines of files in `modprobe.d` blacklist the module, which keeps it from loading by
/// itself, and from nothing else.
pub fn blacklists(text: &str, module: &str) -> bool {
    super::telling_lines(text)
        .filter_map(|line| line.strip_prefix("blacklist"))
        .any(|name| same(name.trim(), module))
}

fn file_is_of(path: &str, module: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split(".ko").next().unwrap_or(file);
    same(stem, module)
}

/// Dash and underscore are the same in a module's name.
fn same(a: &str, b: &str) -> bool {
    a.replace('-', "_") == b.replace('-', "_")
}
