//! The text of a model, or of a part of it.
//!
//! One idea: the text is for a reader who has never seen it, so tables stand in the order of the
//! reference, lists break where a line is full, and remarks stand above what they are about.
//! Whatever came from outside is quoted, and shows all that it holds.

use super::number;
use super::skeleton::{
    Endpoint, Happening, Journey, Objective, Observed, Param, Ramp, Retry, Service, Shape,
    Skeleton, Source, Spacing, Step, Variant,
};
use super::stages::stages;
use crate::base::time::Span;
use crate::base::visible::{one_line, visible};

/// Columns of a list that stays in one line.
const WIDE: usize = 96;
/// Columns of a remark.
const REMARK: usize = 78;

/// Where the counts of arrivals stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    /// In the model, as stages.
    Inside,
    /// In files beside it.
    Beside,
}

/// A model as text.
pub(super) fn model(found: &Skeleton, counts: Counts) -> String {
    let mut out = String::new();
    remarks(&mut out, &found.head);
    out.push_str("\n[model]\n");
    let mut line = |key: &str, value: &str| out.push_str(&format!("{key:<8} = {value}\n"));
    line("title", &quoted(&found.title));
    if let Some(question) = &found.question {
        line("question", &quoted(question));
    }
    if let Some(starts) = &found.starts {
        line("starts", starts);
    }
    line("run_for", &quoted(&number::whole(found.run_for_s)));
    params(&mut out, &found.params);
    for source in &found.sources {
        arrivals(&mut out, source, counts);
    }
    for journey in &found.journeys {
        self::journey(&mut out, journey);
    }
    for service in &found.services {
        self::service(&mut out, service);
    }
    retries(&mut out, &found.retries);
    faults(&mut out, &found.faults);
    objectives(&mut out, &found.objectives);
    variants(&mut out, &found.variants);
    if let Some(held) = &found.held {
        observed(&mut out, held, counts);
    }
    out
}

/// The sources alone.
pub(super) fn sources(found: &Skeleton) -> String {
    let mut out = String::new();
    for source in &found.sources {
        arrivals(&mut out, source, Counts::Inside);
    }
    out.trim_start().to_owned()
}

/// The services alone, with the parameters that they use.
pub(super) fn services(found: &Skeleton) -> String {
    let mut out = String::new();
    params(&mut out, &found.params);
    for service in &found.services {
        self::service(&mut out, service);
    }
    out.trim_start().to_owned()
}

/// What must hold alone.
pub(super) fn only_objectives(found: &Skeleton) -> String {
    let mut out = String::new();
    objectives(&mut out, &found.objectives);
    out.trim_start().to_owned()
}

/// What goes wrong alone.
pub(super) fn only_faults(found: &Skeleton) -> String {
    let mut out = String::new();
    faults(&mut out, &found.faults);
    out.trim_start().to_owned()
}

/// The name of the file with the counts of a source.
pub(super) fn file_of(source: &Source) -> String {
    format!("arrivals-{}.csv", source.name)
}

/// The counts of a source as a data file; none where it has no counts.
pub(super) fn counts(source: &Source) -> Option<String> {
    let Shape::Counts { width_s, counts } = &source.shape else {
        return None;
    };
    let mut out = "seconds,users\n".to_owned();
    for (n, users) in counts.iter().enumerate() {
        let users = number::digits(*users);
        out.push_str(&format!("{},{users}\n", n as i64 * width_s));
    }
    // A reader needs two rows.
    if counts.len() == 1 {
        out.push_str(&format!("{width_s},0\n"));
    }
    Some(out)
}

