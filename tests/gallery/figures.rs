//! What was published, and by which metric it is held to the models: the rows of `figures.csv`.
//!
//! One idea: a figure is `fitted` if an input was chosen so that it comes out, and `checked` if it
//! was not looked at for that. Only checked ones count. An outcome has no number of its own and
//! counts apart: its bounds say what happened, as an objective would, at nineteen in twenty.

/// Whether a figure was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Fitted,
    Checked,
}

/// What kind of statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number was published.
    Number,
    /// It is known what happened.
    Outcome,
}

/// A published figure.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    /// The model, by its file.
    pub(super) model: String,
    /// The variant; empty for the model as it is.
    pub(super) variant: String,
    /// Whether the metric is divided by that of the model as it is, launch by launch.
    pub(super) over_baseline: bool,
    pub(super) what: String,
    /// As it was published.
    pub(super) published: String,
    pub(super) metric: String,
    /// From the metric to the unit of the published figure.
    pub(super) times: f64,
    pub(super) unit: String,
    /// The published figure, as the least and the most that it says.
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) role: Role,
    pub(super) kind: Kind,
    /// Why the model misses it; empty if it does not.
    pub(super) why: String,
}

impl Figure {
    pub(super) fn is_checked(&self) -> bool {
        self.role == Role::Checked
    }

    /// The variants that it asks.
    pub(super) fn variants(&self) -> Vec<&str> {
        let mut all = vec![self.variant.as_str()];
        all.extend(self.over_baseline.then_some(""));
        all
    }
}

/// All figures, in the order of the page.
pub(super) fn all() -> Vec<Figure> {
    let text = include_str!("figures.csv");
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    rows.records()
        .map(|row| figure(&row.expect("a row has as many cells as the first")))
        .collect()
}

fn figure(row: &csv::StringRecord) -> Figure {
    let text = |at: usize| row[at].to_owned();
    let (variant, over_baseline) = match row[1].strip_suffix(" / baseline") {
        Some(variant) => (variant, true),
        None => (&row[1], false),
    };
    Figure {
        model: text(0),
        variant: variant.to_owned(),
        over_baseline,
        what: text(2),
        published: text(3),
        metric: text(4),
        times: number(&row[5]),
        unit: text(6),
        least: number(&row[7]),
        most: number(&row[8]),
        role: match &row[9] {
            "fitted" => Role::Fitted,
            "checked" => Role::Checked,
            other => panic!("no role: {other}"),
        },
        kind: match &row[10] {
            "number" => Kind::Number,
            "outcome" => Kind::Outcome,
            other => panic!("no kind: {other}"),
        },
        why: text(11),
    }
}

/// A number, or a fraction of two.
fn number(text: &str) -> f64 {
    let read = |text: &str| -> f64 { text.parse().unwrap_or_else(|_| panic!("no number: {text}")) };
    match text.split_once('/') {
        Some((over, under)) => read(over) / read(under),
        None => read(text),
    }
}
