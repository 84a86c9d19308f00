//! A readable listing of a program: what was compiled, for tests and for those who want to know.
//!
//! Distributions show as their value when they are constant, else as their median with a `~`.
//! What an action changes shows as the lines that differ from those before it.

mod numbers;

use std::fmt::Write;

use self::numbers::{law, settings, span, time};
use super::{
    Begins, Clock, CutMessages, Edge, Fault, FaultKind, Form, Instruction, NOWHERE, Pc, Program,
    Scope, Selector, ServiceId, Site, Source, Spacing, Stay, Target,
};
use crate::base::table::Id;
use crate::base::time::Span;

/// The program as text, a line an item.
pub fn listing(program: &Program) -> String {
    let mut lines = vec![clock(&program.clock)];
    let sources = program.names.sources.iter().zip(program.sources.values());
    lines.extend(sources.map(|(name, of)| source(program, name, of)));
    let mut now = program.settings.clone();
    let mut before = settings(program, &now);
    lines.extend(before.iter().cloned());
    for action in &program.actions {
        now.apply(&action.patch);
        lines.push(format!("from {}, {}:", time(action.at), action.name));
        let after = settings(program, &now);
        lines.extend(after.iter().filter(|line| !before.contains(line)).cloned());
        before = after;
    }
    let faults = program.names.faults.iter().zip(&program.faults);
    lines.extend(faults.map(|(name, of)| fault(program, name, of)));
    lines.extend(code(program));
    lines.extend(
        program
            .names
            .probes
            .iter()
            .map(|name| format!("metric {name}")),
    );
    lines.join("\n") + "\n"
}

fn clock(clock: &Clock) -> String {
    let (from, to, bin) = (time(clock.start), time(clock.horizon), span(clock.bin));
    let mut line = format!("clock from {from} to {to}, {} bins of {bin}", clock.bins);
    if clock.cut != clock.start {
        let _ = write!(line, ", measured from {}", time(clock.cut));
    }
    if let Some(drain) = clock.drain {
        let _ = write!(line, ", drain until {}", time(drain));
    }
    if let Some(window) = clock.window.filter(|window| *window != Span::from_secs(10)) {
        let _ = write!(line, ", windows of {}", span(window));
    }
    line
}

fn spaced(spacing: &Spacing) -> String {
    match spacing {
        Spacing::Poisson => "poisson".to_owned(),
        Spacing::Even => "even".to_owned(),
        Spacing::Gaps(gaps) => format!("gaps {}", law(gaps, "")),
    }
}

fn source(program: &Program, name: &str, source: &Source) -> String {
    let journey = &program.names.journeys[source.journey.index()];
    let mut line = format!("arrivals {name} -> {journey}: ");
    let _ = match &source.form {
        Form::Stream { pieces, spacing } => {
            let _ = write!(line, "{}", spaced(spacing));
            for piece in pieces {
                let (from, length) = (time(piece.from), span(piece.length));
                let _ = write!(line, ", {}/s", piece.rate);
                if piece.rate.to_bits() != piece.rate_end.to_bits() {
                    let _ = write!(line, " to {}/s", piece.rate_end);
                }
                let _ = write!(line, " from {from} for {length}");
            }
            Ok(())
        }
        Form::Crowd {
            users,
            from,
            arrive,
        } => {
            write!(
                line,
                "{users} users from {} after {}",
                time(*from),
                law(arrive, "s")
            )
        }
        Form::Switching {
            stays,
            rates,
            spacing,
        } => {
            let _ = write!(line, "{}", spaced(spacing));
            for (from, rates) in rates {
                let _ = write!(line, ", from {}", time(*from));
                for (rate, stay) in rates.iter().zip(stays) {
                    let _ = write!(line, " {rate}/s for {}", law(&stay.law, "s"));
                }
            }
            Ok(())
        }
        Form::Burst {
            users,
            at,
            jitter,
            spread,
        } => {
            let at: Vec<String> = at.iter().map(|at| time(*at)).collect();
            let spread = spread
                .as_ref()
                .map_or("0s".to_owned(), |spread| law(spread, "s"));
            let late = jitter.as_ref().map_or(String::new(), |jitter| {
                format!(", late by {}", law(jitter, "s"))
            });
            write!(
                line,
                "{users} users at {} after {spread}{late}",
                at.join(" ")
            )
        }
        Form::Times(at) => write!(line, "{} measured instants", at.len()),
        Form::Population { users } => write!(line, "a population of {users}"),
    };
    line
}

