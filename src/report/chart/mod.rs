//! Charts: each answers one question of a planner, as a picture with its title and its takeaway.
//!
//! One idea: a study decides which charts there are; a chart decides nothing but its own drawing.
//! They know results and words, and are the only place that knows plotters.

pub(crate) mod causes;
pub(crate) mod density;
pub(crate) mod dots;
mod effects;
pub(crate) mod forest;
pub(crate) mod frame;
pub(crate) mod funnel;
pub(crate) mod growth;
pub(crate) mod heat;
pub(crate) mod ink;
pub(crate) mod inline;
pub(crate) mod labels;
mod frontier;
mod ladder;
pub(crate) mod lanes;
pub(crate) mod level;
pub(crate) mod marks;
pub(crate) mod multiples;
pub(crate) mod observed;
pub(crate) mod outcome;
pub(crate) mod paint;
pub(crate) mod phase;
pub(crate) mod profile;
pub(crate) mod ribbon;
pub(crate) mod scale;
pub(crate) mod scene;
pub(crate) mod servers;
pub(crate) mod spectrum;
mod swept;
pub(crate) mod thin;
mod tip;
pub(crate) mod topology;
mod tornado;
pub(crate) mod waterfall;

pub use super::reading::Place;
pub use frame::Size;
pub use ink::Theme;

use super::{reading, words};
use crate::results::{Attribution, Results};
use frame::Heading;
use marks::Marks;
use scene::Scene;

/// What a picture is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All variants.
    Study,
    /// One variant, by name.
    Variant(String),
}

/// Which chart a picture is, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Users by outcome over time.
    Outcome,
    /// Services against time.
    Heat,
    /// Times of a step over time.
    Ribbon(String),
    /// How many requests of a step took how long, over time.
    Density(String),
    /// Percentiles of a step, variant by variant.
    Spectrum(String),
    /// Paired differences.
    Forest,
    /// What each change of a variant is worth on a metric: variant, metric.
    Waterfall(String, String),
    /// Some variants side by side.
    Multiples(Vec<String>),
    /// Users of a journey, step by step.
    Funnel(String),
    /// The servers of a service, one by one, against time.
    Servers(String),
    /// Those who wait against those who try again.
    Phase,
    /// Attempts at a service for each first try, over time.
    Growth(String),
    /// What happened in which order.
    Lanes,
    /// How many wait or are left at a place over time, and how long that takes.
    Level(Place),
    /// A measured series beside the launches, by its number.
    Observed(usize),
    /// How much worse other values of fitted inputs fit.
    Profiles,
    /// What came of each value that was looked at.
    Ladder,
    /// What is enough for which load.
    Frontier,
    /// How a metric follows one or two inputs, by its number.
    Swept(usize),
    /// Measured pairs of load and throughput with the law through them.
    Scalability,
    /// Which triggers are survived at which load.
    Tip,
    /// What each cause carries of an outage.
    Causes,
    /// How far each variant is behind the best.
    Behind,
    /// What each change of a variant does on average over all combinations: variant, metric.
    Combined(String, String),
    /// Each input at the ends of its range.
    Tornado,
    /// How many launches meet each objective.
    Dots,
    /// Who calls whom.
    Topology,
}

/// A chart that a study has, before it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its file's name without ending, unique in the study.
    pub name: String,
    /// Which chart.
    pub kind: Kind,
    /// Of what.
    pub subject: Subject,
    heading: Heading,
    /// What it says, with what is marked in it: for those who do not see it.
    spoken: String,
}

impl Picture {
    /// What it shows.
    pub fn title(&self) -> &str {
        &self.heading.title
    }

    /// What it says, in a sentence.
    pub fn takeaway(&self) -> &str {
        &self.heading.takeaway
    }

