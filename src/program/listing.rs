//! A program as people read it: a line an instruction, with names for numbers.
//!
//! One idea: what is listed is what is executed, in its order, so that a reader can follow a user
//! step by step. Numbers that actions may change are not shown: they are not in the code.

use super::instruction::Pc;
use super::{Instruction, NOWHERE, Program};
use crate::base::table::Id;

/// The listing, ending with a line break.
pub fn listing(program: &Program) -> String {
    let mut entries: Vec<(Pc, String)> = Vec::new();
    for (id, journey) in program.journeys.iter() {
        let name = &program.names.journeys[id.index()];
        entries.push((journey.entry, format!("journey {name}")));
    }
    for (id, endpoint) in program.endpoints.iter() {
        let name = &program.names.endpoints[id.index()];
        entries.push((endpoint.entry, format!("endpoint {name}")));
    }
    entries.sort();
    let mut text = String::new();
    for (at, instruction) in program.code.iter().enumerate() {
        for (_, name) in entries.iter().filter(|(entry, _)| *entry as usize == at) {
            text.push_str(&format!("{name}\n"));
        }
        text.push_str(&format!("  {at:>5}  {}\n", said(program, *instruction)));
    }
    text
}

/// An instruction with the names of what it concerns, and where it goes on.
fn said(program: &Program, instruction: Instruction) -> String {
    let names = &program.names;
    let otherwise = |pc: Pc| match pc {
        NOWHERE => String::new(),
        pc => format!(", else {pc}"),
    };
    match instruction {
        Instruction::Step(n) => format!("step {}", n + 1),
        Instruction::Call(id) | Instruction::Send(id) => {
            let call = &program.calls[id];
            let verb = if call.message { "send" } else { "call" };
            let target = &names.endpoints[call.endpoint.index()];
            let name = &names.calls[id.index()];
            format!("{verb} {target} as {name}{}", otherwise(call.on_failure))
        }
        Instruction::Cpu(id) => format!("cpu #{}", id.index()),
        Instruction::Wait(id) => format!("wait #{}", id.index()),
        Instruction::Think(id) => format!("think #{}", id.index()),
        Instruction::Hold(id) => {
            let hold = &program.holds[id];
            let pool = &names.pools[hold.pool.index()];
            format!(
                "hold {pool} until {}{}",
                hold.after,
                otherwise(hold.on_failure)
            )
        }
        Instruction::Release => "release".to_owned(),
        Instruction::Enter(id) => {
            let enter = &program.enters[id];
            let room = &names.rooms[enter.room.index()];
            format!("enter {room}{}", otherwise(enter.on_failure))
        }
        Instruction::Exit => "exit".to_owned(),
        Instruction::Choose(id) => format!("choose {}", pcs(&program.chooses[id].branches)),
        Instruction::Repeat(id) => {
            let repeat = &program.repeats[id];
            format!("repeat {} until {}", repeat.body, repeat.after)
        }
        Instruction::Turn => "turn".to_owned(),
        Instruction::Parallel(id) => {
            let parallel = &program.parallels[id];
            let branches = pcs(&parallel.branches);
            let (needed, after) = (parallel.needed, parallel.after);
            let or = otherwise(parallel.on_failure);
            format!("parallel {branches}, {needed} needed, until {after}{or}")
        }
        Instruction::Take(id) => {
            let take = &program.takes[id];
            let stock = &names.stocks[take.stock.index()];
            format!(
                "take {} of {stock}{}",
                take.units,
                otherwise(take.on_failure)
            )
        }
        Instruction::Mark(id) => format!("mark {}", names.marks[id.index()]),
        Instruction::Leave(outcome) => format!("leave {outcome:?}").to_lowercase(),
        Instruction::Fail { refused, last } => {
            let kind = if refused { "refused" } else { "failed" };
            format!("fail {kind}{}", if last { ", final" } else { "" })
        }
        Instruction::Jump(pc) => format!("jump {pc}"),
        Instruction::End => "end".to_owned(),
    }
}

fn pcs(all: &[Pc]) -> String {
    let all: Vec<String> = all.iter().map(Pc::to_string).collect();
    all.join(" | ")
}
