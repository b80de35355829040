//! rbpf's interpreter: raw mode, memory checked.

use crate::{BUFFER, EMPTY, Engine, Workload};

pub struct Rbpf;

fn inc(a: u64, _: u64, _: u64, _: u64, _: u64) -> u64 {
    a + 1
}

impl Engine for Rbpf {
    fn name(&self) -> &'static str {
        "rbpf"
    }

    fn run(&mut self, workload: &Workload) -> u64 {
        let mut vm = rbpf::EbpfVmRaw::new(Some(workload.bytes)).expect("a valid program");
        vm.register_helper(1, inc).expect("a free number");
        vm.execute_program(&mut [0; BUFFER]).expect("no fault")
    }

    fn enter(&mut self, times: u32) -> u64 {
        let vm = rbpf::EbpfVmRaw::new(Some(EMPTY)).expect("a valid program");
        let mut mem = [0; BUFFER];
        (0..times).map(|_| vm.execute_program(&mut mem).expect("no fault")).sum()
    }
}
