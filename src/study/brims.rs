//! How full each server of a service was over time, where one of them stands out.
//!
//! One idea: averages over servers hide the one that is full while the others idle, so each gets a
//! lane of its own: the share of every bin in which all its workers were taken.

use crate::observation::Observation;
use crate::observation::fullness::Resource;
use crate::program::Program;
use crate::study::storm::Odd;

/// Most servers of a service that have a lane: more cannot be told apart in a picture.
pub(crate) const MOST: usize = 24;

/// The lanes of the servers of one service in one launch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    /// The servers, by number from 0, rising.
    pub(crate) servers: Vec<u32>,
    /// Lane after lane: the share of each bin in which all workers of the server were taken.
    pub(crate) full: Vec<f32>,
}

impl Lanes {
    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.servers) + size_of_val(&*self.full)
    }

    /// The lane of a server.
    pub(crate) fn of(&self, server: u32) -> Option<&[f32]> {
        let lane = self.servers.iter().position(|&one| one == server)?;
        let bins = self.full.len() / self.servers.len();
        Some(&self.full[lane * bins..(lane + 1) * bins])
    }
}

/// By service; without lanes where no server stands out.
pub(crate) fn brims(program: &Program, seen: &Observation, odd: &[Option<Odd>]) -> Vec<Lanes> {
    let bins = program.clock.bins as usize;
    let of = |(service, odd): (u32, &Option<Odd>)| match odd {
        Some(odd) if odd.stands_out() => {
            let servers = chosen(seen, service, odd.server);
            let full = vec![0.0; servers.len() * bins];
            Lanes { servers, full }
        }
        Some(_) | None => Lanes::default(),
    };
    let mut all: Vec<Lanes> = (0..).zip(odd).map(of).collect();
    for window in 0..seen.fullness.windows {
        for row in seen.fullness.rows_of(window) {
            let one = &seen.fullness.instances[row.instance as usize];
            if let Resource::Workers(service) = one.resource
                && let Some(lanes) = all.get_mut(service as usize)
                && let Ok(lane) = lanes.servers.binary_search(&one.number)
            {
                let lane = &mut lanes.full[lane * bins..(lane + 1) * bins];
                spread(program, lane, (seen, window), row.brim);
            }
        }
    }
    all
}

/// The first servers of a service, by number, and the one that stands out among them.
fn chosen(seen: &Observation, service: u32, odd: u32) -> Vec<u32> {
    let all = seen.fullness.instances.iter();
    let all = all.filter(|one| one.resource == Resource::Workers(service) && one.whole.size > 0);
    let mut servers: Vec<u32> = all.map(|one| one.number).collect();
    servers.sort_unstable();
    servers.truncate(MOST);
    if let (Err(_), Some(last)) = (servers.binary_search(&odd), servers.last_mut()) {
        *last = odd;
    }
    servers
}

/// Adds the share of a window to the bins that it covers.
fn spread(program: &Program, lane: &mut [f32], (seen, window): (&Observation, u32), brim: f32) {
    let width = program.clock.bin.as_secs_f64();
    let edge = |window: u32| {
        let start = program.clock.start;
        (seen.fullness.begins(window) - start).as_secs_f64() / width
    };
    let (from, to) = (edge(window).max(0.0), edge(window + 1));
    for (bin, share) in lane.iter_mut().enumerate().skip(from as usize) {
        let covered = to.min((bin + 1) as f64) - from.max(bin as f64);
        if covered <= 0.0 {
            break;
        }
        *share += brim * covered as f32;
    }
}
