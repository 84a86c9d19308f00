//! What anything that is imported must survive: it is a model without errors, or a reason.

use onrush::import::{
    AsArrivals, Asked, Imported, Input, Unusable, access_log, artillery, chaos, csv, gatling, har,
    jtl, k6, locust, otlp, prometheus, slo, taurus, vegeta,
};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::text::Source;

/// How something may be read.
type Way = fn(Vec<Input<'_>>) -> Result<Imported, Unusable>;

const WAYS: [Way; 20] = [
    |inputs| access_log::import(inputs, None, &Asked::default()),
    |inputs| access_log::import(inputs, Some("%h %t \"%r\" %>s %D"), &Asked::default()),
    |inputs| access_log::import(inputs, Some("$msec $uri $request_time"), &few()),
    |inputs| access_log::import(inputs, Some("#Fields: date time c-ip cs-uri"), &few()),
    |inputs| csv::import(inputs, &csv::Csv::default(), &Asked::default()),
    |inputs| jtl::import(inputs, &Asked::default()),
    |inputs| k6::import(inputs, AsArrivals::No, &Asked::default()),
    |inputs| k6::import(inputs, AsArrivals::Yes, &few()),
    |inputs| vegeta::import(inputs, &Asked::default()),
    |inputs| prometheus::import(inputs, &Asked::default()),
    |inputs| locust::import(inputs, AsArrivals::No),
    |inputs| gatling::import(inputs, AsArrivals::No),
    |inputs| artillery::import(inputs),
    |inputs| taurus::import(inputs, AsArrivals::Yes),
    |inputs| otlp::import(inputs, &Asked::default()),
    har::import,
    slo::openslo,
    slo::sloth,
    chaos::mesh,
    chaos::toolkit,
];

fn few() -> Asked {
    Asked {
        endpoints: 1,
        ..Asked::default()
    }
}

/// Reads the bytes behind the first in the way that the first says.
pub(crate) fn survives(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else {
        return;
    };
    let input = Input {
        name: "it".to_owned(),
        stream: Box::new(rest),
    };
    let way = WAYS[usize::from(*way) % WAYS.len()];
    match way(vec![input]) {
        Ok(found) => {
            let text = found.model();
            let (model, said) = read(Source::new("model.toml", &text), Files::new());
            assert!(Checked::new(model).is_some(), "{said:#?}\n{text}");
            assert!(!found.account.text().is_empty());
        }
        Err(refused) => assert!(!refused.why.is_empty()),
    }
}
