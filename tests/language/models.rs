//! Sound models and the facts that they stand for.

use super::*;
use onrush::base::time::{Span, Time};
use onrush::model::step::StepKind;
use onrush::random::family::Distribution;

#[test]
fn the_whole_example_is_read() {
    let model = sound(PREORDER);
    assert_eq!(model.title, "Phone pre-order: the doors open at 16:00");
    assert_eq!(model.begins(), Time::ZERO - Span::from_secs(120));
    let names: Vec<&str> = model
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    assert_eq!(names, ["double-servers", "patch-login", "both"]);
    let shop = &model.services["shop"];
    assert_eq!(
        (shop.servers, shop.workers, shop.queue.limit),
        (20, 64, Some(500))
    );
    let (doubled, diagnostics) = model.variant("double-servers").expect("it is a variant");
    assert_eq!(diagnostics, []);
    assert_eq!(doubled.services["shop"].servers, 40);
    let (both, _) = model.variant("both").expect("it is a variant");
    let session = &both.services["db"].endpoints["session"].steps[0];
    let expected = Distribution::exponential(0.003).expect("3 ms is a mean");
    assert_eq!(session.kind, StepKind::Cpu(expected));
}
