//! solana-sbpf's interpreter: version 0 of its instruction set, instruction meter and address translation on.

use std::sync::Arc;

use solana_sbpf::declare_builtin_function;
use solana_sbpf::ebpf::{MM_HEAP_START, MM_INPUT_START, MM_STACK_START, hash_symbol_name};
use solana_sbpf::elf::Executable;
use solana_sbpf::memory_region::{MemoryMapping, MemoryRegion};
use solana_sbpf::program::{BuiltinProgram, FunctionRegistry, SBPFVersion};
use solana_sbpf::vm::{Config, ContextObject, EbpfVm};

use crate::{BUFFER, EMPTY, Engine, Workload};

const VERSION: SBPFVersion = SBPFVersion::V0;
const CALL: u8 = 0x85;

struct Meter(u64);

impl ContextObject for Meter {
    fn consume(&mut self, amount: u64) {
        self.0 -= amount;
    }

    fn get_remaining(&self) -> u64 {
        self.0
    }
}

declare_builtin_function!(
    Inc,
    fn rust(
        _vm: &mut Meter,
        a: u64,
        _b: u64,
        _c: u64,
        _d: u64,
        _e: u64,
        _memory: &mut MemoryMapping,
    ) -> Result<u64, Box<dyn std::error::Error>> {
        Ok(a + 1)
    }
);

/// Its calls name a helper by the hash of its name instead of a number.
fn with_hashed_calls(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for insn in bytes.chunks_mut(8).filter(|insn| insn[0] == CALL) {
        insn[4..].copy_from_slice(&hash_symbol_name(b"inc").to_le_bytes());
    }
    bytes
}

pub struct Sbpf {
    loader: Arc<BuiltinProgram<Meter>>,
}

impl Sbpf {
    pub fn new() -> Sbpf {
        let config = Config { enabled_sbpf_versions: VERSION..=VERSION, ..Config::default() };
        let mut loader = BuiltinProgram::new_loader(config);
        loader.register_function("inc", Inc::vm).expect("a free name");
        Sbpf { loader: Arc::new(loader) }
    }

    fn load(&self, bytes: &[u8]) -> Executable<Meter> {
        let bytes = with_hashed_calls(bytes);
        let loader = Arc::clone(&self.loader);
        Executable::from_text_bytes(&bytes, loader, VERSION, FunctionRegistry::default())
            .expect("a valid program")
    }

    /// Enters a program `times` times with a new machine each, as its users do; the sum of the results.
    fn execute(&self, executable: &Executable<Meter>, times: u32) -> u64 {
        let config = executable.get_config();
        let (mut stack, mut buffer) = (vec![0; config.stack_size()], [0; BUFFER]);
        let once = |_| {
            let regions = vec![
                executable.get_ro_region(),
                MemoryRegion::new_writable_gapped(&mut stack, MM_STACK_START, config.stack_frame_size as u64),
                MemoryRegion::new_writable(&mut [], MM_HEAP_START),
                MemoryRegion::new_writable(&mut buffer, MM_INPUT_START),
            ];
            let memory = MemoryMapping::new(regions, config, VERSION).expect("one region at each start");
            let mut meter = Meter(u64::MAX);
            let mut vm =
                EbpfVm::new(Arc::clone(&self.loader), VERSION, &mut meter, memory, config.stack_size());
            vm.registers[1] = MM_INPUT_START;
            vm.execute_program(executable, true).1.unwrap()
        };
        (0..times).map(once).sum()
    }
}

impl Engine for Sbpf {
    fn name(&self) -> &'static str {
        "solana-sbpf"
    }

    fn run(&mut self, workload: &Workload) -> u64 {
        self.execute(&self.load(workload.bytes), 1)
    }

    fn enter(&mut self, times: u32) -> u64 {
        self.execute(&self.load(EMPTY), times)
    }
}
