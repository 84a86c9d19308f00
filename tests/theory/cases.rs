//! The models behind the rows of the table, and how much of each is simulated.
//!
//! Every case has a seed of its own, so cases are independent. A replication is long enough for
//! its percentiles to be unbiased by far less than the allowed error; between the everyday suite
//! and the full one lie more or longer replications, nothing else.

/// How many replications, and how long each is (nothing where the model says it).
#[derive(Clone, Copy)]
pub(super) struct Amount(pub(super) u32, pub(super) &'static str);

/// Paths and what they are set to.
pub(super) type Changes = &'static [(&'static str, &'static str)];

/// A model with its parameters, and how much of it is simulated.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) changes: &'static [Changes],
    pub(super) everyday: Amount,
    pub(super) full: Amount,
}

const STATION: &str = include_str!("station.toml");
const BREAKDOWNS: &str = concat!(
    include_str!("station.toml"),
    include_str!("breakdowns.toml")
);
const FORK_JOIN: &str = include_str!("fork-join.toml");
const DISKS: &str = include_str!("disks.toml");
const STORE: &str = include_str!("store.toml");
const COXIAN: &str = include_str!("coxian.toml");
const ERLANG_A: &str = include_str!("erlang-a.toml");
const RUSH: &str = include_str!("rush.toml");
const RETRIAL: &str = include_str!("retrial.toml");
const PASSPORT: &str = include_str!("passport.toml");
const JACKSON: &str = include_str!("jackson.toml");
const CLOSED: &str = include_str!("closed.toml");
const THREE_STATIONS: &str = include_str!("three-stations.toml");
const TWO_CLASSES: &str = include_str!("two-classes.toml");
const PREFORK: &str = include_str!("prefork.toml");
const DAILY: &str = include_str!("daily.toml");
const IPP: &str = include_str!("ipp.toml");
const CLASSES: &str = include_str!("classes.toml");
const TRANSIENT: &str = include_str!("transient.toml");

const fn case(
    name: &'static str,
    text: &'static str,
    changes: &'static [Changes],
    everyday: Amount,
    full: Amount,
) -> Case {
    Case {
        name,
        text,
        changes,
        everyday,
        full,
    }
}

