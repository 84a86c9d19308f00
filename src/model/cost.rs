//! What things cost: a price for each hour of a server, by service.

use std::collections::BTreeMap;

use super::action::settings;
use super::overlay::Change;
use super::reader::Reader;
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

/// What a path under `[cost]` looks like.
const EXAMPLE: &str = "write a service's servers, for example `\"service.web.servers\" = 0.40`";

/// Reads `[cost]`: the price of an hour of one server, by service, in any currency.
pub(crate) fn read(r: &mut Reader<'_>) -> BTreeMap<String, f64> {
    let document = r.document;
    let Some(changes) = document.get("cost").and_then(|node| settings(r, node)) else {
        return BTreeMap::new();
    };
    changes
        .iter()
        .filter_map(|priced| Some((service(r, priced)?, r.number(&priced.value, 0.0)?)))
        .collect()
}

/// The service whose servers a path names.
fn service(r: &mut Reader<'_>, priced: &Change) -> Option<String> {
    let name = priced.path.strip_prefix("service.");
    let Some(name) = name.and_then(|rest| rest.strip_suffix(".servers")) else {
        let found = format!("`{}` has no price by the hour", priced.path);
        r.push(
            Diagnostic::new("E070", found)
                .at(priced.place)
                .help(EXAMPLE),
        );
        return None;
    };
    let known = r.names("service");
    if known.contains(&name) {
        return Some(name.to_owned());
    }
    let help = suggestion(name, known);
    let found = format!("there is no service `{name}`");
    r.push(
        Diagnostic::new("E010", found)
            .at(priced.place)
            .maybe_help(help),
    );
    None
}
