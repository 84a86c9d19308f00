//! Rates beside utilisation: the CPU seconds of requests, as a model that says what comes of it.
//!
//! One idea: what matters is the next hour. Fifty services whose demands are known are measured, a
//! model is made of all but their last hour, and it is run with the rates of that hour.

use onrush::import::demands::{How, import};
use onrush::import::{Asked, Imported, Unusable};
use onrush::model::files::Files;
use onrush::model::overlay::Change;
use onrush::model::{Checked, read};
use onrush::study::{Effort, Onlooker, Plan, Silent, run};
use onrush::text::Source;

use super::{bytes, input, is_kept, is_sound};

fn of(files: &[(&str, &[u8])], how: &How) -> Result<Imported, Unusable> {
    let inputs = files.iter().map(|(name, content)| input(name, content));
    import(inputs.collect(), how, &Asked::default())
}

fn cores(cores: f64) -> How {
    How {
        cores: Some(cores),
        ..How::default()
    }
}

#[test]
fn every_sample_becomes_the_same_model() {
    let shop = bytes("demands/shop.csv");
    let found = of(&[("shop.csv", &shop)], &cores(4.0)).expect("it holds rates and CPU");
    is_sound(&found);
    is_kept("demands/shop", &found);
    let (requests, cpu) = (bytes("demands/requests.json"), bytes("demands/cpu.json"));
    let files = [("requests.json", &requests[..]), ("cpu.json", &cpu[..])];
    let found = of(&files, &How::default()).expect("they hold rates and CPU");
    is_sound(&found);
    is_kept("demands/queries", &found);
}

/// Rows of two endpoints, 10 and 40 ms, and 0.2 cores of background, with the CPU as it is written.
fn rows(head: &str, cpu: impl Fn(f64) -> String) -> String {
    let mut text = format!("{head}\n");
    for minute in 0..80 {
        let (a, b) = (
            10.0 + f64::from(minute * 7 % 31),
            4.0 + f64::from(minute * 5 % 13),
        );
        let busy = 0.2 + 0.01 * a + 0.04 * b;
        text.push_str(&format!("{},{a},{b},{}\n", minute * 60, cpu(busy)));
    }
    text
}

#[track_caller]
fn is_found(found: &Imported, said: &str) {
    is_sound(found);
    let (model, account) = (found.model(), found.account.text().replace("\n    ", " "));
    assert!(
        model.contains("cpu = \"exp(10ms)\"") && model.contains("cpu = \"exp(40ms)\""),
        "{model}"
    );
    assert!(
        account.contains("without any request 0.2 cores"),
        "{account}"
    );
    assert!(account.contains(said), "{said}: {account}");
}

/// However utilisation is written, the CPU seconds are the same, and what it was taken for is said.
#[test]
fn units_of_utilisation_are_told_by_name_or_range() {
    for (name, unit, said) in [
        (
            "cpu_ratio",
            0.25,
            "how busy processors were: column `cpu_ratio`",
        ),
        ("cpu_percent", 25.0, "column `cpu_percent`"),
        ("cpu_cores", 1.0, "column `cpu_cores`"),
        ("millicores", 1e3, "column `millicores`"),
        (
            "cpu",
            0.25,
            "column `cpu` is as a part of 1, by its largest value",
        ),
        (
            "cpu",
            25.0,
            "column `cpu` is in percent, by its largest value",
        ),
        ("cpu", 1.0, "column `cpu` is in cores, by its largest value"),
        ("cpu", 1e3, "column `cpu` is in thousandths of a core"),
    ] {
        let text = rows(&format!("time,/a,/b,{name}"), |busy| {
            format!("{:.6}", busy * unit)
        });
        let found = of(&[("x.csv", text.as_bytes())], &cores(4.0)).expect("it holds all");
        is_found(&found, said);
    }
    let how = How {
        columns: ["time", "cpu=z:percent"].map(str::to_owned).to_vec(),
        ..cores(4.0)
    };
    let text = rows("time,/a,/b,z", |busy| format!("{:.6}", busy * 25.0));
    is_found(
        &of(&[("x.csv", text.as_bytes())], &how).expect("it is named"),
        "column `z`",
    );
    // A number of cores in the file, and none at all.
    let text = rows("time,/a,/b,cpu_percent,cores", |busy| {
        format!("{:.6},4", busy * 25.0)
    });
    let found = of(&[("x.csv", text.as_bytes())], &How::default()).expect("it holds all");
    is_found(&found, "how many cores there are: column `cores`");
    let text = rows("time,/a,/b,cpu_cores", |busy| format!("{busy:.6}"));
    let found = of(&[("x.csv", text.as_bytes())], &How::default()).expect("it holds all");
    is_found(&found, "how many cores `site` has is not said: 2 cores");
}

