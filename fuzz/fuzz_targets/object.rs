//! A BPF object file. The body is `tests::fuzz::target("object")`.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| (tests::fuzz::target("object").run)(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    match tests::fuzz::mutate::mutate_in_place(data, size, max_size, seed) {
        Some(len) => len,
        None => fuzzer_mutate(data, size, max_size),
    }
});
