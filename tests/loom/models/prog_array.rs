//! Program arrays: a reader's program stays until its section ends, and each program is freed once.

use loom::sync::Mutex;
use loom::thread;
use loom_models::cells::Cells;
use loom_models::{Bound, Memory, block_on, explore, grace_period};
use maps::concurrent::ProgArray;
use sim::rcu::{Notified, Slots, TasksTrace};
use std::sync::Arc;

type Retire = Box<dyn Fn(u32) + Send + Sync>;

/// An updater exchanges the program that a reader is about to run; a driver frees what a grace period is over for.
#[test]
fn exchange() {
    explore("prog_array_exchange", Bound::Preemptions(3), &["old", "new", "waited", "freed"], |seen| {
        let rcu = Arc::new(TasksTrace::<u32, Slots<Notified>>::default());
        let retire: Retire = Box::new({
            let rcu = Arc::clone(&rcu);
            move |prog| rcu.call(prog)
        });
        let world = Arc::new((ProgArray::new(1, retire), Memory::new(2), Cells::new(2)));
        world.2.write(0, 100);
        world.0.exchange(0, Some(0));
        let mut reader = rcu.register();
        let task = thread::spawn({
            let (world, seen) = (Arc::clone(&world), Arc::clone(seen));
            move || {
                let _section = reader.enter();
                let prog = world.0.get(0).expect("a slot that is never empty") as usize;
                world.1.access(prog);
                assert_eq!(world.2.read(prog), 100 + prog as u64, "a program that is not made yet");
                seen.note(if prog == 0 { "old" } else { "new" });
            }
        });
        let updater = thread::spawn({
            let world = Arc::clone(&world);
            move || {
                world.2.write(1, 101);
                assert!(world.0.exchange(0, Some(1)));
            }
        });
        block_on(rcu.work());
        for prog in grace_period(&rcu, seen) {
            world.1.free(prog as usize);
            seen.note("freed");
        }
        updater.join().unwrap();
        task.join().unwrap();
    });
}

/// Two updaters of one slot retire three programs between them, each once, and one stays.
#[test]
fn two_updaters() {
    explore("prog_array_two_updaters", Bound::All, &["other was first", "other was second"], |seen| {
        let retired = Arc::new(Mutex::new(Vec::new()));
        let retire: Retire = Box::new({
            let retired = Arc::clone(&retired);
            move |prog| retired.lock().unwrap().push(prog)
        });
        let array = Arc::new(ProgArray::new(1, retire));
        array.exchange(0, Some(0));
        let other = thread::spawn({
            let array = Arc::clone(&array);
            move || array.exchange(0, Some(1))
        });
        array.exchange(0, Some(2));
        other.join().unwrap();
        let left = array.get(0).expect("nobody emptied the slot");
        seen.note(if left == 2 { "other was first" } else { "other was second" });
        let mut all = retired.lock().unwrap().clone();
        all.push(left);
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2], "a program was freed twice or never");
    });
}
