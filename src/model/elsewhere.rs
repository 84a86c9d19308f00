//! Words of other tools, and what they are called here.
//!
//! One idea: whoever comes from another tool writes its words; an error that knows them says the
//! right one. What is suggested is always a word or a value that can stand at that place.

use super::table::{Kind, TableDef};
use super::value::is_amount;
use crate::base::time::Span;

/// Where a step stands: some things have a name of their own there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Among {
    /// It is no step.
    #[default]
    NoSteps,
    /// The steps of a journey.
    Journey,
    /// The steps of an endpoint.
    Endpoint,
}

/// Keys of other tools with ours; of several, the first that the table has.
const KEYS: &[(&str, &[&str])] = &[
    ("instances", &["servers"]),
    ("replicas", &["servers"]),
    ("pods", &["servers"]),
    ("nodes", &["servers"]),
    ("hosts", &["servers"]),
    ("machines", &["servers"]),
    ("containers", &["servers"]),
    ("threads", &["workers", "population"]),
    ("max_threads", &["workers"]),
    ("thread_pool", &["workers"]),
    ("concurrency", &["workers", "size", "population"]),
    ("max_concurrency", &["workers", "size"]),
    ("parallelism", &["workers"]),
    ("connections", &["size", "workers"]),
    ("max_connections", &["size", "workers"]),
    ("pool_size", &["size"]),
    ("max_size", &["size", "limit"]),
    ("capacity", &["size", "limit", "units"]),
    ("units", &["size"]),
    ("count", &["size", "servers", "users"]),
    ("permits", &["size"]),
    ("cpus", &["cores"]),
    ("cpu", &["cores"]),
    ("vcpus", &["cores"]),
    ("vcpu", &["cores"]),
    ("cpu_cores", &["cores"]),
    ("sleep", &["wait", "think"]),
    ("pause", &["wait", "think"]),
    ("delay", &["wait", "think", "base", "after"]),
    ("circuit_breaker", &["breaker"]),
    ("failure_rate_threshold", &["failure_rate"]),
    ("slow_call_rate_threshold", &["slow_rate"]),
    ("slow_call_duration_threshold", &["slow"]),
    ("sliding_window_size", &["window"]),
    ("minimum_number_of_calls", &["min_calls"]),
    ("wait_duration_in_open_state", &["open"]),
    (
        "permitted_number_of_calls_in_half_open_state",
        &["half_open"],
    ),
    ("rate_limit", &["limit"]),
    ("rate_limiter", &["limit"]),
    ("throttling", &["throttle"]),
    ("retry_budget", &["budget"]),
    ("budget_percent", &["share"]),
    ("percent_can_retry", &["share"]),
    ("min_retry_concurrency", &["min"]),
    ("min_retries_per_sec", &["min"]),
    ("max_tokens", &["tokens"]),
    ("token_ratio", &["ratio"]),
    ("think_time", &["think"]),
    ("pacing", &["think"]),
    ("compute", &["cpu"]),
    ("work", &["cpu"]),
    ("io", &["wait"]),
    ("loop", &["repeat"]),
    ("iterate", &["repeat"]),
    ("for_each", &["repeat"]),
    ("request", &["call"]),
    ("http", &["call"]),
    ("get", &["call"]),
    ("post", &["call"]),
    ("invoke", &["call"]),
    ("publish", &["send"]),
    ("emit", &["send"]),
    ("enqueue", &["send"]),
    ("acquire", &["hold"]),
    ("lock", &["hold", "pool"]),
    ("with", &["hold"]),
    ("fork", &["parallel"]),
    ("concurrent", &["parallel"]),
    ("branch", &["choose"]),
    ("switch", &["choose"]),
    ("buy", &["take"]),
    ("exit", &["leave"]),
    ("abort", &["leave", "fail"]),
    ("on_error", &["or"]),
    ("on_failure", &["or"]),
    ("fallback", &["or"]),
    ("probability", &["share"]),
    ("weight", &["share"]),
    ("percent", &["share"]),
    ("ratio", &["share"]),
    ("retries", &["retry", "attempts"]),
    ("max_retries", &["attempts"]),
    ("max_attempts", &["attempts", "at_most"]),
    ("tries", &["attempts"]),
    ("initial", &["base"]),
    ("initial_interval", &["base"]),
    ("initial_delay", &["base"]),
    ("interval", &["base", "every", "window"]),
    ("max_interval", &["cap"]),
    ("max_delay", &["cap"]),
    ("max_backoff", &["cap"]),
    ("type", &["kind"]),
    ("strategy", &["balance", "kind"]),
    ("load_balancer", &["balance"]),
    ("lb", &["balance"]),
    ("algorithm", &["balance"]),
    ("latency", &["network", "delay"]),
    ("rtt", &["network"]),
    ("startup", &["boot"]),
    ("startup_time", &["boot"]),
    ("boot_time", &["boot"]),
    ("max", &["limit", "at_most", "cap", "size"]),
    ("max_length", &["limit"]),
    ("length", &["limit"]),
    ("depth", &["limit"]),
    ("size", &["limit"]),
    ("rps", &["rate"]),
    ("qps", &["rate"]),
    ("tps", &["rate"]),
    ("arrival_rate", &["rate"]),
    ("users_per_second", &["rate"]),
    ("closed", &["population"]),
    ("closed_loop", &["population"]),
    ("vus", &["population"]),
    ("users", &["population", "arrivals"]),
    ("clients", &["population"]),
    ("ramp", &["stages", "to"]),
    ("ramp_up", &["stages"]),
    ("rampup", &["stages"]),
    ("phases", &["stages"]),
    ("target", &["to", "service", "that"]),
    ("spike", &["burst"]),
    ("csv", &["file"]),
    ("trace", &["file"]),
    ("duration", &["for", "run_for"]),
    ("run_time", &["run_for"]),
    ("horizon", &["run_for"]),
    ("length_of_run", &["run_for"]),
    ("runs", &["replications"]),
    ("iterations", &["replications", "repeat"]),
    ("repetitions", &["replications"]),
    ("trials", &["replications"]),
    ("launches", &["replications"]),
    ("random_seed", &["seed"]),
    ("name", &["title"]),
    ("description", &["title", "label"]),
    ("start", &["at", "starts", "from", "opens"]),
    ("begin", &["at", "starts", "from"]),
    ("end", &["closes"]),
    ("scenario", &["journey"]),
    ("scenarios", &["journey"]),
    ("flow", &["journey"]),
    ("flows", &["journey"]),
    ("user", &["journey"]),
    ("path", &["journey"]),
    ("load", &["arrivals"]),
    ("workload", &["arrivals"]),
    ("traffic", &["arrivals"]),
    ("source", &["arrivals"]),
    ("endpoints", &["endpoint"]),
    ("methods", &["endpoint"]),
    ("routes", &["endpoint"]),
    ("handlers", &["endpoint"]),
    ("slo", &["objective"]),
    ("slos", &["objective"]),
    ("sla", &["objective"]),
    ("threshold", &["objective", "that"]),
    ("thresholds", &["objective"]),
    ("assertion", &["objective"]),
    ("assertions", &["objective"]),
    ("condition", &["that"]),
    ("expr", &["that"]),
    ("metric", &["that"]),
    ("required", &["in"]),
    ("chaos", &["fault"]),
    ("outage", &["fault"]),
    ("incident", &["fault"]),
    // Names of the chaos tools: Chaos Mesh, FIS, Gremlin, SimianArmy, toxiproxy.
    ("pod_kill", &["crash"]),
    ("pod_failure", &["crash"]),
    ("container_kill", &["crash"]),
    ("pod_delete", &["crash"]),
    ("stop_instances", &["crash"]),
    ("shutdown", &["crash"]),
    ("shutdown_instance", &["crash"]),
    ("server_crash", &["crash"]),
    ("process_kill", &["crash"]),
    ("chaos_monkey", &["crash"]),
    ("kill_instance", &["crash"]),
    ("network_partition", &["cut"]),
    ("network_cut", &["cut"]),
    ("blackhole", &["cut"]),
    ("black_hole", &["cut"]),
    ("null_route", &["cut"]),
    ("block_all_network_traffic", &["cut"]),
    ("disconnect", &["cut"]),
    ("network_delay", &["delay"]),
    ("network_latency", &["delay"]),
    ("netem", &["delay"]),
    ("network_loss", &["loss"]),
    ("packet_loss", &["loss"]),
    ("network_corruption", &["loss"]),
    ("network_corrupt", &["loss"]),
    ("network_bandwidth", &["bandwidth"]),
    ("throttle_network", &["bandwidth"]),
    ("rate_limit_network", &["bandwidth"]),
    ("stress_cpu", &["capacity"]),
    ("cpu_stress", &["capacity"]),
    ("pod_cpu_stress", &["capacity"]),
    ("burn_cpu", &["capacity"]),
    ("cpu_reduction", &["capacity"]),
    ("stress", &["capacity"]),
    ("cpu_load", &["capacity"]),
    ("resource_cpu", &["capacity"]),
    ("latency_spike", &["slow"]),
    ("http_delay", &["slow"]),
    ("io_latency", &["slow"]),
    ("io_delay", &["slow"]),
    ("slow_path", &["slow"]),
    ("burn_io", &["slow"]),
    ("http_abort", &["error"]),
    ("http_replace", &["error"]),
    ("inject_api_internal_error", &["error"]),
    ("inject_error", &["error"]),
    ("reset_peer", &["error"]),
    ("abort_requests", &["error"]),
    ("io_fault", &["error"]),
    ("pause_node", &["pause"]),
    ("stall", &["pause"]),
    ("stop_the_world", &["pause"]),
    ("gc_pause", &["pause"]),
    ("time_travel", &["pause"]),
    ("zone_loss", &["out"]),
    ("az_outage", &["out"]),
    ("az_power_interruption", &["out"]),
    ("chaos_gorilla", &["out"]),
    ("chaos_kong", &["out"]),
    ("disrupt_connectivity", &["out"]),
    ("region_loss", &["out"]),
    ("fail_s3", &["dependency"]),
    ("fail_dynamo_db", &["dependency"]),
    ("fail_dynamodb", &["dependency"]),
    ("fail_ec2", &["dependency"]),
    ("fail_dns", &["dependency"]),
    ("dns_error", &["dependency"]),
    ("dns_failure", &["dependency"]),
    ("dependency_failure", &["dependency"]),
    ("stress_memory", &["leak"]),
    ("memory_stress", &["leak"]),
    ("memory_leak", &["leak"]),
    ("fill_memory", &["leak"]),
    ("cache_flush", &["flush"]),
    ("flush_cache", &["flush"]),
    ("cold_start", &["flush"]),
    ("rollout", &["deploy"]),
    ("rolling_restart", &["deploy"]),
    ("rolling_deploy", &["deploy"]),
    ("bad_deploy", &["deploy"]),
    ("config_push", &["deploy"]),
    ("fd_limit", &["limit"]),
    ("file_limit", &["limit"]),
    ("connection_limit", &["limit"]),
    ("max_fds", &["limit"]),
    ("traffic_shift", &["shift"]),
    ("failover", &["shift"]),
    ("traffic_failover", &["shift"]),
    ("drain_zone", &["shift"]),
    ("kill", &["crash"]),
    ("down", &["crash"]),
    ("partition", &["cut"]),
    ("freeze", &["pause"]),
    ("failure", &["error", "fault"]),
    ("what_if", &["variant"]),
    ("whatif", &["variant"]),
    ("experiment", &["variant"]),
    ("experiments", &["variant"]),
    ("scale_to", &["set"]),
    ("change", &["set"]),
    ("changes", &["set"]),
    ("inventory", &["stock"]),
    ("mutex", &["pool"]),
    ("semaphore", &["pool"]),
    ("lobby", &["room"]),
    ("door", &["room"]),
    ("gate", &["room"]),
    ("parameter", &["param"]),
    ("variables", &["param"]),
    ("vars", &["param"]),
    ("inputs", &["param"]),
    ("annotation", &["note"]),
    ("event", &["action"]),
    ("events", &["action"]),
];

