//! `[arrivals.NAME]` as it is written, and how its forms become rates in time.
//!
//! Every form that says a rate becomes pieces of a piecewise-linear rate; `total` scales the shape,
//! `scale` multiplies whatever comes.

use super::data::file;
use super::repeating::repeated;
use super::replay::FILE;
use super::states::{STATE, states};
use super::{Arrivals, Form, Piece, Spacing};
use crate::base::time::{Span, Time};
use crate::model::document::Node;
use crate::model::files::instants::Calendar;
use crate::model::law;
use crate::model::reader::{Fields, Reader, zero};
use crate::model::table::{Kind, TableDef, key};
use crate::model::value::Thing;
use crate::text::Diagnostic;

/// `[arrivals.NAME]`.
pub(crate) static ARRIVALS: TableDef = TableDef {
    name: "a source of arrivals",
    doc: "Who comes, and when; it has exactly one of the forms `rate`, `stages`, `states`, \
          `crowd`, `burst`, `file`, `population`.",
    keys: &[
        key("journey", Kind::Name("journey"), "", "what its users do"),
        key(
            "rate",
            Kind::Rate,
            "",
            "a constant rate from T+0 to the horizon",
        ),
        key(
            "stages",
            Kind::Tables(&STAGE),
            "",
            "a rate that changes in time",
        ),
        key("states", Kind::Tables(&STATE), "", STATES_DOC),
        key("crowd", Kind::Table(&CROWD), "", "exactly this many people"),
        key(
            "burst",
            Kind::Table(&BURST),
            "",
            "many at once, possibly repeated",
        ),
        key(
            "file",
            Kind::Either(&[Kind::File, Kind::Table(&FILE)]),
            "",
            FILE_DOC,
        ),
        key(
            "population",
            Kind::Count,
            "",
            "a fixed number of users, who start over when they are done",
        ),
        key("every", Kind::Duration, "once", EVERY_DOC),
        key("jitter", Kind::Times, "\"0s\"", JITTER_DOC),
        key(
            "total",
            Kind::Count,
            "",
            "scales rates so that this many users are expected",
        ),
        key(
            "scale",
            Kind::Number,
            "1",
            "multiplies the number of users, whatever the form",
        )
        .live(),
        key(
            "class",
            Kind::Name("class"),
            "none",
            "what kind of traffic they make",
        ),
        key("spacing", Kind::Gaps, "\"poisson\"", SPACING_DOC),
    ],
};

const FILE_DOC: &str = "a log of users, or rates with the time at which each begins: plain lists, \
                        dashboards, load tests";
const STATES_DOC: &str = "rates that follow one another, each for a time that is drawn anew; after \
                          the last the first begins again";
const EVERY_DOC: &str = "from one beginning of `stages`, a `crowd` or a `file` to the next, \
                         until the horizon";
const JITTER_DOC: &str = "how much later each crowd or burst comes; the next one is not moved";
const SPACING_DOC: &str = "how regular they come: `poisson`, `even`, `bursty(cv=3)`, or any law \
                           of gaps with mean 1";

static STAGE: TableDef = TableDef {
    name: "a stage",
    doc: "A stretch of time with a constant rate, or a ramp from the rate before.",
    keys: &[
        key("rate", Kind::Rate, "", "a constant rate"),
        key(
            "to",
            Kind::Rate,
            "",
            "a ramp from the rate before (at first 0/s) to this one",
        ),
        key(
            "for",
            Kind::Duration,
            "to the horizon, for the last",
            "how long it lasts",
        ),
    ],
};

static CROWD: TableDef = TableDef {
    name: "`crowd`",
    doc: "Exactly this many people; the n-th keeps its own instant whatever the number.",
    keys: &[
        key("users", Kind::Count, "", "how many"),
        key(
            "from",
            Kind::Instant,
            "\"0s\"",
            "the earliest arrival, possibly before T+0",
        ),
        key(
            "arrive",
            Kind::Times,
            "",
            "how long after `from` each one comes",
        ),
    ],
};

