//! What happens around instructions: waiting, tail calls, callbacks, slices, limits, stack memory.

use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use programs::interp::*;
use programs::isa::assemble;
use sim::arena::Stamp;

use crate::host::{TestHost, helper};

fn program_with(text: &str, options: Options) -> Rc<Program> {
    let asm = assemble(text, &[]).unwrap_or_else(|e| panic!("{e:?}"));
    Program::new("test", &asm.insns, options, &mut |_, _| None).unwrap()
}

fn program(text: &str) -> Rc<Program> {
    program_with(text, Options::default())
}

fn atomic(text: &str, host: &mut TestHost) -> AtomicExit {
    let mut run = Run::new();
    run.start(&program(text), 0);
    run_atomic(&mut run, host)
}

/// Polls to the end; how often it was pending.
fn poll<T>(future: impl Future<Output = T>) -> (T, u32) {
    let mut future = std::pin::pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for pending in 0.. {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return (value, pending);
        }
    }
    unreachable!()
}

const SLEEPER: &str = "
    r6 = 5
    r1 = 21
    call 148
    r0 += r6
    exit";

#[test]
fn a_sleeping_helper_waits_under_the_sleepable_driver() {
    let mut host = TestHost::new();
    let mut run = Run::new();
    run.start(&program(SLEEPER), 0);
    assert_eq!(poll(run_sleepable(&mut run, &mut host, 1000)), (Ok(47), 1));
    assert_eq!((run.executed(), host.charged), (5, 5));
}

#[test]
fn a_sleeping_helper_is_an_invalid_sleep_under_the_atomic_driver() {
    assert_eq!(atomic(SLEEPER, &mut TestHost::new()), AtomicExit::InvalidSleep { pc: 2 });
}

#[test]
fn slices_let_others_run_and_count_every_instruction() {
    let mut host = TestHost::new();
    let mut run = Run::new();
    run.start(&program("r1 = 100\nagain: r1 += -1\nif r1 != 0 goto again\nr0 = 1\nexit"), 0);
    assert_eq!(poll(run_sleepable(&mut run, &mut host, 50)).0, Ok(1));
    assert_eq!((run.executed(), host.charged, host.points), (203, 203, 4));
}

#[test]
fn a_tail_call_keeps_the_context_and_never_returns() {
    let mut host = TestHost::new();
    host.tail = Some(program("r0 = r1\nr0 += 1000\nexit"));
    let caller = "r1 = 7\ncall bpf_tail_call\nr0 = 1\nexit";
    assert_eq!(atomic(caller, &mut host), AtomicExit::Done(1007));
    host.tail = None;
    assert_eq!(atomic(caller, &mut host), AtomicExit::Done(1), "a failed tail call falls through");
}

#[test]
fn a_tail_call_reuses_the_frames_stack() {
    let mut host = TestHost::new();
    host.tail = Some(program("r0 = *(u64 *)(r10 -8)\nexit"));
    assert_eq!(atomic("*(u64 *)(r10 -8) = 77\ncall 12\nexit", &mut host), AtomicExit::Done(77));
}

#[test]
fn a_program_that_tail_calls_itself_stops_after_33() {
    let mut host = TestHost::new();
    let again = program("r1 += 1\ncall 12\nr0 = r1\nexit");
    host.tail = Some(Rc::clone(&again));
    let mut run = Run::new();
    run.start(&again, 0);
    // The first run and 33 more; the 34th tail call fails.
    assert_eq!(run_atomic(&mut run, &mut host), AtomicExit::Done(34));
    assert_eq!(MAX_TAIL_CALLS, 33);
}

#[test]
fn a_tail_call_in_a_subprogram_returns_to_its_caller() {
    let mut host = TestHost::new();
    host.tail = Some(program("r0 = 40\nr6 = 0\nexit"));
    let text = "r6 = 2\ncall sub\nr0 += r6\nexit\nsub: call 12\nr0 = 0\nexit";
    assert_eq!(atomic(text, &mut host), AtomicExit::Done(42));
}

const LOOPER: &str = "
    *(u64 *)(r10 -8) = 0
    r1 = 10
    r2 = func[each]
    r3 = r10
    r3 += -8
    r6 = 1
    call bpf_loop
    r1 = *(u64 *)(r10 -8)
    r0 *= 1000
    r0 += r1
    r0 += r6
    exit
func each:
    r3 = *(u64 *)(r2 +0)
    r3 += r1
    *(u64 *)(r2 +0) = r3
    r6 = 99
    r0 = 0
    if r1 != 6 goto out
    r0 = 1
out:
    exit";

#[test]
fn a_loop_calls_back_until_told_to_stop() {
    // 7 calls (0 to 6), the sum 21, and r6 survives.
    assert_eq!(atomic(LOOPER, &mut TestHost::new()), AtomicExit::Done(7022));
}

#[test]
fn a_callback_may_sleep_and_nest() {
    let mut host = TestHost::new();
    let text = "
        r1 = 3
        r2 = func[outer]
        r3 = 0
        call bpf_loop
        exit
    func outer:
        r1 = 2
        r2 = func[inner]
        r3 = 0
        call bpf_loop
        r0 = 0
        exit
    func inner:
        r1 = 1
        call 148
        r0 = 0
        exit";
    let mut run = Run::new();
    run.start(&program(text), 0);
    assert_eq!(poll(run_sleepable(&mut run, &mut host, u64::MAX)), (Ok(3), 6));
}

