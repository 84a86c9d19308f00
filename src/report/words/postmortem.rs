//! The words of a postmortem that are the same in every one: its questions, and the places for what
//! only people know.
//!
//! One idea: a model knows the system and nobody's night, so wherever a person must write, it says
//! what to write.

use super::explain::explained;
use super::{capital, impact_unit, launches, with_clock};
use crate::report::number::{self, instant};
use crate::report::reading;
use crate::results::{Explain, Link, LinkKind, Results};

/// The sections, in order.
pub const SECTIONS: [&str; 10] = [
    "Summary",
    "Impact",
    "Timeline",
    "Trigger",
    "Contributing factors",
    "Detection",
    "Recovery",
    "What would have prevented it",
    "What is assumed, and how far it can be trusted",
    "Action items",
];

/// What people must write, by section: head, impact, timeline, detection, recovery, luck, actions.
pub const TO_FILL: [&str; 7] = [
    "authors, date, status of this document, severity.",
    "what it cost: revenue, contracts, support requests, trust. Who was hit hardest?",
    "who was paged and when, what was tried, what was said to users. Write what should stand here \
     into `[[note]]` tables of the model, and it will.",
    "how it was noticed in truth: an alert, a user, luck? Which alert should have fired, and when?",
    "who did what to end it, and how they knew that it would help.",
    "what went well, and where you were lucky.",
    "owner, date and ticket of each; strike those that you will not do, and say why.",
];

/// Before what people must write.
pub const FILL_IN: &str = "To fill in:";
/// What the document is.
pub const POSTMORTEM: &str = "Postmortem";
/// Of the timeline.
pub const ALL_EVENTS: &str =
    "Instants are medians over the launches of the model; notes are those of the operators.";
/// Table of action items.
pub const ACTIONS: &str = "Candidates, from what was simulated";
/// Its columns.
pub const ACTION_HEAD: [&str; 4] = ["what", "avoids", "owner", "due"];
/// Where no trigger is known.
const NO_TRIGGER: &str = "Nothing that changed in the launch stands out as its trigger: what \
                          carried it was there all the time.";

/// The head of the document.
pub fn postmortem_title(results: &Results) -> String {
    let title = &results.model.title;
    match title.is_empty() {
        true => format!("{POSTMORTEM}: {}", results.model.file),
        false => format!("{POSTMORTEM}: {title}"),
    }
}

fn first(found: &Explain, kind: LinkKind) -> Option<&Link> {
    found.chain.iter().find(|link| link.kind == kind)
}

/// The median of a link, seconds from T+0.
fn at(link: Option<&Link>) -> Option<f64> {
    let at = link?.at_s?;
    at.middle()
}

/// What started it, in a sentence.
pub fn trigger_told(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let Some(begin) = first(found, LinkKind::Trigger) else {
        return Some(NO_TRIGGER.to_owned());
    };
    let from = instant(at(Some(begin))?);
    let what = super::link(found, begin);
    let what = what.trim_end_matches(" begins");
    let text = match at(first(found, LinkKind::TriggerOver)) {
        Some(to) => format!("{what}: from {from} to {}.", instant(to)),
        None => format!("{what}: from {from} on."),
    };
    let past = first(found, LinkKind::NoReturn).and_then(|link| {
        let chance = link.in_launches?;
        Some(format!(
            " Past {} taking it away no longer lets the launch recover (in {} of {}).",
            instant(at(Some(link))?),
            chance.k,
            launches(chance.n)
        ))
    });
    Some(with_clock(results, &(text + &past.unwrap_or_default())))
}

/// How long it took until something was seen, in a sentence.
pub fn detection_told(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let begin = at(first(found, LinkKind::Trigger)).or_else(|| at(found.chain.first()))?;
    let after = |kind: LinkKind| {
        let link = first(found, kind)?;
        let late = number::duration((at(Some(link))? - begin).max(0.0));
        Some((super::link(found, link), late))
    };
    let mut all: Vec<String> = Vec::new();
    for kind in [LinkKind::Saturated, LinkKind::Unhealthy, LinkKind::Broken] {
        all.extend(after(kind).map(|(what, late)| format!("{what} after {late}")));
    }
    let noticed = match after(LinkKind::Noticed) {
        Some((what, late)) => format!("{what}, {late} after it began."),
        None => "No remark and no deed stands in the model, so it is not known when somebody \
                 noticed."
            .to_owned(),
    };
    Some(match all.is_empty() {
        true => noticed,
        false => format!("{}. {noticed}", capital(&all.join("; "))),
    })
}

/// How it ended, in a sentence.
pub fn recovery_told(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let ill = at(first(found, LinkKind::Unhealthy));
    let over = first(found, LinkKind::Recovered);
    let text = match (ill, over, at(over)) {
        (Some(ill), Some(link), Some(over)) => {
            let chance = link.in_launches.unwrap_or_default();
            format!(
                "Well again at {}, {} after it fell ill (in {} of {}).",
                instant(over),
                number::duration((over - ill).max(0.0)),
                chance.k,
                launches(chance.n)
            )
        }
        (Some(_), ..) => "It did not recover before the end of what was simulated.".to_owned(),
        _ => return None,
    };
    Some(with_clock(results, &text))
}

/// How long it lasted and what was full, for the impact.
pub fn length_told(results: &Results) -> Option<String> {
    let found = explained(results)?;
    let ill = at(first(found, LinkKind::Unhealthy))?;
    let over = at(first(found, LinkKind::Recovered)).unwrap_or(results.model.to_s);
    let text = format!(
        "Users fared worse than usual for {}, from {} to {}.",
        number::duration((over - ill).max(0.0)),
        instant(ill),
        instant(over)
    );
    Some(with_clock(results, &text))
}

/// The cells of a candidate for an action item: what, what it avoids, and two to be filled in.
pub fn action_rows(results: &Results) -> Vec<Vec<String>> {
    let Some(found) = explained(results) else {
        return Vec::new();
    };
    let mut all: Vec<_> = found
        .preventions
        .iter()
        .filter(|one| {
            one.avoids
                .and_then(|gone| gone.low)
                .is_some_and(|low| low > 0.0)
        })
        .collect();
    let part = |value: Option<crate::results::Estimate>| value.and_then(|one| one.estimate);
    all.sort_by(|a, b| {
        let (a, b) = (part(a.part).unwrap_or(0.0), part(b.part).unwrap_or(0.0));
        b.total_cmp(&a)
    });
    let row = |one: &&crate::results::Prevention| {
        vec![
            super::variant_label(results, &one.variant),
            part(one.part).map_or_else(String::new, |share| {
                format!("{} of the {}", number::share(share), impact_unit(found))
            }),
            "…".to_owned(),
            "…".to_owned(),
        ]
    };
    all.iter().map(row).collect()
}

/// Whether what was measured can be shown.
pub fn is_observed(results: &Results) -> bool {
    reading::baseline(results).is_some_and(|base| base.observed.is_some())
}
