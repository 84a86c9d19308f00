//! The same run on a command line.

use super::Desk;
use super::asked::Asked;
use crate::base::shell::typed;
use crate::base::visible::one_line;

/// The command whose full answer is that of the page, to the byte, for the model as it stands in
/// its file.
pub(super) fn line(asked: &Asked, desk: &Desk) -> String {
    let command = match asked.variants.is_empty() {
        true => "run",
        false => "compare",
    };
    let mut words = vec![
        "onrush".to_owned(),
        command.to_owned(),
        typed(&desk.word).into_owned(),
    ];
    if !asked.variants.is_empty() {
        words.push(format!("--variants {}", typed(&asked.variants.join(","))));
    }
    for (path, value) in &asked.set {
        let set = format!("{}={}", path.trim(), value.trim());
        words.push(format!("--set {}", typed(&one_line(&set))));
    }
    words.extend(asked.seed.map(|seed| format!("--seed {seed}")));
    words.extend(asked.replications.map(|n| format!("--replications {n}")));
    words.push("--out out".to_owned());
    words.join(" ")
}
