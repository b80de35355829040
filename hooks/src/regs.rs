//! `struct pt_regs` of x86-64: the context of kprobes and uprobes, and the argument of `__x64_sys_*`.
//!
//! Layout: `arch/x86/include/asm/ptrace.h`, the same in all profiles: 21 words of 8 bytes.

/// Size of `struct pt_regs` in bytes.
pub const PT_REGS_BYTES: usize = 168;

/// Byte offsets of the registers that programs read.
pub mod offset {
    pub const R10: usize = 56;
    pub const R9: usize = 64;
    pub const R8: usize = 72;
    pub const AX: usize = 80;
    pub const CX: usize = 88;
    pub const DX: usize = 96;
    pub const SI: usize = 104;
    pub const DI: usize = 112;
    pub const ORIG_AX: usize = 120;
    pub const IP: usize = 128;
    pub const CS: usize = 136;
    pub const FLAGS: usize = 144;
    pub const SP: usize = 152;
    pub const SS: usize = 160;
}

/// Where the C calling convention puts the arguments of a function.
pub const FUNCTION_ARGS: [usize; 6] =
    [offset::DI, offset::SI, offset::DX, offset::CX, offset::R8, offset::R9];
/// Where the system call convention puts them (r10 instead of rcx).
pub const SYSCALL_ARGS: [usize; 6] =
    [offset::DI, offset::SI, offset::DX, offset::R10, offset::R8, offset::R9];

/// `__USER_CS` (`arch/x86/include/asm/segment.h`).
const USER_CS: u64 = 0x33;
/// `__KERNEL_CS`.
const KERNEL_CS: u64 = 0x10;
/// Interrupts enabled, and the bit that is always 1.
const FLAGS: u64 = 0x202;

/// Register contents to be written to kernel memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PtRegs([u8; PT_REGS_BYTES]);

impl PtRegs {
    fn new(cs: u64, args: &[u64], places: [usize; 6]) -> PtRegs {
        let mut regs = PtRegs([0; PT_REGS_BYTES]);
        regs.set(offset::CS, cs);
        regs.set(offset::FLAGS, FLAGS);
        for (value, place) in args.iter().zip(places) {
            regs.set(place, *value);
        }
        regs
    }

    /// At the entry of a kernel function.
    pub fn kernel_function(args: &[u64]) -> PtRegs {
        PtRegs::new(KERNEL_CS, args, FUNCTION_ARGS)
    }

    /// At the entry of a user-space function.
    pub fn user_function(args: &[u64]) -> PtRegs {
        PtRegs::new(USER_CS, args, FUNCTION_ARGS)
    }

    /// User registers at the entry of system call `nr`.
    pub fn syscall(nr: u64, args: &[u64]) -> PtRegs {
        let mut regs = PtRegs::new(USER_CS, args, SYSCALL_ARGS);
        regs.set(offset::ORIG_AX, nr);
        // -ENOSYS, as the entry code leaves it until the call is done.
        regs.set(offset::AX, -38_i64 as u64);
        regs
    }

    /// Sets the word at a byte offset.
    pub fn set(&mut self, offset: usize, value: u64) {
        self.0[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
    }

    /// The bytes as they lie in memory.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_where_the_calling_conventions_put_them() {
        let word =
            |regs: &PtRegs, at: usize| u64::from_le_bytes(regs.bytes()[at..at + 8].try_into().expect("8"));
        let call = PtRegs::user_function(&[1, 2, 3, 4]);
        assert_eq!([offset::DI, offset::SI, offset::DX, offset::CX].map(|o| word(&call, o)), [1, 2, 3, 4]);
        let syscall = PtRegs::syscall(257, &[1, 2, 3, 4]);
        assert_eq!((word(&syscall, offset::R10), word(&syscall, offset::ORIG_AX)), (4, 257));
        assert_eq!(word(&syscall, offset::CX), 0);
    }
}
