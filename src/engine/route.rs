//! What every attempt of a call, every attempt at a service and every user of a source asks for:
//! in one place.
//!
//! [`Routes`] are put together from the program, the layout and the settings in force: a [`Route`]
//! for each call, a [`Desk`] for each service and a [`Course`] for each source. They add nothing;
//! they spare the event loop a dozen tables.

use crate::base::table::Table;
use crate::base::time::Span;
use crate::engine::guards::watch::Watch;
use crate::engine::record::windows::{self, NO_STEP};
use crate::engine::tasks::label::Label;
use crate::observation::{
    CounterId, LANES, SampleId, ServiceCounter, ServiceLevel, ServiceSample, UserCounter,
};
use crate::program::{
    BackoffKind, BreakerId, Call, CallId, CallSettings, EndpointSettings, Fault, FaultKind, Form,
    HedgeId, Instruction, Jitter, JourneyId, Keeper, LimitId, OnTimeout, Pc, Program, QueueOrder,
    Reload, RetryId, RetrySettings, ServiceId, Settings, Site, Source, SourceId, ThrottleId,
    WorkId,
};
use crate::random::key::{Owner, Place};

/// The routes, desks and courses in force.
#[derive(Debug)]
pub(super) struct Routes {
    pub(super) calls: Table<CallId, Route>,
    pub(super) services: Table<ServiceId, Desk>,
    pub(super) sources: Table<SourceId, Course>,
    /// The guards of each call that are switched on, with who keeps what they remember.
    pub(super) guards: Table<CallId, Guarded>,
}

/// The guards of a call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guarded {
    pub(super) throttle: Option<(ThrottleId, Keeper)>,
    pub(super) limit: Option<(LimitId, Keeper)>,
    pub(super) breaker: Option<(BreakerId, Keeper)>,
    pub(super) budget: Option<(RetryId, Keeper)>,
    /// Who keeps the connections, where callers keep any.
    pub(super) links: Option<Keeper>,
    /// Who keeps what the servers have told, where they tell and callers heed it.
    pub(super) told: Option<Keeper>,
}

/// What the attempts of a call have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    /// The service asked.
    pub(super) service: ServiceId,
    /// What attempts there have in common: a copy, so that it need not be looked up.
    pub(super) desk: Desk,
    /// Where the code of the endpoint begins.
    pub(super) entry: Pc,
    /// Luck of the step.
    pub(super) luck: u64,
    /// The timeout of an attempt; [`Span::FOREVER`] without one.
    pub(super) timeout: Span,
    /// The lane of that timeout, or [`NO_LANE`].
    pub(super) lane: u32,
    /// A deadline of the call's own; [`Span::FOREVER`] without one.
    pub(super) deadline: Span,
    /// First of the call's counters.
    pub(super) counters: CounterId,
    /// A user asks, not an endpoint.
    pub(super) from_user: bool,
    /// Its number among the steps whose windows are followed, or [`NO_STEP`].
    pub(super) step: u32,
    /// A person may lose patience with an answer and ask again.
    pub(super) reloads: bool,
    /// A person may ask again after an error.
    pub(super) asks_again: bool,
    /// Nobody waits for an answer.
    pub(super) message: bool,
    /// It has a class or keys of its own.
    pub(super) labels: bool,
    /// The `cpu` that is all it asks for, and its luck, where the service is plain and the caller's
    /// task has room to stand for the attempt.
    pub(super) cpu: Option<(WorkId, u64)>,
    /// What follows an attempt that has failed.
    pub(super) retry: Option<Retry>,
    /// What its guards look at.
    pub(super) watch: Watch,
    /// How it sends further attempts beside slow ones; then no message of it is near.
    pub(super) hedge: Option<HedgeId>,
}

/// A retry policy, ready for arithmetic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// Attempts in all.
    pub(super) attempts: u16,
    /// How the wait grows.
    pub(super) kind: BackoffKind,
    /// How the wait is spread.
    pub(super) jitter: Jitter,
    /// The first wait, in ns.
    pub(super) base: f64,
    /// The longest wait, in ns.
    pub(super) cap: f64,
}

impl Retry {
    fn new(policy: &RetrySettings) -> Self {
        Self {
            attempts: policy.attempts.min(u32::from(u16::MAX)) as u16,
            kind: policy.kind,
            jitter: policy.jitter,
            base: policy.base.0 as f64,
            cap: policy.cap.map_or(f64::MAX, |cap| cap.0 as f64),
        }
    }
}

