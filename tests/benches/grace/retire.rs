//! Retiring and reclaiming objects of 64 bytes: allocated, retired, freed after a grace period.

use std::path::PathBuf;
use std::process::Command;

use sim::rcu::{Batch, Engine, Membarrier, Polled, Slots, TasksTrace};

use crate::peer::Peer;
use crate::rounds::{Scheme, block_on, table, timed};

const OPS: u64 = 100_000;
const ROUNDS: usize = 60;
/// Objects per grace period.
const BATCH: usize = 1024;

type Object = Box<[u64; 8]>;

/// Each thread collects a batch and then drives a grace period.
fn ours<E: Engine>(engine: E) -> impl FnMut(usize, u64) -> f64 {
    let rcu = TasksTrace::<Object, E>::over(engine);
    move |threads, ops| {
        timed(threads, ops, |_| {
            let rcu = &rcu;
            move |ops| {
                let mut batch = Batch::new(rcu, BATCH);
                for n in 0..ops {
                    if batch.call(Box::new([n; 8])) {
                        block_on(rcu.grace_period()).for_each(drop);
                    }
                }
                batch.flush();
                block_on(rcu.grace_period()).for_each(drop);
            }
        })
    }
}

/// One call at a time.
fn ours_one_by_one() -> impl FnMut(usize, u64) -> f64 {
    let rcu = TasksTrace::<Object>::new();
    move |threads, ops| {
        timed(threads, ops, |_| {
            let rcu = &rcu;
            move |ops| {
                for n in 1..=ops {
                    rcu.call(Box::new([n; 8]));
                    if n % BATCH as u64 == 0 {
                        block_on(rcu.grace_period()).for_each(drop);
                    }
                }
                block_on(rcu.grace_period()).for_each(drop);
            }
        })
    }
}

/// The crates with an unsafe interface, in a program of their own.
fn peers() -> Option<Peer> {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peers");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .output();
    let peer = built.ok().filter(|output| output.status.success());
    let peer = peer.and_then(|_| Peer::start(&target.join("release/bench-peers")));
    if peer.is_none() {
        println!("crossbeam-epoch, seize and haphazard: skipped, benches/peers does not build here");
    }
    peer
}

pub fn report() {
    let Some(peer) = peers() else { return };
    let peer = std::cell::RefCell::new(peer);
    let ask = |what: &'static str| {
        let peer = &peer;
        move |threads: usize, ops: u64| peer.borrow_mut().sample(what, threads, ops)
    };
    let mut schemes = vec![
        Scheme::new("allocate and free only", |threads, ops| {
            timed(threads, ops, |_| {
                |ops| {
                    let mut batch: Vec<Object> = Vec::with_capacity(BATCH);
                    for n in 0..ops {
                        batch.push(Box::new([n; 8]));
                        if batch.len() == BATCH {
                            batch.clear();
                        }
                    }
                }
            })
        }),
        Scheme::new("sleepable, batches of 1,024", ours(Slots::<Polled>::default())),
        Scheme::new("sleepable, call by call", ours_one_by_one()),
    ];
    if let Some(permit) = Membarrier::register() {
        schemes.push(Scheme::new("sleepable, membarrier, batches", ours(Slots::with_membarrier(permit))));
    }
    schemes.push(Scheme::new("crossbeam-epoch defer_destroy", ask("crossbeam")));
    schemes.push(Scheme::new("seize retire", ask("seize")));
    schemes.push(Scheme::new("haphazard retire", ask("haphazard")));
    let reference = "crossbeam-epoch defer_destroy";
    table("retire and reclaim, ns per object", &mut schemes, reference, ROUNDS, OPS);
}
