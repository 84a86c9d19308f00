//! A document becomes a model: every table is read by its own reader, in an order in which what is
//! needed is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::action::Deed;
use super::document::{Node, Table, Value};
use super::files::Files;
use super::files::date::date;
use super::files::instants::Calendar;
use super::language::{MODEL, NOTE, RECOVERY, ROOT};
use super::metric::names::Names;
use super::reader::{Fields, MOST_TABLES, Reader};
use super::step::{Asked, StepKind};
use super::table::{Kind, TableDef};
use super::{
    Effort, MOST_REPLICATIONS, Model, Note, Origin, Question, Recovery, Study, Warmup, Yes, action,
    arrival, autoscaler, breaker, cache, class, cost, fault, hedge, journey, keys, limit,
    objective, observed, param, pool, retry, room, service, stock, throttle, uncertain, variant,
    when,
};
use crate::base::time::{Span, Time};
use crate::base::visible::is_hidden;
use crate::text::{Diagnostic, FileId, Level, Place, Sources};

/// Reads a document. The checks of the whole model come on top.
pub(crate) fn assemble(
    document: &Arc<Table>,
    sources: Sources,
    files: &Arc<Files>,
) -> (Model, Vec<Diagnostic>) {
    let mut model = empty(sources);
    let mut r = Reader::new(document, files);
    check_root(&mut r);
    let name = model
        .origin
        .sources
        .get(FileId::MODEL)
        .map(|source| source.name().to_owned());
    head(&mut r, &mut model, name.unwrap_or_default());
    tables(&mut r, &mut model);
    steady(&mut r, &model);
    let names = Names::of(&model);
    while_running(&mut r, &mut model, &names);
    // What an action or an autoscaler counts has a name as well.
    let names = Names::of(&model);
    model.objectives = objectives(&mut r, &names);
    if !is_effort_given(&r) {
        model.effort = usual_effort(&model);
    }
    model.uncertain = uncertain::read(&mut r, &names);
    model.observed = observed::read(&mut r, &names, calendar(&model));
    launches_only(&mut r, &model);
    let diagnostics = std::mem::take(&mut r.diagnostics);
    let asked = std::mem::take(&mut r.asked);
    model.origin.errors = count_errors(&diagnostics);
    model.origin.document = Arc::clone(document);
    model.origin.files = Arc::clone(files);
    model.origin.asked = asked;
    (model, diagnostics)
}

/// How many of the diagnostics are errors.
pub(crate) fn count_errors(diagnostics: &[Diagnostic]) -> usize {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level == Level::Error)
        .count()
}

fn empty(sources: Sources) -> Model {
    Model {
        title: String::new(),
        question: None,
        starts: None,
        run_for: Span::ZERO,
        drain: false,
        study: Study::Launch,
        seed: 1,
        effort: Effort::Replications(USUAL),
        confidence: 0.95,
        params: BTreeMap::new(),
        arrivals: BTreeMap::new(),
        journeys: BTreeMap::new(),
        services: BTreeMap::new(),
        pools: BTreeMap::new(),
        rooms: BTreeMap::new(),
        stocks: BTreeMap::new(),
        retries: BTreeMap::new(),
        caches: BTreeMap::new(),
        classes: BTreeMap::new(),
        keys: BTreeMap::new(),
        breakers: BTreeMap::new(),
        throttles: BTreeMap::new(),
        limits: BTreeMap::new(),
        hedges: BTreeMap::new(),
        faults: BTreeMap::new(),
        actions: BTreeMap::new(),
        triggers: BTreeMap::new(),
        autoscalers: BTreeMap::new(),
        whens: BTreeMap::new(),
        objectives: Vec::new(),
        uncertain: None,
        observed: None,
        variants: Vec::new(),
        notes: Vec::new(),
        recovery: Recovery::usual(),
        prices: BTreeMap::new(),
        origin: Origin {
            sources,
            ..Origin::default()
        },
    }
}

/// The top level is a table like any other, but it has no place of its own.
fn check_root(r: &mut Reader<'_>) {
    r.check_keys(r.document, &ROOT);
    seen(r, r.document);
}

/// Refuses characters that nobody would see, in keys and in texts: they are no part of any word,
/// and a label that holds one would change what stands around it.
fn seen(r: &mut Reader<'_>, table: &Table) {
    for entry in &table.entries {
        all_of_it_is_seen(r, &entry.key, entry.place);
        seen_value(r, &entry.node);
    }
}

fn seen_value(r: &mut Reader<'_>, node: &Node) {
    match &node.value {
        Value::Text(text) => all_of_it_is_seen(r, text, node.place),
        Value::List(items) => items.iter().for_each(|item| seen_value(r, item)),
        Value::Table(table) => seen(r, table),
        _ => {}
    }
}