/// Our key for a word of another tool, in a table.
pub(crate) fn key(word: &str, table: &TableDef, among: Among) -> Option<&'static str> {
    let word = plain(word);
    let (_, ours) = KEYS.iter().find(|(known, _)| *known == word)?;
    let fits = |ours: &&&'static str| {
        let misplaced = matches!(
            (among, **ours),
            (Among::Journey, "wait" | "cpu" | "fail")
                | (Among::Endpoint, "think" | "enter" | "take" | "leave")
        );
        !misplaced && table.names().any(|name| name == **ours)
    };
    ours.iter().find(fits).copied()
}

/// A key inside of a key, written as one word: `queue_size` is `queue.limit`.
pub(crate) fn part(word: &str, table: &TableDef) -> Option<String> {
    let word = plain(word);
    let (outer, inner) = word.split_once('_')?;
    let inside = table.key(outer)?.kind.table()?;
    let inner = match inside.key(inner) {
        Some(known) => known.name,
        None => key(inner, inside, Among::NoSteps)?,
    };
    Some(format!("{outer}.{inner}"))
}

/// Words that stand as values in other tools, with ours.
const WORDS: &[(&str, &str)] = &[
    ("rr", "round-robin"),
    ("least-connections", "least-loaded"),
    ("least-conn", "least-loaded"),
    ("leastconn", "least-loaded"),
    ("least-requests", "least-loaded"),
    ("p2c", "two-choices"),
    ("power-of-two", "two-choices"),
    ("ip-hash", "sticky"),
    ("hash", "sticky"),
    ("session", "sticky"),
    ("exp", "exponential"),
    ("fixed", "constant"),
    ("steady-state", "steady"),
    ("drop", "lost"),
    ("dropped", "lost"),
    ("first-in-first-out", "fifo"),
    ("stack", "lifo"),
];

