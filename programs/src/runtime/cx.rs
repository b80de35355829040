//! What the body of a helper or kfunc gets: the run that calls it, and short ways to read arguments and answer.
//!
//! Key types: [`HelperCx`], [`Reply`]. Neighbours: `helpers` and `kfuncs` have the bodies, `host` makes the context.

use std::rc::Rc;

use maps::map::Map;
use sim::errno::Errno;
use sim::finding;
use sim::machine::Machine;

use super::Bpf;
use super::fault::CallFault;
use super::invocation::{Frame, Invocation};
use super::locks::LockSite;
use super::program::LoadedProgram;
use super::state::RunState;
use crate::interp::{Call, Outcome};
use crate::profile::KernelVersion;

/// What a body answers: an outcome for the interpreter, or why it cannot.
pub type Reply = Result<Outcome, CallFault>;

/// The body of a helper or kfunc; arguments are r1 to r5.
pub type HelperBody = fn(&HelperCx<'_>, [u64; 5]) -> Reply;

/// The run that calls.
pub struct HelperCx<'a> {
    pub bpf: &'a Bpf,
    pub prog: &'a Rc<LoadedProgram>,
    pub inv: &'a Invocation,
    pub state: &'a Rc<RunState>,
    pub call: &'a Call,
}

/// A plain return value.
pub fn ret(value: u64) -> Reply {
    Ok(Outcome::Ret(value))
}

/// A negative errno in r0.
pub fn errno(errno: Errno) -> Reply {
    ret(errno.ret() as u64)
}

/// 0, or the negative errno.
pub fn status(result: Result<(), Errno>) -> Reply {
    ret(result.map_or_else(|e| e.ret() as u64, |()| 0))
}

impl HelperCx<'_> {
    pub fn machine(&self) -> &Machine {
        self.bpf.machine()
    }

    pub fn version(&self) -> KernelVersion {
        self.bpf.profile().version
    }

    pub fn frame(&self) -> &Frame {
        &self.inv.frame
    }

    /// Copies bytes that an argument points to.
    pub fn bytes(&self, addr: u64, len: u64) -> Result<Vec<u8>, CallFault> {
        let len = self.length(addr, len)?;
        self.state.touched(self.machine(), addr, false);
        Ok(self.machine().arena().read(addr, len)?.to_vec())
    }

    /// Writes to memory that an argument points to.
    pub fn write(&self, addr: u64, bytes: &[u8]) -> Result<(), CallFault> {
        self.state.touched(self.machine(), addr, true);
        Ok(self.machine().arena_mut().write(addr, bytes)?)
    }

    /// Stores a number of `size` bytes.
    pub fn store(&self, addr: u64, size: u8, value: u64) -> Result<(), CallFault> {
        Ok(self.machine().arena_mut().store(addr, size, value)?)
    }

    /// Fills memory that an argument points to.
    pub fn fill(&self, addr: u64, len: u64, byte: u8) -> Result<(), CallFault> {
        let len = self.length(addr, len)?;
        self.machine().arena_mut().slice_mut(addr, len)?.fill(byte);
        Ok(())
    }

    /// Checks that an argument points to writable memory before a helper waits for what goes there.
    pub fn check_writable(&self, addr: u64, len: u64) -> Result<usize, CallFault> {
        let len = self.length(addr, len)?;
        self.machine().arena_mut().slice_mut(addr, len)?;
        Ok(len)
    }

    /// A NUL-terminated string of at most `max` bytes; its NUL is not included.
    pub fn string(&self, addr: u64, max: usize) -> Result<Vec<u8>, CallFault> {
        let arena = self.machine().arena();
        let mut text = Vec::new();
        while text.len() < max {
            match arena.load_u8(addr + text.len() as u64)? {
                0 => break,
                byte => text.push(byte),
            }
        }
        Ok(text)
    }

    /// A length as a register has it. Larger than any kernel memory: the arena would refuse it, so it is refused here.
    fn length(&self, addr: u64, len: u64) -> Result<usize, CallFault> {
        match usize::try_from(len) {
            Ok(len) if len <= self.machine().arena().size_bytes() => Ok(len),
            _ => {
                let message = format!("argument at {addr:#x} with length {len} is no kernel memory");
                Err(CallFault::new(finding::OUT_OF_BOUNDS, message))
            }
        }
    }

    /// The map that a map argument points to.
    pub fn map(&self, pointer: u64) -> Result<Rc<dyn Map>, CallFault> {
        self.bpf.maps().by_pointer(self.machine(), pointer)?.ok_or_else(|| {
            CallFault::new(finding::OUT_OF_BOUNDS, format!("{pointer:#x} is not a map pointer"))
        })
    }

    /// The key that an argument points to.
    pub fn key(&self, map: &dyn Map, addr: u64) -> Result<Vec<u8>, CallFault> {
        self.bytes(addr, u64::from(map.spec().key_size))
    }

    /// Where the program is: for locks it takes here.
    pub fn lock_site(&self) -> LockSite {
        let m = self.machine();
        LockSite { task: m.current(), cpu: m.current_cpu(), prog: self.prog.clone(), pc: self.call.pc }
    }

    /// Instruction and source line of the call, as lines for a finding.
    pub fn place(&self) -> Vec<String> {
        super::report::place(self.prog, self.call.pc)
    }

    /// Remembers that the run holds a pointer into an element.
    pub fn hold(&self, map: &dyn Map, value: u64) {
        self.state.hold(map, value, self.prog, self.machine());
    }
}
