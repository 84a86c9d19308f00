//! Models that are large, deep or tangled: the work grows with what is written, not with the number
//! of ways through it, and what is beyond reason is refused with its number.

use std::fmt::Write;
use std::process::Command;

use crate::support::{Answer, Scene, answer};

/// The head of a model for whatever follows.
const HEAD: &str = "[model]\nrun_for = \"10s\"\nreplications = 2\n\
                    [arrivals.all]\njourney = \"visit\"\nrate = \"1/s\"\n";

/// A model in which users ask a service.
fn asking() -> String {
    format!(
        "{HEAD}[journey.visit]\nsteps = [ {{ call = \"desk.ask\" }} ]\n\
         [service.desk]\nendpoint.ask = [ {{ cpu = \"1ms\" }} ]\n"
    )
}

/// Runs a command on a model within a minute of CPU and 1 GiB of address space: what grows with
/// the number of ways fails, on any machine.
fn within_bounds(text: &str, arguments: &[&str]) -> Answer {
    let scene = Scene::with_model(text);
    let command = scene.command(arguments.iter().copied());
    let mut shell = Command::new("sh");
    let line = "ulimit -v 1048576 2>/dev/null; ulimit -t 60 2>/dev/null; exec \"$@\"";
    shell.args(["-c", line, "sh"]).arg(command.get_program());
    shell.args(command.get_args());
    shell.current_dir(scene.path(""));
    answer(shell.output().expect("the command starts"))
}

/// The model is refused, with one error, which says this.
#[track_caller]
fn one_error(text: &str, said: &str) {
    let refused = within_bounds(text, &["check", "model.toml"]).expect(104);
    assert!(refused.err.contains(said), "{}", refused.err);
    assert_eq!(refused.last_line(), "exit 104: 1 error in `model.toml`");
}

#[test]
fn what_is_wrong_with_members_of_variants_is_said_once() {
    let made = |variants: &str| asking() + variants;
    let twice = "[variant.p]\nof = [\"q\", \"q\"]\n[variant.q]\nset = { \"model.seed\" = 2 }\n";
    one_error(
        &made(twice),
        "error[E073]: `q` is listed twice\n  --> model.toml:12:12",
    );
    let itself = "[variant.p]\nof = [\"p\", \"p\"]\n[variant.q]\nof = [\"p\"]\n";
    one_error(
        &made(itself),
        "error[E073]: the variant `p` contains itself\n",
    );
    let circle = "[variant.a]\nof = [\"b\"]\n[variant.b]\nof = [\"c\"]\n\
                  [variant.c]\nof = [\"b\"]\n[variant.d]\nof = [\"a\", \"b\", \"c\"]\n";
    let said =
        "error[E073]: the variant `b` contains itself: `b` of `c` of `b`\n  --> model.toml:14:7";
    one_error(&made(circle), said);
    let diamond = "[variant.a]\nset = { \"model.run_for\" = \"x2\" }\n\
                   [variant.b]\nof = [\"a\"]\n[variant.c]\nof = [\"a\"]\n\
                   [variant.d]\nof = [\"b\", \"c\"]\n";
    let said = "the variant `d` contains `a` twice, by `b` and by `c`\n  --> model.toml:18:12";
    one_error(&made(diamond), said);
}

#[test]
fn layers_of_variants_are_looked_at_once() {
    let mut layers = String::new();
    for layer in 0..40 {
        for side in ["a", "b"] {
            let below = layer + 1;
            let of = format!("of = [\"a{below}\", \"b{below}\"]");
            writeln!(layers, "[variant.{side}{layer}]\n{of}").expect("a text takes all");
        }
    }
    layers += "[variant.a40]\nset = { \"model.seed\" = 2 }\n\
               [variant.b40]\nset = { \"service.desk.workers\" = 2 }\n";
    // Each of the two in the last layer but one is fine, and what is made of both is not.
    let refused = within_bounds(&(asking() + &layers), &["check", "model.toml"]).expect(104);
    for variant in ["a38", "b38"] {
        let said = format!("error[E073]: the variant `{variant}` contains `a40` twice");
        assert!(refused.err.contains(&said), "{}", refused.err);
    }
    assert_eq!(refused.last_line(), "exit 104: 2 errors in `model.toml`");
    let chain = |long: usize| {
        let link = |n: usize| format!("[variant.v{n}]\nof = [\"v{}\"]\n", n - 1);
        let links: String = (1..=long).map(link).collect();
        format!(
            "{}[variant.v0]\nset = {{ \"model.seed\" = 2 }}\n{links}",
            asking()
        )
    };
    let found = within_bounds(&chain(100), &["check", "model.toml"]).expect(0);
    assert!(found.err.ends_with("is valid\n"), "{}", found.err);
    let said = "error[E006]: the variant `v101` is made of very many";
    one_error(&chain(300), said);
}

