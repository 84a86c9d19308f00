//! Gatling: the injection profiles of a simulation.
//!
//! One idea: `injectOpen` says how many come, `injectClosed` how many are there at once, and each
//! step says for how long. A simulation is not executed: steps count whose arguments are plain
//! numbers and times; all others are named.

use super::account::Account;
use super::json;
use super::lines::{Input, Lines};
use super::profile::{self, Load, Profile, To};
use super::{AsArrivals, Imported, Unusable, source};

const HELP: &str = "it needs an injection with plain numbers: `injectOpen(rampUsersPerSec(1).to(50)\
                    .during(60), constantUsersPerSec(50).during(300))`; results (`simulation.log`) \
                    are binary, and are not read";
/// Calls that inject users.
const INJECT: [&str; 3] = ["injectOpen(", "injectClosed(", "inject("];
/// Seconds in which those come who come at once.
const AT_ONCE_S: f64 = 1.0;

/// Reads simulations.
///
/// # Errors
/// If they inject nobody.
pub fn import(inputs: Vec<Input<'_>>, as_arrivals: AsArrivals) -> Result<Imported, Unusable> {
    let mut account = Account::of(source(&inputs));
    let mut lines = Lines::new(inputs, json::LONGEST);
    let text = match json::rest(&mut lines, &mut account) {
        Ok(text) => without_remarks(&json::read_as_text(&text, &mut account)),
        Err(why) => return Err(Unusable::new(why, Some(HELP.to_owned()), account)),
    };
    let profiles = profiles(&text, &mut account);
    if profiles.is_empty() {
        let why = "it injects nobody whose number is plain".to_owned();
        return Err(Unusable::new(why, Some(HELP.to_owned()), account));
    }
    account
        .assumed
        .push("what a user asks for is code, and not read: each turn is one request".to_owned());
    let setting = profile::Setting {
        source: &account.source.clone(),
        tool: "Gatling",
        as_arrivals,
        objectives: Vec::new(),
    };
    match profile::outline(profiles, setting, &mut account) {
        Some(skeleton) => Ok(Imported::new(skeleton, account)),
        None => Err(profile::nobody(HELP, account)),
    }
}

/// The text without `//` and `/* */`, and without what stands in quotes, such as `"*/*;q=0.8"`.
fn without_remarks(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['/', '"']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let after = |end: Option<usize>, more: usize| end.map_or(rest.len(), |end| end + more);
        let skipped = match () {
            () if rest.starts_with("/*") => after(rest[2..].find("*/"), 4),
            () if rest.starts_with("//") => after(rest.find('\n'), 0),
            () if rest.starts_with("\"\"\"") => after(rest[3..].find("\"\"\""), 6),
            () if rest.starts_with('"') => quoted(rest),
            () => {
                out.push('/');
                1
            }
        };
        if rest.starts_with('"') {
            out.push_str("\"\"");
        }
        rest = &rest[skipped..];
    }
    out.push_str(rest);
    out
}

/// The bytes of what stands in quotes, with them; it ends with its line at the latest.
fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            '"' if !is_escaped => return at + 1,
            c => is_escaped = c == '\\' && !is_escaped,
        }
    }
    text.len()
}

fn profiles(text: &str, account: &mut Account) -> Vec<Profile> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let Some(at) = rest.find("inject") else {
            return found;
        };
        let Some(call) = INJECT.iter().find(|call| rest[at..].starts_with(**call)) else {
            rest = &rest[at + 1..];
            continue;
        };
        let behind = &rest[at + call.len()..];
        let Some(inside) = inside(behind) else {
            return found;
        };
        let name = name_before(&rest[..at]);
        let mut profile = Profile {
            name: name.unwrap_or("users").to_owned(),
            load: Load::Open,
            begin: 0.0,
            ramps: Vec::new(),
            after_s: 0.0,
            steps: vec![("request".to_owned(), None)],
        };
        for argument in split(inside) {
            if !step(argument.trim(), &mut profile) && !argument.trim().is_empty() {
                let said = super::account::excerpt(argument.trim().as_bytes());
                account
                    .ignored
                    .push(format!("a step that is not plain: {said}"));
            }
        }
        if !profile.ramps.is_empty() {
            found.push(profile);
        }
        rest = &behind[inside.len()..];
    }
}

