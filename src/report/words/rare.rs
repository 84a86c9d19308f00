//! What was seen of the rarer side of a share, in a sentence.
//!
//! One idea: an interval from counted requests knows nothing of launches unlike those that were
//! run, so the bound for launches stands beside it.

use crate::report::number;
use crate::results::Estimate;

/// `2 of 1 000, in 2 of 10 launches; given launches like these. Up to 51 % of launches may have
/// some.` Absent where enough launches hold some of either side.
pub fn rare_sentence(value: &Estimate) -> Option<String> {
    let rare = value.rare?;
    let whole = |n: u64| number::whole(n as f64);
    let (launches, of) = (u64::from(rare.launches), u64::from(value.n));
    let seen = match rare.events {
        0 => format!("none of {} in {} launches", whole(rare.of), whole(of)),
        events => format!(
            "{} of {}, in {} of {} launches",
            whole(events),
            whole(rare.of),
            whole(launches),
            whole(of)
        ),
    };
    Some(format!(
        "{seen}; the interval is given launches like these: up to {} of launches may have some",
        number::level(rare.launches_high)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Rare;

    #[test]
    fn what_was_not_seen_may_still_be_in_other_launches() {
        let said = |events, launches, launches_high| {
            let value = Estimate {
                n: 10,
                rare: Some(Rare {
                    events,
                    of: 959,
                    launches,
                    launches_high,
                }),
                ..Estimate::default()
            };
            rare_sentence(&value).unwrap()
        };
        assert_eq!(
            said(0, 0, 0.259),
            format!(
                "none of 959 in 10 launches; the interval is given launches like these: up to {} \
                 of launches may have some",
                number::level(0.259)
            )
        );
        assert!(said(3, 2, 0.507).starts_with("3 of 959, in 2 of 10 launches; "));
        assert_eq!(rare_sentence(&Estimate::default()), None);
    }
}
