//! Every command as a user types it: what it prints, what it writes, how it ends.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use onrush::cli::exit;
use onrush::results::{self, Stopped};

use crate::support::{Answer, Scene, answer, onrush};

/// A desk with time to spare; `fewer` has none.
const DESK: &str = r#"# Does the desk hold?
[model]
title = "A desk"
run_for = "20s"
replications = 30
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask", timeout = "2s" } ]
[service.desk]
workers = 4
[service.desk.endpoint]
ask = [ { cpu = "exp(50ms)" } ]
[[objective]]
that = "share(served) >= 50%"
[[objective]]
that = "max(desk.queue) < 1000"
[variant.fewer]
set = { "service.desk.workers" = 1 }
[variant.more]
set = { "service.desk.workers" = 8 }
"#;

/// The same desk with an objective that cannot be met.
fn hopeless() -> String {
    format!("{DESK}[[objective]]\nthat = \"mean(ask.ok.time) < 1ms\"\n")
}

fn desk() -> Scene {
    Scene::with_model(DESK)
}

/// The words of an answer in one line, however they are wrapped.
fn in_one_line(answer: &Answer) -> String {
    answer.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

const COMMANDS: [&str; 17] = [
    "init",
    "check",
    "run",
    "compare",
    "size",
    "uncertain",
    "sweep",
    "tip",
    "import",
    "calibrate",
    "explain",
    "report",
    "shard",
    "store",
    "schema",
    "completions",
    "man",
];

#[test]
fn every_help_shows_an_example() {
    for command in COMMANDS {
        let help = Scene::new().run([command, "--help"]).expect(0);
        let example = format!("Example:\n  onrush {command}");
        assert!(help.out.contains(&example), "{command}: {}", help.out);
        assert_eq!(help.err, "");
    }
}

#[test]
fn the_help_lists_every_command_and_exit_code() {
    let help = Scene::new().run(["--help"]).expect(0);
    for command in COMMANDS {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command}");
    }
    for exit in exit::ALL {
        let line = format!("{:>3}  {}", exit.code(), exit.meaning());
        assert!(help.out.contains(&line), "{line}");
    }
    let version = Scene::new().run(["--version"]).expect(0);
    assert_eq!(
        version.out,
        format!("onrush {}\n", env!("CARGO_PKG_VERSION"))
    );
}

/// The exit code that scripts wait for: launches are missing.
#[test]
fn a_merge_without_its_shards_ends_with_96() {
    let scene = Scene::new().file("desk.toml", DESK);
    let plan = scene.run(["shard", "plan", "--shards", "2", "run", "desk.toml"]);
    let scene = scene
        .file("study.plan", &plan.expect(0).out)
        .file("shards/none", "");
    let answer = scene
        .run(["shard", "merge", "study.plan", "shards"])
        .expect(96);
    assert!(
        answer
            .last_line()
            .starts_with("exit 96: 2 of 2 shards are missing"),
        "{}",
        answer.err
    );
}

/// The exit code that scripts loop on: what is played next depends on what was seen.
#[test]
fn a_merge_that_needs_another_round_ends_with_95() {
    let scene = Scene::new().file("desk.toml", DESK);
    let exact = ["run", "desk.toml", "--precision", "0.1%"];
    let plan = scene.run(["shard", "plan", "--shards", "1"].into_iter().chain(exact));
    let scene = scene.file("study.plan", &plan.expect(0).out);
    scene
        .run(["shard", "run", "study.plan", "--index", "0"])
        .expect(0);
    let answer = scene
        .run(["shard", "merge", "study.plan", "shards"])
        .expect(95);
    let why = "is needed; wrote study.2.plan";
    assert!(answer.last_line().contains(why), "{}", answer.err);
}

