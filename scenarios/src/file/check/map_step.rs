//! Checks of `map` steps: keys and values that fit, and no key that the operation would ignore.

use super::{Checker, program};
use crate::diag::catalogue::input::{CONFLICT, OUT_OF_RANGE};
use crate::file::model::{MapOp, MapStep, Task};
use crate::file::span::{Sp, Span};
use crate::file::{Data, percpu};

/// Elements of one batch: the task's scratch memory holds them.
const MOST_ROOM: u32 = 1 << 16;

/// Types of maps whose elements have a value for every CPU.
const PERCPU: [&str; 3] = ["percpu_hash", "percpu_array", "lru_percpu_hash"];

impl<'a> Checker<'a> {
    pub(super) fn map_step(&mut self, task: &Sp<Task>, step: &'a MapStep, saved: &[&str]) {
        self.has_map(&step.name);
        let (key_size, value_size) = self.map_sizes(&step.name);
        let entries = step.entries.iter().map(|entry| (&entry.key, entry.value.as_ref()));
        for (key, value) in entries {
            self.data(key, key_size, None);
            value.into_iter().for_each(|value| self.map_value(&step.name, value, value_size));
        }
        if let Some(key) = &step.key {
            self.data(key, key_size, None);
        }
        if let Some(value) = &step.value {
            match step.op {
                MapOp::GetNextKey => self.data(value, key_size, None),
                _ => self.map_value(&step.name, value, value_size),
            }
        }
        for arg in step.key_fd.iter().chain(&step.value_fd) {
            self.arg(task, arg, saved);
        }
        if let Some(room) = step.room.as_ref().filter(|room| room.value == 0 || room.value > MOST_ROOM) {
            let label = format!("1 to {MOST_ROOM}");
            self.error(OUT_OF_RANGE, "not a possible number of elements", &room.span, label);
        }
        self.ignored_keys(step);
    }

    /// A value of a map; of a per-CPU map one value or those of all CPUs.
    fn map_value(&mut self, map: &Sp<String>, value: &Sp<Data>, size: Option<usize>) {
        let decl = self.scenario.maps.iter().find(|decl| decl.name.value == map.value);
        let kind = decl.and_then(|decl| decl.map_type.as_ref());
        let (Some(size), true) = (size, kind.is_some_and(|kind| PERCPU.contains(&kind.value.as_str())))
        else {
            return self.data(value, size, None);
        };
        let cpus = self.scenario.cpus.value as usize;
        if let Err(message) = percpu::encode(&value.value, size, cpus, &self.layout.names(None)) {
            self.leaf_error(&value.span, &message);
        }
    }

    /// Sizes that the scenario itself says; an object's maps are known later.
    fn map_sizes(&self, name: &Sp<String>) -> (Option<usize>, Option<usize>) {
        let decl = self.scenario.maps.iter().find(|map| map.name.value == name.value);
        decl.map_or((None, None), |map| program::map_sizes(map))
    }

    fn ignored_keys(&mut self, step: &MapStep) {
        let op = step.op;
        let name = &step.name.span;
        let unkeyed: [(bool, &str, &Span); 3] = [
            (step.key.is_some() && !op.takes_key(), "key", step.key.as_ref().map_or(name, |key| &key.span)),
            (
                step.key_fd.is_some() && !op.takes_key(),
                "key_fd",
                step.key_fd.as_ref().map_or(name, |fd| &fd.span),
            ),
            (
                step.value_fd.is_some() && op.finds(),
                "value_fd",
                step.value_fd.as_ref().map_or(name, |fd| &fd.span),
            ),
        ];
        let batch: [(bool, &str, &Span); 4] = [
            (
                !step.entries.is_empty() && !op.is_batch(),
                "entries",
                step.entries.first().map_or(name, |e| &e.key.span),
            ),
            (
                step.count.is_some() && !op.is_batch(),
                "count",
                step.count.as_ref().map_or(name, |count| &count.span),
            ),
            (
                step.room.is_some() && !(op.is_batch() && op.finds()),
                "room",
                step.room.as_ref().map_or(name, |room| &room.span),
            ),
            (
                step.value.is_some() && op.is_batch(),
                "value",
                step.value.as_ref().map_or(name, |value| &value.span),
            ),
        ];
        for (_, key, span) in unkeyed.into_iter().chain(batch).filter(|(wrong, ..)| *wrong) {
            self.error(CONFLICT, format!("this operation has no `{key}`"), span, "would be ignored");
        }
        for (one, other, what) in [(&step.key, &step.key_fd, "key"), (&step.value, &step.value_fd, "value")] {
            if let (Some(_), Some(fd)) = (one, other) {
                let message = format!("the {what} is given twice");
                self.error(CONFLICT, message, &fd.span, "as a descriptor too");
            }
        }
    }
}
