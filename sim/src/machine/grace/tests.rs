//! Grace periods as a scenario would see them, per kernel: how long, in which order, who, and what goes wrong.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::*;
use crate::finding::Finding;
use crate::ids::CpuId;
use crate::machine::{MachineConfig, Outcome};

const MS: u64 = 1_000_000;
const KERNELS: [&str; 4] = ["5.10", "6.1", "6.12", "7.2"];
const TRACE: Flavour = Flavour::TasksTrace;

fn config(kernel: &str, nr_cpus: usize) -> MachineConfig {
    let rcu = GracePeriodModel::for_kernel(kernel).expect("a profile");
    MachineConfig { nr_cpus, rcu, ..MachineConfig::default() }
}

fn machine(kernel: &str, nr_cpus: usize) -> Machine {
    Machine::new(config(kernel, nr_cpus))
}

/// Runs `body` as a user task bound to the first CPU.
fn task<F: Future<Output = ()> + 'static>(m: &Machine, comm: &str, body: impl FnOnce(Machine) -> F) {
    m.spawn(TaskSpec::user(comm).on_cpu(CpuId(0)), body(m.clone()));
}

/// A task that sleeps in a section from 0 to `until_ns`.
fn sleeper(m: &Machine, flavour: Flavour, until_ns: u64) {
    let m1 = m.clone();
    m.spawn(TaskSpec::user("sleeper"), async move {
        let wait = WaitReason::new("page_in");
        if flavour == TRACE {
            let _section = m1.rcu_trace_guard();
            m1.sleep_ns(until_ns - m1.now_ns(), wait).await;
        } else {
            let _section = m1.rcu_read_guard();
            m1.sleep_ns(until_ns - m1.now_ns(), wait).await;
        }
    });
}

