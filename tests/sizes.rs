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