/// No lane: the clock is an event like others.
pub(super) const NO_LANE: u32 = u32::MAX;

/// What the attempts at a service have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk {
    /// One queue for all servers.
    pub(super) shared: bool,
    /// There is one queue for all servers at some time.
    pub(super) has_shared: bool,
    /// Longest queue.
    pub(super) limit: u64,
    /// A refusal is told aloud and costs nothing.
    pub(super) refuses_for_nothing: bool,
    /// Some fault limits how many a server accepts.
    pub(super) limited: bool,
    /// What it does when a caller stops waiting.
    pub(super) on_timeout: OnTimeout,
    /// A message takes no time and makes no choice on its network, and nobody is asked before the
    /// balancer.
    pub(super) near: bool,
    /// Somebody is asked before the balancer.
    pub(super) gated: bool,
    /// Every worker has a core of its own, whatever is in force.
    pub(super) dedicated: bool,
    /// Besides, all that any endpoint asks for is one `cpu`, and none is made to fail: who holds a
    /// worker executes on a core.
    pub(super) plain: bool,
    /// Its servers have a memory, sleep, or are slowed by those who wait.
    pub(super) tended: bool,
    /// Who is next depends on where each stands, not only on who came when.
    pub(super) ranked: bool,
    /// A newcomer may take a worker from another.
    pub(super) preempts: bool,
    /// That may be so at some time: it is known who has a worker.
    pub(super) tracks: bool,
    /// Whether an attempt is taken in depends on more than free workers and the queue of a server.
    pub(super) careful: bool,
    /// Load may be shed before a server is chosen.
    pub(super) sheds: bool,
    /// Each server looks for a limit of its own.
    pub(super) limits: bool,
    /// Who has waited too long is turned away when a worker would take him.
    pub(super) ages: bool,
    /// Its balancer is more than a rule over all servers.
    pub(super) chooses: bool,
    /// Servers may be left out for what they did.
    pub(super) judges: bool,
    /// Callers tell how attempts at its servers ended.
    pub(super) ejects: bool,
    /// Answers tell callers what the limiter of a server has found; those of a call, its caller.
    pub(super) tells: bool,
    /// First of the service's counters.
    pub(super) counters: CounterId,
    /// The meter of its levels.
    pub(super) meter: usize,
    /// Its waits.
    pub(super) waits: SampleId,
    /// From acceptance to the end of the work.
    pub(super) times: SampleId,
    /// The counter of the time that attempts are in the system.
    pub(super) sojourn: CounterId,
}

/// What the users of a source have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    /// What they do.
    pub(super) journey: JourneyId,
    /// Where its code begins.
    pub(super) entry: Pc,
    /// The place that all their visits begin at.
    pub(super) root: Place,
    /// Whose luck theirs is, but for their numbers.
    pub(super) owner: Owner,
    /// What kind of traffic they are.
    pub(super) label: Label,
    /// Counts those of the journey who arrive.
    pub(super) arrived: CounterId,
    /// Meter and lane of the level of those of the journey who are inside.
    pub(super) inside: (usize, u32),
    /// How long those of the journey take who are served.
    pub(super) times: SampleId,
    /// Their patience may be spent.
    pub(super) has_patience: bool,
    /// Some come again after a visit.
    pub(super) comes_again: bool,
    /// They start over when they are done.
    pub(super) starts_over: bool,
}

impl Routes {
    /// The routes under these settings; the clocks of timeouts have no lanes yet.
    pub(super) fn new(program: &Program, settings: &Settings) -> Routes {
        let services = program.services.map(|id, _| desk(program, settings, id));
        let guards = settings
            .calls
            .map(|id, call| guarded(program, settings, (id, call)));
        Routes {
            calls: calls(program, settings, (&services, &guards)),
            guards,
            services,
            sources: program
                .sources
                .map(|_, source| course(program, settings, source)),
        }
    }
}

