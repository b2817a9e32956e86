//! The client list as a table for spreadsheets.

use super::{ActiveTitle, ClientList, UNDISCLOSED};
use crate::csv::Table;
use closedset_core::engagement::Days;

/// The list as a file.
pub(crate) fn table(list: &ClientList) -> Vec<u8> {
    match &list.owner {
        None => whole(list),
        Some(_) => of_owner(list),
    }
    .into_bytes()
}

fn whole(list: &ClientList) -> Table {
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
    let mut table = Table::new(&heads);
    for client in &list.clients {
        let count = |is: fn(&ActiveTitle) -> bool| {
            client.titles.iter().filter(|title| is(title)).count().to_string()
        };
        let aliases: Vec<&str> = client.titles.iter().map(|title| title.called.as_str()).collect();
        table.line(&[
            list.day.to_string(),
            client.name.clone(),
            if client.is_confidential { "yes" } else { "no" }.to_owned(),
            client.since.to_string(),
            client.contract.map(|days| days.first.to_string()).unwrap_or_default(),
            client.contract.map(end).unwrap_or_default(),
            count(|title| title.is_in_work),
            count(|title| title.is_held),
            aliases.join("; "),
        ]);
    }
    table
}

fn of_owner(list: &ClientList) -> Table {
    let mut table = Table::new(&["On", "Client", "Title", "Since", "Active because"]);
    let mut row = |client: &str, title: &str, since: String, why: String| {
        table.line(&[list.day.to_string(), client.to_owned(), title.to_owned(), since, why]);
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
    table
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
