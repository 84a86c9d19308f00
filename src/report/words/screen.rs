//! The first screen of a report, its questions, and what can be done with it.
//!
//! One idea: the page speaks as a colleague does, in questions and short answers; names of metrics
//! and paths stay in the tables.

use super::answer::{Part, answer_parts, within_a_sentence};
use super::{capital, launches, outcome_word, t_zero};
use crate::base::calendar::Calendar;
use crate::report::{number, reading};
use crate::results::{Change, Estimate, Objective, ObjectiveVerdict, Results, Unit, Variant};

/// A question that the evidence answers, with a section of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Of `size`.
    Enough,
    /// Of `sweep`.
    Knee,
    /// Of `tip`.
    Tips,
    /// Of `uncertain`.
    Guesses,
    /// Of `compare --best`.
    Best,
    /// Of two models or stored studies.
    Versions,
    /// Who got in.
    Who,
    /// Where it broke.
    Where,
    /// How long it took.
    HowLong,
    /// What changes are worth.
    Worth,
    /// How sure it is.
    Sure,
    /// What is assumed.
    Assumed,
}

impl Question {
    /// The questions that every study answers.
    pub const ALWAYS: [Question; 6] = [
        Question::Who,
        Question::Where,
        Question::HowLong,
        Question::Worth,
        Question::Sure,
        Question::Assumed,
    ];

    /// The name of its section.
    pub fn id(self) -> &'static str {
        self.both().0
    }

    /// As a planner asks it.
    pub fn words(self) -> &'static str {
        self.both().1
    }

    fn both(self) -> (&'static str, &'static str) {
        match self {
            Question::Enough => ("enough", "How much is enough?"),
            Question::Knee => ("knee", "Where is the knee?"),
            Question::Tips => ("tips", "Where does it tip?"),
            Question::Guesses => ("guesses", "Which guess decides?"),
            Question::Best => ("best", "Which variant is the best?"),
            Question::Versions => ("versions", "What differs between the two?"),
            Question::Who => ("who", "Who got in?"),
            Question::Where => ("where", "Where did it break, and why?"),
            Question::HowLong => ("how-long", "How long did it take?"),
            Question::Worth => ("worth", "What is each change worth?"),
            Question::Sure => ("sure", "How sure is this?"),
            Question::Assumed => ("assumed", "What is assumed?"),
        }
    }
}

/// The questions that a study answers: what was asked first, then those of every study.
pub fn questions(results: &Results) -> Vec<Question> {
    let answers = &results.answers;
    let asked = [
        (Question::Enough, answers.size.is_some()),
        (
            Question::Knee,
            answers.sweep.is_some() || answers.scalability.is_some(),
        ),
        (Question::Tips, answers.tip.is_some()),
        // Beside a comparison draws only say how sure it is.
        (
            Question::Guesses,
            answers.uncertain.is_some() && results.command == "uncertain",
        ),
        (Question::Best, answers.best.is_some()),
        (Question::Versions, answers.versions.is_some()),
    ];
    let asked = asked.into_iter().filter(|(_, is)| *is);
    asked.map(|(one, _)| one).chain(Question::ALWAYS).collect()
}

/// Words of what the page can do, by the name that its script knows them by.
pub const CONTROLS: [(&str, &str); 16] = [
    ("as-csv", "numbers (CSV)"),
    ("as-png", "picture (PNG)"),
    ("as-svg", "drawing (SVG)"),
    (
        "cursor",
        "Point at an instant or use the arrow keys; drag or press + and − to zoom, 0 for all.",
    ),
    ("difference", "difference"),
    ("each", "Every launch"),
    ("launch", "launch"),
    ("launches", "launches"),
    ("look", "Look closer"),
    ("never", "no value"),
    ("of", "of"),
    ("pinned", "Differences from"),
    ("show", "Show"),
    ("time", "time"),
    ("variants", "Variants"),
    ("whole", "Whole time"),
];

/// What series over time are of, and the part of the page where they can be looked at.
pub const GROUPS: [(&str, &str); 6] = [
    ("users", "Users"),
    ("users", "Stock"),
    ("places", "Services and pools"),
    ("places", "Rooms"),
    ("times", "Steps"),
    ("times", "Messages"),
];

/// Of a study of one variant.
pub const ONE_ALONE: &str =
    "Nothing was compared: `onrush compare` runs the variants of the model.";

