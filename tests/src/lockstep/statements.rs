//! Statements on numbers, and what holds other statements: branches, loops, calls.

use programs::profile::KernelVersion;

use super::generate::{Function, Generator, Held, KEPT, MAPS};

const CONDITIONS: [&str; 10] = ["==", "!=", ">", ">=", "<", "<=", "s>", "s>=", "s<", "s<="];

impl Generator {
    /// One statement, which may hold others down to some depth.
    pub(super) fn statement(&mut self, depth: usize) {
        self.spend();
        match self.n.below(22) {
            0..=4 => self.arithmetic(),
            5 => {
                let reg = self.free_reg();
                self.new_scalar(reg);
            }
            6 | 7 if depth < 3 => self.branch(depth),
            8 if depth < 2 => self.counted_loop(depth),
            9 => self.spill(),
            10 => self.fill(),
            11 | 12 => self.lookup(),
            13 | 14 => self.value_access(),
            15 => self.stack_array(),
            16 if self.shape.packet.is_some() && self.in_main => self.packet(),
            17 if self.in_main => self.call_function(),
            18 if self.in_main && self.version >= KernelVersion::V6_1 => self.call_with_callback(),
            19 => self.update(),
            20 if self.in_main => self.record(),
            21 if self.shape.sleepable => self.copy_from_user(),
            _ => self.atomic(),
        }
    }

    /// Puts some number into a register.
    pub(super) fn new_scalar(&mut self, reg: usize) {
        match self.n.below(6) {
            0 => {
                let value = self.immediate();
                self.put(format!("r{reg} = {value}"));
            }
            1 => {
                let value = self.n.edgy();
                self.put(format!("r{reg} = {value:#x} ll"));
            }
            2 | 3 if self.in_main => {
                let (first, width, count) = self.shape.fields;
                let offset = first + width * self.n.below(count) as i64;
                let size = if width == 8 { "u64" } else { "u32" };
                self.put(format!("r{reg} = *({size} *)(r6 +{offset})"));
            }
            _ => {
                let helper =
                    *self.n.pick(&["bpf_get_prandom_u32", "bpf_ktime_get_ns", "bpf_get_smp_processor_id"]);
                self.put(format!("call {helper}"));
                self.called(Held::Scalar);
                if reg != 0 {
                    self.put(format!("r{reg} = r0"));
                }
            }
        }
        self.regs[reg] = Held::Scalar;
    }

    /// A register with a number, made if there is none.
    pub(super) fn scalar(&mut self) -> usize {
        if let Some(reg) = self.any_scalar() {
            return reg;
        }
        let reg = self.free_reg();
        self.new_scalar(reg);
        reg
    }

    /// A register with a number that may be changed.
    fn own_scalar(&mut self) -> usize {
        let reg = self.scalar();
        if !self.fixed[reg] {
            return reg;
        }
        let copy = self.free_reg();
        self.put(format!("r{copy} = r{reg}"));
        self.regs[copy] = Held::Scalar;
        copy
    }

    pub(super) fn arithmetic(&mut self) {
        let dst = self.own_scalar();
        let w = if self.n.one_in(3) { "w" } else { "r" };
        let other = self.scalar();
        let text = match self.n.below(12) {
            0 => format!("{w}{dst} = -{w}{dst}"),
            1 => {
                let op = *self.n.pick(&["<<", ">>", "s>>"]);
                let by = self.n.below(if w == "w" { 32 } else { 64 });
                format!("{w}{dst} {op}= {by}")
            }
            2 => {
                let op = *self.n.pick(&["<<", ">>", "s>>"]);
                format!("{w}{dst} {op}= {w}{other}")
            }
            3 => {
                let (op, by) = (*self.n.pick(&["/", "%"]), self.n.within(1, 20));
                format!("{w}{dst} {op}= {by}")
            }
            4 => format!("{w}{dst} {}= {w}{other}", self.n.pick(&["/", "%", "*"])),
            5 => format!("r{dst} = {}{} r{dst}", self.n.pick(&["be", "le"]), self.n.pick(&[16, 32, 64])),
            6 if self.version >= KernelVersion::V6_12 => {
                let bits = *self.n.pick(&[8, 16]);
                format!("{w}{dst} = (s{bits}){w}{other}")
            }
            7 => format!("{w}{dst} = {w}{other}"),
            8 | 9 => {
                let op = *self.n.pick(&["+", "-", "&", "|", "^", "*"]);
                format!("{w}{dst} {op}= {w}{other}")
            }
            _ => {
                let op = *self.n.pick(&["+", "-", "&", "|", "^", "*", "&"]);
                let by = self.immediate();
                format!("{w}{dst} {op}= {by}")
            }
        };
        self.put(text);
    }

    /// `if a op b goto`, with the condition of a random shape.
    fn condition(&mut self) -> String {
        let left = self.scalar();
        let w = if self.n.one_in(3) { "w" } else { "r" };
        if self.n.one_in(10) {
            let mask = self.immediate();
            return format!("if {w}{left} & {mask} goto");
        }
        let op = *self.n.pick(&CONDITIONS);
        if self.n.one_in(3) {
            let right = self.scalar();
            return format!("if {w}{left} {op} {w}{right} goto");
        }
        let right = self.immediate();
        format!("if {w}{left} {op} {right} goto")
    }

