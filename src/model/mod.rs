//! What the author meant: the words of the language, read and checked.
//!
//! A [`Model`] is complete and resolved: defaults filled in, parameters substituted, names
//! verified. It knows nothing of how it will be executed. Named things are kept sorted by name, so
//! that the order of tables in a file changes no number; variants, objectives and steps keep the
//! order of the file.
#![doc = include_str!("reference.md")]

pub mod document;
pub mod param;
pub mod arrival;
pub mod balance;
pub mod journey;
pub mod step;
pub mod service;
pub mod queue;
pub mod limiter;
pub mod pool;
pub mod room;
pub mod stock;
pub mod tally;
pub mod cache;
pub mod class;
pub mod connections;
pub mod cost;
pub mod dry;
pub mod keys;
pub mod retry;
pub mod breaker;
pub mod throttle;
pub mod limit;
pub mod scope;
pub mod fault;
pub mod health;
pub mod hedge;
pub mod action;
pub mod autoscaler;
pub mod when;
pub mod metric;
pub mod objective;
pub mod observed;
pub mod upkeep;
pub mod variant;
pub mod overlay;
pub mod uncertain;
pub mod files;
pub mod fitted;

pub mod budget;
pub mod capacity;
mod check;
mod assembly;
mod elsewhere;
mod language;
mod law;
mod midway;
mod needed;
pub mod moved;
mod reader;
pub mod reference;
pub mod schema;
mod table;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::base::time::{Span, Time};
use crate::text::{self, Diagnostic, FileId, Level, Place, Source, Sources};

use self::action::{Action, Trigger};
use self::arrival::Arrivals;
use self::autoscaler::Autoscaler;
use self::breaker::Breaker;
use self::cache::Cache;
use self::class::Class;
use self::document::{Node, Table, Value};
use self::fault::Fault;
use self::files::Files;
use self::hedge::Hedge;
use self::journey::Journey;
use self::keys::Keys;
use self::limit::Limit;
use self::metric::Metric;
use self::metric::names::Names;
pub use self::needed::files_needed;
use self::objective::Objective;
use self::observed::Observed;
use self::overlay::Change;
use self::param::Param;
use self::pool::Pool;
use self::reader::Reader;
use self::retry::Retry;
use self::room::Room;
use self::service::Service;
use self::stock::Stock;
use self::throttle::Throttle;
use self::uncertain::Uncertain;
use self::variant::Variant;
use self::when::When;

/// A model as far as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Its title; the file's name if it has none.
    pub title: String,
    /// What it is to answer, if it says so.
    pub question: Option<Question>,
    /// Which date T+0 was, as written; only labels know it.
    pub starts: Option<String>,
    /// The horizon, from T+0.
    pub run_for: Span,
    /// Whether the simulation runs on until everyone has left.
    pub drain: bool,
    /// What kind of question it is.
    pub study: Study,
    /// The seed of all luck.
    pub seed: u64,
    /// How many replications are made.
    pub effort: Effort,
    /// The confidence of intervals, 0 to 1.
    pub confidence: f64,
    /// Named inputs.
    pub params: BTreeMap<String, Param>,
    /// Who comes.
    pub arrivals: BTreeMap<String, Arrivals>,
    /// What they do.
    pub journeys: BTreeMap<String, Journey>,
    /// What they hit.
    pub services: BTreeMap<String, Service>,
    /// What steps hold.
    pub pools: BTreeMap<String, Pool>,
    /// Doors.
    pub rooms: BTreeMap<String, Room>,
    /// What runs out.
    pub stocks: BTreeMap<String, Stock>,
    /// Retry policies.
    pub retries: BTreeMap<String, Retry>,
    /// Caches.
    pub caches: BTreeMap<String, Cache>,
    /// Kinds of traffic.
    pub classes: BTreeMap<String, Class>,
    /// What is asked for.
    pub keys: BTreeMap<String, Keys>,
    /// Circuit breakers.
    pub breakers: BTreeMap<String, Breaker>,
    /// Throttles at callers.
    pub throttles: BTreeMap<String, Throttle>,
    /// Rate limits.
    pub limits: BTreeMap<String, Limit>,
    /// Hedges.
    pub hedges: BTreeMap<String, Hedge>,
    /// What goes wrong; only what is switched on.
    pub faults: BTreeMap<String, Fault>,
    /// What operators do by the clock; only what is switched on.
    pub actions: BTreeMap<String, Action>,
    /// What operators do when a metric trips; only what is switched on.
    pub triggers: BTreeMap<String, Trigger>,
    /// The conditions that steps ask, by what is written.
    pub whens: BTreeMap<String, When>,
    /// What changes numbers of servers by itself.
    pub autoscalers: BTreeMap<String, Autoscaler>,
    /// What must hold, in file order.
    pub objectives: Vec<Objective>,
    /// The what-ifs, in file order.
    pub variants: Vec<Variant>,
    /// Remarks for the timeline, in order of time.
    pub notes: Vec<Note>,
    /// When a system counts as healthy again.
    pub recovery: Recovery,
    /// What an hour of one server and of one core costs, by service.
    pub prices: BTreeMap<String, cost::Price>,
    /// What is concluded from inputs that are drawn from their ranges.
    pub uncertain: Option<Uncertain>,
    /// What was measured.
    pub observed: Option<Observed>,
    origin: Origin,
}

