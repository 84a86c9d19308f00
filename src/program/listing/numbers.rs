//! The numbers in force, as lines of a listing.

use std::fmt::Write;

use crate::base::size::Size;
use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::program::{
    Admit, After, BackoffKind, Balance, CallSettings, HedgeSettings, Jitter, JourneySettings,
    OnTimeout, Patience, PoolSettings, Program, QueueOrder, RoomSettings, ServiceSettings,
    Settings, TurnBy,
};
use crate::random::sampler::Sampler;

/// An instant from T+0.
pub(super) fn time(at: Time) -> String {
    if at == Time::NEVER {
        "never".to_owned()
    } else {
        Span(at.nanos()).written()
    }
}

/// A duration.
pub(super) fn span(span: Span) -> String {
    span.written()
}

/// A distribution: its value, or its median to four digits.
pub(super) fn law(law: &Sampler, unit: &str) -> String {
    let (value, sign) = match law.as_constant() {
        Some(value) => (value, ""),
        None => (four_digits(law.sample(0.5)), "~"),
    };
    match unit {
        "s" => format!("{sign}{}", Span::from_secs_f64(value).written()),
        _ => format!("{sign}{value}"),
    }
}

fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// What a room says beyond its doors.
fn admission(of: &RoomSettings) -> String {
    let mut text = String::new();
    let mut say = |part: Option<String>| text.extend(part.map(|part| format!(", {part}")));
    say(of.active.map(|places| format!("{places} inside")));
    say(of.admit.map(|pace| match pace {
        Admit::Batch { users, every } => format!("{users} every {}", span(every)),
        Admit::OneBy(gap) => format!("one by {}", span(gap)),
    }));
    say(of.queue_limit.map(|limit| format!("queue of {limit}")));
    say((of.order != QueueOrder::Fifo).then(|| "by lot".to_owned()));
    say(of.shuffle.then(|| "mixed".to_owned()));
    say((of.lost_at_entry > 0.0).then(|| format!("{} lost at entry", of.lost_at_entry)));
    say(of
        .lost_waiting
        .as_ref()
        .map(|law| format!("lost after {}", self::law(law, "s"))));
    text
}

/// Every number of an epoch that has a name, a line a thing; then the demands of steps.
pub(super) fn settings(program: &Program, settings: &Settings) -> Vec<String> {
    let names = &program.names;
    let mut lines = Vec::new();
    for (id, of) in settings.services.iter() {
        lines.push(format!(
            "service {}: {}",
            names.services[id.index()],
            service(of)
        ));
    }
    for (id, of) in settings.pools.iter() {
        let instances = program.pools[id].instances;
        lines.push(format!(
            "pool {}: {instances} x {}",
            names.pools[id.index()],
            pool(of)
        ));
    }
    for (id, of) in settings.hedges.iter() {
        lines.push(format!("hedge {}: {}", names.hedges[id.index()], hedge(of)));
    }
    for (id, of) in settings.rooms.iter() {
        let (opens, closes) = (of.opens.map_or("always".to_owned(), time), of.closes);
        let closes = closes.map_or("never".to_owned(), time);
        lines.push(format!(
            "room {}: opens {opens}, closes {closes}{}",
            names.rooms[id.index()],
            admission(of)
        ));
    }
    for (id, of) in settings.journeys.iter() {
        lines.push(format!(
            "people {}: {}",
            names.journeys[id.index()],
            people(of, &names.own_outcomes)
        ));
    }
    let asked = settings
        .calls
        .iter()
        .filter(|(id, _)| !names.messages[id.index()]);
    for (id, of) in asked {
        lines.push(format!(
            "caller {}: {}",
            names.calls[id.index()],
            caller(of)
        ));
    }
    for (id, timeout) in settings.holds.iter() {
        if let Some(timeout) = timeout {
            lines.push(format!("hold {}: timeout {}", id.index(), span(*timeout)));
        }
    }
    for (id, shares) in settings.choices.iter() {
        let shares: Vec<String> = shares.iter().map(f64::to_string).collect();
        lines.push(format!("choose {}: {}", id.index(), shares.join(" ")));
    }
    if !program.actions.is_empty() {
        for (id, demand) in settings.work.iter() {
            lines.push(format!("demand {}: {}", id.index(), law(demand, "s")));
        }
    }
    lines
}

fn service(of: &ServiceSettings) -> String {
    let (servers, workers, cores) = (of.servers, of.workers, of.cores);
    let mut line = format!("{servers} servers, {workers} workers, {cores} cores");
    let _ = write!(line, ", queue {}", queue(of.queue_limit, of.order));
    line += if of.shared { " shared" } else { "" };
    line += if of.silent { " silent" } else { "" };
    line += if of.preempt { " preempts" } else { "" };
    if of.order == QueueOrder::Fair {
        line += match of.by {
            TurnBy::User => " by user",
            TurnBy::Class => " by class",
            TurnBy::Key => " by key",
        };
    }
    if of.shed.share > 0.0 {
        let _ = write!(
            line,
            ", sheds {} of {:?}",
            of.shed.share, of.shed.criticality
        );
    }
    if let Some(limiter) = of.limiter {
        let _ = write!(line, ", {limiter:?}");
    }
    if let Some(age) = of.max_age {
        let _ = write!(line, ", at most {} old", span(age));
    }
    if let Some(target) = of.target {
        let _ = write!(line, ", codel {} in {}", span(target), span(of.interval));
    }
    line += match of.balance.kind {
        Balance::RoundRobin => ", round-robin",
        Balance::Random => ", random",
        Balance::LeastLoaded => ", least-loaded",
        Balance::TwoChoices => ", two-choices",
        Balance::Sticky => ", sticky",
        Balance::Hash => ", hash",
    };
    for (word, time) in [
        ("stale", of.balance.stale),
        ("slow start", of.balance.slow_start),
    ] {
        if let Some(time) = time {
            let _ = write!(line, ", {word} {}", span(time));
        }
    }
    if let Some(subset) = of.balance.subset {
        let _ = write!(line, ", subset {subset}");
    }
    if !of.balance.weight.is_empty() {
        let _ = write!(line, ", weight {:?}", of.balance.weight);
    }
    line += match of.on_timeout {
        OnTimeout::Ignore => ", ignore",
        OnTimeout::Expire => ", expire",
        OnTimeout::Dequeue => ", dequeue",
        OnTimeout::Cancel => ", cancel",
    };
    let times = [
        ("refuse cost", &of.refuse_cost),
        ("network", &of.network),
        ("boot", &of.boot),
    ];
    for (word, time) in times {
        if let Some(time) = time {
            let _ = write!(line, ", {word} {}", law(time, "s"));
        }
    }
    if of.contention > 0.0 || of.coherency > 0.0 {
        let _ = write!(
            line,
            ", contention {}, coherency {}",
            of.contention, of.coherency
        );
    }
    upkeep(&mut line, of);
    if !of.warm_after.is_zero() {
        let _ = write!(line, ", cold x{} for {}", of.cold, span(of.warm_after));
    }
    line
}