/// Endpoints in rows, rates and CPU in two files, counts of a minute, and a column with all of
/// them.
#[test]
fn tables_may_have_any_form() {
    let (mut long, mut cpu) = (
        "time,endpoint,rps\n".to_owned(),
        "time,cpu_percent\n".to_owned(),
    );
    let mut counts = "time,/a rpm,/b rpm,total,cpu_percent\n".to_owned();
    for line in rows("", |busy| format!("{:.6}", busy * 25.0))
        .lines()
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        let [at, a, b, busy] = cells[..] else {
            panic!("{line}")
        };
        long.push_str(&format!("{at},/a,{a}\n{at},/b,{b}\n"));
        // Another clock, and twice as often.
        let second = at.parse::<u32>().expect("seconds");
        cpu.push_str(&format!("{},{busy}\n{},{busy}\n", second + 7, second + 37));
        let minute = |rate: &str| rate.parse::<f64>().expect("a rate") * 60.0;
        let (a, b) = (minute(a), minute(b));
        counts.push_str(&format!("{at},{a},{b},{},{busy}\n", a + b));
    }
    let files = [("rates.csv", long.as_bytes()), ("cpu.csv", cpu.as_bytes())];
    let found = of(&files, &cores(4.0)).expect("they hold all");
    is_found(&found, "by endpoint in column `endpoint`");
    let found = of(&[("x.csv", counts.as_bytes())], &cores(4.0)).expect("it holds all");
    is_found(&found, "column `total`");
}

/// Rates that stand beside how many are at work tell of contention, or that there is none.
#[test]
fn throughput_beside_concurrency_is_looked_at() {
    for (coherency, said) in [(0.002, "contention 5."), (0.0, "no evidence of contention")] {
        let contention = if coherency > 0.0 { 0.05 } else { 0.0 };
        let mut text = "time,/a,in_flight,cpu_cores\n".to_owned();
        for minute in 0..120 {
            let at_work = 1.0 + f64::from(minute * 11 % 40);
            let others = at_work - 1.0;
            let slower = 1.0 + contention * others + coherency * at_work * others;
            // One in a thousand is noise.
            let noise = 1.0 + 0.001 * (f64::from(minute * 37 % 21) - 10.0) / 6.0;
            let rate = 20.0 * at_work / slower * noise;
            text.push_str(&format!(
                "{},{rate},{at_work},{}\n",
                minute * 60,
                0.1 + rate * 0.01
            ));
        }
        let found = of(&[("x.csv", text.as_bytes())], &How::default()).expect("it holds all");
        is_sound(&found);
        let account = found.account.text().replace("\n    ", " ");
        assert!(account.contains(said), "{account}");
    }
}

#[test]
fn what_says_too_little_is_refused_with_what_to_do() {
    let short: String = rows("time,/a,/b,cpu", |busy| busy.to_string())
        .lines()
        .take(12)
        .map(|line| format!("{line}\n"))
        .collect();
    for (text, why) in [
        ("", "it is empty"),
        ("time,/a\n0,1\n60,2\n", "does not say how busy"),
        ("time,cpu\n0,1\n60,2\n", "no rates of requests"),
        (short.as_str(), "too few minutes"),
        (
            "{\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
            "it is a `vector`",
        ),
    ] {
        let refused = of(&[("x", text.as_bytes())], &How::default()).expect_err(why);
        assert!(refused.why.contains(why), "{}", refused.why);
    }
    let how = How {
        columns: vec!["time".to_owned(), "cpu=z:parsecs".to_owned()],
        ..How::default()
    };
    let text = rows("time,/a,/b,z", |busy| busy.to_string());
    let refused = of(&[("x.csv", text.as_bytes())], &how).expect_err("it is no unit");
    assert!(
        refused.why.contains("`parsecs` is no unit"),
        "{}",
        refused.why
    );
}

/// Numbers from 0 to 1, the same on every machine (SplitMix64).
struct Luck(u64);

impl Luck {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (high - low) * ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Near enough to a normal distribution: twelve uniform numbers.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f64>() - 6.0
    }
}

/// A service of eight cores: the file of all but its last hour, and that hour.
struct Measured {
    file: String,
    /// By minute, the rates of the last hour.
    last: Vec<Vec<f64>>,
    /// The part of the cores that was busy in it.
    busy: f64,
}

