//! Sound models and the facts that they stand for: defaults, forms, identities.

use super::*;
use onrush::base::time::{Span, Time};
use onrush::model::arrival::{Form, Piece, Spacing};
use onrush::model::balance::Balance;
use onrush::model::fault::{FaultKind, Peer, Selector};
use onrush::model::journey::PatienceCounts;
use onrush::model::overlay::Change;
use onrush::model::queue::QueueOrder;
use onrush::model::retry::{BackoffKind, Jitter};
use onrush::model::service::OnTimeout;
use onrush::model::step::{Join, Or, Step, StepKind};
use onrush::model::{Effort, Study, Warmup};
use onrush::random::family::Distribution;

fn secs(seconds: i64) -> Span {
    Span::from_secs(seconds)
}

fn at(seconds: i64) -> Time {
    Time::ZERO + secs(seconds)
}

/// The steps of the journey `j` beside one service.
fn steps(list: &str) -> Vec<Step> {
    let text = format!(
        "[model]\nrun_for = \"1m\"\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n\
         [service.s]\nendpoint.e = [ {{ cpu = \"1ms\" }} ]\nendpoint.f = []\n[pool.p]\nsize = 1\n\
         [room.r]\n[stock.k]\nunits = 5\n[retry.t]\n[journey.j]\nsteps = {list}\n"
    );
    sound(&text).journeys["j"].steps.clone()
}

/// The pieces of the only source.
fn pieces(source: &str) -> Vec<Piece> {
    match form(source) {
        Form::Flow { pieces, .. } => pieces,
        other => panic!("{other:?} is no flow"),
    }
}

fn form(source: &str) -> Form {
    let text = format!(
        "[model]\nrun_for = \"10m\"\n[journey.j]\nsteps = [ {{ think = \"1s\" }} ]\n\
         [arrivals.a]\njourney = \"j\"\n{source}\n"
    );
    sound(&text).arrivals["a"].form.clone()
}

#[test]
fn the_whole_example_is_read() {
    let (model, diagnostics) = read(PREORDER);
    assert!(model.is_sound(), "{diagnostics:?}");
    let codes: Vec<&str> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(
        codes,
        ["N002", "N001", "N001", "N001"],
        "people reload, three are overloaded"
    );
    assert_eq!(model.title, "Phone pre-order: the doors open at 16:00");
    assert_eq!(model.begins(), at(-120));
    assert_eq!((model.seed, model.effort), (42, Effort::Replications(30)));
    let names: Vec<&str> = model
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    assert_eq!(names, ["double-servers", "patch-login", "both"]);
    let shop = &model.services["shop"];
    assert_eq!(
        (shop.servers, shop.workers, shop.queue.limit),
        (20, 64, Some(500))
    );
    let preorder = &model.journeys["preorder"];
    let patience = preorder.patience.as_ref().expect("patience is written");
    assert_eq!(patience.counts, PatienceCounts::Waiting);
    let that: Vec<&str> = model
        .objectives
        .iter()
        .map(|one| one.that.as_str())
        .collect();
    assert_eq!(
        that,
        [
            "share(preorder.served or preorder.sold_out) >= 95%",
            "p95(login.time) < 2s",
            "p99(mail.confirmation.delay) < 10m"
        ]
    );
}

#[test]
fn services_have_the_defaults_of_the_language() {
    let model = sound(
        "[model]\nrun_for = \"1m\"\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n\
         [journey.j]\nsteps = []\n[service.none]\n[service.workers]\nworkers = 8\n\
         [service.cores]\ncores = 4\n",
    );
    let none = &model.services["none"];
    assert_eq!((none.servers, none.workers), (1, 1));
    assert_eq!(
        (none.queue.limit, none.queue.order),
        (None, QueueOrder::Fifo)
    );
    assert!(!none.queue.shared && !none.queue.silent);
    assert_eq!(
        (none.balance.kind, none.on_timeout),
        (Balance::RoundRobin, OnTimeout::Ignore)
    );
    assert_eq!(none.network.as_constant(), Some(0.0));
    assert_eq!(none.boot.as_constant(), Some(0.0));
    let both = |name: &str| {
        (
            model.services[name].workers,
            model.services[name].cores.to_bits(),
        )
    };
    assert_eq!(both("none"), (1, 1.0_f64.to_bits()));
    assert_eq!(both("workers"), (8, 8.0_f64.to_bits()));
    assert_eq!(both("cores"), (4, 4.0_f64.to_bits()));
    assert_eq!(
        (model.study, model.drain, model.seed),
        (Study::Launch, false, 1)
    );
}

