//! Random programs, valid or nearly: what they hold in registers is followed roughly, so that most statements make sense.
//!
//! A program is text for the assembler, one instruction a line, which keeps failures readable and lets `minimise` cut
//! lines. Key types: [`Sample`], [`Generator`]. Statements are in `statements` and `memory`.

use programs::profile::KernelVersion;

use super::statements::callbacks_may_write;
use crate::numbers::Numbers;

/// A program for one kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub version: KernelVersion,
    pub section: &'static str,
    pub lines: Vec<String>,
}

impl Sample {
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

/// What a register or a stack slot seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Nothing,
    Scalar,
    /// Value of this map (index of [`MAPS`]), looked up and not null.
    Value(usize),
    /// Stack of the caller, this many bytes.
    Buffer(i64),
}

/// Name, `BPF_MAP_TYPE_*`, key and value size, elements.
pub const MAPS: [(&str, u32, u32, u32, u32); 5] = [
    ("hash", 1, 4, 24, 4),
    ("one", 2, 4, 48, 1),
    ("few", 2, 4, 16, 5),
    ("percpu", 6, 4, 32, 1),
    ("ring", 27, 0, 0, 4096),
];
pub(super) const RING: usize = 4;

/// A kind of program: section, readable words of its context (offset, width, how many), where packet pointers are.
pub struct Shape {
    pub section: &'static str,
    pub since: KernelVersion,
    pub fields: (i64, i64, usize),
    pub packet: Option<(i64, i64)>,
    pub sleepable: bool,
}

/// The kinds that are generated.
pub const SHAPES: [Shape; 5] = [
    Shape {
        section: "xdp",
        since: KernelVersion::V5_10,
        fields: (12, 4, 2),
        packet: Some((0, 4)),
        sleepable: false,
    },
    Shape {
        section: "tc",
        since: KernelVersion::V5_10,
        fields: (0, 4, 4),
        packet: Some((76, 80)),
        sleepable: false,
    },
    Shape {
        section: "kprobe/x",
        since: KernelVersion::V5_10,
        fields: (0, 8, 20),
        packet: None,
        sleepable: false,
    },
    Shape {
        section: "syscall",
        since: KernelVersion::V6_1,
        fields: (0, 8, 8),
        packet: None,
        sleepable: true,
    },
    Shape {
        section: "uprobe.s",
        since: KernelVersion::V6_1,
        fields: (0, 8, 20),
        packet: None,
        sleepable: true,
    },
];

/// Registers that keep their values over calls; r6 holds the context in the main function.
pub(super) const KEPT: [usize; 3] = [7, 8, 9];

/// Makes one program.
pub struct Generator {
    pub(super) n: Numbers,
    pub(super) version: KernelVersion,
    pub(super) shape: &'static Shape,
    pub(super) lines: Vec<String>,
    pub(super) regs: [Held; 10],
    /// What the spill slots at -32, -40 and -48 hold.
    pub(super) spills: [Held; 3],
    labels: usize,
    /// Once in how many statements something is a little wrong; 0 is never.
    slips: usize,
    pub(super) in_main: bool,
    /// Registers that must not be written now: loop counters.
    pub(super) fixed: [bool; 10],
    /// Functions still to be written: name and kind.
    pub(super) wanted: Vec<(String, Function)>,
    /// Statements that may still be made.
    budget: usize,
}

/// Functions besides main.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Two numbers in, one out.
    Plain,
    /// A buffer on the caller's stack and a number in, a number out.
    Fills,
    /// For `bpf_loop`: index and a buffer.
    LoopBody,
    /// For `bpf_for_each_map_elem`: map, key, value, buffer.
    EachBody(usize),
}

impl Generator {
    /// The program of this seed.
    pub fn sample(version: KernelVersion, seed: u64) -> Sample {
        let mut n = Numbers::new(seed);
        let shapes: Vec<&Shape> = SHAPES.iter().filter(|shape| shape.since <= version).collect();
        let shape = *n.pick(&shapes);
        let slips = *n.pick(&[0, 40, 12, 6]);
        let budget = 4 + n.below(24);
        let mut generator = Generator {
            n,
            version,
            shape,
            lines: Vec::new(),
            regs: [Held::Nothing; 10],
            spills: [Held::Nothing; 3],
            labels: 0,
            slips,
            in_main: true,
            fixed: [false; 10],
            wanted: Vec::new(),
            budget,
        };
        generator.program();
        Sample { version, section: shape.section, lines: generator.lines }
    }

