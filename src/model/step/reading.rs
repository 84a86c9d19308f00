//! Lists of steps as they are written.
//!
//! A step does one thing, named by its verb; the definitions say which further keys each verb
//! knows and whether it belongs into journeys, endpoints or both.

use std::collections::BTreeMap;

use super::{Asked, Branch, Call, EXPIRED, Expired, FailKind, Join, Or, Step, StepKind};
use crate::model::document::Node;
use crate::model::elsewhere::Among;
use crate::model::journey::OUTCOMES;
use crate::model::reader::{Fields, Reader};
use crate::model::table::{Kind, TableDef, key};
use crate::random::family::Distribution;
use crate::text::nearest::{nearest, suggestion};
use crate::text::{Diagnostic, Place};

/// A step.
pub(crate) static STEP: TableDef = TableDef {
    name: "a step",
    doc: "One thing that a user or a request does.",
    keys: &[
        key(
            "name",
            Kind::Text,
            "",
            "unique in its journey or endpoint at any depth",
        ),
        key("label", Kind::Text, "its name", "what reports call it"),
        key("call", Kind::Endpoint, "", "ask and wait for the answer"),
        key(
            "timeout",
            Kind::Duration,
            "none",
            "for each attempt, or for the wait of a `hold`",
        )
        .live(),
        key(
            "deadline",
            Kind::Duration,
            "none",
            "for the whole request, backoffs included; nested calls inherit it",
        )
        .live(),
        key(
            "retry",
            Kind::Name("retry"),
            "none",
            "the retry policy of a call",
        )
        .live(),
        key("send", Kind::Endpoint, "", "a message: nobody waits for it"),
        key("cpu", Kind::Times, "", "work that needs a core").live(),
        key(
            "wait",
            Kind::Times,
            "",
            "time that needs no core: disk, remote, sleep",
        )
        .live(),
        key("think", Kind::Times, "", "a user's pause").live(),
        key(
            "hold",
            Kind::Name("pool"),
            "",
            "waits for a unit, keeps it during `steps`",
        ),
        key(
            "steps",
            Kind::Steps,
            "",
            "what is done while holding, inside, or repeatedly",
        ),
        key("enter", Kind::Name("room"), "", "waits for admission"),
        key(
            "choose",
            Kind::Tables(&BRANCH),
            "",
            "does one of several lists of steps",
        ),
        key(
            "parallel",
            Kind::Branches,
            "",
            "does several lists of steps at once",
        ),
        key(
            "join",
            Kind::Either(&[Kind::Words(&["all", "any"]), Kind::Count]),
            "\"all\"",
            JOIN_DOC,
        ),
        key(
            "repeat",
            Kind::Counts,
            "",
            "does `steps` this many times; a failing turn ends it",
        )
        .live(),
        key(
            "take",
            Kind::Name("stock"),
            "",
            "given back unless the user ends `served`",
        ),
        key(
            "units",
            Kind::Counts,
            "1",
            "how many units a `take` takes, or a `hold` keeps",
        ),
        key(
            "keep",
            Kind::Duration,
            "until the visit ends",
            "how long a `take` reserves its units at most",
        )
        .live(),
        key(
            "expired",
            Kind::Either(&[Kind::Text, Kind::Steps]),
            "\"expired\"",
            "what happens when `keep` is over: an outcome, `continue`, or steps",
        ),
        key(
            "cache",
            Kind::Name("cache"),
            "",
            "looks for an entry: on a hit nothing, else `miss`",
        ),
        key(
            "miss",
            Kind::Steps,
            "",
            "what is done where the entry is not there",
        ),
        key(
            "single_flight",
            Kind::Flag,
            "as the cache says",
            "whether those who ask for one key at once share one miss",
        ),
        key(
            "answer",
            Kind::Flag,
            "",
            "the caller has its answer, the worker goes on",
        ),
        key(
            "back_to",
            Kind::Text,
            "",
            "goes back to a step of the journey, by its name",
        ),
        key(
            "at_most",
            Kind::Count,
            "no limit",
            "how often a visit goes back",
        ),
        key("mark", Kind::Text, "", "counts a milestone"),
        key("leave", Kind::Text, "", "ends the visit with an outcome"),
        key(
            "fail",
            Kind::Words(FAIL_WORDS),
            "",
            "ends the endpoint with an error",
        ),
        key(
            "final",
            Kind::Flag,
            "false",
            "whether callers must not retry a `fail`",
        ),
        key(
            "or",
            Kind::Either(&[Kind::Text, Kind::Steps]),
            "\"fail\"",
            OR_DOC,
        ),
        key(
            "breaker",
            Kind::Name("breaker"),
            "none",
            "the circuit breaker of a call",
        ),
        key(
            "class",
            Kind::Name("class"),
            "that of the caller",
            CLASS_DOC,
        ),
        key("key", Kind::Name("keys"), "that of the caller", KEY_DOC),
        key(
            "hedge",
            Kind::Name("hedge"),
            "none",
            "how a call sends a second attempt beside a slow one",
        ),
        key(
            "throttle",
            Kind::Name("throttle"),
            "none",
            "the throttle of a call",
        ),
        key(
            "limit",
            Kind::Name("limit"),
            "none",
            "the rate limit of a call",
        ),
    ],
};

