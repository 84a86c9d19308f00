//! The arithmetic of the Kubernetes HorizontalPodAutoscaler: from what is seen of servers and what
//! was decided before to the number that is asked for (semantics#autoscaler).
//!
//! A decision is made in the documented order: a number that is out of bounds is bound and nothing
//! else; else the answer of the metric, with the tolerance and with servers that are not ready or
//! not heard of; the stabilisation windows; the policies; the bounds. It knows neither stations nor
//! clocks, and draws nothing.

use crate::base::time::{Span, Time};
use crate::program::{Change, Policy, ScalerSettings};

/// Averages of floating-point numbers are no better than this, relatively: less is no difference.
const NOISE: f64 = 1e-9;

/// What an autoscaler sees at an instant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    /// A metric of all servers together.
    Whole(f64),
    /// A metric of which every server may have as much as the target says.
    PerServer(f64),
    /// Each server by itself.
    Servers {
        /// What those that are ready show.
        ready: Vec<f64>,
        /// Ordered, booting, or up for too short a time.
        unready: u32,
        /// Not heard of: paused or crashed.
        missing: u32,
    },
}

/// What an autoscaler remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Answers of the metric, before windows and policies.
    answers: Vec<(Time, u32)>,
    /// By how much the number has grown, and shrunk.
    grown: Vec<(Time, u32)>,
    shrunk: Vec<(Time, u32)>,
}

impl Memory {
    /// The number of servers to ask for where there are `current` ordered; none where nothing can
    /// be said, so that the number stays.
    pub(super) fn decide(
        &mut self,
        settings: &ScalerSettings,
        seen: Option<&Seen>,
        (current, now): (u32, Time),
    ) -> Option<u32> {
        if self.answers.is_empty() {
            self.answers.push((now, current));
        }
        if current > settings.most {
            return Some(settings.most);
        }
        if current < settings.least {
            return Some(settings.least);
        }
        let answer = desired(seen?, current, (settings.target, settings.tolerance))?;
        let agreed = self.stabilised(settings, (answer, current, now));
        let allowed = self.allowed(settings, (agreed, current, now));
        Some(allowed.clamp(settings.least, settings.most))
    }

    /// The number has changed.
    pub(super) fn changed(&mut self, before: u32, after: u32, now: Time) {
        if after > before {
            self.grown.push((now, after - before));
        } else {
            self.shrunk.push((now, before - after));
        }
    }

    /// The least of the answers in the window where that is above the number there is, the greatest
    /// in the other window where it is below.
    fn stabilised(
        &mut self,
        settings: &ScalerSettings,
        (answer, current, now): (u32, u32, Time),
    ) -> u32 {
        let within = |window: Span| {
            let recent = self
                .answers
                .iter()
                .filter(move |(at, _)| *at + window > now);
            recent.map(|(_, answer)| *answer).chain([answer])
        };
        let least = within(settings.agree_up).min().unwrap_or(answer);
        let most = within(settings.agree_down).max().unwrap_or(answer);
        let longest = settings.agree_up.max(settings.agree_down);
        self.answers.retain(|(at, _)| *at + longest > now);
        self.answers.push((now, answer));
        current.max(least).min(most)
    }

