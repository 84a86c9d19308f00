//! What a reader should know before believing a figure.
//!
//! One idea: each remark has a stable code and looks at the finished document alone, so that it is
//! true of what stands there. The codes: N201 sequential, N202 interrupted, N203 who is left at the
//! end, N204 collapse cannot be told, N205 a variant that changed nothing, N206 pairing that did
//! not help, N207 warm-up, N208 laws not met, N209 windows skipped, N210 not settled, N211 changes
//! not taken apart, N212 failures in few launches, N213 variants from the middle, N214 details of
//! the first launches only.

use crate::base::time::Time;
use crate::results::{Note, NoteLevel, Results, Settled, Stopped, Study};
use crate::study::fill::Sight;

/// Share of users left at the end that is worth a remark.
const LEFT: f64 = 0.01;

/// The largest gap of a law that is rounding.
const GAP: f64 = 1e-6;

/// All remarks about a document.
pub(crate) fn notes(results: &Results) -> Vec<Note> {
    let mut notes = Vec::new();
    effort(results, &mut notes);
    detail(results, &mut notes);
    midway(results, &mut notes);
    warmup(results, &mut notes);
    for name in &results.order {
        of_variant(results, name, &mut notes);
    }
    for name in results.order.iter().skip(1) {
        of_difference(results, name, &mut notes);
    }
    notes
}

/// What is to be said of the windows of a variant's metrics that had too few values.
pub(crate) fn skipped(name: &str, sight: &Sight<'_>) -> Vec<Note> {
    let probes = sight.lens.program.names.probes.iter().enumerate();
    let mut notes = Vec::new();
    for (probe, metric) in probes {
        let all = sight.seen.iter().map(|seen| seen.totals.skipped[probe]);
        let windows: u32 = all.sum();
        if windows > 0 {
            let each = f64::from(windows) / sight.seen.len() as f64;
            let text = format!(
                "in `{name}` {each:.0} windows a launch had too few values for {metric} and do \
                 not count"
            );
            push(&mut notes, "N209", NoteLevel::Note, Some(metric), text);
        }
    }
    notes
}

fn push(notes: &mut Vec<Note>, code: &str, level: NoteLevel, about: Option<&str>, text: String) {
    notes.push(Note {
        code: code.to_owned(),
        level,
        text,
        about: about.map(str::to_owned),
    });
}

/// That variants apply from the middle on.
fn midway(results: &Results, notes: &mut Vec<Note>) {
    if let Some(from) = results.model.variants_from_s {
        let at = Time::from_secs_f64(from);
        let text = format!("the variants apply from {at} on; before that they are the baseline");
        push(notes, "N213", NoteLevel::Note, None, text);
    }
}

fn effort(results: &Results, notes: &mut Vec<Note>) {
    let n = results.replications;
    match results.stopped {
        Stopped::Precision => {
            let text = format!(
                "stopped after {n} replications, when every headline figure was known as precisely \
                 as asked; such intervals cover slightly less often than they say"
            );
            push(notes, "N201", NoteLevel::Note, None, text);
        }
        Stopped::Budget => {
            let text = format!(
                "after {n} replications, the most that were allowed, not every headline figure is \
                 known as precisely as asked"
            );
            push(notes, "N201", NoteLevel::Warning, None, text);
        }
        Stopped::Interrupted => {
            let s = if n == 1 { "" } else { "s" };
            let text = format!("interrupted: the figures rest on {n} finished replication{s}");
            push(notes, "N202", NoteLevel::Warning, None, text);
        }
        Stopped::Partial => {
            let s = if n == 1 { "" } else { "s" };
            let text =
                format!("partial: the figures rest on the {n} replication{s} that are there");
            push(notes, "N202", NoteLevel::Warning, None, text);
        }
        Stopped::Time => {
            let s = if n == 1 { "" } else { "s" };
            let text = format!("the time allowed was enough for {n} replication{s}");
            push(notes, "N201", NoteLevel::Note, None, text);
        }
        Stopped::Replications => {}
    }
}

/// Of which replications the details are, where that is not all.
fn detail(results: &Results, notes: &mut Vec<Note>) {
    let Some(detailed) = results.detailed else {
        return;
    };
    // Two documents are compared by the values that they hold.
    let (of_some, of_all) = match results.answers.versions {
        Some(_) => ("services, and differences", "metrics and recovery"),
        None => ("and services", "metrics, recovery and differences"),
    };
    let text = format!(
        "{detailed} of {} launches are kept in detail: charts, events, bottlenecks and the figures \
         of users, requests {of_some} rest on these; objectives, {of_all} rest on all",
        results.replications
    );
    push(notes, "N214", NoteLevel::Note, None, text);
}

fn warmup(results: &Results, notes: &mut Vec<Note>) {
    let Some(steady) = results.answers.steady else {
        return;
    };
    if steady.found {
        let text = format!(
            "the first {} s are a warm-up and do not count (MSER-5 over {} replications)",
            steady.warmup_s, steady.pilot
        );
        push(notes, "N207", NoteLevel::Note, None, text);
    }
    let settled = |name: &String| Some((name.clone(), results.variants[name].settled?));
    let all: Vec<(String, Settled)> = results.order.iter().filter_map(settled).collect();
    for (name, settled) in &all {
        if let Some(text) = too_short(results, name, settled) {
            push(notes, "N210", NoteLevel::Warning, Some(name), text);
        }
    }
    if !steady.converged && all.iter().all(|(_, one)| one.means) {
        let text = "the warm-up that was found takes more than half of the run, or the run is too \
                    short to find one: make `run_for` longer";
        push(notes, "N210", NoteLevel::Warning, None, text.to_owned());
    }
}