    fn spoken(&self) -> paint::Spoken<'_> {
        paint::Spoken {
            id: &self.name,
            title: self.title(),
            desc: &self.spoken,
        }
    }

    /// As an SVG document that follows the reader's theme.
    pub fn svg(&self, results: &Results, size: Size) -> String {
        paint::svg(&self.scene(results, size), self.spoken())
    }

    /// As an element of a page whose style has [`page_rules`], and the panels in it across which
    /// time runs: left, top, width and height as shares of the whole, then the instants at its two
    /// ends, seconds from T+0. Title, takeaway and footer are left to the page.
    pub(crate) fn in_page(&self, results: &Results) -> (String, Vec<[f64; 6]>) {
        let bare = Picture {
            heading: Heading::default(),
            ..self.clone()
        };
        let scene = bare.scene(results, Size::Small);
        let clocks = scene.clocks.iter().map(|clock| {
            let (panel, (from, to)) = (clock.panel, clock.ends);
            let (w, h) = (scene.width, scene.height);
            [panel.x / w, panel.y / h, panel.w / w, panel.h / h, from, to]
        });
        (inline::inline(&scene, self.spoken()), clocks.collect())
    }

    /// As a PNG file.
    pub fn png(&self, results: &Results, size: Size, theme: Theme) -> Vec<u8> {
        paint::png(&self.scene(results, size), theme)
    }

    /// The variant that it is of: the baseline if of all.
    pub(crate) fn variant<'a>(&'a self, results: &'a Results) -> &'a str {
        match &self.subject {
            Subject::Variant(name) => name,
            Subject::Study => reading::baseline_name(results),
        }
    }

    /// Laid out.
    pub(crate) fn scene(&self, results: &Results, size: Size) -> Scene {
        let heading = &self.heading;
        let nobody = crate::results::Variant::default();
        let name = self.variant(results);
        let variant = results.variants.get(name).unwrap_or(&nobody);
        let marks = Marks::of(results, [(name, variant)].into_iter());
        match &self.kind {
            Kind::Outcome => outcome::draw(size, heading, (name, variant), &marks),
            Kind::Heat => heat::draw(size, heading, &results.model, (name, variant), &marks),
            Kind::Ribbon(step) => ribbon::draw(size, heading, (name, variant, step), &marks),
            Kind::Density(step) => density::draw(size, heading, (name, variant, step), &marks),
            Kind::Spectrum(step) => spectrum::draw(size, heading, results, step),
            Kind::Forest => forest::draw(size, heading, results),
            Kind::Waterfall(of, metric) => {
                let found = results.attribution.get(of).and_then(|by| by.get(metric));
                let unit = reading::measure(results, metric).unit;
                let found = labelled(results, found.cloned().unwrap_or_default());
                waterfall::draw(size, heading, &found, unit)
            }
            Kind::Multiples(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                multiples::draw(size, heading, results, &names)
            }
            Kind::Servers(of) => servers::draw(size, heading, (name, variant, of), &marks),
            Kind::Phase => phase::draw(size, heading, variant),
            Kind::Growth(place) => growth::draw(size, heading, results, (place, &marks)),
            Kind::Level(place) => level::draw(size, heading, results, (place, &marks)),
            Kind::Observed(at) => observed::draw(size, heading, (name, variant, *at), &marks),
            Kind::Profiles => profile::draw(size, heading, results),
            Kind::Ladder => ladder::draw(size, heading, results),
            Kind::Frontier => frontier::draw(size, heading, results),
            Kind::Swept(number) => swept::draw(size, heading, results, *number),
            Kind::Tip => tip::draw(size, heading, results),
            Kind::Scalability => {
                let found = results.answers.scalability.clone().unwrap_or_default();
                swept::scalability(size, heading, &found)
            }
            Kind::Causes => {
                let found = results.answers.explain.clone().unwrap_or_default();
                causes::draw(size, heading, &found)
            }
            Kind::Behind => effects::behind(size, heading, results),
            Kind::Combined(of, metric) => {
                let found = results.attribution.get(of).and_then(|by| by.get(metric));
                let found = found.and_then(|found| found.factorial.clone());
                let found = found.unwrap_or_default();
                effects::combined(size, heading, results, (metric, &found))
            }
            Kind::Tornado => tornado::draw(size, heading, results),
            Kind::Dots => dots::draw(size, heading, results),
            Kind::Topology => topology::draw(size, heading, &results.model, variant),
            Kind::Lanes => lanes::draw(size, heading, (name, variant), &marks),
            Kind::Funnel(journey) => {
                let journey = variant.journeys.get(journey);
                let journey = journey.cloned().unwrap_or_default();
                funnel::draw(size, heading, &journey, &variant.requests)
            }
        }
    }
}