fn measured(number: u64) -> Measured {
    let mut luck = Luck(number.wrapping_mul(104_729) + 3);
    let endpoints = 3 + (number % 6) as usize;
    let minutes = 60 + [200, 400, 800, 1_400, 2_000][(number % 5) as usize];
    let seconds: Vec<f64> = (0..endpoints)
        .map(|_| 0.03 * 10_f64.powf(luck.between(0.0, 1.0)))
        .collect();
    let share: Vec<f64> = (0..endpoints).map(|_| luck.between(0.3, 1.0)).collect();
    let background = [0.0, 0.2, 0.8][(number % 3) as usize];
    let (name, unit) = [
        ("cpu_ratio", 0.125),
        ("cpu_percent", 12.5),
        ("cpu_cores", 1.0),
    ][(number / 3 % 3) as usize];
    let names: Vec<String> = (0..endpoints).map(|at| format!("/e{at}")).collect();
    let mut file = format!("time,{},{name}\n", names.join(","));
    let (mut last, mut last_busy) = (Vec::new(), 0.0);
    for minute in 0..minutes {
        let day = 1.0 + 0.4 * (std::f64::consts::TAU * minute as f64 / 1_440.0).sin();
        let rates: Vec<f64> = (0..endpoints)
            .map(|at| {
                let alone = (1.0 + 0.2 * luck.normal()).max(0.05);
                4.0 * share[at] * day * alone / seconds[at] / endpoints as f64
            })
            .collect();
        let work: f64 = rates
            .iter()
            .zip(&seconds)
            .map(|(rate, secs)| rate * secs)
            .sum();
        let busy = (background + work) * (1.0 + 0.01 * luck.normal());
        if minute >= minutes - 60 {
            last.push(rates);
            last_busy += busy / 8.0 / 60.0;
            continue;
        }
        // A nightly job, and minutes that were not measured.
        let job = if number % 4 == 1 && minute % 90 < 4 {
            1.5
        } else {
            0.0
        };
        let cells: Vec<String> = rates.iter().map(|rate| format!("{rate:.4}")).collect();
        let cpu = match number % 5 == 2 && luck.between(0.0, 1.0) < 0.05 {
            true => "NaN".to_owned(),
            false => format!("{:.6}", (busy + job) * unit),
        };
        file.push_str(&format!("{},{},{cpu}\n", minute * 60, cells.join(",")));
    }
    Measured {
        file,
        last,
        busy: last_busy,
    }
}

/// The part of the cores that is busy in the model, with the rates of the last hour. Its minutes
/// are ten seconds here, so that the hour is run in a moment: chance adds half a point.
fn predicted(found: &Imported, last: &[Vec<f64>], seed: u64) -> f64 {
    let text = found.model();
    let text = text
        .split("[[observed.figure]]")
        .next()
        .expect("there is a beginning");
    let text = format!("{text}[[observed.figure]]\nthat = \"mean(site.busy)\"\nis = \"50%\"\n");
    let (model, said) = read(Source::new("model.toml", &text), Files::new());
    assert!(Checked::new(model.clone()).is_some(), "{said:#?}");
    let mut changes = vec![Change::new("model.run_for", "10m")];
    for at in 0..last[0].len() {
        let stages = last
            .iter()
            .map(|row| format!("{{ rate = \"{}/s\", for = \"10s\" }}", row[at]));
        let stages: Vec<String> = stages.collect();
        let path = format!("arrivals.e{at}.stages");
        changes.push(Change::new(&path, &format!("[{}]", stages.join(", "))));
    }
    let (model, said) = model.with(&changes);
    let model = Checked::new(model).unwrap_or_else(|| panic!("{said:#?}"));
    let plan = Plan {
        seed,
        effort: Effort::Replications(1),
        ..Plan::of(&model)
    };
    let alone = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let results = run(&model, None, &plan, alone).expect("it is small");
    let observed = results.variants["baseline"].observed.as_ref();
    let figure = &observed.expect("a figure is asked for").figures[0];
    figure.mean.expect("it has a value")
}

#[test]
fn a_held_out_hour_is_predicted_within_three_points() {
    let mut within = 0;
    let mut furthest = 0.0_f64;
    for number in 0..50 {
        let measured = measured(number);
        let file = [("service.csv", measured.file.as_bytes())];
        let found = of(&file, &cores(8.0)).expect("it holds all");
        let off = predicted(&found, &measured.last, number + 1) - measured.busy;
        within += usize::from(off.abs() <= 0.03);
        furthest = furthest.max(off.abs());
    }
    println!(
        "{within} of 50 within 3 points, the furthest {:.2} off",
        furthest * 100.0
    );
    assert!(within >= 45, "{within} of 50");
}