    fn program(&mut self) {
        self.put("r6 = r1");
        self.fixed[6] = true;
        self.new_scalar(7);
        self.new_scalar(8);
        while self.budget > 0 {
            self.statement(0);
        }
        self.end();
        let mut written = 0;
        while let Some((name, function)) = self.wanted.pop() {
            written += 1;
            self.function(&name, function, written);
        }
    }

    /// The end of a function: a number in r0, and the place where failed checks go.
    fn end(&mut self) {
        let out = self.out();
        match self.any_scalar() {
            Some(reg) if self.n.one_in(2) => {
                self.put(format!("r0 = r{reg}"));
                self.put("r0 &= 1");
                self.put("exit");
            }
            _ => {
                self.put("r0 = 1");
                self.put("exit");
            }
        }
        // Code that nothing leads to is refused.
        if self.lines.iter().any(|line| line.ends_with(&format!("goto {out}"))) {
            self.put(format!("{out}:"));
            self.put("r0 = 0");
            self.put("exit");
        }
    }

    fn function(&mut self, name: &str, function: Function, number: usize) {
        self.in_main = false;
        self.regs = [Held::Nothing; 10];
        self.spills = [Held::Nothing; 3];
        self.fixed = [false; 10];
        self.labels += 1000;
        self.put(format!("{name}:"));
        let context = if callbacks_may_write(self.version) { Held::Buffer(16) } else { Held::Scalar };
        let arguments = match function {
            Function::Plain => [(1, Held::Scalar), (2, Held::Scalar)],
            Function::Fills => [(1, Held::Buffer(16)), (2, Held::Scalar)],
            Function::LoopBody => [(1, Held::Scalar), (2, context)],
            Function::EachBody(map) => [(3, Held::Value(map)), (4, context)],
        };
        for (nr, (reg, held)) in arguments.into_iter().enumerate() {
            let kept = KEPT[nr];
            self.put(format!("r{kept} = r{reg}"));
            self.regs[kept] = held;
        }
        self.new_scalar(9);
        self.budget = if number > 3 { 0 } else { 1 + self.n.below(6) };
        while self.budget > 0 {
            self.statement(1);
        }
        self.end();
    }

    /// The label where failed checks of this function go.
    pub(super) fn out(&self) -> String {
        format!("out{}", self.labels / 1000)
    }

    pub(super) fn label(&mut self) -> String {
        self.labels += 1;
        format!("l{}", self.labels)
    }

    pub(super) fn put(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    pub(super) fn spend(&mut self) {
        self.budget = self.budget.saturating_sub(1);
    }

    /// Whether to be a little wrong here.
    pub(super) fn slip(&mut self) -> bool {
        self.slips > 0 && self.n.one_in(self.slips)
    }

    /// A register that holds a number.
    pub(super) fn any_scalar(&mut self) -> Option<usize> {
        self.pick_reg(|held| held == Held::Scalar)
    }

    pub(super) fn pick_reg(&mut self, wanted: impl Fn(Held) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..10).filter(|reg| wanted(self.regs[*reg])).collect();
        (!fitting.is_empty()).then(|| *self.n.pick(&fitting))
    }

    /// A register that may be overwritten; those that survive calls are preferred.
    pub(super) fn free_reg(&mut self) -> usize {
        let usable: Vec<usize> = if self.n.one_in(3) { (0..6).collect() } else { KEPT.to_vec() };
        let usable: Vec<usize> = usable.into_iter().filter(|reg| !self.fixed[*reg]).collect();
        if usable.is_empty() { self.n.below(6) } else { *self.n.pick(&usable) }
    }

    /// After a call r1 to r5 hold nothing.
    pub(super) fn called(&mut self, r0: Held) {
        self.regs[1..6].fill(Held::Nothing);
        self.regs[0] = r0;
    }

    pub(super) fn size(&mut self) -> (&'static str, i64) {
        *self.n.pick(&[("u8", 1), ("u16", 2), ("u32", 4), ("u64", 8)])
    }

    pub(super) fn immediate(&mut self) -> i32 {
        match self.n.below(3) {
            0 => self.n.within(-16, 16) as i32,
            1 => self.n.edgy() as i32,
            _ => self.n.within(0, 64) as i32,
        }
    }
}
