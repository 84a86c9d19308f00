//! How much original work is expected in each window, as a share of nominal capacity.
//!
//! One idea: users flow through their journeys like water, without any luck, queue, retry or fault,
//! and the utilisation law (Denning & Buzen 1978) holds in every window. They come to a later step
//! as much later as those before it take on average; who is early at a door passes when it opens,
//! nobody after it closes, and no more at a time than a room lets in; where a stock is sold out
//! nobody goes on, as if no other source took of it. A closed population comes at the pace of its
//! visits when nobody is in its way. `or` branches, patience and coming again do not count.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::time::{Span, Time};
use crate::model::Model;
use crate::model::arrival::{Arrivals, Form, long_run, some_bursts};
use crate::model::step::{Step, StepKind};
use crate::program::Program;
use crate::study::demand::{Demand, flowing, load, of_step};
use crate::study::stations::Stations;

/// So much of a burst may be overlooked.
const REST: f64 = 1e-9;

/// Demands that are reckoned at a time: 64 MB of them. For more the users flow again.
const AT_A_TIME: usize = 1 << 22;

/// The load of the busiest station by original work in each whole window from the start of the
/// clock, as a share of its nominal capacity.
pub(crate) fn loads(
    model: &Model,
    program: &Program,
    stations: &Stations,
    window: Span,
) -> Vec<f64> {
    loads_of_some(model, program, stations, (window, AT_A_TIME))
}

/// The same, of so many windows times stations at a time.
fn loads_of_some(
    model: &Model,
    program: &Program,
    stations: &Stations,
    (window, at_a_time): (Span, usize),
) -> Vec<f64> {
    let clock = &program.clock;
    let windows = (clock.horizon.since(clock.start).nanos() / window.nanos().max(1)) as usize;
    let mut busiest = vec![0.0; windows];
    let (all, some) = (stations.names.len(), (at_a_time / windows.max(1)).max(1));
    for first in (0..all).step_by(some) {
        let some = first..(first + some).min(all);
        let mut water = Water {
            model,
            stations,
            start: clock.start,
            window,
            windows,
            most: f64::INFINITY,
            asked: vec![Demand::default(); windows * some.len()],
            some,
        };
        for source in model.arrivals.values() {
            water.pour(source);
        }
        water.raise(&mut busiest, program);
    }
    busiest
}

/// How many users come to a point, by window.
type Flow = Vec<f64>;

struct Water<'a> {
    model: &'a Model,
    stations: &'a Stations,
    start: Time,
    window: Span,
    /// How many windows there are.
    windows: usize,
    /// Most users of the source under way that there are at one time.
    most: f64,
    /// The stations that are looked at.
    some: Range<usize>,
    /// By window, then each of those.
    asked: Vec<Demand>,
}

