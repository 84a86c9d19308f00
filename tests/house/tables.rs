//! The rules of the house as data: a new arrow, door or exemption is a change of a line here.

/// Which layers each layer may use, itself apart; in reading order.
pub(super) const LAYERS: [(&str, &[&str]); 14] = [
    ("base", &[]),
    ("text", &["base"]),
    ("random", &["base"]),
    ("model", &["base", "text", "random"]),
    ("program", &["base", "random", "model", "observation"]),
    ("observation", &["base"]),
    ("engine", &["base", "random", "program", "observation"]),
    ("results", &["base"]),
    ("estimate", &["base", "observation", "results"]),
    (
        "study",
        &[
            "base",
            "text",
            "random",
            "model",
            "program",
            "observation",
            "engine",
            "results",
            "estimate",
        ],
    ),
    ("report", &["base", "results"]),
    ("import", &["base", "random", "model", "estimate"]),
    (
        "serve",
        &[
            "base", "text", "model", "engine", "results", "study", "report",
        ],
    ),
    (
        "cli",
        &[
            "base",
            "text",
            "random",
            "model",
            "program",
            "observation",
            "engine",
            "results",
            "estimate",
            "study",
            "report",
            "import",
            "serve",
        ],
    ),
];

/// Which rooms of the engine each room may call, itself and the loop apart: calls go down.
pub(super) const ROOMS: [(&str, &[&str]); 13] = [
    ("calendar", &[]),
    ("tasks", &[]),
    ("record", &[]),
    ("lines", &["people"]),
    ("held", &["tasks", "people", "lines"]),
    ("guards", &["tasks"]),
    ("people", &["tasks", "held", "guards"]),
    ("services", &["tasks", "held", "world", "guards"]),
    (
        "callers",
        &["tasks", "people", "services", "world", "guards"],
    ),
    (
        "steps",
        &["tasks", "people", "callers", "services", "held", "record"],
    ),
    (
        "world",
        &["tasks", "people", "callers", "services", "held", "record"],
    ),
    ("looks", &["tasks", "services", "held"]),
    (
        "end",
        &["tasks", "people", "callers", "services", "record", "looks"],
    ),
];

/// The calls that go up in the engine, from whoever has something to tell.
pub(super) const HAND_OVERS: [(&str, &str); 9] = [
    ("execute", "a task goes on with its next instruction"),
    ("fail_step", "the step at which a task waited has failed"),
    (
        "interrupt",
        "a task stops, with what it waits for and holds",
    ),
    ("work_ended", "timed work of a task is over"),
    ("tell", "a caller has the answer to its attempt"),
    (
        "twin_taken_out",
        "a copy has left because the other has begun",
    ),
    ("answer_at", "an answer sets out for its caller"),
    ("message_ends", "a message was worked off, or is gone"),
    ("settle", "what is ready runs before anything else"),
];

/// What every room may ask of the loop.
pub(super) const OF_THE_LOOP: [&str; 3] = ["make_ready", "is_next_alone", "another"];

/// The only places where a dependency may be named; a place is a beginning of a path in `src`.
pub(super) const DOORS: [(&str, &[&str]); 38] = [
    ("annotate_snippets", &["text/render.rs"]),
    ("anstream", &["cli/"]),
    ("anstyle", &["report/terminal/"]),
    ("clap", &["cli/args"]),
    ("clap_complete", &["cli/args.rs", "cli/completions.rs"]),
    ("clap_mangen", &["cli/man.rs"]),
    ("dejavu", &["report/chart/"]),
    (
        "flate2",
        &["cli/import.rs", "cli/shard/file.rs", "cli/store.rs"],
    ),
    ("getrandom", &["serve/address.rs"]),
    ("http_body_util", &["serve/"]),
    ("hyper", &["serve/"]),
    ("hyper_util", &["serve/"]),
    ("indicatif", &["cli/progress.rs"]),
    ("jiff", &["report/", "model/"]),
    ("libm", &["base/"]),
    ("maud", &["report/html"]),
    ("memchr", &["import/"]),
    ("plotters", &["report/chart/"]),
    ("postcard", &["observation/exchange.rs"]),
    ("png", &["report/chart/"]),
    ("quick_xml", &["report/junit.rs"]),
    ("rand", &["random/"]),
    ("rand_distr", &["random/"]),
    ("rayon", &["study/threads.rs"]),
    ("rustix", &["cli/stage.rs"]),
    ("schemars", &["results/"]),
    (
        "serde",
        &[
            "results/",
            "serve/",
            "import/json.rs",
            "observation/",
            "base/time.rs",
            "cli/shard/plan.rs",
        ],
    ),
    ("serde_saphyr", &["import/yaml.rs"]),
    (
        "serde_json",
        &[
            "results/",
            "model/schema.rs",
            "report/html",
            "import/",
            "cli/schema.rs",
            "cli/shard/plan.rs",
            "serve/",
        ],
    ),
    ("sha2", &["base/digest.rs"]),
    ("signal_hook", &["cli/interrupt.rs"]),
    ("sobol_burley", &["random/"]),
    ("statrs", &["base/", "estimate/"]),
    ("strsim", &["text/nearest.rs"]),
    (
        "tempfile",
        &["cli/shard/file.rs", "cli/stage.rs", "cli/store.rs"],
    ),
    ("terminal_size", &["cli/console.rs"]),
    ("tokio", &["serve/"]),
    ("toml", &["model/document.rs"]),
];

