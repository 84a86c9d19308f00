//! The top of the language: which tables a model consists of.

use super::action::ACTION;
use super::arrival::reading::ARRIVALS;
use super::autoscaler::AUTOSCALER;
use super::breaker::BREAKER;
use super::cache::CACHE;
use super::class::CLASS;
use super::fault::FAULT;
use super::hedge::HEDGE;
use super::journey::reading::JOURNEY;
use super::keys::KEYS;
use super::limit::LIMIT;
use super::objective::OBJECTIVE;
use super::observed::OBSERVED;
use super::param::PARAM;
use super::pool::POOL;
use super::retry::RETRY;
use super::room::ROOM;
use super::service::SERVICE;
use super::stock::STOCK;
use super::table::{Kind, TableDef, key};
use super::throttle::THROTTLE;
use super::uncertain::UNCERTAIN;
use super::variant::VARIANT;

/// A whole model.
pub(crate) static ROOT: TableDef = TableDef {
    name: "a model",
    doc: "Who comes, what they do, what they hit, what goes wrong, what defends, what must hold, \
          and which what-ifs to compare.",
    keys: &[
        key(
            "model",
            Kind::Table(&MODEL),
            "",
            "what is simulated, for how long, how often",
        ),
        key("param", Kind::Map(&PARAM), "", "named inputs"),
        key("arrivals", Kind::Map(&ARRIVALS), "", "who comes"),
        key("journey", Kind::Map(&JOURNEY), "", "what they do"),
        key("service", Kind::Map(&SERVICE), "", "what they hit"),
        key("pool", Kind::Map(&POOL), "", "what steps hold"),
        key("room", Kind::Map(&ROOM), "", "doors with a clock"),
        key("stock", Kind::Map(&STOCK), "", "what runs out"),
        key("retry", Kind::Map(&RETRY), "", "how programs try again"),
        key("cache", Kind::Map(&CACHE), "", "what is kept of many keys"),
        key("class", Kind::Map(&CLASS), "", "kinds of traffic"),
        key(
            "keys",
            Kind::Map(&KEYS),
            "",
            "what is asked for, and how popular it is",
        ),
        key("breaker", Kind::Map(&BREAKER), "", "circuit breakers"),
        key(
            "throttle",
            Kind::Map(&THROTTLE),
            "",
            "throttling at callers",
        ),
        key("limit", Kind::Map(&LIMIT), "", "rate limits"),
        key(
            "hedge",
            Kind::Map(&HEDGE),
            "",
            "second attempts beside slow ones",
        ),
        key("fault", Kind::Map(&FAULT), "", "what goes wrong"),
        key("action", Kind::Map(&ACTION), "", "what an operator does"),
        key(
            "autoscaler",
            Kind::Map(&AUTOSCALER),
            "",
            "what changes the number of servers by itself",
        ),
        key("objective", Kind::Tables(&OBJECTIVE), "", "what must hold"),
        key("variant", Kind::Map(&VARIANT), "", "the what-ifs"),
        key(
            "note",
            Kind::Tables(&NOTE),
            "",
            "remarks on the timeline of the report",
        ),
        key(
            "recovery",
            Kind::Table(&RECOVERY),
            "",
            "when a system counts as healthy again",
        ),
        key(
            "uncertain",
            Kind::Table(&UNCERTAIN),
            "",
            "conclusions, checked against draws of the parameters",
        ),
        key("observed", Kind::Table(&OBSERVED), "", "what was measured"),
        key(
            "cost",
            Kind::Settings,
            "",
            "what an hour of a server or core costs: paths such as `service.web.servers`, prices",
        ),
    ],
};

/// `[model]`.
pub(crate) static MODEL: TableDef = TableDef {
    name: "`[model]`",
    doc: "What is simulated, for how long and how often.",
    keys: &[
        key(
            "title",
            Kind::Text,
            "the file's name",
            "what it is called in reports",
        ),
        key("question", Kind::Text, "", "what the model is to answer"),
        key(
            "asks",
            Kind::Name("variant"),
            "the model as it is",
            "the variant that the question is about",
        ),
        key("yes", Kind::Words(&["met", "failed"]), "\"met\"", YES_DOC),
        key(
            "starts",
            Kind::Date,
            "",
            "the date of T+0, for labels and for dates in data files",
        ),
        key("run_for", Kind::Duration, "", "the horizon, from T+0"),
        key(
            "drain",
            Kind::Flag,
            "false",
            "whether the simulation goes on until everyone has left",
        ),
        key(
            "study",
            Kind::Words(&["launch", "steady"]),
            "\"launch\"",
            STUDY_DOC,
        ),
        key(
            "warmup",
            Kind::Either(&[Kind::Duration, Kind::Words(&["auto"])]),
            "",
            WARMUP_DOC,
        ),
        key("seed", Kind::Count, "1", "the seed of the random numbers"),
        key(
            "replications",
            Kind::Count,
            "30, or what the objectives need",
            "how many launches are simulated",
        ),
        key(
            "precision",
            Kind::Share,
            "",
            "instead of `replications`: run until the headline figures are known this well",
        ),
        key(
            "confidence",
            Kind::Share,
            "\"95%\"",
            "the confidence level of intervals",
        ),
    ],
};

const YES_DOC: &str =
    "when the answer is yes: all objectives are met, or one failed (\"will it break?\")";
const STUDY_DOC: &str = "`launch`: everything counts; `steady`: the beginning does not";
const WARMUP_DOC: &str = "how much of a steady study does not count; `auto` finds it";

/// `[[note]]`.
pub(crate) static NOTE: TableDef = TableDef {
    name: "a note",
    doc: "A remark for the timeline of the report.",
    keys: &[
        key("at", Kind::Instant, "", "when"),
        key("text", Kind::Text, "", "what"),
    ],
};

/// `[recovery]`.
pub(crate) static RECOVERY: TableDef = TableDef {
    name: "`[recovery]`",
    doc: "When a system counts as healthy again.",
    keys: &[
        key(
            "window",
            Kind::Duration,
            "\"10s\"",
            "the length of a window",
        ),
        key(
            "share_ok",
            Kind::Share,
            "0.9",
            "the lowest share of requests ok in a healthy window, as a part of the usual share",
        ),
        key(
            "slower",
            Kind::Number,
            "3",
            "up to how many times the usual median still counts as healthy",
        ),
        key(
            "before",
            Kind::Count,
            "20",
            "how many windows before the trigger say what is usual",
        ),
        key(
            "in_a_row",
            Kind::Count,
            "3",
            "how many windows in a row decide",
        ),
        key(
            "trigger_ends",
            Kind::Instant,
            "found",
            "when the trigger ends",
        ),
    ],
};
