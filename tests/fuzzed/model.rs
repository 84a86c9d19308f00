//! A valid model made of bytes: each byte or two is one choice, so that a fuzzer can turn one after
//! the other. Where the bytes end, every choice is the plainest.

use std::fmt::Write;
use std::ops::RangeInclusive;

use arbitrary::Unstructured;

/// How deep services are stacked; each calls only deeper ones, so calls end.
const LAYERS: u32 = 3;

/// The text of the model, and the seed of its luck.
pub(crate) fn made_of(bytes: &[u8]) -> (String, u64) {
    let mut maker = Maker {
        bytes: Unstructured::new(bytes),
    };
    let seed = maker.number(0..=255);
    (maker.model(), u64::from(seed))
}

struct Maker<'b> {
    bytes: Unstructured<'b>,
}

/// Where a list of steps stands: below so many layers, with room for so many lists within.
#[derive(Clone, Copy)]
struct Around {
    layer: u32,
    depth: u32,
}

impl Maker<'_> {
    fn number(&mut self, range: RangeInclusive<u32>) -> u32 {
        let least = *range.start();
        self.bytes.int_in_range(range).unwrap_or(least)
    }

    fn one_of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        let at = self.number(0..=words.len() as u32 - 1);
        words[at as usize]
    }

    /// True once in so many times; never where the bytes have ended.
    fn once_in(&mut self, times: u32) -> bool {
        self.number(0..=times - 1) == times - 1
    }

    /// Tens of milliseconds meet the ends of other work now and then: ties.
    fn span(&mut self, most: u32) -> String {
        format!("{}ms", 10 * self.number(1..=most / 10))
    }

    fn time(&mut self, most: u32) -> String {
        let ms = self.number(1..=most);
        match self.number(0..=6) {
            0 => format!("{ms}ms"),
            1 => format!("exp({ms}ms)"),
            2 => format!("uniform({ms}ms, {}ms)", 3 * ms),
            3 => format!("lognormal(mean={ms}ms, cv=1.5)"),
            4 => format!("mix(90%: {ms}ms, 10%: exp({}ms))", 5 * ms),
            5 => format!("exp({ms}ms, max={}ms)", 4 * ms),
            _ => "0s".to_owned(),
        }
    }

    fn model(&mut self) -> String {
        let drain = self.once_in(2);
        let mut text =
            format!("[model]\ntitle = \"Made of bytes\"\nrun_for = \"2s\"\ndrain = {drain}\n");
        for (name, journey) in [("crowd", "buy"), ("more", "look")] {
            text += &self.arrivals(name, journey);
            text += &self.journey(journey);
        }
        for layer in 0..LAYERS {
            text += &self.service(layer);
        }
        for name in ["calm", "eager"] {
            let (attempts, base) = (self.number(1..=4), self.span(150));
            let kind = self.one_of(&["constant", "linear", "exponential"]);
            let jitter = self.one_of(&["none", "full", "equal", "decorrelated"]);
            let _ = write!(
                text,
                "[retry.{name}]\nattempts = {attempts}\nbackoff = {{ kind = \"{kind}\", base = \
                 \"{base}\", jitter = \"{jitter}\" }}\n"
            );
        }
        let (size, units) = (self.number(1..=3), self.number(0..=12));
        let scope = self.one_of(&["global", "service", "server"]);
        let _ = write!(
            text,
            "[pool.rows]\nsize = {size}\nscope = \"{scope}\"\n[room.hall]\nopens = \"100ms\"\n\
             closes = \"1500ms\"\n[stock.phones]\nunits = {units}\n"
        );
        for number in 0..self.number(0..=2) {
            text += &self.fault(number);
        }
        if self.once_in(2) {
            text += &self.action();
        }
        text + "[[objective]]\nthat = \"p95(users.time) < 2s\"\n"
    }

    fn arrivals(&mut self, name: &str, journey: &str) -> String {
        let n = self.number(1..=12);
        let form = match self.number(0..=4) {
            0 => format!("rate = \"{n}/s\""),
            1 => format!("rate = \"{n}/s\"\nspacing = \"bursty(cv=2)\""),
            2 => {
                let ramp = format!("{{ to = \"{n}/s\", for = \"1s\" }}");
                format!("stages = [ {{ rate = \"2/s\", for = \"700ms\" }}, {ramp} ]")
            }
            3 => {
                let law = self.time(900);
                format!("crowd = {{ users = {n}, from = \"-500ms\", arrive = \"{law}\" }}")
            }
            _ => format!("population = {}", n.min(4)),
        };
        format!("[arrivals.{name}]\njourney = \"{journey}\"\n{form}\n")
    }

    fn journey(&mut self, name: &str) -> String {
        let mut keys = String::new();
        if self.once_in(3) {
            let patience = self.span(900);
            let _ = match self.once_in(2) {
                true => writeln!(keys, "patience = {{ waiting = \"{patience}\" }}"),
                false => writeln!(keys, "patience = \"exp({patience})\""),
            };
        }
        if self.once_in(3) {
            let (after, at_most) = (self.span(600), self.number(1..=3));
            let _ = writeln!(
                keys,
                "reload = {{ after = \"{after}\", on_error = \"50ms\", at_most = {at_most} }}"
            );
        }
        if self.once_in(3) {
            let (share, after) = (self.number(1..=100), self.time(800));
            let _ = writeln!(
                keys,
                "again = {{ share = \"{share}%\", after = \"{after}\", at_most = 2 }}"
            );
        }
        let steps = self.steps(Around { layer: 0, depth: 2 });
        // A pause comes first: a closed population must spend time.
        format!("[journey.{name}]\n{keys}steps = [\n  {{ think = \"exp(80ms)\" }},\n  {steps}\n]\n")
    }

    fn service(&mut self, layer: u32) -> String {
        let (servers, workers, cores) =
            (self.number(1..=3), self.number(1..=5), self.number(1..=3));
        let order = self.one_of(&["fifo", "lifo", "random"]);
        let balance = self.one_of(&[
            "round-robin",
            "random",
            "least-loaded",
            "two-choices",
            "sticky",
        ]);
        let on_timeout = self.one_of(&["ignore", "expire", "dequeue", "cancel"]);
        let mut text = format!(
            "[service.s{layer}]\nservers = {servers}\nworkers = {workers}\ncores = {cores}\n\
             balance = \"{balance}\"\non_timeout = \"{on_timeout}\"\n"
        );
        let (limit, shared) = (self.number(0..=6), self.once_in(2));
        let limit = if self.once_in(2) {
            format!("limit = {limit}, ")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "queue = {{ {limit}order = \"{order}\", shared = {shared} }}"
        );
        if self.once_in(3) {
            let _ = writeln!(text, "network = \"{}\"", self.time(10));
        }
        if self.once_in(4) {
            text += "slowdown = { contention = \"5%\", coherency = \"1%\" }\n";
        }
        let around = Around {
            layer: layer + 1,
            depth: 1,
        };
        for endpoint in ["a", "b"] {
            let (work, steps) = (self.time(40), self.steps(around));
            let _ = writeln!(
                text,
                "endpoint.{endpoint} = [ {{ cpu = \"{work}\" }}, {steps} ]"
            );
        }
        text
    }

    /// At least one step.
    fn steps(&mut self, around: Around) -> String {
        let count = self.number(1..=3);
        let steps: Vec<String> = (0..count).map(|_| self.step(around)).collect();
        steps.join(", ")
    }

    fn step(&mut self, around: Around) -> String {
        let inside = Around {
            depth: around.depth.saturating_sub(1),
            ..around
        };
        let in_journey = around.layer == 0;
        match self.number(0..=11) {
            0..=3 if around.layer < LAYERS => self.call(around),
            4 if around.layer < LAYERS => {
                format!(
                    "{{ send = \"s{}.a\" }}",
                    self.number(around.layer..=LAYERS - 1)
                )
            }
            5 if in_journey => format!("{{ take = \"phones\"{} }}", self.or()),
            6 if in_journey => format!("{{ enter = \"hall\"{} }}", self.or()),
            7 if around.depth > 0 => {
                let (timeout, or) = (self.span(500), self.or());
                let steps = self.steps(inside);
                format!("{{ hold = \"rows\", steps = [ {steps} ], timeout = \"{timeout}\"{or} }}")
            }
            8 if around.depth > 0 => {
                let share = self.number(1..=99);
                let (one, other) = (self.steps(inside), self.steps(inside));
                format!(
                    "{{ choose = [ {{ share = \"{share}%\", steps = [ {one} ] }}, {{ share = \
                     \"rest\", steps = [ {other} ] }} ] }}"
                )
            }
            9 if around.depth > 0 => {
                let join = self.one_of(&["\"all\"", "\"any\"", "1"]);
                let (one, other, or) = (self.steps(inside), self.steps(inside), self.or());
                format!("{{ parallel = [ [ {one} ], [ {other} ] ], join = {join}{or} }}")
            }
            10 if around.depth > 0 => {
                let times = self.one_of(&["2", "0", "\"geometric(mean=2)\""]);
                format!("{{ repeat = {times}, steps = [ {} ] }}", self.steps(inside))
            }
            11 => "{ mark = \"passed\" }".to_owned(),
            _ if in_journey => format!("{{ think = \"{}\" }}", self.time(300)),
            n if n % 2 == 0 => format!("{{ wait = \"{}\" }}", self.time(90)),
            _ => format!("{{ cpu = \"{}\" }}", self.time(60)),
        }
    }

    fn call(&mut self, around: Around) -> String {
        let layer = self.number(around.layer..=LAYERS - 1);
        let (endpoint, timeout) = (self.one_of(&["a", "b"]), self.span(800));
        let retry = self.one_of(&["", ", retry = \"calm\"", ", retry = \"eager\""]);
        let or = self.or();
        format!("{{ call = \"s{layer}.{endpoint}\", timeout = \"{timeout}\"{retry}{or} }}")
    }

    fn or(&mut self) -> &'static str {
        self.one_of(&["", "", ", or = \"continue\""])
    }

    fn fault(&mut self, number: u32) -> String {
        let (layer, share) = (self.number(0..=LAYERS - 1), self.number(1..=100));
        let servers = self.one_of(&["1", "\"50%\"", "\"all\""]);
        let kind = match self.number(0..=5) {
            0 => format!("slow = {{ service = \"s{layer}\", factor = 4, servers = {servers} }}"),
            1 => format!("pause = {{ service = \"s{layer}\", servers = {servers} }}"),
            2 => format!("crash = {{ service = \"s{layer}\", servers = {servers} }}"),
            3 => "cut = { between = [\"users\", \"s0\"], messages = \"lost\" }".to_owned(),
            4 => format!(
                "delay = {{ between = [\"s0\", \"s1\"], by = \"80ms\", share = \"{share}%\" }}"
            ),
            _ => format!("error = {{ service = \"s{layer}\", share = \"{share}%\" }}"),
        };
        let (at, length) = (self.span(1_800), self.span(900));
        format!("[fault.f{number}]\nat = \"{at}\"\nfor = \"{length}\"\n{kind}\n")
    }

    fn action(&mut self) -> String {
        let (layer, n) = (self.number(0..=LAYERS - 1), self.number(1..=5));
        let change = match self.number(0..=4) {
            0 => format!("\"service.s{layer}.servers\" = {n}"),
            1 => format!("\"service.s{layer}.workers\" = {n}"),
            2 => format!("\"service.s{layer}.queue.limit\" = {n}"),
            3 => format!("\"pool.rows.size\" = {n}"),
            _ => format!("\"retry.eager.attempts\" = {n}"),
        };
        let (at, takes) = (self.span(1_800), self.span(300));
        format!("[action.help]\nat = \"{at}\"\ntakes = \"{takes}\"\nset = {{ {change} }}\n")
    }
}
