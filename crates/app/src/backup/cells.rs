//! A row's values by the names of their columns.

use closedset_core::Time;
use closedset_store::{
    StoreError, Value,
    portable::{Cells, Table},
};

/// A table's columns, looked up once for many rows.
pub(super) struct Columns<const N: usize>([usize; N]);

impl<const N: usize> Columns<N> {
    pub(super) fn of(table: &Table, names: [&str; N]) -> Result<Self, StoreError> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            *place = table.place(name)?;
        }
        Ok(Self(places))
    }

    pub(super) fn text<'c>(&self, cells: &'c Cells, column: usize) -> Result<&'c str, StoreError> {
        match self.cell(cells, column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(StoreError::Column { column, wanted: "text" }),
        }
    }

    pub(super) fn bytes<'c>(
        &self,
        cells: &'c Cells,
        column: usize,
    ) -> Result<&'c [u8], StoreError> {
        match self.cell(cells, column) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(StoreError::Column { column, wanted: "bytes" }),
        }
    }

    pub(super) fn array<const L: usize>(
        &self,
        cells: &Cells,
        column: usize,
    ) -> Result<[u8; L], StoreError> {
        let bytes = self.bytes(cells, column)?;
        bytes.try_into().map_err(|_| StoreError::Column { column, wanted: "array of that length" })
    }

    pub(super) fn text_opt<'c>(
        &self,
        cells: &'c Cells,
        column: usize,
    ) -> Result<Option<&'c str>, StoreError> {
        match self.cell(cells, column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(cells, column).map(Some),
        }
    }

    pub(super) fn int(&self, cells: &Cells, column: usize) -> Result<i64, StoreError> {
        match self.cell(cells, column) {
            Some(Value::Int(number)) => Ok(*number),
            _ => Err(StoreError::Column { column, wanted: "number" }),
        }
    }

    pub(super) fn int_opt(&self, cells: &Cells, column: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(cells, column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(cells, column).map(Some),
        }
    }

    pub(super) fn time(&self, cells: &Cells, column: usize) -> Result<Time, StoreError> {
        self.int(cells, column).map(Time::from_millis)
    }

    pub(super) fn time_opt(
        &self,
        cells: &Cells,
        column: usize,
    ) -> Result<Option<Time>, StoreError> {
        Ok(self.int_opt(cells, column)?.map(Time::from_millis))
    }

    fn cell<'c>(&self, cells: &'c Cells, column: usize) -> Option<&'c Value<'static>> {
        cells.get(self.0[column])
    }

    /// A number that is not negative.
    pub(super) fn count(&self, cells: &Cells, column: usize) -> Result<u64, StoreError> {
        match self.cell(cells, column) {
            Some(Value::Int(number)) => u64::try_from(*number).ok(),
            _ => None,
        }
        .ok_or(StoreError::Column { column, wanted: "count" })
    }

    /// What the text of a column stands for.
    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        cells: &Cells,
        column: usize,
        what: &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(cells, column)?;
        text.parse().map_err(|_| StoreError::corrupt(what, text))
    }
}