fn calls(
    program: &Program,
    settings: &Settings,
    (services, guards): (&Table<ServiceId, Desk>, &Table<CallId, Guarded>),
) -> Table<CallId, Route> {
    let any = |asks: fn(&Reload) -> bool| {
        let mut journeys = settings.journeys.values();
        journeys.any(|j| j.reload.as_ref().is_some_and(asks))
    };
    let (reloads, asks_again) = (any(|r| r.after.is_some()), any(|r| r.on_error.is_some()));
    let layout = program.layout;
    let steps: Vec<CallId> = windows::steps(program).collect();
    let followed = |id: CallId| steps.binary_search(&id).map_or(NO_STEP, |n| n as u32);
    settings.calls.map(|id, call| {
        let step = &program.calls[id];
        let entry = program.endpoints[step.endpoint].entry;
        let mut desk = services[step.service];
        // Who waits for several attempts is told of each as such.
        desk.near &= step.hedge.is_none();
        // Who is told what a server has found hears it from an answer.
        desk.tells = guards[id].told.is_some();
        desk.near &= !desk.tells;
        Route {
            service: step.service,
            desk,
            entry,
            luck: step.luck,
            timeout: call.timeout.unwrap_or(Span::FOREVER),
            lane: NO_LANE,
            deadline: call.deadline.unwrap_or(Span::FOREVER),
            counters: layout.call_row(id.0),
            from_user: step.from == Site::Users,
            step: followed(id),
            reloads: step.from == Site::Users && reloads,
            asks_again: step.from == Site::Users && asks_again,
            message: step.message,
            labels: step.class.is_some() || step.key.is_some(),
            cpu: match program.code[entry as usize] {
                Instruction::Cpu(work) if is_served_in_place(&desk, step, &call.retry) => {
                    Some((work, program.work[work]))
                }
                _ => None,
            },
            retry: call.retry.as_ref().map(Retry::new),
            watch: Watch::of(&guards[id], settings),
            hedge: step.hedge,
        }
    })
}

/// The guards of a call that are switched on.
fn guarded(program: &Program, settings: &Settings, (id, call): (CallId, &CallSettings)) -> Guarded {
    let (step, keepers) = (&program.calls[id], &program.keepers);
    let (named, site) = (step.guards, step.from);
    let throttle = named.throttle.filter(|&id| settings.throttles[id].on);
    let limit = named.limit.filter(|&id| settings.limits[id].on);
    let breaker = named.breaker.filter(|&id| settings.breakers[id].on);
    let budget = call.retry.as_ref().map(|retry| retry.id);
    let budget = budget.filter(|&id| settings.budgets[id].as_ref().is_some_and(|one| one.on));
    Guarded {
        throttle: throttle.map(|id| (id, keepers.throttles.of(id, site))),
        limit: limit.map(|id| (id, keepers.limits.of(id, site))),
        breaker: breaker.map(|id| (id, keepers.breakers.of(id, site))),
        budget: budget.map(|id| (id, keepers.budgets.of(id, site))),
        links: match settings.services[step.service].connections {
            // A shared queue leaves nothing to choose.
            Some(_) if !settings.services[step.service].shared => {
                keepers.links.find(step.service, site)
            }
            Some(_) | None => None,
        },
        told: heeded(program, settings, step),
    }
}

/// Who keeps what the servers of a service tell those who call it there: instances of services,
/// for a user is told nothing. With a shared queue nobody knows whose limiter will be asked.
fn heeded(program: &Program, settings: &Settings, step: &Call) -> Option<Keeper> {
    let service = &settings.services[step.service];
    let tells = service.limiter.is_some_and(|limiter| limiter.tells());
    let keeper = program.keepers.told.find(step.service, step.from);
    keeper.filter(|keeper| tells && !service.shared && matches!(keeper, Keeper::Servers(_)))
}

/// Whether a caller's task can stand for an attempt that a free worker takes at once.
fn is_served_in_place(desk: &Desk, step: &Call, retry: &Option<RetrySettings>) -> bool {
    // The wait before the latest retry is kept where the end of the work would be.
    let remembers = |r: &RetrySettings| r.jitter == Jitter::Decorrelated;
    let is_alone = !step.message && step.hedge.is_none();
    desk.plain && !desk.tended && is_alone && !retry.as_ref().is_some_and(remembers)
}

