//! `bpf(2)` from user space, for maps: element commands, batches, freeze. The map comes by descriptor; the runner opens one for each map
//! that a step names.
//!
//! Source: `kernel/bpf/syscall.c:__sys_bpf`. Key types: [`Attr`], [`Command`]. Neighbours: `elem` and `batch` have the commands, `fd` those that make
//! descriptors.

mod batch;
mod elem;
mod fd;

use std::pin::Pin;
use std::rc::Rc;

use maps::consts::BPF_F_LOCK;
use maps::inner::holds_maps;
use maps::map::Map;
use maps::rules::MapRules;
use sim::errno::Errno;
use sim::machine::Flavour;

use super::{Call, Row, row};
use crate::process::{Fd, MapMode};

pub(super) const ROWS: &[Row] = &[row!("bpf", 3, bpf)];

/// A page: what the kernel accepts at most (`bpf_check_uarg_tail_zero`).
const MAX_ATTR_BYTES: u64 = 4096;
/// Bytes of `union bpf_attr` that the commands read; a shorter attribute is filled with zeros.
const ATTR_BYTES: usize = 72;

/// `union bpf_attr` of one call: the bytes as they came, and where they are in user memory.
struct Attr {
    bytes: Vec<u8>,
    addr: u64,
}

impl Attr {
    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.bytes[at..at + 8].try_into().expect("eight bytes"))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().expect("four bytes"))
    }

    /// `CHECK_ATTR`: nothing follows the command's last field, which ends at `end`.
    fn check_end(&self, end: usize) -> Result<(), Errno> {
        if self.bytes[end..].iter().any(|byte| *byte != 0) { Err(Errno::EINVAL) } else { Ok(()) }
    }
}

/// What a command works on.
#[derive(Clone)]
struct Operands {
    call: Call,
    map: Rc<dyn Map>,
    /// The open file of the map.
    map_file: u64,
    attr: Rc<Attr>,
}

type Body = Pin<Box<dyn Future<Output = Result<(), Errno>>>>;

/// One command of `bpf()`.
struct Command {
    number: u64,
    /// Where its last field ends (`BPF_*_LAST_FIELD`).
    end: usize,
    /// Where its map descriptor is.
    map_fd: usize,
    /// What the descriptor must allow.
    needs: MapMode,
    run: fn(Operands) -> Body,
}

impl Command {
    const fn new(number: u64, end: usize, needs: MapMode, run: fn(Operands) -> Body) -> Command {
        Command { number, end, map_fd: 0, needs, run }
    }

    const fn batch(number: u64, needs: MapMode, run: fn(Operands) -> Body) -> Command {
        Command { number, end: 56, map_fd: batch::MAP_FD, needs, run }
    }