static BURST: TableDef = TableDef {
    name: "`burst`",
    doc: "Many users at once, possibly repeated until the horizon.",
    keys: &[
        key("users", Kind::Count, "", "how many users each time"),
        key("at", Kind::Instant, "\"0s\"", "the first burst"),
        key(
            "every",
            Kind::Duration,
            "once",
            "from one burst to the next",
        ),
        key("jitter", Kind::Times, "\"0s\"", JITTER_DOC),
        key(
            "spread",
            Kind::Times,
            "\"0s\"",
            "how long after the burst each one comes",
        ),
    ],
};

const FORMS: [&str; 7] = [
    "rate",
    "stages",
    "states",
    "crowd",
    "burst",
    "file",
    "population",
];
/// More users than any machine holds; a bound that keeps arithmetic exact.
const MOST_USERS: u64 = 1_000_000_000_000;
/// Most users that `scale` makes of the rows of a file.
const MOST_COPIES: f64 = 1e8;

/// Reads `[arrivals.NAME]`.
pub(crate) fn read<'a>(
    r: &mut Reader<'a>,
    name: &str,
    fields: &Fields<'a>,
    clock: Calendar,
) -> Option<Arrivals> {
    let journey = fields
        .require(r, "journey")
        .and_then(|node| r.reference(node, "journey"));
    let forms: Vec<&str> = FORMS
        .into_iter()
        .filter(|form| fields.get(form).is_some())
        .collect();
    let shape = match forms.as_slice() {
        [form] => shape(r, form, fields, clock),
        [] => {
            let found = format!("the source `{name}` does not say how many users come");
            let diagnostic = Diagnostic::new("E040", found).at(fields.place);
            let expected = "expected one of `rate`, `stages`, `states`, `crowd`, `burst`, `file`, \
                            `population`";
            r.push(diagnostic.expected(expected));
            None
        }
        [first, second, ..] => {
            let found = format!("a source has one form; found `{first}` and `{second}`");
            let diagnostic = Diagnostic::new("E040", found).at(fields.key_place(second));
            r.push(diagnostic.help("write two sources with the same journey"));
            None
        }
    };
    let total = fields.count(r, "total", 0..=MOST_USERS);
    let scale = fields.number(r, "scale", 0.0).unwrap_or(1.0);
    let spacing = fields.get("spacing").map(|node| spacing(r, node));
    let mut form = repeated(r, fields, shape?, Time::ZERO + clock.run_for)?;
    unfit(r, fields, &form);
    if let (
        Form::Flow { spacing: place, .. } | Form::States { spacing: place, .. },
        Some(Some(spacing)),
    ) = (&mut form, spacing)
    {
        *place = spacing;
    }
    let factor = total.map_or(1.0, |total| to_total(&form, total));
    let form = scaled(form, factor * scale);
    if form.is_none() {
        let key = if scale > factor { "scale" } else { "total" };
        let diagnostic = Diagnostic::new("E006", format!("this `{key}` brings too many users"));
        let expected = "expected at most 100,000,000 users from the rows of a file, and rates \
                        that are numbers";
        r.push(diagnostic.at(fields.key_place(key)).expected(expected));
    }
    let class = fields.reference(r, "class", "class");
    Some(Arrivals {
        journey: journey?,
        class,
        form: form?,
        place: fields.place,
    })
}

/// Reports keys that the form of a source has no use for.
fn unfit<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, form: &Form) {
    let is_flow = matches!(form, Form::Flow { .. });
    let has_gaps = is_flow || matches!(form, Form::States { .. });
    for (key, fits, also) in [("total", is_flow, ""), ("spacing", has_gaps, ", `states`")] {
        if !fits && fields.get(key).is_some() {
            let found = format!("`{key}` fits only `rate`, `stages`{also} and rates from a file");
            r.push(Diagnostic::new("E041", found).at(fields.key_place(key)));
        }
    }
}

/// What makes so many expected users of a rate.
fn to_total(form: &Form, total: u64) -> f64 {
    let Form::Flow { pieces, .. } = form else {
        return 1.0;
    };
    let shaped: f64 = pieces.iter().map(Piece::users).sum();
    if shaped > 0.0 {
        total as f64 / shaped
    } else {
        0.0
    }
}

