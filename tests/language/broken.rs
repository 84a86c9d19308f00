//! Broken and doubtful models, and exactly what the user sees, as snapshots.
//!
//! A case is what is added to a sound frame; its snapshot shows the addition and the message.

use super::*;

/// A sound frame; what a case adds comes after it, so keys before a table belong to `service.shop`.
const FRAME: &str = r#"[model]
run_for = "10m"
[arrivals.all]
journey = "visit"
rate = "1/s"
[journey.visit]
steps = [ { name = "home", call = "shop.home", timeout = "9s" } ]
[service.shop]
endpoint.home = [ { cpu = "1ms" } ]
"#;

/// Name and addition. An addition that begins with `[model]` is a whole model.
const CASES: &[(&str, &str)] = &[
    // Syntax and keys.
    ("syntax_unquoted_duration", "network = 20ms\n"),
    (
        "syntax_several_at_once",
        "network = 20ms\n[pool.a\nsize = 3\n[stock.s]\nunits = \n",
    ),
    ("syntax_key_twice", "servers = 1\nservers = 2\n"),
    (
        "syntax_number_too_large",
        "servers = 99999999999999999999\n",
    ),
    ("key_unknown", "severs = 3\n"),
    ("key_unknown_far", "threads = 3\n"),
    ("table_unknown", "[services.db]\nworkers = 1\n"),
    ("key_unknown_nested", "queue = { limt = 3 }\n"),
    ("key_missing", "[pool.rows]\nscope = \"global\"\n"),
    ("model_missing", "[model]\n"),
    ("model_table_missing", "[model.x]\n"),
    ("name_bad", "[pool.\"two words\"]\nsize = 1\n"),
    ("table_for_value", "servers = { count = 3 }\n"),
    ("value_for_table", "queue = 500\n"),
    ("switch_for_number", "servers = true\n"),
    ("text_for_switch", "queue = { shared = \"yes\" }\n"),
    ("later_table", "[breaker.pricing]\nfailure_rate = \"50%\"\n"),
    ("later_key", "[room.lobby]\nactive = 40_000\n"),
    (
        "later_when",
        "[action.grow]\nwhen = \"max(shop.queue) > 5\"\nset = { \"service.shop.servers\" = 3 }\n",
    ),
    (
        "later_step",
        "[journey.b]\nsteps = [ { call = \"shop.home\", hedge = \"1s\" } ]\n",
    ),
    // Values.
    ("bare_number_for_duration", "network = 20\n"),
    ("bare_number_in_distribution", "network = \"exp(20)\"\n"),
    (
        "bare_number_for_rate",
        "[arrivals.b]\njourney = \"visit\"\nrate = 30\n",
    ),
    (
        "rate_per_fortnight",
        "[arrivals.b]\njourney = \"visit\"\nrate = \"30/fortnight\"\n",
    ),
    ("unit_unknown", "boot = \"20 parsecs\"\n"),
    ("unit_order", "boot = \"30s1h\"\n"),
    ("duration_negative", "warm_after = \"-5s\"\n"),
    ("duration_for_count", "servers = \"20ms\"\n"),
    ("count_not_whole", "servers = 1.5\n"),
    ("count_negative", "servers = -1\n"),
    ("count_zero", "workers = 0\n"),
    ("million_small_m", "[stock.s]\nunits = \"2m\"\n"),
    (
        "share_as_percent_number",
        "slowdown = { contention = 20 }\n",
    ),
    ("share_above_one", "slowdown = { contention = \"120%\" }\n"),
    ("word_unknown", "balance = \"round_robbin\"\n"),
    ("word_unknown_far", "on_timeout = \"explode\"\n"),
    (
        "distribution_unknown",
        "network = \"lognrmal(mean=1ms, cv=1)\"\n",
    ),
    (
        "distribution_parameter_unknown",
        "network = \"lognormal(mean=1ms, cvv=1)\"\n",
    ),
    (
        "distribution_parameter_missing",
        "network = \"gamma(mean=1ms)\"\n",
    ),
    (
        "distribution_impossible",
        "network = \"uniform(5ms, 1ms)\"\n",
    ),
    (
        "distribution_negative_cv",
        "network = \"lognormal(mean=1ms, cv=-1)\"\n",
    ),
    ("distribution_unclosed", "network = \"exp(1ms\"\n"),
    (
        "distribution_of_counts",
        "network = \"geometric(mean=3)\"\n",
    ),
    (
        "mix_shares",
        "network = \"mix(95%: exp(1ms), 10%: exp(1s))\"\n",
    ),
    (
        "mix_without_share",
        "network = \"mix(exp(1ms), 10%: exp(1s))\"\n",
    ),
    (
        "quantiles_fall",
        "network = \"quantiles(p50=20ms, p95=8ms)\"\n",
    ),
    ("quantiles_without_p", "network = \"quantiles(50=20ms)\"\n"),
    ("file_missing", "network = \"file(times.csv)\"\n"),
    (
        "max_below_everything",
        "network = \"pareto(shape=2, min=5ms, max=1ms)\"\n",
    ),
    ("product_of_units", "network = \"2s * 3s\"\n"),
    ("value_empty", "network = \"\"\n"),
    (
        "gaps_of_wrong_mean",
        "[arrivals.b]\njourney = \"visit\"\nrate = \"1/s\"\nspacing = \"erlang(k=2, mean=3)\"\n",
    ),
    // Parameters.
    (
        "param_unknown",
        "network = \"exp($wrk)\"\n[param.work]\nvalue = \"1ms\"\n",
    ),
    (
        "param_of_param",
        "network = \"$b\"\n[param.a]\nvalue = \"1ms\"\n[param.b]\nvalue = \"2 * $a\"\n",
    ),
    (
        "param_range_backwards",
        "network = \"$a\"\n[param.a]\nvalue = \"2ms\"\nrange = [\"3ms\", \"1ms\"]\n",
    ),
    (
        "param_range_unit",
        "network = \"$a\"\n[param.a]\nvalue = \"2ms\"\nrange = [1, 3]\n",
    ),
    (
        "param_outside_range",
        "network = \"$a\"\n[param.a]\nvalue = \"9ms\"\nrange = [\"1ms\", \"3ms\"]\n",
    ),
    (
        "param_known_word",
        "network = \"$a\"\n[param.a]\nvalue = \"9ms\"\nknown = \"guessed\"\n",
    ),
    (
        "param_wrong_unit",
        "network = \"$a\"\n[param.a]\nvalue = 9\n",
    ),
    ("param_unused", "[param.a]\nvalue = 9\n"),
    // Arrivals.
    (
        "arrivals_without_form",
        "[arrivals.b]\njourney = \"visit\"\n",
    ),
    (
        "arrivals_with_two_forms",
        "[arrivals.b]\njourney = \"visit\"\nrate = \"1/s\"\npopulation = 5\n",
    ),
    (
        "arrivals_journey_unknown",
        "[arrivals.b]\njourney = \"vist\"\nrate = \"1/s\"\n",
    ),
    (
        "arrivals_total_of_crowd",
        "[arrivals.b]\njourney = \"visit\"\ntotal = 5\ncrowd = { users = 5, arrive = \"1s\" }\n",
    ),
    (
        "stage_with_both",
        "[arrivals.b]\njourney = \"visit\"\nstages = [ { rate = \"1/s\", to = \"2/s\", for = \"1m\" } ]\n",
    ),
    (
        "stage_without_length",
        "[arrivals.b]\njourney = \"visit\"\nstages = [ { rate = \"1/s\" }, { to = \"2/s\", for = \"1m\" } ]\n",
    ),
    (
        "population_without_time",
        "[journey.idle]\nsteps = []\n[arrivals.b]\njourney = \"idle\"\npopulation = 5\n",
    ),
    (
        "nobody_comes",
        "[model]\nrun_for = \"1m\"\n[service.shop]\nendpoint.home = []\n",
    ),
    ("journey_of_nobody", "[journey.b]\nsteps = []\n"),
    // Steps.
    (
        "step_without_verb",
        "[journey.b]\nsteps = [ { timeout = \"1s\" } ]\n",
    ),
    (
        "step_with_two_verbs",
        "[journey.b]\nsteps = [ { think = \"1s\", call = \"shop.home\" } ]\n",
    ),
    (
        "step_key_unknown",
        "[journey.b]\nsteps = [ { thinc = \"1s\" } ]\n",
    ),
    (
        "step_key_of_another_verb",
        "[journey.b]\nsteps = [ { think = \"1s\", timeout = \"2s\" } ]\n",
    ),
    (
        "step_cpu_in_journey",
        "[journey.b]\nsteps = [ { cpu = \"1s\" } ]\n",
    ),
    (
        "step_think_in_endpoint",
        "[service.db]\nendpoint.get = [ { think = \"1s\" } ]\n",
    ),
    (
        "step_leave_in_endpoint",
        "[service.db]\nendpoint.get = [ { leave = \"served\" } ]\n",
    ),
    (
        "step_name_twice",
        "[journey.b]\nsteps = [ { name = \"a\", think = \"1s\" }, { repeat = 2, steps = [ { name = \"a\", think = \"1s\" } ] } ]\n",
    ),
    (
        "call_service_unknown",
        "[journey.b]\nsteps = [ { call = \"shp.home\" } ]\n",
    ),
    (
        "call_endpoint_unknown",
        "[journey.b]\nsteps = [ { call = \"shop.hone\" } ]\n",
    ),
    (
        "call_without_endpoint",
        "[journey.b]\nsteps = [ { call = \"shop\" } ]\n",
    ),
    (
        "call_retry_unknown",
        "[journey.b]\nsteps = [ { call = \"shop.home\", retry = \"app\" } ]\n",
    ),
    (
        "hold_without_steps",
        "[pool.rows]\nsize = 1\n[journey.b]\nsteps = [ { hold = \"rows\" } ]\n",
    ),
    (
        "choose_shares",
        "[journey.b]\nsteps = [ { choose = [ { share = \"60%\", steps = [] }, { share = \"30%\", steps = [] } ] } ]\n",
    ),
    (
        "choose_two_rests",
        "[journey.b]\nsteps = [ { choose = [ { share = \"rest\", steps = [] }, { share = \"rest\", steps = [] } ] } ]\n",
    ),
    (
        "choose_more_than_all",
        "[journey.b]\nsteps = [ { choose = [ { share = \"80%\", steps = [] }, { share = \"40%\", steps = [] }, { share = \"rest\", steps = [] } ] } ]\n",
    ),
    (
        "parallel_join_too_many",
        "[journey.b]\nsteps = [ { parallel = [ [], [] ], join = 3 } ]\n",
    ),
    (
        "parallel_join_word",
        "[journey.b]\nsteps = [ { parallel = [ [], [] ], join = \"most\" } ]\n",
    ),
    (
        "or_outcome_in_endpoint",
        "[service.db]\nendpoint.get = [ { call = \"shop.home\", or = \"contniue\" } ]\n",
    ),
    (
        "or_nearly_a_word",
        "[journey.b]\nsteps = [ { call = \"shop.home\", or = \"contniue\" } ]\n[arrivals.b]\njourney = \"b\"\nrate = \"1/s\"\n",
    ),
    (
        "leave_unfinished",
        "[journey.b]\nsteps = [ { leave = \"unfinished\" } ]\n",
    ),
    (
        "again_on_unknown",
        "[journey.b]\nagain = { share = 1, after = \"1s\", on = [\"abandonned\"] }\nsteps = []\n",
    ),
    // Things.
    (
        "room_closes_first",
        "[room.doors]\nopens = \"5m\"\ncloses = \"1m\"\n",
    ),
    (
        "backoff_without_base",
        "[retry.app]\nbackoff = { kind = \"exponential\" }\n",
    ),
    (
        "backoff_cap_below_base",
        "[retry.app]\nbackoff = { base = \"5s\", cap = \"1s\" }\n",
    ),
    ("fault_without_kind", "[fault.f]\nat = \"1m\"\n"),
    (
        "fault_with_two_kinds",
        "[fault.f]\nat = \"1m\"\npause = { service = \"shop\" }\ncrash = { service = \"shop\" }\n",
    ),
    (
        "fault_service_unknown",
        "[fault.f]\nat = \"1m\"\npause = { service = \"shopp\" }\n",
    ),
    (
        "fault_cut_of_nobody",
        "[fault.f]\nat = \"1m\"\ncut = { between = [\"user\", \"shop\"] }\n",
    ),
    (
        "fault_cut_of_one",
        "[fault.f]\nat = \"1m\"\ncut = { between = [\"shop\", \"shop\"] }\n",
    ),
    (
        "fault_after_the_end",
        "[fault.f]\nat = \"1h\"\npause = { service = \"shop\" }\n",
    ),
    (
        "launch_with_warmup",
        "[model]\nrun_for = \"1m\"\nwarmup = \"5s\"\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n[journey.j]\nsteps = []\n",
    ),
    (
        "warmup_too_long",
        "[model]\nrun_for = \"1m\"\nstudy = \"steady\"\nwarmup = \"1m\"\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n[journey.j]\nsteps = []\n",
    ),
    (
        "precision_and_replications",
        "[model]\nrun_for = \"1m\"\nprecision = \"2%\"\nreplications = 5\n[arrivals.a]\njourney = \"j\"\nrate = \"1/s\"\n[journey.j]\nsteps = []\n",
    ),
    // Metrics.
    (
        "metric_unknown_name",
        "[[objective]]\nthat = \"p95(hom.time) < 2s\"\n",
    ),
    (
        "metric_unknown_aspect",
        "[[objective]]\nthat = \"max(shop.queu) < 2\"\n",
    ),
    (
        "metric_without_aspect",
        "[[objective]]\nthat = \"rate(shop) < 2/s\"\n",
    ),
    (
        "metric_ambiguous",
        "[pool.shop]\nsize = 1\n[[objective]]\nthat = \"max(shop.queue) < 2\"\n",
    ),
    (
        "metric_unknown_statistic",
        "[[objective]]\nthat = \"median(home.time) < 2s\"\n",
    ),
    (
        "metric_mean_of_all",
        "[[objective]]\nthat = \"mean(home.time) < 2s\"\n",
    ),
    (
        "metric_percentile_of_queue",
        "[[objective]]\nthat = \"p95(shop.queue) < 2\"\n",
    ),
    (
        "metric_share_without_limit",
        "[[objective]]\nthat = \"share(home.time) < 2%\"\n",
    ),
    (
        "metric_without_statistic",
        "[[objective]]\nthat = \"home.time < 2s\"\n",
    ),
    (
        "metric_limit_unit",
        "[[objective]]\nthat = \"p95(home.time) < 95%\"\n",
    ),
    (
        "metric_without_comparison",
        "[[objective]]\nthat = \"p95(home.time)\"\n",
    ),
    (
        "metric_for_in_objective",
        "[[objective]]\nthat = \"p95(home.time) < 2s for 60s\"\n",
    ),
    (
        "metric_delay_of_calls",
        "[[objective]]\nthat = \"p95(shop.home.delay) < 2s\"\n",
    ),
    (
        "metric_percentile_100",
        "[[objective]]\nthat = \"p100(home.time) < 2s\"\n",
    ),
    (
        "metric_unclosed",
        "[[objective]]\nthat = \"p95(home.time < 2s\"\n",
    ),
    (
        "metric_after_the_end",
        "[[objective]]\nthat = \"at(shop.queue, 1h) < 5\"\n",
    ),
    (
        "metric_or_of_times",
        "[[objective]]\nthat = \"share(served or home) > 5%\"\n",
    ),
    (
        "objective_in_all",
        "[[objective]]\nthat = \"p95(home.time) < 2s\"\nin = \"100%\"\n",
    ),
    (
        "objective_beyond_stock",
        "[stock.s]\nunits = 10\n[journey.buy]\nsteps = [ { take = \"s\" } ]\n[arrivals.b]\njourney = \"buy\"\ncrowd = { users = 100, arrive = \"1s\" }\n[[objective]]\nthat = \"share(buy.served) >= 95%\"\n",
    ),
    // Changes.
    (
        "path_unknown_key",
        "[variant.v]\nset = { \"service.shop.severs\" = 2 }\n",
    ),
    (
        "path_unknown_name",
        "[variant.v]\nset = { \"service.shap.servers\" = 2 }\n",
    ),
    (
        "path_unknown_table",
        "[variant.v]\nset = { \"param.crowd\" = 2 }\n",
    ),
    (
        "path_unknown_step",
        "[variant.v]\nset = { \"journey.visit.steps.hone.timeout\" = \"2s\" }\n",
    ),
    (
        "path_step_number",
        "[variant.v]\nset = { \"journey.visit.steps.2.timeout\" = \"2s\" }\n",
    ),
    (
        "path_of_a_table",
        "[variant.v]\nset = { \"service.shop\" = 2 }\n",
    ),
    (
        "path_wildcard_without_match",
        "[variant.v]\nset = { \"service.*.severs\" = 2 }\n",
    ),
    (
        "set_plus_to_distribution",
        "network = \"exp(1ms)\"\n[variant.v]\nset = { \"service.shop.network\" = \"+10\" }\n",
    ),
    (
        "set_times_without_value",
        "[variant.v]\nset = { \"service.shop.queue.limit\" = \"x2\" }\n",
    ),
    (
        "set_times_of_word",
        "[variant.v]\nset = { \"service.shop.balance\" = \"x2\" }\n",
    ),
    (
        "set_breaks_the_model",
        "[variant.v]\nset = { \"service.shop.workers\" = 0 }\n",
    ),
    (
        "variant_changes_nothing",
        "servers = 3\n[variant.v]\nset = { \"service.shop.servers\" = 3 }\n",
    ),
    ("variant_of_unknown", "[variant.v]\nof = [\"w\"]\n"),
    (
        "variant_of_itself",
        "[variant.v]\nof = [\"w\"]\n[variant.w]\nof = [\"v\"]\n",
    ),
    (
        "variant_members_contradict",
        "[variant.a]\nset = { \"service.shop.servers\" = 3 }\n[variant.b]\nset = { \"service.*.servers\" = 4 }\n[variant.v]\nof = [\"a\", \"b\"]\n",
    ),
    (
        "variant_called_baseline",
        "[variant.baseline]\nset = { \"service.shop.servers\" = 3 }\n",
    ),
    (
        "action_changes_the_fixed",
        "[action.a]\nat = \"1m\"\nset = { \"model.seed\" = 3 }\n",
    ),
    (
        "action_path_unknown",
        "[action.a]\nat = \"1m\"\nset = { \"service.shop.severs\" = 3 }\n",
    ),
    // The whole.
    (
        "calls_in_a_circle",
        "endpoint.cart = [ { call = \"db.get\" } ]\n[service.db]\nendpoint.get = [ { call = \"shop.cart\" } ]\n",
    ),
    (
        "silent_without_timeout",
        "[service.db]\nqueue = { limit = 1, silent = true }\nendpoint.get = []\n[journey.b]\nsteps = [ { call = \"db.get\" } ]\n[arrivals.b]\njourney = \"b\"\nrate = \"1/s\"\n",
    ),
    (
        "cut_without_timeout",
        "endpoint.cart = [ { call = \"db.get\" } ]\n[service.db]\nendpoint.get = []\n[fault.f]\nat = \"1m\"\ncut = { between = [\"shop\", \"db\"], messages = \"lost\" }\n",
    ),
    (
        "reload_before_timeout",
        "[journey.b]\nreload = { after = \"5s\" }\nsteps = [ { call = \"shop.home\", timeout = \"15s\" } ]\n[arrivals.b]\njourney = \"b\"\nrate = \"1/s\"\n",
    ),
    (
        "load_above_capacity",
        "endpoint.slow = [ { cpu = \"10s\" } ]\n[journey.b]\nsteps = [ { call = \"shop.slow\" } ]\n[arrivals.b]\njourney = \"b\"\nrate = \"1/s\"\n",
    ),
];

#[test]
fn every_broken_model_says_what_is_wrong() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, addition) in CASES {
            let whole = addition.starts_with("[model");
            let text = if whole {
                (*addition).to_owned()
            } else {
                format!("{FRAME}{addition}")
            };
            let seen = seen(&text);
            assert!(!seen.is_empty(), "{name} is broken");
            insta::assert_snapshot!(*name, format!("{addition}\n{seen}"));
        }
    });
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = CASES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), CASES.len());
    assert!(names.len() >= 60, "{} broken models", names.len());
}