#[test]
fn the_command_to_type_next_asks_for_the_same_model() {
    let scene = Scene::new().file("my models/desk.toml", DESK);
    let model = ["my models/desk.toml", "--set", "arrivals.users.rate=10/s"];
    let again = "'my models/desk.toml' --set arrivals.users.rate=10/s --seed 7";
    // Two launches cannot tell that nine in ten meet an objective; 29 can.
    let few = ["--seed", "7", "--replications", "2"];
    let answer = scene.run(["run"].into_iter().chain(model).chain(few));
    let next = format!("Next: onrush run {again} --replications 29 (should");
    assert!(in_one_line(&answer).contains(&next), "{}", answer.out);
    let variant = ["--variant", "more"];
    let answer = scene.run(["run"].into_iter().chain(model).chain(few).chain(variant));
    let next = format!("Next: onrush run {again} --variant more --replications 29 (should");
    assert!(in_one_line(&answer).contains(&next), "{}", answer.out);
    let some = ["--variants", "more"];
    let answer = scene.run(["compare"].into_iter().chain(model).chain(few).chain(some));
    let next = format!("Next: onrush compare {again} --variants more --replications 29 (should");
    assert!(in_one_line(&answer).contains(&next), "{}", answer.out);
}

#[test]
fn a_failure_leads_to_the_what_ifs() {
    let answer = Scene::new()
        .file("it's/desk.toml", &hopeless())
        .run(["run", "it's/desk.toml"]);
    let next = r"Next: onrush compare 'it'\''s/desk.toml' --variants fewer,more";
    assert!(in_one_line(&answer).contains(next), "{}", answer.out);
}

#[test]
fn wrong_usage_ends_with_2_and_says_so() {
    let scene = desk();
    let wrong: [(&[&str], &str); 10] = [
        (&[], "Usage: onrush"),
        (&["rum"], "'run'"),
        (&["run"], "<MODEL>"),
        (&["run", "model.toml", "--sed", "1"], "'--seed'"),
        (
            &["run", "model.toml", "--precision", "200%"],
            "between 0% and 100%",
        ),
        (
            &[
                "run",
                "model.toml",
                "--precision",
                "2%",
                "--replications",
                "3",
            ],
            "cannot be used",
        ),
        (
            &["run", "model.toml", "--at-most", "9"],
            "--at-most needs --precision",
        ),
        (
            &["run", "model.toml", "--set", "workers"],
            "write PATH=VALUE",
        ),
        (&["run", "model.toml", "--memory", "much"], "512MB"),
        (
            &["init", "--template", "cache-storm", "x.toml"],
            "retry-storm",
        ),
    ];
    for (arguments, said) in wrong {
        let answer = scene.run(arguments.iter().copied()).expect(2);
        assert!(answer.err.contains(said), "{arguments:?}: {}", answer.err);
        assert!(
            answer.last_line().starts_with("exit 2: "),
            "{arguments:?}: {}",
            answer.err
        );
        assert_eq!(answer.out, "");
    }
    assert_eq!(scene.names("."), ["model.toml"]);
}

#[test]
fn names_that_do_not_exist_are_usage_with_the_nearest() {
    let scene = desk();
    let wrong: [&[&str]; 4] = [
        &["run", "model.toml", "--variant", "fewr"],
        &["check", "model.toml", "--variant", "fewr"],
        &["compare", "model.toml", "--variants", "more,fewr"],
        &["compare", "model.toml", "--require", "fewr"],
    ];
    for arguments in wrong {
        let answer = scene.run(arguments.iter().copied()).expect(2);
        assert!(answer.last_line().contains("`fewr`"), "{}", answer.err);
        if arguments[2] != "--require" {
            assert!(
                answer.last_line().contains("did you mean `fewer`?"),
                "{}",
                answer.err
            );
        }
    }
    let unnamed = scene
        .run(["run", "model.toml", "--same-within", "p95(ask.tme)=1ms"])
        .expect(2);
    assert!(
        unnamed.last_line().contains("p95(ask.tme)"),
        "{}",
        unnamed.err
    );
    let unfit = scene
        .run(["run", "model.toml", "--same-within", "p95(ask.time)=3/s"])
        .expect(2);
    assert!(
        unfit.last_line().contains("unit of the metric"),
        "{}",
        unfit.err
    );
    let nobody = Scene::with_model(&DESK[..DESK.find("[variant").expect("it has variants")]);
    let answer = nobody.run(["compare", "model.toml"]).expect(2);
    assert!(answer.last_line().contains("no variants"), "{}", answer.err);
}

