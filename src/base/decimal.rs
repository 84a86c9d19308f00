//! A written decimal number, kept exactly as written.
//!
//! One idea: `1.2` times a million is 1,200,000 and not the nearest double of something, so a
//! number is read as an integer and a count of decimal places, and multiplied before it is rounded.
//! Knows nothing of units or signs.

/// A non-negative decimal number as written: `digits` divided by ten to the power of `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u64,
    places: u32,
}

/// Nineteen digits always fit into 64 bits: a number below this has room for one more.
const ROOM: u64 = 10_u64.pow(18);

/// Ten to the power of this fits into 128 bits.
const MOST_PLACES: u32 = 38;

impl Decimal {
    /// Reads the number at the start of `text` and returns it with what follows.
    ///
    /// Underscores may group digits (`2_000`), and a point must have digits on both sides. `None`
    /// when `text` does not start so, or its whole part has more than nineteen digits. Digits after
    /// the point that are beyond nineteen in all, or beyond 1e-38, are left out: no double has room
    /// for them.
    pub fn lead(text: &str) -> Option<(Decimal, &str)> {
        let (whole, mut rest) = split_digits(text);
        let mut number = Decimal {
            digits: 0,
            places: 0,
        };
        for digit in digits_of(whole)? {
            number.append(digit)?;
        }
        if let Some(after) = rest.strip_prefix('.') {
            let (part, tail) = split_digits(after);
            for digit in digits_of(part)? {
                if number.places == MOST_PLACES || number.append(digit).is_none() {
                    break;
                }
                number.places += 1;
            }
            rest = tail;
        }
        Some((number, rest))
    }

    /// Reads `text` when it is a number and nothing else.
    pub fn parse(text: &str) -> Option<Decimal> {
        Decimal::lead(text).and_then(|(number, rest)| rest.is_empty().then_some(number))
    }

    /// Appends a digit; `None`, and nothing is changed, where there is no room for it.
    fn append(&mut self, digit: u8) -> Option<()> {
        if self.digits >= ROOM {
            return None;
        }
        self.digits = self.digits * 10 + u64::from(digit);
        Some(())
    }

    /// The number times `factor`, rounded half up; `None` when it does not fit into 63 bits.
    pub fn times(self, factor: u64) -> Option<i64> {
        let product = u128::from(self.digits) * u128::from(factor);
        let divisor = 10_u128.pow(self.places);
        i64::try_from((product + divisor / 2) / divisor).ok()
    }

    /// The number times `factor` when that is a whole number that fits into 63 bits.
    pub fn times_exactly(self, factor: u64) -> Option<i64> {
        let product = u128::from(self.digits) * u128::from(factor);
        let divisor = 10_u128.pow(self.places);
        (product % divisor == 0).then(|| i64::try_from(product / divisor).ok())?
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        self.nearest(0)
    }

    /// The nearest double to a hundredth of it: what it says as a percentage.
    pub fn percent(self) -> f64 {
        self.nearest(2)
    }

    /// The nearest double to the number with its point moved `left` places to the left.
    fn nearest(self, left: u32) -> f64 {
        // Correctly rounded, and the same on every platform: the standard library's own reader.
        let text = format!("{}e-{}", self.digits, self.places + left);
        text.parse().expect("digits and an exponent")
    }
}

/// The digits of a run that underscores may group; `None` for a malformed run.
fn digits_of(run: &str) -> Option<impl Iterator<Item = u8>> {
    let is_malformed =
        run.is_empty() || run.starts_with('_') || run.ends_with('_') || run.contains("__");
    let digits = run.bytes().filter(u8::is_ascii_digit);
    (!is_malformed).then(|| digits.map(|digit| digit - b'0'))
}

/// Splits `text` after its leading digits and underscores.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '_')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The powers of ten that doubles hold exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number that [`significant`] prints.
pub fn nearest_short(value: f64, digits: usize) -> f64 {
    if let Some(found) = short_by_arithmetic(value, digits) {
        return found;
    }
    if !value.is_finite() {
        return value;
    }
    let exponent_form = format!("{value:.*e}", digits.max(1) - 1);
    exponent_form.parse().expect("what was just printed")
}

