//! `map` steps: `bpf(2)` on a map from user space, with the operands in the task's scratch memory.
//!
//! Key types: [`Command`] (a row per operation), [`MapPlan`] (operands settled before the run). Neighbours: `plan` makes the plan,
//! `hooks::syscalls` has the system call, `expect::tasks` judges what came back.

use super::plan::{Planner, StepPlan, Word};
use super::steps::{Doer, Outcome};
use crate::file::{Data, MapOp, MapStep, Sp, UpdateFlag, percpu};

/// What the value pointer of a command is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    /// Read by the kernel.
    In,
    /// Written by the kernel.
    Out,
    /// A key, written by the kernel.
    KeyOut,
}

/// How an operation is said in `union bpf_attr` (include/uapi/linux/bpf.h).
struct Command {
    number: u64,
    /// Whether it passes a key; without one the pointer is null.
    key: bool,
    value: Value,
    batch: bool,
}

const fn element(number: u64, key: bool, value: Value) -> Command {
    Command { number, key, value, batch: false }
}

const fn batch(number: u64, value: Value) -> Command {
    Command { number, key: true, value, batch: true }
}

const LOOKUP: u64 = 1;
const UPDATE: u64 = 2;
const LOOKUP_AND_DELETE: u64 = 21;

fn command(op: MapOp) -> Command {
    match op {
        MapOp::Lookup => element(LOOKUP, true, Value::Out),
        MapOp::Update => element(UPDATE, true, Value::In),
        MapOp::Delete => element(3, true, Value::None),
        MapOp::GetNextKey => element(4, true, Value::KeyOut),
        MapOp::LookupAndDelete => element(LOOKUP_AND_DELETE, true, Value::Out),
        MapOp::Freeze => element(22, false, Value::None),
        MapOp::Push => element(UPDATE, false, Value::In),
        MapOp::Pop => element(LOOKUP_AND_DELETE, false, Value::Out),
        MapOp::Peek => element(LOOKUP, false, Value::Out),
        MapOp::LookupBatch => batch(24, Value::Out),
        MapOp::LookupAndDeleteBatch => batch(25, Value::Out),
        MapOp::UpdateBatch => batch(26, Value::In),
        MapOp::DeleteBatch => batch(27, Value::None),
    }
}

/// Bytes of the attribute: the element commands' and the batch commands' fields.
const ELEM_ATTR: usize = 32;
const BATCH_ATTR: usize = 56;
/// Where a batch command's count is.
const COUNT_AT: u64 = 32;
/// A cursor has the size of a key, or 4 bytes for hash maps.
const LEAST_CURSOR: usize = 4;
/// Room of a lookup batch when the step gives none.
const DEFAULT_ROOM: u32 = 64;

/// What a step must know about its map.
#[derive(Clone, Copy, Debug)]
pub(super) struct MapShape {
    pub key_size: usize,
    pub value_size: usize,
    /// CPUs that have a value of their own, of a per-CPU map.
    pub cpus: Option<usize>,
    /// A lookup passes the value that it asks about: bloom filters.
    pub asks_by_value: bool,
}

impl MapShape {
    /// Bytes of a value as the system call copies it.
    fn stride(&self) -> usize {
        self.cpus.map_or(self.value_size, |cpus| self.value_size.next_multiple_of(8) * cpus)
    }
}

/// Operands of a map step.
#[derive(Clone, Debug, Default)]
pub(super) struct MapPlan {
    attr: u64,
    key: u64,
    value: u64,
    /// Where a batch writes its cursor.
    cursor: u64,
    /// Elements of a batch.
    count: u32,
    key_size: usize,
    /// Bytes of a value as the system call copies it: all CPUs' of a per-CPU map.
    stride: usize,
    /// The step gives a key.
    has_key: bool,
    /// Descriptors that stand for the key and the value.
    key_fd: Option<Word>,
    value_fd: Option<Word>,
}

