//! What is held while something else is awaited: circles in which nothing moves once all of it is
//! held by those who wait.
//!
//! One idea: units of a pool and workers of a service are held alike, so both are things of one
//! graph, with an arrow from each thing to what is awaited while it is held. Circles of services
//! alone are told by [`calls`](super::calls).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;
use crate::model::step::{Step, StepKind};
use crate::text::{Diagnostic, Place};

/// Most things in one circle, and most arrows that are followed.
const LONGEST: usize = 8;
const MOST_LOOKS: usize = 10_000;

/// Something that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing<'m> {
    /// A unit of a pool.
    Pool(&'m str),
    /// A worker of a service.
    Worker(&'m str),
}

impl Thing<'_> {
    fn said(self) -> String {
        match self {
            Thing::Pool(name) => format!("`{name}`"),
            Thing::Worker(name) => format!("a worker of `{name}`"),
        }
    }
}

/// Circles of held things that nothing ends, each told once; holds of more units than there are.
pub(super) fn circles(model: &Model) -> Vec<Diagnostic> {
    let mut graph = Graph {
        model,
        arrows: BTreeMap::new(),
        found: Vec::new(),
    };
    for journey in model.journeys.values() {
        graph.steps(&journey.steps, &mut Vec::new());
    }
    for (name, service) in &model.services {
        for endpoint in service.endpoints.values() {
            graph.steps(&endpoint.steps, &mut vec![Thing::Worker(name)]);
        }
    }
    let mut search = Search {
        graph: &graph,
        told: BTreeSet::new(),
        left: MOST_LOOKS,
        found: Vec::new(),
    };
    for thing in graph.arrows.keys() {
        search.follow(&mut vec![*thing]);
    }
    let found = search.found;
    graph.found.extend(found);
    graph.found
}

struct Graph<'m> {
    model: &'m Model,
    /// What is awaited while a thing is held, and where it is written.
    arrows: BTreeMap<Thing<'m>, BTreeMap<Thing<'m>, Place>>,
    found: Vec<Diagnostic>,
}

impl<'m> Graph<'m> {
    fn steps(&mut self, steps: &'m [Step], held: &mut Vec<Thing<'m>>) {
        for step in steps {
            self.step(step, held);
        }
    }

    fn step(&mut self, step: &'m Step, held: &mut Vec<Thing<'m>>) {
        let before = held.len();
        match &step.kind {
            StepKind::Call(call) if call.timeout.is_none() && call.deadline.is_none() => {
                self.awaited(Thing::Worker(&call.service), step.place, held);
            }
            StepKind::Hold {
                pool,
                units,
                timeout,
                ..
            } => {
                let Some(found) = self.model.pools.get(pool) else {
                    return;
                };
                if *units > found.size && found.size > 0 {
                    let text = format!(
                        "a hold of {units} units never gets them: `{pool}` has {}",
                        found.size
                    );
                    let diagnostic = Diagnostic::new("W017", text).at(step.place);
                    let help = "raise the `size` of the pool, or ask for fewer units";
                    self.found.push(diagnostic.help(help));
                }
                // Who is refused at once, or gives up, blocks nobody.
                if timeout.is_none() && found.queue_limit != Some(0) {
                    self.awaited(Thing::Pool(pool), step.place, held);
                }
                held.push(Thing::Pool(pool));
            }
            _ => {}
        }
        for list in step.lists() {
            self.steps(list, held);
        }
        held.truncate(before);
    }

    fn awaited(&mut self, thing: Thing<'m>, place: Place, held: &[Thing<'m>]) {
        for &by in held {
            let arrows = self.arrows.entry(by).or_default();
            arrows.entry(thing).or_insert(place);
        }
    }
}

struct Search<'g, 'm> {
    graph: &'g Graph<'m>,
    /// Circles told, by what is in them.
    told: BTreeSet<BTreeSet<Thing<'m>>>,
    left: usize,
    found: Vec<Diagnostic>,
}

impl<'m> Search<'_, 'm> {
    fn follow(&mut self, way: &mut Vec<Thing<'m>>) {
        let Some(arrows) = way.last().and_then(|last| self.graph.arrows.get(last)) else {
            return;
        };
        for (&next, &place) in arrows {
            if self.left == 0 || way.len() > LONGEST {
                return;
            }
            self.left -= 1;
            match way.iter().position(|known| *known == next) {
                Some(at) => self.tell(&way[at..], place),
                None => {
                    way.push(next);
                    self.follow(way);
                    way.pop();
                }
            }
        }
    }

    fn tell(&mut self, circle: &[Thing<'m>], place: Place) {
        let is_pool = |thing: &Thing<'_>| matches!(thing, Thing::Pool(_));
        let known = circle.iter().copied().collect();
        if !circle.iter().any(is_pool) || !self.told.insert(known) {
            return;
        }
        let text = match circle {
            [one] => format!(
                "a hold of {0} inside a hold of {0} can dry it: all units may be held by those who \
                 wait for another",
                one.said()
            ),
            _ => {
                let next = circle.iter().cycle().skip(1);
                let pairs = circle.iter().zip(next);
                let said = pairs.map(|(held, awaited)| {
                    format!("who holds {} waits for {}", held.said(), awaited.said())
                });
                let said: Vec<String> = said.collect();
                format!("what is held in a circle can dry: {}", said.join(", "))
            }
        };
        let diagnostic = Diagnostic::new("W018", text).at(place);
        let help = "once all of it is held by those who wait, nothing moves; a `timeout` ends it";
        self.found.push(diagnostic.help(help));
    }
}
