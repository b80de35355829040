//! What a task that touches user memory would notice on the machine.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use super::*;
use crate::finding;
use crate::machine::{MachineConfig, Outcome};
use crate::mm::fixture::{Fixture, MESSAGE, Made};
use crate::mm::{Medium, MmConfig, MmRules, PAGE_SIZE, SwapBacking, SwapConfig};
use crate::task::TaskSpec;

type Log = Rc<RefCell<Vec<String>>>;

fn machine(kernel: &str) -> Machine {
    let swap = vec![SwapConfig { backing: SwapBacking::Disk(Medium::Nvme), pages: 64 }];
    let mm = MmConfig { rules: MmRules::for_kernel(kernel).expect("a preset"), swap, ..MmConfig::default() };
    Machine::new(MachineConfig { nr_cpus: 1, mm, ..MachineConfig::default() })
}

fn made(m: &Machine, kind: &str) -> Made {
    Fixture::new(&mut m.mm(), Medium::Hdd).make(kind).expect("a kind")
}

fn task<F: Future<Output = ()> + 'static>(m: &Machine, name: &str, body: impl FnOnce(Machine) -> F) {
    let _ = m.spawn(TaskSpec::user(name), body(m.clone()));
}

#[test]
fn a_sleepable_read_of_a_swapped_page_waits_while_others_run() {
    let m = machine("6.12");
    let log = Log::default();
    let page = made(&m, "swapped_out");
    let (log1, log2) = (log.clone(), log.clone());
    task(&m, "reader", |m| async move {
        let mut dst = [0xaa; 8];
        assert_eq!(copy_from_user(&m, page.mm, page.addr, &mut dst).await, Ok(()));
        assert_eq!(dst, MESSAGE[..8]);
        let t = m.current_task();
        assert_eq!((t.min_flt.get(), t.maj_flt.get()), (0, 1));
        log1.borrow_mut().push(format!("read after {} us", m.now_ns() / 1000));
    });
    task(&m, "other", |_| async move { log2.borrow_mut().push("other ran".to_string()) });
    assert_eq!(m.run(), Outcome::Complete);
    let log = log.borrow();
    assert_eq!(log[0], "other ran");
    let us: u64 = log[1].trim_start_matches("read after ").trim_end_matches(" us").parse().expect("a number");
    assert!((80..100).contains(&us), "{us}");
}

#[test]
fn with_page_faults_disabled_nothing_waits_and_the_read_fails() {
    let m = machine("6.12");
    let page = made(&m, "anon_untouched");
    task(&m, "reader", |m| async move {
        m.pagefault_disable();
        let mut dst = [0xaa; 8];
        assert_eq!(copy_from_user(&m, page.mm, page.addr, &mut dst).await, Err(NotCopied(8)));
        assert_eq!(dst, [0; 8]);
        m.pagefault_enable();
        assert_eq!(nofault::copy_from_user_nofault(&m, page.mm, page.addr, &mut dst), Err(NotCopied(8)));
        assert_eq!(m.now_ns(), m.now_ns());
    });
    assert_eq!(m.run(), Outcome::Complete);
    let refused = m.events().events().iter().filter(|e| e.body.name() == "page_fault_refused").count();
    assert_eq!(refused, 2);
    assert!(m.findings().is_empty());
}

#[test]
fn an_access_that_may_sleep_is_reported_in_atomic_context() {
    let m = machine("6.12");
    let page = made(&m, "anon_resident");
    task(&m, "reader", |m| async move {
        m.preempt_disable();
        let mut dst = [0; 8];
        assert_eq!(copy_from_user(&m, page.mm, page.addr, &mut dst).await, Ok(()));
        m.preempt_enable();
    });
    let _ = m.run();
    assert_eq!(m.findings()[0].code, finding::INVALID_SLEEP);
    assert!(m.findings()[0].message.ends_with("include/linux/uaccess.h"));
}

/// A reader of a page that a handler task provides; says what the reader saw.
fn userfault<F: Future<Output = Result<u8, ()>> + 'static>(
    kernel: &str,
    read: impl Fn(Machine, Made) -> F + 'static,
) -> (Outcome, Result<u8, ()>, (u64, u64)) {
    let m = machine(kernel);
    let page = made(&m, "uffd_missing");
    let (id, answer) = page.uffd.expect("a userfaultfd");
    let seen = Rc::new(RefCell::new((Err(()), (0, 0))));
    let out = seen.clone();
    let handler = TaskSpec::kthread("handler");
    let hm = m.clone();
    let _ = m.spawn(handler, async move {
        loop {
            let message = hm.mm().uffd_read(id);
            let Some(message) = message else {
                let me = hm.current();
                hm.mm().uffd_wait_message(id, me);
                hm.block(WaitReason::new("uffd_read")).await;
                continue;
            };
            hm.sleep_ns(50_000_000, WaitReason::new("handler")).await;
            let now = hm.now_ns();
            let woken = answer.give(&mut hm.mm(), id, message.mm, message.addr, now);
            woken.into_iter().for_each(|t| hm.wake(t));
        }
    });
    task(&m, "reader", |m| async move {
        let result = read(m.clone(), page).await;
        let t = m.current_task();
        *out.borrow_mut() = (result, (t.min_flt.get(), t.maj_flt.get()));
    });
    let outcome = m.run();
    let (result, faults) = *seen.borrow();
    (outcome, result, faults)
}

