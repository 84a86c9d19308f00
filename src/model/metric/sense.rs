//! Which statistics exist for which quantities, and which of them can be read while a simulation
//! runs.

use super::names::Names;
use super::{Metric, Nature, Predicate, Quantity, Statistic, write_limit};
use crate::text::{Diagnostic, Place};

/// Whether the statistic exists for the quantity.
pub(super) fn check(names: &Names, metric: &Metric, place: Place) -> Result<(), Diagnostic> {
    let nature = metric.quantity.nature();
    let about = &metric.about;
    let word = metric.statistic.word();
    let refuse =
        |found: String, help: String| Err(Diagnostic::new("E063", found).at(place).help(help));
    if metric.predicate.is_some() && metric.statistic != Statistic::Share {
        let help = match metric.predicate {
            Some(Predicate { comparison, limit }) => {
                let limit = write_limit(limit, metric.quantity.value_unit());
                format!("write `share({about} {} {limit})`", comparison.sign())
            }
            None => String::new(),
        };
        return refuse(format!("`{word}` takes no comparison inside"), help);
    }
    if let Quantity::Messages {
        service, endpoint, ..
    } = &metric.quantity
        && !names.is_sent_to(service, endpoint)
    {
        let found = format!("nothing is sent to `{service}.{endpoint}`");
        return refuse(
            found,
            "`.delay` and its like exist for `send` steps".to_owned(),
        );
    }
    let exists = match (metric.statistic, nature) {
        (Statistic::Percentile(_), Nature::Durations { .. })
        | (
            Statistic::Mean,
            Nature::Durations { complete: true } | Nature::Level | Nature::Fraction | Nature::Ratio,
        )
        | (Statistic::Sd, Nature::Durations { complete: true })
        | (Statistic::Max, Nature::Durations { complete: true } | Nature::Level)
        | (Statistic::Count | Statistic::Rate, Nature::Events { .. })
        | (Statistic::Total | Statistic::At(_), Nature::Level)
        | (Statistic::Value, Nature::Instant | Nature::Chance) => true,
        (Statistic::Share, Nature::Events { part }) => part && metric.predicate.is_none(),
        (Statistic::Share, Nature::Durations { .. } | Nature::Level) => {
            if metric.predicate.is_none() {
                let limit = match nature {
                    Nature::Level => "10",
                    _ => "2s",
                };
                let help = format!("write for example `share({about} <= {limit})`");
                return refuse(format!("a share of `{about}` needs a limit"), help);
            }
            true
        }
        _ => false,
    };
    if exists {
        return Ok(());
    }
    let help = match (metric.statistic, nature) {
        (Statistic::Mean | Statistic::Sd | Statistic::Max, Nature::Durations { .. }) => {
            let ok = format!("{}ok.time", about.strip_suffix("time").unwrap_or(about));
            format!("write `{word}({ok})`: what fails takes longer than any time")
        }
        _ => format!("write `{}({about})`", nature.usual_statistic()),
    };
    refuse(format!("`{about}` has no `{word}`"), help)
}

/// Whether a metric can be read while a simulation runs: of the last seconds, or a level at an
/// instant.
pub(super) fn running(metric: &Metric, place: Place) -> Result<(), Diagnostic> {
    let nature = metric.quantity.nature();
    let about = &metric.about;
    let refuse =
        |found: String, help: String| Err(Diagnostic::new("E066", found).at(place).help(help));
    if metric.within.is_some() {
        let found = "`between` and `before` mean nothing while a simulation runs".to_owned();
        let help = format!(
            "write a window: `{}({about}, 60s)`",
            metric.statistic.word()
        );
        return refuse(found, help);
    }
    if let Statistic::At(_) | Statistic::Value = metric.statistic {
        let found = format!("`{about}` is known only at the end");
        let help = "write a level such as `mean(db.queue, 60s)`, or a share, a rate or a time of \
                    the last seconds";
        return refuse(found, help.to_owned());
    }
    let at_an_instant =
        nature == Nature::Level && matches!(metric.statistic, Statistic::Mean | Statistic::Max);
    if metric.window.is_none() && !at_an_instant {
        let found = "only a level has a value at an instant".to_owned();
        let mut windowed = metric.clone();
        windowed.window = Some(crate::base::time::Span::from_secs(60));
        return refuse(found, format!("write a window: `{}`", windowed.normal()));
    }
    Ok(())
}
