//! Durations and instants: read, printed, refused, added.

use super::*;

fn span(text: &str) -> i64 {
    Span::parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .0
}

#[test]
fn durations_are_read() {
    assert_eq!(span("20ms"), 20_000_000);
    assert_eq!(span("1.5s"), 1_500_000_000);
    assert_eq!(span("1h30m"), 5_400_000_000_000);
    assert_eq!(span(" 1h 30 min "), 5_400_000_000_000);
    assert_eq!(span("2d"), 172_800_000_000_000);
    assert_eq!(span("1_000us"), 1_000_000);
    assert_eq!(span("3µs"), span("3us"));
    assert_eq!(span("3μs"), span("3us"));
    assert_eq!(span("0.5ns"), 1);
    assert_eq!(span("0s"), 0);
    assert_eq!(Time::parse("-2m"), Ok(Time(-120_000_000_000)));
    assert_eq!(Time::parse("30m"), Ok(Time(1_800_000_000_000)));
    assert_eq!(Time::parse("+1s"), Ok(Time(1_000_000_000)));
}

#[test]
fn what_is_no_duration_says_why() {
    let because = |text: &str| Span::parse(text).unwrap_err();
    assert_eq!(because(""), DurationError::Empty);
    assert_eq!(
        because("20"),
        DurationError::NoUnit {
            number: "20".into()
        }
    );
    assert_eq!(
        because("1h30"),
        DurationError::NoUnit {
            number: "30".into()
        }
    );
    assert_eq!(
        because("1 2s"),
        DurationError::NoUnit { number: "1".into() }
    );
    assert_eq!(
        because("20 sec"),
        DurationError::UnknownUnit { unit: "sec".into() }
    );
    assert_eq!(
        because("soon"),
        DurationError::NotANumber {
            text: "soon".into()
        }
    );
    assert_eq!(
        because("1,5s"),
        DurationError::NotANumber {
            text: "1,5s".into()
        }
    );
    assert_eq!(
        because("30m1h"),
        DurationError::UnitOrder { unit: "h".into() }
    );
    assert_eq!(
        because("1m1min"),
        DurationError::UnitOrder { unit: "min".into() }
    );
    assert_eq!(because("-1s"), DurationError::Negative);
    assert_eq!(because("200000d"), DurationError::TooLong);
    assert_eq!(because("20").to_string(), "20 has no unit");
    assert!(because("20").help().unwrap().contains("20ms"));
}

#[test]
fn durations_are_printed_for_people() {
    for (nanos, text) in [
        (0, "0 s"),
        (250, "250 ns"),
        (12_500, "12.5 µs"),
        (20_000_000, "20 ms"),
        (999_999_999, "1 s"),
        (1_500_000_000, "1.5 s"),
        (59_990_000_000, "1m"),
        (91_000_000_000, "1m31s"),
        (3_600_000_000_000, "1h"),
        (5_400_000_000_000, "1h30m"),
        (100_800_000_000_000, "1d4h"),
        (-20_000_000, "-20 ms"),
    ] {
        assert_eq!(Span(nanos).to_string(), text);
    }
    assert_eq!(format!("[{:>8}]", Span::SECOND), "[     1 s]");
}

#[test]
fn instants_are_printed_for_people() {
    for (secs, text) in [
        (280.0, "T+04:40"),
        (-120.0, "T-02:00"),
        (3_880.0, "T+1:04:40"),
        (0.0, "T+00:00"),
        (-0.2, "T+00:00"),
        (176_400.0, "T+49:00:00"),
    ] {
        assert_eq!(Time::from_secs_f64(secs).to_string(), text);
    }
    assert_eq!(format!("{:#}", Time::from_secs_f64(280.25)), "T+04:40.25");
    assert_eq!(format!("{:#}", Time::from_secs_f64(-0.2)), "T-00:00.2");
    assert_eq!(Time::NEVER.to_string(), "never");
}

#[test]
fn seconds_round_to_the_nearest_nanosecond() {
    assert_eq!(Span::from_secs_f64(1.4e-9), Span(1));
    assert_eq!(Span::from_secs_f64(1.6e-9), Span(2));
    assert_eq!(Span::from_secs_f64(0.5e-9), Span(1));
    assert_eq!(Time::from_secs_f64(-1.6e-9), Time(-2));
    assert_eq!(Span::from_secs_f64(f64::INFINITY), Span::FOREVER);
    assert_eq!(Span::from_secs_f64(f64::NAN), Span::ZERO);
    assert_eq!(Span::SECOND.scaled(0.3), Span::from_millis(300));
}

#[test]
fn arithmetic_saturates() {
    assert_eq!(Time::NEVER + Span::SECOND, Time::NEVER);
    assert_eq!(Span::FOREVER + Span::SECOND, Span::FOREVER);
    assert_eq!(Time::NEVER - Time::EARLIEST, Span::FOREVER);
    assert_eq!(Time::ZERO.since(Time(5)), Span::ZERO);
    assert_eq!(Time(5) - Time(7), Span(-2));
    assert_eq!(Span::HOUR * 24, Span::DAY);
}

proptest::proptest! {
    #[test]
    fn what_is_written_is_read_back(nanos in 0..i64::MAX) {
        for nanos in [nanos, nanos % 100_000_000_000, nanos % 1_000_000] {
            proptest::prop_assert_eq!(Span::parse(&Span(nanos).written()), Ok(Span(nanos)));
        }
    }
}