fn shape<'a>(r: &mut Reader<'a>, form: &str, fields: &Fields<'a>, clock: Calendar) -> Option<Form> {
    let run_for = clock.run_for;
    match form {
        "rate" => {
            let rate = r.rate(fields.get("rate")?)?;
            let to = Time::ZERO + run_for;
            Some(flow(vec![Piece {
                from: Time::ZERO,
                to,
                rate_from: rate,
                rate_to: rate,
            }]))
        }
        "stages" => {
            let length = span_of_stages(r, fields, run_for);
            stages(r, fields.get("stages")?, length)
        }
        "states" => states(r, fields.get("states")?, clock),
        "crowd" => {
            let fields = fields.table(r, "crowd", &CROWD)?;
            let users = fields
                .require(r, "users")
                .and_then(|node| r.count(node, 0..=MOST_USERS));
            let arrive = fields.require(r, "arrive").and_then(|node| r.times(node));
            let from = fields.instant(r, "from").unwrap_or(Time::ZERO);
            Some(Form::Crowd {
                users: users?,
                from,
                arrive: arrive?,
            })
        }
        "burst" => {
            let fields = fields.table(r, "burst", &BURST)?;
            let users = fields
                .require(r, "users")
                .and_then(|node| r.count(node, 0..=MOST_USERS));
            let at = fields.instant(r, "at").unwrap_or(Time::ZERO);
            let every = fields.period(r, "every");
            let jitter = fields.times(r, "jitter");
            let spread = fields.times(r, "spread").unwrap_or_else(zero);
            Some(Form::Burst {
                users: users?,
                at,
                every,
                jitter,
                spread,
            })
        }
        "file" => file(r, fields.get("file")?, clock),
        _ => r
            .count(fields.get("population")?, 0..=MOST_USERS)
            .map(Form::Population),
    }
}

/// Until when the last stage lasts if it does not say.
fn span_of_stages<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, run_for: Span) -> Span {
    // What is wrong with it is said where it is used.
    let before = r.diagnostics.len();
    let every = fields.period(r, "every");
    r.diagnostics.truncate(before);
    every.map_or(run_for, |every| every.min(run_for))
}

pub(super) fn flow(pieces: Vec<Piece>) -> Form {
    Form::Flow {
        pieces,
        spacing: Spacing::Poisson,
    }
}

fn stages<'a>(r: &mut Reader<'a>, node: &'a Node, run_for: Span) -> Option<Form> {
    let Some(items) = node.list() else {
        r.wrong_kind(
            node,
            "a list such as `[ { rate = \"5/s\", for = \"5m\" } ]`",
        );
        return None;
    };
    let horizon = Time::ZERO + run_for;
    let (mut pieces, mut from, mut before) = (Vec::new(), Time::ZERO, 0.0);
    let mut good = true;
    for (n, item) in items.iter().enumerate() {
        let Some(fields) = r.fields(item, &STAGE) else {
            good = false;
            continue;
        };
        let rate = fields.get("rate").map(|node| r.rate(node));
        let to = fields.get("to").map(|node| r.rate(node));
        let is_last = n + 1 == items.len();
        let length = match fields.get("for") {
            Some(node) => r.duration(node),
            None if is_last => Some(horizon.since(from.min(horizon))),
            None => {
                fields.require(r, "for");
                None
            }
        };
        let rates = match (rate, to) {
            (Some(rate), None) => rate.map(|rate| (rate, rate)),
            (None, Some(to)) => to.map(|to| (before, to)),
            (found, _) => {
                let both = found.is_some();
                let found = if both {
                    "both `rate` and `to`"
                } else {
                    "neither `rate` nor `to`"
                };
                let diagnostic = Diagnostic::new("E040", format!("a stage with {found}"));
                let expected = "expected `rate` for a step, or `to` for a ramp";
                r.push(diagnostic.at(fields.place).expected(expected));
                None
            }
        };
        match (rates, length) {
            (Some((rate_from, rate_to)), Some(length)) => {
                let to = from + length;
                pieces.push(Piece {
                    from,
                    to,
                    rate_from,
                    rate_to,
                });
                (from, before) = (to, rate_to);
            }
            _ => good = false,
        }
    }
    good.then(|| flow(clipped(pieces, horizon)))
}

