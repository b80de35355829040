//! Deliberate faults in the engines: see [`crate::faults`].

#![cfg_attr(not(sim_loom), allow(dead_code))]

crate::faults! {
    /// The reader's full fence between the slot store and its first access is missing.
    ReaderFenceMissing,
    /// The full fence at the start of a grace period is missing.
    GraceFenceMissing,
    /// The store that enters a section does not release the previous section of the same reader.
    EntryRelaxed,
    /// The exchange that ends a section does not release the section's accesses.
    ExitRelaxed,
    /// The scan does not acquire what a reader that has left did before.
    ScanRelaxed,
    /// A polling driver's second look does not acquire what the reader did before it left.
    RecheckRelaxed,
    /// The scan's failed exchange does not acquire what the reader that just left did.
    MarkFailureRelaxed,
    /// The last holdout's report does not release its section.
    ReportRelaxed,
    /// The driver does not wait for holdouts.
    HoldoutsNotAwaited,
    /// The unlock inside the outermost one ends the section.
    InnerUnlockEnds,
    /// Leaving is a load and a store, so a mark set between them is lost.
    ExitNotAtomic,
    /// The last holdout wakes the driver before it is counted out.
    WakeBeforeReport,
    /// The scan marks a slot without checking that its reader is still inside.
    MarkBlindly,
    /// The driver looks for holdouts, then stores its waker, and does not look again.
    WakerNotRechecked,
    /// A cancelled grace period's holdouts are forgotten by the next one.
    CancelForgetsHoldouts,
    /// A holdout of a cancelled grace period is counted a second time.
    HoldoutCountedTwice,
    /// Two drivers may wait for readers at the same time.
    TurnIgnored,
    /// The scan misses the words that were added last.
    NewestChunkMissed,
    /// The counters of the rank not in use are not looked at.
    FirstScanSkipped,
    /// The counters of the rank in use are not looked at.
    SecondScanSkipped,
    /// Readers are not sent to the other rank.
    FlipSkipped,
    /// Entries are summed before exits.
    EntriesBeforeExits,
    /// The driver waits for counters without asking exits to wake it.
    ExitNotAsked,
    /// A reader that exits inside a section gives its slot back without leaving the section.
    ExitForgetsSection,
    /// A reader that exits inside a section gives its slot back before leaving the section.
    SlotFreedEarly,
    /// Callbacks queued while a grace period runs become ready with it.
    CallbackEarly,
    /// The driver empties the list of callbacks a moment after it has copied it.
    CallbackLost,
    /// A cookie counts as over as soon as its grace period runs.
    PollEarly,
    /// A `synchronize` that arrives while a grace period runs is served by it.
    SynchronizeEarly,
    /// `barrier` forgets the callbacks whose grace period is running.
    BarrierForgetsInFlight,
    /// `barrier` ends with the grace period, before the callbacks are invoked.
    BarrierEarly,
    /// The second stage of a chained grace period is missing.
    ChainCut,
    /// The stages of a chained grace period are exchanged.
    ChainSwapped,
    /// The stages of a chained grace period begin together; only the waits come one after the other.
    ChainParallel,
    /// An event takes the waker and only then says that it has happened.
    WakeBeforeDone,
    /// `call` wakes the driver before the callback is in the queue.
    WorkWakeEarly,
}
