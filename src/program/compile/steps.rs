//! The walk over steps: one arm a verb.
//!
//! Knows nothing of when an instruction runs, only of what stands before and after it. The luck of
//! a step is the chain of the identities of the written steps that lead to it; a branch adds its
//! number among its siblings, what an `or` does instead stands under the word itself.

use super::code::{Around, Behind, Catcher, Coder, Written};
use super::words;
use crate::base::table::Id;
use crate::base::time::Span;
use crate::model::step::{self, FailKind, Or, Step, StepKind};
use crate::program::{
    Back, Call, CallGuards, CallSettings, Choose, ClassId, ConditionId, Enter, Expired, HedgeId,
    Hold, Instruction, KeysId, Lookup, NOWHERE, Parallel, Repeat, Stay, Take,
};
use crate::random::family::Distribution;
use crate::random::key::identity;

const OR: u64 = identity("or");
const EXPIRED: u64 = identity("expired");

/// What a `call` or `send` asks, with the caller's side of it.
struct Asked<'a> {
    service: &'a str,
    endpoint: &'a str,
    guards: CallGuards,
    settings: CallSettings,
    hedge: Option<HedgeId>,
    message: Message,
    class: Option<ClassId>,
    key: Option<KeysId>,
}

/// Whether nobody waits for the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Message {
    Yes,
    No,
}

impl<'m> Coder<'m> {
    /// The code of a list of steps.
    pub(super) fn list(&mut self, steps: &'m [Step], around: Around) {
        for step in steps {
            self.step(step, around);
        }
    }

    /// The code of a step, and of its `or` later on.
    pub(super) fn step(&mut self, step: &'m Step, around: Around) {
        let place = around.place.step(identity(&step.identity));
        let (catch, own) = match &step.or {
            Or::Fail => (around.catch, None),
            _ => {
                let label = self.label();
                (Some(label), Some(label))
            }
        };
        self.verb(step, Around { place, catch });
        let Some(label) = own else { return };
        match &step.or {
            Or::Fail => {}
            Or::Continue => self.bind(label),
            Or::Outcome(word) => self.put_off(Behind::Leave(label, self.index.outcome(word))),
            Or::Steps(steps) => {
                let inside = Around {
                    place: place.step(OR),
                    catch: around.catch,
                };
                let after = self.here();
                self.put_off(Behind::Steps(label, steps, inside, after));
            }
        }
    }

    fn verb(&mut self, step: &'m Step, around: Around) {
        match &step.kind {
            StepKind::Call(call) => self.call(step, call, around),
            StepKind::Send { service, endpoint } => {
                let settings = CallSettings {
                    timeout: None,
                    deadline: None,
                    retry: None,
                };
                let message = Message::Yes;
                self.ask(
                    step,
                    Asked {
                        service,
                        endpoint,
                        guards: CallGuards::default(),
                        settings,
                        hedge: None,
                        message,
                        class: None,
                        key: None,
                    },
                    around,
                );
            }
            StepKind::Cpu(law) => self.timed(law, around, Instruction::Cpu),
            StepKind::Wait(law) => self.timed(law, around, Instruction::Wait),
            StepKind::Think(law) => self.timed(law, around, Instruction::Think),
            StepKind::Hold {
                pool,
                units,
                steps,
                timeout,
            } => self.hold((pool, *units), steps, *timeout, around),
            StepKind::Enter { room, steps } => self.enter(room, steps.as_deref(), around),
            StepKind::Choose(branches) => self.choose(branches, around),
            StepKind::Parallel { branches, join } => self.parallel(branches, *join, around),
            StepKind::Repeat { times, steps } => self.repeat(times, steps, around),
            StepKind::Take {
                stock,
                units,
                keep,
                expired,
            } => self.take((stock, units), (*keep, expired), around),
            _ => self.rarer_verb(step, around),
        }
    }

    fn rarer_verb(&mut self, step: &'m Step, around: Around) {
        match &step.kind {
            StepKind::Lookup {
                cache,
                miss,
                single_flight,
            } => self.lookup(cache, (miss, *single_flight), around),
            StepKind::Answer => {
                self.write(Instruction::Answer);
            }
            StepKind::BackTo { step, at_most } => {
                let back = Back {
                    to: NOWHERE,
                    at_most: at_most.unwrap_or(u32::MAX),
                    luck: around.place.0,
                    on_failure: NOWHERE,
                };
                let id = self.coded.structure.backs.push(back);
                let aim = self.named.get(step).copied();
                self.catch(Catcher::Aim(id), aim);
                self.catch(Catcher::Back(id), around.catch);
                self.write(Instruction::Back(id));
            }
            StepKind::Mark(word) => {
                let mark = self.index.mark(word);
                self.write(Instruction::Mark(mark));
            }
            StepKind::Leave(word) => {
                self.write(Instruction::Leave(self.index.outcome(word)));
            }
            StepKind::Fail { kind, is_final } => {
                let refused = *kind == FailKind::Refused;
                self.write(Instruction::Fail {
                    refused,
                    last: *is_final,
                });
            }
            _ => unreachable!("the usual verbs were looked at before"),
        }
    }

