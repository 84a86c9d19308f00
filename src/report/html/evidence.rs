//! The evidence, by question: what the command asked, who got in, where it broke, how long it took,
//! what each change is worth, how sure this is, what is assumed.
//!
//! One idea: each question has its sentences, its charts of the baseline, those of the variants
//! behind their names, and its tables behind those.

use maud::{Markup, html};

use super::room::Hung;
use super::set::{behind, open_table};
use crate::report::chart::{Kind, Subject};
use crate::report::reading::{self, Place};
use crate::report::table::{self, Table};
use crate::report::words::{self, Question};
use crate::results::{ObjectiveVerdict, Results, StandingVerdict, Variant};

/// All questions with their answers.
pub(super) fn questions(results: &Results, hung: &Hung<'_>) -> Markup {
    let of = Evidence { results, hung };
    html! {
        @for one in words::questions(results) { (section(one, &of.answer(one))) }
    }
}

fn section(of: Question, body: &Markup) -> Markup {
    let id = of.id();
    html! {
        section.question id=(id) aria-labelledby=(format!("{id}-title")) {
            h2 id=(format!("{id}-title")) {
                (of.words())
                a.here href=(format!("#{id}")) aria-label=(words::LINK_HERE) { "#" }
            }
            (body)
        }
    }
}

/// The question that a picture answers; `None` for what the first screen shows by itself.
fn question_of(results: &Results, kind: &Kind) -> Option<Question> {
    Some(match kind {
        Kind::Multiples(_) => return None,
        Kind::Outcome | Kind::Funnel(_) | Kind::Level(Place::Stock(_)) => Question::Who,
        Kind::Heat | Kind::Servers(_) | Kind::Lanes | Kind::Growth(_) | Kind::Phase => {
            Question::Where
        }
        Kind::Causes | Kind::Topology => Question::Where,
        Kind::Level(Place::Service(_) | Place::Pool(_) | Place::Room(_) | Place::Message(_)) => {
            Question::Where
        }
        Kind::Ribbon(_) | Kind::Density(_) | Kind::Spectrum(_) => Question::HowLong,
        Kind::Forest | Kind::Waterfall(..) | Kind::Combined(..) => Question::Worth,
        Kind::Behind => Question::Best,
        Kind::Ladder | Kind::Frontier => Question::Enough,
        Kind::Swept(_) | Kind::Scalability => Question::Knee,
        Kind::Tip => Question::Tips,
        Kind::Tornado if words::questions(results).contains(&Question::Guesses) => {
            Question::Guesses
        }
        Kind::Tornado => Question::Sure,
        Kind::Dots | Kind::Observed(_) => Question::Sure,
        Kind::Profiles => Question::Assumed,
    })
}

/// Rows of a table that is read in passing.
const FEW: usize = 8;

struct Evidence<'a> {
    results: &'a Results,
    hung: &'a Hung<'a>,
}