#[test]
fn an_invalid_model_ends_with_104_and_shows_every_error() {
    let broken = DESK
        .replace("workers = 4", "workrs = 4")
        .replace("\"20/s\"", "20");
    let scene = Scene::with_model(&broken);
    for command in ["check", "run", "compare"] {
        let answer = scene.run([command, "model.toml"]).expect(104);
        assert!(answer.err.contains("model.toml:8:8"), "{}", answer.err);
        assert!(
            answer.err.contains("did you mean `workers`?"),
            "{}",
            answer.err
        );
        assert_eq!(answer.last_line(), "exit 104: 2 errors in `model.toml`");
        assert_eq!(answer.out, "");
    }
    let path = desk()
        .run(["run", "model.toml", "--set", "service.desk.worker=3"])
        .expect(104);
    assert!(path.err.contains("--set:1:1"), "{}", path.err);
}

#[test]
fn the_world_in_the_way_ends_with_1() {
    let scene = desk().file("file", "x").file("old.toml", "mine");
    let cases: [(&[&str], &str); 8] = [
        (
            &["run", "model.toml", "--out", "file"],
            "cannot write `file/results.json`: part of the path is not a folder",
        ),
        (
            &["check", "nowhere.toml"],
            "cannot read `nowhere.toml`: there is no such file",
        ),
        (&["run", "."], "cannot read `.`"),
        (
            &["run", "model.toml", "--out", "file/out"],
            "cannot write `file/out/results.json`",
        ),
        (
            &["run", "model.toml", "--json", "."],
            "cannot write `.`: it is a folder",
        ),
        (
            &["init", "old.toml"],
            "cannot write `old.toml`: it already exists",
        ),
        (
            &["report", "model.toml"],
            "`model.toml` is not a stored study",
        ),
        (&["report", "none.json"], "cannot read `none.json`"),
    ];
    for (arguments, said) in cases {
        let answer = scene.run(arguments.iter().copied()).expect(1);
        assert!(answer.last_line().starts_with("exit 1: "), "{}", answer.err);
        assert!(
            answer.last_line().contains(said),
            "{arguments:?}: {}",
            answer.err
        );
        assert_eq!(answer.out, "", "{arguments:?}");
    }
    assert_eq!(
        (scene.text("old.toml"), scene.text("file")),
        ("mine".to_owned(), "x".to_owned())
    );
    assert_eq!(scene.names("."), ["file", "model.toml", "old.toml"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_printed_ends_with_1() {
    let full = std::fs::File::create("/dev/full").expect("a device that is always full");
    let scene = desk();
    let mut command = scene.command(["run", "model.toml", "--replications", "2"]);
    let ended = answer(command.stdout(full).output().expect("the command starts")).expect(1);
    let why = "exit 1: cannot write to stdout: No space left on device";
    assert!(ended.last_line().starts_with(why), "{}", ended.err);
}

#[test]
fn every_starter_is_written_once_and_valid() {
    let templates = [
        "launch-rush",
        "login-bottleneck",
        "retry-storm",
        "cache-stampede",
        "waiting-room",
        "pool-exhaustion",
        "gc-spiral",
        "autoscaler-lag",
        "zone-loss",
        "deploy-gone-bad",
        "dynamodb-2015",
        "plain-queue",
    ];
    for template in templates {
        let scene = Scene::new();
        let written = scene
            .run(["init", "--template", template, "new.toml"])
            .expect(0);
        assert_eq!(written.last_line(), "exit 0: wrote `new.toml`");
        let text = scene.text("new.toml");
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("# ") && first.ends_with('?'),
            "{template}: {first}"
        );
        let checked = scene.run(["check", "new.toml"]).expect(0);
        assert!(
            !checked.err.contains("warning["),
            "{template}: {}",
            checked.err
        );
        let printed = scene.run(["init", "--template", template, "-"]).expect(0);
        assert_eq!(printed.out, text);
    }
    let any = Scene::new().run(["init", "new.toml"]).expect(0);
    assert!(any.err.contains("onrush check new.toml"), "{}", any.err);
}

#[test]
fn check_says_what_arithmetic_knows() {
    let model = DESK
        .replace("timeout = \"2s\"", "timeout = \"2s\", retry = \"app\"")
        .replace(
            "[service.desk]",
            "[retry.app]\nattempts = 3\n[service.desk]",
        )
        .replace(
            "[journey.visit]",
            "[journey.visit]\nreload = { after = \"5s\", at_most = 1 }",
        );
    let scene = Scene::with_model(&model);
    let answer = scene.run(["check", "model.toml"]).expect(0);
    let expected = [
        "about 400 come",
        "desk                  4 cores              50 ms a visit   25.0 %",
        "the cores of desk can handle 80 visits/s; at the peak 20/s come",
        "visit > ask                                   6 = 2 x 3",
        "VARIANTS    fewer and more",
        "about 1 600 events a launch",
        "30 launches take less than 1 s on this machine; to compare all variants, less than 1 s",
    ];
    for line in expected {
        assert!(answer.out.contains(line), "{line}\n{}", answer.out);
    }
    assert_eq!(answer.last_line(), "exit 0: `model.toml` is valid");
    let changed = scene
        .run(["check", "model.toml", "--set", "service.desk.workers=1"])
        .expect(0);
    assert!(changed.out.contains("100 %"), "{}", changed.out);
    let variant = scene
        .run(["check", "model.toml", "--variant", "fewer"])
        .expect(0);
    assert_eq!(variant.out, changed.out);
}

/// The doors, what happens at them, and faults and actions after them, in the order of time.
#[test]
fn check_gives_the_load_as_the_model_will_see_it() {
    let model = r#"[model]
run_for = "20m"
[arrivals.fans]
journey = "buy"
crowd = { users = 1200, from = "-10m", arrive = "uniform(0s, 20m)" }
[room.doors]
opens = "0s"
[stock.seats]
units = 300
[journey.buy]
steps = [
  { call = "web.landing" },
  { enter = "doors" },
  { call = "web.pay" },
  { take = "seats", units = 2, or = "sold_out" },
]
[service.web]
cores = 1
endpoint.landing = [ { cpu = "10ms" } ]
endpoint.pay = [ { cpu = "500ms" } ]
[fault.half]
at = "5m"
for = "1m"
slow = { service = "web", factor = 2 }
[action.more]
at = "8m"
set = { "service.web.servers" = 2 }
"#;
    let answer = Scene::with_model(model)
        .run(["check", "model.toml"])
        .expect(0);
    let expected = [
        "T-10:00 1/s come; web needs up to 1.0 % of its cores",
        "T+00:00 the door doors opens: up to 600 who waited are let in at once, 5m of work for \
         the workers of web; 1/s come; web needs up to 51.0 % of its cores",
        "T+05:00 the fault half begins: 1/s come; web needs up to 102.0 % of its cores, more \
         than it has",
        "T+06:00 the fault half ends: 1/s come; web needs up to 51.0 % of its cores",
        "T+08:00 the action more takes effect: 0.167/s come; web needs up to 25.5 % of its cores",
        "LOAD at the peak, 1/s at T+05:0",
        "STOCK seats: 300 units, 2 to a user, enough for 150 of about 1 200 users (12.5 %)",
        "about 1 200 come, T-10:00 to T+20:00",
        "web can handle only ",
    ];
    let text = in_one_line(&answer).replace('\u{a0}', " ");
    for line in expected {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn several_models_are_checked_at_once() {
    let scene = desk().file("other.toml", "[model]\nrun_fr = \"1m\"\n");
    let answer = scene.run(["check", "other.toml", "model.toml"]).expect(104);
    assert!(
        answer.out.contains("A desk"),
        "the sound one is told: {}",
        answer.out
    );
    assert!(
        answer.last_line().contains("`other.toml`"),
        "{}",
        answer.err
    );
}

#[test]
fn check_prints_the_program_when_asked() {
    let answer = desk().run(["check", "model.toml", "--listing"]).expect(0);
    assert!(answer.out.contains("\nPROGRAM"), "{}", answer.out);
    assert!(answer.out.contains("desk.ask"), "{}", answer.out);
}

#[test]
fn a_run_ends_by_its_objectives() {
    let met = desk().run(["run", "model.toml"]).expect(0);
    assert_eq!(met.last_line(), "exit 0: all 2 objectives are met");
    assert!(
        met.out.contains("OBJECTIVES") && met.out.contains("30 of 30"),
        "{}",
        met.out
    );
    let unclear = desk()
        .run(["run", "model.toml", "--replications", "5"])
        .expect(98);
    assert_eq!(
        unclear.last_line(),
        "exit 98: `share(served) >= 50%` is unclear at this cost"
    );
    let scene = Scene::with_model(&hopeless());
    let failed = scene
        .run(["run", "model.toml", "--replications", "5"])
        .expect(99);
    assert_eq!(failed.last_line(), "exit 99: 1 objective failed");
    let bare = Scene::with_model(&DESK[..DESK.find("[[obj").expect("it has objectives")]);
    let free = bare
        .run(["run", "model.toml", "--replications", "2"])
        .expect(0);
    assert_eq!(free.last_line(), "exit 0: the model names no objectives");
}

#[test]
fn a_comparison_fails_only_on_what_it_is_told_to() {
    let scene = Scene::with_model(&hopeless());
    let with = |more: &[&str]| {
        let all = ["compare", "model.toml", "--replications"];
        scene.run(all.into_iter().chain(more.iter().copied()))
    };
    let told = with(&["9"]).expect(0);
    assert_eq!(told.last_line(), "exit 0: 3 variants compared");
    let worse = with(&["9", "--fail-on", "worse"]).expect(97);
    assert!(
        worse
            .last_line()
            .starts_with("exit 97: `fewer` is worse in `"),
        "{}",
        worse.err
    );
    let fine = with(&["9", "--fail-on", "worse", "--variants", "more"]).expect(0);
    assert!(!fine.out.contains("fewer"), "{}", fine.out);
    let unclear = with(&["2", "--fail-on", "unclear"]).expect(98);
    assert!(
        unclear.last_line().starts_with("exit 98: "),
        "{}",
        unclear.err
    );
    let required = with(&["9", "--fail-on", "worse,unclear", "--require", "more"]).expect(99);
    assert_eq!(
        required.last_line(),
        "exit 99: 1 objective of `more` failed"
    );
}

#[test]
fn out_writes_every_file_and_report_writes_them_again() {
    let scene = desk();
    let run = scene
        .run(["run", "model.toml", "--replications", "5", "--out", "out"])
        .expect(98);
    assert!(run.err.contains("wrote out/report.html"), "{}", run.err);
    let names = scene.names("out");
    for name in [
        "charts",
        "junit.xml",
        "model.toml",
        "report.html",
        "results.json",
        "summary.md",
        "timeline.csv",
    ] {
        assert!(
            names.iter().any(|found| found == name),
            "{name} in {names:?}"
        );
    }
    assert!(!names.iter().any(|name| name.starts_with('.')), "{names:?}");
    assert_eq!(scene.text("out/model.toml"), DESK);
    let results = results::from_json(&scene.text("out/results.json")).expect("it is a document");
    assert_eq!((results.replications, results.complete), (5, true));
    let again = scene
        .run(["report", "out/results.json", "--out", "page"])
        .expect(0);
    assert_eq!(again.out, run.out);
    for name in names
        .iter()
        .filter(|name| !["charts", "model.toml"].contains(&name.as_str()))
    {
        assert_eq!(
            scene.text(&format!("page/{name}")),
            scene.text(&format!("out/{name}"))
        );
    }
    assert_eq!(scene.names("page/charts"), scene.names("out/charts"));
}

#[test]
fn the_model_as_run_holds_the_changes() {
    let scene = desk();
    let set = ["--set", "service.desk.workers=+2", "--variant", "more"];
    let run = ["run", "model.toml", "--replications", "2", "--out", "out"];
    scene.run(run.into_iter().chain(set)).expect(98);
    let again = scene.run(["check", "out/model.toml"]).expect(0);
    assert!(again.out.contains("8 workers"), "{}", again.out);
}

#[test]
fn documents_go_where_they_are_sent() {
    let scene = desk();
    let run = ["run", "model.toml", "--replications", "5"];
    let piped = scene.run(run.into_iter().chain(["--json", "-"])).expect(98);
    let results = results::from_json(&piped.out).expect("stdout holds the document alone");
    assert_eq!(results.command, "run");
    assert!(
        piped.err.contains("OBJECTIVES"),
        "words go to stderr: {}",
        piped.err
    );
    let flags = [
        "--json",
        "a/r.json",
        "--junit",
        "b/j.xml",
        "--markdown",
        "s.md",
    ];
    let written = scene.run(run.into_iter().chain(flags)).expect(98);
    assert_eq!(scene.text("a/r.json"), piped.out, "the same bytes");
    assert!(scene.text("b/j.xml").contains("<testsuite"));
    assert!(scene.text("s.md").contains("share(served)"));
    assert!(
        written.err.contains("wrote a/r.json, b/j.xml, s.md"),
        "{}",
        written.err
    );
    assert!(written.out.contains("OBJECTIVES"));
}

#[test]
fn a_model_comes_from_stdin_too() {
    let scene = Scene::new();
    let run = scene
        .run_with(DESK, ["run", "-", "--replications", "2"])
        .expect(98);
    assert!(run.out.contains("<stdin>"), "{}", run.out);
    let broken = scene.run_with("x = 1\n", ["check", "-"]).expect(104);
    assert!(broken.err.contains("<stdin>:1:1"), "{}", broken.err);
}

#[test]
fn data_files_count_from_the_folder_of_the_model() {
    let model = DESK.replace("exp(50ms)", "file(times.csv, unit=ms)");
    let scene = Scene::new()
        .file("a/model.toml", &model)
        .file("a/times.csv", "40\n50\n60\n");
    let found = scene.run(["check", "a/model.toml"]).expect(0);
    assert!(found.out.contains("50 ms a visit"), "{}", found.out);
    std::fs::remove_file(scene.path("a/times.csv")).expect("it is there");
    let missing = scene.run(["check", "a/model.toml"]).expect(104);
    assert!(
        missing.err.contains("`times.csv` was not found"),
        "{}",
        missing.err
    );
}

#[test]
fn colour_symbols_and_silence_are_as_asked() {
    let scene = desk();
    let run = |more: &[&str]| {
        let all = ["run", "model.toml", "--replications", "2"];
        scene
            .run(all.into_iter().chain(more.iter().copied()))
            .expect(98)
    };
    let piped = run(&[]);
    assert!(
        piped.out.is_ascii() && piped.err.is_ascii(),
        "{}{}",
        piped.out,
        piped.err
    );
    assert_eq!(run(&["--plain"]).out, piped.out);
    assert_eq!(run(&["--color", "never"]).out, piped.out);
    assert!(run(&["--color", "always"]).out.contains("\u{1b}["));
    let quiet = run(&["--quiet"]);
    assert!(piped.out.starts_with(quiet.out.trim_end()), "{}", quiet.out);
    assert_eq!(quiet.err.lines().count(), 1);
    let broken = Scene::with_model("x = 1\n");
    let coloured = broken
        .run(["check", "model.toml", "--color", "always"])
        .expect(104);
    assert!(coloured.err.contains("\u{1b}["), "{}", coloured.err);
    let plain = broken
        .run(["check", "model.toml", "--color", "always", "--plain"])
        .expect(104);
    assert!(
        plain.err.is_ascii() && !plain.err.contains('\u{1b}'),
        "{}",
        plain.err
    );
}

/// What is said by the way is not a result: neither notes on the study nor those on the model.
#[test]
fn a_quiet_command_prints_no_notes() {
    let noted = DESK.replace("rate = \"20/s\"", "rate = \"200/s\"");
    let scene = Scene::with_model(&noted).file("new/x.txt", "");
    for words in [
        "check model.toml",
        "run model.toml --replications 2",
        "compare model.toml --replications 2",
        "run model.toml --replications 2 --out out",
        "init new.toml",
        "schema",
        "man",
    ] {
        let loud = scene.run(words.split(' '));
        let quiet = if words.starts_with("init") {
            Scene::new().run(words.split(' ').chain(["-q"]))
        } else {
            scene.run(words.split(' ').chain(["-q"]))
        };
        assert_eq!(quiet.code, loud.code, "{words}");
        let said = format!("{}{}", quiet.out, quiet.err);
        assert!(
            !said.contains("note ") && !said.contains("note["),
            "{words}: {said}"
        );
        let left = usize::from(quiet.code != 0);
        assert_eq!(quiet.err.lines().count(), left, "{words}: {}", quiet.err);
    }
}

/// A variant that does not exist is answered with those that do.
#[test]
fn an_unknown_variant_lists_the_variants() {
    let answer = desk()
        .run(["run", "model.toml", "--variant", "foo"])
        .expect(2);
    let why = "exit 2: no variant is called `foo`; the variants are `fewer` and `more`";
    assert_eq!(answer.last_line(), why);
}

#[test]
fn no_color_is_honoured_on_a_terminal_or_not() {
    let scene = desk();
    let mut command = scene.command(["run", "model.toml", "--replications", "2"]);
    let answer = answer(command.env("NO_COLOR", "1").output().expect("it starts"));
    assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let mut command = onrush(["schema", "results"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn effort_is_as_asked() {
    let scene = desk();
    let run = |more: &[&str]| {
        let all = ["run", "model.toml", "--json", "-", "--quiet"];
        let answer = scene.run(all.into_iter().chain(more.iter().copied()));
        results::from_json(&answer.out).expect("it is a document")
    };
    let asked = run(&["--replications", "4", "--seed", "7", "--confidence", "99%"]);
    assert_eq!((asked.replications, asked.seed), (4, 7));
    assert!((asked.confidence - 0.99).abs() < 1e-12);
    let precise = run(&["--precision", "50%", "--at-most", "20"]);
    assert!(precise.replications <= 20);
    assert!(matches!(
        precise.stopped,
        Stopped::Precision | Stopped::Budget
    ));
    let one = run(&["--replications", "3", "--threads", "1"]);
    assert_eq!(one, run(&["--replications", "3", "--threads", "2"]));
    let set = run(&["--replications", "2", "--set", "service.desk.workers=x2"]);
    assert_eq!(set.model.set["service.desk.workers"], "x2");
}

#[test]
fn in_full_the_inputs_are_drawn_too() {
    let drawn = DESK.replace("rate = \"20/s\"", "rate = \"$rate\"").replace(
        "[arrivals",
        "[param.rate]\nvalue = \"20/s\"\nrange = [\"10/s\", \"80/s\"]\n[arrivals",
    );
    let asked = r#"
[uncertain]
draws = 10
[[uncertain.conclusion]]
that = "one worker does not do"
holds = ["fewer: share(served) < 95%"]
"#;
    let scene = Scene::with_model(&format!("{drawn}{asked}").replace("= 30", "= 3"));
    let compare = ["compare", "model.toml", "--variants", "fewer"];
    let answer = scene
        .run(compare.into_iter().chain(["--full", "--out", "out"]))
        .expect(0);
    assert!(
        answer.out.contains("one worker does not do"),
        "{}",
        answer.out
    );
    let results = results::from_json(&scene.text("out/results.json")).expect("it is a document");
    assert_eq!(
        results.replications, 30,
        "the least that can meet an objective"
    );
    let uncertain = results.answers.uncertain.expect("inputs were drawn");
    assert_eq!((uncertain.draws, uncertain.rows.len()), (10, 10));
    let plain = desk().run(compare.into_iter().chain(["--full"])).expect(0);
    assert!(plain.err.contains("no inputs are drawn"), "{}", plain.err);
}

#[test]
fn same_within_moves_the_threshold() {
    let compare = [
        "compare",
        "model.toml",
        "--replications",
        "9",
        "--variants",
        "more",
    ];
    let flags = [
        "--json",
        "-",
        "--quiet",
        "--same-within",
        "max(desk.queue)=500",
    ];
    let answer = desk().run(compare.into_iter().chain(flags)).expect(0);
    let results = results::from_json(&answer.out).expect("it is a document");
    let difference = &results.differences["more"]["max(desk.queue)"];
    assert_eq!(difference.threshold, Some(500.0));
}

/// The key in the document is what the model says; a threshold may spell it in another way.
#[test]
fn a_figure_is_found_under_what_was_written() {
    let model = format!("{DESK}[[objective]]\nthat = \"at(desk.in_system, 2.5s) < 100\"\n");
    let compare = "compare model.toml --replications 3 --variants more --json - --quiet";
    let flags = ["--same-within", "at(desk.in_system, 2500ms)=7"];
    let answer = Scene::with_model(&model)
        .run(compare.split(' ').chain(flags))
        .expect(0);
    let results = results::from_json(&answer.out).expect("it is a document");
    let key = "at(desk.in_system, 2.5s)";
    assert!(results.variants["more"].metrics.contains_key(key));
    assert_eq!(results.differences["more"][key].threshold, Some(7.0));
}

#[test]
fn schemas_are_json_and_describe_every_key() {
    for (what, title) in [("model", "onrush model"), ("results", "onrush results")] {
        let answer = Scene::new().run(["schema", what]).expect(0);
        let schema: serde_json::Value = serde_json::from_str(&answer.out).expect("it is JSON");
        assert_eq!(schema["title"], title);
    }
    let default = Scene::new().run(["schema"]).expect(0);
    assert_eq!(
        default.out,
        Scene::new().run(["schema", "model"]).expect(0).out
    );
}

#[test]
fn shells_and_readers_of_manuals_are_served() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = Scene::new().run(["completions", shell]).expect(0);
        assert!(answer.out.contains("compare"), "{shell}");
    }
    let page = Scene::new().run(["man"]).expect(0);
    assert!(
        page.out.contains(".TH onrush") && page.out.contains("105"),
        "{}",
        page.out
    );
    let one = Scene::new().run(["man", "compare"]).expect(0);
    assert!(one.out.contains("fail\\-on"), "{}", one.out);
    let none = Scene::new().run(["man", "compre"]).expect(2);
    assert!(
        none.last_line().contains("did you mean `compare`?"),
        "{}",
        none.err
    );
}

/// Runs a long study, interrupts it after the first replications, and waits for its end.
#[cfg(unix)]
fn interrupted(scene: &Scene, arguments: &[&str]) -> Answer {
    let mut child = scene.start(arguments.iter().copied());
    drop(child.stdin.take());
    std::thread::sleep(Duration::from_millis(1500));
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(told.expect("kill is there").success());
    let begun = Instant::now();
    let status = child.wait().expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(60), "it ends soon");
    let read = |stream: Option<&mut dyn Read>| {
        let mut text = String::new();
        stream
            .expect("it is a pipe")
            .read_to_string(&mut text)
            .expect("it speaks UTF-8");
        text
    };
    Answer {
        code: status.code().unwrap_or(-1),
        out: read(child.stdout.as_mut().map(|stream| stream as &mut dyn Read)),
        err: read(child.stderr.as_mut().map(|stream| stream as &mut dyn Read)),
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_keeps_what_is_finished() {
    let scene = desk();
    let run = [
        "run",
        "model.toml",
        "--replications",
        "1000000",
        "--out",
        "out",
    ];
    let answer = interrupted(&scene, &run).expect(105);
    assert!(
        answer.err.contains("what is finished is kept"),
        "{}",
        answer.err
    );
    let last = answer.last_line();
    assert!(
        last.starts_with("exit 105: interrupted; ") && last.ends_with(" kept"),
        "{last}"
    );
    let results = results::from_json(&scene.text("out/results.json")).expect("it is whole");
    assert!(!results.complete && results.stopped == Stopped::Interrupted);
    assert!(results.replications > 0 && results.replications < 1_000_000);
    assert!(
        scene
            .text("out/report.html")
            .trim_end()
            .ends_with("</html>")
    );
    assert!(!scene.names("out").iter().any(|name| name.starts_with('.')));
}
