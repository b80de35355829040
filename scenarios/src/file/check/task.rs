//! Checks of tasks: memory, steps, and what steps refer to.

use super::Checker;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{
    ADDRESS, CONFLICT, DANGLING, DUPLICATE, OUT_OF_RANGE, OVERLAP, UNKNOWN_NAME, UNMAPPED,
};
use crate::file::arg::Arg;
use crate::file::layout::{HIGHEST, LOWEST, MAX_REGION_PAGES, PAGE_BYTES, Placed, data_len};
use crate::file::model::{Call, Callback, Flavour, PageState, Region, Step, Task, Touch, WaitFor};
use crate::file::span::Sp;

/// Longest `comm` (`TASK_COMM_LEN` less the NUL, `include/linux/sched.h`).
const COMM_LEN: usize = 15;

impl<'a> Checker<'a> {
    pub(super) fn tasks(&mut self) {
        let scenario = self.scenario;
        self.unique("task", scenario.tasks.iter().map(|task| &task.name));
        let mut pids: Vec<&Sp<u32>> = Vec::new();
        for task in &scenario.tasks {
            if let Some(pid) = &task.pid {
                if pid.value == 0 {
                    self.error(
                        OUT_OF_RANGE,
                        "process id 0 belongs to the idle task",
                        &pid.span,
                        "at least 1",
                    );
                }
                if let Some(first) = pids.iter().find(|other| other.value == pid.value) {
                    let message = format!("two tasks have the process id {}", pid.value);
                    let diagnostic = Diagnostic::error(DUPLICATE, message).label(&pid.span, "the second one");
                    self.report(diagnostic.secondary(&first.span, "the first one"));
                }
                pids.push(pid);
            }
            self.task(task);
        }
    }

    fn task(&mut self, task: &'a Sp<Task>) {
        if task.name.len() > COMM_LEN || task.name.is_empty() || task.name.contains('.') {
            let diagnostic =
                Diagnostic::error(OUT_OF_RANGE, format!("`{}` cannot be a task's name", task.name.value))
                    .label(&task.name.span, "1 to 15 characters without a dot, as `comm` in Linux");
            self.report(diagnostic);
        }
        for cpu in task.cpu.as_slice() {
            self.cpu(cpu);
        }
        let forks = self.scenario.tasks.iter().flat_map(|t| &t.steps);
        let is_forked =
            forks.into_iter().any(|s| matches!(&s.value, Step::Fork(name) if name.value == task.name.value));
        if task.forked && !is_forked {
            let message = format!("no task forks `{}`", task.name.value);
            self.error(DANGLING, message, &task.name.span, "would never start");
        }
        self.unique("region", task.regions.iter().map(|region| &region.name));
        self.memory(task);
        let mut saved: Vec<&str> = Vec::new();
        for step in &task.steps {
            self.step(task, step, &saved);
            if let Step::Syscall(call) | Step::Call(call) | Step::KernelCall(call) = &step.value {
                saved.extend(call.save.as_ref().map(|name| name.as_str()));
            }
        }
    }

    fn memory(&mut self, task: &Sp<Task>) {
        let placed = self.layout.own_regions(&task.name).to_vec();
        for (region, place) in task.regions.iter().zip(&placed) {
            let span = region.at.as_ref().map_or(&region.name.span, |at| &at.span).clone();
            if place.pages > MAX_REGION_PAGES {
                // Its size is what is wrong; where it would lie says nothing.
            } else if place.start % PAGE_BYTES != 0 {
                let help = format!("the page begins at {:#x}", place.start / PAGE_BYTES * PAGE_BYTES);
                let message = format!("region `{}` does not begin at a page", region.name.value);
                let label = "not a multiple of 4096";
                self.report(Diagnostic::error(ADDRESS, message).label(&span, label).help(help));
            } else if place.start < LOWEST || place.end() > HIGHEST {
                let message = format!("region `{}` lies outside user space", region.name.value);
                let label = format!(
                    "{:#x}..{:#x}; user space is {LOWEST:#x}..{HIGHEST:#x}",
                    place.start,
                    place.end()
                );
                self.error(ADDRESS, message, &span, label);
            }
            self.region(task, region, place.pages);
        }
        for (at, place) in placed.iter().enumerate() {
            let possible = |p: &Placed| p.pages <= MAX_REGION_PAGES;
            let clash = placed[..at]
                .iter()
                .filter(|p| possible(p) && possible(place))
                .find(|p| p.start < place.end() && place.start < p.end());
            if let Some(first) = clash {
                let (a, b) = (&task.regions[first.index], &task.regions[place.index]);
                let spot = |r: &Region| r.at.as_ref().map_or(r.name.span.clone(), |at| at.span.clone());
                let message = format!("regions `{}` and `{}` overlap", a.name.value, b.name.value);
                let diagnostic = Diagnostic::error(OVERLAP, message)
                    .label(&spot(b), format!("{:#x}..{:#x}", place.start, place.end()))
                    .secondary(&spot(a), format!("{:#x}..{:#x}", first.start, first.end()))
                    .help("leave out `at` to have the region placed");
                self.report(diagnostic);
            }
        }
    }