/// Our word for one of another tool, among those that may stand there.
pub(crate) fn word<'a>(written: &str, mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = plain(written).replace(['_', ' '], "-");
    let (_, ours) = WORDS.iter().find(|(known, _)| *known == written)?;
    names.find(|name| name == ours)
}

/// A key with its unit, such as `timeout_ms`: our key, and the unit.
pub(crate) fn key_with_unit(word: &str, table: &TableDef) -> Option<(&'static str, &'static str)> {
    const ENDS: [(&str, &str); 8] = [
        ("_ms", "ms"),
        ("_millis", "ms"),
        ("_milliseconds", "ms"),
        ("_s", "s"),
        ("_sec", "s"),
        ("_secs", "s"),
        ("_seconds", "s"),
        ("_minutes", "m"),
    ];
    let word = plain(word);
    ENDS.into_iter().find_map(|(end, unit)| {
        let stem = word.strip_suffix(end)?;
        let key = table.key(stem)?;
        let is_time = matches!(key.kind, Kind::Duration | Kind::Instant | Kind::Times);
        is_time.then_some((key.name, unit))
    })
}

/// Lower case with underscores: `maxConnections` → `max_connections`.
fn plain(word: &str) -> String {
    let mut text = String::new();
    let mut before = ' ';
    for c in word.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            text.push('_');
        }
        before = c;
        text.extend(c.to_lowercase().map(|c| if c == '-' { '_' } else { c }));
    }
    text
}

