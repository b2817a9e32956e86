//! PowerShell asked, and what it answered: sections of JSON, each a list or the reason why there is
//! none.

use crate::{
    host::Command,
    look::{Look, Why},
    parse::windows::json,
};
use serde_json::Value;
use std::time::Duration;

/// A script with its name in recordings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    /// `powershell` and the kind of fact.
    pub(super) name: &'static str,
    /// The fields of a hash table: `name=S{...};other=S{...}`.
    pub(super) sections: &'static str,
    /// How long it may take.
    pub(super) timeout: Duration,
}

impl Script {
    pub(super) const fn new(name: &'static str, sections: &'static str) -> Self {
        Self { name, sections, timeout: Duration::from_secs(30) }
    }

    pub(super) const fn slow(mut self) -> Self {
        self.timeout = Duration::from_secs(85);
        self
    }
}

/// Words that every script begins with: `S` yields what a block says or why it fails, `R` a value
/// of the registry, none if it is not there. The encoding cannot be set where the administrator
/// restricts PowerShell; the rest works there.
const BEGINNING: &str = "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue';\
    try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{};\
    function S($b){try{@{v=@(& $b)}}catch{@{e=[string]$_.Exception.Message}}};\
    function R($p,$n){if(Test-Path -LiteralPath $p){(Get-ItemProperty -LiteralPath $p).$n}};";

/// What a script answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answers {
    sections: Value,
    remedy: &'static str,
}

/// Asks PowerShell.
pub(super) fn ask(look: &Look<'_>, script: Script) -> Result<Answers, Why> {
    let text = format!(
        "{BEGINNING}ConvertTo-Json -Compress -Depth 6 -InputObject @{{{}}}",
        script.sections
    );
    let command = Command::new("powershell")
        .args(["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", &text])
        .called(script.name)
        .timeout(script.timeout);
    let output = look.host.run(&command).map_err(|error| Why::of(script.name, &error))?;
    if output.status != 0 {
        return Err(look.refused(script.name, &output));
    }
    let sections = json(&output.stdout)
        .filter(Value::is_object)
        .ok_or_else(|| Why::new(format!("what {} writes is not understood", script.name)))?;
    let remedy = match look.is_root() {
        Some(false) => look.host.platform().with_all_rights(),
        Some(true) | None => "",
    };
    Ok(Answers { sections, remedy })
}

impl Answers {
    /// What a section lists.
    pub(super) fn list(&self, name: &str) -> Result<Vec<Value>, Why> {
        let section = self
            .sections
            .get(name)
            .ok_or_else(|| Why::new(format!("PowerShell does not answer for {name}")))?;
        if let Some(error) = section.get("e") {
            let said: String = error.as_str().unwrap_or_default().chars().take(200).collect();
            let remedy = if self.remedy.is_empty() { "" } else { "; " };
            return Err(Why::new(format!("{name}: {}{remedy}{}", said.trim(), self.remedy)));
        }
        match section.get("v") {
            Some(value) => Ok(items(value)),
            None => Err(Why::new(format!("PowerShell does not answer for {name}"))),
        }
    }

    /// The one record of a section, if it has all these fields: what is missing from the registry is
    /// null there, and a field that is missing itself was never asked for.
    pub(super) fn record(&self, name: &str, fields: &[&str]) -> Result<Value, Why> {
        let record = self.one(name)?;
        match fields.iter().find(|field| record.get(field).is_none()) {
            Some(field) => Err(Why::new(format!("{name}: Windows does not answer for {field}"))),
            None => Ok(record),
        }
    }

    /// The one record of a section.
    pub(super) fn one(&self, name: &str) -> Result<Value, Why> {
        self.list(name)?
            .into_iter()
            .find(Value::is_object)
            .ok_or_else(|| Why::new(format!("{name}: Windows answers nothing")))
    }
}

/// The items of a list. PowerShell writes a list of one as its item, an empty one as nothing, and
/// old versions some as `{"value": [...], "Count": 2}`.
pub(super) fn items(value: &Value) -> Vec<Value> {
    let items = match value {
        Value::Array(items) => items.clone(),
        Value::Object(fields) if fields.contains_key("Count") && fields.contains_key("value") => {
            fields.get("value").map(items_of_value).unwrap_or_default()
        }
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    };
    items.into_iter().filter(|item| !item.is_null()).collect()
}

fn items_of_value(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        other => vec![other.clone()],
    }
}

/// The number of the field `name`; the registry keeps some numbers as text.
pub(super) fn int(value: &Value, name: &str) -> Option<i64> {
    match value.get(name)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(is) => Some(i64::from(*is)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text of the field `name`, if it is text that is not empty.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether the field `name` is there and says yes.
pub(super) fn is(value: &Value, name: &str) -> bool {
    int(value, name) == Some(1)
}

/// Whether the field `name` is there at all: a value that is missing from the registry is null.
pub(super) fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some_and(|field| !field.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn list_of_one_and_of_none_and_of_old_powershell_are_lists() {
        assert_eq!(items(&json!([1, null, 2])), [json!(1), json!(2)]);
        assert_eq!(items(&json!({"a": 1})), [json!({"a": 1})]);
        assert_eq!(items(&json!({"value": [1, 2], "Count": 2})), [json!(1), json!(2)]);
        assert_eq!(items(&json!({"value": 1, "Count": 1})), [json!(1)]);
        assert_eq!(items(&json!(null)), Vec::<Value>::new());
    }

    #[test]
    fn section_that_failed_says_why_and_is_no_empty_list() {
        let answers = |remedy| Answers {
            sections: json!({"a": {"e": "Access denied "}, "b": {"v": []}, "c": {}, "d": 5}),
            remedy,
        };
        let why = |name| answers("run as administrator").list(name).map_err(|why| why.0);
        assert_eq!(why("a"), Err("a: Access denied; run as administrator".into()));
        assert_eq!(why("b"), Ok(Vec::new()));
        for name in ["c", "d", "absent"] {
            assert!(why(name).is_err(), "{name}");
        }
        assert!(answers("").one("b").is_err());
    }
}
