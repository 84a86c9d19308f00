//! Broken models, and exactly what the user sees.

use super::*;

/// A sound frame that each broken table is put into.
const FRAME: &str = r#"[model]
run_for = "10m"
[arrivals.all]
journey = "visit"
rate = "1/s"
[journey.visit]
steps = [ { call = "shop.home" } ]
[service.shop]
endpoint.home = [ { cpu = "1ms" } ]
"#;

#[test]
fn an_unknown_key_has_a_nearest_one() {
    let seen = seen(&format!("{FRAME}severs = 3\n"));
    assert!(seen.contains("help: did you mean `servers`?"), "{seen}");
}