/// The name of what injects: `scn.injectOpen(…)`.
fn name_before(text: &str) -> Option<&str> {
    let before = text.trim_end().strip_suffix('.')?.trim_end();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let begin = before.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    let begin = (begin..before.len()).find(|at| before.is_char_boundary(*at))?;
    Some(&before[begin..]).filter(|name| !name.is_empty())
}

/// The text up to the bracket that closes.
fn inside(text: &str) -> Option<&str> {
    let mut depth = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[..at]);
        }
    }
    None
}

/// What stands between commas that are in no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut found) = (0_i64, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[begin..]);
    found
}

/// Adds a step; false if it is not plain.
fn step(text: &str, profile: &mut Profile) -> bool {
    let Some(calls) = calls(text) else {
        return false;
    };
    let argument = |name: &str| {
        let call = calls.iter().find(|(known, _)| *known == name);
        call.map(|(_, argument)| *argument)
    };
    let number = |name: &str| argument(name).and_then(plain);
    let length = argument("during").and_then(secs);
    let Some((first, inside)) = calls.first() else {
        return false;
    };
    let now = profile.ramps.last().map_or(profile.begin, |to| to.to);
    let load = match first.contains("Concurrent") {
        true => Load::Closed,
        false => Load::Open,
    };
    let mut add = |to: f64, secs: f64, is_step: bool| {
        profile.load = load;
        profile.ramps.push(To { to, secs, is_step });
        true
    };
    match (*first, plain(inside), length) {
        ("nothingFor" | "pause", ..) => secs(inside).is_some_and(|secs| add(0.0, secs, true)),
        ("atOnceUsers", Some(users), _) => add(users / AT_ONCE_S, AT_ONCE_S, true),
        ("rampUsers", Some(users), Some(secs)) if secs > 0.0 => add(users / secs, secs, true),
        ("constantUsersPerSec" | "constantConcurrentUsers", Some(level), Some(secs)) => {
            add(level, secs, true)
        }
        ("rampUsersPerSec" | "rampConcurrentUsers", Some(from), Some(secs)) => number("to")
            .is_some_and(|to| {
                if (from - now).abs() > 1e-9 {
                    add(from, 0.0, true);
                }
                add(to, secs, false)
            }),
        ("stressPeakUsers", Some(users), Some(secs)) if secs > 0.0 => {
            // A smooth step up and down: a triangle has as many users and the same peak.
            add(0.0, 0.0, true);
            add(2.0 * users / secs, secs / 2.0, false);
            add(0.0, secs / 2.0, false)
        }
        ("incrementUsersPerSec" | "incrementConcurrentUsers", Some(by), _) => stairs(by, &argument)
            .is_some_and(|stairs| {
                let mut stairs = stairs.into_iter();
                stairs.all(|to| add(to.to, to.secs, to.is_step))
            }),
        _ => false,
    }
}

/// Levels, each higher by as many, with ramps between them if it says so.
fn stairs<'t>(by: f64, argument: &impl Fn(&str) -> Option<&'t str>) -> Option<Vec<To>> {
    let times = argument("times").and_then(plain)?.min(1_000.0) as u64;
    let lasts = argument("eachLevelLasting").and_then(secs)?;
    let ramp = argument("separatedByRampsLasting").and_then(secs);
    let from = argument("startingFrom").and_then(plain).unwrap_or(0.0);
    let mut found = Vec::new();
    for level in 0..times {
        let to = from + level as f64 * by;
        if let Some(secs) = ramp.filter(|_| level > 0) {
            found.push(To {
                to,
                secs,
                is_step: false,
            });
        }
        found.push(To {
            to,
            secs: lasts,
            is_step: true,
        });
    }
    (times > 0).then_some(found)
}

