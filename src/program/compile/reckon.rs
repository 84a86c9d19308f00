//! What an action makes of what is in force, where the order of actions is known only to the run.
//!
//! One idea: an action changes the model itself, here as beforehand. What is in force is a model
//! with its numbers ([`State`]); an effect makes the next one of it, with the relative values
//! reckoned on what stands there. The first states that are reached are kept for other
//! replications, which mostly go the same ways.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::code::{Structure, code};
use super::eras::numbers;
use super::index::Index;
use super::places::Places;
use super::sources::flow;
use crate::base::table::{Id, Table};
use crate::model::Model;
use crate::model::overlay::Change;
use crate::program::{Clock, EffectId, Piece, ServiceId, Settings, SourceId};

/// States that are kept.
const KEPT: u32 = 200;

/// What is in force, by the model that says so.
#[derive(Debug)]
pub struct State {
    model: Model,
    /// The numbers.
    pub settings: Settings,
    /// The rates of sources; empty where no effect changes them.
    pub pieces: Table<SourceId, Vec<Piece>>,
    next: Mutex<BTreeMap<Step, Option<Arc<State>>>>,
}

/// An effect, with the numbers of servers that autoscalers had ordered by then.
type Step = (EffectId, Vec<(ServiceId, u32)>);

/// An effect of an action.
#[derive(Debug)]
pub(super) struct Effect {
    /// What it sets.
    pub(super) set: Vec<Change>,
    /// Services whose number of servers it sets, which autoscalers change as well.
    pub(super) scaled: Vec<ServiceId>,
}

/// Works out what effects make of what is in force.
pub struct Reckoner {
    first: Arc<State>,
    effects: Table<EffectId, Effect>,
    /// Of services, in the order of their ids.
    names: Vec<String>,
    compiler: Compiler,
    kept: AtomicU32,
}

/// What makes numbers of a model whose structure is known.
#[derive(Debug)]
struct Compiler {
    index: Index,
    places: Places,
    structure: Structure,
    clock: Clock,
    /// Whether effects change rates of sources.
    pours: bool,
}

/// As what it is made of says it, without the places of words in a file and without what it has
/// kept: two of the same model look alike.
impl fmt::Debug for Reckoner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |change: &Change| format!("{} = {}", change.path, change.written_value());
        let effects = self.effects.values().map(|one| {
            let set: Vec<String> = one.set.iter().map(said).collect();
            (set, &one.scaled)
        });
        let effects: Vec<(Vec<String>, &Vec<ServiceId>)> = effects.collect();
        f.debug_struct("Reckoner")
            .field("model", &self.first.model.written())
            .field("effects", &effects)
            .field("clock", &self.compiler.clock)
            .finish_non_exhaustive()
    }
}

/// Each is its own: what it has kept belongs to one program.
impl PartialEq for Reckoner {
    fn eq(&self, other: &Reckoner) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Reckoner {
    /// For a model as it is when the clock starts.
    ///
    /// # Panics
    /// Where the model has errors.
    pub(super) fn new(
        model: &Model,
        effects: Table<EffectId, Effect>,
        (index, places, structure): (Index, Places, Structure),
        clock: Clock,
    ) -> Reckoner {
        let model = model.without_actions();
        let rates = |model: &Model| {
            let sources = model.arrivals.values();
            sources
                .map(|source| source.form.clone())
                .collect::<Vec<_>>()
        };
        let before = rates(&model);
        let changes = |effect: &Effect| rates(&model.after_changes(&effect.set).0) != before;
        let compiler = Compiler {
            pours: effects.values().any(changes),
            index,
            places,
            structure,
            clock,
        };
        let names = model.services.keys().cloned().collect();
        let first = compiler.state(model).expect("the model was checked");
        Reckoner {
            first: Arc::new(first),
            effects,
            names,
            compiler,
            kept: AtomicU32::new(0),
        }
    }

    /// What is in force when the clock starts.
    pub fn first(&self) -> Arc<State> {
        Arc::clone(&self.first)
    }

    /// Whether effects change rates of sources: then only what is in force tells them.
    pub fn pours(&self) -> bool {
        self.compiler.pours
    }

    /// The services whose servers an effect sets and autoscalers change as well: what they have
    /// ordered is what a relative value is reckoned on.
    pub fn scaled_by(&self, effect: EffectId) -> &[ServiceId] {
        &self.effects[effect].scaled
    }

    /// What an effect makes of a state, where autoscalers have ordered so many servers; none where
    /// that is no model.
    pub fn after(
        &self,
        state: &Arc<State>,
        effect: EffectId,
        servers: Vec<(ServiceId, u32)>,
    ) -> Option<Arc<State>> {
        let step = (effect, servers);
        let known = || state.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&step) {
            return known.clone();
        }
        let mut changes = Vec::new();
        for (service, number) in &step.1 {
            let path = format!("service.{}.servers", self.names[service.index()]);
            changes.push(Change::new(&path, &number.to_string()));
        }
        changes.extend(self.effects[effect].set.iter().cloned());
        let (model, _) = state.model.after_changes(&changes);
        let after = self.compiler.state(model).map(Arc::new);
        if self.kept.fetch_add(1, Ordering::Relaxed) < KEPT {
            known().insert(step, after.clone());
        }
        after
    }
}

impl Compiler {
    /// A model with its numbers; none where it has errors, or more than its numbers has changed.
    fn state(&self, model: Model) -> Option<State> {
        if !model.is_sound() {
            return None;
        }
        let coded = code(&model, &self.index, &self.places);
        if coded.structure != self.structure {
            return None;
        }
        let names = model.arrivals.keys().filter(|_| self.pours);
        let pieces = names.map(|name| flow(&model, name, &self.clock)).collect();
        Some(State {
            settings: numbers(&model, &self.index, coded),
            pieces,
            model,
            next: Mutex::default(),
        })
    }
}
