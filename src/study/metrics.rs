//! The metrics of all replications of a program.
//!
//! One idea: a study may have a million replications, and of most of them nothing but the metrics
//! is kept; so these stand in columns, one number each, and what became of a launch beside them.

use crate::estimate::recovery::Fate;
use crate::estimate::share::Part;

/// The metrics of one replication.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Every metric, in the order of the lens.
    pub(crate) values: Vec<Option<f64>>,
    /// Of how many things each metric is a share; 0 for what is no share of things.
    pub(crate) wholes: Vec<u64>,
    /// What became of it; absent if that cannot be told.
    pub(crate) fate: Option<Fate>,
}

impl Row {
    /// Bytes that it takes in a table.
    pub(crate) fn bytes(&self) -> usize {
        let shares = self.wholes.iter().filter(|whole| **whole > 0).count();
        let fate = size_of_val(&self.fate) + self.fate.as_ref().map_or(0, Fate::bytes);
        (self.values.len() + shares) * size_of::<f64>() + fate
    }
}

/// The metrics of many replications, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetricTable {
    columns: Vec<Column>,
    fates: Vec<Option<Fate>>,
}

/// One metric.
#[derive(Clone, Debug, Default)]
struct Column {
    /// Not a number where it does not exist.
    values: Numbers<f64>,
    /// Of how many things it is a share.
    wholes: Numbers<u64>,
}

/// A number for each replication: many a metric is the same in all, and kept once.
#[derive(Clone, Debug, Default)]
struct Numbers<T> {
    first: T,
    /// Empty while all are as the first.
    all: Vec<T>,
}

impl<T: Copy> Numbers<T> {
    /// Adds a number to so many.
    fn push(&mut self, number: T, before: usize, is_same: impl Fn(T, T) -> bool) {
        if before == 0 {
            self.first = number;
        } else if !self.all.is_empty() || !is_same(number, self.first) {
            self.all.resize(before, self.first);
            self.all.push(number);
        }
    }

    fn get(&self, replication: usize) -> T {
        self.all.get(replication).copied().unwrap_or(self.first)
    }
}

impl MetricTable {
    /// Adds a replication.
    pub(crate) fn push(&mut self, row: Row) {
        let before = self.len();
        self.columns.resize_with(row.values.len(), Column::default);
        let all = self.columns.iter_mut().zip(row.values).zip(row.wholes);
        for ((column, value), whole) in all {
            let value = value.unwrap_or(f64::NAN);
            let is_same = |one: f64, other: f64| one.to_bits() == other.to_bits();
            column.values.push(value, before, is_same);
            column.wholes.push(whole, before, |one, other| one == other);
        }
        self.fates.push(row.fate);
    }

    /// Keeps the first so many.
    pub(crate) fn truncate(&mut self, replications: usize) {
        for column in &mut self.columns {
            column.values.all.truncate(replications);
            column.wholes.all.truncate(replications);
        }
        self.fates.truncate(replications);
    }

    /// How many replications there are.
    pub(crate) fn len(&self) -> usize {
        self.fates.len()
    }

    fn value(&self, metric: usize, replication: usize) -> Option<f64> {
        let value = self.columns[metric].values.get(replication);
        Some(value).filter(|value| !value.is_nan())
    }

    /// A metric of every replication, by its place in the lens; nothing in any without a place.
    pub(crate) fn values(&self, metric: Option<usize>) -> impl Iterator<Item = Option<f64>> {
        (0..self.len()).map(move |replication| self.value(metric?, replication))
    }

    /// The counts behind a metric that is a share of things in every replication in which it
    /// exists.
    pub(crate) fn parts(&self, metric: usize) -> Option<Vec<Part>> {
        let wholes = &self.columns.get(metric)?.wholes;
        let part = |(at, value): (usize, Option<f64>)| {
            let Some(value) = value else {
                return Some(Part::default());
            };
            let whole = Some(wholes.get(at)).filter(|whole| *whole > 0)? as f64;
            let part = (value * whole).round();
            Some(Part { part, whole })
        };
        self.values(Some(metric)).enumerate().map(part).collect()
    }

    /// What became of every replication.
    pub(crate) fn fates(&self) -> &[Option<Fate>] {
        &self.fates
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(values: [Option<f64>; 2], wholes: [u64; 2]) -> Row {
        Row {
            values: values.to_vec(),
            wholes: wholes.to_vec(),
            fate: None,
        }
    }

    /// A share of nothing does not exist, and what is no share of things has no parts.
    #[test]
    fn columns_give_back_what_replications_showed() {
        let mut table = MetricTable::default();
        table.push(row([None, Some(3.0)], [0, 0]));
        table.push(row([Some(0.25), Some(f64::INFINITY)], [8, 0]));
        table.push(row([Some(1.0), None], [2, 0]));
        let values = |metric| table.values(Some(metric)).collect::<Vec<_>>();
        assert_eq!(values(0), [None, Some(0.25), Some(1.0)]);
        assert_eq!(values(1), [Some(3.0), Some(f64::INFINITY), None]);
        let part = |part, whole| Part { part, whole };
        let parts = vec![Part::default(), part(2.0, 8.0), part(2.0, 2.0)];
        assert_eq!(table.parts(0), Some(parts.clone()));
        assert_eq!(table.parts(1), None);
        table.truncate(2);
        assert_eq!(table.parts(0), Some(parts[..2].to_vec()));
        assert_eq!((table.len(), table.values(Some(1)).count()), (2, 2));
    }

    /// A metric with its whole, of few values, so that many are the same.
    fn metric() -> impl Strategy<Value = (Option<f64>, u64)> {
        let value = prop::sample::select(vec![None, Some(0.0), Some(0.5), Some(f64::INFINITY)]);
        (value, 0..2_u64)
    }

    proptest! {
        #[test]
        fn every_replication_is_given_back(
            all in prop::collection::vec((metric(), metric()), 0..12),
            keep in 0..12_usize,
        ) {
            let mut table = MetricTable::default();
            for ((one, of_one), (other, of_other)) in &all {
                table.push(row([*one, *other], [*of_one, *of_other]));
            }
            table.truncate(keep);
            let kept = &all[..keep.min(all.len())];
            let values: Vec<_> = table.values(Some(1)).collect();
            prop_assert_eq!(values, kept.iter().map(|(_, other)| other.0).collect::<Vec<_>>());
            let known = |(value, whole): (Option<f64>, u64)| match value {
                None => Some(Part::default()),
                Some(value) => (whole > 0).then(|| {
                    let whole = whole as f64;
                    let part = (value * whole).round();
                    Part { part, whole }
                }),
            };
            let parts: Option<Vec<Part>> = kept.iter().map(|(one, _)| known(*one)).collect();
            prop_assert_eq!(table.parts(0), parts.filter(|_| !all.is_empty()));
        }
    }
}
