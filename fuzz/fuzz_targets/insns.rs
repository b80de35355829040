//! Instructions behind three bytes of choices. The body is `tests::fuzz::target("insns")`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| (tests::fuzz::target("insns").run)(bytes));
