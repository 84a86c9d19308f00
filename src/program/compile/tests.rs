//! Model text → listing, and what must not depend on how a model is written.

mod objectives;
mod probes;
mod sources;
mod stations;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Asked, compile};
use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::program::{FaultKind, Program, Scope, ServiceId, Settings, Site, listing};
use crate::text::{Level, Source};

/// The model of the language's own page.
const LAUNCH: &str = include_str!("tests/launch.toml");

/// A checked model; a text with errors fails the test.
fn checked(text: &str) -> Checked {
    let (model, diagnostics) = model::read(Source::new("test.toml", text), Files::new());
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|d| d.level == Level::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    Checked::new(model).unwrap()
}

fn program_of(text: &str) -> Program {
    compile(&checked(text), &Asked::default())
}

#[test]
fn the_launch_is_listed() {
    insta::assert_snapshot!("launch", listing(&program_of(LAUNCH)));
}

/// What the cases below stand in: one endpoint that fails on purpose, things to hold, enter, take.
const AROUND: &str = r#"
[model]
run_for = "10s"
[arrivals.people]
rate = "1/s"
journey = "visit"
[service.app]
endpoint.work = [ { cpu = "1ms" } ]
[service.far]
endpoint.ping = [ { wait = "1ms" } ]
[pool.lock]
size = 1
[room.door]
opens = "1s"
[stock.seats]
units = 5
"#;

/// The code of a list of steps, in a journey or in an endpoint.
fn code(steps: &str, place: &str) -> String {
    let text = match place {
        "journey" => format!("{AROUND}[journey.visit]\nsteps = {steps}\n"),
        _ => {
            let call = r#"steps = [ { call = "app.case" } ]"#;
            let endpoint = format!("[service.app]\nendpoint.case = {steps}");
            format!("{AROUND}[journey.visit]\n{call}\n").replace("[service.app]", &endpoint)
        }
    };
    let listing = listing(&program_of(&text));
    let head = if place == "journey" {
        "journey visit:"
    } else {
        "endpoint app.case:"
    };
    let lines = listing.lines().skip_while(|line| *line != head).skip(1);
    let inside = lines.take_while(|line| line.starts_with(' '));
    inside.fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn every_step_has_its_code() {
    let journeys = [
        r#"[ { call = "app.work" }, { send = "far.ping" }, { think = "2s" }, { mark = "done" } ]"#,
        r#"[ { call = "app.work", or = "continue" }, { leave = "served" } ]"#,
        r#"[ { call = "app.work", or = "refused" },
             { take = "seats", units = 2, or = "sold_out" } ]"#,
        r#"[ { call = "app.work", or = [ { think = "1s" }, { call = "far.ping" } ] } ]"#,
        r#"[ { enter = "door" },
             { enter = "door", steps = [ { think = "1s" } ], or = "refused" } ]"#,
        r#"[ { hold = "lock", timeout = "1s", steps = [ { call = "app.work" } ],
               or = "continue" } ]"#,
        r#"[ { choose = [ { share = "20%", steps = [ { call = "app.work" } ] },
                          { share = "30%", steps = [] },
                          { share = "rest", steps = [ { take = "seats" } ] } ],
               or = "sold_out" } ]"#,
        r#"[ { choose = [ { share = 1, steps = [ { hold = "lock", steps = [ { take = "seats" } ] },
                                                 { call = "app.work", or = "continue" } ] } ],
               or = [ { mark = "lost" } ] } ]"#,
        r#"[ { repeat = 3, steps = [ { call = "app.work" } ], or = "continue" },
             { think = "1s" } ]"#,
        r#"[ { parallel = [ [ { call = "app.work" } ],
                            [ { call = "far.ping", or = "continue" } ],
                            [] ],
               join = 2, or = "failed" } ]"#,
        r#"[ { parallel = [ [ { think = "1s" } ], [ { think = "2s" } ] ] } ]"#,
        r#"[ { parallel = [ [ { think = "1s" } ], [ { think = "2s" } ] ], join = "any" } ]"#,
    ];
    let endpoints = [
        r#"[ { cpu = "exp(2ms)" }, { wait = "lognormal(mean=1s, cv=1)" }, { fail = "refused" } ]"#,
        r#"[ { call = "far.ping", or = [ { cpu = "1ms" }, { fail = "failed", final = true } ] } ]"#,
        r#"[ { hold = "lock", steps = [ { cpu = "1ms" } ], or = [] }, { send = "far.ping" } ]"#,
        r#"[ { repeat = "geometric(mean=3)", steps = [ { cpu = "1ms" } ] } ]"#,
    ];
    let mut all = String::new();
    for (place, cases) in [("journey", &journeys[..]), ("endpoint", &endpoints[..])] {
        for steps in cases {
            let code = code(steps, place);
            let _ = write!(all, "{place} {steps}\n{code}\n");
        }
    }
    insta::assert_snapshot!("steps", all);
}