/// Title of the page's table of variants and objectives.
pub const MATRIX: &str = "Variants and what they come to";
/// Head of its first column.
pub const WHAT_IF: &str = "What if";
/// Head of its last column.
pub const STANDING: &str = "Against the baseline";
/// Marks the variant that all others are held against.
pub const BASELINE_BADGE: &str = "baseline";
/// Marks the cheapest variant that meets every objective.
pub const CHEAPEST_BADGE: &str = "cheapest that passes";
/// Marks the same where more launches must prove it.
pub const CHEAPEST_SO_FAR: &str = "cheapest that passes so far";
/// Before links to pictures.
pub const PICTURES: &str = "Pictures";
/// Where the rest is.
pub const MORE_IN_REPORT: &str =
    "Every chart and table, to move and to look at more closely: [report.html](report.html).";
/// Those who did not get what they came for.
pub const LOST: &str = "turned away, failed or gave up";
/// Of the pictures of all variants.
pub const WALL: &str = "Users by outcome over time, all variants";
/// What choosing a baseline does.
pub const PIN: &str = "Compare with";
/// Of a link to the section that it stands in.
pub const LINK_HERE: &str = "Link to this section";
/// Of the ways to take a chart along.
pub const TAKE: &str = "Download";

/// What the page is headed by: the model's question, else its title, else its file.
pub fn headline(results: &Results) -> String {
    let model = &results.model;
    let asked = results.answers.question.as_ref().map(|q| &q.question);
    match asked {
        Some(question) => question.clone(),
        None if model.title.is_empty() => model.file.clone(),
        None => model.title.clone(),
    }
}

/// What stands in small letters above it: title, launches, what T+0 is called.
pub fn kicker(results: &Results) -> Vec<String> {
    let mut all = Vec::new();
    if results.answers.question.is_some() && !results.model.title.is_empty() {
        all.push(results.model.title.clone());
    }
    let done = launches(results.replications);
    all.push(match results.paired && reading::is_compared(results) {
        true => format!("{done}, paired"),
        false => done,
    });
    all.extend(t_zero(results));
    all
}

/// The answer in parts: of the model's question, else of the study.
pub fn lead(results: &Results) -> Vec<(Part, String)> {
    let found = super::fitted(results).or_else(|| super::first_cause(results));
    if let Some(text) = found {
        return vec![(Part::Rest, text)];
    }
    let found = super::sized(results).or_else(|| super::ranged(results));
    let found = found.or_else(|| super::swept(results));
    let found = found.or_else(|| super::tipped(results));
    let found = found.or_else(|| super::best(results));
    let found = found.or_else(|| super::combined(results));
    if let Some(text) = found.or_else(|| super::second_version(results)) {
        return vec![(Part::Rest, text)];
    }
    answer_parts(results).unwrap_or_else(|| {
        if !reading::is_compared(results) {
            return vec![(Part::Rest, super::answer(results))];
        }
        let mut parts = vec![(Part::Rest, super::baseline_sentence(results))];
        parts.extend(what_passes(results));
        parts
    })
}

/// Where the baseline fails, who does not: ` More db: every objective is met; no other variant gets
/// that far.`
fn what_passes(results: &Results) -> Vec<(Part, String)> {
    let passes = |variant: &Variant| {
        let mut all = variant.objectives.iter();
        !variant.objectives.is_empty()
            && all.all(|o| o.verdict == ObjectiveVerdict::Met || o.is_met_so_far())
    };
    let asks = reading::baseline(results).is_some_and(|base| !base.objectives.is_empty());
    if !asks || reading::baseline(results).is_some_and(passes) {
        return Vec::new();
    }
    let all: Vec<(&str, &Variant)> = reading::others(results)
        .filter(|(_, variant)| passes(variant))
        .collect();
    if all.is_empty() {
        return vec![(Part::Rest, " No variant meets every objective.".to_owned())];
    }
    let labels: Vec<String> = all
        .iter()
        .map(|(name, _)| super::called(results, name))
        .collect();
    let so_far = match all
        .iter()
        .any(|(_, v)| v.objectives.iter().any(Objective::is_met_so_far))
    {
        true => " in all launches so far",
        false => "",
    };
    let others = match all.len() + 1 < results.order.len() {
        true => "; no other variant gets that far",
        false => "",
    };
    vec![
        (Part::Rest, " ".to_owned()),
        (Part::Pick, super::listed(&labels)),
        (
            Part::Rest,
            format!(": every objective is met{so_far}{others}."),
        ),
    ]
}