const JOIN_DOC: &str = "`all`, `any`, or how many branches must succeed";
/// Units that one `hold` keeps at most.
const MOST_UNITS: u32 = 1_000_000;
/// Steps or branches in one list at most.
const MOST_STEPS: usize = 10_000;

const CLASS_DOC: &str = "what kind of traffic it is; nested calls inherit it";
const KEY_DOC: &str = "one of these keys is asked for; nested calls inherit it";
const OR_DOC: &str = "what happens when the step fails: `fail`, `continue`, an outcome, or steps";

static BRANCH: TableDef = TableDef {
    name: "a branch of `choose`",
    doc: "One of the lists of steps of a `choose`.",
    keys: &[
        key(
            "share",
            Kind::Either(&[Kind::Share, Kind::Words(&["rest"])]),
            "",
            "its probability",
        )
        .live(),
        key("when", Kind::Condition, "", WHEN_DOC),
        key("steps", Kind::Steps, "", "what is done"),
    ],
};

const WHEN_DOC: &str = "instead of `share`: the first branch whose condition holds is taken";

const FAIL_WORDS: &[&str] = &["failed", "refused"];
const FAIL: [(&str, FailKind); 2] = [("failed", FailKind::Failed), ("refused", FailKind::Refused)];

/// A verb: its further keys, and where it may stand.
struct Verb {
    word: &'static str,
    keys: &'static [&'static str],
    journeys: bool,
    endpoints: bool,
}

const VERBS: [Verb; 17] = [
    both(
        "call",
        &[
            "timeout", "deadline", "retry", "class", "key", "breaker", "throttle", "limit",
            "hedge", "or",
        ],
    ),
    both("send", &[]),
    Verb {
        word: "cpu",
        keys: &[],
        journeys: false,
        endpoints: true,
    },
    Verb {
        word: "wait",
        keys: &[],
        journeys: false,
        endpoints: true,
    },
    Verb {
        word: "think",
        keys: &[],
        journeys: true,
        endpoints: false,
    },
    both("hold", &["units", "steps", "timeout", "or"]),
    Verb {
        word: "enter",
        keys: &["steps", "or"],
        journeys: true,
        endpoints: false,
    },
    both("choose", &["or"]),
    both("parallel", &["join", "or"]),
    both("repeat", &["steps", "or"]),
    Verb {
        word: "take",
        keys: &["units", "keep", "expired", "or"],
        journeys: true,
        endpoints: false,
    },
    Verb {
        word: "cache",
        keys: &["miss", "single_flight", "or"],
        journeys: false,
        endpoints: true,
    },
    Verb {
        word: "answer",
        keys: &[],
        journeys: false,
        endpoints: true,
    },
    Verb {
        word: "back_to",
        keys: &["at_most", "or"],
        journeys: true,
        endpoints: false,
    },
    both("mark", &[]),
    Verb {
        word: "leave",
        keys: &[],
        journeys: true,
        endpoints: false,
    },
    Verb {
        word: "fail",
        keys: &["final"],
        journeys: false,
        endpoints: true,
    },
];