/// Steps within steps, so deep.
fn nested(depth: usize, around: &str) -> String {
    let inner = "{ call = \"desk.ask\" }".to_owned();
    let steps = (0..depth).fold(inner, |inner, _| around.replace('@', &inner));
    format!(
        "{HEAD}[journey.visit]\nsteps = [ {steps} ]\n[room.hall]\n[pool.key]\nsize = 3\n\
         [service.desk]\nendpoint.ask = [ {{ cpu = \"1ms\" }} ]\n"
    )
}

#[test]
fn steps_within_steps_are_as_much_work_as_their_number() {
    let deep = [
        (
            "{ hold = \"key\", timeout = \"1s\", or = \"continue\", steps = [ @ ] }",
            35,
        ),
        ("{ enter = \"hall\", steps = [ @ ] }", 35),
        ("{ repeat = 1, steps = [ @ ] }", 35),
        ("{ parallel = [ [ @ ], [] ] }", 23),
        ("{ choose = [ { share = 1, steps = [ @ ] } ] }", 17),
        ("{ call = \"desk.ask\", or = [ @ ] }", 35),
    ];
    for (around, depth) in deep {
        for command in ["check", "run"] {
            within_bounds(&nested(depth, around), &[command, "model.toml"]).expect(0);
        }
        // The reader of the text has a limit of its own.
        let refused = within_bounds(&nested(200, around), &["check", "model.toml"]).expect(104);
        assert!(
            refused.err.contains("error[E001]"),
            "{around}: {}",
            refused.err
        );
    }
}

/// Services that each call the next one so often, from the journey on.
fn chain(services: usize, times: usize, retry: &str) -> String {
    let next = |n: usize| vec![format!("{{ call = \"s{n}.ask\"{retry} }}"); times].join(", ");
    let mut text = format!("{HEAD}[journey.visit]\nsteps = [ {{ call = \"s0.ask\"{retry} }} ]\n");
    for n in 0..services {
        let steps = match n + 1 < services {
            true => next(n + 1),
            false => "{ cpu = \"1ns\" }".to_owned(),
        };
        writeln!(
            text,
            "[service.s{n}]\nworkers = 1_000_000\nendpoint.ask = [ {steps} ]"
        )
        .expect("a text takes all");
    }
    text
}