/// All cases, in the order of the rows.
pub(super) const CASES: &[Case] = &[
    case(
        "mm1",
        STATION,
        &[],
        Amount(30, "100000s"),
        Amount(60, "400000s"),
    ),
    case(
        "mm10",
        STATION,
        &[&[("param.rate.value", "8.5/s"), ("param.workers.value", "10")]],
        Amount(30, "10000s"),
        Amount(120, "60000s"),
    ),
    case(
        "mm100",
        STATION,
        &[&[("param.rate.value", "95/s"), ("param.workers.value", "100")]],
        Amount(30, "2000s"),
        Amount(60, "4000s"),
    ),
    case(
        "three",
        STORE,
        &[&[("param.workers.value", "3")]],
        Amount(30, "1500h"),
        Amount(60, "13500h"),
    ),
    case(
        "four",
        STORE,
        &[&[("param.workers.value", "4")]],
        Amount(30, "1500h"),
        Amount(60, "3750h"),
    ),
    case(
        "mm5k12",
        STATION,
        &[&[
            ("param.rate.value", "8/s"),
            ("param.work.value", "exp(250ms)"),
            ("param.workers.value", "5"),
            ("service.desk.queue.limit", "7"),
        ]],
        Amount(40, "100000s"),
        Amount(500, "200000s"),
    ),
    case(
        "mm1k11",
        STATION,
        &[&[
            ("param.rate.value", "9/s"),
            ("param.work.value", "exp(100ms)"),
            ("service.desk.queue.limit", "10"),
        ]],
        Amount(30, "3000s"),
        Amount(60, "20000s"),
    ),
    case(
        "loss-exp",
        STATION,
        &[LOSS],
        Amount(30, "2000s"),
        Amount(60, "22000s"),
    ),
    case(
        "loss-det",
        STATION,
        &[LOSS, &[("param.work.value", "1s")]],
        Amount(30, "2000s"),
        Amount(60, "22000s"),
    ),
    case(
        "loss-lognormal",
        STATION,
        &[LOSS, &[("param.work.value", "lognormal(mean=1s, cv=2)")]],
        Amount(30, "2000s"),
        Amount(60, "25000s"),
    ),
    case(
        "erlang-a",
        ERLANG_A,
        &[],
        Amount(30, "300s"),
        Amount(100, "3500s"),
    ),
    case(
        "md1",
        STATION,
        &[&[("param.work.value", "1s")]],
        Amount(30, "30000s"),
        Amount(60, "550000s"),
    ),
    case(
        "coxian",
        COXIAN,
        &[],
        Amount(30, "30000s"),
        Amount(60, "60000s"),
    ),
    case(
        "sharing",
        COXIAN,
        &[&[("param.workers.value", "200")]],
        Amount(30, "20000s"),
        Amount(60, "40000s"),
    ),
    case(
        "random",
        STATION,
        &[QUARTET, &[("service.desk.balance", "random")]],
        Amount(30, "30000s"),
        Amount(60, "80000s"),
    ),
    case(
        "round-robin",
        STATION,
        &[QUARTET],
        Amount(30, "30000s"),
        Amount(60, "80000s"),
    ),
    case(
        "jsq",
        STATION,
        &[QUARTET, &[("service.desk.balance", "least-loaded")]],
        Amount(30, "30000s"),
        Amount(60, "80000s"),
    ),
    case(
        "shared",
        STATION,
        &[QUARTET, &[("service.desk.queue.shared", "true")]],
        Amount(30, "30000s"),
        Amount(60, "80000s"),
    ),
    case(
        "fast",
        STATION,
        &[
            QUARTET,
            &[
                ("service.desk.servers", "1"),
                ("param.work.value", "exp(500ms)"),
            ],
        ],
        Amount(30, "30000s"),
        Amount(60, "80000s"),
    ),
    case(
        "transient",
        TRANSIENT,
        &[],
        Amount(5_000, ""),
        Amount(100_000, ""),
    ),
    case("rush", RUSH, &[], Amount(500, ""), Amount(20_000, "")),
    case(
        "rush-double",
        RUSH,
        &[&[("param.workers.value", "30")]],
        Amount(500, ""),
        Amount(30_000, ""),
    ),
    case(
        "rush-patch",
        RUSH,
        &[&[("param.work.value", "exp(500ms)")]],
        Amount(1_000, ""),
        Amount(26_000, ""),
    ),
    case(
        "slow-path",
        STATION,
        &[SLOW],
        Amount(30, "10000s"),
        Amount(60, "60000s"),
    ),
    case(
        "slow-double",
        STATION,
        &[SLOW, &[("param.workers.value", "12")]],
        Amount(30, "10000s"),
        Amount(170, "100000s"),
    ),
    case(
        "slow-patch",
        STATION,
        &[
            SLOW,
            &[("param.work.value", "mix(95%: exp(200ms), 5%: exp(1s))")],
        ],
        Amount(30, "5000s"),
        Amount(60, "10000s"),
    ),
    case(
        "breakdowns",
        BREAKDOWNS,
        &[&[("param.rate.value", "0.6/s")]],
        Amount(30, "30000s"),
        Amount(120, "200000s"),
    ),
    case(
        "setup",
        STATION,
        &[&[
            ("param.rate.value", "0.5/s"),
            ("service.desk.idle.setup", "exp(2s)"),
        ]],
        Amount(30, "10000s"),
        Amount(60, "200000s"),
    ),
    case("ipp", IPP, &[], Amount(30, "20000s"), Amount(60, "200000s")),
    case(
        "retrial",
        RETRIAL,
        &[],
        Amount(30, "20000s"),
        Amount(60, "200000s"),
    ),
    case(
        "passport",
        PASSPORT,
        &[],
        Amount(30, "12000000s"),
        Amount(60, "100000000s"),
    ),
    case(
        "jackson",
        JACKSON,
        &[],
        Amount(30, "2000s"),
        Amount(60, "20000s"),
    ),
    case(
        "three-stations",
        THREE_STATIONS,
        &[],
        Amount(30, "50000s"),
        Amount(60, "1000000s"),
    ),
    case(
        "two-classes",
        TWO_CLASSES,
        &[],
        Amount(30, "10000s"),
        Amount(60, "200000s"),
    ),
    case(
        "prefork",
        PREFORK,
        &[],
        Amount(30, "50s"),
        Amount(60, "500s"),
    ),
    case(
        "saturated",
        CLOSED,
        &[&[
            ("param.people.value", "400"),
            ("param.think.value", "0s"),
            ("param.work.value", "exp(444ms)"),
            ("param.workers.value", "300"),
            ("param.warmup.value", "20s"),
        ]],
        Amount(30, "100s"),
        Amount(60, "1000s"),
    ),
    case(
        "repair",
        CLOSED,
        &[],
        Amount(30, "10000s"),
        Amount(60, "200000s"),
    ),
    case(
        "finite-source",
        CLOSED,
        &[&[
            ("param.people.value", "4"),
            ("param.think.value", "exp(1s)"),
            ("param.work.value", "exp(1s)"),
        ]],
        Amount(30, "10000s"),
        Amount(60, "200000s"),
    ),
    case("daily", DAILY, &[], Amount(100, ""), Amount(2_000, "")),
    case(
        "daily-fixed",
        DAILY,
        &[&[("param.work.value", "2h")]],
        Amount(100, ""),
        Amount(2_000, ""),
    ),
    case(
        "mm2k3",
        STATION,
        &[&[
            ("param.rate.value", "3/s"),
            ("param.work.value", "exp(250ms)"),
            ("param.workers.value", "2"),
            ("service.desk.queue.limit", "1"),
        ]],
        Amount(30, "5000s"),
        Amount(60, "60000s"),
    ),
    case(
        "dm1",
        STATION,
        &[&[("arrivals.all.spacing", "even")]],
        Amount(30, "20000s"),
        Amount(60, "200000s"),
    ),
    case(
        "e2m1",
        STATION,
        &[&[("arrivals.all.spacing", "erlang(k=2, mean=1)")]],
        Amount(30, "20000s"),
        Amount(60, "300000s"),
    ),
    case(
        "cobham",
        CLASSES,
        &[],
        Amount(30, "30000s"),
        Amount(60, "500000s"),
    ),
    case(
        "cobham-fifo",
        CLASSES,
        &[&[("service.desk.queue.order", "fifo")]],
        Amount(30, "30000s"),
        Amount(60, "500000s"),
    ),
    case(
        "preempt",
        CLASSES,
        &[&[
            ("param.first.value", "0.3/s"),
            ("param.second.value", "0.5/s"),
            ("param.short.value", "exp(1s)"),
            ("param.long.value", "exp(1s)"),
            ("service.desk.queue.preempt", "true"),
        ]],
        Amount(30, "50000s"),
        Amount(60, "700000s"),
    ),
    case(
        "sjf",
        STATION,
        &[HALF, &[("service.desk.queue.order", "shortest")]],
        Amount(30, "10000s"),
        Amount(60, "100000s"),
    ),
    case(
        "srpt",
        STATION,
        &[HALF, &[("service.desk.queue.order", "shortest-remaining")]],
        Amount(30, "10000s"),
        Amount(60, "100000s"),
    ),
    case(
        "five",
        STATION,
        &[&[("param.rate.value", "2.5/s"), ("param.workers.value", "5")]],
        Amount(30, "3000s"),
        Amount(60, "60000s"),
    ),
    case(
        "ten",
        STATION,
        &[&[("param.rate.value", "5/s"), ("param.workers.value", "10")]],
        Amount(30, "5000s"),
        Amount(60, "100000s"),
    ),
    case(
        "pooled-five",
        STATION,
        &[&[("param.rate.value", "4/s"), ("param.workers.value", "5")]],
        Amount(30, "3000s"),
        Amount(60, "20000s"),
    ),
    case(
        "pooled-twenty",
        STATION,
        &[&[("param.rate.value", "16/s"), ("param.workers.value", "20")]],
        Amount(30, "1500s"),
        Amount(60, "5000s"),
    ),
    case(
        "shared-cores",
        STATION,
        &[&[
            ("param.rate.value", "10/s"),
            ("param.work.value", "exp(83333333ns)"),
            ("param.workers.value", "1000"),
            ("service.desk.cores", "3"),
        ]],
        Amount(30, "10000s"),
        Amount(60, "40000s"),
    ),
    case(
        "fork-join",
        FORK_JOIN,
        &[],
        Amount(30, "40000s"),
        Amount(60, "200000s"),
    ),
    case(
        "fork-join-busy",
        FORK_JOIN,
        &[&[("param.rate.value", "0.8/s")]],
        Amount(30, "100000s"),
        Amount(60, "400000s"),
    ),
    case("disks", DISKS, &[], Amount(30, "310s"), Amount(60, "2000s")),
    case(
        "disks-slow",
        DISKS,
        &[SLOW_SLICES],
        Amount(30, "310s"),
        Amount(60, "2000s"),
    ),
    case(
        "disks-two",
        DISKS,
        &[&[("service.cpu.workers", "2")]],
        Amount(30, "310s"),
        Amount(60, "2000s"),
    ),
    case(
        "disks-slow-two",
        DISKS,
        &[SLOW_SLICES, &[("service.cpu.workers", "2")]],
        Amount(30, "310s"),
        Amount(60, "2000s"),
    ),
];

const SLOW_SLICES: &[(&str, &str)] = &[("param.slice.value", "18181818ns")];

const LOSS: &[(&str, &str)] = &[
    ("param.rate.value", "20/s"),
    ("param.workers.value", "25"),
    ("service.desk.queue.limit", "0"),
];
const QUARTET: &[(&str, &str)] = &[("param.rate.value", "1.6/s"), ("service.desk.servers", "2")];
const HALF: &[(&str, &str)] = &[("param.rate.value", "0.5/s")];
const SLOW: &[(&str, &str)] = &[
    ("param.rate.value", "12/s"),
    ("param.work.value", "mix(95%: exp(200ms), 5%: exp(4s))"),
    ("param.workers.value", "6"),
];