fn remarks(out: &mut String, remarks: &[String]) {
    for remark in remarks {
        let mut line = "#".to_owned();
        for word in one_line(remark).split(' ') {
            if line.chars().count() + 1 + word.chars().count() > REMARK && line.len() > 1 {
                out.push_str(&line);
                out.push('\n');
                line = "#  ".to_owned();
            }
            line.push(' ');
            line.push_str(&visible(word));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn params(out: &mut String, params: &[Param]) {
    for param in params {
        out.push_str(&format!(
            "\n[param.{}]\nvalue = {}\n",
            param.name, param.value
        ));
        if let Some([low, high]) = &param.range {
            out.push_str(&format!("range = [{low}, {high}]\n"));
        }
        let label = quoted(&param.label);
        out.push_str(&format!("label = {label}\nknown = \"assumed\"\n"));
    }
}

fn arrivals(out: &mut String, source: &Source, place: Counts) {
    out.push('\n');
    remarks(out, &source.remarks);
    let journey = quoted(&source.journey);
    out.push_str(&format!(
        "[arrivals.{}]\njourney = {journey}\n",
        source.name
    ));
    out.push_str(&match (&source.shape, place) {
        (Shape::Population(users), _) => format!("population = {users}\n"),
        (Shape::Ramps(ramps, spacing), _) => {
            let ramps: Vec<String> = ramps.iter().map(|ramp| self::ramp(*ramp)).collect();
            let spacing = match spacing {
                Spacing::Poisson => "",
                Spacing::Even => "spacing = \"even\"\n",
            };
            format!("stages = {}\n{spacing}", list(&ramps, 0))
        }
        (Shape::Counts { width_s, .. }, Counts::Beside) => {
            let (path, per) = (file_of(source), number::whole(*width_s));
            format!(
                "file = {{ path = \"{path}\", time = \"seconds\", value = \"users\", \
                 is = \"count\", per = \"{per}\" }}\n"
            )
        }
        (Shape::Counts { width_s, counts }, Counts::Inside) => {
            let found = stages(counts).into_iter().map(|found| {
                let secs = (found.bins as i64 * width_s) as f64;
                ramp(Ramp::Rate(found.users / secs, secs))
            });
            let found: Vec<String> = found.collect();
            format!("stages = {}\n", list(&found, 0))
        }
    });
}

/// A stage.
fn ramp(ramp: Ramp) -> String {
    let length = |secs: f64| Span::from_secs_f64(secs).written();
    match ramp {
        Ramp::Rate(rate, secs) => {
            let rate = number::rate(rate);
            format!("{{ rate = \"{rate}\", for = \"{}\" }}", length(secs))
        }
        Ramp::Named(name, secs) => {
            format!("{{ rate = \"{name}\", for = \"{}\" }}", length(secs))
        }
        Ramp::To(rate, secs) => {
            let rate = number::rate(rate);
            format!("{{ to = \"{rate}\", for = \"{}\" }}", length(secs))
        }
    }
}

fn journey(out: &mut String, journey: &Journey) {
    out.push('\n');
    remarks(out, &journey.remarks);
    let steps = list(
        &journey
            .steps
            .iter()
            .map(|step| self::step(step, 1))
            .collect::<Vec<_>>(),
        0,
    );
    out.push_str(&format!("[journey.{}]\nsteps = {steps}\n", journey.name));
}

fn service(out: &mut String, service: &Service) {
    out.push('\n');
    remarks(out, &service.remarks);
    out.push_str(&format!("[service.{}]\n", service.name));
    for (key, value) in &service.keys {
        out.push_str(&format!("{key} = {value}\n"));
    }
    out.push_str(&format!("\n[service.{}.endpoint]\n", service.name));
    for endpoint in &service.endpoints {
        self::endpoint(out, endpoint);
    }
}

fn endpoint(out: &mut String, endpoint: &Endpoint) {
    remarks(out, &endpoint.remarks);
    let steps: Vec<String> = endpoint
        .steps
        .iter()
        .map(|step| self::step(step, 1))
        .collect();
    out.push_str(&format!("{} = {}\n", endpoint.name, list(&steps, 0)));
}

fn retries(out: &mut String, retries: &[Retry]) {
    for retry in retries {
        out.push('\n');
        remarks(out, std::slice::from_ref(&retry.remark));
        let (name, attempts) = (retry.name, retry.attempts);
        out.push_str(&format!("[retry.{name}]\nattempts = {attempts}\n"));
    }
}

fn faults(out: &mut String, faults: &[Happening]) {
    for fault in faults {
        out.push('\n');
        remarks(out, &fault.remarks);
        out.push_str(&format!("[fault.{}]\n", fault.name));
        for (key, value) in &fault.keys {
            out.push_str(&format!("{key} = {value}\n"));
        }
    }
}

fn objectives(out: &mut String, objectives: &[Objective]) {
    for objective in objectives {
        out.push_str("\n[[objective]]\n");
        if !objective.remark.is_empty() {
            remarks(out, std::slice::from_ref(&objective.remark));
        }
        out.push_str(&format!("that = {}\n", quoted(&objective.that)));
    }
}

fn variants(out: &mut String, variants: &[Variant]) {
    for variant in variants {
        let set: Vec<String> = variant
            .set
            .iter()
            .map(|(path, value)| format!("{} = {value}", quoted(path)))
            .collect();
        let label = quoted(&variant.label);
        out.push_str(&format!(
            "\n[variant.{}]\nlabel = {label}\nset = {{ {} }}\n",
            variant.name,
            set.join(", ")
        ));
    }
}

fn observed(out: &mut String, held: &Observed, place: Counts) {
    match place {
        Counts::Beside => {
            let columns: Vec<String> = held
                .columns
                .iter()
                .map(|(column, metric)| format!("{column} = {}", quoted(metric)))
                .collect();
            let (columns, give) = (columns.join(", "), quoted(&held.give));
            out.push_str(&format!(
                "\n[observed]\nfile = \"observed.csv\"\ntime = \"time\"\nmatch = {{ {columns} }}\n\
                 give = {give}\n"
            ));
        }
        Counts::Inside => {
            for figure in &held.figures {
                let [that, is, give] = [&figure.that, &figure.is, &figure.give].map(|t| quoted(t));
                out.push_str(&format!(
                    "\n[[observed.figure]]\nthat = {that}\nis   = {is}\ngive = {give}\n"
                ));
            }
        }
    }
}

/// A step as it stands at a depth of lists.
fn step(step: &Step, depth: usize) -> String {
    match step {
        Step::Call(target) => format!("{{ call = {}, or = \"continue\" }}", quoted(target)),
        Step::Ask(target, None) => format!("{{ call = {} }}", quoted(target)),
        Step::Ask(target, Some(retry)) => {
            format!("{{ call = {}, retry = \"{retry}\" }}", quoted(target))
        }
        Step::CallWithin(target, limit) => {
            let target = quoted(target);
            format!("{{ call = {target}, timeout = \"{limit}\", or = \"continue\" }}")
        }
        Step::AskWithin(target, limit) => {
            format!("{{ call = {}, timeout = \"{limit}\" }}", quoted(target))
        }
        Step::Send(target) => format!("{{ send = {} }}", quoted(target)),
        Step::Parallel(branches) => {
            let branches = branches.iter().map(|steps| inner(steps, depth + 1));
            let branches: Vec<String> = branches.collect();
            format!("{{ parallel = {} }}", list(&branches, depth))
        }
        Step::Think(law) => format!("{{ think = {} }}", quoted(law)),
        Step::Cpu(law) => format!("{{ cpu = {} }}", quoted(law)),
        Step::Wait(law) => format!("{{ wait = {} }}", quoted(law)),
        Step::Fail(how) => format!("{{ fail = \"{how}\" }}"),
        Step::Repeat(times, steps) => {
            format!(
                "{{ repeat = {}, steps = {} }}",
                quoted(times),
                inner(steps, depth)
            )
        }
        Step::Choose(branches) => {
            let last = branches.len().saturating_sub(1);
            let branches = branches.iter().enumerate().map(|(n, (share, steps))| {
                let share = match n == last {
                    true => "rest".to_owned(),
                    false => number::share(*share),
                };
                format!(
                    "{{ share = \"{share}\", steps = {} }}",
                    inner(steps, depth + 1)
                )
            });
            let branches: Vec<String> = branches.collect();
            format!("{{ choose = {} }}", list(&branches, depth))
        }
    }
}

fn inner(steps: &[Step], depth: usize) -> String {
    let steps: Vec<String> = steps
        .iter()
        .map(|step| self::step(step, depth + 1))
        .collect();
    list(&steps, depth)
}

/// A list in one line, or with a line for each item.
fn list(items: &[String], depth: usize) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let one = format!("[ {} ]", items.join(", "));
    let indent = "  ".repeat(depth);
    if !one.contains('\n') && indent.len() + one.len() <= WIDE - 16 {
        return one;
    }
    let lines: Vec<String> = items
        .iter()
        .map(|item| format!("{indent}  {item},\n"))
        .collect();
    format!("[\n{}{indent}]", lines.concat())
}

/// A text in quotes, in one line, that shows all that it holds.
pub(super) fn quoted(text: &str) -> String {
    let text = visible(&one_line(text))
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_comes_from_outside_is_one_quoted_line() {
        assert_eq!(
            quoted("a \"b\"\n[model]\\ \u{202e}\u{1b}"),
            r#""a \"b\" [model]\\ \\u{202e}␛""#
        );
        let mut out = String::new();
        remarks(&mut out, &["a\n[model]".to_owned(), "x ".repeat(60)]);
        assert!(out.lines().all(|line| line.starts_with("# ")), "{out}");
    }

    #[test]
    fn lists_break_where_a_line_is_full() {
        let call = Step::Call("site.get-root".to_owned());
        let short = Step::Repeat("geometric(mean=3)".to_owned(), vec![call.clone()]);
        let one = "{ repeat = \"geometric(mean=3)\", steps = [ { call = \"site.get-root\", or = \
                   \"continue\" } ] }";
        assert_eq!(step(&short, 1), one);
        let choose = Step::Choose(vec![(0.25, vec![call.clone()]), (0.75, vec![call, short])]);
        let text = format!(
            "[journey.visit]\nsteps = {}\n",
            list(&[step(&choose, 1)], 0)
        );
        assert!(
            text.contains("\n    { share = \"25%\", steps = [ "),
            "{text}"
        );
        assert!(text.lines().all(|line| line.len() <= 140), "{text}");
        text.parse::<toml::Table>().expect("it is TOML");
    }
}