/// Where a model came from. It takes no part in comparing: two models are equal when they say the
/// same, whatever text said it.
#[derive(Clone, Debug, Default)]
struct Origin {
    sources: Sources,
    document: Arc<Table>,
    files: Arc<Files>,
    /// The data files that were asked for.
    asked: BTreeSet<String>,
    errors: usize,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

/// What kind of question a model asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Study {
    /// A launch: from a beginning to an end, everything counts.
    Launch,
    /// A steady state: the beginning does not count.
    Steady(Warmup),
}

/// How the beginning of a steady state is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warmup {
    /// By this much.
    Given(Span),
    /// Where the simulation itself shows that it has settled.
    Auto,
}

/// What a model is to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question as it is asked.
    pub text: String,
    /// The variant that it is about; the model as it is if absent.
    pub asks: Option<String>,
    /// When the answer is yes.
    pub yes: Yes,
}

/// When the answer to a question is yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yes {
    /// When every objective is met.
    Met,
    /// When an objective failed.
    Failed,
}

/// Replications at most: what each saw is kept.
pub const MOST_REPLICATIONS: u32 = 1_000_000;

/// How many replications are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effort {
    /// So many.
    Replications(u32),
    /// As many as it takes for this half-width relative to the value, 0 to 1.
    Precision(f64),
}

/// A remark for the timeline of reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

/// When a system counts as healthy, and how long it may take to be so again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// The length of a window.
    pub window: Span,
    /// The least share of requests ok in a healthy window, as a part of the usual share.
    pub share_ok: f64,
    /// The most that the median of ok requests may exceed the usual one, as a factor.
    pub slower: f64,
    /// Windows before the trigger that say what is normal.
    pub before: u32,
    /// Windows in a row that make it healthy or unhealthy.
    pub in_a_row: u32,
    /// The end of the trigger; found from faults and load if absent.
    pub trigger_ends: Option<Time>,
}

/// A model without errors: the only kind that can be compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked(Model);

impl Checked {
    /// The model if it has no errors.
    pub fn new(model: Model) -> Option<Checked> {
        (model.origin.errors == 0).then_some(Checked(model))
    }

    /// The model itself, to change it.
    pub fn into_model(self) -> Model {
        self.0
    }
}

impl Deref for Checked {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.0
    }
}

/// A change of a variant whose worth can be told apart from that of the others: a member of `of`,
/// or an entry of `set` where there is no `of`.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The member's name, or the path that is set.
    pub name: String,
    /// What it changes.
    pub changes: Vec<Change>,
}

/// Reads a model: as far as it was understood, with everything that is wrong or doubtful about it.
///
/// Data files that it names come from `files`; see [`files_needed`].
pub fn read(source: Source, files: Files) -> (Model, Vec<Diagnostic>) {
    let (document, mut diagnostics) = document::parse(source.text(), FileId::MODEL);
    let sources = Sources::new(source);
    let (model, found) = read_document(&Arc::new(document), sources, &Arc::new(files));
    // After a syntax error half a table is missing; what follows from that would only confuse.
    match diagnostics.is_empty() {
        true => diagnostics = found,
        false => diagnostics.extend(found.into_iter().filter(|d| d.code == "E002")),
    }
    let mut model = model;
    model.origin.errors = assembly::count_errors(&diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.place);
    (model, diagnostics)
}

fn read_document(
    document: &Arc<Table>,
    sources: Sources,
    files: &Arc<Files>,
) -> (Model, Vec<Diagnostic>) {
    let (mut model, mut diagnostics) = assembly::assemble(document, sources, files);
    diagnostics.extend(check::check(&model));
    model.origin.errors = assembly::count_errors(&diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.place);
    (model, diagnostics)
}

impl Model {
    /// The words of its own that its journeys have for outcomes, in order.
    pub fn own_outcomes(&self) -> Vec<String> {
        let all = self.journeys.values().flat_map(Journey::own_outcomes);
        BTreeSet::from_iter(all).into_iter().collect()
    }

