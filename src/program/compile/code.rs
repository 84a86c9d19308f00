//! From written steps to instructions, and the numbers that stand behind them.
//!
//! One idea: the same walk over the steps writes the code, which no action can change, and the
//! numbers of one era, so that both have the same ids. What happens when a step fails is written
//! behind the journey or endpoint, out of the way of those who succeed.
//!
//! A failure looks for its `or` from the inside out. Structured steps that keep something (`hold`,
//! `enter` with steps, `repeat`, `parallel`) are found by the frames they push while they run; a
//! `choose` keeps nothing, so that its `or` is handed to the steps inside.

use std::collections::{BTreeMap, VecDeque};

use super::index::Index;
use super::places::Places;
use crate::base::table::Table;
use crate::base::time::Span;
use crate::model::Model;
use crate::model::fault::FaultKind;
use crate::model::metric::StepOwner;
use crate::model::service;
use crate::model::step::Step;
use crate::model::tally::ENDPOINT_COUNTED;
use crate::model::when::When;
use crate::observation::Outcome;
use crate::program::{
    Back, BackId, Call, CallGuards, CallId, CallSettings, Choose, ChooseId, ClassId, Endpoint,
    Enter, EnterId, Expired, Hold, HoldId, Instruction, Journey, Lookup, LookupId, NOT_COUNTED,
    NOWHERE, Parallel, ParallelId, Pc, Repeat, RepeatId, Site, StepId, Take, TakeId, WorkId,
};
use crate::random::family::Distribution;
use crate::random::key::{Place, identity};
use crate::random::sampler::Sampler;

/// What a walk over all steps of a model gives: code with its tables, and the numbers behind it.
#[derive(Debug, Default)]
pub(super) struct Coded {
    /// Structure: the same in every era.
    pub(super) structure: Structure,
    /// Demands, in the order of `structure.work`.
    pub(super) demands: Table<WorkId, Sampler>,
    /// The caller's side of calls.
    pub(super) callers: Table<CallId, CallSettings>,
    /// Longest waits for units of pools.
    pub(super) hold_timeouts: Table<HoldId, Option<Span>>,
    /// How long units of stocks are reserved.
    pub(super) reservations: Table<TakeId, Option<Span>>,
    /// Cumulated shares.
    pub(super) choices: Table<ChooseId, Vec<f64>>,
}

/// Code and what it refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Structure {
    pub(super) code: Vec<Instruction>,
    pub(super) journeys: Vec<Journey>,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) calls: Table<CallId, Call>,
    pub(super) work: Table<WorkId, u64>,
    pub(super) holds: Table<HoldId, Hold>,
    pub(super) enters: Table<EnterId, Enter>,
    pub(super) chooses: Table<ChooseId, Choose>,
    pub(super) repeats: Table<RepeatId, Repeat>,
    pub(super) parallels: Table<ParallelId, Parallel>,
    pub(super) takes: Table<TakeId, Take>,
    pub(super) lookups: Table<LookupId, Lookup>,
    pub(super) backs: Table<BackId, Back>,
    /// Where each call is written, in the order of `calls`.
    pub(super) written: Vec<Written>,
    /// What the checks of services ask, by service.
    pub(super) checks: BTreeMap<String, CallId>,
    /// The conditions that steps ask, in the order in which they stand.
    pub(super) whens: Vec<When>,
    /// Where the code of each fault that has some begins, in the order of the names of faults.
    pub(super) faults: Vec<(String, Pc)>,
}

/// Where a `call` or `send` step is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// Its journey or endpoint.
    pub(super) owner: StepOwner,
    /// Its name.
    pub(super) name: Option<String>,
    /// What reports call it.
    pub(super) label: Option<String>,
    /// The service asked.
    pub(super) service: String,
    /// The endpoint asked.
    pub(super) endpoint: String,
}

/// A place in the code that is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label(usize);

/// Who goes on at a label when it fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Catcher {
    Call(CallId),
    Hold(HoldId),
    Enter(EnterId),
    Repeat(RepeatId),
    Parallel(ParallelId),
    Take(TakeId),
    Expired(TakeId),
    Lookup(LookupId),
    Back(BackId),
    /// Where it goes back to.
    Aim(BackId),
}

/// Where a list of steps stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// The written steps that lead there.
    pub(super) place: Place,
    /// Where its failures go on, within the frame in which it runs.
    pub(super) catch: Option<Label>,
}

