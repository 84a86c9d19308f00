//! How much a page holds: as many charts as a page has room for that is sent by mail and kept.
//!
//! One idea: the study and its baseline are shown whole; of the other variants the charts go first
//! that say least beside the others, one kind for all variants alike, and the page says where they
//! are.

use maud::Markup;

use super::set;
use crate::report::chart::{Kind, Picture, Subject};
use crate::report::reading;
use crate::results::Results;

/// Bytes of a page.
pub(super) const PAGE: usize = 980_000;

/// Bytes of series that every page has room for.
pub(super) const SERIES: usize = 100_000;

/// The charts of a page.
pub(super) struct Hung<'a> {
    base: &'a str,
    /// In the order of a report.
    pub(super) figures: Vec<Figure<'a>>,
}

/// A chart as it is set, if there is room for it.
pub(super) struct Figure<'a> {
    /// Which chart.
    pub(super) picture: &'a Picture,
    /// With its takeaway and its table.
    pub(super) set: Option<Markup>,
}

/// All charts that stand on the page, each set.
pub(super) fn hang<'a>(results: &'a Results, pictures: &'a [Picture]) -> Hung<'a> {
    // The first screen shows the variants side by side by itself.
    let shown = pictures.iter();
    let shown = shown.filter(|picture| !matches!(picture.kind, Kind::Multiples(_)));
    Hung {
        base: reading::baseline_name(results),
        figures: shown
            .map(|picture| Figure {
                picture,
                set: Some(set::figure(results, picture)),
            })
            .collect(),
    }
}

impl<'a> Hung<'a> {
    /// The same without any chart.
    pub(super) fn without_figures(&self) -> Hung<'a> {
        let bare = |figure: &Figure<'a>| Figure {
            picture: figure.picture,
            set: None,
        };
        Hung {
            base: self.base,
            figures: self.figures.iter().map(bare).collect(),
        }
    }

    /// Leaves charts out until the others take no more than so many bytes, or none can be spared.
    pub(super) fn spare(&mut self, bytes: usize) {
        let mut kinds: Vec<Kind> = Vec::new();
        for figure in self.figures.iter().filter(|figure| self.can_go(figure)) {
            if !kinds.contains(&figure.picture.kind) {
                kinds.push(figure.picture.kind.clone());
            }
        }
        // Of kinds that are spared alike the later goes first.
        kinds.reverse();
        kinds.sort_by_key(rank);
        for kind in kinds {
            let sizes = self.figures.iter().filter_map(|figure| figure.set.as_ref());
            if sizes.map(|set| set.0.len()).sum::<usize>() <= bytes {
                break;
            }
            let base = Subject::Variant(self.base.to_owned());
            let gone = self
                .figures
                .iter_mut()
                .filter(|figure| figure.picture.kind == kind && figure.picture.subject != base);
            gone.for_each(|figure| figure.set = None);
        }
    }

    fn can_go(&self, figure: &Figure<'_>) -> bool {
        match &figure.picture.subject {
            Subject::Study => false,
            Subject::Variant(name) => name != self.base,
        }
    }
}

/// How easily the charts of a kind are spared, the first the most.
fn rank(kind: &Kind) -> u8 {
    match kind {
        Kind::Density(_) => 0,
        Kind::Ribbon(_) => 1,
        Kind::Funnel(_) => 2,
        Kind::Phase => 3,
        Kind::Lanes | Kind::Servers(_) => 4,
        Kind::Heat => 5,
        Kind::Outcome => 6,
        Kind::Spectrum(_)
        | Kind::Forest
        | Kind::Waterfall(..)
        | Kind::Multiples(_)
        | Kind::Growth(_)
        | Kind::Level(_)
        | Kind::Observed(_)
        | Kind::Profiles
        | Kind::Ladder
        | Kind::Frontier
        | Kind::Swept(_)
        | Kind::Scalability
        | Kind::Tip
        | Kind::Causes
        | Kind::Behind
        | Kind::Combined(..)
        | Kind::Tornado
        | Kind::Dots
        | Kind::Topology => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{chart, sample};

    fn left(hung: &Hung<'_>, is: fn(&Kind) -> bool) -> Vec<String> {
        let all = hung.figures.iter();
        all.filter(|figure| is(&figure.picture.kind) && figure.set.is_some())
            .map(|figure| figure.picture.name.clone())
            .collect()
    }

    #[test]
    fn what_says_least_goes_first_and_the_baseline_stays() {
        let results = sample::compare();
        let pictures = chart::pictures(&results);
        let mut hung = hang(&results, &pictures);
        let all: usize = hung
            .figures
            .iter()
            .filter_map(|figure| Some(figure.set.as_ref()?.0.len()))
            .sum();
        hung.spare(all);
        assert!(hung.figures.iter().all(|figure| figure.set.is_some()));
        hung.spare(all - 1);
        let spreads = left(&hung, |kind| matches!(kind, Kind::Density(_)));
        let outcomes = left(&hung, |kind| matches!(kind, Kind::Outcome));
        assert!(outcomes.len() == results.order.len());
        assert!(hung.figures.iter().any(|figure| figure.set.is_none()));
        hung.spare(0);
        let base = reading::baseline_name(&results);
        let stay = left(&hung, |kind| {
            matches!(kind, Kind::Outcome | Kind::Density(_))
        });
        assert!(
            stay.iter().all(|name| name.ends_with(base)),
            "{stay:?} {spreads:?}"
        );
        assert!(!left(&hung, |kind| matches!(kind, Kind::Forest)).is_empty());
    }
}
