//! A host with a handful of helpers, enough to see every way a call can end.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use programs::interp::{Call, Callback, Continuation, Host, Outcome, PreemptibleHost, Program, Target};
use sim::arena::{Arena, Stamp};

/// Helper numbers of the tests.
pub mod helper {
    /// r1 + 1.
    pub const INC: i32 = 1;
    /// r1 + 10 r2 + 100 r3 + 1000 r4 + 10000 r5.
    pub const ARGS: i32 = 2;
    /// Calls the function r1 with r2; its r0 + 1.
    pub const CALL_BACK: i32 = 3;
    /// Calls the function r2 with (i, r3) for i below r1 or until it returns 1; the number of calls.
    pub const LOOP: i32 = 181;
    /// Goes on in [`super::TestHost::tail`].
    pub const TAIL_CALL: i32 = 12;
    /// Sleeps; returns r1 * 2.
    pub const SLEEP: i32 = 148;
}

pub struct TestHost {
    arena: RefCell<Arena>,
    pub tail: Option<Rc<Program>>,
    /// The memory at r1, the packet of packet loads.
    pub packet: Vec<u8>,
    pub charged: u64,
    pub points: u64,
    pub calls: Vec<Call>,
}

impl TestHost {
    pub fn new() -> TestHost {
        TestHost {
            arena: RefCell::new(Arena::new(1 << 20)),
            tail: None,
            packet: Vec::new(),
            charged: 0,
            points: 0,
            calls: Vec::new(),
        }
    }

    fn packet_load(&self, size: u8, offset: i64) -> Outcome {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.packet.get(start..start.saturating_add(usize::from(size))) {
            Some(bytes) => Outcome::Ret(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))),
            None => Outcome::Exit(0),
        }
    }
}

struct AddOne;

impl Continuation for AddOne {
    fn resume(self: Box<Self>, r0: u64) -> Outcome {
        Outcome::Ret(r0 + 1)
    }
}

struct Loop {
    func: u64,
    ctx: u64,
    next: u64,
    count: u64,
}

impl Loop {
    fn step(mut self: Box<Self>) -> Outcome {
        if self.next == self.count {
            return Outcome::Ret(self.next);
        }
        let (func, args) = (self.func, [self.next, self.ctx, 0, 0, 0]);
        self.next += 1;
        Outcome::Callback(Callback { func, args, then: self })
    }
}

impl Continuation for Loop {
    fn resume(self: Box<Self>, r0: u64) -> Outcome {
        if r0 == 1 { Outcome::Ret(self.next) } else { self.step() }
    }
}

/// A future that is pending once.
async fn sleep_once(value: u64) -> u64 {
    let asked = Cell::new(false);
    std::future::poll_fn(|cx| {
        if asked.replace(true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
    value
}

impl Host for TestHost {
    fn arena(&self) -> RefMut<'_, Arena> {
        self.arena.borrow_mut()
    }

    fn stamp(&self) -> Stamp {
        Stamp::default()
    }

    fn call(&mut self, call: &Call) -> Outcome {
        self.calls.push(*call);
        let [a, b, c, d, e] = call.args;
        match call.target {
            Target::Helper(helper::INC) => Outcome::Ret(a + 1),
            Target::Helper(helper::ARGS) => Outcome::Ret(a + 10 * b + 100 * c + 1000 * d + 10_000 * e),
            Target::Helper(helper::CALL_BACK) => {
                Outcome::Callback(Callback { func: a, args: [b, 0, 0, 0, 0], then: Box::new(AddOne) })
            }
            Target::Helper(helper::LOOP) => Box::new(Loop { func: b, ctx: c, next: 0, count: a }).step(),
            Target::Helper(helper::TAIL_CALL) => match &self.tail {
                Some(program) => Outcome::TailCall(Rc::clone(program)),
                None => Outcome::Ret(u64::MAX),
            },
            Target::Helper(helper::SLEEP) => Outcome::Wait(Box::pin(sleep_once(a * 2))),
            Target::Helper(id) => Outcome::Fault(format!("unknown helper {id}")),
            Target::Kfunc { id: 0, module: 0 } => Outcome::Ret(a * 2),
            Target::Kfunc { id, .. } => Outcome::Fault(format!("unknown kfunc {id}")),
            Target::PacketLoad { size, offset } => self.packet_load(size, offset),
        }
    }

    fn charge(&mut self, insns: u64) {
        self.charged += insns;
    }
}

impl PreemptibleHost for TestHost {
    async fn point(&mut self) {
        self.points += 1;
        sleep_once(0).await;
    }
}