/// An `or` whose code is still to be written.
#[derive(Debug)]
pub(super) enum Behind<'m> {
    /// The visit ends so.
    Leave(Label, Outcome),
    /// These steps instead, then on to an address.
    Steps(Label, &'m [Step], Around, Pc),
    /// These steps instead of all that was left of a visit, which then ends so.
    Last(Label, &'m [Step], Around, Outcome),
}

/// The name of what the checks of a service ask.
const CHECK: &str = "health check";

/// Writes the code of a model.
pub(super) fn code(model: &Model, index: &Index, places: &Places) -> Coded {
    let owner = StepOwner::Journey(String::new());
    let mut coder = Coder {
        model,
        index,
        places,
        owner,
        site: Site::Users,
        coded: Coded::default(),
        named: BTreeMap::new(),
        labels: Vec::new(),
        catchers: Vec::new(),
        behind: VecDeque::new(),
    };
    for (name, journey) in &model.journeys {
        coder.journey(name, &journey.steps);
    }
    for (service, body) in &model.services {
        for (endpoint, steps) in &body.endpoints {
            coder.endpoint((service, endpoint), steps);
        }
    }
    for (service, body) in &model.services {
        if let Some(endpoint) = &body.check {
            coder.check(service, endpoint);
        }
    }
    for (name, fault) in &model.faults {
        match &fault.kind {
            FaultKind::Error { cost, .. } => coder.error(name, cost.as_ref()),
            FaultKind::Slow { add: Some(add), .. } => coder.late(name, add),
            _ => {}
        }
    }
    coder.land();
    coder.coded
}

/// Writes code; the steps themselves are walked in `steps`.
pub(super) struct Coder<'m> {
    pub(super) model: &'m Model,
    pub(super) index: &'m Index,
    pub(super) places: &'m Places,
    /// The journey or endpoint that is being written.
    pub(super) owner: StepOwner,
    /// Who runs it.
    pub(super) site: Site,
    pub(super) coded: Coded,
    /// The steps of the journey that is being written.
    pub(super) named: BTreeMap<String, Label>,
    labels: Vec<Pc>,
    catchers: Vec<(Catcher, Label)>,
    behind: VecDeque<Behind<'m>>,
}

impl<'m> Coder<'m> {
    fn journey(&mut self, name: &str, steps: &'m [Step]) {
        self.owner = StepOwner::Journey(name.to_owned());
        self.site = Site::Users;
        let count = u16::try_from(steps.len()).expect("a journey has at most 65,535 steps");
        let before = self.coded.structure.journeys.last();
        let first = before.map_or(0, |j| j.first.0 + u32::from(j.steps));
        let journey = Journey {
            entry: self.here(),
            luck: identity(name),
            first: StepId(first),
            steps: count,
        };
        self.coded.structure.journeys.push(journey);
        let around = Around {
            place: Place::ROOT,
            catch: None,
        };
        self.named.clear();
        for (number, step) in (first..).zip(steps) {
            if let Some(name) = &step.name {
                let label = self.label();
                self.bind(label);
                self.named.insert(name.clone(), label);
            }
            self.write(Instruction::Step(StepId(number)));
            self.step(step, around);
        }
        self.close();
    }

    fn endpoint(&mut self, (service, endpoint): (&str, &str), body: &'m service::Endpoint) {
        let (steps, limit) = (&body.steps, body.limit.as_ref());
        self.owner = StepOwner::Endpoint {
            service: service.to_owned(),
            endpoint: endpoint.to_owned(),
        };
        self.site = Site::Service(self.index.service(service));
        let entry = Endpoint {
            service: self.index.service(service),
            entry: self.here(),
            limit: limit.map(|name| self.index.limit(name)),
            counts: ENDPOINT_COUNTED.map(|word| {
                let of = format!("service.{service}.endpoint.{endpoint}");
                self.index.counted(&of, word).unwrap_or(NOT_COUNTED)
            }),
        };
        self.coded.structure.endpoints.push(entry);
        self.list(
            steps,
            Around {
                place: Place::ROOT,
                catch: None,
            },
        );
        self.close();
    }

    /// What a check of a service asks: a message that nobody else sends.
    fn check(&mut self, service: &str, endpoint: &str) {
        let class = self.class_of(service, endpoint);
        let structure = &mut self.coded.structure;
        structure.written.push(Written {
            owner: StepOwner::Endpoint {
                service: service.to_owned(),
                endpoint: endpoint.to_owned(),
            },
            name: Some(CHECK.to_owned()),
            label: None,
            service: service.to_owned(),
            endpoint: endpoint.to_owned(),
        });
        let id = structure.calls.push(Call {
            endpoint: self.index.endpoint(service, endpoint),
            service: self.index.service(service),
            message: true,
            from: Site::Service(self.index.service(service)),
            guards: CallGuards::default(),
            luck: identity(CHECK),
            hedge: None,
            on_failure: NOWHERE,
            class,
            key: None,
        });
        structure.checks.insert(service.to_owned(), id);
        self.coded.callers.push(CallSettings {
            timeout: None,
            deadline: None,
            retry: None,
        });
    }

