//! The same run on a command line.

use super::Desk;
use super::asked::{Ask, Asked};
use super::reading::Reading;
use crate::base::shell::typed;
use crate::base::visible::one_line;
use crate::model::Effort;

/// The command whose full answer is that of the page, to the byte, for the model as it stands in
/// its file; of a question as far as the time allows the same.
pub(super) fn line(asked: &Asked, desk: &Desk) -> String {
    let (command, knob) = match asked.ask {
        Ask::Run if asked.variants.is_empty() => ("run", ""),
        Ask::Run => ("compare", ""),
        Ask::Size => ("size", "--knob"),
        Ask::Sweep => ("sweep", "--over"),
        Ask::Tip => ("tip", "--knob"),
        Ask::Uncertain => ("uncertain", ""),
    };
    let mut words = vec![
        "onrush".to_owned(),
        command.to_owned(),
        typed(&desk.word).into_owned(),
    ];
    if !knob.is_empty() {
        let knobs = asked.knobs.iter().map(|text| one_line(text.trim()));
        words.extend(knobs.map(|text| format!("{knob} {}", typed(&text))));
    }
    words.extend(variants(asked));
    for (path, value) in &asked.set {
        let set = format!("{}={}", path.trim(), value.trim());
        words.push(format!("--set {}", typed(&one_line(&set))));
    }
    words.extend(asked.seed.map(|seed| format!("--seed {seed}")));
    words.extend(launches(asked, desk).map(|n| format!("--replications {n}")));
    words.extend(asked.allowed().map(|span| format!("--within {span}")));
    words.push("--out out".to_owned());
    words.join(" ")
}

/// The variants that take part.
fn variants(asked: &Asked) -> Option<String> {
    let names = match asked.variants.as_slice() {
        [] if asked.ask == Ask::Uncertain => "baseline".to_owned(),
        [] => return None,
        some => some.join(","),
    };
    let takes_part = asked.ask.compares();
    takes_part.then(|| format!("--variants {}", typed(&names)))
}

/// Launches, where the command line would not take as many by itself: with a time it fills that.
fn launches(asked: &Asked, desk: &Desk) -> Option<u32> {
    match asked.ask {
        Ask::Run => asked.replications,
        // There it is launches of each draw.
        Ask::Uncertain => None,
        Ask::Size | Ask::Sweep | Ask::Tip => {
            asked
                .replications
                .or_else(|| match Reading::of(asked, desk).model.effort {
                    Effort::Replications(n) => Some(n),
                    Effort::Precision(_) => None,
                })
        }
    }
}
