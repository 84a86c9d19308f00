//! The instants of a table: dates, numbers since 1970 in any unit, or numbers from T+0.
//!
//! One idea: what kind they are is found in the first rows and holds for all, as where a model
//! reads a data file.

use crate::model::files::date::{Stamp, Zone, since_1970, stamp};
use crate::model::files::number::{self, Comma};

/// What the instants of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Dates.
    Dated(Zone),
    /// Since 1970, in units of so many nanoseconds.
    Since1970(i128, &'static str),
    /// From T+0, in seconds.
    Plain,
}

/// Reads the instants of a column.
pub(crate) struct Instants {
    pub(crate) kind: Kind,
    /// The cell that was read last, and what it is.
    last: (String, i64),
}

impl Instants {
    /// Of a column with these cells, among others.
    pub(crate) fn of<'c>(cells: impl Iterator<Item = &'c str> + Clone) -> Instants {
        let dates = cells.clone().filter_map(|cell| match stamp(cell) {
            Stamp::At(_, zone) => Some(zone),
            Stamp::Doubtful(_) | Stamp::Other => None,
        });
        let numbers = cells.filter_map(|cell| number::value(cell, Comma::Groups));
        let (mut least, mut most, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0);
        for number in numbers {
            (least, most, count) = (least.min(number), most.max(number), count + 1);
        }
        let dates: Vec<Zone> = dates.collect();
        let kind = match (dates.len() > count, since_1970(least, most)) {
            (true, _) if dates.contains(&Zone::Assumed) => Kind::Dated(Zone::Assumed),
            (true, _) => Kind::Dated(Zone::Written),
            (false, Some((unit, name))) => Kind::Since1970(unit, name),
            (false, None) => Kind::Plain,
        };
        Instants {
            kind,
            last: (String::new(), 0),
        }
    }

    /// An instant in milliseconds since 1970, or from T+0; none if it is no instant of the kind.
    pub(crate) fn ms(&mut self, cell: &str) -> Option<i64> {
        if !cell.is_empty() && self.last.0 == cell {
            return Some(self.last.1);
        }
        let nanos = match self.kind {
            Kind::Dated(_) => match stamp(cell) {
                Stamp::At(nanos, _) => nanos,
                Stamp::Doubtful(_) | Stamp::Other => return None,
            },
            Kind::Since1970(unit, _) => self.number(cell, unit)?,
            Kind::Plain => self.number(cell, 1_000_000_000)?,
        };
        let ms = i64::try_from(nanos.div_euclid(1_000_000)).ok()?;
        let range = match self.kind {
            Kind::Plain => -FURTHEST_MS..FURTHEST_MS,
            Kind::Dated(_) | Kind::Since1970(..) => 0..LAST_MS,
        };
        if !range.contains(&ms) {
            return None;
        }
        cell.clone_into(&mut self.last.0);
        self.last.1 = ms;
        Some(ms)
    }

    fn number(&self, cell: &str, unit: i128) -> Option<i128> {
        number::nanos(&number::plain(cell, Comma::Groups)?, unit)
    }

    /// Whether they are of the calendar.
    pub(crate) fn is_dated(&self) -> bool {
        self.kind != Kind::Plain
    }

    /// What they are, in a few words.
    pub(crate) fn said(&self) -> String {
        match self.kind {
            Kind::Dated(Zone::Written) => "dates".to_owned(),
            Kind::Dated(Zone::Assumed) => "dates without a zone, taken as UTC".to_owned(),
            Kind::Since1970(_, unit) => format!("{unit} since 1970"),
            Kind::Plain => "seconds from T+0".to_owned(),
        }
    }
}

/// Times from T+0 that are looked at: 30 years.
const FURTHEST_MS: i64 = 946_080_000_000;
/// The end of the year 2199 in milliseconds since 1970.
const LAST_MS: i64 = 7_258_118_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> (Kind, Vec<Option<i64>>) {
        let mut instants = Instants::of(cells.iter().copied());
        let read = cells.iter().map(|cell| instants.ms(cell)).collect();
        (instants.kind, read)
    }

    #[test]
    fn the_first_rows_say_what_all_are() {
        let at = Some(1_700_000_000_010);
        let since = |unit, name| Kind::Since1970(unit, name);
        assert_eq!(
            read(&["1700000000.010", "x"]),
            (since(1_000_000_000, "seconds"), vec![at, None])
        );
        assert_eq!(
            read(&["1700000000010"]),
            (since(1_000_000, "milliseconds"), vec![at])
        );
        assert_eq!(
            read(&["1700000000010000000"]),
            (since(1, "nanoseconds"), vec![at])
        );
        let zoned = [
            "2023-11-14T22:13:20.010Z",
            "2023-11-14T23:13:20.010+01:00",
            "17",
        ];
        assert_eq!(
            read(&zoned),
            (Kind::Dated(Zone::Written), vec![at, at, None])
        );
        assert_eq!(read(&["2023-11-14 22:13:20"]).0, Kind::Dated(Zone::Assumed));
        assert_eq!(
            read(&["0", "1.5"]),
            (Kind::Plain, vec![Some(0), Some(1_500)])
        );
        assert_eq!(read(&["", "-"]).1, [None, None]);
    }
}
