//! What is refused before it starts, and exactly what the user sees of it.

use super::*;
use onrush::model::budget::Budget;

/// A budget in which a hundred users and a megabyte are too many.
const SMALL: Budget = Budget {
    events: 100,
    bytes: 1_000_000,
    bytes_of_user: 16_000,
    bytes_of_server: 200_000,
};

fn refused(name: &str, who: &str, servers: u32) {
    let text = format!(
        "[model]\nrun_for = \"10s\"\n[arrivals.few]\njourney = \"visit\"\nrate = \"1/s\"\n\
         [arrivals.many]\njourney = \"visit\"\n{who}\n\
         [journey.visit]\nsteps = [ {{ call = \"shop.home\", timeout = \"9s\" }} ]\n\
         [service.shop]\nservers = {servers}\nendpoint.home = []\n"
    );
    let model = sound(&text);
    let found = model.beyond(&SMALL);
    let seen = render(&found, model.sources(), Colour::Plain, Frame::Ascii);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, format!("{text}\n{seen}")));
}

#[test]
fn what_a_launch_cannot_pay_is_refused() {
    refused("beyond_the_events", "rate = \"10/s\"", 1);
    refused(
        "beyond_the_memory_by_users",
        "burst = { users = 90, at = \"1s\" }",
        1,
    );
    refused(
        "beyond_the_memory_by_servers",
        "burst = { users = 1, at = \"1s\" }",
        6,
    );
    let (preorder, _) = read(PREORDER);
    let paid = preorder.beyond(&Budget {
        events: 1_000_000,
        bytes: usize::MAX,
        ..SMALL
    });
    assert_eq!(paid, []);
}
