//! Things that run out.

use super::reader::{Fields, Reader};
use super::table::{Kind, TableDef, key};
use crate::text::Place;

/// A stock of identical units.
#[derive(Clone, Debug, PartialEq)]
pub struct Stock {
    /// Units at the start.
    pub units: u64,
    /// Where its table begins.
    pub place: Place,
}

/// `[stock.NAME]`.
pub(crate) static STOCK: TableDef = TableDef {
    name: "a stock",
    doc: "Things that run out.",
    keys: &[key("units", Kind::Count, "", "units at the start")],
};

/// Reads `[stock.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Stock {
    fields.require(r, "units");
    let units = fields.count(r, "units", 0..=u64::MAX).unwrap_or(0);
    Stock {
        units,
        place: fields.place,
    }
}