    fn timed(
        &mut self,
        law: &Distribution,
        around: Around,
        instruction: fn(crate::program::WorkId) -> Instruction,
    ) {
        let work = self.work(around.place, law);
        self.write(instruction(work));
    }

    fn call(&mut self, step: &Step, call: &step::Call, around: Around) {
        let retry = call.retry.as_ref().map(|name| {
            let policy = self.model.retries.get(name);
            let policy = policy.expect("the policies of calls were checked");
            words::retry(self.index.retry(name), policy)
        });
        let settings = CallSettings {
            timeout: call.timeout,
            deadline: call.deadline,
            retry,
        };
        let guards = CallGuards {
            throttle: call.throttle.as_ref().map(|name| self.index.throttle(name)),
            limit: call.limit.as_ref().map(|name| self.index.limit(name)),
            breaker: call.breaker.as_ref().map(|name| self.index.breaker(name)),
        };
        let (service, endpoint, message) = (&call.service, &call.endpoint, Message::No);
        let hedge = call.hedge.as_ref().map(|name| self.index.hedge(name));
        self.ask(
            step,
            Asked {
                service,
                endpoint,
                guards,
                settings,
                hedge,
                message,
                class: call.class.as_ref().map(|name| self.index.class(name)),
                key: call.key.as_ref().map(|name| self.index.keys(name)),
            },
            around,
        );
    }

    fn ask(&mut self, step: &Step, asked: Asked<'_>, around: Around) {
        let Asked {
            service,
            endpoint,
            guards,
            settings,
            hedge,
            message,
            class,
            key,
        } = asked;
        let class = self.class_of(service, endpoint).or(class);
        let structure = &mut self.coded.structure;
        structure.written.push(Written {
            owner: self.owner.clone(),
            name: step.name.clone(),
            label: step.label.clone(),
            service: service.to_owned(),
            endpoint: endpoint.to_owned(),
        });
        let id = structure.calls.push(Call {
            endpoint: self.index.endpoint(service, endpoint),
            service: self.index.service(service),
            message: message == Message::Yes,
            from: self.site,
            guards,
            luck: around.place.0,
            hedge,
            on_failure: NOWHERE,
            class,
            key,
        });
        self.coded.callers.push(settings);
        if message == Message::Yes {
            self.write(Instruction::Send(id));
        } else {
            self.catch(Catcher::Call(id), around.catch);
            self.write(Instruction::Call(id));
        }
    }

    fn hold(
        &mut self,
        (pool, units): (&str, u32),
        steps: &'m [Step],
        timeout: Option<Span>,
        around: Around,
    ) {
        let pool = self.index.pool(pool);
        let (instance, per_server) = self.places.of(pool, self.site);
        let hold = Hold {
            pool,
            units,
            instance,
            per_server,
            after: NOWHERE,
            on_failure: NOWHERE,
        };
        let id = self.coded.structure.holds.push(hold);
        self.coded.hold_timeouts.push(timeout);
        self.catch(Catcher::Hold(id), around.catch);
        self.write(Instruction::Hold(id));
        self.list(steps, around.inside_a_frame());
        self.write(Instruction::Release);
        self.coded.structure.holds[id].after = self.here();
    }

    fn enter(&mut self, room: &str, steps: Option<&'m [Step]>, around: Around) {
        let stay = if steps.is_some() {
            Stay::Stays
        } else {
            Stay::Passes
        };
        let enter = Enter {
            room: self.index.room(room),
            stay,
            luck: around.place.0,
            on_failure: NOWHERE,
        };
        let id = self.coded.structure.enters.push(enter);
        self.catch(Catcher::Enter(id), around.catch);
        self.write(Instruction::Enter(id));
        if let Some(steps) = steps {
            self.list(steps, around.inside_a_frame());
            self.write(Instruction::Exit);
        }
    }

