//! The rows of a list, each read by the same rules as what somebody types.

use super::{
    CellProblem,
    columns::{Columns, form_of, refused},
    day::{Undecided, order, plain},
};
use crate::{
    FieldProblem, Problem,
    people::{NewEngagement, NewPerson, entered::Reading, name::key},
};
use closedset_core::engagement::{Days, EngagementForm};
use closedset_sheets::{SheetError, Table, cell_name};

/// A list that was read.
#[derive(Debug)]
pub(super) struct Rows {
    /// The name of the sheet, of a workbook.
    pub(super) sheet: Option<String>,
    /// The heads that are read, and those that are not.
    pub(super) heads: (Vec<String>, Vec<String>),
    /// The rows from top to bottom.
    pub(super) rows: Vec<Read>,
    /// Whether any row names a title.
    pub(super) has_titles: bool,
    columns: Columns,
}

impl Rows {
    /// The cell of a row where something of this kind stands.
    pub(super) fn cell(&self, of: Cell, row: u32) -> String {
        cell(&self.columns, of, row)
    }
}

/// A row as it was read.
#[derive(Debug)]
pub(super) struct Read {
    /// Its number in the spreadsheet.
    pub(super) number: u32,
    /// The name as it stands there, cut if it is long.
    pub(super) name: String,
    /// What it says, or what is wrong with it.
    pub(super) entered: Result<Entered, Vec<CellProblem>>,
}

/// What a row says.
#[derive(Debug, Clone)]
pub(super) struct Entered {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) email: Option<String>,
    pub(super) phone: String,
    pub(super) form: EngagementForm,
    pub(super) job: String,
    pub(super) days: Days,
    /// The title's alias; empty where none is named.
    pub(super) title: String,
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Name,
    Email,
    Phone,
    Form,
    Job,
    First,
    Last,
    Title,
}

impl Cell {
    /// By the name of the field that a person fills in.
    fn of_field(field: &str) -> Self {
        match field {
            "email" => Self::Email,
            "phone" => Self::Phone,
            "form" => Self::Form,
            "job" => Self::Job,
            "begins_on" => Self::First,
            "ends_on" => Self::Last,
            _ => Self::Name,
        }
    }
}

fn cell(columns: &Columns, of: Cell, row: u32) -> String {
    let name = columns.name.first().copied().unwrap_or(0);
    let column = match of {
        Cell::Name => name,
        Cell::Email => columns.email.unwrap_or(name),
        Cell::Phone => columns.phone.unwrap_or(name),
        Cell::Form => columns.form,
        Cell::Job => columns.job,
        Cell::First => columns.first,
        Cell::Last => columns.last.unwrap_or(columns.first),
        Cell::Title => columns.title.unwrap_or(name),
    };
    cell_name(column, row)
}

/// Reads a file. It runs for a second where the list is long.
pub(super) fn read(bytes: &[u8]) -> Result<Rows, Problem> {
    let table = closedset_sheets::read(bytes, &Columns::are).map_err(|error| told(&error))?;
    let heads = table.heads();
    let columns = Columns::of(&heads)?;
    if table.rows().len() == 0 {
        return Err(refused("Below the heads the list is empty.".to_owned()));
    }
    let order = order(days(&table, &columns)).map_err(|undecided| match undecided {
        Undecided::Both((column, row), (other, other_row)) => refused(format!(
            "{} has the day first and {} the month. Write all days like 2026-09-30.",
            cell_name(column, row),
            cell_name(other, other_row)
        )),
        Undecided::Nothing((column, row)) => refused(format!(
            "Whether day or month comes first in {} is said by no day of the list. Write days like 2026-09-30.",
            cell_name(column, row)
        )),
    })?;
    let mut rows = Vec::with_capacity(table.rows().len());
    let mut has_titles = false;
    for row in table.rows() {
        let said = |column: Option<usize>| column.map_or("", |column| row.cell(column));
        let parts: Vec<&str> = columns
            .name
            .iter()
            .map(|column| row.cell(*column))
            .filter(|part| !part.is_empty())
            .collect();
        let name = parts.join(" ");
        let title = said(columns.title).to_owned();
        has_titles |= !title.is_empty();
        let person = NewPerson {
            name: name.clone(),
            email: said(columns.email).to_owned(),
            phone: said(columns.phone).to_owned(),
        };
        let form = row.cell(columns.form);
        let engagement = NewEngagement {
            form: form_of(form).map_or_else(String::new, |form| form.as_str().to_owned()),
            job: row.cell(columns.job).to_owned(),
            begins_on: plain(row.cell(columns.first), order),
            ends_on: plain(said(columns.last), order),
        };
        let mut reading = Reading::default();
        let (name, email, phone) = reading.person(&person);
        let (form, job, days) = reading.engagement(&engagement);
        let entered = match reading.end() {
            Ok(()) => Ok(Entered { key: key(&name), name, email, phone, form, job, days, title }),
            Err(Problem::Invalid(problems)) => {
                let of_cell = |problem: FieldProblem| CellProblem {
                    cell: cell(&columns, Cell::of_field(problem.field), row.number),
                    message: match problem.field {
                        "form" => "Write employee, contractor, freelancer or trainee.".to_owned(),
                        _ => problem.message,
                    },
                };
                Err(problems.into_iter().map(of_cell).collect())
            }
            Err(other) => return Err(other),
        };
        rows.push(Read { number: row.number, name: shown(&person.name), entered });
    }
    let read = columns.read();
    let named = |is_read: bool| -> Vec<String> {
        let heads = heads
            .iter()
            .enumerate()
            .filter(|(column, head)| !head.is_empty() && read.contains(column) == is_read);
        heads.map(|(_, head)| shown(head)).collect()
    };
    let heads = (named(true), named(false));
    let sheet = table.sheet().map(str::to_owned);
    Ok(Rows { sheet, heads, rows, has_titles, columns })
}

/// A text for a page: cut, and in one line.
fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(100).collect()
}

/// Every day of the list, with where it stands.
fn days<'t>(table: &'t Table, columns: &Columns) -> impl Iterator<Item = ((usize, u32), &'t str)> {
    let columns: Vec<usize> = [Some(columns.first), columns.last].into_iter().flatten().collect();
    table.rows().flat_map(move |row| {
        let cells: Vec<_> =
            columns.iter().map(|column| ((*column, row.number), row.cell(*column))).collect();
        cells
    })
}

/// What is wrong with a file, in a sentence, and what to do.
fn told(error: &SheetError) -> Problem {
    let what = error.to_string();
    let mut letters = what.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten().collect::<String>();
    refused(format!("{first}{}. {}", letters.as_str(), error.remedy()))
}