fn desk(program: &Program, settings: &Settings, id: ServiceId) -> Desk {
    let (layout, service) = (program.layout, &settings.services[id]);
    let dedicated = program.services[id].dedicated;
    let gated = is_gated(program, settings, id);
    let desk = Desk {
        careful: false,
        shared: service.shared,
        has_shared: program.services[id].ever_shared,
        limit: service.queue_limit.unwrap_or(u64::MAX),
        refuses_for_nothing: !service.silent && !service.is_final && service.refuse_cost.is_none(),
        limited: program.faults.iter().any(|fault| match &fault.kind {
            FaultKind::Limit { on, .. } => on.service == id,
            _ => false,
        }),
        on_timeout: service.on_timeout,
        chooses: !service.balance.is_plain(),
        judges: service.health.is_some() || service.eject.is_some(),
        ejects: service.eject.is_some(),
        tells: program
            .calls
            .values()
            .any(|call| call.service == id && heeded(program, settings, call).is_some()),
        near: service.eject.is_none()
            && service.connections.is_none()
            && service.balance.is_plain()
            && service.network.is_none()
            && !gated,
        gated,
        dedicated,
        tended: service.memory.is_some() || service.idle.is_some() || service.per_waiting > 0.0,
        plain: dedicated && !program.services[id].ever_preempts && is_plain(program, id),
        ranked: service.order.is_ranked(),
        preempts: match service.order {
            QueueOrder::ShortestRemaining => true,
            QueueOrder::Priority => service.preempt,
            _ => false,
        },
        tracks: program.services[id].ever_preempts,
        sheds: service.shed.share > 0.0
            || any_endpoint(program, settings, id, |e| e.shed.share > 0.0),
        limits: service.limiter.is_some(),
        ages: service.max_age.is_some() || service.target.is_some(),
        counters: layout.service_row(id.0),
        meter: (layout.service_level(id.0, ServiceLevel::InSystem).0 / LANES) as usize,
        waits: layout.service_time(id.0, ServiceSample::Wait),
        times: layout.service_time(id.0, ServiceSample::Time),
        sojourn: layout.service(id.0, ServiceCounter::SojournNs),
    };
    let looks_at_comers = desk.sheds || desk.limits || desk.preempts;
    Desk {
        careful: looks_at_comers || desk.shared || desk.limited || desk.tended,
        ..desk
    }
}

/// Whether somebody is asked before the balancer of a service, for any of its endpoints.
fn is_gated(program: &Program, settings: &Settings, id: ServiceId) -> bool {
    let endpoints = program.endpoints.values().filter(|e| e.service == id);
    let mut limits = endpoints
        .map(|e| e.limit)
        .chain([program.services[id].limit]);
    limits.any(|limit| limit.is_some_and(|limit| settings.limits[limit].on))
        || any_endpoint(program, settings, id, |endpoint| !endpoint.on)
}

/// Whether something is so of any endpoint of a service.
fn any_endpoint(
    program: &Program,
    settings: &Settings,
    id: ServiceId,
    is_so: impl Fn(&EndpointSettings) -> bool,
) -> bool {
    let mut own = program.endpoints.iter().filter(|(_, e)| e.service == id);
    own.any(|(endpoint, _)| is_so(&settings.endpoints[endpoint]))
}

/// Whether all that every endpoint of a service asks for is one `cpu`, and no fault makes it fail.
fn is_plain(program: &Program, id: ServiceId) -> bool {
    let endpoints = program.endpoints.values().filter(|e| e.service == id);
    let fails = |f: &Fault| match &f.kind {
        FaultKind::Error { on, .. } => on.service == id,
        FaultKind::Slow {
            on, share, code, ..
        } => on.service == id && (share.is_some() || code.is_some()),
        FaultKind::Deploy { service, .. } => *service == id,
        _ => false,
    };
    let mut codes = endpoints.map(|e| &program.code[e.entry as usize..]);
    codes.all(|code| matches!(code, [Instruction::Cpu(_), Instruction::End, ..]))
        && !program.faults.iter().any(fails)
}

fn course(program: &Program, settings: &Settings, source: &Source) -> Course {
    let (layout, id) = (program.layout, source.journey);
    let (journey, people) = (&program.journeys[id], &settings.journeys[id]);
    let inside = layout.journey_inside(id.0).0;
    Course {
        journey: id,
        entry: journey.entry,
        root: Place::ROOT.step(journey.luck),
        owner: source.owner,
        label: Label::of_class(source.class),
        arrived: layout.journey(id.0, UserCounter::Arrived),
        inside: ((inside / LANES) as usize, inside % LANES),
        times: layout.journey_time(id.0),
        has_patience: people.patience.is_some(),
        comes_again: people.again.is_some(),
        starts_over: matches!(source.form, Form::Population { .. }),
    }
}
