//! Load profiles: what a load test was told to do, as arrivals.
//!
//! One idea: an open profile says how many come in a time, a closed one how many are there at once;
//! the two answer differently to a slow service, so what a profile is, is said aloud. An open one
//! becomes stages. Of a closed one the users who are there at the start are a population, and those
//! who are added come in stages and start over until the end; nobody is taken away again.

use super::Unusable;
use super::account::{Account, counted};
use super::number;
use super::outline::capacity::{Plain, plain_service};
use super::outline::twice;
use super::outline::{LONGEST_S, SERVICE};
use super::paths::name_of;
use super::skeleton::{Journey, Objective, Param, Ramp, Shape, Skeleton, Source, Spacing, Step};

/// A part of a load test: users of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) load: Load,
    /// Users a second, or users at once, at its begin.
    pub(super) begin: f64,
    /// Where it goes from there.
    pub(super) ramps: Vec<To>,
    /// Seconds before it begins.
    pub(super) after_s: f64,
    /// What one turn of a user asks for; something if it is not known.
    pub(super) steps: Vec<(String, Option<f64>)>,
}

impl Profile {
    /// Whether anybody comes.
    fn has_users(&self) -> bool {
        let levels = std::iter::once(self.begin).chain(self.ramps.iter().map(|to| to.to));
        let most = levels.fold(0.0, f64::max);
        match self.load {
            Load::Open => most > 0.0,
            Load::Closed => level(most) > 0.0,
        }
    }
}

/// What the numbers of a profile are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// Users who come in a second.
    Open,
    /// Users who are there at once.
    Closed,
}

/// What becomes of a closed load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsArrivals {
    /// Arrivals, by Little's law.
    Yes,
    /// Users who start over.
    No,
}

/// A stretch of a profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct To {
    /// Users a second, or at once, at its end.
    pub(super) to: f64,
    /// Its seconds.
    pub(super) secs: f64,
    /// Whether it is there at once, and not reached in a straight line.
    pub(super) is_step: bool,
}

/// What is known beside the profiles.
pub(super) struct Setting<'a> {
    pub(super) source: &'a str,
    /// The tool, for people: `k6`.
    pub(super) tool: &'static str,
    pub(super) as_arrivals: AsArrivals,
    pub(super) objectives: Vec<Objective>,
}

/// Seconds of a pause that is not known.
const PAUSE_S: f64 = 1.0;
/// Seconds of work that is not known, as it is guessed elsewhere.
const WORK_S: f64 = 0.05;
/// How often a user starts over who does it to the end.
const TURNS: &str = "1000000";
/// Seconds of a profile that does not say how long it is.
const UNTIL_S: f64 = 600.0;

/// What a load is answered with in which nobody comes.
pub(super) fn nobody(help: &str, account: Account) -> Unusable {
    Unusable::new(
        "nobody comes in it".to_owned(),
        Some(help.to_owned()),
        account,
    )
}

/// Makes the tables; none if nobody comes.
pub(super) fn outline(
    profiles: Vec<Profile>,
    setting: Setting<'_>,
    account: &mut Account,
) -> Option<Skeleton> {
    let mut found = Skeleton {
        title: setting.source.to_owned(),
        question: Some("Does it hold the load of the test?".to_owned()),
        ..Skeleton::default()
    };
    let mut endpoints: Vec<Plain> = Vec::new();
    let mut end = 1.0_f64;
    for mut profile in profiles {
        if profile.load == Load::Closed && setting.as_arrivals == AsArrivals::Yes {
            little(&mut profile, account);
        }
        if !profile.has_users() {
            account
                .ignored
                .push(format!("`{}`: nobody comes", profile.name));
            continue;
        }
        if profile.ramps.iter().map(|to| to.secs).sum::<f64>() <= 0.0 {
            let length = number::secs(UNTIL_S);
            account
                .assumed
                .push(format!("`{}` says no length: {length}", profile.name));
            profile.ramps.push(To {
                to: profile.ramps.last().map_or(profile.begin, |to| to.to),
                secs: UNTIL_S,
                is_step: true,
            });
        }
        for (label, _) in &profile.steps {
            let name = name_of(label);
            if endpoints.iter().all(|known| known.name != name) {
                endpoints.push(Plain::of(name, label));
            }
        }
        end = end.max(match profile.load {
            Load::Open => open(&mut found, &profile, account),
            Load::Closed => closed(&mut found, &profile, (setting.tool, account)),
        });
    }
    found.run_for_s = ending(end, account);
    if found
        .journeys
        .iter()
        .any(|journey| has_pause(&journey.steps))
    {
        found.params.push(Param {
            name: "pause",
            value: quoted_secs(PAUSE_S),
            range: Some([quoted_secs(0.1), quoted_secs(10.0)]),
            label: "Pause of a user between two requests".to_owned(),
        });
        let pause = number::secs(PAUSE_S);
        account.assumed.push(format!(
            "how long users pause is not said: `pause`, {pause}"
        ));
    }
    let why = "a load profile says nothing of how long a request takes";
    plain_service(&mut found, endpoints, why, account);
    found.objectives = setting.objectives;
    if found.objectives.is_empty() {
        found.objectives.extend(proposal(&found, account));
    }
    found.variants = vec![twice(&found.sources)];
    (!found.sources.is_empty()).then_some(found)
}

