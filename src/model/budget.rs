//! What a launch may cost, and the refusal of a model that costs more before anything happens.
//!
//! One idea: what is certain beforehand is refused where it is written: users of sources, people
//! who stand in line before the clock starts, servers. What only running shows is not known here,
//! nor what an event or a byte is good for.

use super::Model;
use super::arrival::{Arrivals, Form, bursts};
use crate::base::time::Time;
use crate::text::{Diagnostic, Place};

/// What a launch may take, and what things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Events that a launch may take; every user is one at least.
    pub events: u64,
    /// Bytes that a launch may take.
    pub bytes: usize,
    /// Bytes of a user who is known before the clock starts: of a crowd, a burst, a population.
    pub bytes_of_user: usize,
    /// Bytes of a server.
    pub bytes_of_server: usize,
}

/// Something that takes so much, and where it is written.
type Taker = (f64, Place);

impl Model {
    /// Why the model cannot be run within a budget; nothing if that is not known beforehand.
    pub fn beyond(&self, budget: &Budget) -> Vec<Diagnostic> {
        let horizon = self.horizon();
        let sources = self.arrivals.values();
        let users: Vec<Taker> = sources
            .map(|source| (source.users_expected(horizon), source.place))
            .collect();
        let (many, limit) = (sum(&users), budget.events as f64);
        if many > limit {
            let found = format!(
                "the sources alone send about {many:.0} users, more than the {limit} events that a \
                 launch may have"
            );
            return vec![said("E082", found, &users).help("send fewer users, or raise `--events`")];
        }
        let takers = self.takers(budget);
        let (much, limit) = (sum(&takers), budget.bytes as f64);
        if much > limit {
            let found = format!(
                "a launch needs about {} before anything happens, more than the {} allowed",
                size(much),
                size(limit)
            );
            return vec![
                said("E083", found, &takers)
                    .help("use fewer users or servers, or raise `--memory`"),
            ];
        }
        Vec::new()
    }

    /// What takes memory before anything happens.
    fn takers(&self, budget: &Budget) -> Vec<Taker> {
        let horizon = self.horizon();
        let known = |source: &&Arrivals| !source.is_stream();
        let users = self.arrivals.values().filter(known).map(|source| {
            let users = source.users_expected(horizon) * budget.bytes_of_user as f64;
            let instants = match &source.form {
                Form::Burst { at, every, .. } => bursts(*at, *every, horizon) as f64,
                _ => 0.0,
            };
            (users + instants * size_of::<Time>() as f64, source.place)
        });
        let most = self.most_servers();
        let servers = self.services.iter().map(|(name, service)| {
            let servers = most.get(name).copied().unwrap_or(service.servers);
            let bytes = f64::from(servers) * budget.bytes_of_server as f64;
            (bytes, service.place)
        });
        users.chain(servers).collect()
    }
}

fn sum(takers: &[Taker]) -> f64 {
    takers.iter().map(|taker| taker.0).sum()
}

/// The finding, at the place of whoever takes most.
fn said(code: &'static str, found: String, takers: &[Taker]) -> Diagnostic {
    let most = takers.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let finding = Diagnostic::new(code, found);
    match most {
        Some((_, place)) => finding.at(*place),
        None => finding,
    }
}

/// Bytes in words.
fn size(bytes: f64) -> String {
    match bytes {
        1e9.. => format!("{:.1} GB", bytes / 1e9),
        _ => format!("{:.1} MB", bytes / 1e6),
    }
}