    fn region(&mut self, task: &Sp<Task>, region: &Sp<Region>, pages: u64) {
        let states = region.state.as_slice();
        if pages > MAX_REGION_PAGES {
            let span = region.pages.as_ref().map_or(&region.name.span, |pages| &pages.span);
            let label = format!("at most {MAX_REGION_PAGES}");
            self.error(OUT_OF_RANGE, format!("a region of {pages} pages is not possible"), span, label);
            return;
        }
        if states.len() > 1 && states.len() as u64 != pages {
            let message =
                format!("region `{}` has {pages} pages but {} states", region.name.value, states.len());
            self.error(CONFLICT, message, &region.name.span, "give one state, or one for each page");
        }
        for state in states {
            let of_file = matches!(state.value, PageState::Cached | PageState::Cold);
            let anonymous = !of_file && !matches!(state.value, PageState::Untouched | PageState::Resident);
            if (of_file && region.file.is_none()) || (anonymous && region.file.is_some() && region.shared) {
                let label =
                    if of_file { "only pages of a `file` can be" } else { "not possible for a shared file" };
                self.error(CONFLICT, "this state does not go with this region", &state.span, label);
            }
        }
        if let Some(path) = &region.file {
            let known: Vec<&str> = self.scenario.files.iter().map(|file| file.path.as_str()).collect();
            if !known.contains(&path.value.as_str()) {
                self.unknown(DANGLING, "file", path, known);
            }
        }
        if let Some(offset) = &region.file_offset
            && offset.value % PAGE_BYTES != 0
        {
            self.error(
                ADDRESS,
                "a mapping begins at a page of its file",
                &offset.span,
                "not a multiple of 4096",
            );
        }
        if let Some(contents) = &region.contents {
            self.data(contents, None, Some(&task.name));
            let end =
                data_len(contents).saturating_add(region.offset.as_ref().map_or(0, |offset| offset.value));
            if end > pages.saturating_mul(PAGE_BYTES) {
                let message = format!("the contents of `{}` do not fit its {pages} pages", region.name.value);
                self.error(OUT_OF_RANGE, message, &contents.span, format!("ends at byte {end}"));
            }
        }
    }

    fn step(&mut self, task: &'a Sp<Task>, step: &'a Sp<Step>, saved: &[&str]) {
        match &step.value {
            Step::Syscall(call) => {
                let known: Vec<&str> = hooks::syscalls::table().map(|row| row.name).collect();
                if !known.contains(&call.name.as_str()) {
                    self.unknown(UNKNOWN_NAME, "modelled syscall", &call.name, known);
                }
                self.call(task, call, saved);
            }
            Step::Call(call) | Step::KernelCall(call) => self.call(task, call, saved),
            Step::Read(touch) | Step::Write(touch) => self.touch(task, touch, saved),
            Step::WaitFor(wait) => self.wait_for(task, &wait.value),
            Step::Fork(child) => self.fork(task, child),
            Step::Map(step) => self.map_step(task, step, saved),
            Step::Resolve(resolve) => {
                self.arg(task, &resolve.at, saved);
                if let Some(contents) = &resolve.contents {
                    self.data(contents, None, Some(&task.name));
                }
            }
            Step::Attach(name) | Step::Detach(name) => self.has_program(name),
            Step::Run(run) => {
                self.has_program(&run.program);
                if let Some(context) = &run.context {
                    self.data(context, None, Some(&task.name));
                }
            }
            Step::MoveToCpu(cpu) => self.cpu(cpu),
            Step::Mark(name) => self.mark(name),
            Step::Callback(step) => self.callback(step),
            Step::Barrier(step) => self.has_callbacks(&step.flavour),
            Step::Holders(step) => {
                step.tasks.iter().for_each(|names| names.iter().for_each(|n| self.has_task(n)))
            }
            Step::Sleep(_) | Step::Spin(_) | Step::Synchronize(_) => {}
        }
    }

    fn mark(&mut self, name: &Sp<String>) {
        if name.contains('.') || name.trim().is_empty() {
            self.error(OUT_OF_RANGE, "this cannot be a mark", &name.span, "some words without a dot");
        }
    }

    fn callback(&mut self, step: &Callback) {
        self.mark(&step.mark);
        self.has_callbacks(&step.flavour);
        if step.hurry && step.flavour.value != Flavour::Rcu {
            self.error(CONFLICT, "only classic RCU has `hurry`", &step.flavour.span, "not this flavour");
        }
    }

    /// Expedited grace periods serve waiting tasks only.
    fn has_callbacks(&mut self, flavour: &Sp<Flavour>) {
        if flavour.value == Flavour::RcuExpedited {
            let label = "no callbacks; use \"rcu\"";
            self.error(CONFLICT, "expedited RCU is for `synchronize` only", &flavour.span, label);
        }
    }