/// Every chart that a study has, in the order of a report: the comparison first, then each variant.
pub fn pictures(results: &Results) -> Vec<Picture> {
    let mut all = Gallery {
        results,
        pictures: Vec::new(),
    };
    if results.answers.best.as_ref().is_some_and(effects::is_known) {
        all.hang("behind-the-best", Kind::Behind, Subject::Study);
    }
    for (variant, metric, _) in reading::factorials(results) {
        let kind = Kind::Combined(variant.to_owned(), metric.to_owned());
        all.hang(&format!("combined-{variant}"), kind, Subject::Study);
    }
    if reading::is_compared(results) {
        all.comparison();
    }
    if results
        .answers
        .calibrate
        .as_ref()
        .is_some_and(profile::is_known)
    {
        all.hang("profiles", Kind::Profiles, Subject::Study);
    }
    let sized = results.answers.size.as_ref();
    if sized.is_some_and(ladder::is_known) {
        all.hang("enough", Kind::Ladder, Subject::Study);
    }
    if sized.is_some_and(frontier::is_known) {
        all.hang("frontier", Kind::Frontier, Subject::Study);
    }
    let ranged = results.answers.uncertain.as_ref();
    let ranged = ranged.and_then(|one| one.outcome.as_ref());
    if ranged.is_some_and(tornado::is_known) {
        all.hang("inputs", Kind::Tornado, Subject::Study);
    }
    let curves = results.answers.sweep.iter().flat_map(|one| &one.curves);
    for (number, curve) in curves.enumerate().filter(|(_, one)| swept::is_known(one)) {
        let name = format!("sweep-{}", curve.metric);
        all.hang(&name, Kind::Swept(number), Subject::Study);
    }
    if results.answers.tip.as_ref().is_some_and(tip::is_known) {
        all.hang("tip", Kind::Tip, Subject::Study);
    }
    if results.answers.scalability.is_some() {
        all.hang("scalability", Kind::Scalability, Subject::Study);
    }
    if results
        .answers
        .explain
        .as_ref()
        .is_some_and(causes::is_known)
    {
        all.hang("causes", Kind::Causes, Subject::Study);
    }
    for (name, _) in reading::variants(results) {
        all.of_variant(name);
    }
    all.pictures
}

/// Style rules by which pictures within a page follow the reader's theme.
pub(crate) fn page_rules() -> String {
    ink::dark_rules() + inline::RULES
}

/// Pictures as they are collected.
struct Gallery<'a> {
    results: &'a Results,
    pictures: Vec<Picture>,
}