#[test]
fn callbacks_count_as_frames() {
    let text = "again: r1 = func[again]\nr2 = 0\ncall 3\nexit";
    let AtomicExit::Fault(fault) = atomic(text, &mut TestHost::new()) else {
        panic!("endless callbacks end")
    };
    assert_eq!(fault, ProgramFault { pc: 3, kind: FaultKind::CallDepth { limit: 8 } });
}

#[test]
fn sixteen_frames_when_the_kernel_has_them() {
    let text = "r1 = 15\ncall down\nexit\ndown: if r1 > 1 goto more\nr0 = 0\nexit\nmore: r1 += -1\ncall down\nr0 += 1\nexit";
    let mut run = Run::new();
    run.start(&program_with(text, Options { max_frames: 16, ..Options::default() }), 0);
    assert_eq!(run_atomic(&mut run, &mut TestHost::new()), AtomicExit::Done(14));
    run.start(&program(text), 0);
    assert!(matches!(run_atomic(&mut run, &mut TestHost::new()), AtomicExit::Fault(_)));
}

#[test]
fn a_timer_callback_is_a_run_of_its_own() {
    let mut host = TestHost::new();
    let program = program("r0 = 0\nexit\nfunc tick: r0 = r1\nr0 += r2\nr0 += r3\nexit");
    let mut run = Run::new();
    run.start_callback(&program, Program::function_address(2), [1, 2, 3, 0, 0]).unwrap();
    assert_eq!(run_atomic(&mut run, &mut host), AtomicExit::Done(6));
    for bad in [0, FUNCTION_BASE + 4, Program::function_address(99)] {
        assert!(run.start_callback(&program, bad, [0; 5]).is_err(), "{bad:#x}");
    }
}

#[test]
fn probed_loads_read_zero_where_no_kernel_memory_is() {
    let probe = Options { loads: LoadPolicy::Probe, ..Options::default() };
    let mut host = TestHost::new();
    let mut run = Run::new();
    for (text, want) in [
        ("r0 = -1\nr1 = 0\nr0 = *(u64 *)(r1 +16)\nexit", Some(0)),
        ("r1 = 0x7fff00001000 ll\nr0 = *(s8 *)(r1 +0)\nexit", Some(0)),
        ("r1 = 0\n*(u64 *)(r1 +16) = 1\nr0 = 0\nexit", None),
        ("r1 = r10\nr0 = *(u64 *)(r1 +0)\nexit", None),
    ] {
        run.start(&program_with(text, probe), 0);
        let exit = run_atomic(&mut run, &mut host);
        match want {
            Some(r0) => assert_eq!(exit, AtomicExit::Done(r0), "{text}"),
            None => assert!(matches!(exit, AtomicExit::Fault(_)), "{text}: {exit:?}"),
        }
    }
}

#[test]
fn a_use_after_free_is_caught_at_the_access() {
    let mut host = TestHost::new();
    let object = host.arena().alloc(64, "element", Stamp::default()).unwrap();
    host.arena().free(object, Stamp::default());
    let mut run = Run::new();
    run.start(&program("r0 = *(u64 *)(r1 +8)\nexit"), object);
    let AtomicExit::Fault(fault) = run_atomic(&mut run, &mut host) else { panic!("freed memory was read") };
    assert_eq!(fault.pc, 0);
    assert!(fault.to_string().contains("use-after-free: read of size 8"), "{fault}");
}

#[test]
fn an_endless_program_meets_its_limit() {
    let mut host = TestHost::new();
    let mut run = Run::new();
    run.set_limit(Some(1000));
    run.start(&program("again: goto again\nexit"), 0);
    let exit = run_atomic(&mut run, &mut host);
    assert_eq!(
        exit,
        AtomicExit::Fault(ProgramFault { pc: 0, kind: FaultKind::InstructionLimit { limit: 1000 } })
    );
    assert_eq!(host.charged, 1000);
}

#[test]
fn runs_keep_their_stacks_and_give_them_back() {
    let mut host = TestHost::new();
    let mut pool = RunPool::default();
    let mut starts = Vec::new();
    for _ in 0..3 {
        let mut run = pool.take();
        run.start(&program("r0 = r10\ncall sub\nexit\nsub: r0 = r10\nexit"), 0);
        starts.push(run_atomic(&mut run, &mut host));
        pool.put(run);
    }
    assert_eq!(starts[0], starts[2]);
    assert_eq!(host.arena().live_objects(), 2, "two frames, allocated once");
    pool.take().release(&mut host.arena(), Stamp::default());
    assert_eq!(host.arena().live_objects(), 0);
}

#[test]
fn a_full_arena_ends_the_run() {
    let mut host = TestHost::new();
    while host.arena().alloc(STACK_BYTES, "filler", Stamp::default()).is_some() {}
    assert!(matches!(
        atomic("r0 = 0\nexit", &mut host),
        AtomicExit::Fault(ProgramFault { kind: FaultKind::OutOfMemory, .. })
    ));
}

#[test]
fn a_call_says_where_it_comes_from() {
    let mut host = TestHost::new();
    atomic("r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall sub\nexit\nsub: call 2\nexit", &mut host);
    let want = Call { target: Target::Helper(helper::ARGS), args: [1, 2, 3, 4, 5], pc: 7, depth: 1 };
    assert_eq!(host.calls, [want]);
}