fn fault(program: &Program, name: &str, fault: &Fault) -> String {
    let what = what(program, fault);
    match &fault.begins {
        Begins::Random { fails, repaired } => {
            let (fails, repaired) = (law(fails, "s"), law(repaired, "s"));
            format!("fault {name} at random, fails {fails}, repaired {repaired}: {what}")
        }
        Begins::When => format!("fault {name} when tripped: {what}"),
        Begins::Clock { at, jitter } => {
            let (from, until) = fault.windows().next().unwrap_or_default();
            let mut when = format!("from {} to {}", time(from), time(until));
            if at.len() > 1 {
                let _ = write!(when, ", {} times", at.len());
            }
            if let Some(jitter) = jitter {
                let _ = write!(when, ", jitter {}", law(jitter, "s"));
            }
            format!("fault {name} {when}: {what}")
        }
    }
}

/// What a fault does.
fn what(program: &Program, fault: &Fault) -> String {
    let service = |id: ServiceId| &program.names.services[id.index()];
    let on = |on: &Target| format!("{}, {}", service(on.service), selector(&on.servers));
    match &fault.kind {
        FaultKind::Slow {
            on: target,
            factor,
            share,
            code,
        } => {
            let mut what = format!("slow {} x{factor}, {}", service(target.service), {
                selector(&target.servers)
            });
            if let Some(share) = share {
                let _ = write!(what, ", share {share}");
            }
            if let Some(code) = code {
                let _ = write!(what, ", code {code}");
            }
            what
        }
        FaultKind::Pause(target) => format!("pause {}", on(target)),
        FaultKind::Crash {
            on: target,
            boot,
            noticed_after,
            silent,
        } => {
            let mut what = format!("crash {}", on(target));
            if let Some(boot) = boot {
                let _ = write!(what, ", boot {}", law(boot, "s"));
            }
            if let Some(after) = noticed_after {
                let _ = write!(what, ", noticed after {}", span(*after));
            }
            what + if *silent { ", silent" } else { "" }
        }
        FaultKind::Capacity {
            on: target,
            cores,
            workers,
        } => format!(
            "capacity {}, cores x{cores}, workers x{workers}",
            on(target)
        ),
        FaultKind::Cut { edge, messages } => {
            let messages = match messages {
                CutMessages::Kept => "kept",
                CutMessages::Lost => "lost",
                CutMessages::Refused => "refused",
            };
            format!("cut {}, messages {messages}", between(program, edge))
        }
        FaultKind::Delay { edge, by, share } => {
            let edge = between(program, edge);
            format!("delay {edge} by {}, share {share}", law(by, "s"))
        }
        FaultKind::Loss { edge, share, delay } => {
            let edge = between(program, edge);
            format!("loss {edge}, share {share}, delay {}", span(*delay))
        }
        FaultKind::Bandwidth { edge, each } => {
            let edge = between(program, edge);
            format!("bandwidth {edge}, each {}", span(*each))
        }
        FaultKind::Dependency {
            service: id,
            errors,
            hangs,
        } => format!(
            "dependency {}, errors {errors}, hangs {hangs}",
            service(*id)
        ),
        FaultKind::Out(all) => {
            let all: Vec<String> = all.iter().map(on).collect();
            format!("out {}", all.join("; "))
        }
        FaultKind::Leak { on: target, grows } => format!("leak {}, {grows} B/s", on(target)),
        FaultKind::Deploy {
            service: id,
            batch,
            every,
            share,
            version,
        } => format!(
            "deploy {} version {version}, {} every {}, share {share}",
            service(*id),
            selector(batch),
            span(*every)
        ),
        FaultKind::Flush { cache, share } => {
            format!("flush cache {}, share {share}", cache.0)
        }
        FaultKind::Limit { on: target, most } => format!("limit {}, {most}", on(target)),
        FaultKind::Shift { zones, share } => {
            let zone = |(id, [from, to]): &(ServiceId, [Selector; 2])| {
                format!(
                    "{} from {} to {}",
                    service(*id),
                    selector(from),
                    selector(to)
                )
            };
            let zones: Vec<String> = zones.iter().map(zone).collect();
            format!("shift {}, share {share}", zones.join("; "))
        }
        FaultKind::Error {
            on: target,
            share,
            code,
        } => match target.servers {
            Selector::All => format!(
                "error {}, share {share}, code {code}",
                service(target.service)
            ),
            _ => format!("error {}, share {share}, code {code}", on(target)),
        },
    }
}