#[test]
fn userfaults_wait_for_the_handler_except_remote_ones() {
    let kernel_mode = |m: Machine, p: Made| async move {
        let mut dst = [0; 1];
        copy_from_user(&m, p.mm, p.addr, &mut dst).await.map_err(|_| ())?;
        assert!(m.now_ns() >= 50_000_000);
        Ok(dst[0])
    };
    let user_mode = |m: Machine, p: Made| async move {
        let mut dst = [0; 1];
        user_read(&m, p.mm, p.addr, &mut dst).await.map_err(|_| ())?;
        Ok(dst[0])
    };
    let remote = |m: Machine, p: Made| async move {
        let mut dst = [0; 1];
        if access_process_vm(&m, p.mm, p.addr, &mut dst).await == 1 { Ok(dst[0]) } else { Err(()) }
    };
    assert_eq!(userfault("6.12", kernel_mode), (Outcome::Complete, Ok(b's'), (0, 1)));
    assert_eq!(userfault("5.10", user_mode), (Outcome::Complete, Ok(b's'), (0, 1)));
    // Under the per-VMA lock a restart without major work does not count.
    assert_eq!(userfault("6.12", user_mode), (Outcome::Complete, Ok(b's'), (1, 0)));
    assert_eq!(userfault("6.12", remote), (Outcome::Complete, Err(()), (0, 0)));
}

/// Whether a task can change mappings while another waits for a page of the same address space.
fn writer_waits_for(kind: &'static str, kernel: &str, read: &'static str) -> bool {
    let m = machine(kernel);
    let page = made(&m, kind);
    let order = Log::default();
    let (o1, o2) = (order.clone(), order.clone());
    task(&m, "reader", |m| async move {
        let mut dst = [0; 8];
        match read {
            "remote" => assert_eq!(access_process_vm(&m, page.mm, page.addr, &mut dst).await, 8),
            _ => assert_eq!(copy_from_user(&m, page.mm, page.addr, &mut dst).await, Ok(())),
        }
        o1.borrow_mut().push("reader".to_string());
    });
    task(&m, "writer", |m| async move {
        let _guard = mmap_write_lock(&m, page.mm).await;
        o2.borrow_mut().push("writer".to_string());
    });
    assert_eq!(m.run(), Outcome::Complete);
    let first = order.borrow()[0].clone();
    first == "reader"
}

#[test]
fn a_fault_that_waits_for_a_device_drops_mmap_lock_unless_it_is_remote() {
    assert!(!writer_waits_for("file_private_uncached", "6.12", "copy"));
    assert!(!writer_waits_for("swapped_out", "5.10", "copy"));
    assert!(writer_waits_for("swapped_out", "5.10", "remote"));
}

#[test]
fn two_tasks_share_one_read_of_a_cold_page() {
    let m = machine("5.10");
    let page = made(&m, "file_shared_uncached");
    let log = Log::default();
    for _ in 0..2 {
        let log = log.clone();
        task(&m, "reader", |m| async move {
            let mut dst = [0; 8];
            assert_eq!(copy_from_user(&m, page.mm, page.addr, &mut dst).await, Ok(()));
            let t = m.current_task();
            log.borrow_mut().push(format!("{} major, {} ms", t.maj_flt.get(), m.now_ns() / 1_000_000));
        });
    }
    assert_eq!(m.run(), Outcome::Complete);
    assert_eq!(*log.borrow(), ["1 major, 8 ms", "1 major, 8 ms"]);
    assert_eq!(m.mm().stats.file_pages_read, 1);
}

#[test]
fn populate_follows_the_protection_of_each_area() {
    let m = machine("6.12");
    let page = made(&m, "anon_untouched");
    task(&m, "locker", |m| async move {
        assert_eq!(populate(&m, page.mm, page.addr, PAGE_SIZE).await, Ok(()));
        assert_eq!(user_write(&m, page.mm, page.addr, b"x").await, Ok(()));
        assert_eq!(m.current_task().min_flt.get(), 1);
    });
    assert_eq!(m.run(), Outcome::Complete);
}
