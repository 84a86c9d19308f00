//! The answer to the model's own question, as a user reads it.

use serde_json::{Value, json};

use crate::support::Scene;

const ASKS: &str = r#"[model]
title = "A desk"
question = "Would a second desk do?"
asks = "second"
run_for = "2m"
replications = 30
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
patience = "exp(10s)"
steps = [ { name = "ask", label = "The question", call = "desk.ask", timeout = "5s" } ]
[service.desk]
label = "The desk"
workers = 1
endpoint.ask = [ { cpu = "exp(150ms)" } ]
[[objective]]
that = "share(served) >= 95%"
[variant.second]
label = "A second desk"
set = { "service.desk.servers" = 2 }
[variant.six]
label = "Six desks"
set = { "service.desk.servers" = 6 }
[variant.quicker]
label = "Quicker answers"
set = { "service.desk.endpoint.ask.1.cpu" = "exp(10ms)" }
"#;

fn ask(text: &str, arguments: &[&str]) -> (String, Value) {
    let scene = Scene::with_model(text);
    let mut all = vec![arguments[0], "model.toml", "--json", "results.json"];
    all.extend(&arguments[1..]);
    let answer = scene.run(all);
    let document: Value = serde_json::from_str(&scene.text("results.json")).expect("it is JSON");
    let said = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
    (said, document)
}

#[test]
fn no_comes_first_then_the_figure_then_what_would_do() {
    let (said, found) = ask(ASKS, &["compare"]);
    let answer = &found["answers"]["question"];
    assert_eq!(
        (&answer["said"], &answer["about"]),
        (&json!("no"), &json!("second"))
    );
    assert_eq!(answer["deciding"]["metric"], json!("share(served)"));
    let cheapest = &answer["cheapest"];
    assert_eq!(cheapest["variant"], json!("quicker"));
    assert_eq!(cheapest["by"], json!("server-hours"));
    assert_eq!(cheapest["same_cost"], json!(true));
    let question = said
        .find("Would a second desk do?")
        .expect("the question is printed");
    let word = said
        .find("No. A second desk: ")
        .expect("the answer is printed");
    let baseline = said.find("baseline").expect("the baseline is printed");
    assert!(question < word && word < baseline, "{said}");
    assert!(
        said.contains("of users are served; the desk is full for "),
        "{said}"
    );
    assert!(said.contains("Quicker answers: "), "{said}");
    assert!(
        said.contains("of users are served, at the same cost."),
        "{said}"
    );
}

#[test]
fn yes_can_mean_that_it_breaks() {
    let broken = ASKS.replace("asks = \"second\"", "yes = \"failed\"");
    let (said, found) = ask(&broken, &["run"]);
    assert_eq!(found["answers"]["question"]["said"], json!("yes"));
    assert!(said.contains("Yes. "), "{said}");
}

#[test]
fn nothing_is_said_of_what_was_not_run_and_no_word_without_objectives() {
    let (said, found) = ask(ASKS, &["run"]);
    assert_eq!(found["answers"]["question"], Value::Null);
    assert!(!said.contains("Would a second desk do?"), "{said}");
    let bare = ASKS.replace("[[objective]]\nthat = \"share(served) >= 95%\"\n", "");
    let (said, found) = ask(&bare, &["compare"]);
    assert_eq!(found["answers"]["question"]["said"], Value::Null);
    assert!(
        said.contains("Would a second desk do? A second desk: "),
        "{said}"
    );
}

#[test]
fn ten_launches_settle_nothing_but_say_what_they_saw() {
    let asks = ASKS.replace("asks = \"second\"", "asks = \"six\"");
    let (said, found) = ask(&asks, &["compare", "--replications", "10"]);
    assert_eq!(found["answers"]["question"]["said"], json!("not-settled"));
    let so_far = "met in all 10 launches so far; 29 would prove 9 in 10";
    assert!(said.contains("Not settled yet. Six desks: "), "{said}");
    assert!(said.contains(so_far), "{said}");
}

#[test]
fn prices_decide_what_is_cheapest_and_what_each_variant_costs() {
    // Two desks for two minutes are a fifteenth of an hour, at 6 an hour 0.4; one desk that is
    // quicker 0.2; one that is paid by nobody costs nothing.
    let priced = format!("{ASKS}[cost]\n\"service.desk.servers\" = 6\n");
    let (said, found) = ask(&priced, &["compare"]);
    assert_eq!(
        found["answers"]["question"]["cheapest"]["by"],
        json!("price")
    );
    let cost = |name: &str| found["variants"][name]["cost"]["price"]["estimate"].as_f64();
    assert_eq!((cost("second"), cost("quicker")), (Some(0.4), Some(0.2)));
    assert!(said.contains("cost 0.2 0.4"), "{said}");
    let cores = format!("{ASKS}[cost]\n\"service.desk.servers\" = 6\n\"service.desk.cores\" = 3\n");
    let (_, found_cores) = ask(&cores, &["compare", "--replications", "2"]);
    let cost = |name: &str| found_cores["variants"][name]["cost"]["price"]["estimate"].as_f64();
    let cores =
        |name: &str| found_cores["variants"][name]["cost"]["core_hours"]["estimate"].as_f64();
    let by_hand = |servers: f64, name: &str| Some(6.0 * servers / 30.0 + 3.0 * cores(name)?);
    assert_eq!(cost("second"), by_hand(2.0, "second"));
    let free = format!("{ASKS}[cost]\n\"service.desk.servers\" = 0\n");
    let (_, found) = ask(&free, &["compare", "--replications", "2"]);
    assert_eq!(
        found["variants"]["six"]["cost"]["price"]["estimate"],
        json!(0.0)
    );
}
