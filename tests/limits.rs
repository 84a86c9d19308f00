//! Models that ask for too much: refused before the start, or given up with a reason, within
//! bounded time and memory, whatever it is that they ask too much of.

use crate::support::{Answer, Scene, answer, confined};

/// A model with more in it: `who` comes, and does what `what` says.
fn model(who: &str, what: &str) -> Scene {
    Scene::with_model(&format!(
        "[model]\ntitle = \"Too much\"\nrun_for = \"1m\"\nreplications = 2\n\
         [arrivals.all]\njourney = \"visit\"\n{who}\n{what}\n"
    ))
}

/// One call to a service with these lines.
fn desk(lines: &str) -> String {
    format!(
        "[journey.visit]\nsteps = [ {{ call = \"desk.ask\", timeout = \"5s\" }} ]\n\
         [service.desk]\n{lines}\nendpoint.ask = [ {{ wait = \"5m\" }} ]"
    )
}

/// Runs the model with little memory allowed and little more given by the system, so that what
/// is not counted is noticed.
fn run(scene: &Scene, more: &[&str]) -> Answer {
    let all = ["run", "model.toml", "--memory", "64MB", "--threads", "2"];
    let command = scene.command(all.into_iter().chain(more.iter().copied()));
    let gibibyte = "ulimit -v 1048576 2>/dev/null";
    answer(
        confined(&command, gibibyte)
            .output()
            .expect("the command starts"),
    )
}

#[test]
fn sources_beyond_the_events_are_refused_at_their_place() {
    let scene = model("rate = \"200M/s\"", &desk(""));
    for command in ["check", "run"] {
        let refused = scene.run([command, "model.toml"]).expect(104);
        let said = "error[E082]: the sources alone send about 12000000000 users, more than the \
                    4000000000 events that a launch may have\n --> model.toml:5:1";
        assert!(refused.err.contains(said), "{}", refused.err);
        assert_eq!(refused.last_line(), "exit 104: 1 error in `model.toml`");
    }
    let few = ["run", "model.toml", "--events", "300"];
    let refused = model("rate = \"10/s\"", &desk("")).run(few).expect(104);
    assert!(
        refused.err.contains("more than the 300 events"),
        "{}",
        refused.err
    );
    let variant = desk("") + "\n[variant.more]\nset = { \"arrivals.all.rate\" = \"20/s\" }";
    let scene = model("rate = \"10/s\"", &variant);
    let compare = ["compare", "model.toml", "--events", "1k"];
    let refused = scene.run(compare).expect(104);
    assert!(refused.err.contains("about 1200 users"), "{}", refused.err);
}

#[test]
fn what_takes_too_much_memory_before_the_start_is_refused() {
    let many = [
        "crowd = { users = \"500M\", from = \"0s\", arrive = \"exp(10s)\" }",
        "burst = { users = 0, at = \"0s\", every = \"1ns\" }",
        "burst = { users = 900_000_000, at = \"1s\" }",
        "population = 1_000_000_000",
    ];
    for who in many {
        let refused = run(&model(who, &desk("")), &[]).expect(104);
        assert!(
            refused.err.contains("error[E083]"),
            "{who}: {}",
            refused.err
        );
        assert!(
            refused.err.contains("model.toml:5:1"),
            "{who}: {}",
            refused.err
        );
    }
    let servers = model("rate = \"1/s\"", &desk("servers = 20_000"));
    let refused = servers
        .run(["run", "model.toml", "--memory", "3MB"])
        .expect(104);
    assert!(
        refused.err.contains("more than the 3.0 MB"),
        "{}",
        refused.err
    );
    let window = "\n[[objective]]\nthat = \"p95(desk.ask.time, 60s) < 5s\"";
    let scene = model("rate = \"1/h\"", &(desk("") + window));
    let refused = run(&scene, &["--set", "model.run_for=2000d"]).expect(1);
    assert!(
        refused.err.contains("before the clock starts"),
        "{}",
        refused.err
    );
}

#[test]
fn numbers_beyond_reason_are_refused_where_they_are_written() {
    let wrong = [
        ("servers = 1_000_000_000", "from 0 to 20000"),
        ("cores = 2_000_000", "from 0.001 to 1000000"),
        ("workers = 0", "at least 1"),
    ];
    for (lines, said) in wrong {
        let refused = run(&model("rate = \"1/s\"", &desk(lines)), &[]).expect(104);
        assert!(refused.err.contains(said), "{lines}: {}", refused.err);
    }
    let retry = desk("") + "\n[retry.ever]\nattempts = 1_000_000";
    let refused = run(&model("rate = \"1/s\"", &retry), &[]).expect(104);
    assert!(refused.err.contains("from 1 to 65535"), "{}", refused.err);
}

