//! Why a file was not read, as whoever brought it is told.

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// See [`crate::FILE_LIMIT`].
    #[error("the file has more than 20 MB")]
    TooLarge,
    /// See [`crate::ROW_LIMIT`].
    #[error("the list has more than 100,000 rows")]
    TooManyRows,
    /// See [`crate::COLUMN_LIMIT`].
    #[error("the cell {0} lies beyond the 64th column")]
    TooManyColumns(String),
    /// See [`crate::CELL_LIMIT`] and [`crate::LONG_CELL_LIMIT`].
    #[error("the cell {cell} has more than {limit} characters")]
    CellTooLong {
        /// The cell.
        cell: String,
        /// How many it may have.
        limit: usize,
    },
    /// All cells together hold too much.
    #[error("the cells hold more than 64 MB of text")]
    TooMuchText,
    /// The archive, or one of its parts, unpacks to too much.
    #[error("the file unpacks to more than is read")]
    UnpacksToTooMuch,
    /// There is no row that says something.
    #[error("the list is empty")]
    Empty,
    /// A workbook of before 2007, or one that is locked.
    #[error("the file is a workbook in the old form (.xls), or locked with a password")]
    OldWorkbook,
    /// Neither separated values nor a workbook.
    #[error("the file is no list that can be read")]
    OtherForm,
    /// A workbook that breaks its own rules.
    #[error("the workbook is damaged: {0}")]
    Damaged(String),
}

impl SheetError {
    /// What to do, as a sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge | Self::TooManyRows | Self::TooMuchText => {
                "Split the list, and bring one part after the other."
            }
            Self::TooManyColumns(_) => "Take out the columns that are not needed.",
            Self::CellTooLong { .. } => {
                "Shorten the cell; where it looks short, a quotation mark before it is not closed."
            }
            Self::UnpacksToTooMuch => {
                "Copy the columns that are needed into a new workbook, or save the list as CSV."
            }
            Self::Empty => "Check that the sheet with the list was saved.",
            Self::OldWorkbook => {
                "Save it as an Excel workbook (.xlsx) without a password, or as CSV."
            }
            Self::OtherForm => "Save the list as an Excel workbook (.xlsx) or as CSV.",
            Self::Damaged(_) => {
                "Open it in a spreadsheet program and save it anew as .xlsx, or save it as CSV."
            }
        }
    }
}
