//! Callbacks: who queued them, and invoking them so that one that panics hurts nobody but itself.
//!
//! The engines of [`crate::rcu`] are `Send`, simulated callbacks are not: engines hold [`Ticket`]s, this table what they stand for.
//! A machine that goes away in the middle of a grace period drops what is left in here, uncalled.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use super::super::Machine;
use super::{Flavour, GraceEvent};
use crate::finding;
use crate::ids::CpuId;

pub(super) type Call = Box<dyn FnOnce(&Machine)>;
pub(super) type Ticket = u64;

pub(super) struct Callback {
    pub(super) call: Call,
    pub(super) flavour: Flavour,
    /// The function that queued it, in the kernel's words.
    pub(super) what: &'static str,
    /// Where that was called.
    pub(super) site: &'static Location<'static>,
    /// The CPU on whose list it is.
    pub(super) cpu: CpuId,
    /// Called when it has been invoked (`rcu_barrier()` entrains itself behind the last callback of a list).
    pub(super) after: Vec<Call>,
    /// Invoked with the end of its grace period, not by a later tick: the wake-up of a `synchronize`.
    pub(super) direct: bool,
}

#[derive(Default)]
pub(super) struct Callbacks {
    waiting: BTreeMap<Ticket, Callback>,
    next: Ticket,
    /// How many wait, by flavour: asked at every `call_rcu_tasks_trace()`.
    counts: BTreeMap<Flavour, usize>,
}

impl Callbacks {
    pub(super) fn add(&mut self, callback: Callback) -> Ticket {
        let ticket = self.next;
        self.next += 1;
        *self.counts.entry(callback.flavour).or_default() += 1;
        self.waiting.insert(ticket, callback);
        ticket
    }

    fn take(&mut self, ticket: Ticket) -> Callback {
        let callback = self.waiting.remove(&ticket).expect("a ticket is served once");
        *self.counts.get_mut(&callback.flavour).expect("counted when it was added") -= 1;
        callback
    }

    pub(super) fn get(&self, ticket: Ticket) -> &Callback {
        &self.waiting[&ticket]
    }

    /// Callbacks of a flavour that have not been invoked.
    pub(super) fn count(&self, flavour: Flavour) -> usize {
        self.counts.get(&flavour).copied().unwrap_or(0)
    }

    /// The last callback on each CPU's list.
    pub(super) fn last_of_each_list(&self, flavour: Flavour) -> Vec<Ticket> {
        let of_flavour = self.waiting.iter().filter(|(_, callback)| callback.flavour == flavour);
        let last: BTreeMap<CpuId, Ticket> =
            of_flavour.map(|(ticket, callback)| (callback.cpu, *ticket)).collect();
        last.into_values().collect()
    }

    /// Calls `f` after that callback.
    pub(super) fn entrain(&mut self, ticket: Ticket, f: Call) {
        self.waiting.get_mut(&ticket).expect("not invoked yet").after.push(f);
    }
}

impl Machine {
    /// Invokes callbacks, in order, with bottom halves off around each as rcu_tasks_invoke_cbs() and rcu_do_batch() have them.
    pub(super) fn invoke_callbacks(&self, flavour: Flavour, tickets: &[Ticket]) {
        for ticket in tickets {
            let callback = self.0.rcu.callbacks.borrow_mut().take(*ticket);
            self.invoke(callback);
        }
        let callbacks = tickets.len() as u64;
        if callbacks > 0 {
            self.emit_with(|| GraceEvent::CallbacksInvoked { flavour, callbacks });
        }
    }

    fn invoke(&self, callback: Callback) {
        self.local_bh_disable();
        // A panic here is a fault in the callback's code. It must not take the grace-period thread along: everybody who waits for a
        // later callback would hang, which hides the culprit.
        let outcome = catch_unwind(AssertUnwindSafe(|| (callback.call)(self)));
        self.local_bh_enable();
        if let Err(panic) = outcome {
            let (what, site) = (callback.what, callback.site);
            let message = format!("the callback queued by {what}() at {site} panicked: {}", text_of(&*panic));
            self.finding(finding::CALLBACK_PANICKED, message, Vec::new());
        }
        callback.after.into_iter().for_each(|f| f(self));
    }
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