    /// The share of requests that is expected to find no entry in a cache, once it is warm.
    pub fn miss_share(&self, cache: &str) -> f64 {
        let found = self.caches.get(cache).filter(|cache| cache.on);
        found.map_or(1.0, |cache| 1.0 - cache.hit)
    }

    /// The model with changes applied in order; the diagnostics are those of the changed model.
    pub fn with(&self, changes: &[Change]) -> (Model, Vec<Diagnostic>) {
        let mut sources = self.origin.sources.clone();
        let changes: Vec<Change> = changes
            .iter()
            .map(|change| change.placed(&mut sources))
            .collect();
        let mut document = Table::clone(&self.origin.document);
        let (_, mut diagnostics) = overlay::apply(&mut document, &changes);
        let (mut model, found) = read_document(&Arc::new(document), sources, &self.origin.files);
        diagnostics.extend(found);
        model.origin.errors = assembly::count_errors(&diagnostics);
        if model.origin.errors > 0 {
            self.blame(&mut diagnostics, &changes);
        }
        (model, diagnostics)
    }

    /// Points errors that changes from outside have caused elsewhere at the change that did.
    fn blame(&self, diagnostics: &mut [Diagnostic], changes: &[Change]) {
        let read = |changes: &[Change]| {
            let mut document = Table::clone(&self.origin.document);
            overlay::apply(&mut document, changes);
            let sources = self.origin.sources.clone();
            read_document(&Arc::new(document), sources, &self.origin.files).1
        };
        let same = |one: &Diagnostic, other: &Diagnostic| {
            (one.code, &one.found) == (other.code, &other.found)
        };
        let before = read(&[]);
        let mut alone: Vec<(&Change, Vec<Diagnostic>)> = Vec::new();
        for diagnostic in diagnostics.iter_mut() {
            let elsewhere = diagnostic
                .place
                .is_none_or(|place| place.file == FileId::MODEL);
            let old = before.iter().any(|known| same(known, diagnostic));
            if diagnostic.level != Level::Error || !elsewhere || old {
                continue;
            }
            if alone.is_empty() {
                alone.extend(changes.iter().map(|c| (c, read(std::slice::from_ref(c)))));
            }
            let did = alone
                .iter()
                .find(|(_, found)| found.iter().any(|one| same(one, diagnostic)));
            let Some((change, _)) = did.or(alone.last()) else {
                continue;
            };
            if let Some(place) = diagnostic.place.replace(change.value.place) {
                let label = diagnostic
                    .expected
                    .take()
                    .unwrap_or("it matters here".to_owned());
                let related = text::diagnostic::Related { place, label };
                diagnostic.related = Some(Box::new(related));
            }
        }
    }

    /// The model as a variant changes it, `None` if there is no such variant. What the variants and
    /// actions of the result do is not checked again.
    pub fn variant(&self, name: &str) -> Option<(Model, Vec<Diagnostic>)> {
        self.changes(name).map(|changes| self.changed(&changes))
    }

    /// The model with changes that stand in it, checked for itself alone.
    fn changed(&self, changes: &[Change]) -> (Model, Vec<Diagnostic>) {
        let mut document = Table::clone(&self.origin.document);
        let (_, mut diagnostics) = overlay::apply(&mut document, changes);
        let sources = self.origin.sources.clone();
        let files = &self.origin.files;
        let (mut model, found) = assembly::assemble(&Arc::new(document), sources, files);
        diagnostics.extend(found);
        diagnostics.extend(check::check_one(&model));
        model.origin.errors = assembly::count_errors(&diagnostics);
        (model, diagnostics)
    }

    /// The model with changes that stand in it, as some variants make them together: checked for
    /// itself with its actions. Other variants may change what is no longer there.
    pub fn with_own(&self, changes: &[Change]) -> (Model, Vec<Diagnostic>) {
        let (mut model, mut diagnostics) = self.changed(changes);
        diagnostics.extend(check::actions(&model));
        model.origin.errors = assembly::count_errors(&diagnostics);
        (model, diagnostics)
    }

    /// All changes of a variant in the order in which they apply: members, then its own.
    pub fn changes(&self, name: &str) -> Option<Vec<Change>> {
        let variant = self.variants.iter().find(|variant| variant.name == name)?;
        let mut changes = Vec::new();
        for member in &variant.of {
            changes.extend(self.changes(member)?);
        }
        changes.extend(variant.set.iter().cloned());
        Some(changes)
    }

