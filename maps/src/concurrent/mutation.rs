//! Deliberate faults in these structures for the model checker: see [`sim::faults`].

#![cfg_attr(not(sim_loom), allow(dead_code))]

sim::faults! {
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
