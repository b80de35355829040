//! Every fault of `maps::concurrent::mutation`, the model that must catch it, and what the model must say.
//!
//! Not in the table, because no promise breaks: a pop that does not release (the exchange goes on carrying what earlier pushes
//! released), a lock-free length.

use super::mutations::{RACE, Row, STUCK};

/// What a key that is there, but not found, is called in the models.
const LOST: &str = "a present key is lost";

pub const ROWS: &[Row] = &[
    ("FreelistTagMissing", "freelist::head_comes_back", "two owners"),
    ("FreelistPushRelaxed", "freelist::other_cpu", RACE),
    ("FreelistPopRelaxed", "freelist::other_cpu", RACE),
    ("FreelistPopNotAtomic", "freelist::head_comes_back", RACE),
    ("PublishRelaxed", "hash_table::insert_in_front", LOST),
    ("PublishBeforeFill", "hash_table::insert", "another key's value"),
    ("LinkLoadRelaxed", "hash_table::insert_in_front", LOST),
    ("NullsIgnored", "hash_table::reuse_in_another_bucket", LOST),
    ("ReplaceUnnoticed", "hash_table::replace", LOST),
    ("ReplaceUnlinksFirst", "hash_table::replace", LOST),
    ("ReadNotRechecked", "hash_table::rewrite", "a torn value"),
    ("RewriteFenceMissing", "hash_table::rewrite", "a torn value"),
    ("ReadFenceMissing", "hash_table::rewrite", "a torn value"),
    ("FreeBeforeUnlink", "hash_table::delete_and_take", "left its bucket without the lock"),
    ("BucketLockMissing", "hash_table::two_writers", "is lost"),
    ("RetireSkipsGracePeriod", "hash_table::grace_period_after_delete", "used again inside a section"),
    ("ReplaceSkipsGracePeriod", "hash_table::grace_period_after_replace", "used again inside a section"),
    ("RingLockMissing", "ring::producers", RACE),
    ("RingPositionFirst", "ring::commit", "a record of another length"),
    ("RingReserveRelaxed", "ring::commit", "a record of another length"),
    ("RingCommitRelaxed", "ring::commit", RACE),
    ("RingHeaderRelaxed", "ring::commit", RACE),
    ("RingBusyIgnored", "ring::commit", RACE),
    ("RingDiscardIgnored", "ring::producers", "a discarded record was shown"),
    ("RingConsumesEarly", "ring::room", RACE),
    ("RingConsumerRelaxed", "ring::room", RACE),
    ("RingRoomRelaxed", "ring::room", RACE),
    ("RingWakeFenceMissing", "ring::wake", STUCK),
    ("RingSleepFenceMissing", "ring::wake", STUCK),
    ("SlotSwapRelaxed", "prog_array::exchange", RACE),
    ("SlotLoadRelaxed", "prog_array::exchange", RACE),
    ("SlotSwapNotAtomic", "prog_array::two_updaters", "freed twice or never"),
    ("SlotRetiresFirst", "prog_array::exchange", RACE),
];