fn all_of_it_is_seen(r: &mut Reader<'_>, text: &str, place: Place) {
    if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
        let found = format!(
            "`{text}` holds U+{:04X}, which cannot be seen",
            u32::from(c)
        );
        let diagnostic = Diagnostic::new("E009", found).at(place);
        r.push(diagnostic.help("leave this character out, or write the text anew"));
    }
}

fn head(r: &mut Reader<'_>, model: &mut Model, name: String) {
    let Some(node) = r.document.get("model") else {
        let diagnostic = Diagnostic::new("E003", "a model needs a table `[model]`");
        r.push(diagnostic.help("write `[model]` and `run_for = \"10m\"` at the top"));
        return;
    };
    let Some(mut fields) = r.fields(node, &MODEL) else {
        return;
    };
    fields.place = r
        .document
        .entry("model")
        .map_or(node.place, |entry| entry.place);
    model.title = fields.text(r, "title").unwrap_or(name);
    model.question = question(r, &fields);
    model.starts = fields.get("starts").and_then(|node| starts(r, node));
    if fields.require(r, "run_for").is_some() {
        model.run_for = fields.period(r, "run_for").unwrap_or(Span::SECOND);
    }
    model.drain = fields.flag(r, "drain").unwrap_or(false);
    model.study = study(r, &fields);
    model.seed = fields.count(r, "seed", 0..=MOST_SEED).unwrap_or(1);
    model.effort = effort(r, &fields);
    model.confidence = fields.share(r, "confidence").unwrap_or(0.95);
    if !(model.confidence > 0.0 && model.confidence < 1.0) {
        let diagnostic = Diagnostic::new("E006", "this is not a level of confidence");
        let place = fields.key_place("confidence");
        r.push(
            diagnostic
                .at(place)
                .expected("expected a share between 0% and 100%"),
        );
    }
}

/// What is asked, and of which variant. Without a question nothing is answered.
fn question<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Question> {
    let asks = fields.get("asks").and_then(|node| asked_of(r, node));
    let yes = fields.word(r, "yes", &[("met", Yes::Met), ("failed", Yes::Failed)]);
    if let Some(text) = fields.label(r, "question") {
        let yes = yes.unwrap_or(Yes::Met);
        return Some(Question { text, asks, yes });
    }
    for key in ["asks", "yes"] {
        if fields.get(key).is_some() && fields.get("question").is_none() {
            let found = format!("nothing uses `{key}`: the model asks no `question`");
            let help = "write what is to be answered: `question = \"Does it hold?\"`";
            r.push(
                Diagnostic::new("W005", found)
                    .at(fields.key_place(key))
                    .help(help),
            );
        }
    }
    None
}

/// The variant that a question is about; `baseline` is the model as it is.
fn asked_of<'a>(r: &mut Reader<'a>, node: &'a Node) -> Option<String> {
    match node.text() {
        Some("baseline") => None,
        _ => r.reference(node, "variant"),
    }
}

/// How often a model is simulated at least that does not say.
const USUAL: u32 = 30;

/// The largest seed: whole numbers are exact up to here.
const MOST_SEED: u64 = 1 << 52;

fn starts(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    match &node.value {
        Value::Date(date) => Some(date.clone()),
        _ => {
            r.wrong_kind(
                node,
                "a date and time without quotes, such as 2014-10-27T15:00:00Z",
            );
            None
        }
    }
}

fn study<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Study {
    let steady = fields.word(r, "study", &[("launch", false), ("steady", true)]);
    let warmup = match fields.get("warmup") {
        None => None,
        Some(node) if node.text() == Some("auto") => Some(Warmup::Auto),
        Some(node) => r.duration(node).map(Warmup::Given),
    };
    match (steady.unwrap_or(false), warmup) {
        (true, warmup) => Study::Steady(warmup.unwrap_or(Warmup::Auto)),
        (false, None | Some(Warmup::Given(Span::ZERO))) => Study::Launch,
        (false, Some(_)) => {
            let diagnostic = Diagnostic::new("E081", "a launch has no warm-up: everything counts");
            let help = "write `study = \"steady\"` if the beginning should not count";
            r.push(diagnostic.at(fields.key_place("warmup")).help(help));
            Study::Launch
        }
    }
}

fn effort<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Effort {
    let replications = fields.within(r, "replications", 1..=MOST_REPLICATIONS);
    let precision = fields.get("precision").and_then(|node| r.share(node));
    if let (Some(_), Some(_)) = (replications, precision) {
        let found = "write `replications` or `precision`, not both";
        r.push(Diagnostic::new("E081", found).at(fields.key_place("precision")));
    }
    match precision {
        Some(precision) if precision > 0.0 => Effort::Precision(precision),
        Some(_) => {
            let diagnostic = Diagnostic::new("E006", "a precision of zero can never be reached");
            r.push(diagnostic.at(fields.key_place("precision")));
            Effort::Replications(USUAL)
        }
        None => Effort::Replications(replications.unwrap_or(USUAL)),
    }
}