const fn both(word: &'static str, keys: &'static [&'static str]) -> Verb {
    Verb {
        word,
        keys,
        journeys: true,
        endpoints: true,
    }
}

/// What a list of steps belongs to.
pub(crate) enum Owner {
    /// A journey.
    Journey(String),
    /// An endpoint, as `service.endpoint`.
    Endpoint(String),
}

/// Reads the steps of a journey.
pub(crate) fn journey_steps<'a>(
    r: &mut Reader<'a>,
    node: &'a Node,
    name: &str,
) -> Option<Vec<Step>> {
    Steps::new(r, &Owner::Journey(name.to_owned())).list(node)
}

/// Reads the steps of an endpoint.
pub(crate) fn endpoint_steps<'a>(
    r: &mut Reader<'a>,
    node: &'a Node,
    owner: &Owner,
) -> Option<Vec<Step>> {
    Steps::new(r, owner).list(node)
}

struct Steps<'r, 'a> {
    r: &'r mut Reader<'a>,
    owner: &'r Owner,
    names: BTreeMap<String, Place>,
}

impl<'r, 'a> Steps<'r, 'a> {
    fn new(r: &'r mut Reader<'a>, owner: &'r Owner) -> Steps<'r, 'a> {
        Steps {
            r,
            owner,
            names: BTreeMap::new(),
        }
    }

    fn in_journey(&self) -> bool {
        matches!(self.owner, Owner::Journey(_))
    }

    /// Refuses a list of more steps or branches than one list may have.
    fn fits(&mut self, items: &[Node], node: &Node) -> Option<()> {
        if items.len() <= MOST_STEPS {
            return Some(());
        }
        let found = format!("a list of {} is too long", items.len());
        let diagnostic = Diagnostic::new("E006", found).at(node.place);
        let expected = format!("expected at most {MOST_STEPS}; `repeat` does the same again");
        self.r.push(diagnostic.expected(expected));
        None
    }

    fn list(&mut self, node: &'a Node) -> Option<Vec<Step>> {
        let Some(items) = node.list() else {
            self.r.wrong_kind(
                node,
                "a list of steps such as `[ { call = \"shop.home\" } ]`",
            );
            return None;
        };
        self.fits(items, node)?;
        let mut steps: Vec<Step> = Vec::new();
        let mut ranks: BTreeMap<String, usize> = BTreeMap::new();
        for item in items {
            let Some((mut step, target)) = self.step(item) else {
                continue;
            };
            step.identity = match &step.name {
                Some(name) => name.clone(),
                None => {
                    let rank = ranks.entry(target.clone()).or_insert(0);
                    *rank += 1;
                    format!("{target}#{}", *rank - 1)
                }
            };
            steps.push(step);
        }
        Some(steps)
    }