/// The same without text, where that is certain to be the same: the number lies in a range whose
/// powers of ten are exact, so that one division rounds as reading does, and is no near tie.
fn short_by_arithmetic(value: f64, digits: usize) -> Option<f64> {
    let size = value.abs();
    if !(1e-9..1e15).contains(&size) || !(1..=9).contains(&digits) {
        return None;
    }
    let whole = POWERS.partition_point(|power| *power <= size) as i32;
    let small = POWERS.iter().position(|power| size * power >= 1.0)? as i32;
    let places = digits as i32 - whole.max(1) + small;
    let power = POWERS[usize::try_from(places.abs())
        .ok()
        .filter(|&n| n < POWERS.len())?];
    let scaled = if places < 0 {
        size / power
    } else {
        size * power
    };
    let rounded = scaled.round();
    if ((scaled - rounded).abs() - 0.5).abs() < 1e-5 {
        return None;
    }
    let short = if places < 0 {
        rounded * power
    } else {
        rounded / power
    };
    Some(short.copysign(value))
}

/// Prints `value` with at most `digits` significant digits, trailing zeros cut, never an exponent.
///
/// Rounds half to even on the decimal text, as the standard library does.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let exponent_form = format!("{value:.*e}", digits.max(1) - 1);
    let exponent: i32 = exponent_form
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .expect("the exponent form of a finite number");
    let places = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    let rounded: f64 = exponent_form.parse().expect("what was just printed");
    let text = format!("{rounded:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_written_exactly() {
        for (text, factor, product) in [
            ("1.2", 1_000_000, Some(1_200_000)),
            ("2_000", 1, Some(2_000)),
            ("0.0015", 1_000, Some(2)),
            ("0.0014", 1_000, Some(1)),
            ("9223372036854775807", 1, Some(i64::MAX)),
            ("9223372036854775808", 1, None),
            (
                "0.33333333333333333333333333333333333333333",
                1_000,
                Some(333),
            ),
            (
                "0.00000000000000000000000000000000000000000000001",
                1_000,
                Some(0),
            ),
            ("00000000000000000000000012.5", 2, Some(25)),
            (
                "0.0000000000001234567890123456789012",
                u64::MAX,
                Some(2_277_376),
            ),
        ] {
            assert_eq!(
                Decimal::parse(text).unwrap().times(factor),
                product,
                "{text}"
            );
        }
        assert_eq!(Decimal::parse("1.0005").unwrap().times_exactly(1_000), None);
        assert_eq!(
            Decimal::parse("1.005").unwrap().times_exactly(1_000),
            Some(1_005)
        );
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "_1",
            "1_",
            "1__0",
            "1e3",
            "-1",
            "12345678901234567890",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn doubles_are_the_nearest() {
        assert_eq!(
            Decimal::parse("0.1").unwrap().to_f64().to_bits(),
            0.1_f64.to_bits()
        );
        assert_eq!(
            Decimal::parse("123.456").unwrap().to_f64().to_bits(),
            123.456_f64.to_bits()
        );
    }

    proptest::proptest! {
        #[test]
        fn the_nearest_short_number_is_the_printed_one(
            value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO, digits in 1_usize..8,
        ) {
            let printed: f64 = significant(value, digits).parse().unwrap();
            proptest::prop_assert_eq!(nearest_short(value, digits).to_bits(), printed.to_bits());
        }
    }

    proptest::proptest! {
        /// In the range of the figures of a report, and at ties.
        #[test]
        fn rounding_by_arithmetic_is_that_by_text(
            digits in 1_usize..8, whole in 0_u64..10_000_000, power in -12_i32..16,
            part in 0.0_f64..1.0, half in proptest::bool::ANY,
        ) {
            let part = if half { 0.5 } else { part };
            let value = (whole as f64 + part) * 10_f64.powi(power);
            let printed: f64 = significant(value, digits).parse().unwrap();
            for (value, printed) in [(value, printed), (-value, -printed)] {
                let short = nearest_short(value, digits);
                proptest::prop_assert_eq!(short.to_bits(), printed.to_bits());
            }
        }
    }

    #[test]
    fn prints_a_few_digits() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (12.345, "12.3"),
            (1234.5, "1230"),
            (0.001_234_5, "0.00123"),
            (999.9, "1000"),
            (0.099_99, "0.1"),
            (-2.5, "-2.5"),
        ] {
            assert_eq!(significant(value, 3), text);
        }
    }
}