    fn call(&mut self, task: &Sp<Task>, call: &Call, saved: &[&str]) {
        for arg in &call.args {
            self.arg(task, arg, saved);
        }
        if call.args.len() > 6 {
            let label = "the seventh";
            self.error(OUT_OF_RANGE, "a call takes at most 6 arguments", &call.args[6].span, label);
        }
    }

    pub(super) fn arg(&mut self, task: &Sp<Task>, arg: &Sp<Arg>, saved: &[&str]) {
        match &arg.value {
            Arg::Addr(place) => {
                self.address(place, &arg.span, &task.name);
            }
            Arg::Saved(name) if !saved.contains(&name.as_str()) => {
                let name = Sp::new(name.clone(), arg.span.clone());
                self.unknown(DANGLING, "saved value", &name, saved.iter().copied());
            }
            Arg::Data(data) => self.data(data, None, Some(&task.name)),
            Arg::Pid(name) | Arg::Pidfd(name) => self.has_task(&Sp::new(name.clone(), arg.span.clone())),
            Arg::Program(name) => self.has_program(&Sp::new(name.clone(), arg.span.clone())),
            Arg::Map(name) => self.has_map(&Sp::new(name.clone(), arg.span.clone())),
            _ => {}
        }
    }

    fn touch(&mut self, task: &Sp<Task>, touch: &Touch, saved: &[&str]) {
        let len = touch.len.as_ref().map_or(1, |len| len.value.0);
        if let Some(wrong) = touch.len.as_ref().filter(|len| len.value.0 > MAX_REGION_PAGES * PAGE_BYTES) {
            let label = format!("at most {} bytes", MAX_REGION_PAGES * PAGE_BYTES);
            return self.error(OUT_OF_RANGE, "this access is longer than any region", &wrong.span, label);
        }
        let len = touch.bytes.as_ref().map_or(len, |bytes| data_len(bytes).max(1));
        let address = match &touch.at.value {
            Arg::Addr(place) => self.address(place, &touch.at.span, &task.name),
            Arg::Int(value) => u64::try_from(*value).ok(),
            _ => {
                self.arg(task, &touch.at, saved);
                None
            }
        };
        if let Some(bytes) = &touch.bytes {
            self.data(bytes, None, Some(&task.name));
        }
        // Memory that a syscall maps is not known here: only addresses that no syscall could have mapped are judged.
        let maps = task.steps.iter().any(|s| matches!(&s.value, Step::Syscall(c) if c.name.value == "mmap"));
        if let Some(address) = address
            && touch.signal.is_none()
            && !maps
            && !self.layout.is_mapped(&task.name, address, len)
        {
            let diagnostic = Diagnostic::error(
                UNMAPPED,
                format!("nothing is mapped at {address:#x} in task `{}`", task.name.value),
            )
            .label(&touch.at.span, format!("{len} bytes from {address:#x}"))
            .help("if the task is meant to fail here, say `signal = \"SIGSEGV\"`");
            self.report(diagnostic);
        }
    }

    fn wait_for(&mut self, task: &Sp<Task>, wait: &WaitFor) {
        match wait {
            WaitFor::Mark(mark) => self.has_mark(mark),
            WaitFor::End(other) if other.value == task.name.value => {
                self.error(CONFLICT, "a task cannot wait for its own end", &other.span, "this task itself");
            }
            WaitFor::End(other) => self.has_task(other),
            WaitFor::Blocked(program) => self.has_program(program),
            WaitFor::Runs(runs) => self.has_program(&runs.program),
            WaitFor::GracePeriod(_) | WaitFor::Time(_) => {}
        }
    }

    /// `task.label`, where that task has such a mark.
    pub(super) fn has_mark(&mut self, mark: &Sp<String>) {
        let marks: Vec<String> = self
            .scenario
            .tasks
            .iter()
            .flat_map(|task| {
                task.steps.iter().filter_map(|step| match &step.value {
                    Step::Mark(label) => Some(format!("{}.{}", task.name.value, label.value)),
                    Step::Callback(callback) => Some(format!("{}.{}", task.name.value, callback.mark.value)),
                    _ => None,
                })
            })
            .collect();
        if !marks.contains(&mark.value) {
            self.unknown(DANGLING, "mark", mark, marks.iter().map(String::as_str));
        }
    }

    fn fork(&mut self, task: &Sp<Task>, child: &Sp<String>) {
        self.has_task(child);
        if let Some(other) = self.scenario.tasks.iter().find(|t| t.name.value == child.value)
            && (!other.forked || other.name.value == task.name.value)
        {
            let diagnostic = Diagnostic::error(CONFLICT, format!("task `{}` is not a child", child.value))
                .label(&child.span, "forked here")
                .secondary(&other.name.span, "needs `forked = true`");
            self.report(diagnostic);
        }
    }
}