    /// A step, and its kind and target in words.
    fn step(&mut self, node: &'a Node) -> Option<(Step, String)> {
        self.r.among = match self.in_journey() {
            true => Among::Journey,
            false => Among::Endpoint,
        };
        let fields = self.r.fields(node, &STEP);
        self.r.among = Among::NoSteps;
        let fields = fields?;
        let verb = self.verb(&fields)?;
        let fits = if self.in_journey() {
            verb.journeys
        } else {
            verb.endpoints
        };
        if !fits {
            let (here, there) = match self.in_journey() {
                true => ("journeys", "endpoints"),
                false => ("endpoints", "journeys"),
            };
            let found = format!("`{}` does not belong in {here}, only in {there}", verb.word);
            let diagnostic = Diagnostic::new("E032", found).at(fields.key_place(verb.word));
            let help = match verb.word {
                "wait" | "cpu" => Some("a user's pause is `think`".to_owned()),
                "think" => Some("time without work is `wait`".to_owned()),
                "leave" => Some("an endpoint ends with `fail`".to_owned()),
                "fail" => Some("a journey ends with `leave`".to_owned()),
                _ => None,
            };
            self.r.push(diagnostic.maybe_help(help));
            return None;
        }
        self.check_keys(&fields, verb);
        let name = self.name(&fields);
        let label = fields.label(self.r, "label");
        let kind = self.kind(verb.word, &fields);
        let or = self.or(&fields);
        let (kind, or) = (kind?, or?);
        let target = target(verb.word, &kind);
        let place = fields.place;
        Some((
            Step {
                name,
                label,
                identity: String::new(),
                kind,
                or,
                place,
            },
            target,
        ))
    }