/// What to say of a variant of a steady study that was not watched for long enough. The 99th
/// percentile matters where an objective asks for it.
fn too_short(results: &Results, name: &str, settled: &Settled) -> Option<String> {
    let objectives = &results.variants[name].objectives;
    let mut asked = objectives.iter().map(|one| one.metric.as_str());
    let tails = asked.any(|metric| metric.starts_with("p99"));
    let (needed, what) = match (settled.means, settled.tails) {
        (true, false) if tails => (settled.tails_need_s, "500 for the 99th percentile"),
        (false, _) if tails => (
            settled.tails_need_s,
            "100 for a mean and 500 for the 99th percentile",
        ),
        (false, _) => (settled.means_need_s, "100"),
        _ => return None,
    };
    let Some(needed) = needed else {
        return Some(format!(
            "`{name}` is too short to tell whether it has settled: make `run_for` longer"
        ));
    };
    let would = format!("`run_for = \"{}s\"` should do", rounded_up(needed));
    if settled.overloaded {
        return Some(format!(
            "`{name}` does not settle: more work comes than it can do, whatever `run_for` is"
        ));
    }
    if settled.drifts {
        return Some(format!(
            "`{name}` is too short: the number of those in the system still rises or falls; \
             {would}, if it settles at all"
        ));
    }
    let lengths = settled.lengths.unwrap_or_default();
    let time = settled.autocorrelation_s.unwrap_or_default();
    Some(format!(
        "`{name}` is too short: a replication is {lengths:.0} autocorrelation times of {time:.3} s \
         long, and {what} are needed; {would}"
    ))
}

/// Whole seconds, rounded up to two digits.
fn rounded_up(seconds: f64) -> u64 {
    let seconds = seconds.ceil() as u64;
    let mut step = 1;
    while seconds / step >= 100 {
        step *= 10;
    }
    seconds.div_ceil(step) * step
}

/// In a steady study the interval of a share decides its objective: what it cannot know.
fn rare(results: &Results, name: &str, notes: &mut Vec<Note>) {
    if results.model.study != Study::Steady {
        return;
    }
    for objective in &results.variants[name].objectives {
        let Some((value, rare)) = objective.value.and_then(|value| Some((value, value.rare?)))
        else {
            continue;
        };
        let seen = match rare.events {
            0 => "none".to_owned(),
            events => events.to_string(),
        };
        let text = format!(
            "{} of `{name}`: its rarer side was seen in {seen} of {}, in {} of {} replications; \
             its interval is given replications like these, up to {:.0} % of which may hold some",
            objective.metric,
            rare.of,
            rare.launches,
            value.n,
            rare.launches_high * 100.0
        );
        push(
            notes,
            "N212",
            NoteLevel::Note,
            Some(&objective.metric),
            text,
        );
    }
}

fn of_variant(results: &Results, name: &str, notes: &mut Vec<Note>) {
    rare(results, name, notes);
    let variant = &results.variants[name];
    let left = variant.checks.unfinished_share.and_then(|e| e.estimate);
    if let Some(left) = left.filter(|left| *left > LEFT && results.model.study == Study::Launch) {
        let text = format!(
            "in `{name}` {:.1} % of the users are still there at the end of the run",
            left * 100.0
        );
        push(notes, "N203", NoteLevel::Note, Some(name), text);
    }
    if variant.recovery.is_none() && results.model.study == Study::Launch {
        let text = format!(
            "it cannot be said whether `{name}` collapses or recovers: the run ends too soon after \
             the trigger, there are too few requests to judge by, or `[recovery] window` makes \
             more than 65,536 windows"
        );
        push(notes, "N204", NoteLevel::Note, Some(name), text);
    }
    let checks = &variant.checks;
    let gap = [checks.little_gap_max, checks.utilisation_gap_max];
    let gap = gap.into_iter().flatten().reduce(f64::max);
    let off = results.model.study == Study::Launch && gap.is_some_and(|gap| gap > GAP);
    if !checks.conserved || off {
        let text = format!("in `{name}` users, requests or times do not add up: do not trust it");
        push(notes, "N208", NoteLevel::Warning, Some(name), text);
    }
}

fn of_difference(results: &Results, name: &str, notes: &mut Vec<Note>) {
    let baseline = results
        .order
        .first()
        .and_then(|name| results.variants.get(name));
    if baseline.is_some_and(|baseline| baseline.values == results.variants[name].values) {
        let text = format!("`{name}` changes nothing: every figure is that of the baseline");
        push(notes, "N205", NoteLevel::Warning, Some(name), text);
    }
    let changed = &results.variants[name];
    let several = changed.of.len().max(changed.changes.len()) > 1;
    if several && !results.attribution.is_empty() && !results.attribution.contains_key(name) {
        let text = format!(
            "it is not known what each change of `{name}` is worth: that was not looked at, or \
             some of them alone give a model that is not valid"
        );
        push(notes, "N211", NoteLevel::Note, Some(name), text);
    }
    let headline = results.family.iter().flat_map(|family| &family.headline);
    for metric in headline {
        let difference = results
            .differences
            .get(name)
            .and_then(|all| all.get(metric));
        if difference.is_some_and(|one| one.correlation.is_some_and(|c| c < 0.0)) {
            let text = format!(
                "the same luck did not help to compare `{name}` with the baseline on {metric}: \
                 where one is high the other is low, so the interval is no narrower for it"
            );
            push(notes, "N206", NoteLevel::Note, Some(metric), text);
        }
    }
}