/// Everything that is known by a name and has luck, by that name.
fn luck(program: &Program) -> BTreeMap<String, u64> {
    let names = &program.names;
    let mut all = BTreeMap::new();
    let mut add = |kind: &str, name: &str, luck: u64| {
        assert_eq!(
            all.insert(format!("{kind} {name}"), luck),
            None,
            "{kind} {name} is there twice"
        );
    };
    for (id, call) in program.calls.iter() {
        add("call", &names.calls[id.index()], call.luck);
    }
    for (id, journey) in program.journeys.iter() {
        add("journey", &names.journeys[id.index()], journey.luck);
    }
    for (id, service) in program.services.iter() {
        add("service", &names.services[id.index()], service.owner.0);
    }
    for (id, pool) in program.pools.iter() {
        add("pool", &names.pools[id.index()], pool.owner.0);
    }
    for (id, source) in program.sources.iter() {
        add("arrivals", &names.sources[id.index()], source.owner.0);
    }
    for (fault, name) in program.faults.iter().zip(&names.faults) {
        add("fault", name, fault.owner.0);
    }
    for (id, luck) in program.work.iter() {
        // The demands have no names; those of the launch are told apart by their law.
        let law = &program.settings.work[id];
        add("work", &format!("{law:?} of {:?}", id.index() < 2), *luck);
    }
    for (id, choose) in program.chooses.iter() {
        add("choose", &id.index().to_string(), choose.luck);
    }
    all
}

#[test]
fn the_order_of_tables_changes_nothing() {
    // A table with its head; the tables of a list stay in their order.
    let mut tables: Vec<String> = Vec::new();
    for line in LAUNCH.lines() {
        if line.starts_with('[') || tables.is_empty() {
            tables.push(String::new());
        }
        let last = tables.last_mut().unwrap();
        let _ = writeln!(last, "{line}");
    }
    let (lists, mut tables): (Vec<String>, Vec<String>) = tables
        .into_iter()
        .partition(|table| table.starts_with("[["));
    tables.reverse();
    tables.extend(lists);
    let (there, here) = (program_of(&tables.concat()), program_of(LAUNCH));
    assert_eq!(format!("{there:?}"), format!("{here:?}"));
}