    fn verb(&mut self, fields: &Fields<'a>) -> Option<&'static Verb> {
        let found: Vec<&'static Verb> = VERBS
            .iter()
            .filter(|verb| fields.get(verb.word).is_some())
            .collect();
        match found.as_slice() {
            [verb] => Some(verb),
            [] => {
                // An unknown or later key is the reason, and is reported already.
                let explained = |key: &str| !STEP.names().any(|name| name == key);
                if !fields.written().any(explained) {
                    let words: Vec<String> = VERBS
                        .iter()
                        .map(|verb| format!("`{}`", verb.word))
                        .collect();
                    let diagnostic = Diagnostic::new("E030", "this step does nothing");
                    let expected = format!("expected one of {}", words.join(", "));
                    self.r.push(diagnostic.at(fields.place).expected(expected));
                }
                None
            }
            [first, second, ..] => {
                let found = format!(
                    "a step does one thing; found `{}` and `{}`",
                    first.word, second.word
                );
                let place = fields.key_place(second.word);
                self.r.push(
                    Diagnostic::new("E030", found)
                        .at(place)
                        .help("write two steps"),
                );
                None
            }
        }
    }

    fn check_keys(&mut self, fields: &Fields<'a>, verb: &Verb) {
        for key in fields.written() {
            let known = ["name", "label", verb.word].contains(&key) || verb.keys.contains(&key);
            let exists = STEP.names().any(|name| name == key);
            if !known && exists {
                let found = format!("`{key}` does not belong to a `{}` step", verb.word);
                let mut diagnostic = Diagnostic::new("E031", found).at(fields.key_place(key));
                if !verb.keys.is_empty() {
                    let keys: Vec<String> = verb.keys.iter().map(|k| format!("`{k}`")).collect();
                    diagnostic = diagnostic.help(format!("it knows {}", keys.join(", ")));
                }
                self.r.push(diagnostic);
            }
        }
    }

    fn name(&mut self, fields: &Fields<'a>) -> Option<String> {
        let name = fields.text(self.r, "name")?;
        let place = fields.get("name").map_or(fields.place, |node| node.place);
        if !self.r.check_name(&name, place) {
            return None;
        }
        if let Some(first) = self.names.insert(name.clone(), place) {
            let owner = match self.owner {
                Owner::Journey(name) => format!("the journey `{name}`"),
                Owner::Endpoint(name) => format!("the endpoint `{name}`"),
            };
            let found = format!("two steps of {owner} are called `{name}`");
            let diagnostic = Diagnostic::new("E033", found).at(place);
            self.r.push(diagnostic.related(first, "the first one"));
        }
        Some(name)
    }

    fn kind(&mut self, verb: &str, fields: &Fields<'a>) -> Option<StepKind> {
        let node = fields.get(verb)?;
        Some(match verb {
            "call" => StepKind::Call(self.call(node, fields)?),
            "send" => {
                let (service, endpoint) = self.r.endpoint(node)?;
                StepKind::Send { service, endpoint }
            }
            "cpu" => StepKind::Cpu(self.r.times(node)?),
            "wait" => StepKind::Wait(self.r.times(node)?),
            "think" => StepKind::Think(self.r.times(node)?),
            "hold" => {
                let pool = self.r.reference(node, "pool");
                let steps = self.required_steps(fields);
                let timeout = fields.duration(self.r, "timeout");
                let units = fields.within(self.r, "units", 1..=MOST_UNITS).unwrap_or(1);
                StepKind::Hold {
                    pool: pool?,
                    units,
                    steps: steps?,
                    timeout,
                }
            }
            "enter" => {
                let room = self.r.reference(node, "room");
                let steps = fields.get("steps").map(|node| self.list(node));
                StepKind::Enter {
                    room: room?,
                    steps: steps.flatten(),
                }
            }
            "choose" => StepKind::Choose(self.choose(node)?),
            "parallel" => self.parallel(node, fields)?,
            "repeat" => {
                let times = self.r.whole_numbers(node);
                let steps = self.required_steps(fields);
                StepKind::Repeat {
                    times: times?,
                    steps: steps?,
                }
            }
            "take" => {
                let stock = self.r.reference(node, "stock");
                let units = match fields.get("units") {
                    Some(node) => self.units(node)?,
                    None => Distribution::constant(1.0).ok()?,
                };
                let keep = fields.period(self.r, "keep");
                let expired = self.expired(fields)?;
                StepKind::Take {
                    stock: stock?,
                    units,
                    keep,
                    expired,
                }
            }
            _ => self.rarer_kind(verb, (node, fields))?,
        })
    }

    /// What the rarer verbs do.
    fn rarer_kind(
        &mut self,
        verb: &str,
        (node, fields): (&'a Node, &Fields<'a>),
    ) -> Option<StepKind> {
        Some(match verb {
            "cache" => {
                let cache = self.r.reference(node, "cache");
                let miss = fields.require(self.r, "miss").map(|node| self.list(node));
                StepKind::Lookup {
                    cache: cache?,
                    miss: miss.flatten()?,
                    single_flight: fields.flag(self.r, "single_flight"),
                }
            }
            "answer" => {
                if !self.r.flag(node)? {
                    self.r.out_of_range(node, "`true`");
                    return None;
                }
                StepKind::Answer
            }
            "back_to" => StepKind::BackTo {
                step: self.own_word(node)?,
                at_most: fields.small(self.r, "at_most", 1),
            },
            "mark" => StepKind::Mark(self.own_word(node)?),
            "leave" => StepKind::Leave(self.outcome(node)?),
            _ => {
                let kind = fields.word(self.r, "fail", &FAIL)?;
                let is_final = fields.flag(self.r, "final").unwrap_or(false);
                StepKind::Fail { kind, is_final }
            }
        })
    }

    fn call(&mut self, node: &'a Node, fields: &Fields<'a>) -> Option<Call> {
        let target = self.r.endpoint(node);
        let timeout = fields.period(self.r, "timeout");
        let deadline = fields.period(self.r, "deadline");
        let retry = fields.reference(self.r, "retry", "retry");
        let class = fields.reference(self.r, "class", "class");
        let key = fields.reference(self.r, "key", "keys");
        let breaker = fields.reference(self.r, "breaker", "breaker");
        let throttle = fields.reference(self.r, "throttle", "throttle");
        let limit = fields.reference(self.r, "limit", "limit");
        let hedge = fields.reference(self.r, "hedge", "hedge");
        let (service, endpoint) = target?;
        Some(Call {
            service,
            endpoint,
            timeout,
            deadline,
            retry,
            breaker,
            class,
            key,
            limit,
            throttle,
            hedge,
        })
    }

    fn required_steps(&mut self, fields: &Fields<'a>) -> Option<Vec<Step>> {
        let node = fields.require(self.r, "steps")?;
        self.list(node)
    }

    fn choose(&mut self, node: &'a Node) -> Option<Vec<Branch>> {
        let items = node.list().filter(|items| !items.is_empty());
        let Some(items) = items else {
            self.r
                .wrong_kind(node, "branches such as `{ share = \"60%\", steps = [] }`");
            return None;
        };
        let (mut branches, mut rest) = (Vec::new(), None);
        let mut good = true;
        for item in items {
            let Some(fields) = self.r.fields(item, &BRANCH) else {
                good = false;
                continue;
            };
            let steps = self.required_steps(&fields);
            let when = fields.get("when");
            let share = match when {
                Some(_) => fields.get("share"),
                None => fields.require(self.r, "share"),
            };
            if let (Some(_), Some(share)) = (when, share) {
                let diagnostic = Diagnostic::new("E081", "write `share` or `when`, not both");
                self.r.push(diagnostic.at(share.place));
            }
            let when = when.and_then(|node| Some((self.r.text(node)?, node)));
            let when = when.map(|(text, node)| Asked {
                text,
                node: node.clone(),
            });
            let share = match share {
                Some(node) if node.text() == Some("rest") => {
                    if rest.replace(branches.len()).is_some() {
                        let diagnostic = Diagnostic::new("E034", "two branches take the rest");
                        self.r.push(diagnostic.at(node.place));
                    }
                    Some(0.0)
                }
                Some(node) => self.r.share(node),
                None => when.as_ref().map(|_| 0.0),
            };
            match (share, steps) {
                (Some(share), Some(steps)) => branches.push(Branch { share, when, steps }),
                _ => good = false,
            }
        }
        if good {
            self.check_shares(&mut branches, rest, node.place);
        }
        good.then_some(branches)
    }

    fn check_shares(&mut self, branches: &mut [Branch], rest: Option<usize>, place: Place) {
        if branches.iter().all(|branch| branch.when.is_some()) {
            return;
        }
        let sum: f64 = branches.iter().map(|branch| branch.share).sum();
        let percent = (sum * 1e8).round() / 1e6;
        match rest {
            Some(rest) if sum <= 1.0 + 1e-9 => branches[rest].share = (1.0 - sum).max(0.0),
            None if (sum - 1.0).abs() <= 1e-9 => {}
            _ => {
                let found = format!("the shares add up to {percent}%");
                let diagnostic = Diagnostic::new("E034", found).at(place);
                let expected = match rest {
                    Some(_) => "expected at most 100% beside `rest`",
                    None => "expected 100%",
                };
                let help = "give one branch `share = \"rest\"`".to_owned();
                let help = (rest.is_none() && sum < 1.0).then_some(help);
                self.r.push(diagnostic.expected(expected).maybe_help(help));
            }
        }
    }

    fn parallel(&mut self, node: &'a Node, fields: &Fields<'a>) -> Option<StepKind> {
        let items = node.list().filter(|items| !items.is_empty());
        let Some(items) = items else {
            self.r
                .wrong_kind(node, "lists of steps such as `[ [ … ], [ … ] ]`");
            return None;
        };
        self.fits(items, node)?;
        let branches: Vec<Option<Vec<Step>>> = items.iter().map(|item| self.list(item)).collect();
        let branches: Vec<Vec<Step>> = branches.into_iter().collect::<Option<_>>()?;
        let join = match fields.get("join") {
            None => Join::All,
            Some(node) => match node.text() {
                Some("all") => Join::All,
                Some("any") => Join::Any,
                Some(word) if !word.starts_with(|c: char| c.is_ascii_digit() || c == '$') => {
                    let diagnostic = Diagnostic::new("E007", format!("`{word}` is not known here"));
                    let expected = "expected `all`, `any`, or how many branches must succeed";
                    self.r.push(diagnostic.at(node.place).expected(expected));
                    return None;
                }
                _ => {
                    let count = self.r.count(node, 1..=branches.len() as u64)?;
                    Join::AtLeast(u32::try_from(count).unwrap_or(u32::MAX))
                }
            },
        };
        Some(StepKind::Parallel { branches, join })
    }

    /// How many units a `take` takes.
    fn units(&mut self, node: &'a Node) -> Option<Distribution> {
        let law = self.r.whole_numbers(node)?;
        if law.quantile(0.0).round() < 1.0 {
            self.r.out_of_range(node, "a whole number, at least 1");
            return None;
        }
        Some(law)
    }

    /// What happens when a reservation ends.
    fn expired(&mut self, fields: &Fields<'a>) -> Option<Expired> {
        let Some(node) = fields.get("expired") else {
            return Some(Expired::Outcome(EXPIRED.to_owned()));
        };
        if fields.get("keep").is_none() {
            let found = "nothing expires without `keep`";
            let diagnostic = Diagnostic::new("E031", found).at(fields.key_place("expired"));
            self.r
                .push(diagnostic.help("say for how long: `keep = \"10m\"`"));
        }
        if node.list().is_some() {
            return self.list(node).map(Expired::Steps);
        }
        if node.text() == Some("continue") {
            return Some(Expired::Continue);
        }
        self.outcome(node).map(Expired::Outcome)
    }

    fn or(&mut self, fields: &Fields<'a>) -> Option<Or> {
        let Some(node) = fields.get("or") else {
            return Some(Or::Fail);
        };
        if node.list().is_some() {
            return self.list(node).map(Or::Steps);
        }
        match node.text() {
            Some("fail") => Some(Or::Fail),
            Some("continue") => Some(Or::Continue),
            Some(word) if !self.in_journey() => {
                let found = format!("an endpoint has no outcome `{word}`");
                let diagnostic = Diagnostic::new("E032", found).at(node.place);
                let expected = "expected `fail`, `continue` or a list of steps";
                let help = suggestion(word, ["fail", "continue"]);
                let help = help.filter(|help| help.starts_with("did"));
                self.r.push(diagnostic.expected(expected).maybe_help(help));
                None
            }
            Some(_) => self.outcome(node).map(Or::Outcome),
            None => {
                self.r
                    .wrong_kind(node, "`fail`, `continue`, an outcome or a list of steps");
                None
            }
        }
    }

    /// A word of the author's own.
    fn own_word(&mut self, node: &'a Node) -> Option<String> {
        let word = self.r.text(node)?;
        self.r.check_name(&word, node.place).then_some(word)
    }

    /// An outcome: a general one or a word of the author's own.
    fn outcome(&mut self, node: &'a Node) -> Option<String> {
        let word = self.own_word(node)?;
        if word == "unfinished" {
            let found = "`unfinished` is reserved for users who are still there at the end";
            self.r.push(Diagnostic::new("E007", found).at(node.place));
            return None;
        }
        if word == "arrived" {
            let found = "`arrived` is reserved: it counts all users, whatever becomes of them";
            self.r.push(Diagnostic::new("E007", found).at(node.place));
            return None;
        }
        let known = OUTCOMES.into_iter().chain(["fail", "continue"]);
        if !OUTCOMES.contains(&word.as_str())
            && let Some(near) = nearest(&word, known)
        {
            let found = format!("`{word}` is taken as a new outcome of its own");
            let diagnostic = Diagnostic::new("W004", found).at(node.place);
            self.r
                .push(diagnostic.help(format!("did you mean `{near}`?")));
        }
        Some(word)
    }
}

/// The kind and target by which luck knows a step without a name.
fn target(verb: &str, kind: &StepKind) -> String {
    match kind {
        StepKind::Call(call) => format!("call {}.{}", call.service, call.endpoint),
        StepKind::Send { service, endpoint } => format!("send {service}.{endpoint}"),
        StepKind::Hold { pool, .. } => format!("hold {pool}"),
        StepKind::Enter { room, .. } => format!("enter {room}"),
        StepKind::Take { stock, .. } => format!("take {stock}"),
        StepKind::Lookup { cache, .. } => format!("cache {cache}"),
        StepKind::BackTo { step, .. } => format!("back_to {step}"),
        StepKind::Mark(word) | StepKind::Leave(word) => format!("{verb} {word}"),
        _ => verb.to_owned(),
    }
}