/// What `events` of one flavour say, a word each: stages by their name.
fn story(m: &Machine, flavour: Flavour) -> String {
    let events = m.events();
    let word = |event: &crate::event::Event| {
        let fields = event.body.fields();
        let of_flavour = fields.first().is_some_and(|(_, value)| value.to_string() == flavour.name());
        let what = match event.body.as_any().downcast_ref::<GraceEvent>()? {
            GraceEvent::Begin { .. } => "begin".to_string(),
            GraceEvent::Stage { stage, .. } => (*stage).to_string(),
            GraceEvent::Scan { holdouts, interrupted, .. } => format!("found:{holdouts}+{interrupted}"),
            GraceEvent::Holdout { comm, .. } => comm.clone(),
            GraceEvent::HoldoutLeft { comm, .. } => format!("{comm}-left"),
            GraceEvent::End { .. } => "end".to_string(),
            GraceEvent::CallbacksInvoked { callbacks, .. } => format!("called:{callbacks}"),
            GraceEvent::LazyQueued { .. } => "lazy".to_string(),
            GraceEvent::LazyTimer { .. } => "timer".to_string(),
            GraceEvent::Printk { .. } => return None,
        };
        of_flavour.then_some(what)
    };
    events.events().iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

fn log(m: &Machine) -> Vec<String> {
    let text = |event: &crate::event::Event| match event.body.as_any().downcast_ref::<GraceEvent>() {
        Some(GraceEvent::Printk { text }) => Some(text.clone()),
        _ => None,
    };
    m.events().events().iter().filter_map(text).collect()
}

/// How long `synchronize` takes from 1 ms after a tick, in whole milliseconds.
fn synchronize_ms(kernel: &str, nr_cpus: usize, flavour: Flavour, reader: Option<u64>) -> u64 {
    let m = machine(kernel, nr_cpus);
    if let Some(until_ns) = reader {
        sleeper(&m, flavour, until_ns);
    }
    let took = Rc::new(Cell::new(0));
    let result = took.clone();
    task(&m, "updater", |m| async move {
        m.sleep_ns(MS - m.now_ns(), WaitReason::new("test")).await;
        let begin = m.now_ns();
        m.synchronize(flavour).await;
        result.set((m.now_ns() - begin) / MS);
    });
    assert_eq!(m.run(), Outcome::Complete);
    took.get()
}

#[test]
fn latencies_are_those_of_the_kernel() {
    use Flavour::{Classic, Expedited};
    // Classic: the next tick notices (3 ms), two more until idle CPUs are seen, one more invokes; 7.2 needs only the middle.
    // Tasks Trace: a classic one after the scan; polls while other CPUs' idle tasks are asked.
    let rows = [
        (Classic, 1, [0, 15, 15, 7]),
        (Classic, 2, [15, 15, 15, 7]),
        (Expedited, 2, [0, 0, 0, 0]),
        (TRACE, 1, [0, 15, 15, 0]),
        (TRACE, 2, [39, 35, 35, 0]),
    ];
    for (flavour, nr_cpus, wanted) in rows {
        let took = KERNELS.map(|kernel| synchronize_ms(kernel, nr_cpus, flavour, None));
        assert_eq!(took, wanted, "{flavour:?} with {nr_cpus} CPUs");
    }
}

#[test]
fn the_end_of_a_reader_is_noticed_at_once_or_at_the_next_look() {
    // It leaves at 1000 ms. The look that notices: 5.10 is woken, 6.x polls after 1, 2, 3… jiffies, 7.2 after at most ten and two
    // classic grace periods.
    let took = KERNELS.map(|kernel| synchronize_ms(kernel, 2, TRACE, Some(1000 * MS)));
    assert_eq!(took[0], 999);
    for (kernel, took) in KERNELS.into_iter().zip(took).skip(1) {
        assert!((1000..1100).contains(&took), "{kernel}: {took}");
    }
}

#[test]
fn each_kernel_has_its_own_sequence() {
    let wanted = [
        "begin scan found:1+1 sleeper classic poll readers sleeper-left end called:1",
        "begin scan found:1+0 sleeper classic poll sleeper-left end called:1",
        "begin scan found:1+0 sleeper classic poll sleeper-left end called:1",
        "begin scan 1 flip scan 2 found:1+0 sleeper sleeper-left end called:1",
    ];
    for (kernel, wanted) in KERNELS.into_iter().zip(wanted) {
        let m = machine(kernel, 2);
        sleeper(&m, TRACE, 1000 * MS);
        task(&m, "updater", |m| async move { m.synchronize(TRACE).await });
        m.run();
        assert_eq!(story(&m, TRACE), wanted, "{kernel}");
    }
}

/// When the first of `n` callbacks was invoked, in milliseconds, and the story.
fn callbacks(kernel: &str, n: u32) -> (u64, String) {
    let m = machine(kernel, 2);
    let first = Rc::new(Cell::new(u64::MAX));
    let seen = first.clone();
    task(&m, "updater", |m| async move {
        // The thread begins with one urgent grace period in hand (urgent_gp after boot): use it up.
        m.synchronize(TRACE).await;
        m.sleep_ns(2_000 * MS - m.now_ns(), WaitReason::new("test")).await;
        for _ in 0..n {
            let first = first.clone();
            m.call_rcu_tasks_trace(move |m| first.set(first.get().min(m.now_ns())));
        }
    });
    m.run();
    (seen.get() / MS - 2_000, story(&m, TRACE))
}

#[test]
fn callbacks_are_lazy_on_6_12_only_and_not_in_a_crowd() {
    // 63 jiffies and the rounding of a timer, then a grace period; or at once behind 32 others.
    let rows = [("5.10", 1, 24..48, false), ("6.1", 1, 24..48, false), ("6.12", 1, 280..300, true)];
    let more = [("6.12", 32, 280..300, true), ("6.12", 33, 24..48, true), ("7.2", 1, 12..40, false)];
    for (kernel, n, wanted, lazy) in rows.into_iter().chain(more) {
        let (took, story) = callbacks(kernel, n);
        assert!(wanted.contains(&took), "{kernel}, {n} callbacks: {took} ms, {story}");
        assert_eq!(story.contains("lazy"), lazy, "{kernel}, {n} callbacks: {story}");
        assert_eq!(story.contains("timer"), lazy && n < 33, "{kernel}, {n} callbacks: {story}");
    }
}

#[test]
fn offloaded_cpus_hold_callbacks_back_for_company_unless_one_is_in_a_hurry() {
    let invoked_s = |hurry: bool| {
        let mut config = config("6.12", 2);
        config.rcu.classic.offloaded_cpus = 1;
        let m = Machine::new(config);
        let at = Rc::new(Cell::new(0));
        let seen = at.clone();
        task(&m, "updater", |m| async move {
            m.call_rcu(move |m| {
                assert_eq!(m.current_task().comm().as_ref(), "rcuop/0");
                at.set(m.now_ns());
            });
            if hurry {
                m.call_rcu_hurry(|_| ());
            }
        });
        m.run();
        seen.get() / 1_000_000_000
    };
    assert_eq!((invoked_s(false), invoked_s(true)), (10, 0));
}

#[test]
fn a_barrier_waits_for_callbacks_and_for_nothing_else() {
    for kernel in KERNELS {
        for flavour in [Flavour::Classic, TRACE] {
            let m = machine(kernel, 2);
            let called = Rc::new(Cell::new(0));
            let seen = called.clone();
            task(&m, "updater", |m| async move {
                if kernel != "5.10" {
                    m.barrier(flavour).await;
                    assert_eq!(m.now_ns() / MS, 0, "{kernel}: nothing to wait for");
                }
                for _ in 0..5 {
                    let called = called.clone();
                    let count = move |_: &Machine| called.set(called.get() + 1);
                    if flavour == TRACE { m.call_rcu_tasks_trace(count) } else { m.call_rcu(count) }
                }
                m.barrier(flavour).await;
                assert_eq!(called.get(), 5, "{kernel} {flavour:?}");
                assert_eq!(m.callbacks_waiting(flavour), 0);
            });
            assert_eq!(m.run(), Outcome::Complete);
            assert_eq!(seen.get(), 5);
        }
    }
}

#[test]
fn a_cookie_is_redeemed_by_a_whole_grace_period() {
    let m = machine("6.12", 2);
    task(&m, "updater", |m| async move {
        let early = m.get_state_synchronize(TRACE);
        assert!(!m.poll_state_synchronize(early));
        m.cond_synchronize(early).await;
        assert!(m.poll_state_synchronize(early));
        let before = m.now_ns();
        m.cond_synchronize(early).await;
        assert_eq!(m.now_ns(), before, "over already");
        assert!(!m.poll_state_synchronize(m.get_state_synchronize(TRACE)));
    });
    assert_eq!(m.run(), Outcome::Complete);
}

#[test]
fn an_expedited_grace_period_still_waits_for_readers() {
    for kernel in KERNELS.into_iter().skip(1) {
        // Blocking in a classic section is a bug of its own; it makes a reader that lasts.
        let took = synchronize_ms(kernel, 2, Flavour::Expedited, Some(50 * MS));
        assert_eq!(took, 49, "{kernel}");
    }
    let took = synchronize_ms("5.10", 2, Flavour::Expedited, Some(50 * MS));
    assert_eq!(took, 0, "without PREEMPT_RCU the switch ends the section");
}

#[test]
fn a_reader_that_moves_while_it_must_not_block_ends_where_it_began() {
    for kernel in KERNELS {
        let m = machine(kernel, 2);
        let m1 = m.clone();
        m.spawn(TaskSpec::user("mover").on_cpu(CpuId(0)), async move {
            let section = m1.rcu_read_guard();
            m1.set_affinity(2).await;
            m1.sleep_ns(MS, WaitReason::new("test")).await;
            drop(section);
            m1.synchronize(Flavour::Classic).await;
        });
        assert_eq!(m.run(), Outcome::Complete, "{kernel}");
    }
}

fn holds_for_ever(kernel: &str) -> (Machine, Outcome) {
    let m = machine(kernel, 2);
    let m1 = m.clone();
    m.spawn(TaskSpec::user("sleeper"), async move {
        let _section = m1.rcu_trace_guard();
        m1.block(WaitReason::new("userfaultfd").detail("0x1000")).await;
    });
    task(&m, "updater", |m| async move { m.synchronize(TRACE).await });
    let outcome = m.run();
    (m, outcome)
}

#[test]
fn a_reader_that_never_leaves_is_reported_and_the_run_ends() {
    let wanted = [
        ("5.10", "INFO: rcu_tasks_trace detected stalls on tasks:", 0),
        ("6.1", "INFO: rcu_tasks_trace detected stalls on tasks:", 4),
        ("6.12", "INFO: rcu_tasks_trace detected stalls on tasks:", 4),
        ("7.2", "rcu_tasks_trace grace period 1 has been waiting for readers for 600000 ms", 0),
    ];
    for (kernel, first_line, infos) in wanted {
        let (m, outcome) = holds_for_ever(kernel);
        assert!(matches!(outcome, Outcome::Deadlock(_)), "{kernel}: {outcome:?}");
        let findings: Vec<Finding> = m.findings().clone();
        assert_eq!(
            findings.iter().map(|f| f.code).collect::<Vec<_>>(),
            [finding::GRACE_PERIOD_STALL, finding::DEADLOCK]
        );
        assert_eq!((findings[0].message.as_str(), findings[0].comm.as_str()), (first_line, "sleeper"));
        for finding in &findings {
            let chain = "<- task sleeper (pid 4), in its section since ";
            let why = "<- waits for userfaultfd (0x1000) since ";
            assert!(finding.notes.iter().any(|n| n.contains(chain) && n.contains(why)), "{finding:?}");
        }
        let info = |line: &&String| line.starts_with("rcu_tasks_wait_gp: rcu_tasks_trace grace period ");
        assert_eq!(log(&m).iter().filter(info).count(), infos, "{kernel}: {:?}", log(&m));
        assert_eq!(log(&m).iter().any(|line| line.contains("detected stalls")), kernel != "7.2");
    }
}

#[test]
fn a_classic_stall_is_reported_in_the_kernels_words() {
    let m = machine("6.12", 2);
    sleeper(&m, Flavour::Classic, 22_000 * MS);
    task(&m, "updater", |m| async move { m.synchronize(Flavour::Classic).await });
    assert_eq!(m.run(), Outcome::Complete);
    let log = log(&m);
    assert_eq!(log[0], "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:");
    assert_eq!(log[1], "rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-1): P4/1:b..l");
    assert!(log[2].starts_with("rcu: \t(detected by 0, t=5250 jiffies, g=1, q="), "{}", log[2]);
}

#[test]
fn who_holds_a_grace_period_can_be_asked() {
    let m = machine("6.12", 2);
    sleeper(&m, TRACE, 1000 * MS);
    let m1 = m.clone();
    task(&m, "updater", |m| async move { m.synchronize(TRACE).await });
    m.at(500 * MS, move |m| {
        let status = m.grace_period(TRACE).expect("under way");
        assert_eq!((status.stage, status.holders.len()), ("poll", 1));
        let holder = &status.holders[0];
        assert_eq!((holder.comm.as_str(), holder.nesting), ("sleeper", 1));
        assert_eq!(holder.waits.as_ref().map(|(reason, _)| reason.what), Some("page_in"));
        assert!(m.grace_period(Flavour::Classic).is_none());
    });
    assert_eq!(m.run(), Outcome::Complete);
    assert!(m1.grace_period(TRACE).is_none());
}

#[test]
fn waiting_for_oneself_is_a_finding_and_an_end() {
    let m = machine("6.12", 2);
    task(&m, "updater", |m| async move {
        let _section = m.rcu_trace_guard();
        m.synchronize(TRACE).await;
    });
    assert!(matches!(m.run(), Outcome::Deadlock(_)));
    let first = &m.findings()[0];
    assert_eq!(first.code, finding::WAITS_FOR_ITSELF);
    assert!(
        first
            .message
            .ends_with("Illegal synchronize_rcu_tasks_trace() in RCU Tasks Trace read-side critical section")
    );
}

#[test]
fn a_callback_from_an_nmi_is_a_finding() {
    let m = machine("6.1", 1);
    m.at(MS, |m| {
        m.interrupt(CpuId(0), crate::context::IrqKind::Nmi, "nmi", |m| m.call_rcu(|_| ()));
    });
    m.run();
    assert_eq!(m.findings()[0].code, finding::RCU_FROM_NMI);
}

#[test]
fn a_callback_that_panics_is_named_and_the_others_run() {
    for kernel in KERNELS {
        for flavour in [Flavour::Classic, TRACE] {
            let m = machine(kernel, 2);
            let called = Rc::new(RefCell::new(Vec::new()));
            let seen = called.clone();
            task(&m, "updater", |m| async move {
                for n in 0..3 {
                    let called = called.clone();
                    let call = move |m: &Machine| {
                        let _guard = m.preempt_guard();
                        assert!(n != 1, "number {n} fails");
                        called.borrow_mut().push(n);
                    };
                    if flavour == TRACE { m.call_rcu_tasks_trace(call) } else { m.call_rcu(call) }
                }
                m.barrier(flavour).await;
            });
            assert_eq!(m.run(), Outcome::Complete, "{kernel}");
            assert_eq!(*seen.borrow(), [0, 2], "{kernel}");
            let findings = m.findings();
            assert_eq!(findings.len(), 1, "{kernel}: {findings:?}");
            assert_eq!(findings[0].code, finding::CALLBACK_PANICKED);
            let message = &findings[0].message;
            assert!(message.contains("grace/tests.rs:") && message.ends_with("number 1 fails"), "{message}");
        }
    }
}

/// Counts itself while it lives.
struct Token(Rc<Cell<i32>>);

impl Token {
    fn new(count: &Rc<Cell<i32>>) -> Token {
        count.set(count.get() + 1);
        Token(count.clone())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn a_machine_that_ends_in_a_grace_period_frees_everything_and_calls_nothing() {
    for kernel in KERNELS {
        let tokens = Rc::new(Cell::new(0));
        let m = Machine::new(MachineConfig { time_limit_ns: 100 * MS, ..config(kernel, 2) });
        sleeper(&m, TRACE, 1000 * MS);
        let (weak, count) = (Rc::downgrade(&m.0), tokens.clone());
        task(&m, "updater", |m| async move {
            for _ in 0..10 {
                let (token, m1) = (Token::new(&count), m.clone());
                m.call_rcu_tasks_trace(move |_| {
                    drop((token, m1));
                    panic!("called with a reader inside");
                });
            }
            let _token = Token::new(&count);
            let _held = m.arena_mut();
            drop(_held);
            m.synchronize(TRACE).await;
        });
        assert_eq!(m.run(), Outcome::TimeLimit, "{kernel}");
        assert!(m.findings().iter().all(|f| f.code == finding::TIME_LIMIT), "{:?}", m.findings());
        assert_eq!(tokens.get(), 0, "{kernel}: callbacks and tasks are gone with the run");
        drop(m);
        assert!(weak.upgrade().is_none(), "{kernel}: nothing holds the machine");
    }
}

#[test]
fn a_machine_that_never_runs_frees_everything_too() {
    let m = machine("6.12", 1);
    let tokens = Rc::new(Cell::new(0));
    let (token, m1) = (Token::new(&tokens), m.clone());
    m.call_rcu(move |_| drop((token, m1)));
    sleeper(&m, TRACE, MS);
    let weak = Rc::downgrade(&m.0);
    m.release();
    drop(m);
    assert_eq!((tokens.get(), weak.upgrade().is_none()), (0, true));
}

/// Host time of one grace period with a million registered tasks, a thousand of them inside: `cargo test --release -p sim --lib
/// a_million_tasks -- --ignored --nocapture`.
#[test]
#[ignore = "takes a gigabyte and half a minute"]
#[expect(clippy::disallowed_types, reason = "measures host time")]
fn a_million_tasks() {
    const TASKS: u64 = 1_000_000;
    for kernel in ["5.10", "6.1", "7.2"] {
        let m =
            Machine::new(MachineConfig { record_events: false, step_limit: u64::MAX, ..config(kernel, 2) });
        for n in 0..TASKS {
            let m1 = m.clone();
            m.spawn(TaskSpec::user("reader"), async move {
                let section = m1.rcu_trace_guard();
                let until = if n % 1000 == 0 { 200_000 * MS } else { 0 };
                if until > 0 {
                    m1.sleep_ns(until - m1.now_ns(), WaitReason::new("page_in")).await;
                }
                drop(section);
                m1.sleep_ns(300_000 * MS - m1.now_ns(), WaitReason::new("idle")).await;
            });
        }
        // Everybody has run by 100 s; the readers stay until 200 s.
        let marks = Rc::new(RefCell::new(Vec::new()));
        for at in [100_000, 100_001, 100_100] {
            let marks = marks.clone();
            m.at(at * MS, move |m| {
                marks.borrow_mut().push((std::time::Instant::now(), m.grace_period_holders(TRACE).len()));
                if at == 100_001 {
                    m.call_rcu_tasks_trace(|_| ());
                }
            });
        }
        assert_eq!(m.run(), Outcome::Complete);
        let marks = marks.borrow();
        let holders = marks[2].1;
        println!("{kernel}: scan of {TASKS} tasks, {holders} holdouts: {:?}", marks[2].0 - marks[1].0);
    }
}
