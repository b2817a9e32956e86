//! Settings of programs, and lists that programs write.

use crate::{
    host::Command,
    look::{Look, Why, command},
    parse::plist,
};
use serde_json::Value;
use std::time::Duration;

/// The settings in the file at `path`; none if there is no such file.
pub(super) fn at(look: &Look<'_>, path: &str) -> Result<Option<Value>, Why> {
    if !look.exists(path)? {
        return Ok(None);
    }
    let convert = Command::new("plutil").args(["-convert", "xml1", "-o", "-", path]);
    parsed(look, &convert, path).map(Some)
}

/// What an administrator fixed for everybody in the domain `domain`, by a configuration profile.
pub(super) fn managed(look: &Look<'_>, domain: &str) -> Result<Option<Value>, Why> {
    at(look, &format!("/Library/Managed Preferences/{domain}.plist"))
}

/// The property list that the command of the words in `line` writes.
pub(super) fn plist(look: &Look<'_>, line: &str) -> Result<Value, Why> {
    parsed(look, &command(line), line)
}

fn parsed(look: &Look<'_>, command: &Command, what: &str) -> Result<Value, Why> {
    let output = look.host.run(command).map_err(|error| Why::of(what, &error))?;
    if output.status != 0 {
        return Err(look.refused(what, &output));
    }
    plist::parse(&output.text())
        .ok_or_else(|| Why::new(format!("what {what} writes is not understood")))
}

/// What `system_profiler` tells of the data type `kind`.
pub(super) fn profiled(look: &Look<'_>, kind: &str, timeout: Duration) -> Result<Vec<Value>, Why> {
    let line = format!("system_profiler {kind} -json");
    let output = look
        .host
        .run(&command(&line).timeout(timeout))
        .map_err(|error| Why::of("system_profiler", &error))?;
    if output.status != 0 {
        return Err(look.refused("system_profiler", &output));
    }
    let mut report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| Why::new(format!("what {line} writes is not understood")))?;
    match report.get_mut(kind).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(Why::new(format!("{line} says nothing of {kind}"))),
    }
}

/// Whether a value says yes or no: settings are written as truths and as numbers.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is) => Some(*is),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => crate::parse::truth(text),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text of the field `name`, if it is text that is not empty.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The list of the field `name`; empty if there is none.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