    /// As far towards a number as the policies let it go.
    fn allowed(
        &mut self,
        settings: &ScalerSettings,
        (wanted, current, now): (u32, u32, Time),
    ) -> u32 {
        let policies = settings.up.iter().chain(&settings.down);
        let longest = policies.map(|policy| policy.every).max();
        let longest = longest.unwrap_or(Span::ZERO);
        for changes in [&mut self.grown, &mut self.shrunk] {
            changes.retain(|(at, _)| *at + longest > now);
        }
        let at_its_beginning = |policy: &Policy| {
            let in_it = |changes: &[(Time, u32)]| {
                let recent = changes.iter().filter(|(at, _)| *at + policy.every > now);
                recent.map(|(_, by)| f64::from(*by)).sum::<f64>()
            };
            f64::from(current) - in_it(&self.grown) + in_it(&self.shrunk)
        };
        if wanted > current {
            let most = settings.up.iter().map(|policy| {
                let began = at_its_beginning(policy);
                match policy.change {
                    Change::Servers(by) => began + f64::from(by),
                    Change::Share(by) => up(began * (1.0 + by)),
                }
            });
            let most = most.fold(0.0, f64::max) as u32;
            wanted.min(most.max(current))
        } else if wanted < current {
            let least = settings.down.iter().map(|policy| {
                let began = at_its_beginning(policy);
                match policy.change {
                    Change::Servers(by) => began - f64::from(by),
                    Change::Share(by) => down(began * (1.0 - by)),
                }
            });
            let least = least.fold(f64::INFINITY, f64::min).max(0.0);
            let least = if least > f64::from(current) {
                current
            } else {
                least as u32
            };
            wanted.max(least)
        } else {
            wanted
        }
    }
}

/// A whole number at least as large, but for noise.
fn up(value: f64) -> f64 {
    (value - value.abs() * NOISE).ceil()
}

/// A whole number at most as large, but for noise.
fn down(value: f64) -> f64 {
    (value + value.abs() * NOISE).floor()
}

/// A number of servers.
fn count(value: f64) -> u32 {
    up(value).clamp(0.0, f64::from(u32::MAX)) as u32
}

/// Whether a ratio is near enough to one.
fn is_within(ratio: f64, tolerance: f64) -> bool {
    (1.0 - ratio).abs() <= tolerance + NOISE
}

/// The answer of a metric: how many servers would have it on its target.
fn desired(seen: &Seen, current: u32, (target, tolerance): (f64, f64)) -> Option<u32> {
    match seen {
        // From none the answer is what the metric alone asks for.
        Seen::Whole(value) if current == 0 => Some(count(value / target)),
        Seen::Whole(value) => {
            let ratio = value / target;
            let stays = is_within(ratio, tolerance);
            Some(if stays {
                current
            } else {
                count(ratio * f64::from(current))
            })
        }
        Seen::PerServer(value) => {
            let ratio = value / (target * f64::from(current));
            let stays = is_within(ratio, tolerance);
            Some(if stays {
                current
            } else {
                count(value / target)
            })
        }
        Seen::Servers {
            ready,
            unready,
            missing,
        } => of_servers(ready, (*unready, *missing), (current, target, tolerance)),
    }
}

/// The answer of each server by itself: those not ready count as idle before servers are ordered,
/// those not heard of as idle before servers are ordered and as on target before they are
/// withdrawn; what turns the direction by that changes nothing.
fn of_servers(
    ready: &[f64],
    (unready, missing): (u32, u32),
    (current, target, tolerance): (u32, f64, f64),
) -> Option<u32> {
    if ready.is_empty() {
        return None;
    }
    let heard = ready.len() as f64;
    let sum: f64 = ready.iter().sum();
    let ratio = sum / heard / target;
    let grows_with_unready = unready > 0 && ratio > 1.0;
    if !grows_with_unready && missing == 0 {
        let stays = is_within(ratio, tolerance);
        return Some(if stays { current } else { count(ratio * heard) });
    }
    let (mut all, mut whole) = (heard, sum);
    // At a ratio of exactly one the missing are left out altogether.
    if ratio < 1.0 {
        all += f64::from(missing);
        whole += f64::from(missing) * target;
    } else if ratio > 1.0 {
        all += f64::from(missing);
    }
    if grows_with_unready {
        all += f64::from(unready);
    }
    let anew = whole / all / target;
    let turns = (ratio < 1.0 && anew > 1.0) || (ratio > 1.0 && anew < 1.0);
    if is_within(anew, tolerance) || turns {
        return Some(current);
    }
    let answer = count(anew * all);
    let backwards = (anew < 1.0 && answer > current) || (anew > 1.0 && answer < current);
    Some(if backwards { current } else { answer })
}

#[cfg(test)]
mod tests;
