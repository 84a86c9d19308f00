//! A study in shards: which launches it needs, who plays which, and how one is played elsewhere.
//!
//! One idea: a study asks for launches and cannot tell where they were played. So what is to be
//! played elsewhere is found out by asking: the study is begun, every launch that nobody has played
//! yet is written down instead of played, and the study ends where it cannot go on without them.
//! When they are there it is asked again, and comes to its end or to the next round. A launch is
//! known by its contents ([`super::store`]), so nothing can be counted twice, and no list of
//! launches can make a result wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::Failure;
use super::replicate::{Crew, Job, Onlooker};
use super::store::{self, Absent, Played, Store};
use crate::base::digest::Digest;
use crate::base::time::Time;
use crate::engine::Limits;
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::program::{self, Asked, Program, expected_users};
use crate::text::Source;

/// How a program is made on another machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The digest of the program.
    pub digest: Digest,
    /// Its model as text.
    pub text: String,
    /// The metrics asked beyond those of the model, in its words.
    pub metrics: Vec<String>,
    /// Where the measured period begins, if that was found by looking.
    pub cut: Option<Time>,
    /// The servers for which there must be room, by service.
    pub servers: BTreeMap<String, u32>,
    /// The seed of all luck.
    pub seed: u64,
    /// The most events of a launch.
    pub events: u64,
    /// The users that are expected in a launch: what it costs, beside those of the others.
    pub users: f64,
}

impl Recipe {
    /// The recipe of the program of a launch.
    fn of(launch: &Absent<'_>) -> Recipe {
        let origin = &launch.program.origin;
        let metrics = origin.asked().metrics.iter();
        Recipe {
            digest: launch.digest,
            text: origin.model().written(),
            metrics: metrics.map(ToString::to_string).collect(),
            cut: origin.asked().cut,
            servers: origin.asked().servers.clone(),
            seed: launch.seed,
            events: launch.events,
            users: expected_users(launch.program),
        }
    }

    /// The program, if what is made by it is that program.
    pub fn program(&self, files: &Files) -> Option<Program> {
        let (model, _) = model::read(Source::new("", &self.text), files.clone());
        let model = Checked::new(model)?;
        let metrics = self.metrics.iter().map(|text| model.metric(text).ok());
        let asked = Asked {
            metrics: metrics.collect::<Option<_>>()?,
            cut: self.cut,
            servers: self.servers.clone(),
        };
        let program = program::compile(&model, &asked);
        (Digest::of_debug(&program) == self.digest).then_some(program)
    }

    /// What names a launch of it.
    pub fn name(&self, number: u32) -> Digest {
        store::name(&self.digest, self.seed, number)
    }
}

/// Launches that a study has asked for and that nobody has played.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How their program is made.
    pub recipe: Recipe,
    /// Their numbers, in order.
    pub numbers: Vec<u32>,
}

/// Launches that are played elsewhere: those that are there are found, the others written down.
pub struct Away<'a> {
    found: &'a (dyn Fn(&Digest) -> Option<Vec<u8>> + Sync),
    files: &'a Files,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    /// Of each program that was asked for: what is wanted of it, or that nobody else can make it.
    known: BTreeMap<(Digest, u64, u64), Option<usize>>,
    wanted: Vec<Wanted>,
}

impl Noted {
    /// A program of which launches are wanted.
    fn add(&mut self, recipe: Recipe) -> usize {
        let numbers = Vec::new();
        self.wanted.push(Wanted { recipe, numbers });
        self.wanted.len() - 1
    }

    /// Writes down a launch, unless nobody else can make its program.
    fn want(&mut self, at: Option<usize>, number: u32) -> Played {
        let Some(at) = at else { return Played::Here };
        self.wanted[at].numbers.push(number);
        Played::Elsewhere
    }
}

impl<'a> Away<'a> {
    /// With what finds those that are there, and the data files of the model.
    pub fn new(
        found: &'a (dyn Fn(&Digest) -> Option<Vec<u8>> + Sync),
        files: &'a Files,
    ) -> Away<'a> {
        Away {
            found,
            files,
            noted: Mutex::default(),
        }
    }

    /// What was asked for and is not there, in the order of the programs and of the numbers.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut wanted = self.noted().wanted.clone();
        for one in &mut wanted {
            one.numbers.sort_unstable();
            one.numbers.dedup();
        }
        // Threads ask in any order.
        wanted.sort_by(|a, b| {
            (a.recipe.digest, a.recipe.seed).cmp(&(b.recipe.digest, b.recipe.seed))
        });
        wanted
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Away<'_> {
    fn find(&self, name: &Digest) -> Option<Vec<u8>> {
        (self.found)(name)
    }

    fn keep(&self, _: &Digest, _: &[u8]) {}

    fn worth(&self) -> u64 {
        0
    }

    fn absent(&self, launch: &Absent<'_>) -> Played {
        let key = (launch.digest, launch.seed, launch.events);
        let known = |noted: &mut Noted| {
            let at = noted.known.get(&key).copied()?;
            Some(noted.want(at, launch.number))
        };
        if let Some(played) = known(&mut self.noted()) {
            return played;
        }
        let recipe = Recipe::of(launch);
        // What was changed after it was compiled is made by nobody else.
        let is_made = recipe.program(self.files).is_some();
        let mut noted = self.noted();
        // Another thread may have asked meanwhile.
        if let Some(played) = known(&mut noted) {
            return played;
        }
        let at = is_made.then(|| noted.add(recipe));
        noted.known.insert(key, at);
        noted.want(at, launch.number)
    }

    fn is_lacking(&self) -> bool {
        !self.noted().wanted.is_empty()
    }
}

