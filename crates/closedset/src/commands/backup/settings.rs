//! Which database `closedset.toml` names, changed without touching anything else in it.

use crate::configuration::ServeArguments;
use anyhow::{Context, Result, ensure};

/// The text of a `closedset.toml` with this database in it, or with none.
pub(super) fn with_database(text: &str, database: Option<&str>) -> Result<String> {
    let names_it = |line: &&str| {
        let name = line.trim_start().strip_prefix("database").map(str::trim_start);
        name.is_some_and(|rest| rest.starts_with('='))
    };
    let mut lines: Vec<String> =
        text.lines().filter(|line| !names_it(line)).map(str::to_owned).collect();
    if let Some(database) = database {
        lines.insert(0, format!("database = {}", toml::Value::from(database)));
    }
    let mut changed = lines.join("\n");
    if !changed.is_empty() {
        changed.push('\n');
    }
    let read: ServeArguments = toml::from_str(&changed).context("closedset.toml cannot be used")?;
    ensure!(
        read.database.as_deref() == database,
        "closedset.toml names its database in a way that cannot be changed here; write it as one line"
    );
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_database_changes() {
        let text =
            "# ours\nlisten = \"0.0.0.0:443\"\n  database=\"sqlite:/a\" # old\nlog_json = true";
        let other = with_database(text, Some("postgres://u:p\"w@h/n")).unwrap();
        assert!(other.starts_with("database = "), "{other}");
        assert!(other.ends_with("# ours\nlisten = \"0.0.0.0:443\"\nlog_json = true\n"), "{other}");
        assert_eq!(
            with_database(&other, None).unwrap(),
            "# ours\nlisten = \"0.0.0.0:443\"\nlog_json = true\n"
        );
        assert_eq!(with_database("", None).unwrap(), "");
        assert!(with_database("", Some("sqlite:x")).unwrap().contains("\"sqlite:x\""));
        assert!(with_database("\"database\" = \"sqlite:x\"", None).is_err());
        assert!(with_database("nonsense", None).is_err());
    }
}