/// A value as it is written here, for one that another tool would take.
pub(crate) fn value(text: &str) -> Option<String> {
    let text = text.trim();
    let candidates = [rate(text), share(text), time(text), number(text)];
    candidates
        .into_iter()
        .flatten()
        .find(|found| is_amount(found))
}

/// A factor as `set` takes it, for `2x` or `*2`.
pub(crate) fn factor(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_suffix(['x', 'X', '×']);
    let digits = digits
        .or_else(|| text.strip_prefix(['*', '×', 'X']))?
        .trim();
    super::value::number(digits).map(|_| format!("x{digits}"))
}

/// The number at the begin of a text, and the word after it.
fn halves(text: &str) -> Option<(String, String)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | ',' | '-')))?;
    let (digits, word) = text.split_at(end);
    let digits = match digits.split_once(',') {
        Some((whole, part)) if part.len() == 3 && !part.contains('.') => format!("{whole}{part}"),
        Some((whole, part)) if !part.contains([',', '.']) => format!("{whole}.{part}"),
        Some(_) => digits.replace(',', ""),
        None => digits.to_owned(),
    };
    super::value::number(&digits)?;
    Some((digits, word.trim().to_lowercase()))
}

fn rate(text: &str) -> Option<String> {
    let (digits, word) = halves(text)?;
    let (kilo, word) = match word.strip_prefix("k ").or_else(|| word.strip_prefix("k/")) {
        Some(rest) => ("k", format!("/{rest}").replace("//", "/")),
        None => ("", word),
    };
    let word = word
        .replace(" per ", "/")
        .replace("per ", "/")
        .replace(' ', "");
    let things = [
        "requests", "request", "reqs", "req", "users", "user", "visits", "calls", "tx", "ops", "",
    ];
    let per = match word.as_str() {
        "rps" | "qps" | "tps" | "hz" => "s",
        "rpm" | "qpm" | "tpm" => "min",
        "rph" => "h",
        _ => {
            let (thing, per) = word.split_once('/')?;
            if !things.contains(&thing) {
                return None;
            }
            match per {
                "s" | "sec" | "secs" | "second" | "seconds" => "s",
                "m" | "min" | "mins" | "minute" | "minutes" => "min",
                "h" | "hr" | "hour" | "hours" => "h",
                "d" | "day" | "days" => "d",
                _ => return None,
            }
        }
    };
    Some(format!("{digits}{kilo}/{per}"))
}