/// Launches of one recipe with these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Which recipe.
    pub recipe: usize,
    /// The first number.
    pub from: u32,
    /// The number after the last.
    pub until: u32,
}

/// Cuts launches into so many shards that cost alike. The launches of one number are paired, so
/// they are in one shard, unless there are fewer numbers than shards.
pub fn cut(wanted: &[Wanted], shards: usize) -> Vec<Vec<Piece>> {
    let numbers = |one: (usize, &Wanted)| {
        let cost = one.1.recipe.users + 1.0;
        let of = move |number: &u32| (*number, one.0, cost);
        one.1.numbers.iter().map(of).collect::<Vec<_>>()
    };
    let mut all: Vec<(u32, usize, f64)> = wanted.iter().enumerate().flat_map(numbers).collect();
    all.sort_unstable_by_key(|(number, recipe, _)| (*number, *recipe));
    let total: f64 = all.iter().map(|(.., cost)| cost).sum();
    let groups = all.chunk_by(|a, b| a.0 == b.0).count();
    let mut cut: Vec<Vec<Piece>> = vec![Vec::new(); shards];
    let mut before = 0.0;
    for group in all.chunk_by(|a, b| groups >= shards && a.0 == b.0) {
        let cost: f64 = group.iter().map(|(.., cost)| cost).sum();
        let middle = (before + cost / 2.0) / total;
        let shard = ((middle * shards as f64) as usize).min(shards - 1);
        before += cost;
        for (number, recipe, _) in group {
            let mut pieces = cut[shard].iter_mut();
            match pieces.find(|piece| piece.recipe == *recipe && piece.until == *number) {
                Some(piece) => piece.until += 1,
                None => cut[shard].push(Piece {
                    recipe: *recipe,
                    from: *number,
                    until: number + 1,
                }),
            }
        }
    }
    cut
}

/// Plays the launches of a shard that are not known yet: what they showed goes to the store of
/// whoever looks on, who is also told and may stop it.
///
/// # Errors
/// If a launch needs more than it may use, or somebody stopped it.
///
/// # Panics
/// If a piece names a recipe that has no program.
pub fn play(
    (pieces, known): (&[Piece], &BTreeSet<Digest>),
    (recipes, programs): (&[Recipe], &BTreeMap<usize, Program>),
    (threads, bytes): (usize, usize),
    onlooker: Onlooker<'_>,
) -> Result<(), Failure> {
    let crew = Crew::new(threads, onlooker);
    let of = |piece: Piece| (piece.from..piece.until).map(move |number| (number, piece.recipe));
    let mut all: Vec<(u32, usize)> = pieces.iter().copied().flat_map(of).collect();
    all.retain(|(number, recipe)| !known.contains(&recipes[*recipe].name(*number)));
    all.sort_unstable();
    let done = crew.each(all.len(), &|index, seat| {
        let (number, recipe) = all[index];
        let job = Job {
            program: &programs[&recipe],
            seed: recipes[recipe].seed,
            number,
            limits: Limits {
                events: recipes[recipe].events,
                bytes,
            },
        };
        crew.execute(&job, seat).map(drop)
    });
    let done = done.map_err(|overrun| Failure::Exceeded {
        variant: "a variant".to_owned(),
        replication: all[overrun.job].0,
        why: overrun.why,
    })?;
    match done.iter().all(Option::is_some) {
        true => Ok(()),
        false => Err(crew.nothing()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(users: f64, numbers: Vec<u32>) -> Wanted {
        let recipe = Recipe {
            digest: Digest::of(b""),
            text: String::new(),
            metrics: Vec::new(),
            cut: None,
            servers: BTreeMap::new(),
            seed: 1,
            events: 1,
            users,
        };
        Wanted { recipe, numbers }
    }

    proptest! {
        /// Every launch is in one shard, those of a number are together where there are enough
        /// numbers, and no shard costs more than its part and one number.
        #[test]
        fn shards_share_all_launches_evenly(
            costs in prop::collection::vec(
                (1.0..1e6_f64, prop::collection::btree_set(0..60_u32, 1..40)),
                1..5,
            ),
            shards in 1..20_usize,
        ) {
            let all: Vec<Wanted> = costs
                .iter()
                .map(|(users, numbers)| wanted(*users, numbers.iter().copied().collect()))
                .collect();
            let shards = cut(&all, shards);
            let mut dealt: Vec<(usize, u32)> = Vec::new();
            let mut of_number: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            let mut cost_of_number: BTreeMap<u32, f64> = BTreeMap::new();
            let mut cost = vec![0.0; shards.len()];
            let pieces = shards.iter().enumerate();
            let pieces = pieces.flat_map(|(at, all)| all.iter().map(move |one| (at, one)));
            for (shard, piece) in pieces {
                for number in piece.from..piece.until {
                    dealt.push((piece.recipe, number));
                    of_number.entry(number).or_default().push(shard);
                    let users = all[piece.recipe].recipe.users + 1.0;
                    *cost_of_number.entry(number).or_default() += users;
                    cost[shard] += users;
                }
            }
            let mut asked: Vec<(usize, u32)> = all
                .iter()
                .enumerate()
                .flat_map(|(at, one)| one.numbers.iter().map(move |number| (at, *number)))
                .collect();
            dealt.sort_unstable();
            asked.sort_unstable();
            prop_assert_eq!(dealt, asked);
            let total: f64 = cost.iter().sum();
            let most: f64 = cost_of_number.values().copied().fold(0.0, f64::max);
            for one in &cost {
                prop_assert!(*one <= total / shards.len() as f64 + most + 1e-6 * total);
            }
            if of_number.len() >= shards.len() {
                for together in of_number.values() {
                    prop_assert!(together.iter().all(|shard| *shard == together[0]));
                }
            }
        }
    }
}
