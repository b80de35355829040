//! A BTF blob. The body is `tests::fuzz::target("btf")`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| (tests::fuzz::target("btf").run)(bytes));