/// Who is served, in a few characters: `24.6 %`.
pub fn served_share(variant: &Variant) -> String {
    super::estimate(variant.users.share.served.as_ref(), Unit::Share)
}

/// Head of an objective's column, and its limit below: `Served` and `≥ 95 %`.
pub fn objective_head(results: &Results, objective: &Objective) -> [String; 2] {
    let limit = number::value(objective.limit, objective.unit);
    let relation = match objective.relation.as_str() {
        ">=" => "≥",
        "<=" => "≤",
        other => other,
    };
    let head = match &objective.label {
        Some(label) => label.clone(),
        None => metric_head(results, &objective.metric),
    };
    [
        head,
        format!("{relation} {}", limit.replace(".0\u{202f}%", "\u{202f}%")),
    ]
}

/// The word of an objective; of one that every launch met and too few could, `met so far`.
pub fn objective_state(objective: &Objective) -> &'static str {
    match objective.is_met_so_far() {
        true => "met so far",
        false => super::objective_word(objective.verdict),
    }
}

/// What a metric is called at the head of a column: `Served`, `Login, 95 % within`.
pub fn metric_head(results: &Results, metric: &str) -> String {
    if let Some((whole, stretch)) = metric.split_once(" between ") {
        let stretch = stretch.replace(" and ", " to ");
        return format!("{}, {stretch}", metric_head(results, whole));
    }
    if let Some((whole, window)) = windowed(metric) {
        return format!("{}, worst {window}", metric_head(results, &whole));
    }
    if let Some((form, of)) = percentile(metric) {
        let of = match of.strip_suffix(".wait") {
            Some(place) => format!("{} wait", spoken(results, place)),
            None => spoken(results, of),
        };
        return format!("{of}, {form}{}% within", number::GAP);
    }
    let inside = metric
        .strip_prefix("share(")
        .and_then(|rest| rest.strip_suffix(')'));
    match inside.filter(|inside| !inside.contains(['<', '>', ','])) {
        Some(inside) => {
            let last = |term: &str| outcome_word(term.rsplit('.').next().unwrap_or(term));
            match inside.strip_suffix(".ok") {
                Some(step) => format!("{}, ok", spoken(results, step)),
                None => {
                    let terms: Vec<String> = inside.split(" or ").map(last).collect();
                    capital(&terms.join(" or "))
                }
            }
        }
        None => level_head(results, metric).unwrap_or_else(|| metric.to_owned()),
    }
}

/// `Db utilisation, mean` of `mean(db.utilisation)`, `Seats sold out at` of `seats.sold_out_at`;
/// `None` of what has more to it than a thing, an aspect and a statistic.
fn level_head(results: &Results, metric: &str) -> Option<String> {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || "._-".contains(c))
    };
    let (what, end) = match metric.strip_suffix(')').and_then(|m| m.split_once('(')) {
        Some(("mean", what)) => (what, ", mean"),
        Some(("max", what)) => (what, ", most"),
        Some(("availability", what)) => (what, ", available"),
        Some(_) => return None,
        None => (metric, ""),
    };
    let named = |name: &str| spoken(results, name);
    plain(what).then(|| match what.rsplit_once('.') {
        Some((of, aspect)) => format!("{} {}{end}", named(of), outcome_word(aspect)),
        None => format!("{}{end}", named(what)),
    })
}

/// A metric without its sliding window, and the window: of `p99(home.time, 60s)` the worst.
fn windowed(metric: &str) -> Option<(String, &str)> {
    let (form, inside) = metric.strip_suffix(')')?.split_once('(')?;
    let (what, window) = inside.split_once(", ")?;
    let is_span = window.starts_with(|c: char| c.is_ascii_digit()) && !window.contains('%');
    (is_span && form != "at").then(|| (format!("{form}({what})"), window))
}

/// The percent and the thing of `p95(login.time)` or `p99(mail.confirmation.delay)`.
fn percentile(metric: &str) -> Option<(&str, &str)> {
    let (form, rest) = metric.strip_suffix(')')?.split_once('(')?;
    let percent = form.strip_prefix('p')?;
    percent.parse::<f64>().ok()?;
    let of = rest.strip_suffix(".time").or(rest.strip_suffix(".delay"));
    let of = of.or(rest.ends_with(".wait").then_some(rest))?;
    (!of.ends_with(".ok") && !of.contains([' ', ','])).then_some((percent, of))
}