/// The parts of the pieces from T+0 to the horizon.
pub(super) fn clipped(pieces: Vec<Piece>, horizon: Time) -> Vec<Piece> {
    let inside = pieces
        .into_iter()
        .filter(|p| p.from < horizon && p.to > Time::ZERO && p.from < p.to);
    inside
        .map(|piece| {
            let at = |time: Time| {
                let part =
                    time.since(piece.from).as_secs_f64() / piece.to.since(piece.from).as_secs_f64();
                piece.rate_from + (piece.rate_to - piece.rate_from) * part
            };
            let (from, to) = (piece.from.max(Time::ZERO), piece.to.min(horizon));
            let rate_from = if from == piece.from {
                piece.rate_from
            } else {
                at(from)
            };
            let rate_to = if to == piece.to {
                piece.rate_to
            } else {
                at(to)
            };
            Piece {
                from,
                to,
                rate_from,
                rate_to,
            }
        })
        .collect()
}

fn spacing(r: &mut Reader<'_>, node: &Node) -> Option<Spacing> {
    match node.text() {
        Some("poisson") => return Some(Spacing::Poisson),
        Some("even") => return Some(Spacing::Even),
        _ => {}
    }
    let expected = "`poisson`, `even`, `bursty(cv=3)` or a distribution of mean 1";
    match r.thing(node, expected)? {
        Thing::Law(written) => {
            let mut lookup = law::lookup(r.files, &mut r.asked);
            let made = law::gaps(&written, &mut lookup);
            drop(lookup);
            r.keep(made).map(Spacing::Gaps)
        }
        Thing::Amount(_) => {
            r.wrong_kind(node, expected);
            None
        }
    }
}

/// So many times as many users; none if those cannot be reckoned with.
fn scaled(form: Form, factor: f64) -> Option<Form> {
    if factor.to_bits() == 1.0_f64.to_bits() {
        return Some(form);
    }
    let count = |users: u64| (users as f64 * factor + 0.5).floor() as u64;
    Some(match form {
        Form::Flow {
            mut pieces,
            spacing,
        } => {
            for piece in &mut pieces {
                piece.rate_from *= factor;
                piece.rate_to *= factor;
            }
            let finite = |piece: &Piece| piece.rate_from.is_finite() && piece.rate_to.is_finite();
            if !pieces.iter().all(finite) {
                return None;
            }
            Form::Flow { pieces, spacing }
        }
        Form::States {
            mut states,
            spacing,
        } => {
            for state in &mut states {
                state.rate *= factor;
            }
            if !states.iter().all(|state| state.rate.is_finite()) {
                return None;
            }
            Form::States { states, spacing }
        }
        Form::Crowd {
            users,
            from,
            arrive,
        } => Form::Crowd {
            users: count(users),
            from,
            arrive,
        },
        Form::Burst {
            users,
            at,
            every,
            jitter,
            spread,
        } => Form::Burst {
            users: count(users),
            at,
            every,
            jitter,
            spread,
        },
        Form::Instants(instants) => Form::Instants(thickened(&instants, factor)?),
        Form::Population(users) => Form::Population(count(users)),
    })
}

/// The cumulative number of instants times `factor`: each of the new users comes when its place in
/// the old order does. None if those are too many.
fn thickened(instants: &[Time], factor: f64) -> Option<Vec<Time>> {
    let users = (instants.len() as f64 * factor + 0.5).floor();
    if users > MOST_COPIES && factor > 1.0 {
        return None;
    }
    let old = |n: usize| ((n as f64 + 0.5) / factor) as usize;
    let at = |n: usize| instants[old(n).min(instants.len() - 1)];
    Some((0..users as usize).map(at).collect())
}
