//! A `.BTF.ext` section. The body is `tests::fuzz::target("btf_ext")`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| (tests::fuzz::target("btf_ext").run)(bytes));