    /// What both sides of a join agree on.
    pub(super) fn join(&mut self, regs: [Held; 10], spills: [Held; 3]) {
        for (mine, other) in self.regs.iter_mut().zip(regs).chain(self.spills.iter_mut().zip(spills)) {
            if *mine != other {
                *mine = Held::Nothing;
            }
        }
    }

    fn branch(&mut self, depth: usize) {
        let (other, end) = (self.label(), self.label());
        let condition = self.condition();
        self.put(format!("{condition} {other}"));
        let (regs, spills) = (self.regs, self.spills);
        for _ in 0..self.n.below(4) {
            self.statement(depth + 1);
        }
        let both = self.n.one_in(2);
        if both {
            self.put(format!("goto {end}"));
        }
        self.put(format!("{other}:"));
        let (then_regs, then_spills) =
            (std::mem::replace(&mut self.regs, regs), std::mem::replace(&mut self.spills, spills));
        if both {
            for _ in 0..self.n.below(3) {
                self.statement(depth + 1);
            }
            self.put(format!("{end}:"));
        }
        self.join(then_regs, then_spills);
    }

    fn counted_loop(&mut self, depth: usize) {
        let Some(counter) = KEPT.into_iter().find(|reg| !self.fixed[*reg]) else { return self.arithmetic() };
        let again = self.label();
        let times = self.n.within(1, 6);
        self.put(format!("r{counter} = 0"));
        self.regs[counter] = Held::Scalar;
        // What the body finds the second time is not what it found the first time: rely on kept numbers only.
        self.regs[..6].fill(Held::Nothing);
        for reg in KEPT {
            if self.regs[reg] == Held::Nothing || reg == counter {
                continue;
            }
            self.fixed[reg] = true;
        }
        self.spills = [Held::Nothing; 3];
        let fixed = self.fixed;
        self.fixed[counter] = true;
        self.put(format!("{again}:"));
        for _ in 0..=self.n.below(3) {
            self.statement(depth + 1);
        }
        self.fixed = fixed;
        for reg in KEPT {
            self.fixed[reg] = false;
        }
        self.regs[..6].fill(Held::Nothing);
        self.put(format!("r{counter} += 1"));
        let (op, w) = (*self.n.pick(&["<", "!=", "s<"]), *self.n.pick(&["r", "w"]));
        self.put(format!("if {w}{counter} {op} {times} goto {again}"));
    }

    fn call_function(&mut self) {
        let name = format!("f{}", self.wanted.len());
        let first = self.scalar();
        if self.n.one_in(2) {
            let second = self.scalar();
            // Through r3, since one argument may be in the other's place.
            self.put(format!("r3 = r{second}"));
            self.put(format!("r1 = r{first}"));
            self.put("r2 = r3");
            self.wanted.push((name.clone(), Function::Plain));
        } else {
            self.put(format!("r2 = r{first}"));
            self.buffer_into(1);
            self.wanted.push((name.clone(), Function::Fills));
        }
        self.put(format!("call {name}"));
        self.called(Held::Scalar);
    }

    /// The address of 16 bytes of stack that hold zeros.
    pub(super) fn buffer_into(&mut self, reg: usize) {
        self.put("*(u64 *)(r10 -64) = 0");
        self.put("*(u64 *)(r10 -56) = 0");
        self.put(format!("r{reg} = r10"));
        self.put(format!("r{reg} += -64"));
    }

    fn call_with_callback(&mut self) {
        let name = format!("f{}", self.wanted.len());
        if self.n.one_in(2) {
            let times = self.scalar();
            let limit = *self.n.pick(&[3, 7, 15]);
            self.put(format!("r1 = r{times}"));
            if self.n.one_in(4) {
                self.put(format!("r1 = {limit}"));
            } else {
                self.put(format!("r1 &= {limit}"));
            }
            self.put(format!("r2 = func[{name}]"));
            self.callback_context();
            self.put("r4 = 0");
            self.put("call bpf_loop");
            self.wanted.push((name, Function::LoopBody));
        } else {
            let map = self.n.below(3);
            self.put(format!("r1 = map[{}]", MAPS[map].0));
            self.put(format!("r2 = func[{name}]"));
            self.callback_context();
            self.put("r4 = 0");
            self.put("call bpf_for_each_map_elem");
            self.wanted.push((name, Function::EachBody(map)));
        }
        self.called(Held::Scalar);
    }

    /// The third argument: a buffer of ours, if what a callback writes there is believed rightly.
    fn callback_context(&mut self) {
        if callbacks_may_write(self.version) {
            self.buffer_into(3);
        } else {
            self.put("r3 = 0");
        }
    }
}

/// Kernels before 6.7 follow a callback exactly once (kernel/bpf/verifier.c:__check_func_call), so what they believe of a buffer that a
/// callback writes is wrong when it runs twice or not at all.
pub(super) fn callbacks_may_write(version: KernelVersion) -> bool {
    version >= KernelVersion::V6_12
}
