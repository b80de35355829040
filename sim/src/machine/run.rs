//! The tokio side: each simulated task is a tokio task on a current-thread runtime; one future waits for the end of the run.

use std::future::{Future, poll_fn};
use std::task::Poll;

use tokio::task::{JoinHandle, LocalSet};

use super::Machine;
use crate::ids::TaskId;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is left to happen and no user task waits.
    Complete,
    /// These user tasks wait and nothing can wake them.
    Deadlock(Vec<TaskId>),
    /// Virtual time reached its limit.
    TimeLimit,
    /// Too many scheduling decisions.
    StepLimit,
    /// Stopped from outside.
    Interrupted,
    /// A simulated task panicked: a bug of ours. [`Machine::run`] panics in turn.
    Panicked,
}

/// tokio catches panics of its tasks; without this a panic would leave the run waiting for ever.
struct PanicBomb(Machine);

impl Drop for PanicBomb {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.finish(Outcome::Panicked);
        }
    }
}

impl Machine {
    /// Runs until nothing is left to happen. A machine runs once.
    ///
    /// # Panics
    /// If called twice, or from inside a tokio runtime.
    pub fn run(&self) -> Outcome {
        assert!(!self.0.running.replace(true), "a machine runs once");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a current-thread runtime needs no resources");
        let local = LocalSet::new();
        let outcome = local.block_on(&runtime, async {
            for (id, body) in self.0.unborn.take() {
                self.start_tokio_task(id, body);
            }
            self.dispatch();
            poll_fn(|cx| match self.0.outcome.borrow().clone() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    *self.0.finished.borrow_mut() = Some(cx.waker().clone());
                    Poll::Pending
                }
            })
            .await
        });
        // What is left would keep the machine alive through the handles it holds. Tasks go first: on their way out they may queue more.
        drop(local);
        self.release();
        assert!(outcome != Outcome::Panicked, "a simulated task panicked (its message is above)");
        outcome
    }

    /// Drops what the machine holds that may hold the machine: timed calls, callbacks that no grace period came for, interrupts held
    /// back, bodies of tasks that never ran. Nothing of it is called. A run ends with it; a machine that never runs needs it.
    pub fn release(&self) {
        drop(self.0.unborn.take());
        drop(self.0.queue.take());
        drop(self.0.observers.take());
        self.0.rcu.drop_callbacks();
        for cpu in &self.0.cpus {
            drop(cpu.pending_irqs.take());
        }
    }

    pub(super) fn start_tokio_task(&self, id: TaskId, body: impl Future<Output = ()> + 'static) {
        let machine = self.clone();
        tokio::task::spawn_local(async move {
            let bomb = PanicBomb(machine.clone());
            machine.wait_for_baton(id).await;
            body.await;
            machine.exit_current();
            drop(bomb);
        });
    }

    /// Runs `body` as a tokio task of its own on behalf of the current simulated task, which waits for it: same task, same CPU,
    /// same context. This is how a hook fires.
    pub async fn fire<T: 'static>(&self, body: impl Future<Output = T> + 'static) -> T {
        let handle: JoinHandle<T> = tokio::task::spawn_local(body);
        match handle.await {
            Ok(value) => value,
            // A panic in simulated code is a bug of ours: let it surface where the machine runs.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Whether a run is in progress; guards that are dropped after its end change nothing.
    pub(crate) fn is_executing(&self) -> bool {
        self.0.outcome.borrow().is_none()
    }
}