/// Dependencies that any layer may use.
pub(super) const OPEN: [&str; 1] = ["thiserror"];

/// What only the command needs: it comes with the feature `cli`.
pub(super) const COMMAND: [&str; 10] = [
    "anstream",
    "clap",
    "clap_complete",
    "clap_mangen",
    "flate2",
    "indicatif",
    "rustix",
    "signal_hook",
    "tempfile",
    "terminal_size",
];

/// What only the page needs: it comes with the feature `serve`.
pub(super) const PAGE: [&str; 5] = [
    "getrandom",
    "http_body_util",
    "hyper",
    "hyper_util",
    "tokio",
];

/// What no code outside tests may say: the text, where it may stand all the same, what to use.
pub(super) const BANNED: [(&str, &[&str], &str); 35] = [
    ("HashMap", &[], "BTreeMap: the order of a hash is no order"),
    ("HashSet", &[], "BTreeSet: the order of a hash is no order"),
    (
        "std::time",
        &["cli/", "serve/"],
        "base::time; only cli and serve know the clock",
    ),
    (
        "SystemTime",
        &["cli/"],
        "base::time; only cli knows the clock",
    ),
    (
        "std::env",
        &["cli/", "main.rs"],
        "an argument; only cli knows the environment",
    ),
    (
        "std::fs",
        &["cli/"],
        "a text handed in; only cli touches files",
    ),
    (
        "std::io",
        &[
            "cli/",
            "serve/",
            "results/written.rs",
            "import/lines.rs",
            "import/encoding.rs",
        ],
        "a text handed back; only cli and serve touch streams, import reads what is handed in",
    ),
    ("std::net", &["serve/"], "nothing: onrush asks nobody"),
    (
        "std::process",
        &["cli/", "main.rs"],
        "a returned value; only cli ends the process",
    ),
    (
        "std::thread",
        &["cli/"],
        "study::threads, the door to threads",
    ),
    ("println!", &[], "cli::console, the door to the terminal"),
    ("print!", &[], "cli::console, the door to the terminal"),
    ("eprintln!", &[], "cli::console, the door to the terminal"),
    ("eprint!", &[], "cli::console, the door to the terminal"),
    (
        ".display()",
        &[],
        "cli::load::named: a path may hold what nobody would see",
    ),
    ("dbg!", &[], "a test"),
    ("todo!", &[], "the work"),
    ("unimplemented!", &[], "the work, or a diagnostic"),
    (".unwrap()", &[], "expect(\"why it holds\") or an error"),
    ("unsafe", &["base/fetch.rs"], "safe code"),
    (".ln()", &[], "base::math::ln"),
    (".ln_1p()", &[], "base::math::ln_1p"),
    (".log2()", &[], "base::math"),
    (".log10()", &[], "base::math"),
    (
        ".log(",
        &["engine/record/readings.rs"],
        "base::math; a log of samples is another thing",
    ),
    (".exp()", &[], "base::math::exp"),
    (".exp2()", &[], "base::math"),
    (".exp_m1()", &[], "base::math::exp_m1"),
    (".powf(", &[], "base::math::pow"),
    (".sin()", &[], "base::math"),
    (".cos()", &[], "base::math"),
    (".tan()", &[], "base::math"),
    (".tanh()", &[], "base::math"),
    ("f64::consts::E", &[], "base::math"),
    ("available_parallelism", &["cli/"], "a number handed in"),
];

/// Words that users never read, and the word of the house.
pub(super) const VOCABULARY: [(&str, &str); 14] = [
    ("rejected", "refused"),
    ("dropped", "refused"),
    ("reneged", "abandoned"),
    ("customer", "user"),
    ("customers", "user"),
    ("client", "user"),
    ("clients", "user"),
    ("trial", "replication"),
    ("trials", "replication"),
    ("iteration", "replication"),
    ("iterations", "replication"),
    ("campaign", "study"),
    ("config", "model"),
    ("scenario", "model"),
];

/// Files above the length that needs a reason, and why each is one idea all the same.
pub(super) const LONG_FILES: [(&str, &str); 3] = [
    (
        "src/model/reader.rs",
        "every way to ask a table for a value, so that all tables ask alike",
    ),
    (
        "src/model/step/reading.rs",
        "every verb of the language beside the keys that it knows",
    ),
    (
        "src/report/words.rs",
        "the sentences about results, so that all reports say the same",
    ),
];

/// Functions above the longest that is allowed, as `path: name`.
pub(super) const LONG_FUNCTIONS: [&str; 7] = [
    "src/model/fault/reading.rs: kind_of",
    "src/program/compile.rs: compile",
    "src/program/compile/faults.rs: kind",
    "src/program/compile/services.rs: services",
    "src/program/listing.rs: what",
    "src/program/listing/numbers.rs: service",
    "src/study/subject.rs: what",
];

/// Functions with too many parameters or with a boolean one, as `path: name`.
pub(super) const WIDE_FUNCTIONS: [&str; 8] = [
    "src/engine/services/life.rs: crash",
    "src/engine/services/station.rs: count_refusal",
    "src/engine/services/departure.rs: fail_endpoint",
    "src/engine/services/lost.rs: forget_refusal",
    "src/engine/services/lost.rs: lose_waiting",
    "src/engine/services/lost.rs: lose_work",
    "src/engine/services/lost.rs: tell_of_crash",
    "src/results/written.rs: begin_object_key",
];
