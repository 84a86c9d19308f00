//! Numbers as people export them: grouped by thousands, with a comma or a point, or missing.
//!
//! One idea: a single cell such as `1,234` can mean two things; its column mostly says which. Where
//! it does not, nothing is guessed.

/// What the commas of a column are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Comma {
    /// There are none, or they group thousands: `1,234.5`.
    #[default]
    Groups,
    /// The mark before decimals: `1.234,5`.
    Decimal,
}

/// What a cell says about the commas of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Nothing: it has none.
    None,
    /// They are so.
    Is(Comma),
    /// They may be either: `1,234`.
    Either,
}

/// Words for a value that was not measured.
const MISSING: [&str; 10] = [
    "",
    "nan",
    "null",
    "nil",
    "none",
    "n/a",
    "na",
    "-",
    "undefined",
    "no data",
];

/// Whether a cell says that there is no value.
pub(crate) fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell.to_lowercase().as_str())
}

/// What a cell says about the commas of its column.
pub(crate) fn hint(cell: &str) -> Hint {
    let commas = cell.matches(',').count();
    let points = cell.matches('.').count();
    match (commas, points) {
        (0, 0 | 1) => Hint::None,
        (0, _) => Hint::Is(Comma::Decimal),
        (_, 0) if commas > 1 => Hint::Is(Comma::Groups),
        (1, 0) if is_grouped(cell, ',') => Hint::Either,
        (1, 0) => Hint::Is(Comma::Decimal),
        _ if cell.rfind(',') > cell.rfind('.') => Hint::Is(Comma::Decimal),
        _ => Hint::Is(Comma::Groups),
    }
}

/// The digits of a cell as a computer writes them, if they are a number.
pub(crate) fn plain(cell: &str, comma: Comma) -> Option<String> {
    let (text, number) = any(cell, comma)?;
    number.is_finite().then_some(text)
}

/// Whether a cell is written as a number but cannot be one: `inf`, `1e400`.
pub(crate) fn is_beyond(cell: &str) -> bool {
    let beyond = |comma| any(cell, comma).is_some_and(|(_, number)| number.is_infinite());
    beyond(Comma::Groups) || beyond(Comma::Decimal)
}

/// A cell as a computer writes it, and its value, which may be none that can be used.
fn any(cell: &str, comma: Comma) -> Option<(String, f64)> {
    let (group, decimal) = match comma {
        Comma::Groups => (',', '.'),
        Comma::Decimal => ('.', ','),
    };
    let is_group =
        |c: char| c == group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '_');
    let (whole, part) = match cell.split_once(decimal) {
        Some((whole, part)) => (whole, Some(part)),
        None => (cell, None),
    };
    let groups: Vec<&str> = whole.split(is_group).collect();
    let [first, others @ ..] = groups.as_slice() else {
        return None;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let three = |text: &&str| text.len() == 3 && digits(text);
    if !others.is_empty() && (!digits(first.trim_start_matches(['-', '+'])) || first.len() > 4) {
        return None;
    }
    let (last, before) = others.split_last().unzip();
    let tail_is_fine = last.is_none_or(three);
    if !before.unwrap_or_default().iter().all(three) || !tail_is_fine {
        return None;
    }
    let mut text = groups.concat();
    if let Some(part) = part {
        text.push('.');
        text.push_str(part);
    }
    let number = text.parse().ok()?;
    Some((text, number))
}

/// The value of a cell.
pub(crate) fn value(cell: &str, comma: Comma) -> Option<f64> {
    plain(cell, comma)?.parse().ok()
}

/// So many units in whole nanoseconds, exactly but for the last digit, which is rounded.
pub(crate) fn nanos(digits: &str, unit: i128) -> Option<i128> {
    let (sign, rest) = match digits.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, digits.strip_prefix('+').unwrap_or(digits)),
    };
    // An exponent.
    if rest.contains(['e', 'E']) {
        let nanos = digits.parse::<f64>().ok()? * unit as f64;
        return (nanos.abs() < 1e30).then_some(nanos as i128);
    }
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let part = &part[..part.len().min(12)];
    let scale = 10_i128.pow(part.len() as u32);
    let all = format!("{whole}{part}").parse::<i128>().ok()?;
    let rounded = all.checked_mul(unit)?.checked_add(scale / 2)?;
    Some(sign * (rounded / scale))
}

fn is_grouped(cell: &str, group: char) -> bool {
    let mut parts = cell.split(group);
    let first = parts
        .next()
        .unwrap_or_default()
        .trim_start_matches(['-', '+']);
    (1..=3).contains(&first.len()) && parts.all(|part| part.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_their_column_writes_them() {
        let groups = [
            ("12.5", 12.5),
            ("1,234", 1234.0),
            ("1,234,567.25", 1_234_567.25),
            ("12 345", 12_345.0),
            ("1'234", 1234.0),
            ("-3e2", -300.0),
            ("1700000000000", 1.7e12),
        ];
        for (cell, number) in groups {
            assert_eq!(value(cell, Comma::Groups), Some(number), "{cell}");
        }
        for (cell, number) in [("12,5", 12.5), ("1.234,5", 1234.5), ("1.234", 1234.0)] {
            assert_eq!(value(cell, Comma::Decimal), Some(number), "{cell}");
        }
        for cell in ["", "NaN", "inf", "12,5", "1,2345", "10:00", "1 2", "x"] {
            assert_eq!(value(cell, Comma::Groups), None, "{cell}");
        }
    }

    #[test]
    fn what_is_infinite_or_too_large_is_no_word() {
        for cell in [
            "inf",
            "-Infinity",
            "+inf",
            "1e400",
            "-1,5e999",
            "9".repeat(400).as_str(),
        ] {
            assert!(is_beyond(cell), "{cell}");
            assert_eq!(
                value(cell, Comma::Groups).or(value(cell, Comma::Decimal)),
                None
            );
        }
        for cell in ["", "NaN", "info", "1e300", "1e-400", "x"] {
            assert!(!is_beyond(cell), "{cell}");
        }
    }

    #[test]
    fn a_cell_says_what_commas_are_if_it_can() {
        assert_eq!(hint("1234.5"), Hint::None);
        assert_eq!(hint("1,234"), Hint::Either);
        assert_eq!(hint("12,5"), Hint::Is(Comma::Decimal));
        assert_eq!(hint("1.234,5"), Hint::Is(Comma::Decimal));
        assert_eq!(hint("1,234.5"), Hint::Is(Comma::Groups));
        assert_eq!(hint("1,234,567"), Hint::Is(Comma::Groups));
    }

    #[test]
    fn nanoseconds_are_exact() {
        let second = 1_000_000_000;
        assert_eq!(
            nanos("1700000000.010", second),
            Some(1_700_000_000_010_000_000)
        );
        assert_eq!(
            nanos("1700000000000000001", 1),
            Some(1_700_000_000_000_000_001)
        );
        assert_eq!(nanos("-1.5", second), Some(-1_500_000_000));
        assert_eq!(nanos("1e3", 1_000_000), Some(second));
        assert_eq!(nanos("x", 1), None);
    }
}