/// When the model ends, in whole seconds.
fn ending(end: f64, account: &mut Account) -> i64 {
    if end > LONGEST_S as f64 {
        let (end, longest) = (number::secs(end), number::whole(LONGEST_S));
        account
            .doubtful
            .push(format!("it ends at {end}; the model at {longest}"));
    }
    (end.ceil() as i64).min(LONGEST_S)
}

fn quoted_secs(secs: f64) -> String {
    format!("\"{}\"", number::secs(secs))
}

fn has_pause(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Think(law) => law.contains("$pause"),
        Step::Repeat(_, steps) => has_pause(steps),
        Step::Choose(branches) => branches.iter().any(|(_, steps)| has_pause(steps)),
        Step::Call(_)
        | Step::Ask(..)
        | Step::CallWithin(..)
        | Step::AskWithin(..)
        | Step::Send(_)
        | Step::Cpu(_)
        | Step::Wait(_)
        | Step::Fail(_)
        | Step::Parallel(_) => false,
    })
}

fn proposal(found: &Skeleton, account: &mut Account) -> Option<Objective> {
    let endpoint = found.services.first()?.endpoints.first()?;
    account
        .assumed
        .push("what must hold is not said: the objective is a proposal".to_owned());
    Some(Objective {
        remark: "nothing was said; say what you promise".to_owned(),
        that: format!("mean({SERVICE}.{}.ok.time) < 500ms", endpoint.name),
    })
}

/// Users at once as users a second: each is there for its requests and pauses.
fn little(profile: &mut Profile, account: &mut Account) {
    let turn: f64 = profile
        .steps
        .iter()
        .map(|(_, pause)| WORK_S + pause.unwrap_or(PAUSE_S))
        .sum();
    let turn = turn.max(WORK_S);
    profile.load = Load::Open;
    profile.begin /= turn;
    profile.ramps.iter_mut().for_each(|to| to.to /= turn);
    account.assumed.push(format!(
        "`{}` is closed, and was made arrivals by Little's law: a turn takes {} when nobody waits, \
         so each user is one who comes that often",
        profile.name,
        number::secs(turn)
    ));
}

/// The source of an open profile; says when it ends.
fn open(found: &mut Skeleton, profile: &Profile, account: &mut Account) -> f64 {
    let name = free_name(&profile.name, &found.sources);
    let mut ramps = Vec::new();
    if profile.after_s > 0.0 {
        ramps.push(Ramp::Rate(0.0, profile.after_s));
    }
    let (mut at, mut users, mut end) = (profile.begin, 0.0, profile.after_s);
    for to in &profile.ramps {
        // A ramp begins where the rate before it was; that one is not always the one before.
        let begins_anew = ramps.is_empty() && at > 0.0 || profile.after_s > 0.0 && ramps.len() == 1;
        match to.is_step || to.to.to_bits() == at.to_bits() {
            true => ramps.push(Ramp::Rate(to.to, to.secs)),
            false => {
                if begins_anew && at > 0.0 {
                    ramps.push(Ramp::Rate(at, 0.0));
                }
                ramps.push(Ramp::To(to.to, to.secs));
            }
        }
        users += if to.is_step {
            to.to
        } else {
            (at + to.to) / 2.0
        } * to.secs;
        (at, end) = (to.to, end + to.secs);
    }
    let users = counted(users.round() as u64, "user");
    account.taken.push(format!(
        "`{}` is open: {users} come by the clock, however long the answers take",
        profile.name
    ));
    found.sources.push(Source {
        remarks: vec![format!("open: about {users} come")],
        name: name.clone(),
        journey: name.clone(),
        shape: Shape::Ramps(ramps, Spacing::Poisson),
    });
    found.journeys.push(Journey {
        remarks: Vec::new(),
        name,
        steps: turn(profile),
    });
    end
}

/// So many users at work.
fn level(users: f64) -> f64 {
    users.max(0.0).round()
}