#[test]
fn steady_studies_have_a_warmup() {
    let text = |warmup: &str| {
        format!(
            "[model]\nrun_for = \"1h\"\nstudy = \"steady\"\n{warmup}\n[arrivals.a]\n\
             journey = \"j\"\nrate = \"1/s\"\n[journey.j]\nsteps = []\n"
        )
    };
    let study = |warmup: &str| sound(&text(warmup)).study;
    assert_eq!(study(""), Study::Steady(Warmup::Auto));
    assert_eq!(study("warmup = \"auto\""), Study::Steady(Warmup::Auto));
    assert_eq!(
        study("warmup = \"10m\""),
        Study::Steady(Warmup::Given(secs(600)))
    );
}

#[test]
fn steps_are_known_by_name_or_kind_and_rank() {
    let list = r#"[ { think = "1s" }, { call = "s.e" }, { name = "x", think = "1s" },
        { think = "1s" }, { call = "s.f" }, { call = "s.e" }, { mark = "m" } ]"#;
    let identities: Vec<String> = steps(list).into_iter().map(|step| step.identity).collect();
    let expected = [
        "think#0",
        "call s.e#0",
        "x",
        "think#1",
        "call s.f#0",
        "call s.e#1",
        "mark m#0",
    ];
    assert_eq!(identities, expected);
}

#[test]
fn every_form_of_or_is_read() {
    let list = r#"[ { call = "s.e" }, { call = "s.e", or = "continue" },
        { take = "k", or = "sold_out" }, { call = "s.e", or = [ { think = "1s" } ] },
        { call = "s.e", or = "fail" } ]"#;
    let ors: Vec<Or> = steps(list).into_iter().map(|step| step.or).collect();
    assert_eq!(ors[0], Or::Fail);
    assert_eq!(ors[1], Or::Continue);
    assert_eq!(ors[2], Or::Outcome("sold_out".to_owned()));
    assert!(matches!(&ors[3], Or::Steps(steps) if steps.len() == 1));
    assert_eq!(ors[4], Or::Fail);
}

#[test]
fn shares_of_branches_add_up_with_the_rest() {
    let list = r#"[ { choose = [ { share = "60%", steps = [] }, { share = 0.15, steps = [] },
        { share = "rest", steps = [] } ] } ]"#;
    let StepKind::Choose(branches) = &steps(list)[0].kind else {
        panic!("it chooses")
    };
    let shares: Vec<i64> = branches
        .iter()
        .map(|one| (one.share * 1e6).round() as i64)
        .collect();
    assert_eq!(shares, [600_000, 150_000, 250_000]);
}

#[test]
fn joins_say_how_many_must_succeed() {
    let join = |word: &str| {
        let list = format!("[ {{ parallel = [ [], [], [] ], {word} }} ]");
        match steps(&list)[0].kind {
            StepKind::Parallel { join, .. } => join,
            _ => panic!("it is parallel"),
        }
    };
    assert_eq!(join("join = \"all\""), Join::All);
    assert_eq!(join("join = \"any\""), Join::Any);
    assert_eq!(join("join = 2"), Join::AtLeast(2));
    assert_eq!(join("name = \"x\"").needed(3), 3);
}

#[test]
fn a_rate_lasts_from_the_start_to_the_horizon() {
    let piece = Piece {
        from: at(0),
        to: at(600),
        rate_from: 30.0,
        rate_to: 30.0,
    };
    assert_eq!(pieces("rate = \"30/s\""), [piece]);
}

#[test]
fn stages_are_steps_and_ramps_cut_at_the_horizon() {
    let stages = r#"stages = [ { rate = "5/s", for = "300s" }, { to = "15/s", for = "2m" },
        { to = "5/s", for = "6m" } ]"#;
    assert_eq!(
        pieces(stages),
        [
            Piece {
                from: at(0),
                to: at(300),
                rate_from: 5.0,
                rate_to: 5.0
            },
            Piece {
                from: at(300),
                to: at(420),
                rate_from: 5.0,
                rate_to: 15.0
            },
            Piece {
                from: at(420),
                to: at(600),
                rate_from: 15.0,
                rate_to: 10.0
            },
        ]
    );
    let open = pieces("stages = [ { rate = \"5/s\", for = \"1m\" }, { rate = \"1/s\" } ]");
    assert_eq!(open[1].to, at(600), "the last stage lasts to the horizon");
}