fn share(text: &str) -> Option<String> {
    let (digits, word) = halves(text)?;
    ["percent", "pct", "per cent", "%"]
        .contains(&word.as_str())
        .then(|| format!("{digits}%"))
}

fn time(text: &str) -> Option<String> {
    let (digits, word) = halves(text)?;
    let unit = match word.as_str() {
        "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" | "ms" => "ms",
        "sec" | "secs" | "second" | "seconds" | "s" => "s",
        "mins" | "minute" | "minutes" | "min" | "m" => "m",
        "hr" | "hrs" | "hour" | "hours" | "h" => "h",
        "day" | "days" | "d" => "d",
        "usec" | "micros" | "microsecond" | "microseconds" | "us" => "us",
        "nsec" | "nanos" | "nanosecond" | "nanoseconds" | "ns" => "ns",
        _ => return None,
    };
    let written = format!("{digits}{unit}");
    Span::parse(&written).is_ok().then_some(written)
}

fn number(text: &str) -> Option<String> {
    let grouped = |text: &str| {
        let mut parts = text.split(',');
        let first = parts
            .next()
            .is_some_and(|part| (1..=3).contains(&part.len()));
        first && text.contains(',') && parts.all(|part| part.len() == 3)
    };
    if grouped(text) {
        return Some(text.replace(',', ""));
    }
    let (digits, word) = halves(text)?;
    let letter = match word.as_str() {
        "k" | "thousand" => "k",
        "million" | "mio" | "mn" => "M",
        "" | "users" | "people" | "requests" | "servers" => "",
        _ => return None,
    };
    Some(format!("{digits}{letter}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_tools_are_written_as_here() {
        let values = [
            ("1200 rpm", "1200/min"),
            ("100 rps", "100/s"),
            ("100 qps", "100/s"),
            ("5 req/s", "5/s"),
            ("5 users/s", "5/s"),
            ("10 per second", "10/s"),
            ("1,200 requests per minute", "1200/min"),
            ("100/sec", "100/s"),
            ("50 percent", "50%"),
            ("50pct", "50%"),
            ("10 seconds", "10s"),
            ("20 MS", "20ms"),
            ("1,5s", "1.5s"),
            ("5 mins", "5m"),
            ("250K", "250k"),
            ("1,000", "1000"),
            ("2 million", "2M"),
        ];
        for (written, here) in values {
            assert_eq!(value(written).as_deref(), Some(here), "{written}");
        }
        for other in ["fast", "2x", "", "10 cats/s", "x"] {
            assert_eq!(value(other), None, "{other}");
        }
    }

    #[test]
    fn factors_are_turned_round() {
        assert_eq!(factor("2x").as_deref(), Some("x2"));
        assert_eq!(factor("1.5 x").as_deref(), Some("x1.5"));
        assert_eq!(factor("*3").as_deref(), Some("x3"));
        assert_eq!(factor("max"), None);
    }

    #[test]
    fn names_in_other_cases_are_the_same_words() {
        assert_eq!(plain("maxConnections"), "max_connections");
        assert_eq!(plain("ramp-up"), "ramp_up");
    }

    #[test]
    fn each_word_of_ours_is_a_key_of_the_language() {
        let schema = crate::model::schema::schema();
        for (word, ours) in KEYS {
            for ours in *ours {
                assert!(
                    schema.contains(&format!("\"{ours}\": {{")),
                    "{word} → {ours}"
                );
            }
        }
    }
}