fn between(program: &Program, edge: &Edge) -> String {
    let sign = match (edge.to, edge.from) {
        (true, false) => "->",
        (false, true) => "<-",
        _ => "-",
    };
    let (a, b) = (place(program, edge.a), place(program, edge.b));
    match edge.server {
        Some(server) => format!("{a} {sign} {b} server {server}"),
        None => format!("{a} {sign} {b}"),
    }
}

fn selector(servers: &Selector) -> String {
    match servers {
        Selector::All => "all servers".to_owned(),
        Selector::Count(count) => format!("{count} servers"),
        Selector::Share(share) => format!("{share} of the servers"),
        Selector::AtMostShare(share) => format!("at most {share} of the servers"),
        Selector::AtMost(count) => format!("at most {count} servers"),
        Selector::Numbers(numbers) => format!("servers {numbers:?}"),
        Selector::Zone { of, at } => format!("servers {at} of every {of}"),
    }
}

fn place(program: &Program, site: Site) -> &str {
    match site {
        Site::Users => "users",
        Site::Service(service) => &program.names.services[service.index()],
    }
}

/// The code with its entries.
fn code(program: &Program) -> Vec<String> {
    let mut heads: Vec<(Pc, String)> = Vec::new();
    for (journey, name) in program.journeys.values().zip(&program.names.journeys) {
        heads.push((journey.entry, format!("journey {name}:")));
    }
    for (endpoint, name) in program.endpoints.values().zip(&program.names.endpoints) {
        heads.push((endpoint.entry, format!("endpoint {name}:")));
    }
    for (fault, name) in program.faults.iter().zip(&program.names.faults) {
        if let FaultKind::Error { code, .. }
        | FaultKind::Slow {
            code: Some(code), ..
        } = fault.kind
        {
            heads.push((code, format!("fault {name}:")));
        }
    }
    let mut lines = Vec::new();
    for (pc, instruction) in program.code.iter().enumerate() {
        let here = heads.iter().filter(|(entry, _)| *entry as usize == pc);
        lines.extend(here.map(|(_, head)| head.clone()));
        lines.push(format!(
            "{pc:>4}  {}",
            instruction_words(program, *instruction)
        ));
    }
    lines
}

