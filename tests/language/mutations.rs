//! Bad input never makes the reader panic: sound models with pieces cut, doubled or swapped.

use super::survival::survives;
use super::*;
use onrush::model::overlay::Change;
use proptest::prelude::*;

/// Pieces that hurt: signs, units, words and huge numbers.
const SPLINTERS: &[&str] = &[
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "$",
    "*",
    "(",
    ")",
    "-",
    "x2",
    "\n",
    "%",
    "0",
    "-1",
    "1e308",
    "9999999999999999999",
    "\"exp(0s)\"",
    "\"$crowd\"",
    "\"-5%\"",
    "\"x2\"",
    "µ",
    "💥",
    "nan",
    "inf",
    "true",
    "[[",
    "]]",
    "\"lognormal(mean=1s, cv=1e9)\"",
    "\"geometric(mean=1)\"",
    "\"292y\"",
    "\"106751d\"",
    "share",
    "steps",
    "rest",
    "#",
    "\\",
];

fn boundary(text: &str, at: usize) -> usize {
    let mut at = at % (text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_model_with_a_splinter_is_survived(at in any::<usize>(), n in 0..SPLINTERS.len()) {
        let at = boundary(PREORDER, at);
        survives(&format!("{}{}{}", &PREORDER[..at], SPLINTERS[n], &PREORDER[at..]));
    }

    #[test]
    fn a_model_with_a_hole_is_survived(from in any::<usize>(), length in 0usize..60) {
        let from = boundary(PREORDER, from);
        let to = boundary(PREORDER, (from + length).min(PREORDER.len()));
        survives(&format!("{}{}", &PREORDER[..from], &PREORDER[to.max(from)..]));
    }

    #[test]
    fn a_model_with_a_value_replaced_is_survived(line in any::<usize>(), n in 0..SPLINTERS.len()) {
        let lines: Vec<&str> = PREORDER.lines().collect();
        let line = line % lines.len();
        let changed = lines.iter().enumerate().map(|(at, text)| match text.split_once('=') {
            Some((key, _)) if at == line => format!("{key}= {}\n", SPLINTERS[n]),
            _ => format!("{text}\n"),
        });
        survives(&changed.collect::<String>());
    }

    #[test]
    fn any_change_is_survived(
        path in "(service|param|journey|fault|model)\\.[a-z.*0-9-]{0,30}",
        n in 0..SPLINTERS.len(),
    ) {
        let (model, _) = read(PREORDER);
        let (changed, diagnostics) = model.with(&[Change::new(&path, SPLINTERS[n])]);
        let _ = render(&diagnostics, changed.sources(), Colour::Plain, Frame::Ascii);
    }
}

#[test]
fn deep_and_long_texts_are_survived() {
    survives(&format!("a = {}", "[".repeat(20_000)));
    survives(&format!("{}a = 1", "a.".repeat(5_000)));
    survives(&format!("[model]\nrun_for = \"{}\"", "exp(".repeat(5_000)));
    survives(&format!("[model]\nrun_for = \"{}\"", "2 * ".repeat(5_000)));
    survives(&"x".repeat(100_000));
}
