//! `BPF_PROG_TEST_RUN`: syscall programs run by hand with a context from user space, packet programs on a packet.
//!
//! net/bpf/test_run.c:bpf_prog_test_run_syscall: the program runs under Tasks Trace and may sleep.

use std::rc::Rc;

use programs::profile::ProgType;
use programs::runtime::{Frame, Invocation, LoadedProgram, PacketKind};
use sim::errno::Errno;

use crate::attach::DEFAULT_DEVICE;
use crate::kernel::Kernel;
use crate::protocol::{Door, run_program};

/// Size of the context that a program may expect at least.
const MIN_CTX_BYTES: usize = 8;
/// `ETH_HLEN`.
const ETH_HEADER_BYTES: usize = 14;

impl Kernel {
    /// Runs a program with a copy of `ctx`; its return value and the context afterwards.
    pub async fn test_run(&self, program: &Rc<LoadedProgram>, ctx: &[u8]) -> (i64, Vec<u8>) {
        let mut bytes = ctx.to_vec();
        bytes.resize(bytes.len().max(MIN_CTX_BYTES), 0);
        let addr = self.alloc_context("syscall context", &bytes);
        let (kernel, program, hook) = (self.clone(), program.clone(), format!("test_run/{}", program.name));
        let body = async move {
            let inv = Invocation::new(addr, Frame::Plain);
            let ret = run_program(&kernel, &program, &inv, Door::Direct).await;
            i64::from(ret.unwrap_or_default() as u32 as i32)
        };
        let ret = self.fire(&hook, Box::pin(body)).await;
        let after = self.machine().arena().read(addr, ctx.len()).map(<[u8]>::to_vec).unwrap_or_default();
        self.free_context(addr);
        (ret, after)
    }

    /// `bpf_prog_test_run()` (kernel/bpf/syscall.c) by the program's type.
    ///
    /// # Errors
    /// `ENOTSUPP` for types that are not modelled here (most types answer so in kernels, too); `EINVAL` for a packet without an
    /// Ethernet header; `ENOMEM`.
    pub async fn test_run_any(&self, program: &Rc<LoadedProgram>, input: &[u8]) -> Result<i64, Errno> {
        let kind = match program.prog_type() {
            ProgType::SYSCALL => return Ok(self.test_run(program, input).await.0),
            ProgType::XDP => PacketKind::Xdp,
            ProgType::SCHED_CLS | ProgType::SOCKET_FILTER | ProgType::CGROUP_SKB => PacketKind::Skb,
            _ => return Err(Errno::ENOTSUPP),
        };
        if input.len() < ETH_HEADER_BYTES {
            return Err(Errno::EINVAL);
        }
        let guard = self.machine().bh_guard();
        let ret = self.run_packet_program(program, 0, kind, DEFAULT_DEVICE, input);
        drop(guard);
        ret.map(|(ret, _)| i64::from(ret as u32 as i32)).ok_or(Errno::ENOMEM)
    }
}