impl Water<'_> {
    fn begin(&self, window: usize) -> Time {
        Time(self.start.0 + self.window.nanos() * window as i64)
    }

    /// The window in which an instant lies, of those there are.
    fn window_of(&self, at: Time) -> usize {
        let window = at.since(self.start).nanos() / self.window.nanos().max(1);
        usize::try_from(window).map_or(0, |window| window.min(self.windows.saturating_sub(1)))
    }

    /// Raises the load of every window to that of the busiest of these stations.
    fn raise(&self, busiest: &mut [f64], program: &Program) {
        let rows = self.asked.chunks_exact(self.some.len());
        let mut settings = program.settings.clone();
        let mut actions = program.actions.iter().peekable();
        for ((window, demands), most) in rows.enumerate().zip(busiest) {
            let begin = self.begin(window);
            while let Some(action) = actions.next_if(|action| action.at <= begin) {
                settings.apply(&action.patch);
            }
            for (station, demand) in self.some.clone().zip(demands) {
                let station = (station, self.stations.services);
                let load = load(program, &settings, station, demand) / self.window.as_secs_f64();
                *most = f64::max(*most, load);
            }
        }
    }

    /// The users of a source flow through its journey.
    fn pour(&mut self, source: &Arrivals) {
        let model = self.model;
        let Some(journey) = model.journeys.get(&source.journey) else {
            return;
        };
        self.most = match source.form {
            Form::Population(users) => users as f64,
            _ => f64::INFINITY,
        };
        let flow = self.coming(source, &journey.steps);
        self.through(&journey.steps, flow);
    }

    /// The users expected of a source, by window.
    fn coming(&self, source: &Arrivals, steps: &[Step]) -> Flow {
        let mut flow = vec![0.0; self.windows];
        match &source.form {
            Form::Flow { pieces, .. } => {
                for piece in pieces {
                    let (first, last) = (self.window_of(piece.from), self.window_of(piece.to));
                    for (window, users) in flow.iter_mut().enumerate().take(last + 1).skip(first) {
                        *users += flowing(piece, self.begin(window), self.begin(window + 1));
                    }
                }
            }
            Form::States { states, .. } => {
                let rate = long_run(states);
                for (window, users) in flow.iter_mut().enumerate() {
                    let (from, to) = (self.begin(window), self.begin(window + 1));
                    let inside = to.since(from.max(Time::ZERO)).as_secs_f64();
                    *users += rate * inside.max(0.0);
                }
            }
            Form::Crowd {
                users,
                from,
                arrive,
            } => self.arrive(&mut flow, (*from, *users as f64), &|after| {
                arrive.cdf(after)
            }),
            Form::Burst {
                users,
                at,
                every,
                spread,
                ..
            } => {
                for (burst, many) in some_bursts(*at, *every, self.begin(self.windows)) {
                    let users = many * *users as f64;
                    self.arrive(&mut flow, (burst, users), &|after| spread.cdf(after));
                }
            }
            Form::Instants(instants) => {
                let end = self.begin(self.windows);
                for at in instants.iter().filter(|at| **at < end) {
                    flow[self.window_of(*at)] += 1.0;
                }
            }
            Form::Population(users) => {
                let visit_s: f64 = steps.iter().map(|step| self.cost(step).1).sum();
                if visit_s > 0.0 {
                    let each = *users as f64 * self.window.as_secs_f64() / visit_s;
                    flow[self.window_of(Time::ZERO)..].fill(each);
                }
            }
        }
        flow
    }

    /// So many users come after an instant, by a law of the seconds after it.
    fn arrive(&self, flow: &mut Flow, (at, users): (Time, f64), law: &dyn Fn(f64) -> f64) {
        let upto = |edge: Time| match edge > at {
            true => law(edge.since(at).as_secs_f64()),
            false => 0.0,
        };
        if at >= self.begin(self.windows) {
            return;
        }
        let first = self.window_of(at);
        let mut before = upto(self.begin(first));
        for (window, sum) in flow.iter_mut().enumerate().skip(first) {
            let now = upto(self.begin(window + 1));
            *sum += users * (now - before);
            before = now;
            if now >= 1.0 - REST {
                break;
            }
        }
    }

    /// What a step asks of every station on average, and how long it takes.
    fn cost(&self, step: &Step) -> (BTreeMap<usize, Demand>, f64) {
        of_step(self.model, self.stations, step)
    }

    /// Users flow through steps; returns who comes to their end, by window.
    fn through(&mut self, steps: &[Step], mut flow: Flow) -> Flow {
        for (at, step) in steps.iter().enumerate() {
            flow = match &step.kind {
                StepKind::Enter { room, steps: kept } => {
                    let open = self.door(room, flow);
                    let whole = kept.as_deref().unwrap_or(&steps[at + 1..]);
                    let stay_s: f64 = whole.iter().map(|step| self.cost(step).1).sum();
                    let inside = self.paced(room, stay_s, open);
                    self.through(kept.as_deref().unwrap_or(&[]), inside)
                }
                StepKind::Choose(branches) => {
                    let mut all = vec![0.0; self.windows];
                    for branch in branches {
                        let part = flow.iter().map(|users| users * branch.share).collect();
                        let out = self.through(&branch.steps, part);
                        all.iter_mut()
                            .zip(out)
                            .for_each(|(sum, users)| *sum += users);
                    }
                    all
                }
                StepKind::Take { stock, units, .. } => {
                    self.counter(stock, units.mean().unwrap_or(1.0), flow)
                }
                StepKind::Leave(_) | StepKind::Fail { .. } => vec![0.0; self.windows],
                _ => self.work(step, &flow),
            };
        }
        flow
    }

    /// Who is early waits until it opens, who is late is turned away.
    fn door(&self, room: &str, mut flow: Flow) -> Flow {
        let Some(room) = self.model.rooms.get(room).filter(|room| room.on) else {
            return flow;
        };
        if let Some(opens) = room.opens
            && !flow.is_empty()
        {
            let opening = self.window_of(opens);
            let early: f64 = flow[..opening].iter().sum();
            flow[..opening].fill(0.0);
            flow[opening] = if opens < self.begin(self.windows) {
                flow[opening] + early.min(self.most)
            } else {
                0.0
            };
        }
        if let Some(closes) = room.closes
            && closes < self.begin(self.windows)
        {
            let closing = self.window_of(closes);
            let open = closes.since(self.begin(closing)).as_secs_f64();
            flow[closing] *= open / self.window.as_secs_f64();
            flow[closing + 1..].fill(0.0);
        }
        flow
    }

    /// No more go on in a window than the pace of a room lets in, and than there are places that
    /// are free when each is kept so long; the others wait.
    fn paced(&self, room: &str, stay_s: f64, mut flow: Flow) -> Flow {
        let Some(room) = self.model.rooms.get(room).filter(|room| room.on) else {
            return flow;
        };
        let window_s = self.window.as_secs_f64();
        let pace = room
            .admit
            .map_or(f64::INFINITY, |pace| pace.rate() * window_s);
        let places = room.active.map_or(f64::INFINITY, |places| places as f64);
        let turns = if stay_s > window_s {
            window_s / stay_s
        } else {
            f64::INFINITY
        };
        let (mut waiting, mut are_taken) = (0.0, false);
        for users in &mut flow {
            waiting += *users;
            let free = if are_taken && turns.is_finite() {
                places * turns
            } else {
                places * turns.max(1.0)
            };
            *users = f64::min(waiting, pace.min(free));
            waiting -= *users;
            are_taken |= *users >= places;
        }
        flow
    }

    /// Those for whom there are units go on.
    fn counter(&self, stock: &str, units: f64, mut flow: Flow) -> Flow {
        let Some(stock) = self.model.stocks.get(stock) else {
            return flow;
        };
        let mut left = stock.units as f64 / units.max(1e-9);
        for users in &mut flow {
            *users = users.min(left);
            left -= *users;
        }
        flow
    }

    /// Those who come to a step ask for its work while it lasts, and go on when it is over.
    fn work(&mut self, step: &Step, flow: &Flow) -> Flow {
        let (demands, takes_s) = self.cost(step);
        let windows = takes_s / self.window.as_secs_f64();
        let lasts = 1 + (windows as usize).min(self.windows);
        let demands = demands.range(self.some.clone());
        let demands = demands.filter(|(_, demand)| **demand != Demand::default());
        let demands: Vec<(usize, &Demand)> = demands
            .map(|(station, demand)| (station - self.some.start, demand))
            .collect();
        let mut present = 0.0;
        let asked = if demands.is_empty() { 0 } else { self.windows };
        for window in 0..asked {
            present += flow[window];
            if window >= lasts {
                present -= flow[window - lasts];
            }
            let users = f64::max(present, 0.0) / lasts as f64;
            let row = window * self.some.len();
            for (station, each) in &demands {
                let sum = &mut self.asked[row + station];
                sum.cpu_s += users * each.cpu_s;
                sum.held_s += users * each.held_s;
            }
        }
        later(flow, windows)
    }
}

/// The flow so many windows later.
fn later(flow: &Flow, windows: f64) -> Flow {
    let (whole, part) = (windows.floor(), windows - windows.floor());
    let whole = whole as usize;
    let at = |window: Option<usize>| window.map_or(0.0, |window| flow[window]);
    (0..flow.len())
        .map(|window| {
            let late = at(window.checked_sub(whole));
            let later = at(window.checked_sub(whole.saturating_add(1)));
            late * (1.0 - part) + later * part
        })
        .collect()
}

#[cfg(test)]
mod tests;
