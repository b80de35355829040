//! Programs in Rust. That an `await` in an atomic one does not compile is a doc test of `programs::native`.

use std::rc::Rc;

use async_trait::async_trait;
use programs::native::{AtomicCx, AtomicProgram, SleepableCx, SleepableProgram};
use programs::object::{MapSpec, SpecialField, SpecialKind};
use programs::runtime::{Frame, Invocation, TrampolineFrame, inline_map, map_def};
use sim::finding;

use super::lab::{Lab, V6_12};

struct Reads;

#[async_trait(?Send)]
impl SleepableProgram for Reads {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let read = cx.copy_from_user(cx.arg(0).unwrap_or(0), 8).await;
        cx.printk(&format!("slept {}", cx.slept_ns() > 0));
        read.map_or_else(|errno| errno.ret(), |bytes| i64::from(bytes[0]))
    }
}

impl AtomicProgram for Reads {
    fn run(&self, cx: &AtomicCx<'_>) -> i64 {
        let read = cx.probe_read_user(cx.arg(0).unwrap_or(0), 8);
        read.map_or_else(|errno| errno.ret(), |bytes| i64::from(bytes[0]))
    }
}

/// Sleeps with a spin lock held.
struct SleepsLocked;

#[async_trait(?Send)]
impl SleepableProgram for SleepsLocked {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let map = cx.map("m").expect("created");
        let value = cx.map_lookup(&map, &[0; 4]).expect("an array has all");
        let _guard = cx.spin_lock(value).await.expect("free");
        cx.copy_from_user(cx.arg(0).unwrap_or(0), 8).await.map_or_else(|errno| errno.ret(), |_| 0)
    }
}

fn frame(lab: &Lab, addr: u64) -> Invocation {
    let frame = TrampolineFrame { args: [addr].into(), ..TrampolineFrame::default() };
    Invocation::new(lab.ctx(&[addr]), Frame::Trampoline(frame))
}

#[test]
fn the_same_read_in_rust() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let sleepable = lab.bpf.load_native_sleepable("s", "lsm.s/file_open", Rc::new(Reads)).expect("loads");
    let atomic = lab.bpf.load_native_atomic("a", "lsm/file_open", Rc::new(Reads)).expect("loads");
    let first = lab.task("a", 0, Some(page.mm), &atomic, frame(&lab, page.addr));
    let second = lab.task("s", 0, Some(page.mm), &sleepable, frame(&lab, page.addr));
    lab.m.run();
    assert_eq!(first.borrow().ret as i64, -14);
    assert_eq!(second.borrow().ret, u64::from(b's'));
    assert!(second.borrow().slept_ns > 0);
    assert_eq!(&*lab.bpf.outputs().printk[0].text, "slept true");
}

#[test]
fn sleeping_under_a_spin_lock_is_reported_in_the_kernels_words() {
    let lab = Lab::new(V6_12, 1);
    let page = lab.page("swapped_out");
    let lock = SpecialField {
        kind: SpecialKind::SpinLock,
        offset: 0,
        size: 4,
        ty: programs::btf::TypeId::VOID,
        nested: false,
    };
    let spec = MapSpec { special: vec![lock], ..inline_map("m", 2, 4, 16, 1) };
    lab.bpf.create_map(&map_def(&spec)).expect("creates");
    let prog = lab.bpf.load_native_sleepable("s", "lsm.s/file_open", Rc::new(SleepsLocked)).expect("loads");
    lab.task("cat", 0, Some(page.mm), &prog, frame(&lab, page.addr));
    lab.m.run();
    let findings = lab.m.findings();
    assert_eq!(findings[0].code, finding::INVALID_SLEEP);
    assert!(findings[0].message.starts_with("BUG: sleeping function called from invalid context at "));
    assert!(findings[0].notes.iter().any(|n| n.contains("lock held") && n.contains("bpf_spin_lock")));
}

#[test]
fn a_section_of_the_other_kind_is_refused() {
    let lab = Lab::new(V6_12, 1);
    assert!(lab.bpf.load_native_atomic("a", "lsm.s/file_open", Rc::new(Reads)).is_err());
    assert!(lab.bpf.load_native_sleepable("s", "lsm/file_open", Rc::new(Reads)).is_err());
    assert!(lab.bpf.load_native_sleepable("s", "lsm.s/no_such_hook", Rc::new(Reads)).is_err());
}