impl Evidence<'_> {
    fn answer(&self, of: Question) -> Markup {
        match of {
            Question::Enough => self.enough(),
            Question::Knee => self.knee(),
            Question::Tips => self.tips(),
            Question::Guesses => self.guesses(),
            Question::Best => self.best(),
            Question::Versions => self.versions(),
            Question::Who => self.who(),
            Question::Where => self.places(),
            Question::HowLong => self.times(),
            Question::Worth => self.worth(),
            Question::Sure => self.sure(),
            Question::Assumed => self.assumed(),
        }
    }

    /// What a command found, its charts and its tables.
    fn asked(&self, of: Question, (told, tables): (Vec<String>, &[Table])) -> Markup {
        html! {
            @for line in told { p { (line) } }
            (self.charts((of, ""), &|_, _| Vec::new()))
            @for table in tables { (open_table(table)) }
        }
    }

    fn enough(&self) -> Markup {
        let results = self.results;
        let tables = [table::sized(results), table::frontier(results)];
        self.asked(Question::Enough, (words::sizing(results), &tables))
    }

    fn knee(&self) -> Markup {
        let results = self.results;
        let tables = [table::swept(results)];
        self.asked(Question::Knee, (words::sweeping(results), &tables))
    }

    fn tips(&self) -> Markup {
        let results = self.results;
        let tables = [table::tipped(results)];
        self.asked(Question::Tips, (words::tipping(results), &tables))
    }

    fn best(&self) -> Markup {
        let results = self.results;
        let told = words::best(results)
            .into_iter()
            .chain(words::best_by(results));
        self.asked(Question::Best, (told.collect(), &[table::best(results)]))
    }

    fn versions(&self) -> Markup {
        let results = self.results;
        let tables = [table::changes(results)];
        self.asked(Question::Versions, (words::versions(results), &tables))
    }

    fn guesses(&self) -> Markup {
        html! {
            (self.drawn())
            (self.charts((Question::Guesses, ""), &|_, _| Vec::new()))
        }
    }

    /// What inputs that are drawn from their ranges do.
    fn drawn(&self) -> Markup {
        let results = self.results;
        html! {
            @if let Some(text) = words::uncertain(results) {
                p { (text) }
                (open_table(&table::conclusions(results)))
            }
            @for line in words::ranging(results) { p { (line) } }
            (open_table(&table::worth_knowing(results)))
            (open_table(&table::regrets(results)))
        }
    }

    fn who(&self) -> Markup {
        let results = self.results;
        html! {
            ul.verdicts { (verdicts(results)) }
            (self.charts((Question::Who, "users"), &|_, _| Vec::new()))
            (behind(&[
                table::outcomes(results),
                table::marks(results),
                table::stock(results),
            ]))
        }
    }

    fn places(&self) -> Markup {
        let results = self.results;
        html! {
            @for paragraph in words::causes(results) { p { (paragraph) } }
            (open_table(&table::chain(results)))
            @for paragraph in words::why(results) { p { (paragraph) } }
            @for (head, sentences) in words::chains(results) {
                h3 { (words::CHAINS) }
                p { (head) }
                ol.chain { @for text in sentences { li { (text) } } }
            }
            (self.charts((Question::Where, "places"), &|name, variant| vec![
                table::stations(results, name, variant),
                table::rooms(results, name, variant),
                table::events(results, name, variant),
            ]))
            (behind(&[
                table::causes(results),
                table::cleared(results),
                table::recoveries(results),
                table::overload(results),
                table::mechanisms(results),
            ]))
        }
    }

    fn times(&self) -> Markup {
        html! {
            (self.charts((Question::HowLong, "times"), &|name, variant| vec![
                table::requests(self.results, name, variant),
            ]))
            (behind(&[table::messages(self.results)]))
        }
    }

    fn worth(&self) -> Markup {
        let results = self.results;
        let worths = reading::attributions(results).into_iter();
        let worths = worths.map(|(name, metric, _)| table::worth(results, name, metric));
        let mut tables = vec![
            table::preventions(results),
            table::changes(results),
            table::comparison(results),
        ];
        tables.extend(worths);
        tables.extend(table::factorials(results));
        html! {
            @if !reading::is_compared(results) { p { (words::ONE_ALONE) } }
            @for paragraph in words::worths(results) { p { (paragraph) } }
            @for paragraph in words::preventions(results) { p { (paragraph) } }
            div #pinned hidden {}
            (self.charts((Question::Worth, ""), &|_, _| Vec::new()))
            @if reading::is_compared(results) { (behind(&tables)) }
        }
    }

    fn sure(&self) -> Markup {
        let results = self.results;
        let objectives = table::objectives(results);
        html! {
            @for line in words::spread_of_launches(results) { p { (line) } }
            @if !words::questions(results).contains(&Question::Guesses) { (self.drawn()) }
            @for line in words::observed(results, reading::baseline_name(results)) { p { (line) } }
            (self.charts((Question::Sure, ""), &|_, variant| vec![
                table::measured(variant),
                table::figures(variant),
            ]))
            @if objectives.rows.len() <= FEW { (open_table(&objectives)) }
            @else { (behind(&[objectives])) }
            div #launches hidden {}
            h3 { (words::HOW_FOUND) }
            @for line in words::method(results) { p { (line) } }
            @if !results.notes.is_empty() {
                h3 { (words::NOTES) }
                ul { @for note in &results.notes { li { (words::note(note)) } } }
            }
        }
    }

    fn assumed(&self) -> Markup {
        let results = self.results;
        html! {
            @for line in words::calibrated(results) { p { (line) } }
            (self.charts((Question::Assumed, ""), &|_, _| Vec::new()))
            (open_table(&table::fitted(results)))
            (behind(&[table::correlations(results), table::fitted_parts(results)]))
            p { (words::how_known(results)) }
            (open_table(&table::params(results)))
            (open_table(&table::sources(results)))
            (open_table(&table::faults(results)))
            (behind(&[table::drawn_params(results)]))
        }
    }

    /// The charts of a question: those of the study and of the baseline, room for one that can be
    /// asked, then those of each variant behind its name, each with its tables.
    fn charts(
        &self,
        of: (Question, &str),
        tables: &dyn Fn(&str, &Variant) -> Vec<Table>,
    ) -> Markup {
        let results = self.results;
        let (at, looked_at) = of;
        let asked = || {
            let all = self.hung.figures.iter();
            all.filter(move |figure| question_of(results, &figure.picture.kind) == Some(at))
        };
        let base = reading::baseline_name(results);
        let subject = |name: &str| Subject::Variant(name.to_owned());
        html! {
            @for figure in asked().filter(|figure| {
                let of = &figure.picture.subject;
                *of == Subject::Study || *of == subject(base)
            }) { @if let Some(set) = &figure.set { (set) } }
            @if !looked_at.is_empty() { (look(looked_at)) }
            @if let Some(variant) = reading::baseline(results) { (behind(&tables(base, variant))) }
            @for (name, variant) in reading::others(results) {
                @let own: Vec<_> = asked()
                    .filter(|figure| figure.picture.subject == subject(name))
                    .collect();
                @let spared: Vec<String> = own.iter()
                    .filter(|figure| figure.set.is_none())
                    .map(|figure| figure.picture.name.clone())
                    .collect();
                @let tables = tables(name, variant);
                @if !own.is_empty() || tables.iter().any(|table| !table.is_empty()) {
                    details.variant data-variant=(name) {
                        summary {
                            (words::the_same_with(&words::variant_label(results, name)))
                        }
                        @if at == Question::Where {
                            @if let Some(text) = words::health(results, variant) { p { (text) } }
                        }
                        @for set in own.iter().filter_map(|figure| figure.set.as_ref()) { (set) }
                        @if !spared.is_empty() { p.hint { (words::spared(&spared)) } }
                        (behind(&tables))
                    }
                }
            }
        }
    }
}

