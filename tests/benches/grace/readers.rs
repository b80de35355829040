//! What a read-side section costs: enter, load what is published, leave.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use sim::rcu::{Counters, Engine, Membarrier, Notified, Slots, TasksTrace};

use crate::peer::Peer;
use crate::rounds::{Scheme, table, timed};

const OPS: u64 = 50_000;
const ROUNDS: usize = 200;

static PUBLISHED: AtomicUsize = AtomicUsize::new(7);

fn load() {
    black_box(PUBLISHED.load(Ordering::Acquire));
}

fn repeat(section: impl Fn()) -> impl FnMut(u64) {
    move |ops| (0..ops).for_each(|_| section())
}

fn ours<E: Engine>(engine: E) -> impl FnMut(usize, u64) -> f64 {
    let rcu = TasksTrace::<(), E>::over(engine);
    move |threads, ops| {
        timed(threads, ops, |_| {
            let mut reader = rcu.register();
            move |ops| {
                for _ in 0..ops {
                    let _section = reader.enter();
                    load();
                }
            }
        })
    }
}

/// liburcu in one of its flavours, compiled now. None without a compiler or the library.
fn liburcu(flavour: &str) -> Option<Peer> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/grace/liburcu.c");
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("liburcu-{flavour}"));
    let built = Command::new("cc")
        .args(["-O2", &format!("-D{}", flavour.to_uppercase()), "-o"])
        .args([&program, &source])
        .args([&format!("-lurcu-{flavour}"), "-lpthread"])
        .output();
    let peer = built.ok().filter(|output| output.status.success()).and_then(|_| Peer::start(&program));
    if peer.is_none() {
        println!("liburcu {flavour}: skipped, it needs a C compiler and Debian's liburcu-dev");
    }
    peer
}

pub fn report() {
    let mut memb = liburcu("memb");
    let mut qsbr = liburcu("qsbr");
    let collector = seize::Collector::new();
    let lock = parking_lot::RwLock::new(());
    let protected = haphazard::AtomicPtr::from(Box::new(7_usize));
    let mut schemes = vec![
        Scheme::new("load only", |threads, ops| timed(threads, ops, |_| repeat(load))),
        Scheme::new("sleepable, default (polled)", ours(Slots::<sim::rcu::Polled>::default())),
        Scheme::new("sleepable, notified", ours(Slots::<Notified>::default())),
        Scheme::new("sleepable, counters", ours(Counters::default())),
    ];
    match Membarrier::register() {
        Some(permit) => {
            schemes.push(Scheme::new("sleepable, membarrier", ours(Slots::with_membarrier(permit))));
        }
        None => println!("membarrier: skipped, this kernel has none"),
    }
    schemes.push(Scheme::new("crossbeam-epoch pin", |threads, ops| {
        timed(threads, ops, |_| {
            repeat(|| {
                let _guard = crossbeam_epoch::pin();
                load();
            })
        })
    }));
    schemes.push(Scheme::new("seize enter", |threads, ops| {
        timed(threads, ops, |_| {
            repeat(|| {
                let _guard = collector.enter();
                load();
            })
        })
    }));
    schemes.push(Scheme::new("haphazard, reused hazard pointer", |threads, ops| {
        timed(threads, ops, |_| {
            let mut hazard = haphazard::HazardPointer::new();
            let protected = &protected;
            move |ops| {
                for _ in 0..ops {
                    black_box(protected.safe_load(&mut hazard));
                    hazard.reset_protection();
                }
            }
        })
    }));
    schemes.push(Scheme::new("parking_lot RwLock read", |threads, ops| {
        timed(threads, ops, |_| {
            repeat(|| {
                let _guard = lock.read();
                load();
            })
        })
    }));
    if let Some(peer) = &mut memb {
        schemes.push(Scheme::new("liburcu memb (C)", |threads, ops| peer.sample("read", threads, ops)));
    }
    if let Some(peer) = &mut qsbr {
        schemes.push(Scheme::new("liburcu qsbr (C)", |threads, ops| peer.sample("read", threads, ops)));
    }
    table("reader, ns per section", &mut schemes, "crossbeam-epoch pin", ROUNDS, OPS);
}