/// What its servers need beside their requests.
fn upkeep(line: &mut String, of: &ServiceSettings) {
    if of.per_waiting > 0.0 {
        let _ = write!(line, ", per waiting {}", of.per_waiting);
    }
    if of.at_start {
        line.push_str(", slowed at the start");
    }
    if let Some(memory) = &of.memory {
        let [base, each, limit] = [memory.base, memory.per_request, memory.limit].map(Size);
        let gc = memory.gc;
        let _ = write!(line, ", memory {base} + {each} each of {limit}");
        let _ = write!(line, ", gc {} from {}", gc.share, gc.at);
        if let Some(pause) = gc.pause {
            let (every, length) = (span(pause.every), span(pause.length));
            let _ = write!(line, ", paused every {every} for {length}");
        }
    }
    if let Some(idle) = &of.idle {
        let setup = idle
            .setup
            .as_ref()
            .map_or("0s".to_owned(), |setup| law(setup, "s"));
        let after = span(idle.sleep_after);
        let _ = write!(line, ", asleep after {after}, set up in {setup}");
    }
}

fn queue(limit: Option<u64>, order: QueueOrder) -> String {
    let limit = limit.map_or("unlimited".to_owned(), |limit| limit.to_string());
    format!("{limit} {}", order.word())
}

fn pool(of: &PoolSettings) -> String {
    format!(
        "{} units, queue {}",
        of.size,
        queue(of.queue_limit, of.order)
    )
}

fn hedge(of: &HedgeSettings) -> String {
    let after = match of.after {
        After::Time(after) => span(after),
        After::Percentile(q) => format!("p{}", 100.0 * q),
    };
    let budget = of.budget.map(|share| format!(", budget {share}"));
    let (tied, on) = (of.tied, of.on);
    format!(
        "{} after {after}{}{}{}",
        of.at_most,
        budget.unwrap_or_default(),
        if tied { ", tied" } else { "" },
        if on { "" } else { ", off" },
    )
}

fn caller(of: &CallSettings) -> String {
    let mut words = Vec::new();
    words.extend(
        of.timeout
            .map(|timeout| format!("timeout {}", span(timeout))),
    );
    words.extend(
        of.deadline
            .map(|deadline| format!("deadline {}", span(deadline))),
    );
    if let Some(retry) = &of.retry {
        let kind = match retry.kind {
            BackoffKind::None => "none",
            BackoffKind::Constant => "constant",
            BackoffKind::Linear => "linear",
            BackoffKind::Exponential => "exponential",
        };
        let jitter = match retry.jitter {
            Jitter::None => "none",
            Jitter::Full => "full",
            Jitter::Equal => "equal",
            Jitter::Exponential => "exponential",
            Jitter::Decorrelated => "decorrelated",
        };
        let (attempts, base) = (retry.attempts, span(retry.base));
        let cap = retry.cap.map_or("none".to_owned(), span);
        words.push(format!(
            "{attempts} attempts, {kind} from {base}, cap {cap}, jitter {jitter}"
        ));
    }
    if words.is_empty() {
        "waits for ever".to_owned()
    } else {
        words.join(", ")
    }
}

fn people(of: &JourneySettings, own: &[String]) -> String {
    let mut words = Vec::new();
    match &of.patience {
        None => words.push("patient for ever".to_owned()),
        Some(Patience::Visit(time)) => words.push(format!("patience {}", law(time, "s"))),
        Some(Patience::Waiting(time)) => {
            words.push(format!("patience for waiting {}", law(time, "s")));
        }
    }
    let most = |most: Option<u32>| most.map_or("any number of".to_owned(), |n| n.to_string());
    if let Some(reload) = &of.reload {
        let after = reload
            .after
            .as_ref()
            .map_or("never".to_owned(), |after| law(after, "s"));
        let on_error = reload
            .on_error
            .as_ref()
            .map_or("never".to_owned(), |wait| law(wait, "s"));
        let most = most(reload.at_most);
        words.push(format!(
            "{most} reloads after {after}, on error after {on_error}"
        ));
    }
    if let Some(again) = &of.again {
        let on: Vec<&str> = again.on.iter().map(|outcome| outcome.word(own)).collect();
        let (share, after, most) = (again.share, law(&again.after, "s"), most(again.at_most));
        words.push(format!(
            "{share} come again after {after}, {most} times, when {}",
            on.join(" ")
        ));
    }
    words.join("; ")
}