#[test]
fn attempts_multiply_as_figures() {
    let retry = ", timeout = \"1s\", retry = \"twice\"";
    let twice = "[retry.twice]\nattempts = 2\n";
    let seen = within_bounds(&(chain(13, 3, retry) + twice), &["check", "model.toml"]).expect(0);
    assert!(
        seen.out.contains("  and very many more chains\n"),
        "{}",
        seen.out
    );
    assert!(
        seen.out.contains("= 2 × 2\n") || seen.out.contains("= 2 x 2\n"),
        "{}",
        seen.out
    );
    assert!(seen.out.lines().count() < 100, "{}", seen.out);
    // 3¹⁴ ÷ 2 attempts of a visit.
    let given_up = within_bounds(
        &chain(13, 3, ""),
        &["run", "model.toml", "--events", "100k"],
    );
    let said = "more than 100000 events by T+";
    assert!(given_up.expect(1).last_line().contains(said), "many events");
    let said = "error[E084]: one visit of `visit` makes about 193710244 attempts: each call makes \
                several further ones, and those multiply\n --> model.toml:7:10";
    for command in ["check", "run"] {
        let refused = within_bounds(&chain(18, 3, ""), &[command, "model.toml"]).expect(104);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
}

#[test]
fn a_service_that_calls_itself_is_followed_so_far() {
    let itself = format!(
        "{HEAD}[journey.visit]\nsteps = [ {{ call = \"desk.ask\", retry = \"twice\" }} ]\n\
         [retry.twice]\nattempts = 2\n\
         [service.desk]\nworkers = 1_000\nendpoint.ask = [ {{ cpu = \"1ms\" }}, {{ choose = [ \
         {{ share = \"1%\", steps = [ {{ call = \"desk.ask\" }}, {{ call = \"desk.ask\" }} ] }}, \
         {{ share = \"rest\", steps = [] }} ] }} ]\n"
    );
    let seen = within_bounds(&itself, &["check", "model.toml"]).expect(0);
    assert!(
        seen.out.contains("  and very many more chains\n"),
        "{}",
        seen.out
    );
    within_bounds(&itself, &["run", "model.toml"]).expect(0);
}

/// A thousand of something, and one more than is allowed.
fn many(of: &dyn Fn(usize) -> String) -> (String, String) {
    let some = |n: usize| asking() + &(0..n).map(of).collect::<String>();
    (some(1_000), some(1_001))
}

#[test]
fn a_thousand_tables_of_a_kind_are_read_and_no_more() {
    let kinds: [&dyn Fn(usize) -> String; 11] = [
        &|n| format!("[variant.v{n}]\nset = {{ \"model.seed\" = {} }}\n", n + 2),
        &|n| format!("[action.a{n}]\nat = \"{n}ms\"\nset = {{ \"service.desk.workers\" = 2 }}\n"),
        &|n| {
            format!(
                "[fault.f{n}]\nat = \"{n}ms\"\nfor = \"1ms\"\n\
                 slow = {{ service = \"desk\", factor = 2 }}\n"
            )
        },
        &|n| format!("[service.s{n}]\nendpoint.ask = []\n"),
        &|n| format!("[journey.j{n}]\nsteps = []\n"),
        &|n| format!("[pool.p{n}]\nsize = 1\n"),
        &|n| format!("[room.r{n}]\n"),
        &|n| format!("[stock.s{n}]\nunits = 1\n"),
        &|n| format!("[param.p{n}]\nvalue = 1\n"),
        &|n| format!("[[note]]\nat = \"{n}ms\"\ntext = \"so\"\n"),
        &|n| {
            format!(
                "[[objective]]\nthat = \"p95(desk.ask.time) < {}ms\"\n",
                n + 1
            )
        },
    ];
    for of in kinds {
        let (most, more) = many(of);
        // The model has one service and one journey already.
        let most = most.replace("[service.s999]\nendpoint.ask = []\n", "");
        let most = most.replace("[journey.j999]\nsteps = []\n", "");
        let seen = within_bounds(&most, &["check", "model.toml"]);
        assert_eq!(seen.code, 0, "{}: {}", of(0), seen.err);
        let refused = within_bounds(&more, &["check", "model.toml"]).expect(104);
        let said = "of one kind are too many\n";
        assert!(refused.err.contains(said), "{}: {}", of(0), refused.err);
        assert!(
            refused.err.contains("expected at most 1000\n"),
            "{}",
            refused.err
        );
    }
}

#[test]
fn many_changes_of_a_large_model_are_refused_with_their_numbers() {
    let steps = vec!["{ think = \"1ms\" }"; 9_000].join(", ");
    let variants = |n: usize| format!("[variant.v{n}]\nset = {{ \"model.seed\" = {} }}\n", n + 2);
    let text = format!("{HEAD}[journey.visit]\nsteps = [ {steps} ]\n");
    let text = text + &(0..500).map(variants).collect::<String>();
    let said = "error[E006]: 500 variants and 0 actions are too many for 18010 values";
    one_error(&text, said);
}

#[test]
fn long_lists_are_as_much_work_as_their_length() {
    let asks = "{ call = \"desk.ask\" }";
    let list = |what: &str, n: usize| vec![what; n].join(", ");
    let model = |steps: String| {
        format!(
            "{HEAD}[journey.visit]\nsteps = [ {steps} ]\n\
             [service.desk]\nendpoint.ask = [ {{ cpu = \"1ms\" }} ]\n"
        )
    };
    for steps in [
        list("{ think = \"1ms\" }", 10_000),
        list("{ mark = \"so\" }", 10_000),
        format!(
            "{{ parallel = [ {} ] }}",
            list("[ { think = \"1s\" } ]", 10_000)
        ),
    ] {
        for command in ["check", "run"] {
            within_bounds(&model(steps.clone()), &[command, "model.toml"]).expect(0);
        }
    }
    for steps in [
        list(asks, 10_000),
        format!(
            "{{ parallel = [ {} ] }}",
            list("[ { call = \"desk.ask\" } ]", 10_000)
        ),
    ] {
        let said = "error[E006]: the model has 10000 steps with `call` or `send`";
        one_error(&model(steps), said);
    }
}

#[test]
fn what_never_rests_ends_by_a_limit() {
    let model = |who: &str, what: &str| {
        format!(
            "[model]\nrun_for = \"1m\"\nreplications = 1\n\
             [arrivals.all]\njourney = \"visit\"\n{who}\n{what}\n"
        )
    };
    let refusing = "[service.desk]\nqueue.limit = 0\nendpoint.ask = [ { wait = \"5m\" } ]";
    let journey =
        |more: &str, steps: &str| format!("[journey.visit]\n{more}\nsteps = [ {steps} ]\n");
    let asks = "{ call = \"desk.ask\", timeout = \"5m\" }";
    let rate = "rate = \"5/s\"";
    let still = [
        model(
            rate,
            &(journey("reload = { on_error = \"0s\" }", asks) + refusing),
        ),
        model(
            rate,
            &journey(
                "again = { share = \"100%\", after = \"0s\" }",
                "{ leave = \"failed\" }",
            ),
        ),
        model(rate, &journey("", "{ repeat = 4_000_000_000, steps = [] }")),
        model(
            rate,
            &(journey("", "{ send = \"desk.ask\" }")
                + "[service.desk]\nworkers = 5\nendpoint.ask = [ { send = \"desk.ask\" } ]"),
        ),
    ];
    for text in still {
        let given_up = within_bounds(&text, &["run", "model.toml"]).expect(1);
        let said = "events at T+00:0";
        assert!(
            given_up.last_line().contains(said),
            "{text}: {}",
            given_up.err
        );
        let said = "alone: something goes on without end while no time passes";
        assert!(given_up.last_line().ends_with(said), "{}", given_up.err);
    }
    let busy = [
        model("population = 1", &journey("", "{ think = \"exp(1ns)\" }")),
        model(
            rate,
            &(journey("reload = { on_error = \"1ns\" }", asks) + refusing),
        ),
        model(
            rate,
            &(journey("", "{ send = \"desk.ask\" }")
                + "[service.desk]\nendpoint.ask = [ { wait = \"1ns\" }, { send = \"desk.ask\" } ]"),
        ),
    ];
    for text in busy {
        let run = ["run", "model.toml", "--events", "3M"];
        let given_up = within_bounds(&text, &run).expect(1);
        let said = "more than 3000000 events by T+";
        assert!(
            given_up.last_line().contains(said),
            "{text}: {}",
            given_up.err
        );
    }
}

#[test]
fn replications_have_a_bound() {
    let many = asking().replace("replications = 2", "replications = 4_000_000_000");
    one_error(
        &many,
        "error[E006]: `4000000000` is out of range\n --> model.toml:3:16",
    );
    let run = ["run", "model.toml", "--replications", "4000000000"];
    let refused = within_bounds(&asking(), &run).expect(2);
    assert!(refused.err.contains("1..=1000000"), "{}", refused.err);
    // What they saw is counted with the memory: so many end with a sentence.
    let run = [
        "run",
        "model.toml",
        "--replications",
        "1000000",
        "--memory",
        "8MB",
    ];
    let given_up = within_bounds(&asking(), &run).expect(1);
    assert!(given_up.last_line().contains("bytes"), "{}", given_up.err);
}
