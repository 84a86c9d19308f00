//! What services saw.

use std::collections::BTreeMap;

use crate::model::cost::Price;
use crate::observation::{LevelId, ServiceCounter, ServiceLevel, ServiceSample};
use crate::program::ServiceId;
use crate::results::{Estimate, Service, Wasted};
use crate::study::fill::Sight;
use crate::study::usual::{Reader, share};

/// Every service, summed over its instances.
pub(super) fn services(sight: &Sight<'_>) -> BTreeMap<String, Service> {
    let names = sight.lens.program.names.services.iter().enumerate();
    names
        .map(|(service, name)| {
            (
                name.clone(),
                View {
                    sight,
                    service: service as u32,
                }
                .fill(),
            )
        })
        .collect()
}

/// Hours of servers that are up or draining, or of their cores, all services together.
pub(super) fn hours(sight: &Sight<'_>, of: ServiceLevel) -> Option<Estimate> {
    let (layout, program) = (&sight.lens.program.layout, &sight.lens.program);
    let parts = |service| match of {
        ServiceLevel::Cores => f64::from(program.services[ServiceId(service)].grain),
        _ => 1.0,
    };
    sight.mean(|reader| {
        let there = |service| reader.integral(layout.service_level(service, of)) / parts(service);
        Some((0..layout.services).map(there).sum::<f64>() / 3_600.0)
    })
}

/// What the hours of servers cost where they have prices.
pub(super) fn price(sight: &Sight<'_>) -> Option<Estimate> {
    let (layout, prices) = (&sight.lens.program.layout, &sight.lens.model.prices);
    if prices.is_empty() {
        return None;
    }
    let services = sight.lens.program.names.services.iter().enumerate();
    let priced: Vec<(u32, Price)> = services
        .filter_map(|(at, name)| Some((at as u32, *prices.get(name)?)))
        .collect();
    let grain = |service| f64::from(sight.lens.program.services[ServiceId(service)].grain);
    sight.mean(|reader| {
        let hours = |service, what| reader.integral(layout.service_level(service, what)) / 3_600.0;
        let cost = |&(at, price): &(u32, Price)| {
            let cores = hours(at, ServiceLevel::Cores) / grain(at);
            price.server * hours(at, ServiceLevel::Up) + price.core * cores
        };
        Some(priced.iter().map(cost).sum())
    })
}

/// One service of a variant.
struct View<'a> {
    sight: &'a Sight<'a>,
    service: u32,
}

impl View<'_> {
    fn level(&self, what: ServiceLevel) -> LevelId {
        let layout = &self.sight.lens.program.layout;
        layout.service_level(self.service, what)
    }

    /// What happened in the measured period.
    fn n(&self, reader: &Reader<'_>, what: ServiceCounter) -> f64 {
        reader.happened(reader.program.layout.service(self.service, what))
    }

    /// Of the attempts that were sent in it, however late.
    fn of_sent(&self, reader: &Reader<'_>, what: ServiceCounter) -> f64 {
        reader.count(reader.program.layout.service(self.service, what))
    }

    fn count(&self, what: ServiceCounter) -> Option<Estimate> {
        self.sight.mean(|reader| Some(self.n(reader, what)))
    }

    /// The integral of a level as a share of that of another.
    fn part(&self, part: ServiceLevel, whole: ServiceLevel) -> Option<Estimate> {
        let (part, whole) = (self.level(part), self.level(whole));
        self.sight
            .share(|reader| share(reader.integral(part), reader.integral(whole)))
    }

    /// Attempts still there at the end.
    fn left(&self, reader: &Reader<'_>) -> f64 {
        let gone = [
            ServiceCounter::Completed,
            ServiceCounter::LeftQueue,
            ServiceCounter::Lost,
            ServiceCounter::Stopped,
        ];
        let gone = gone.into_iter().map(|what| self.of_sent(reader, what));
        (self.of_sent(reader, ServiceCounter::Accepted) - gone.sum::<f64>()).max(0.0)
    }

    fn fill(&self) -> Service {
        let sight = self.sight;
        let layout = &sight.lens.program.layout;
        let held = self.part(ServiceLevel::Held, ServiceLevel::Workers);
        let (at_work, active) = (
            self.level(ServiceLevel::Held),
            self.level(ServiceLevel::Active),
        );
        Service {
            arrived: self.count(ServiceCounter::Arrived),
            original: self.count(ServiceCounter::Original),
            accepted: self.count(ServiceCounter::Accepted),
            completed: self.count(ServiceCounter::Completed),
            refused: self.count(ServiceCounter::Refused),
            left_queue: self.count(ServiceCounter::LeftQueue),
            lost: self.count(ServiceCounter::Lost),
            stopped: self.count(ServiceCounter::Stopped),
            unfinished: sight.mean(|reader| Some(self.left(reader))),
            amplification: sight.mean(|reader| {
                share(
                    self.n(reader, ServiceCounter::Arrived),
                    self.n(reader, ServiceCounter::Original),
                )
            }),
            goodput: sight
                .mean(|reader| share(self.n(reader, ServiceCounter::Goodput), reader.seconds())),
            wasted: self.wasted(),
            held,
            busy: self.part(ServiceLevel::Busy, ServiceLevel::Cores),
            blocked: sight.share(|reader| {
                let held = reader.integral(at_work);
                share((held - reader.integral(active)).max(0.0), held)
            }),
            up: self.part(ServiceLevel::Up, ServiceLevel::Nominal),
            utilisation: held,
            in_system: sight.level(self.level(ServiceLevel::InSystem)).mean,
            queue: sight.level(self.level(ServiceLevel::Queue)),
            backlog: None,
            odd: None,
            waited: sight.part(|reader| {
                (
                    self.of_sent(reader, ServiceCounter::Waited),
                    self.of_sent(reader, ServiceCounter::Accepted),
                )
            }),
            wait: sight.times(layout.service_time(self.service, ServiceSample::Wait)),
            time: sight.times(layout.service_time(self.service, ServiceSample::Time)),
        }
    }

    fn wasted(&self) -> Wasted {
        let held = self.level(ServiceLevel::Held);
        let seconds = |what| self.sight.mean(|reader| Some(self.n(reader, what) / 1e9));
        Wasted {
            count: self.count(ServiceCounter::Wasted),
            cpu_s: seconds(ServiceCounter::WastedCpuNs),
            held_s: seconds(ServiceCounter::WastedHeldNs),
            share: self.sight.share(|reader| {
                let wasted = self.n(reader, ServiceCounter::WastedHeldNs) / 1e9;
                share(wasted, reader.integral(held)).map(|share| share.min(1.0))
            }),
        }
    }
}
