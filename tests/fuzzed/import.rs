//! What anything that is imported must survive: it is a model without errors, or a reason.
//!
//! One idea: each format has a fuzzer and a folder of the corpus of its own. The first byte of an
//! input is the way in which the format may be read, the others are the file.

use onrush::import::{
    AsArrivals, Asked, Imported, Input, Unusable, access_log, artillery, chaos, csv, demands,
    gatling, har, jtl, k6, locust, otlp, prometheus, slo, taurus, vegeta,
};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::text::Source;

/// How something may be read.
type Way = fn(Vec<Input<'_>>) -> Result<Imported, Unusable>;

/// Every format by the name of its fuzzer and its corpus, and the ways in which it may be read.
pub(crate) const FORMATS: [(&str, &[Way]); 17] = [
    (
        "access_log",
        &[
            |inputs| access_log::import(inputs, None, &Asked::default()),
            |inputs| access_log::import(inputs, Some("%h %t \"%r\" %>s %D"), &Asked::default()),
            |inputs| access_log::import(inputs, Some("$msec $uri $request_time"), &few()),
            |inputs| access_log::import(inputs, Some("#Fields: date time c-ip cs-uri"), &few()),
        ],
    ),
    (
        "csv",
        &[
            |inputs| csv::import(inputs, &csv::Csv::default(), &Asked::default()),
            |inputs| csv::import(inputs, &columns("1,took=2:ms,label=3", None), &few()),
            |inputs| csv::import(inputs, &columns("1,2", Some(csv::Is::Rate)), &few()),
            |inputs| csv::import(inputs, &columns("1,2", Some(csv::Is::Count)), &few()),
        ],
    ),
    ("jtl", &[|inputs| jtl::import(inputs, &Asked::default())]),
    (
        "k6",
        &[
            |inputs| k6::import(inputs, AsArrivals::No, &Asked::default()),
            |inputs| k6::import(inputs, AsArrivals::Yes, &few()),
        ],
    ),
    (
        "vegeta",
        &[|inputs| vegeta::import(inputs, &Asked::default())],
    ),
    (
        "prometheus",
        &[|inputs| prometheus::import(inputs, &Asked::default())],
    ),
    (
        "locust",
        &[
            |inputs| locust::import(inputs, AsArrivals::No),
            |inputs| locust::import(inputs, AsArrivals::Yes),
        ],
    ),
    (
        "gatling",
        &[
            |inputs| gatling::import(inputs, AsArrivals::No),
            |inputs| gatling::import(inputs, AsArrivals::Yes),
        ],
    ),
    ("artillery", &[artillery::import]),
    (
        "taurus",
        &[
            |inputs| taurus::import(inputs, AsArrivals::Yes),
            |inputs| taurus::import(inputs, AsArrivals::No),
        ],
    ),
    ("otlp", &[|inputs| otlp::import(inputs, &Asked::default())]),
    ("har", &[har::import]),
    ("openslo", &[slo::openslo]),
    ("sloth", &[slo::sloth]),
    ("chaos_mesh", &[chaos::mesh]),
    ("chaos_toolkit", &[chaos::toolkit]),
    (
        "demands",
        &[
            |inputs| demands::import(inputs, &demands::How::default(), &Asked::default()),
            |inputs| demands::import(inputs, &loads(), &few()),
        ],
    ),
];

fn few() -> Asked {
    Asked {
        endpoints: 1,
        ..Asked::default()
    }
}

fn columns(named: &str, is: Option<csv::Is>) -> csv::Csv {
    csv::Csv {
        columns: named.split(',').map(str::to_owned).collect(),
        is,
        ..csv::Csv::default()
    }
}

fn loads() -> demands::How {
    demands::How {
        columns: ["1", "rate=2", "cpu=3", "users=4"]
            .map(str::to_owned)
            .to_vec(),
        is_count: true,
        per: None,
        cores: Some(4.0),
    }
}

/// Reads the bytes behind the first as a format, in the way that the first says.
pub(crate) fn survives(format: &str, bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else {
        return;
    };
    let (_, ways) = FORMATS
        .iter()
        .find(|(name, _)| *name == format)
        .expect("the format is in the table");
    let input = Input {
        name: "it".to_owned(),
        stream: Box::new(rest),
    };
    match ways[usize::from(*way) % ways.len()](vec![input]) {
        Ok(found) => {
            let text = found.model();
            let (model, said) = read(Source::new("model.toml", &text), Files::new());
            assert!(Checked::new(model).is_some(), "{said:#?}\n{text}");
            assert!(!found.account.text().is_empty());
        }
        Err(refused) => assert!(!refused.why.is_empty()),
    }
}