#[test]
fn total_and_scale_stretch_the_shape() {
    let total = pieces("stages = [ { to = \"2/s\", for = \"10m\" } ]\ntotal = \"1.2k\"");
    assert_eq!(
        total.iter().map(Piece::users).sum::<f64>().round() as i64,
        1200
    );
    let both = pieces("rate = \"1/s\"\ntotal = 1200\nscale = 0.5");
    assert_eq!(both[0].rate_from.to_bits(), 1.0_f64.to_bits());
    let crowd = form("scale = 1.5\ncrowd = { users = 3, arrive = \"exp(1s)\" }");
    assert!(
        matches!(crowd, Form::Crowd { users: 5, .. }),
        "halves go up: {crowd:?}"
    );
}

#[test]
fn bursts_and_populations_are_read() {
    let burst = r#"burst = { users = 120_000, at = "3m", every = "30m", spread = "exp(60s)" }"#;
    let Form::Burst {
        users,
        at: first,
        every,
        ..
    } = form(burst)
    else {
        panic!("it is a burst")
    };
    assert_eq!((users, first, every), (120_000, at(180), Some(secs(1800))));
    assert_eq!(form("population = 500"), Form::Population(500));
}

#[test]
fn spacings_are_words_or_laws_of_mean_one() {
    let spacing = |text: &str| match form(&format!("rate = \"1/s\"\nspacing = \"{text}\"")) {
        Form::Flow { spacing, .. } => spacing,
        other => panic!("{other:?} is no flow"),
    };
    assert_eq!(spacing("poisson"), Spacing::Poisson);
    assert_eq!(spacing("even"), Spacing::Even);
    let gamma = Distribution::gamma(1.0, 3.0).expect("cv 3 is possible");
    assert_eq!(spacing("bursty(cv=3)"), Spacing::Gaps(gamma));
    let erlang = Distribution::erlang(2.0, 1.0).expect("k 2 is possible");
    assert_eq!(spacing("erlang(k=2, mean=1)"), Spacing::Gaps(erlang));
}

/// A model whose only source comes from a file.
const FROM_FILE: &str = "[model]\nrun_for = \"10m\"\n[journey.j]\nsteps = [ { think = \"1s\" } ]\n\
                         [arrivals.a]\njourney = \"j\"\nfile = \"a.csv\"\n";

fn from_file(data: &str) -> (Model, Vec<Diagnostic>) {
    let mut files = Files::new();
    files.insert("a.csv", data.to_owned());
    model::read(Source::new("model.toml", FROM_FILE), files)
}

#[test]
fn files_hold_instants_or_rates() {
    let (instants, found) = from_file("time\n3.5\n1\n2\n");
    assert_eq!(found, []);
    let expected = [at(1), at(2), Time(3_500_000_000)];
    assert_eq!(
        instants.arrivals["a"].form,
        Form::Instants(expected.to_vec())
    );
    let (rates, found) = from_file("from,rate\n0,5\n60,7\n");
    assert_eq!(found, []);
    let Form::Flow { pieces, .. } = &rates.arrivals["a"].form else {
        panic!("these are rates")
    };
    assert_eq!(
        pieces[1],
        Piece {
            from: at(60),
            to: at(120),
            rate_from: 7.0,
            rate_to: 7.0
        }
    );
    let (_, found) = from_file("from,rate\n0,5\n60,x\n");
    assert_eq!(
        found[0].found,
        "`a.csv` cannot be used: `x` in line 3, column `rate`, is not a number"
    );
}

#[test]
fn the_files_a_model_needs_are_known_beforehand() {
    let text = format!(
        "{FROM_FILE}[service.s]\nnetwork = \"2 * file(net.csv, unit=ms)\"\n\
         [variant.v]\nset = {{ \"service.s.network\" = \"file(other.csv)\", \
         \"arrivals.a.file\" = \"rush.csv\" }}\n\
         [variant.w]\nset = {{ \"arrivals.b.file.path\" = \"few.csv\" }}\n"
    );
    let needed = |changes: &[Change]| -> Vec<String> {
        let source = Source::new("model.toml", &text);
        model::files_needed(&source, changes).into_iter().collect()
    };
    let all = ["a.csv", "few.csv", "net.csv", "other.csv", "rush.csv"];
    assert_eq!(needed(&[]), all);
    let set = [
        Change::new("arrivals.a.file", "b.csv"),
        Change::new("service.s.network", "file(c.csv)"),
    ];
    let all = ["b.csv", "c.csv", "few.csv", "other.csv", "rush.csv"];
    assert_eq!(needed(&set), all);
}

