//! Our interpreter, with the smallest host.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use programs::interp::{AtomicExit, Call, Host, Options, Outcome, Program, Run, Target, run_atomic};
use programs::isa::Insn;
use sim::arena::{Arena, Stamp};

use crate::{BUFFER, EMPTY, Engine, Workload};

struct BenchHost {
    arena: RefCell<Arena>,
    charged: u64,
}

impl Host for BenchHost {
    fn arena(&self) -> RefMut<'_, Arena> {
        self.arena.borrow_mut()
    }

    fn stamp(&self) -> Stamp {
        Stamp::default()
    }

    fn call(&mut self, call: &Call) -> Outcome {
        match call.target {
            Target::Helper(1) => Outcome::Ret(call.args[0] + 1),
            _ => Outcome::Fault(String::new()),
        }
    }

    fn charge(&mut self, insns: u64) {
        self.charged += insns;
    }
}

pub struct Ours {
    host: BenchHost,
    run: Run,
    empty: Rc<Program>,
    buffer: u64,
}

fn program(bytes: &[u8]) -> Rc<Program> {
    let insns = Insn::all_from_bytes(bytes).expect("whole slots");
    Program::new("bench", &insns, Options::default(), &mut |_, _| None).expect("a valid program")
}

impl Ours {
    pub fn new() -> Ours {
        let host = BenchHost { arena: RefCell::new(Arena::new(1 << 20)), charged: 0 };
        let buffer = host.arena().alloc_zeroed(BUFFER, "buffer", Stamp::default()).expect("room");
        Ours { host, run: Run::new(), empty: program(EMPTY), buffer }
    }
}

impl Engine for Ours {
    fn name(&self) -> &'static str {
        "sleepable"
    }

    fn run(&mut self, workload: &Workload) -> u64 {
        self.host.arena().write(self.buffer, &[0; BUFFER]).expect("the buffer is live");
        self.run.start(&program(workload.bytes), self.buffer);
        match run_atomic(&mut self.run, &mut self.host) {
            AtomicExit::Done(r0) => r0,
            other => panic!("{other:?}"),
        }
    }

    fn enter(&mut self, times: u32) -> u64 {
        let mut sum = 0;
        for _ in 0..times {
            self.run.start(&self.empty, self.buffer);
            if let AtomicExit::Done(r0) = run_atomic(&mut self.run, &mut self.host) {
                sum += r0;
            }
        }
        sum
    }
}