/// How a closed profile comes to its highest level.
struct Climb {
    /// How fast users are added.
    ramps: Vec<Ramp>,
    /// The highest level.
    most: f64,
    /// Where the last of it ends, in seconds: what falls after that is left out.
    end: f64,
    /// Whether anything does.
    falls: bool,
}

fn climb(profile: &Profile) -> Climb {
    let (mut most, mut at) = (level(profile.begin), profile.after_s);
    let mut ramps = vec![Ramp::Rate(0.0, profile.after_s)];
    let (mut end, mut falls) = (at, false);
    for to in &profile.ramps {
        let users = level(to.to);
        if users > most {
            let secs = if to.is_step {
                1.0_f64.min(to.secs)
            } else {
                to.secs
            };
            // Those who are there at once need a moment to come.
            let secs = secs.max(1e-3);
            ramps.push(Ramp::Rate((users - most) / secs, secs));
            ramps.push(Ramp::Rate(0.0, (to.secs - secs).max(0.0)));
        } else {
            ramps.push(Ramp::Rate(0.0, to.secs));
        }
        falls |= users < most;
        at += to.secs;
        if users >= most {
            (most, end, falls) = (users, at, false);
        }
    }
    let end = if end > profile.after_s { end } else { at };
    Climb {
        ramps,
        most,
        end,
        falls,
    }
}

/// The sources of a closed profile; says when it ends.
fn closed(found: &mut Skeleton, profile: &Profile, (tool, account): (&str, &mut Account)) -> f64 {
    let name = free_name(&profile.name, &found.sources);
    let begin = level(profile.begin);
    let Climb {
        ramps,
        most,
        end,
        falls,
    } = climb(profile);
    told_closed(profile, (tool, most, falls.then_some(end)), account);
    if begin > 0.0 {
        found.sources.push(Source {
            remarks: vec!["closed: they start over when they are done".to_owned()],
            name: name.clone(),
            journey: name.clone(),
            shape: Shape::Population(begin as u64),
        });
        found.journeys.push(Journey {
            remarks: Vec::new(),
            name: name.clone(),
            steps: turn(profile),
        });
    }
    if most > begin {
        let added = if begin > 0.0 {
            format!("{name}-added")
        } else {
            name
        };
        found.sources.push(Source {
            remarks: vec!["closed: these are added, and stay to the end".to_owned()],
            name: added.clone(),
            journey: added.clone(),
            shape: Shape::Ramps(growing(ramps), Spacing::Even),
        });
        found.journeys.push(Journey {
            remarks: Vec::new(),
            name: added,
            steps: vec![Step::Repeat(TURNS.to_owned(), turn(profile))],
        });
    }
    end
}

/// Says that a profile is closed, and where it ends if its users go before its end.
fn told_closed(
    profile: &Profile,
    (tool, most, ends): (&str, f64, Option<f64>),
    account: &mut Account,
) {
    account.taken.push(format!(
        "`{}` is closed: {tool} keeps up to {} at work, each of whom starts over when it has its \
         answers, so a slow service gets fewer requests; `--as-arrivals` makes arrivals of it",
        profile.name,
        counted(most as u64, "user")
    ));
    if let Some(end) = ends {
        account.assumed.push(format!(
            "`{}` ends at {}, where its users begin to go",
            profile.name,
            number::secs(end)
        ));
    }
}

/// The stretches up to the last in which somebody comes.
fn growing(ramps: Vec<Ramp>) -> Vec<Ramp> {
    let lasting = ramps.into_iter().filter(|ramp| ramp.secs() > 0.0);
    let mut lasting: Vec<Ramp> = lasting.collect();
    while let Some(Ramp::Rate(0.0, _)) = lasting.last() {
        lasting.pop();
    }
    lasting
}

/// What a user does in one turn.
fn turn(profile: &Profile) -> Vec<Step> {
    let mut steps = Vec::new();
    for (label, pause) in &profile.steps {
        steps.push(Step::Call(format!("{SERVICE}.{}", name_of(label))));
        match pause {
            Some(secs) if *secs > 0.0 => steps.push(Step::Think(number::secs(*secs))),
            Some(_) => {}
            None => steps.push(Step::Think("exp($pause)".to_owned())),
        }
    }
    // Who comes once needs no pause behind the last request.
    if profile.load == Load::Open && matches!(steps.last(), Some(Step::Think(_))) {
        steps.pop();
    }
    steps
}

/// A name that no other source has.
fn free_name(label: &str, taken: &[Source]) -> String {
    let name = name_of(label);
    let is_free = |name: &String| taken.iter().all(|source| source.name != *name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(is_free).unwrap_or(name.clone())
}