#[test]
fn faults_are_read_and_can_be_switched_off() {
    let text = |on: &str| {
        format!(
            "[model]\nrun_for = \"1h\"\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n\
             [journey.j]\nsteps = []\n[service.app]\nboot = \"exp(1m)\"\n[service.db]\n\
             [fault.slow]\nat = \"10m\"\nfor = \"5m\"\n{on}\n\
             slow = {{ service = \"app\", factor = 6, servers = \"25%\" }}\n\
             [fault.crash]\nat = \"10m\"\ncrash = {{ service = \"app\", servers = 3 }}\n\
             [fault.cut]\nat = \"10m\"\n\
             cut = {{ between = [\"app\", \"db\"], messages = \"kept\" }}\n"
        )
    };
    let model = sound(&text(""));
    let FaultKind::Slow { factor, on, .. } = &model.faults["slow"].kind else {
        panic!("slow")
    };
    assert_eq!(
        (factor.to_bits(), &on.servers),
        (6.0_f64.to_bits(), &Selector::Share(0.25))
    );
    assert_eq!(
        on.servers.of(2),
        1,
        "half of a server is one, and one is hit at least"
    );
    assert_eq!(on.servers.of(10), 3, "2.5 servers are three");
    let FaultKind::Crash { boot, .. } = &model.faults["crash"].kind else {
        panic!("crash")
    };
    assert_eq!(
        boot.mean().map(|mean| mean.round() as i64),
        Some(60),
        "the boot of the service"
    );
    let FaultKind::Cut { edge, .. } = &model.faults["cut"].kind else {
        panic!("cut")
    };
    assert_eq!(edge.between[0], Peer::Service("app".to_owned()));
    assert!(!sound(&text("on = false")).faults.contains_key("slow"));
}

#[test]
fn retries_count_the_first_attempt() {
    let model = sound(PREORDER_SOUND);
    let app = &model.retries["app"];
    assert_eq!(
        (app.attempts, app.backoff.kind),
        (3, BackoffKind::Exponential)
    );
    assert_eq!(
        (app.backoff.base, app.backoff.cap),
        (secs(1), Some(secs(30)))
    );
    assert_eq!(app.backoff.jitter, Jitter::Full);
}

/// A small model without doubts.
const PREORDER_SOUND: &str = "[model]\nrun_for = \"1h\"\n[arrivals.a]\njourney = \"j\"\n\
    rate = \"1/s\"\n[journey.j]\nreload = { after = \"20s\", at_most = 4 }\n\
    steps = [ { call = \"s.e\", timeout = \"15s\", retry = \"app\" } ]\n[service.s]\n\
    endpoint.e = [ { call = \"db.get\", retry = \"app\" } ]\n[service.db]\nworkers = 4\n\
    endpoint.get = [ { cpu = \"exp(100ms)\" } ]\n\
    [retry.app]\nattempts = 3\n\
    backoff = { base = \"1s\", cap = \"30s\", jitter = \"full\" }\n";

#[test]
fn capacity_follows_the_utilisation_law() {
    let model = sound(PREORDER_SOUND);
    let capacity = model.capacity();
    // 1/s × 100 ms on four cores is 2.5 %; the one worker of `s` is held for those 100 ms.
    let first = &capacity.resources[0];
    assert_eq!((first.kind.name(), first.kind.unit()), ("s", "workers"));
    assert_eq!((first.load * 1000.0).round() as i64, 100);
    assert_eq!(
        capacity.visits_per_s.map(|visits| visits.round() as i64),
        Some(10)
    );
    assert_eq!((capacity.peak_rate * 1000.0).round() as i64, 1000);
}

#[test]
fn the_order_of_tables_changes_nothing() {
    let blocks: Vec<&str> = PREORDER_SOUND.split_inclusive("\n[").collect();
    assert!(blocks.len() > 4, "there is something to reorder");
    let mut tables: Vec<String> = PREORDER_SOUND
        .split("\n[")
        .map(|t| t.trim_start_matches('[').to_owned())
        .collect();
    let one = sound(PREORDER_SOUND);
    tables.reverse();
    let other: Vec<String> = tables
        .iter()
        .map(|t| format!("[{}\n", t.trim_end()))
        .collect();
    let other = sound(&other.concat());
    assert_eq!(
        one.services.keys().collect::<Vec<_>>(),
        other.services.keys().collect::<Vec<_>>()
    );
    assert_eq!(one.capacity(), other.capacity());
}