/// Whether the model itself says how often it is simulated.
fn is_effort_given(r: &Reader<'_>) -> bool {
    let head = r.document.get("model").and_then(Node::table);
    let given = |key: &str| head.is_some_and(|head| head.get(key).is_some());
    given("replications") || given("precision")
}

/// How often a model is simulated that does not say: so often that launches can prove what its
/// objectives ask for.
fn usual_effort(model: &Model) -> Effort {
    let needed = match model.study {
        Study::Launch => model
            .objectives
            .iter()
            .map(objective::launches_needed)
            .max(),
        Study::Steady(_) => None,
    };
    Effort::Replications(needed.unwrap_or(0).max(USUAL))
}

/// A steady warm-up must leave something to measure.
fn steady(r: &mut Reader<'_>, model: &Model) {
    if let Study::Steady(Warmup::Given(warmup)) = model.study
        && warmup >= model.run_for
    {
        let node = r
            .document
            .get("model")
            .and_then(|node| node.table()?.get("warmup"));
        let place = node.map_or(Place::default(), |node| node.place);
        let diagnostic = Diagnostic::new("E006", "the warm-up leaves nothing to measure");
        r.push(
            diagnostic
                .at(place)
                .expected("expected less than `run_for`"),
        );
    }
}

/// A measured series has a clock, and so has only a launch.
fn launches_only(r: &mut Reader<'_>, model: &Model) {
    let series = model.observed.iter().flat_map(|observed| &observed.series);
    if let (Study::Steady(_), Some(first)) = (model.study, series.into_iter().next()) {
        let found = "a steady study has no clock to hold a measured series against";
        let diagnostic = Diagnostic::new("E081", found).at(first.place);
        r.push(diagnostic.help("leave the file out: figures can be compared all the same"));
    }
}

/// The definition of a top-level table of named tables.
fn named_def(table: &str) -> &'static TableDef {
    match ROOT.key(table).map(|key| &key.kind) {
        Some(Kind::Map(def)) => def,
        _ => unreachable!("{table} is a table of named tables"),
    }
}

