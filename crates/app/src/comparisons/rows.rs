//! The rows of such a list. A formula is never evaluated: the text that stands there is taken, and cleaned of what would
//! move or hide what stands beside it.

use super::{
    ROWS,
    columns::{Columns, Says},
    fold::fold,
};
use crate::{Problem, people::is_line};
use closedset_sheets::{SheetError, Table};

/// The longest name that is kept.
const NAME: usize = 100;
/// The longest address (RFC 5321, 4.5.3.1.3, without the brackets).
const ADDRESS: usize = 254;

/// A row.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    /// Its number in the spreadsheet.
    pub(super) line: i64,
    pub(super) name: String,
    pub(super) key: String,
    /// Addresses, the first of which is shown.
    pub(super) addresses: Vec<String>,
    /// What stands where the sign-in name does, address or not.
    pub(super) login: String,
    pub(super) mfa: String,
    pub(super) sign_in: String,
    pub(super) is_off: bool,
}

/// Reads a file as a table.
pub(super) fn table(bytes: &[u8]) -> Result<Table, Problem> {
    let table = closedset_sheets::read(bytes, &Columns::are).map_err(|error| told(&error))?;
    let count = table.rows().len();
    match count {
        0 => Err(refused("Below the heads the list is empty.".to_owned())),
        rows if rows > ROWS => {
            Err(refused("A list has at most 20,000 rows. Split it in two.".to_owned()))
        }
        _ => Ok(table),
    }
}

/// The rows, by these columns.
pub(super) fn rows(table: &Table, columns: &Columns) -> Vec<Listed> {
    let name = columns.name();
    let listed = |row: closedset_sheets::Row<'_>| {
        let said = |says: Says| columns.at(says).map_or("", |column| row.cell(column));
        let parts: Vec<&str> =
            name.iter().map(|column| row.cell(*column)).filter(|part| !part.is_empty()).collect();
        let name = clean(&parts.join(" "), NAME);
        let mut addresses: Vec<String> =
            [said(Says::Email), said(Says::Login)].into_iter().filter_map(address).collect();
        addresses.dedup();
        Listed {
            line: i64::from(row.number),
            key: fold(&name),
            name,
            addresses,
            login: clean(said(Says::Login), NAME),
            mfa: said(Says::Mfa).to_owned(),
            sign_in: said(Says::SignIn).to_owned(),
            is_off: super::account::is_off(said(Says::On), said(Says::Off)),
        }
    };
    table.rows().map(listed).collect()
}

/// A text for a page: in one line, cut, with nothing in it that turns or hides what stands beside it.
pub(super) fn clean(text: &str, limit: usize) -> String {
    let mut one = [0; 4];
    let plain: String = text
        .chars()
        .map(|letter| if is_line(letter.encode_utf8(&mut one), 1) { letter } else { ' ' })
        .take(limit)
        .collect();
    plain.trim().to_owned()
}

fn address(text: &str) -> Option<String> {
    let lowered = text.trim().to_lowercase();
    let (local, domain) = lowered.split_once('@')?;
    let is_one = !local.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && is_line(&lowered, ADDRESS)
        && !lowered.contains(char::is_whitespace);
    is_one.then_some(lowered)
}

fn refused(message: String) -> Problem {
    Problem::field("file", message)
}

/// What is wrong with a file, in a sentence, and what to do.
fn told(error: &SheetError) -> Problem {
    let what = error.to_string();
    let mut letters = what.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten().collect::<String>();
    refused(format!("{first}{}. {}", letters.as_str(), error.remedy()))
}