fn instruction_words(program: &Program, instruction: Instruction) -> String {
    let names = &program.names;
    let work = &program.settings.work;
    match instruction {
        Instruction::Step(id) => {
            let before = program.journeys.values().take_while(|j| j.first <= id);
            let first = before.last().map_or(0, |j| j.first.0);
            format!("step {}", id.0 - first)
        }
        Instruction::Call(id) => {
            let or = or(program.calls[id].on_failure);
            format!(
                "call {} ({}){or}",
                names.calls[id.index()],
                endpoint(program, id.index())
            )
        }
        Instruction::Send(id) => {
            format!(
                "send {} ({})",
                names.calls[id.index()],
                endpoint(program, id.index())
            )
        }
        Instruction::Cpu(id) => format!("cpu {}", law(&work[id], "s")),
        Instruction::Wait(id) => format!("wait {}", law(&work[id], "s")),
        Instruction::Think(id) => format!("think {}", law(&work[id], "s")),
        Instruction::Take(id) => {
            let take = &program.takes[id];
            let stock = &names.stocks[take.stock.index()];
            let units = numbers::law(&program.settings.work[take.units], "");
            format!("take {units} of {stock}{}", or(take.on_failure))
        }
        Instruction::Answer => "answer".to_owned(),
        Instruction::Filled => "filled".to_owned(),
        Instruction::Lookup(id) => {
            let step = &program.lookups[id];
            format!(
                "cache {}, hit {}{}",
                step.cache.0,
                step.after,
                or(step.on_failure)
            )
        }
        Instruction::Back(id) => {
            let step = &program.backs[id];
            format!("back to {}{}", step.to, or(step.on_failure))
        }
        Instruction::Mark(id) => format!("mark {}", names.marks[id.index()]),
        Instruction::Leave(outcome) => format!("leave {}", outcome.word(&names.own_outcomes)),
        Instruction::Fail { refused, last } => {
            let kind = if refused { "refused" } else { "failed" };
            format!("fail {kind}{}", if last { ", final" } else { "" })
        }
        Instruction::Jump(to) => format!("jump {to}"),
        Instruction::Begin => "begin".to_owned(),
        Instruction::Release => "release".to_owned(),
        Instruction::Exit => "exit".to_owned(),
        Instruction::Turn => "turn".to_owned(),
        Instruction::End => "end".to_owned(),
        structured => structured_words(program, structured),
    }
}

/// The beginning of a step that has steps inside.
fn structured_words(program: &Program, instruction: Instruction) -> String {
    let names = &program.names;
    match instruction {
        Instruction::Hold(id) => {
            let hold = &program.holds[id];
            let per = if hold.per_server == Scope::Server {
                " + server"
            } else {
                ""
            };
            let (pool, instance) = (&names.pools[hold.pool.index()], hold.instance);
            let (until, or) = (hold.after, or(hold.on_failure));
            format!("hold {pool}, instance {instance}{per}, until {until}{or}")
        }
        Instruction::Enter(id) => {
            let enter = &program.enters[id];
            let stay = if enter.stay == Stay::Stays {
                " and stay"
            } else {
                ""
            };
            format!(
                "enter {}{stay}{}",
                names.rooms[enter.room.index()],
                or(enter.on_failure)
            )
        }
        Instruction::Choose(id) => format!("choose {}", addresses(&program.chooses[id].branches)),
        Instruction::Repeat(id) => {
            let repeat = &program.repeats[id];
            let times = law(&program.settings.work[repeat.times], "");
            format!(
                "repeat {times} times, until {}{}",
                repeat.after,
                or(repeat.on_failure)
            )
        }
        Instruction::Parallel(id) => {
            let of = &program.parallels[id];
            let (branches, needed) = (addresses(&of.branches), of.needed);
            format!(
                "parallel {branches}, {needed} needed, until {}{}",
                of.after,
                or(of.on_failure)
            )
        }
        plain => unreachable!("{plain:?} has no steps inside"),
    }
}

fn endpoint(program: &Program, call: usize) -> &str {
    let call = &program.calls.as_slice()[call];
    &program.names.endpoints[call.endpoint.index()]
}

fn or(pc: Pc) -> String {
    if pc == NOWHERE {
        String::new()
    } else {
        format!(", or {pc}")
    }
}

fn addresses(branches: &[Pc]) -> String {
    let words: Vec<String> = branches.iter().map(Pc::to_string).collect();
    words.join(" ")
}