impl Gallery<'_> {
    fn hang(&mut self, name: &str, kind: Kind, subject: Subject) {
        let (title, takeaway) = words::caption(self.results, &kind, &subject);
        let spoken = format!("{takeaway} {}", self.marked(&kind, &subject));
        let heading = Heading {
            title,
            takeaway,
            footer: words::footer(self.results),
        };
        let mut file = file_name(name);
        while self.pictures.iter().any(|p| p.name == file) {
            file.push('-');
        }
        self.pictures.push(Picture {
            name: file,
            kind,
            subject,
            heading,
            spoken: spoken.trim_end().to_owned(),
        });
    }

    /// What a chart over time marks, in words.
    fn marked(&self, kind: &Kind, subject: &Subject) -> String {
        let is_shown = |name: &str| match (kind, subject) {
            (Kind::Multiples(names), _) => names.iter().any(|n| n == name),
            (
                Kind::Outcome
                | Kind::Heat
                | Kind::Servers(_)
                | Kind::Ribbon(_)
                | Kind::Density(_)
                | Kind::Observed(_)
                | Kind::Lanes,
                of,
            ) => *of == Subject::Variant(name.to_owned()),
            (Kind::Growth(_) | Kind::Level(_), _) => name == reading::baseline_name(self.results),
            _ => false,
        };
        let variants = reading::variants(self.results).filter(|(name, _)| is_shown(name));
        words::marked(Marks::of(self.results, variants).key())
    }

    fn comparison(&mut self) {
        let results = self.results;
        if !results.differences.is_empty() && !reading::headline(results).is_empty() {
            self.hang("differences", Kind::Forest, Subject::Study);
        }
        for (place, names) in multiples::sheets(results).into_iter().enumerate() {
            let name = match place {
                0 => "variants".to_owned(),
                _ => format!("variants-{}", place + 1),
            };
            let names = names.into_iter().map(str::to_owned).collect();
            self.hang(&name, Kind::Multiples(names), Subject::Study);
        }
        for (variant, metric, _) in reading::attributions(results) {
            let kind = Kind::Waterfall(variant.to_owned(), metric.to_owned());
            self.hang(&format!("worth-{variant}"), kind, Subject::Study);
        }
        self.growth();
        self.spectra();
        self.levels();
        self.dots();
    }

    fn dots(&mut self) {
        if topology::is_known(&self.results.model) {
            self.hang("calls", Kind::Topology, Subject::Study);
        }
        if dots::is_known(self.results) {
            self.hang("launches", Kind::Dots, Subject::Study);
        }
    }

    fn levels(&mut self) {
        for place in reading::places(self.results) {
            if level::is_known(self.results, &place) {
                let what = match place {
                    Place::Stock(_) => "left",
                    Place::Message(_) => "backlog",
                    Place::Service(_) | Place::Pool(_) | Place::Room(_) => "waiting",
                };
                let name = format!("{what}-{}", place.name());
                self.hang(&name, Kind::Level(place), Subject::Study);
            }
        }
    }

    fn growth(&mut self) {
        if let Some(place) = growth::place(self.results) {
            let name = format!("attempts-{place}");
            self.hang(&name, Kind::Growth(place), Subject::Study);
        }
    }

    fn spectra(&mut self) {
        for step in reading::focus_steps(self.results) {
            if !spectrum::curves(self.results, step).is_empty() {
                let kind = Kind::Spectrum(step.to_owned());
                self.hang(&format!("percentiles-{step}"), kind, Subject::Study);
            }
        }
    }

    fn of_variant(&mut self, name: &str) {
        let Some(variant) = self.results.variants.get(name) else {
            return;
        };
        let subject = || Subject::Variant(name.to_owned());
        if outcome::most_users(&variant.timeline) > 0.0 {
            self.hang(&format!("outcomes-{name}"), Kind::Outcome, subject());
        }
        if !heat::rows(&self.results.model, variant).is_empty() {
            self.hang(&format!("services-{name}"), Kind::Heat, subject());
        }
        for (service, _) in servers::known(variant) {
            let kind = Kind::Servers(service.to_owned());
            self.hang(&format!("servers-{service}-{name}"), kind, subject());
        }
        for step in reading::focus_steps(self.results) {
            if ribbon::is_known(&variant.timeline, step) {
                let kind = Kind::Ribbon(step.to_owned());
                self.hang(&format!("times-{step}-{name}"), kind, subject());
            }
            if density::is_known(variant, step) {
                let kind = Kind::Density(step.to_owned());
                self.hang(&format!("spread-{step}-{name}"), kind, subject());
            }
        }
        let measured = variant.observed.iter().flat_map(|one| &one.series);
        for (at, series) in measured.enumerate() {
            if observed::is_known(series) {
                let file = format!("measured-{}-{name}", series.column);
                self.hang(&file, Kind::Observed(at), subject());
            }
        }
        if lanes::is_known(variant) {
            self.hang(&format!("incident-{name}"), Kind::Lanes, subject());
        }
        if phase::is_known(variant) {
            self.hang(&format!("phase-{name}"), Kind::Phase, subject());
        }
        if !reading::is_compared(self.results) {
            self.growth();
            self.spectra();
            self.levels();
            self.dots();
        }
        for (journey, flow) in &variant.journeys {
            if funnel::is_known(flow) {
                let kind = Kind::Funnel(journey.clone());
                self.hang(&format!("journey-{journey}-{name}"), kind, subject());
            }
        }
    }
}

/// What changes are worth, each by its label.
fn labelled(results: &Results, mut found: Attribution) -> Attribution {
    let label = |name: &String| words::variant_label(results, name);
    found.order = found.order.iter().map(label).collect();
    let parts = found.parts.into_iter();
    found.parts = parts.map(|(name, part)| (label(&name), part)).collect();
    found
}

/// A name that any file system takes.
fn file_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '-'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
