//! Values of flags, as they are typed.

use super::*;

#[test]
fn the_definition_contradicts_itself_nowhere() {
    definition().debug_assert();
}

#[test]
fn values_are_read_with_their_units() {
    assert_eq!(size("512MB"), Ok(512_000_000));
    assert_eq!(size("2GiB"), Ok(2 << 30));
    assert!(size("4").is_err() && size("0GB").is_err() && size("xMB").is_err());
    assert!(share("2%").is_ok() && share("0.05").is_ok());
    assert!(share("0%").is_err() && share("100%").is_err() && share("two").is_err());
    assert_eq!(events("2M"), Ok(2_000_000));
    assert!(events("5G").is_err() && events("0").is_err());
}

#[test]
fn a_metric_may_hold_the_sign_itself() {
    let (metric, value) = last_pair("share(login.time <= 2s)=1%").expect("it is a pair");
    assert_eq!(
        (metric.as_str(), value.as_str()),
        ("share(login.time <= 2s)", "1%")
    );
    assert!(pair("service.shop.servers").is_err() && pair("=3").is_err());
}