    /// Flags that are refused before the descriptor is looked at: of lookups until 7.2, of lookup-and-delete always.
    fn check_early(&self, attr: &Attr, rules: &MapRules) -> Result<(), Errno> {
        let known = match self.number {
            LOOKUP if !rules.cpu_flags => BPF_F_LOCK,
            LOOKUP_AND_DELETE if rules.hash_lookup_and_delete => BPF_F_LOCK,
            LOOKUP_AND_DELETE => 0,
            _ => u64::MAX,
        };
        if attr.u64(elem::FLAGS) & !known != 0 { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// `map_get_sys_perms`. `BPF_MAP_FREEZE` asks since 6.12.
    fn check_mode(&self, mode: MapMode, rules: &MapRules) -> Result<(), Errno> {
        let write = self.needs.write && (self.number != FREEZE || rules.freeze_checks_write);
        if (self.needs.read && !mode.read) || (write && !mode.write) { Err(Errno::EPERM) } else { Ok(()) }
    }
}

const LOOKUP: u64 = 1;
const LOOKUP_AND_DELETE: u64 = 21;
const FREEZE: u64 = 22;
const READ: MapMode = MapMode { read: true, write: false };
const WRITE: MapMode = MapMode { read: false, write: true };

/// `enum bpf_cmd`, as far as it concerns the contents of maps.
const COMMANDS: &[Command] = &[
    Command::new(LOOKUP, 32, READ, |op| Box::pin(elem::lookup(op))),
    Command::new(2, 32, WRITE, |op| Box::pin(elem::update(op))),
    Command::new(3, 16, WRITE, |op| Box::pin(elem::delete(op))),
    Command::new(4, 24, READ, |op| Box::pin(elem::next_key(op))),
    Command::new(LOOKUP_AND_DELETE, 32, MapMode::BOTH, |op| Box::pin(elem::lookup_and_delete(op))),
    Command::new(FREEZE, 4, WRITE, |op| Box::pin(async move { op.map.freeze(op.call.kernel.machine()) })),
    Command::batch(24, READ, |op| Box::pin(batch::run(op, maps::batch::Command::Lookup))),
    Command::batch(25, MapMode::BOTH, |op| Box::pin(batch::run(op, maps::batch::Command::LookupAndDelete))),
    Command::batch(26, WRITE, |op| Box::pin(batch::run(op, maps::batch::Command::Update))),
    Command::batch(27, WRITE, |op| Box::pin(batch::run(op, maps::batch::Command::Delete))),
];

/// A command that gives a descriptor: number, end of the last field, body.
type MakesFd = (u64, usize, fn(&Call, &Attr) -> Result<i64, Errno>);

const MAKES_FD: &[MakesFd] = &[(0, 72, fd::create), (13, 4, fd::program_by_id), (14, 12, fd::by_id)];

/// Commands after which `maybe_wait_bpf_programs` is called, and whether only old kernels do.
const WAITS: &[(u64, bool)] = &[(1, true), (24, true), (2, false), (3, false), (26, false), (27, false)];

/// `__sys_bpf()` (kernel/bpf/syscall.c).
async fn bpf(call: Call) -> Result<i64, Errno> {
    let [number, addr, size, ..] = call.args;
    if size > MAX_ATTR_BYTES {
        return Err(Errno::E2BIG);
    }
    let mut bytes = call.read_user(addr, size as usize).await?;
    bytes.resize(bytes.len().max(ATTR_BYTES), 0);
    let attr_object = call.kernel.alloc_context("bpf_attr", &bytes);
    let allowed = call.lsm("bpf", &[number, attr_object, size, 0]).await;
    call.kernel.free_context(attr_object);
    allowed?;
    let attr = Rc::new(Attr { bytes, addr });
    if let Some((_, end, body)) = MAKES_FD.iter().find(|(nr, ..)| *nr == number) {
        attr.check_end(*end)?;
        return body(&call, &attr);
    }
    let command = COMMANDS.iter().find(|command| command.number == number).ok_or(Errno::EINVAL)?;
    attr.check_end(command.end)?;
    command.check_early(&attr, call.kernel.bpf().map_rules())?;
    let Fd::Map(file) = call.process().get(attr.u32(command.map_fd).into())? else {
        return Err(Errno::EINVAL);
    };
    let map = file.map.clone();
    command.check_mode(file.mode, &map.core().rules)?;
    let operands = Operands { call: call.clone(), map: map.clone(), map_file: file.id, attr };
    let done = (command.run)(operands).await;
    wait_for_readers(&call, &*map, number, done.is_ok()).await;
    done.map(|()| 0)
}

/// `maybe_wait_bpf_programs`: after a change of a map of maps no classic reader uses the old inner map any more. Sleeping programs may.
async fn wait_for_readers(call: &Call, map: &dyn Map, number: u64, done: bool) {
    let always = map.core().rules.inner_map_waits_always;
    let waits = WAITS.iter().any(|(nr, old)| *nr == number && (always || (done && !old)));
    if waits && holds_maps(map.spec().map_type) {
        call.kernel.machine().synchronize(Flavour::Classic).await;
    }
}
