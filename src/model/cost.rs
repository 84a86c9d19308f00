//! What things cost: a price for each hour of a server, or of each of its cores, by service.

use std::collections::BTreeMap;

use super::Model;
use super::action::settings;
use super::overlay::Change;
use super::reader::Reader;
use crate::text::Diagnostic;
use crate::text::nearest::suggestion;

/// What a path under `[cost]` looks like.
const EXAMPLE: &str = "write a service's servers or cores, for example \
                       `\"service.web.servers\" = 0.40`";

/// What an hour of a service costs, in any currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// Each server.
    pub server: f64,
    /// Each core of each server.
    pub core: f64,
}

/// Reads `[cost]`, by service.
pub(crate) fn read(r: &mut Reader<'_>) -> BTreeMap<String, Price> {
    let mut prices: BTreeMap<String, Price> = BTreeMap::new();
    let document = r.document;
    let Some(changes) = document.get("cost").and_then(|node| settings(r, node)) else {
        return prices;
    };
    for priced in &changes {
        let Some((service, what)) = service(r, priced) else {
            continue;
        };
        let Some(price) = r.number(&priced.value, 0.0) else {
            continue;
        };
        let known = prices.entry(service).or_default();
        match what {
            What::Servers => known.server = price,
            What::Cores => known.core = price,
        }
    }
    prices
}

impl Model {
    /// What an hour costs with as many servers and cores as there are at the beginning; `None`
    /// without prices.
    pub fn price_an_hour(&self) -> Option<f64> {
        if self.prices.is_empty() {
            return None;
        }
        let services = self.services.iter();
        let of = |(name, service): (&String, &super::service::Service)| {
            let price = self.prices.get(name).copied().unwrap_or_default();
            f64::from(service.servers) * (price.server + price.core * service.cores)
        };
        Some(services.map(of).sum())
    }
}

/// What has a price.
#[derive(Clone, Copy)]
enum What {
    Servers,
    Cores,
}

/// The service that a path names, and what of it.
fn service(r: &mut Reader<'_>, priced: &Change) -> Option<(String, What)> {
    let rest = priced.path.strip_prefix("service.");
    let ends = [(".servers", What::Servers), (".cores", What::Cores)];
    let mut found = ends
        .iter()
        .filter_map(|(end, what)| Some((rest?.strip_suffix(end)?, *what)));
    let Some((name, what)) = found.next() else {
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
        return Some((name.to_owned(), what));
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