/// `name(argument).name(argument) …`, in both ways that Scala writes it.
fn calls(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && found.len() < 16 {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        if let Some(inner) = behind.strip_prefix('(') {
            let argument = inside(inner)?;
            found.push((name, argument.trim()));
            rest = inner[argument.len() + 1..]
                .trim_start()
                .trim_start_matches('.')
                .trim_start();
        } else {
            // `.randomized` has no argument.
            rest = behind.strip_prefix('.')?.trim_start();
        }
        if matches!(rest, "randomized" | "eventuallyNotRandomized") {
            break;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// A plain number.
fn plain(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches(['d', 'D', 'f', 'L']);
    let number: f64 = text.replace('_', "").parse().ok()?;
    (0.0..1e9).contains(&number).then_some(number)
}

/// `60`, `60.seconds`, `1 minute`, `Duration.ofMinutes(1)`.
fn secs(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(secs) = plain(text) {
        return Some(secs);
    }
    let units = [
        ("milli", 1e-3),
        ("second", 1.0),
        ("minute", 60.0),
        ("hour", 3_600.0),
    ];
    let lower = text.to_lowercase();
    let (unit, factor) = units.into_iter().find(|(unit, _)| lower.contains(unit))?;
    let number = match lower.strip_prefix("duration.of") {
        Some(rest) => {
            let inside = rest.strip_prefix(unit)?.split_once('(')?.1;
            plain(inside.split_once(')')?.0)?
        }
        None => plain(lower.split(unit).next()?.trim_end_matches(['.', ' ']))?,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_they_are_written() {
        let text = "setUp(
            scn.injectOpen( // open
                nothingFor(4), atOnceUsers(10), rampUsers(10).during(5.seconds),
                constantUsersPerSec(20) during (15 seconds),
                rampUsersPerSec(10).to(20).during(10.minutes).randomized,
                stressPeakUsers(1000).during(Duration.ofSeconds(20)),
                rampUsers(n).during(5)
            ),
            admins.injectClosed(constantConcurrentUsers(10).during(10),
                rampConcurrentUsers(10).to(20).during(10)))";
        let mut account = Account::default();
        let found = profiles(&without_remarks(text), &mut account);
        let told: Vec<(f64, f64, bool)> = found[0]
            .ramps
            .iter()
            .map(|to| (to.to, to.secs, to.is_step))
            .collect();
        assert_eq!(
            told,
            [
                (0.0, 4.0, true),
                (10.0, 1.0, true),
                (2.0, 5.0, true),
                (20.0, 15.0, true),
                (10.0, 0.0, true),
                (20.0, 600.0, false),
                (0.0, 0.0, true),
                (100.0, 10.0, false),
                (0.0, 10.0, false),
            ]
        );
        assert_eq!(
            (found[0].name.as_str(), found[1].name.as_str()),
            ("scn", "admins")
        );
        assert_eq!((found[0].load, found[1].load), (Load::Open, Load::Closed));
        let closed: Vec<(f64, f64)> = found[1].ramps.iter().map(|to| (to.to, to.secs)).collect();
        assert_eq!(closed, [(10.0, 10.0), (20.0, 10.0)]);
        assert_eq!(
            account.ignored,
            ["a step that is not plain: `rampUsers(n).during(5)`"]
        );
    }

    #[test]
    fn odd_texts_are_survived() {
        for text in [
            "inject(",
            "injectOpen()",
            ".injectOpen(é(1))",
            "/* inject(",
            "inject(((((",
        ] {
            assert!(
                profiles(&without_remarks(text), &mut Account::default()).is_empty(),
                "{text}"
            );
        }
    }
}