    fn lookup(
        &mut self,
        name: &str,
        (miss, single_flight): (&'m [Step], Option<bool>),
        around: Around,
    ) {
        let cache = self.index.cache(name);
        let (instance, per_server) = self.places.of_cache(cache, self.site);
        let shares = self
            .model
            .caches
            .get(name)
            .is_some_and(|cache| cache.single_flight);
        let id = self.coded.structure.lookups.push(Lookup {
            cache,
            instance,
            per_server,
            single_flight: single_flight.unwrap_or(shares),
            luck: around.place.0,
            after: NOWHERE,
            on_failure: NOWHERE,
        });
        self.catch(Catcher::Lookup(id), around.catch);
        self.write(Instruction::Lookup(id));
        self.list(miss, around.inside_a_frame());
        self.write(Instruction::Filled);
        self.coded.structure.lookups[id].after = self.here();
    }

    fn take(
        &mut self,
        (stock, units): (&str, &Distribution),
        (keep, expired): (Option<Span>, &'m step::Expired),
        around: Around,
    ) {
        let units = self.work(around.place, units);
        let mut last = None;
        let expired = match expired {
            _ if keep.is_none() => Expired::GoesOn,
            step::Expired::Continue => Expired::GoesOn,
            step::Expired::Outcome(word) => Expired::Ends(self.index.outcome(word)),
            step::Expired::Steps(steps) => {
                last = Some(steps);
                Expired::Does(NOWHERE)
            }
        };
        let take = Take {
            stock: self.index.stock(stock),
            units,
            expired,
            on_failure: NOWHERE,
        };
        let id = self.coded.structure.takes.push(take);
        self.coded.reservations.push(keep);
        self.catch(Catcher::Take(id), around.catch);
        self.write(Instruction::Take(id));
        if let Some(steps) = last {
            let label = self.label();
            self.catch(Catcher::Expired(id), Some(label));
            let inside = Around {
                place: around.place.step(EXPIRED),
                catch: None,
            };
            let outcome = self.index.outcome(step::EXPIRED);
            self.put_off(Behind::Last(label, steps, inside, outcome));
        }
    }

    fn choose(&mut self, branches: &'m [step::Branch], around: Around) {
        let mut whens = Vec::new();
        for branch in branches
            .iter()
            .filter(|_| branches.iter().any(|one| one.when.is_some()))
        {
            let asked = branch.when.as_ref();
            let when = asked.and_then(|asked| self.model.whens.get(&asked.text).cloned());
            whens.push(when.map(|when| {
                let all = &mut self.coded.structure.whens;
                all.push(when);
                ConditionId::from_index(all.len() - 1)
            }));
        }
        let (luck, entries, after) = (around.place.0, Vec::new(), NOWHERE);
        let id = self.coded.structure.chooses.push(Choose {
            luck,
            branches: entries,
            whens,
            after,
        });
        self.coded.choices.push(cumulated(branches));
        self.write(Instruction::Choose(id));
        let mut jumps = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            let entry = self.here();
            self.coded.structure.chooses[id].branches.push(entry);
            self.list(&branch.steps, around.branch(number));
            if number + 1 < branches.len() {
                jumps.push(self.write(Instruction::Jump(NOWHERE)));
            }
        }
        let end = self.here();
        self.coded.structure.chooses[id].after = end;
        for jump in jumps {
            self.coded.structure.code[jump as usize] = Instruction::Jump(end);
        }
    }

    fn parallel(&mut self, branches: &'m [Vec<Step>], join: step::Join, around: Around) {
        let needed = u32::try_from(join.needed(branches.len())).expect("branches are few");
        let (entries, after) = (Vec::new(), NOWHERE);
        let parallel = Parallel {
            branches: entries,
            needed,
            after,
            on_failure: NOWHERE,
        };
        let id = self.coded.structure.parallels.push(parallel);
        self.catch(Catcher::Parallel(id), around.catch);
        self.write(Instruction::Parallel(id));
        for (number, steps) in branches.iter().enumerate() {
            let entry = self.here();
            self.coded.structure.parallels[id].branches.push(entry);
            self.list(steps, around.branch(number).inside_a_frame());
            self.write(Instruction::End);
        }
        self.coded.structure.parallels[id].after = self.here();
    }

    fn repeat(&mut self, times: &Distribution, steps: &'m [Step], around: Around) {
        let times = self.work(around.place, times);
        let (luck, body) = (around.place.0, self.here() + 1);
        let repeat = Repeat {
            times,
            luck,
            body,
            after: NOWHERE,
            on_failure: NOWHERE,
        };
        let id = self.coded.structure.repeats.push(repeat);
        self.catch(Catcher::Repeat(id), around.catch);
        self.write(Instruction::Repeat(id));
        self.list(steps, around.inside_a_frame());
        self.write(Instruction::Turn);
        self.coded.structure.repeats[id].after = self.here();
    }
}

impl Around {
    /// The same place inside a frame: failures go to the frame.
    fn inside_a_frame(self) -> Around {
        Around {
            place: self.place,
            catch: None,
        }
    }

    /// The n-th branch here.
    fn branch(self, number: usize) -> Around {
        Around {
            place: self.place.turn(number as u64),
            catch: self.catch,
        }
    }
}

/// Cumulated shares; that of the last without a condition is 1 whatever the sum of its
/// floating-point parts.
fn cumulated(branches: &[step::Branch]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut shares: Vec<f64> = branches
        .iter()
        .map(|branch| {
            sum += branch.share;
            sum
        })
        .collect();
    if let Some(last) = branches.iter().rposition(|branch| branch.when.is_none()) {
        shares[last..].fill(1.0);
    }
    shares
}
