//! Deliberate faults for the model checker, as in `sim::rcu`: each proves that some model of these structures can fail.
//!
//! A structure asks [`is`] at the line where the fault would be. In a normal build the answer is a constant `false` and the line
//! vanishes. The table that pairs faults with models is in `tests/loom`.

#![cfg_attr(not(sim_loom), allow(dead_code))]

use sim::sync::Ordering;

macro_rules! mutations {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One deliberate fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutation { $($(#[$doc])* $name,)* }

        impl Mutation {
            /// Every fault there is.
            pub const ALL: &'static [Mutation] = &[$(Mutation::$name,)*];
        }
    };
}

mutations! {
    /// The head of a free list has no tag, so a head that left and came back looks unchanged.
    FreelistTagMissing,
    /// Putting an element on a free list does not release what its last owner did.
    FreelistPushRelaxed,
    /// Taking an element from a free list does not acquire what its last owner did.
    FreelistPopRelaxed,
    /// Taking the first element is a load and a store.
    FreelistPopNotAtomic,
    /// A bucket's new head does not release the filled element.
    PublishRelaxed,
    /// An element is in its bucket before it is filled.
    PublishBeforeFill,
    /// A lookup follows links without acquiring what they lead to.
    LinkLoadRelaxed,
    /// A lookup that ends on another bucket's list does not start over.
    NullsIgnored,
    /// A lookup that missed its key while the key's element was replaced does not start over.
    ReplaceUnnoticed,
    /// A replaced element leaves before its successor is in.
    ReplaceUnlinksFirst,
    /// A reader does not look whether the element changed under its hands.
    ReadNotRechecked,
    /// The number of the writing that makes an element invalid comes without a fence before the new words.
    RewriteFenceMissing,
    /// A reader looks at the number of the writing without a fence after the words.
    ReadFenceMissing,
    /// A deleted element is free before it has left its bucket.
    FreeBeforeUnlink,
    /// Writers do not lock the bucket.
    BucketLockMissing,
    /// A deleted element made at run time is free at once.
    RetireSkipsGracePeriod,
    /// A replaced element made at run time is free at once.
    ReplaceSkipsGracePeriod,
    /// Producers do not lock the ring.
    RingLockMissing,
    /// The producer's position is published before the record's header.
    RingPositionFirst,
    /// The producer's position does not release the record's header.
    RingReserveRelaxed,
    /// The commit does not release the record.
    RingCommitRelaxed,
    /// The consumer reads the header without acquiring the record.
    RingHeaderRelaxed,
    /// The consumer does not look at the busy bit.
    RingBusyIgnored,
    /// The consumer does not look at the discard bit.
    RingDiscardIgnored,
    /// The consumer moves on before it has read the record.
    RingConsumesEarly,
    /// The consumer's position does not release its reads.
    RingConsumerRelaxed,
    /// The producer does not acquire the consumer's reads.
    RingRoomRelaxed,
    /// The producer looks where the consumer is without a fence after the commit.
    RingWakeFenceMissing,
    /// The consumer looks for a last record without a fence after it has moved on.
    RingSleepFenceMissing,
    /// Exchanging a slot of a program array does not publish the program.
    SlotSwapRelaxed,
    /// A lookup in a program array does not acquire the program.
    SlotLoadRelaxed,
    /// Exchanging a slot is a load and a store.
    SlotSwapNotAtomic,
    /// The exchanged program is retired while it is still in the slot.
    SlotRetiresFirst,
}

/// `normal`, or relaxed where `fault` is armed.
#[inline(always)]
pub(super) fn relaxed_if(fault: Mutation, normal: Ordering) -> Ordering {
    if is(fault) { Ordering::Relaxed } else { normal }
}

#[cfg(not(sim_loom))]
#[inline(always)]
pub(super) const fn is(_: Mutation) -> bool {
    false
}

#[cfg(sim_loom)]
static ARMED: std::sync::OnceLock<Mutation> = std::sync::OnceLock::new();

/// Arms one fault for the rest of this process. Panics if another is armed already.
#[cfg(sim_loom)]
pub fn arm(fault: Mutation) {
    assert_eq!(*ARMED.get_or_init(|| fault), fault, "one fault per process");
}

#[cfg(sim_loom)]
pub(super) fn is(fault: Mutation) -> bool {
    ARMED.get() == Some(&fault)
}