    /// The changes of a variant whose worth is told apart, in file order. With `of`, what the
    /// variant sets itself counts as one more, so that all of them together are the variant.
    pub fn parts(&self, name: &str) -> Option<Vec<Part>> {
        let variant = self.variants.iter().find(|variant| variant.name == name)?;
        let entry = |change: &Change| Part {
            name: change.path.clone(),
            changes: vec![change.clone()],
        };
        if variant.of.is_empty() {
            return Some(variant.set.iter().map(entry).collect());
        }
        let mut parts = Vec::new();
        for member in &variant.of {
            parts.push(Part {
                name: member.clone(),
                changes: self.changes(member)?,
            });
        }
        if !variant.set.is_empty() {
            parts.push(Part {
                name: format!("{name}: own changes"),
                changes: variant.set.clone(),
            });
        }
        Some(parts)
    }

    /// The model without its actions by the clock, and with variants that change nothing: as cheap
    /// to change and to read again as what is left.
    pub fn without_actions(&self) -> Model {
        let mut model = self.with_hollow_variants();
        let mut document = Table::clone(&model.origin.document);
        // Metrics may name what a metric trips.
        let trips = |entry: &document::Entry| {
            entry
                .node
                .table()
                .is_some_and(|table| table.get("when").is_some())
        };
        for entry in document
            .entries
            .iter_mut()
            .filter(|entry| entry.key == "action")
        {
            if let Value::Table(actions) = &mut entry.node.value {
                actions.entries.retain(trips);
            }
        }
        model.origin.document = Arc::new(document);
        model.actions.clear();
        model
    }

    /// The model with variants that change nothing: only their names are there.
    fn with_hollow_variants(&self) -> Model {
        let mut document = Table::clone(&self.origin.document);
        let mut top = document.entries.iter_mut();
        if let Some(entry) = top.find(|entry| entry.key == "variant")
            && let Value::Table(variants) = &mut entry.node.value
        {
            for variant in &mut variants.entries {
                variant.node.value = Value::Table(Table::default());
            }
        }
        let mut model = self.clone();
        model.origin.document = Arc::new(document);
        model.variants.clear();
        model
    }

    /// The model as it is once an action has taken effect.
    pub fn after(&self, action: &Action) -> (Model, Vec<Diagnostic>) {
        self.changed(&action.set)
    }

    /// The model as its instances have it that a deploy has reached.
    pub fn deployed(&self, set: &[Change]) -> Model {
        self.without_actions().changed(set).0
    }

    /// Reads a metric of this model.
    pub fn metric(&self, text: &str) -> Result<Metric, Diagnostic> {
        let mut reader = Reader::new(&self.origin.document, &self.origin.files);
        let names = Names::of(self);
        metric::parse::metric(text, Place::default(), &names, &mut reader)
    }

    /// The key of a metric in results: as the first objective on it spells it, else its normal
    /// form.
    pub fn key_of(&self, metric: &Metric) -> String {
        let asked = self.objectives.iter().map(|objective| &objective.metric);
        match asked.into_iter().find(|asked| *asked == metric) {
            Some(asked) => asked.to_string(),
            None => metric.normal(),
        }
    }

    /// The model as TOML text, with every change worked in, as it was simulated.
    pub fn written(&self) -> String {
        document::write(&self.origin.document)
    }

    /// What is written at a plain path, as `service.shop.servers`; of a parameter, its value.
    /// `None` where nothing is written.
    pub fn written_at(&self, path: &str) -> Option<String> {
        let mut segments = path.split('.');
        let mut node = self.origin.document.get(segments.next()?)?;
        for segment in segments {
            node = node.table()?.get(segment)?;
        }
        let value = node.table().and_then(|table| table.get("value"));
        match &value.unwrap_or(node).value {
            Value::Table(_) => None,
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Node::written).collect();
                Some(items.join(", "))
            }
            _ => Some(value.unwrap_or(node).written()),
        }
    }

    /// Whether it has no errors.
    pub fn is_sound(&self) -> bool {
        self.origin.errors == 0
    }

    /// The texts that it was read from, to show diagnostics.
    pub fn sources(&self) -> &Sources {
        &self.origin.sources
    }

    /// The data files that it was read with.
    pub fn files(&self) -> &Files {
        &self.origin.files
    }

    /// The horizon as an instant.
    pub fn horizon(&self) -> Time {
        Time::ZERO + self.run_for
    }

    /// Where the clock starts: T+0, or the earliest possible arrival if that is before.
    pub fn begins(&self) -> Time {
        let earliest = self.arrivals.values().map(Arrivals::begins).min();
        earliest.map_or(Time::ZERO, |begin| begin.min(Time::ZERO))
    }
}