#[test]
fn users_beyond_the_memory_end_the_run() {
    let waiting = "[journey.visit]\nsteps = [ { think = \"1h\" } ]";
    let given_up = run(&model("rate = \"200k/s\"", waiting), &[]).expect(1);
    let why = "exit 1: replication 0 of `baseline` needs too much: more than 64000000 bytes by T+";
    assert!(given_up.last_line().starts_with(why), "{}", given_up.err);
    let messages = "[journey.visit]\nsteps = [ { send = \"desk.ask\" } ]\n\
                    [service.desk]\nendpoint.ask = [ { send = \"desk.ask\" }, \
                    { send = \"desk.ask\" } ]";
    let exploded = run(&model("rate = \"1/s\"", messages), &[]).expect(1);
    assert!(
        exploded.last_line().contains("64000000 bytes"),
        "{}",
        exploded.err
    );
    let deep = "[journey.visit]\nsteps = [ { call = \"desk.ask\" } ]\n[service.desk]\n\
                workers = 1_000_000_000\nendpoint.ask = [ { call = \"desk.ask\" } ]";
    let endless = run(&model("rate = \"1/s\"", deep), &[]).expect(1);
    assert!(
        endless.last_line().contains("64000000 bytes"),
        "{}",
        endless.err
    );
    let many = "[journey.visit]\nsteps = [ { repeat = 9_000_000, steps = [ { send = \
                \"desk.ask\" } ] } ]\n[service.desk]\nendpoint.ask = [ { wait = \"1s\" } ]";
    let within = run(&model("rate = \"1/s\"", many), &[]).expect(1);
    assert!(
        within.last_line().contains("64000000 bytes"),
        "{}",
        within.err
    );
}

#[test]
fn replications_that_are_kept_end_the_study_when_they_fill_the_memory() {
    let scene = model("rate = \"1/m\"", &desk(""));
    let tiny = |replications: &str, memory: &str| {
        let set = format!("model.replications={replications}");
        let all = ["run", "model.toml", "--threads", "2", "--set", &set];
        scene.run(all.into_iter().chain(["--memory", memory]))
    };
    // A replication in which hardly anybody comes is worth a few kilobytes.
    tiny("1000", "10MB").expect(0);
    let full = tiny("20_000", "10MB").expect(1);
    let said = full.last_line();
    let (_, said) = said.split_once("finished so far takes ").expect(said);
    let (kept, said) = said.split_once(' ').expect(said);
    let kept: u32 = kept.parse().expect("bytes are a whole number");
    assert!((5_000_000..=10_000_000).contains(&kept), "{kept}");
    let cure = "of the 10000000 bytes allowed: make fewer replications, or raise `--memory`";
    assert_eq!(said, cure);
}

/// A command that may have so many KiB of addresses.
fn within(scene: &Scene, more: [&str; 4], kib: u32) -> Answer {
    let command = scene.command(["run", "model.toml"].into_iter().chain(more));
    let few = format!("ulimit -v {kib} 2>/dev/null");
    answer(confined(&command, &few).output().expect("it starts"))
}

/// Each step has 36 octaves of times in each of 300 bins, and uses a few.
#[test]
fn a_thousand_steps_fit_into_half_a_gigabyte() {
    let steps = "{ call = \"desk.ask\" },\n".repeat(1_000);
    let what = format!(
        "[journey.visit]\nsteps = [\n{steps}]\n\
         [service.desk]\nworkers = 100\nendpoint.ask = [ {{ wait = \"exp(20ms)\" }} ]"
    );
    let scene = model("rate = \"0.2/s\"", &what);
    let ran = ["--threads", "1", "--set", "model.run_for=10m"];
    within(&scene, ran, 1 << 19).expect(0);
}

/// 65,535 windows of health, in each of which 1,000 services may have work.
#[test]
fn the_work_of_a_thousand_services_is_reckoned_some_at_a_time() {
    use std::fmt::Write as _;
    let mut what = "[journey.visit]\nsteps = [ { call = \"s0.ask\" } ]\n".to_owned();
    let calls: String = (1..1_000)
        .map(|n| format!("{{ send = \"s{n}.ask\" }},\n"))
        .collect();
    write!(what, "[service.s0]\nendpoint.ask = [\n{calls}]\n").expect("a text takes all");
    for n in 1..1_000 {
        let service = "endpoint.ask = [ { cpu = \"1ms\" } ]";
        writeln!(what, "[service.s{n}]\n{service}").expect("a text takes all");
    }
    let scene = model("rate = \"1/d\"", &what);
    let ran = ["--threads", "1", "--set", "model.run_for=655350s"];
    within(&scene, ran, 1 << 20).expect(0);
}

#[test]
fn what_goes_on_while_no_time_passes_is_given_up() {
    let full = "queue.limit = 0";
    let turns = "[journey.visit]\nsteps = [ { repeat = 4_000_000_000, steps = [] } ]";
    let again = "[journey.visit]\nagain = { share = \"100%\", after = \"0s\" }\n\
                 steps = [ { leave = \"failed\" } ]";
    let reload = desk(full).replace("steps", "reload = { on_error = \"0s\" }\nsteps");
    let events = ["--events", "1M"];
    for what in [turns.to_owned(), again.to_owned(), reload] {
        let given_up = run(&model("rate = \"5/s\"", &what), &events).expect(1);
        let why = "needs too much: more than 500000 events at T+00:0";
        assert!(
            given_up.last_line().contains(why),
            "{what}: {}",
            given_up.err
        );
        let reason = "something goes on without end while no time passes";
        assert!(
            given_up.last_line().ends_with(reason),
            "{what}: {}",
            given_up.err
        );
    }
}

#[test]
fn many_attempts_at_once_are_no_ladder() {
    let retry = "\n[retry.at-once]\nattempts = 65_535";
    let tries = desk("queue.limit = 0").replace("\"5s\"", "\"5s\", retry = \"at-once\"") + retry;
    let scene = model("burst = { users = 3, at = \"1s\" }", &tries);
    let all = ["run", "model.toml", "--json", "-"];
    let ran = scene.run(all).expect(0);
    assert!(ran.out.contains("\"refused\""), "{}", ran.err);
}