impl Planner<'_> {
    pub(super) fn map_step(&mut self, step: &MapStep) -> StepPlan {
        let Some(shape) = (self.sizes)(&step.name.value) else {
            return StepPlan::default();
        };
        let mut command = command(step.op);
        if shape.asks_by_value && command.number == LOOKUP {
            command.value = Value::In;
        }
        let (key_size, stride) = (shape.key_size, shape.stride());
        let keys: Vec<Vec<u8>> = match command.batch {
            true => step.entries.iter().map(|entry| self.encode(&entry.key, Some(key_size))).collect(),
            false => step.key.iter().map(|key| self.encode(key, Some(key_size))).collect(),
        };
        let values: Vec<Vec<u8>> = match (command.value, command.batch) {
            (Value::In, true) => step
                .entries
                .iter()
                .map(|entry| {
                    entry.value.as_ref().map_or(vec![0; stride], |value| self.map_value(value, &shape))
                })
                .collect(),
            (Value::In, false) => step.value.iter().map(|value| self.map_value(value, &shape)).collect(),
            _ => Vec::new(),
        };
        let count = match (command.batch, step.entries.is_empty()) {
            (false, _) => 1,
            (true, false) if command.value != Value::Out => step.entries.len() as u32,
            (true, _) => step.room.as_ref().map_or(DEFAULT_ROOM, |room| room.value),
        };
        let value_room = if command.value == Value::KeyOut { key_size } else { stride };
        let map = MapPlan {
            attr: self.scratch.place(&[0; BATCH_ATTR]),
            key: self.place_all(&keys, key_size, count),
            value: self.place_all(&values, value_room, count),
            cursor: if command.batch { self.scratch.place(&vec![0; key_size.max(LEAST_CURSOR)]) } else { 0 },
            count,
            key_size,
            stride,
            has_key: step.key.is_some() || step.key_fd.is_some(),
            key_fd: step.key_fd.as_ref().map(|arg| self.word(arg)),
            value_fd: step.value_fd.as_ref().map(|arg| self.word(arg)),
        };
        StepPlan { map, args: vec![Word::MapFd(step.name.value.clone())], ..StepPlan::default() }
    }

    /// A value as the system call copies it: one value is every CPU's.
    fn map_value(&mut self, value: &Sp<Data>, shape: &MapShape) -> Vec<u8> {
        let Some(cpus) = shape.cpus else { return self.encode(value, Some(shape.value_size)) };
        let bytes = percpu::encode(&value.value, shape.value_size, cpus, &self.names);
        self.problems.checked(bytes, &value.span).unwrap_or_default()
    }

    /// An array of `count` items of `size` bytes.
    fn place_all(&mut self, items: &[Vec<u8>], size: usize, count: u32) -> u64 {
        let mut bytes = Vec::new();
        for item in items {
            let end = bytes.len() + size;
            bytes.extend_from_slice(item);
            bytes.resize(end, 0);
        }
        bytes.resize(bytes.len().max(size * count as usize), 0);
        self.scratch.place(&bytes)
    }
}

impl Doer<'_> {
    pub(super) async fn map(&self, step: &MapStep) -> Outcome {
        let fd = self.args().first().copied().unwrap_or(u64::from(u32::MAX));
        let (plan, command) = (&self.plan.map, command(step.op));
        for (word, addr) in [(&plan.key_fd, plan.key), (&plan.value_fd, plan.value)] {
            if let Some(word) = word {
                self.poke(addr, &(self.word(word) as u32).to_le_bytes());
            }
        }
        let attr = if command.batch {
            plan.batch_attr(fd, &command, step)
        } else {
            plan.elem_attr(fd, &command, step)
        };
        self.poke(plan.attr, &attr);
        let args = [command.number, plan.attr, attr.len() as u64];
        let returned = self.world.kernel.syscall("bpf", &args).await.expect("bpf(2) is modelled");
        let outcome = Outcome::ret(returned);
        if command.batch {
            return self.batch_outcome(&command, outcome);
        }
        let bytes = match command.value {
            Value::Out if returned == 0 => self.peek(plan.value, plan.stride),
            Value::KeyOut if returned == 0 => self.peek(plan.value, plan.key_size),
            _ => None,
        };
        Outcome { bytes, ..outcome }
    }

    /// How many elements were done, and of a lookup which.
    fn batch_outcome(&self, command: &Command, outcome: Outcome) -> Outcome {
        let plan = &self.plan.map;
        let count = self
            .peek(plan.attr + COUNT_AT, 4)
            .and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
        let pair = |index: u64| {
            let key = self.peek(plan.key + index * plan.key_size as u64, plan.key_size)?;
            Some((key, self.peek(plan.value + index * plan.stride as u64, plan.stride)?))
        };
        let found = count.filter(|_| command.value == Value::Out).map_or(0, u64::from);
        let pairs = (0..found.min(plan.count.into())).map_while(pair).collect();
        Outcome { count: count.map(u64::from), pairs, ..outcome }
    }
}

impl MapPlan {
    fn elem_attr(&self, fd: u64, command: &Command, step: &MapStep) -> Vec<u8> {
        // get_next_key without a key asks for the first one.
        let key = if command.key && (self.has_key || step.op != MapOp::GetNextKey) { self.key } else { 0 };
        let value = if command.value == Value::None { 0 } else { self.value };
        let words = [fd, key, value, flags(step)];
        words.iter().flat_map(|word| word.to_le_bytes()).take(ELEM_ATTR).collect()
    }

    fn batch_attr(&self, fd: u64, command: &Command, step: &MapStep) -> Vec<u8> {
        let out = command.value == Value::Out;
        let value = if command.value == Value::None { 0 } else { self.value };
        let cursor = if out { self.cursor } else { 0 };
        let count_and_fd = u64::from(self.count) | fd << 32;
        let words = [0, cursor, self.key, value, count_and_fd, flags(step), 0];
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

fn flags(step: &MapStep) -> u64 {
    step.flags.as_slice().iter().fold(0, |all, flag| {
        all | match flag.value {
            UpdateFlag::Any => 0,
            UpdateFlag::Noexist => 1,
            UpdateFlag::Exist => 2,
            UpdateFlag::Lock => 4,
        }
    })
}
