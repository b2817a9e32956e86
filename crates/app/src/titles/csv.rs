//! The client list as a table for spreadsheets: comma-separated values as RFC 4180 writes them, in UTF-8 with a mark at
//! the beginning, without which Excel takes it for another encoding.

use super::{ActiveTitle, ClientList, UNDISCLOSED};
use closedset_core::engagement::Days;
use std::fmt::Write;

/// The list as a file.
pub(super) fn table(list: &ClientList) -> Vec<u8> {
    let mut text = String::from('\u{feff}');
    match &list.owner {
        None => whole(list, &mut text),
        Some(_) => of_owner(list, &mut text),
    }
    text.into_bytes()
}

fn whole(list: &ClientList, text: &mut String) {
    let heads = [
        "On",
        "Client",
        "Name is confidential",
        "Active since",
        "Contract from",
        "Contract until",
        "Titles in work",
        "Titles with content held",
        "Titles by alias",
    ];
    line(text, &heads.map(str::to_owned));
    for client in &list.clients {
        let count = |is: fn(&ActiveTitle) -> bool| {
            client.titles.iter().filter(|title| is(title)).count().to_string()
        };
        let aliases: Vec<&str> = client.titles.iter().map(|title| title.called.as_str()).collect();
        line(
            text,
            &[
                list.day.to_string(),
                client.name.clone(),
                if client.is_confidential { "yes" } else { "no" }.to_owned(),
                client.since.to_string(),
                client.contract.map(|days| days.first.to_string()).unwrap_or_default(),
                client.contract.map(end).unwrap_or_default(),
                count(|title| title.is_in_work),
                count(|title| title.is_held),
                aliases.join("; "),
            ],
        );
    }
}

fn of_owner(list: &ClientList, text: &mut String) {
    line(text, &["On", "Client", "Title", "Since", "Active because"].map(str::to_owned));
    let mut row = |client: &str, title: &str, since: String, why: String| {
        line(text, &[list.day.to_string(), client.to_owned(), title.to_owned(), since, why]);
    };
    for client in &list.clients {
        if let Some(days) = client.contract {
            let why = match days.last {
                Some(last) => format!("contract until {last}"),
                None => "contract without an end".to_owned(),
            };
            row(&client.name, "", days.first.to_string(), why);
        }
        for title in &client.titles {
            row(&client.name, &title.called, title.days.first.to_string(), why(title).to_owned());
        }
    }
    for other in &list.others {
        row(other, "", String::new(), String::new());
    }
    for _ in 0..list.undisclosed {
        row(UNDISCLOSED, "", String::new(), String::new());
    }
}

const fn why(title: &ActiveTitle) -> &'static str {
    match (title.is_in_work, title.is_held) {
        (true, true) => "in work, content held",
        (true, false) => "in work",
        (false, _) => "content held",
    }
}

fn end(days: Days) -> String {
    days.last.map_or_else(|| "without an end".to_owned(), |last| last.to_string())
}

fn line(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    let _ = write!(text, "{}\r\n", cells.join(","));
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    let is_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        for (cell, written) in [
            ("Halide", "\"Halide\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("a,b\r\n=1", "\"a,b\r\n=1\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
