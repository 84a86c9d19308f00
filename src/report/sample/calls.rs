//! Who calls whom in the sample.

use crate::results::CallFacts;

/// Users log in and order; the shop asks the others.
pub(super) fn calls() -> Vec<CallFacts> {
    let call = |from: Option<&str>, to: &str, name: &str| CallFacts {
        from: from.map(str::to_owned),
        to: to.into(),
        message: to == "mail",
        names: vec![name.into()],
    };
    vec![
        call(None, "shop", "order"),
        call(None, "login", "login"),
        call(Some("shop"), "db", "db.query"),
        call(Some("login"), "db", "db.user"),
        call(Some("shop"), "mail", "mail.confirmation"),
    ]
}