    /// The kind of traffic that an endpoint says it is.
    pub(super) fn class_of(&self, service: &str, endpoint: &str) -> Option<ClassId> {
        let own = self.model.services.get(service);
        let class = own.and_then(|own| own.endpoints.get(endpoint)?.class.as_ref());
        class.map(|name| self.index.class(name))
    }

    /// The code of an error fault: what it costs, then the failure.
    fn error(&mut self, fault: &str, cost: Option<&Distribution>) {
        let entry = self.here();
        self.coded.structure.faults.push((fault.to_owned(), entry));
        if let Some(cost) = cost {
            let place = Place::ROOT.step(identity(&format!("fault {fault}")));
            let work = self.work(place.step(identity("cost")), cost);
            self.write(Instruction::Cpu(work));
        }
        self.write(Instruction::Fail {
            refused: false,
            last: false,
        });
    }

    /// The code of a fault that makes attempts late: a wait, then what they are there for.
    fn late(&mut self, fault: &str, add: &Distribution) {
        let entry = self.here();
        self.coded.structure.faults.push((fault.to_owned(), entry));
        let place = Place::ROOT.step(identity(&format!("fault {fault}")));
        let work = self.work(place.step(identity("add")), add);
        self.write(Instruction::Wait(work));
        self.write(Instruction::Begin);
    }

    /// Ends a journey or endpoint, and writes behind it what its steps' `or` ask for.
    fn close(&mut self) {
        self.write(Instruction::End);
        while let Some(next) = self.behind.pop_front() {
            match next {
                Behind::Leave(label, outcome) => {
                    self.bind(label);
                    self.write(Instruction::Leave(outcome));
                }
                Behind::Steps(label, steps, around, after) => {
                    self.bind(label);
                    self.list(steps, around);
                    self.write(Instruction::Jump(after));
                }
                Behind::Last(label, steps, around, outcome) => {
                    self.bind(label);
                    self.list(steps, around);
                    self.write(Instruction::Leave(outcome));
                }
            }
        }
    }

    /// Tells everyone who may fail where to go on.
    fn land(&mut self) {
        let structure = &mut self.coded.structure;
        for (catcher, Label(label)) in &self.catchers {
            let pc = self.labels[*label];
            assert!(pc != NOWHERE, "every `or` was written");
            match *catcher {
                Catcher::Call(id) => structure.calls[id].on_failure = pc,
                Catcher::Hold(id) => structure.holds[id].on_failure = pc,
                Catcher::Enter(id) => structure.enters[id].on_failure = pc,
                Catcher::Repeat(id) => structure.repeats[id].on_failure = pc,
                Catcher::Parallel(id) => structure.parallels[id].on_failure = pc,
                Catcher::Take(id) => structure.takes[id].on_failure = pc,
                Catcher::Lookup(id) => structure.lookups[id].on_failure = pc,
                Catcher::Back(id) => structure.backs[id].on_failure = pc,
                Catcher::Aim(id) => structure.backs[id].to = pc,
                Catcher::Expired(id) => structure.takes[id].expired = Expired::Does(pc),
            }
        }
    }

    /// The address of the next instruction.
    pub(super) fn here(&self) -> Pc {
        Pc::try_from(self.coded.structure.code.len()).expect("code fits into 32 bits")
    }

    /// Writes an instruction and returns its address.
    pub(super) fn write(&mut self, instruction: Instruction) -> Pc {
        let here = self.here();
        self.coded.structure.code.push(instruction);
        here
    }

    /// A place in the code that is found out later.
    pub(super) fn label(&mut self) -> Label {
        self.labels.push(NOWHERE);
        Label(self.labels.len() - 1)
    }

    /// The label is here.
    pub(super) fn bind(&mut self, Label(label): Label) {
        self.labels[label] = self.here();
    }

    /// Lets someone go on at a label when it fails.
    pub(super) fn catch(&mut self, catcher: Catcher, label: Option<Label>) {
        self.catchers.extend(label.map(|label| (catcher, label)));
    }

    /// Puts off the code of an `or` until the journey or endpoint ends.
    pub(super) fn put_off(&mut self, behind: Behind<'m>) {
        self.behind.push_back(behind);
    }

    /// A demand with its luck.
    pub(super) fn work(&mut self, place: Place, law: &Distribution) -> WorkId {
        self.coded.demands.push(law.sampler());
        self.coded.structure.work.push(place.0)
    }
}