/// What a step, service or message is called, without its article: `Login`.
pub fn thing(results: &Results, name: &str) -> String {
    let labels = &results.model.labels;
    let label = labels.steps.get(name).or(labels.services.get(name));
    let Some(label) = label else {
        return name.to_owned();
    };
    let small = within_a_sentence(label);
    let bare = ["the ", "a ", "an ", "our "];
    let bare = bare.iter().find_map(|article| small.strip_prefix(article));
    capital(bare.unwrap_or(&small))
}

/// The same at the head of a column: what has no label in words of its own, `Mail confirmation`.
fn spoken(results: &Results, name: &str) -> String {
    capital(&thing(results, name).replace(['.', '_', '-'], " "))
}

/// What a variant changes, in a line of the first screen: `login work 1s → 5ms`, and how many more.
pub fn changes_in_short(variant: &Variant) -> String {
    /// Characters that fit.
    const ROOM: usize = 41;
    let mut line = String::new();
    for (shown, (path, change)) in variant.changes.iter().enumerate() {
        let text = short(path, change);
        let more = variant.changes.len() - shown;
        let room = ROOM - if more > 1 { 8 } else { 0 };
        let length = |text: &str| text.chars().count();
        if shown > 0 && length(&line) + length(&text) + 2 > room {
            return format!("{line}, {more} more");
        }
        if shown > 0 {
            line.push_str(", ");
        }
        line.push_str(&text);
    }
    line
}

fn short(path: &str, change: &Change) -> String {
    const NAMES: usize = 2;
    let parts: Vec<&str> = path.split('.').collect();
    let named = parts.iter().skip(1).rev().take(NAMES).rev();
    let named: Vec<String> = named.map(|part| outcome_word(part)).collect();
    let name = match named.is_empty() {
        true => outcome_word(path),
        false => named.join(" "),
    };
    let is_short = |text: &&String| text.chars().count() <= 12;
    match (
        change.was.as_ref().filter(is_short),
        change.now.as_ref().filter(is_short),
    ) {
        (Some(was), Some(now)) => format!("{name} {was} → {now}"),
        (_, Some(now)) => format!("{name} {now}"),
        _ if change.set.starts_with(['[', '{']) => format!("{name} changed"),
        _ if change.set.chars().count() <= 24 => format!("{name} {}", change.set),
        _ => format!("{name} changed"),
    }
}

/// Of the strip below the small pictures: `Database: workers in use`.
pub fn in_use(results: &Results, place: &str) -> String {
    format!("{}: {}", thing(results, place), held_word(results, place))
}

/// What is held of a place: a pool has no workers.
pub fn held_word(results: &Results, place: &str) -> &'static str {
    match results.model.services.iter().any(|name| name == place) {
        true => "workers in use",
        false => "places in use",
    }
}

/// What is said of a variant in a word or two: how it stands, whether it is the cheapest that
/// passes.
pub fn badges(results: &Results, name: &str, variant: &Variant) -> Vec<String> {
    let mut all = Vec::new();
    if name == reading::baseline_name(results) {
        all.push(BASELINE_BADGE.to_owned());
    } else if let Some(standing) = &variant.standing {
        let (symbol, word) = super::standing(standing.verdict);
        all.push(format!("{symbol} {word}"));
    }
    let question = results.answers.question.as_ref();
    let cheapest = question.and_then(|found| found.cheapest.as_ref());
    all.extend(
        cheapest
            .filter(|found| found.variant == name)
            .map(|found| match found.so_far {
                true => CHEAPEST_SO_FAR.to_owned(),
                false => CHEAPEST_BADGE.to_owned(),
            }),
    );
    all
}

/// What a variant costs, by what variants are compared: its price, else its server-hours.
pub fn cost(variant: &Variant) -> Option<&Estimate> {
    let price = variant.cost.price.as_ref();
    price.or(variant.cost.server_hours.as_ref())
}

/// Head of a column of that.
pub fn cost_head(results: &Results) -> String {
    let priced = reading::variants(results).any(|(_, v)| v.cost.price.is_some());
    capital(match priced {
        true => super::PRICE,
        false => super::SERVER_HOURS,
    })
}

