//! The tables that load tests write: JMeter's JTL, k6's CSV, vegeta's.
//!
//! One idea: they are recognised where a model would recognise them, and what their columns hold,
//! and in which unit, is known from the tools' own descriptions.

use super::Table;
use super::columns::Columns;
use crate::model::arrival::layout::{Layout, simple};

/// What k6 calls the rows that say how long a request took.
const DURATIONS: &str = "http_req_duration";
/// Columns of vegeta's CSV, which has no heading: status, nanoseconds, method and address.
const VEGETA: [usize; 4] = [1, 2, 9, 10];

/// Says what is known of the columns, if the table is one of them.
pub(crate) fn adapt(table: &Table, layout: &mut Layout, columns: &mut Columns) {
    let place =
        |layout: &Layout, name: &str| layout.names.iter().position(|known| simple(known) == name);
    match layout.known_as {
        Some("a JMeter log") => {
            columns.took = place(layout, "elapsed");
            columns.unit_ns = Some(1_000_000);
            columns.label = place(layout, "label");
            columns.status = place(layout, "responsecode");
            columns.success = place(layout, "success");
            columns.threads = place(layout, "allthreads");
            // A transaction controller is the sum of its samples, which have rows of their own.
            let message = place(layout, "responsemessage");
            columns.sums = message.map(|message| (message, "Number of samples in transaction"));
        }
        Some("a k6 log") => {
            let metric = place(layout, "metricname");
            let rows = table.rows(layout.heading);
            let has = |row: &crate::model::files::records::Record<'_>| {
                metric.is_some_and(|metric| row.cells.get(metric).is_some_and(|c| c == DURATIONS))
            };
            *columns = Columns {
                label: place(layout, "name").or(place(layout, "url")),
                method: place(layout, "method"),
                status: place(layout, "status"),
                ..Columns::default()
            };
            if let (true, Some(metric)) = (rows.iter().any(has), metric) {
                layout.only = Some((metric, DURATIONS));
                columns.took = place(layout, "metricvalue");
                columns.unit_ns = Some(1_000_000);
            }
        }
        Some("a vegeta log") => {
            let [status, took, method, label] = VEGETA;
            *columns = Columns {
                status: Some(status),
                took: Some(took),
                unit_ns: Some(1),
                method: Some(method),
                label: Some(label),
                ..Columns::default()
            };
        }
        _ => {}
    }
}
