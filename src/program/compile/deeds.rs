//! From actions, what trips them, and autoscalers to what is decided while a program runs.
//!
//! One idea: as long as everything happens by the clock, what actions do is worked out beforehand.
//! Once anything is decided while the program runs, every action is reckoned when it takes effect.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code::Structure;
use super::eras::Era;
use super::figures::Figures;
use super::gauges::gauge;
use super::index::Index;
use super::places::Places;
use super::probes::comparison;
use super::reckon::{Effect, Reckoner};
use crate::base::table::Table;
use crate::base::time::Span;
use crate::model::Model;
use crate::model::action::{self, Trigger};
use crate::model::autoscaler::{self, Autoscaler};
use crate::model::fault::Begins;
use crate::model::metric::{Metric, ServiceAspect};
use crate::model::overlay::Change;
use crate::model::when::When;
use crate::program::{
    Clock, Condition, ConditionId, Deed, EffectId, Follows, Gauge, GaugeId, OfServer, Reactions,
    Restart, Scaler, ServiceId, Target, reaction,
};
use crate::random::key::Owner;

/// What actions do that is not worked out beforehand, and what is decided while a program runs.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    effects: Table<EffectId, Effect>,
    clock: BTreeMap<String, Deed>,
    pub(super) reactions: Reactions,
}

impl Deeds {
    /// What a model does while it runs, with its faults in the order of the program.
    pub(super) fn of(
        model: &Model,
        index: &Index,
        figures: &Figures<'_>,
        faults: &[String],
    ) -> Deeds {
        let mut deeds = Deeds::default();
        // Steps know the conditions that they ask by their order.
        for when in &figures.structure.whens {
            deeds.condition(when, figures);
        }
        for (name, scaler) in &model.autoscalers {
            deeds.scaler(name, scaler, (index, figures));
        }
        for (name, action) in &model.actions {
            if let Some(restart) = &action.restart {
                let deed = Deed::Restart(self::restart(name, restart, index));
                deeds.clock.insert(name.clone(), deed);
            } else if model.reacts() {
                let effect = deeds.effect(model, &action.set, index);
                let deed = Deed::Set {
                    effect,
                    impossible: None,
                };
                deeds.clock.insert(name.clone(), deed);
            }
        }
        for (number, name) in (0..).zip(faults) {
            if let Begins::When(when) = &model.faults[name].begins {
                let condition = deeds.condition(when, figures);
                deeds.reactions.triggers.push(reaction::Trigger {
                    name: name.clone(),
                    condition,
                    lasts: when.lasts,
                    again_after: None,
                    takes: Span::ZERO,
                    does: Deed::Fault(number),
                    taken: None,
                });
            }
        }
        for (name, trigger) in &model.triggers {
            deeds.trigger(model, (name, trigger), (index, figures));
        }
        deeds
    }

    /// What an action by the clock does where that is not worked out beforehand.
    pub(super) fn of_clock(&self, name: &str) -> Option<Deed> {
        self.clock.get(name).cloned()
    }

    /// What is decided while the program runs; `model` is what holds when the clock starts.
    pub(super) fn reactions(
        self,
        model: &Model,
        parts: (Index, Places, Structure),
        clock: Clock,
    ) -> Reactions {
        let mut reactions = self.reactions;
        if !self.effects.is_empty() {
            let reckoner = Reckoner::new(model, self.effects, parts, clock);
            reactions.reckoner = Some(Arc::new(reckoner));
        }
        reactions
    }

    fn effect(&mut self, model: &Model, set: &[Change], index: &Index) -> EffectId {
        let paths = model.written_by(set);
        let scaled = |scaler: &&Autoscaler| {
            let path = format!("service.{}.servers", scaler.service);
            paths.contains(&path)
        };
        let scalers = model.autoscalers.values().filter(scaled);
        let mut scaled: Vec<ServiceId> = scalers.map(|one| index.service(&one.service)).collect();
        scaled.sort_unstable();
        scaled.dedup();
        let set = set.to_vec();
        self.effects.push(Effect { set, scaled })
    }

    fn trigger(
        &mut self,
        model: &Model,
        (name, trigger): (&String, &Trigger),
        (index, figures): (&Index, &Figures<'_>),
    ) {
        let of = format!("action.{name}");
        let [taken, impossible] = action::COUNTED.map(|word| index.tally(&of, word));
        let does = match &trigger.restart {
            Some(restart) => Deed::Restart(self::restart(name, restart, index)),
            None => Deed::Set {
                effect: self.effect(model, &trigger.set, index),
                impossible: Some(impossible),
            },
        };
        let condition = self.condition(&trigger.when, figures);
        self.reactions.triggers.push(reaction::Trigger {
            name: name.clone(),
            condition,
            lasts: trigger.when.lasts,
            again_after: trigger.again_after,
            takes: trigger.takes,
            does,
            taken: Some(taken),
        });
    }

    /// The condition of a `when`.
    fn condition(&mut self, when: &When, figures: &Figures<'_>) -> ConditionId {
        let condition = Condition {
            gauge: self.gauge(&when.metric, figures),
            comparison: comparison(when.comparison),
            limit: when.limit,
        };
        self.reactions.conditions.push(condition)
    }

    /// The gauge of a metric, which others may read as well.
    fn gauge(&mut self, metric: &Metric, figures: &Figures<'_>) -> GaugeId {
        let gauge: Gauge = gauge(metric, figures);
        let gauges = &mut self.reactions.gauges;
        let known = gauges.find(|known| *known == gauge);
        known.unwrap_or_else(|| gauges.push(gauge))
    }

    fn scaler(
        &mut self,
        name: &str,
        scaler: &Autoscaler,
        (index, figures): (&Index, &Figures<'_>),
    ) {
        let of = format!("autoscaler.{name}");
        let follows = match scaler.of_servers {
            Some(aspect) => Follows::Servers {
                of: match aspect {
                    ServiceAspect::Busy => OfServer::Busy,
                    ServiceAspect::Queue => OfServer::Queue,
                    ServiceAspect::InSystem => OfServer::InSystem,
                    _ => OfServer::Held,
                },
                seconds: gauge(&scaler.metric, figures).seconds,
            },
            None => {
                let gauge = self.gauge(&scaler.metric, figures);
                match scaler.per_server {
                    true => Follows::PerServer(gauge),
                    false => Follows::Whole(gauge),
                }
            }
        };
        self.reactions.scalers.push(Scaler {
            service: index.service(&scaler.service),
            follows,
            sync: scaler.sync,
            counts: autoscaler::COUNTED.map(|word| index.tally(&of, word)),
        });
    }
}

/// The servers that an action restarts.
fn restart(name: &str, restart: &action::Restart, index: &Index) -> Restart {
    Restart {
        owner: Owner::named(&format!("action {name}")),
        on: Target {
            service: index.service(&restart.on.service),
            servers: restart.on.servers.clone(),
        },
        drain: restart.drain,
    }
}

/// What holds once each effect alone has been taken, where effects come in any order.
pub(super) fn reached(model: &Model) -> Vec<Era> {
    if !model.reacts() {
        return Vec::new();
    }
    let bare = model.without_actions();
    let clock = model
        .actions
        .iter()
        .map(|(name, action)| (name, &action.set));
    let tripped = model.triggers.iter();
    let tripped = tripped.map(|(name, trigger)| (name, &trigger.set));
    let after = clock.chain(tripped).map(|(name, set)| Era {
        at: model.begins(),
        name: name.clone(),
        model: bare.after_changes(set).0,
    });
    after.filter(|era| era.model.is_sound()).collect()
}