#[test]
fn an_idle_service_moves_nobodys_luck() {
    let idle =
        "[service.aaa]\nendpoint.nothing = [ { cpu = \"7ms\" }, { call = \"mail.nothing\" } ]
                [pool.aaa]\nsize = 1\n[room.aaa]\nopens = \"1s\"
                [service.mail.endpoint]\nnothing = [ { wait = \"8ms\" } ]\n";
    let mail = "endpoint.confirmation = [ { wait = \"exp(150ms)\" } ]";
    let text = LAUNCH.replace(mail, "");
    let idle = idle.replace(
        "nothing = [ { wait",
        "confirmation = [ { wait = \"exp(150ms)\" } ]\nnothing = [ { wait",
    );
    let (before, after) = (
        luck(&program_of(LAUNCH)),
        luck(&program_of(&(text + &idle))),
    );
    assert!(after.len() > before.len());
    for (name, luck) in before {
        assert_eq!(after.get(&name), Some(&luck), "{name}");
    }
}

#[test]
fn luck_is_the_chain_of_written_steps() {
    let steps = |steps: &str| program_of(&format!("{AROUND}[journey.visit]\nsteps = {steps}\n"));
    let of = |program: &Program| -> Vec<u64> { program.calls.values().map(|c| c.luck).collect() };
    let plain = of(&steps(
        r#"[ { call = "app.work" }, { call = "app.work" } ]"#,
    ));
    assert_ne!(plain[0], plain[1]);
    // A step in front, of another kind, moves nobody; nor does a change of what is known by name.
    let shifted = of(&steps(
        r#"[ { think = "1s" }, { call = "app.work" }, { call = "app.work" } ]"#,
    ));
    assert_eq!(shifted, plain);
    let named = of(&steps(r#"[ { name = "ask", call = "app.work" } ]"#));
    let elsewhere = of(&steps(r#"[ { name = "ask", call = "far.ping" } ]"#));
    assert_eq!(named, elsewhere);
    // Branches, and what an `or` does instead, are places of their own.
    let branches = of(&steps(
        r#"[ { choose = [ { share = 0.5, steps = [ { call = "app.work" } ] },
                          { share = 0.5, steps = [ { call = "app.work" } ] } ] },
             { hold = "lock", steps = [ { call = "app.work" } ], or = [ { call = "app.work" } ] },
             { call = "app.work", or = [ { call = "app.work" } ] } ]"#,
    ));
    let mut different = branches.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!((branches.len(), different.len()), (6, 6));
}

#[test]
fn calls_go_by_their_shortest_name() {
    let text = r#"
[model]
run_for = "10s"
[arrivals.people]
rate = "1/s"
journey = "buy"
[arrivals.others]
rate = "1/s"
journey = "look"
[journey.buy]
steps = [ { call = "shop.home" }, { name = "pay", call = "shop.pay" },
          { name = "again", call = "shop.pay" }, { call = "shop.cart" }, { call = "shop.cart" } ]
[journey.look]
steps = [ { call = "shop.home" }, { name = "pay", call = "shop.pay" }, { send = "mail.note" } ]
[service.shop]
endpoint.home = [ { call = "db.read" } ]
endpoint.cart = [ { call = "db.read" } ]
endpoint.pay  = [ { name = "charge", call = "bank.charge" } ]
[service.db]
endpoint.read = [ { wait = "1ms" } ]
[service.bank]
endpoint.charge = [ { wait = "1ms" } ]
[service.mail]
endpoint.note = [ { wait = "1ms" } ]
[service.alone]
endpoint.note = [ { wait = "1ms" } ]
"#;
    let program = program_of(text);
    let names: Vec<&str> = program.names.calls.iter().map(String::as_str).collect();
    let expected = [
        "buy.shop.home",
        "buy.pay",
        "again",
        "buy.shop.cart#1",
        "buy.shop.cart#2",
        "look.shop.home",
        "look.pay",
        "mail.note",
        "shop.cart>db.read",
        "shop.home>db.read",
        "charge",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        program.names.services_in_call_order,
        ["shop", "db", "bank", "mail", "alone"]
    );
    assert_eq!(
        program.names.journey_steps[0],
        ["shop.home", "pay", "again", "shop.cart", "shop.cart #2"]
    );
}

#[test]
fn each_scope_of_a_pool_has_its_instances() {
    let text = r#"
[model]
run_for = "10s"
[arrivals.people]
rate = "1/s"
journey = "visit"
[journey.visit]
steps = [ { hold = "each", steps = [ { call = "a.do" } ] }, { hold = "one", steps = [] },
          { hold = "per_service", steps = [] } ]
[service.a]
servers = 3
endpoint.do = [ { hold = "each", steps = [ { call = "b.do" } ] },
                { hold = "per_service", steps = [] } ]
[service.b]
servers = 2
endpoint.do = [ { hold = "each", steps = [] }, { hold = "one", steps = [] } ]
[pool.each]
size = 1
scope = "server"
[pool.one]
size = 1
[pool.per_service]
size = 1
scope = "service"
[action.more]
at = "5s"
set = { "service.a.servers" = 4 }
"#;
    let program = program_of(text);
    let pools: Vec<(u32, u32)> = program
        .pools
        .values()
        .map(|p| (p.first, p.instances))
        .collect();
    // Users, four servers of `a` at most, two of `b`; one; users and `a`.
    assert_eq!(pools, [(0, 7), (7, 1), (8, 2)]);
    let holds: Vec<(u32, Scope)> = program
        .holds
        .values()
        .map(|h| (h.instance, h.per_server))
        .collect();
    let (server, shared) = (Scope::Server, Scope::Shared);
    let expected = [
        (0, shared),
        (7, shared),
        (8, shared), // the journey
        (1, server),
        (9, shared), // a
        (5, server),
        (7, shared), // b
    ];
    assert_eq!(holds, expected);
    assert_eq!(program.services.as_slice()[0].servers_max, 4);
}

/// What is in force once so many actions have taken effect.
fn after(program: &Program, actions: usize) -> Settings {
    let mut settings = program.settings.clone();
    for action in &program.actions[..actions] {
        settings.apply(&action.patch);
    }
    settings
}

#[test]
fn actions_are_patches_in_the_order_of_their_effect() {
    let actions = r#"
[action.late]
at = "20m"
set = { "service.shop.workers" = "x2", "journey.preorder.steps.login.timeout" = "3s" }
[action.early]
at = "1m"
set = { "param.login_work" = "3ms" }
[action.off]
on = false
at = "2m"
set = { "service.shop.workers" = 1 }
"#;
    let program = program_of(&(LAUNCH.to_owned() + actions));
    let actions: Vec<(&str, Time)> = program
        .actions
        .iter()
        .map(|action| (action.name.as_str(), action.at))
        .collect();
    let minutes = |n: i64| Time::ZERO + Span::MINUTE * n;
    let expected = [
        ("early", minutes(1)),
        ("more-servers", minutes(16)),
        ("late", minutes(20)),
    ];
    assert_eq!(actions, expected);
    let shop = program
        .names
        .services
        .iter()
        .position(|name| name == "shop")
        .unwrap();
    let of = |actions: usize| {
        let now = after(&program, actions);
        let shop = &now.services.as_slice()[shop];
        (shop.workers, shop.servers)
    };
    assert_eq!((of(0), of(2), of(3)), ((64, 20), (64, 30), (128, 30)));
    let more_servers = &program.actions[1].patch;
    let [(_, change)] = &more_servers.services[..] else {
        panic!("one service changes: {more_servers:?}");
    };
    assert_eq!((change.servers, change.workers), (Some(30), None));
    assert!(more_servers.calls.is_empty() && more_servers.work.is_empty());
    let login = program
        .names
        .calls
        .iter()
        .position(|name| name == "login")
        .unwrap();
    let timeout = |actions| after(&program, actions).calls.as_slice()[login].timeout;
    assert_eq!(timeout(2), Some(Span::from_secs(15)));
    assert_eq!(timeout(3), Some(Span::from_secs(3)));
}

#[test]
fn what_takes_effect_before_the_beginning_is_there_from_it() {
    let action =
        "[action.before]\nat = \"-1h\"\ntakes = \"1m\"\nset = { \"service.db.workers\" = 9 }\n";
    let program = program_of(&(LAUNCH.to_owned() + action));
    assert_eq!(program.actions.len(), 1);
    assert_eq!(program.settings.services.as_slice()[0].workers, 9);
}

#[test]
fn faults_stand_in_the_order_of_their_begin() {
    let faults = r#"
[fault.z-first]
at = "5m"
error = { service = "db", share = "10%", cost = "2ms" }
[fault.crash]
at = "10m"
for = "1m"
crash = { service = "shop", servers = 3, boot = "30s" }
[fault.cut]
at = "10m"
for = "20m"
cut = { between = ["users", "shop"], messages = "kept" }
[fault.off]
on = false
at = "1m"
pause = { service = "db" }
"#;
    let program = program_of(&(LAUNCH.to_owned() + faults));
    assert_eq!(
        program.names.faults,
        ["z-first", "crash", "cut", "slow-quarter"]
    );
    assert_eq!(program.faults[0].end(Time::ZERO), Time::NEVER);
    let FaultKind::Error { code, .. } = program.faults[0].kind else {
        panic!("the first is an error");
    };
    insta::assert_snapshot!(
        "error_code",
        listing(&program)
            .lines()
            .skip_while(|line| *line != "fault z-first:")
            .take(3)
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert_eq!(program.code.len() - code as usize, 2);
    let FaultKind::Cut { edge, .. } = &program.faults[2].kind else {
        panic!("the third is a cut");
    };
    assert_eq!((edge.a, edge.b), (Site::Users, Site::Service(ServiceId(2))));
}

#[test]
fn bins_are_at_most_four_hundred() {
    let clock = |run_for: &str| {
        let text = LAUNCH.replace("run_for = \"75m\"", &format!("run_for = \"{run_for}\""));
        let clock = program_of(&text).clock;
        (clock.bin, clock.bins)
    };
    // Two minutes before T+0 belong to it.
    assert_eq!(clock("61m"), (Span::from_secs(10), 378));
    assert_eq!(clock("278s"), (Span::from_secs(1), 398));
    assert_eq!(clock("280s"), (Span::from_secs(1), 400));
    assert_eq!(clock("281s"), (Span::from_secs(2), 201));
    assert_eq!(clock("30d"), (Span::from_secs(7_200), 361));
}

#[test]
fn the_measured_period_begins_at_the_cut() {
    let text = |head: &str| {
        LAUNCH.replace(
            "study   = \"launch\"",
            &format!("study = \"steady\"\n{head}"),
        )
    };
    let minutes = |n: i64| Time::ZERO + Span::MINUTE * n;
    assert_eq!(program_of(LAUNCH).clock.cut, minutes(-2));
    assert_eq!(program_of(&text("warmup = \"10m\"")).clock.cut, minutes(8));
    let auto = checked(&text("warmup = \"auto\""));
    assert_eq!(compile(&auto, &Asked::default()).clock.cut, minutes(-2));
    let asked = Asked {
        cut: Some(minutes(20)),
        ..Asked::default()
    };
    assert_eq!(compile(&auto, &asked).clock.cut, minutes(20));
    let drained = LAUNCH.replace("seed    = 42", "drain = true");
    assert_eq!(program_of(&drained).clock.drain, Some(minutes(750)));
}