/// Room for a chart that can be asked; the script fills it, and without it nothing is missing.
fn look(of: &str) -> Markup {
    html! { div.look data-of=(of) hidden {} }
}

/// One sentence for each variant, or for the run.
fn verdicts(results: &Results) -> Markup {
    if !reading::is_compared(results) {
        let class = reading::baseline(results).map_or("", class_of_run);
        return html! { li class=(class) { (words::answer(results)) } };
    }
    html! {
        li { (words::baseline_sentence(results)) }
        @for (name, variant) in reading::others(results) {
            @let verdict = variant.standing.as_ref().map(|standing| standing.verdict);
            li class=(verdict.map_or("", class_of)) {
                @if let Some(verdict) = verdict {
                    @let (symbol, word) = words::standing(verdict);
                    span.badge {
                        span aria-hidden="true" { (symbol) " " }
                        (word)
                    }
                }
                (words::verdict_sentence(results, name))
            }
        }
    }
}

fn class_of(verdict: StandingVerdict) -> &'static str {
    match verdict {
        StandingVerdict::Better => "good",
        StandingVerdict::Worse => "bad",
        StandingVerdict::Same => "",
        StandingVerdict::Mixed | StandingVerdict::Unclear => "doubt",
    }
}

fn class_of_run(variant: &Variant) -> &'static str {
    if words::count_of(variant, ObjectiveVerdict::Failed) > 0 {
        "bad"
    } else if words::count_of(variant, ObjectiveVerdict::Unclear) > 0 {
        "doubt"
    } else if variant.objectives.is_empty() {
        ""
    } else {
        "good"
    }
}