/// Instant zero in the small pictures, with the clock on the wall: `T+0, 15:00:00 UTC`.
pub fn zero(results: &Results) -> String {
    let calendar = results.model.starts.as_deref().and_then(Calendar::read);
    match calendar {
        Some(calendar) => {
            let text = format!("T+0, {} {}", calendar.time_of_day(0.0), calendar.zone());
            text.trim_end().to_owned()
        }
        None => "T+0".to_owned(),
    }
}

/// Of what belongs to another variant than the one shown: `The same with Twice the servers`.
pub fn the_same_with(label: &str) -> String {
    format!("The same with: {label}")
}

/// Charts that a page has no room for: where they are.
pub fn spared(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name}.svg")).collect();
    format!(
        "Left out, so that the page stays small; `--out` writes among the charts: {}.",
        super::listed(&names)
    )
}

/// What a series over time is called: what it measures, and of what.
pub fn series(results: &Results, form: &str, what: &str) -> String {
    let outcome = |name: &str| match name {
        "users" => "users inside".to_owned(),
        "orbit" => "users trying again".to_owned(),
        "orbit.waiting" => "users waiting to try again".to_owned(),
        other => outcome_word(other),
    };
    let (of, part) = what.rsplit_once('.').unwrap_or((what, ""));
    let named = |rest: &str| format!("{}: {rest}", thing(results, of));
    match (form, part) {
        ("count", _) => format!("{}, so far", outcome(what)),
        ("rate", "arrived") => named("attempts that arrive"),
        ("rate", _) if results.model.labels.steps.contains_key(what) => {
            format!("{}: requests started", thing(results, what))
        }
        ("rate", _) => outcome(what),
        ("share", "ok") => named("share that ends ok"),
        (_, "time") if of.ends_with(".ok") => {
            let step = of.trim_end_matches(".ok");
            format!("{}: {form} of those that end ok", thing(results, step))
        }
        (_, "time") => named(&format!("{form} of all")),
        ("mean", "held") => named(held_word(results, of)),
        ("mean", "busy") => named("cores in use"),
        ("mean", "blocked") => named("held time spent waiting for others"),
        ("mean", "queue") => named("waiting"),
        ("mean", "waiting") => named("waiting at the door"),
        ("mean", "backlog") => named("messages not worked off"),
        ("mean", "left") => named("units left"),
        ("mean", "lag") => named("how long the last of them takes"),
        ("mean", "up") => named("servers up"),
        ("mean", "amplification") => named("attempts for each first try"),
        ("mean", "") => outcome(what),
        (_, "") => format!("{form} of {}", outcome(what)),
        _ => named(&format!("{form} of {}", outcome_word(part))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn heads_are_what_a_planner_says() {
        let results = sample::compare();
        let head = |metric: &str| metric_head(&results, metric).replace(number::GAP, " ");
        assert_eq!(head("share(served)"), "Served");
        assert_eq!(
            head("share(buy.served or buy.sold_out)"),
            "Served or sold out"
        );
        assert_eq!(head("p95(login.time)"), "Login, 95 % within");
        assert_eq!(
            head("p99(mail.confirmation.delay)"),
            "Mail confirmation, 99 % within"
        );
        assert_eq!(head("share(home.ok)"), "Home, ok");
        assert_eq!(
            head("share(login.ok) between 5m and 14m"),
            "Login, ok, 5m to 14m"
        );
        assert_eq!(head("max(db.queue)"), "Db queue, most");
        assert_eq!(head("mean(db.utilisation)"), "Db utilisation, mean");
        assert_eq!(head("seats.sold_out_at"), "Seats sold out at");
        assert_eq!(head("recovery.time"), "Recovery time");
        assert_eq!(
            head("p95(waiting-room.wait)"),
            "Waiting room wait, 95 % within"
        );
        assert_eq!(head("p99(home.time, 60s)"), "Home, 99 % within, worst 60s");
        for other in [
            "max(db.queue + shop.queue)",
            "at(orbit, 90s)",
            "budget_spent(login, 99%)",
        ] {
            assert_eq!(head(other), other);
        }
    }

    #[test]
    fn changes_are_told_by_their_last_names() {
        let change = |set: &str, was: &str, now: &str| Change {
            set: set.to_owned(),
            was: Some(was.to_owned()),
            now: Some(now.to_owned()),
        };
        assert_eq!(
            short("param.login_work", &change("5ms", "1s", "5ms")),
            "login work 1s → 5ms"
        );
        assert_eq!(
            short("service.shop.servers", &change("x2", "20", "40")),
            "shop servers 20 → 40"
        );
    }
}