fn each<'a, T>(
    r: &mut Reader<'a>,
    table: &str,
    mut read: impl FnMut(&mut Reader<'a>, &str, &Fields<'a>) -> Option<T>,
) -> BTreeMap<String, T> {
    let Some(node) = r.document.get(table) else {
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    for (name, fields) in r.named(node, named_def(table)) {
        if let Some(thing) = read(r, name, &fields) {
            found.insert(name.to_owned(), thing);
        }
    }
    found
}

fn tables(r: &mut Reader<'_>, model: &mut Model) {
    let clock = calendar(model);
    model.params = each(r, "param", param::read);
    model.arrivals = each(r, "arrivals", |r, name, fields| {
        arrival::reading::read(r, name, fields, clock)
    });
    model.journeys = each(r, "journey", |r, name, fields| {
        Some(journey::reading::read(r, name, fields))
    });
    model.services = each(r, "service", |r, name, fields| {
        Some(service::read(r, name, fields))
    });
    model.pools = each(r, "pool", |r, _, fields| Some(pool::read(r, fields)));
    model.rooms = each(r, "room", |r, _, fields| Some(room::read(r, fields)));
    model.stocks = each(r, "stock", |r, _, fields| Some(stock::read(r, fields)));
    model.retries = each(r, "retry", |r, _, fields| Some(retry::read(r, fields)));
    for (table, most) in [("class", class::MOST_CLASSES), ("keys", keys::MOST_SPACES)] {
        if let Some(node) = r.document.get(table)
            && let Some(named) = node.table()
        {
            r.fits(named.entries.len(), most, node.place);
        }
    }
    model.classes = each(r, "class", |r, _, fields| Some(class::read(r, fields)));
    model.keys = each(r, "keys", |r, _, fields| keys::read(r, fields));
    model.breakers = each(r, "breaker", |r, _, fields| Some(breaker::read(r, fields)));
    model.throttles = each(r, "throttle", |r, _, fields| {
        Some(throttle::read(r, fields))
    });
    model.limits = each(r, "limit", |r, _, fields| Some(limit::read(r, fields)));
    model.hedges = each(r, "hedge", |r, _, fields| Some(hedge::read(r, fields)));
    let spaces = &model.keys;
    model.caches = each(r, "cache", |r, _, fields| cache::read(r, fields, spaces));
    let mut variants = each(r, "variant", |r, name, fields| {
        Some(variant::read(r, name, fields))
    });
    // Variants keep the order of the file.
    let order = r.names("variant");
    model.variants = order
        .into_iter()
        .filter_map(|name| variants.remove(name))
        .collect();
    variant::resolve(r, &mut model.variants);
    model.notes = notes(r);
    model.recovery = recovery(r);
    model.prices = cost::read(r);
}

/// The clock that instants of data files count by.
fn calendar(model: &Model) -> Calendar {
    Calendar {
        run_for: model.run_for,
        starts: model.starts.as_deref().and_then(date),
    }
}

/// What reads metrics while a simulation runs: it needs the names of everything else.
fn while_running(r: &mut Reader<'_>, model: &mut Model, names: &Names) {
    let journeys = model.journeys.values().map(|journey| &journey.steps);
    let services = model.services.values();
    let endpoints = services.flat_map(|service| service.endpoints.values());
    let endpoints = endpoints.map(|endpoint| &endpoint.steps);
    let mut whens: Vec<Asked> = Vec::new();
    for step in journeys.chain(endpoints).flatten() {
        step.visit(&mut |step| {
            if let StepKind::Choose(branches) = &step.kind {
                whens.extend(branches.iter().filter_map(|branch| branch.when.clone()));
            }
        });
    }
    for Asked { text, node } in whens {
        if let Some(when) = when::read(r, &node, names) {
            if !when.lasts.is_zero() {
                let found =
                    "a step looks once: it cannot wait until something has held `for` a time";
                let diagnostic = Diagnostic::new("E060", found).at(node.place);
                r.push(diagnostic.help("a window looks back: `mean(db.queue, 60s)`"));
            }
            model.whens.insert(text, when);
        }
    }
    model.faults = each(r, "fault", |r, name, fields| {
        fault::read(r, (name, names), fields)
    });
    let deeds = each(r, "action", |r, _, fields| action::read(r, fields, names));
    for (name, deed) in deeds {
        match deed {
            Deed::Clock(action) => drop(model.actions.insert(name, action)),
            Deed::Trigger(trigger) => drop(model.triggers.insert(name, *trigger)),
        }
    }
    model.autoscalers = each(r, "autoscaler", |r, _, fields| {
        autoscaler::read(r, fields, names)
    });
}

fn listed<'a>(r: &mut Reader<'a>, table: &str, def: &'static TableDef) -> Vec<Fields<'a>> {
    let Some(node) = r.document.get(table) else {
        return Vec::new();
    };
    let Some(items) = node.list() else {
        r.wrong_kind(node, &format!("tables written `[[{table}]]`"));
        return Vec::new();
    };
    r.fits(items.len(), MOST_TABLES, node.place);
    let items = items.iter().take(MOST_TABLES);
    items.filter_map(|item| r.fields(item, def)).collect()
}

fn notes(r: &mut Reader<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for fields in listed(r, "note", &NOTE) {
        let at = fields.require(r, "at").and_then(|node| r.instant(node));
        let text = fields.require(r, "text").and_then(|node| r.text(node));
        if let (Some(at), Some(text)) = (at, text) {
            notes.push(Note { at, text });
        }
    }
    notes.sort_by_key(|note: &Note| note.at);
    notes
}

fn recovery(r: &mut Reader<'_>) -> Recovery {
    let usual = Recovery::usual();
    let fields = r
        .document
        .get("recovery")
        .and_then(|node| r.fields(node, &RECOVERY));
    let Some(fields) = fields else {
        return usual;
    };
    Recovery {
        window: fields.period(r, "window").unwrap_or(usual.window),
        share_ok: fields.share(r, "share_ok").unwrap_or(usual.share_ok),
        slower: fields.number(r, "slower", 1.0).unwrap_or(usual.slower),
        before: fields.small(r, "before", 1).unwrap_or(usual.before),
        in_a_row: fields.small(r, "in_a_row", 1).unwrap_or(usual.in_a_row),
        trigger_ends: fields.instant(r, "trigger_ends"),
    }
}

fn objectives(r: &mut Reader<'_>, names: &Names) -> Vec<objective::Objective> {
    let mut objectives: Vec<objective::Objective> = Vec::new();
    for fields in listed(r, "objective", &objective::OBJECTIVE) {
        let Some(mut next) = objective::read(r, &fields, names) else {
            continue;
        };
        // One metric has one key: that of its first spelling.
        if let Some(known) = objectives.iter().find(|one| one.metric == next.metric) {
            next.metric.spelling = known.metric.spelling.clone();
        }
        objectives.push(next);
    }
    objectives
}

impl Recovery {
    /// What holds unless a model says otherwise.
    fn usual() -> Recovery {
        Recovery {
            window: Span::from_secs(10),
            share_ok: 0.9,
            slower: 3.0,
            before: 20,
            in_a_row: 3,
            trigger_ends: None::<Time>,
        }
    }
}
