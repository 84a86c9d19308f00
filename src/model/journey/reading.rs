//! `[journey.NAME]` as it is written.

use std::collections::BTreeSet;

use super::{Again, Journey, Patience, PatienceCounts, Reload};
use crate::model::reader::{Fields, Reader};
use crate::model::step::reading::journey_steps;
use crate::model::table::{Kind, TableDef, key};
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

/// `[journey.NAME]`.
pub(crate) static JOURNEY: TableDef = TableDef {
    name: "a journey",
    doc: "What users do, and how patient they are.",
    keys: &[
        key("steps", Kind::Steps, "", "what they do, in order"),
        key(
            "patience",
            Kind::Either(&[Kind::Times, Kind::Table(&PATIENCE)]),
            "endless",
            PATIENCE_DOC,
        )
        .live(),
        key(
            "reload",
            Kind::Table(&RELOAD),
            "never",
            "when the person tries again",
        ),
        key(
            "again",
            Kind::Table(&AGAIN),
            "never",
            "when the person comes back after a visit",
        ),
    ],
};

const PATIENCE_DOC: &str = "how long users stay, from arrival; or how long they wait";

static PATIENCE: TableDef = TableDef {
    name: "`patience`",
    doc: "Patience that only waiting uses up.",
    keys: &[key(
        "waiting",
        Kind::Times,
        "",
        "time spent waiting for answers, backoffs, pools and rooms",
    )
    .live()],
};

static RELOAD: TableDef = TableDef {
    name: "`reload`",
    doc: "The person's own retry; `retry` is the program's.",
    keys: &[
        key(
            "after",
            Kind::Times,
            "never",
            "how long without an answer since the last attempt was sent",
        )
        .live(),
        key(
            "on_error",
            Kind::Times,
            "never",
            "how long after a request has failed for good",
        )
        .live(),
        key(
            "at_most",
            Kind::Count,
            "no limit",
            "how many of both together, per visit",
        )
        .live(),
    ],
};

static AGAIN: TableDef = TableDef {
    name: "`again`",
    doc: "Coming back after a visit that went badly.",
    keys: &[
        key("share", Kind::Share, "", "the chance that they come back").live(),
        key("after", Kind::Times, "", "how long until then").live(),
        key(
            "at_most",
            Kind::Count,
            "no limit",
            "the most further visits",
        )
        .live(),
        key(
            "on",
            Kind::Texts,
            "abandoned, refused, failed",
            "the outcomes after which people come back",
        )
        .live(),
    ],
};

/// Reads `[journey.NAME]`.
pub(crate) fn read<'a>(r: &mut Reader<'a>, name: &str, fields: &Fields<'a>) -> Journey {
    let steps = fields
        .require(r, "steps")
        .and_then(|node| journey_steps(r, node, name));
    let mut journey = Journey {
        patience: patience(r, fields),
        reload: reload(r, fields),
        again: None,
        steps: steps.unwrap_or_default(),
        place: fields.place,
    };
    journey.again = again(r, fields, &journey);
    journey
}

fn patience<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Patience> {
    let node = fields.get("patience")?;
    let (counts, law) = match node.table() {
        Some(_) => {
            let fields = r.fields(node, &PATIENCE)?;
            let law = fields.require(r, "waiting").and_then(|node| r.times(node));
            (PatienceCounts::Waiting, law?)
        }
        None => (PatienceCounts::Visit, r.times(node)?),
    };
    Some(Patience { counts, law })
}

/// Reloads and questions after an error of one visit at most.
const MOST_RELOADS: u32 = 65_535;

fn reload<'a>(r: &mut Reader<'a>, fields: &Fields<'a>) -> Option<Reload> {
    let fields = fields.table(r, "reload", &RELOAD)?;
    if fields.get("after").is_none() && fields.get("on_error").is_none() {
        fields.require(r, "after");
    }
    let after = fields.times(r, "after");
    let on_error = fields.times(r, "on_error");
    Some(Reload {
        after,
        on_error,
        at_most: fields.within(r, "at_most", 0..=MOST_RELOADS),
    })
}

fn again<'a>(r: &mut Reader<'a>, fields: &Fields<'a>, journey: &Journey) -> Option<Again> {
    let fields = fields.table(r, "again", &AGAIN)?;
    let share = fields.require(r, "share").and_then(|node| r.share(node));
    let after = fields.require(r, "after").and_then(|node| r.times(node));
    let at_most = fields.small(r, "at_most", 0);
    let mut on: BTreeSet<String> = ["abandoned", "refused", "failed"]
        .into_iter()
        .map(str::to_owned)
        .collect();
    if let Some(node) = fields.get("on") {
        let Some(items) = node.list() else {
            r.wrong_kind(node, "a list of outcomes");
            return None;
        };
        let outcomes = journey.outcomes();
        on.clear();
        for item in items {
            let Some(word) = r.text(item) else { continue };
            if outcomes.contains(&word) && word != "unfinished" {
                on.insert(word);
            } else {
                let found = format!("`{word}` is not an outcome of this journey");
                let known = outcomes
                    .iter()
                    .map(String::as_str)
                    .filter(|o| *o != "unfinished");
                let help = suggestion(&word, known);
                r.push(
                    Diagnostic::new("E010", found)
                        .at(item.place)
                        .maybe_help(help),
                );
            }
        }
    }
    Some(Again {
        share: share?,
        after: after?,
        at_most,
        on,
    })
}
