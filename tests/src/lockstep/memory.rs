//! Statements that touch memory: stack, map values with checked indices, packets, records, user memory.

use super::generate::{Generator, Held, KEPT, MAPS, RING};

impl Generator {
    /// Numbers and map values are kept in one of three slots.
    pub(super) fn spill(&mut self) {
        let slot = self.n.below(3);
        let Some(reg) = self.pick_reg(|held| held != Held::Nothing) else { return self.arithmetic() };
        let at = -32 - 8 * slot as i64;
        let held = self.regs[reg];
        if held == Held::Scalar && self.n.one_in(3) {
            let (size, _) = self.size();
            self.put(format!("*(u64 *)(r10 {at}) = 0"));
            self.put(format!("*({size} *)(r10 {at}) = r{reg}"));
        } else {
            self.put(format!("*(u64 *)(r10 {at}) = r{reg}"));
        }
        self.spills[slot] = held;
    }

    pub(super) fn fill(&mut self) {
        let slot = self.n.below(3);
        let held = self.spills[slot];
        if held == Held::Nothing {
            return self.spill();
        }
        let (reg, at) = (self.free_reg(), -32 - 8 * slot as i64);
        let (size, bytes) = self.size();
        if held == Held::Scalar && self.n.one_in(2) {
            let at = at + bytes * self.n.within(0, 8 / bytes - 1);
            self.put(format!("r{reg} = *({size} *)(r10 {at})"));
        } else {
            self.put(format!("r{reg} = *(u64 *)(r10 {at})"));
        }
        self.regs[reg] = held;
    }

    /// Makes r1 a copy of some number, at most `limit` when it is used as an index; gives the largest value it may have.
    fn bounded_index(&mut self, limit: i64) -> i64 {
        let source = self.scalar();
        let out = self.out();
        let most = self.n.within(0, limit.max(0));
        // The next power of two below, for masks.
        let mask = (1i64 << (64 - (most + 1).leading_zeros() - 1)) - 1;
        self.put(format!("r1 = r{source}"));
        match self.n.below(9) {
            0 | 1 => {
                self.put(format!("r1 &= {mask}"));
                return mask;
            }
            2 => self.put(format!("if r1 > {most} goto {out}")),
            3 => {
                self.put(format!("w1 = w{source}"));
                self.put(format!("if w1 > {most} goto {out}"));
            }
            4 => {
                self.put(format!("if r1 s> {most} goto {out}"));
                if !self.slip() {
                    self.put(format!("if r1 s< 0 goto {out}"));
                }
            }
            5 => {
                self.put("r1 >>= 60");
                self.put(format!("if r1 >= {} goto {out}", most + 1));
            }
            6 => {
                self.put(format!("r2 = {most}"));
                self.put(format!("if r1 > r2 goto {out}"));
            }
            7 => {
                let by = self.n.within(-5, 5);
                self.put(format!("r1 += {by}"));
                self.put(format!("if r1 > {most} goto {out}"));
            }
            _ => {
                self.put("r1 &= 255");
                self.put(format!("if w1 < {} goto {out}", most.min(1)));
                self.put(format!("if w1 > {most} goto {out}"));
            }
        }
        self.regs[1] = Held::Scalar;
        most
    }

    /// Loads or stores at a register, `room` bytes behind it; the offset is sometimes a little too large.
    fn touch(&mut self, base: usize, room: i64) {
        let (size, bytes) = self.size();
        if room < bytes && !self.slip() {
            return;
        }
        let mut offset = self.n.within(0, (room - bytes).max(0));
        if !self.n.one_in(4) {
            offset -= offset % bytes;
        }
        if self.slip() {
            offset = room - bytes + self.n.within(0, 2);
        }
        self.touch_at(base, size, offset);
    }

    fn touch_at(&mut self, base: usize, size: &str, offset: i64) {
        if self.n.one_in(3) {
            let value = self.scalar();
            self.put(format!("*({size} *)(r{base} {offset:+}) = r{value}"));
        } else {
            let dst = self.free_reg();
            self.put(format!("r{dst} = *({size} *)(r{base} {offset:+})"));
            self.regs[dst] = Held::Scalar;
        }
    }

    /// A map value into one of the kept registers.
    pub(super) fn lookup(&mut self) {
        let map = self.n.below(RING);
        let key = self.n.below(MAPS[map].4 as usize + 1);
        self.put(format!("*(u32 *)(r10 -4) = {key}"));
        self.put("r2 = r10");
        self.put("r2 += -4");
        self.put(format!("r1 = map[{}]", MAPS[map].0));
        self.put("call bpf_map_lookup_elem");
        self.called(Held::Nothing);
        let out = self.out();
        if !self.slip() {
            self.put(format!("if r0 == 0 goto {out}"));
        }
        self.regs[0] = Held::Value(map);
        let free: Vec<usize> = KEPT.into_iter().filter(|reg| !self.fixed[*reg]).collect();
        if !free.is_empty() && self.n.one_in(2) {
            let kept = *self.n.pick(&free);
            self.put(format!("r{kept} = r0"));
            self.regs[kept] = Held::Value(map);
        }
    }

    /// Loads or stores in a map value or buffer, at a fixed or a checked offset.
    pub(super) fn value_access(&mut self) {
        let memory = |held| matches!(held, Held::Value(_) | Held::Buffer(_));
        let Some(base) = self.pick_reg(memory) else { return self.lookup() };
        let room = match self.regs[base] {
            Held::Value(map) => i64::from(MAPS[map].3),
            Held::Buffer(bytes) => bytes,
            _ => unreachable!("picked"),
        };
        if self.n.one_in(3) || (1..=2).contains(&base) {
            return self.touch(base, room);
        }
        let most = self.scaled_index(room);
        self.put(format!("r2 = r{base}"));
        self.put("r2 += r1");
        self.regs[2] = Held::Nothing;
        self.touch(2, room - most);
        if self.regs[2] == Held::Nothing && self.n.one_in(3) {
            let back = self.n.within(-8, 8);
            self.put(format!("r2 += {back}"));
            self.touch(2, room - most - back);
        }
    }

    /// An index for accesses of more than a byte, as arrays have them; gives the largest value.
    fn scaled_index(&mut self, room: i64) -> i64 {
        let shift = self.n.below(4) as i64;
        let most = self.bounded_index((room >> shift) - 1);
        if shift > 0 {
            let text =
                if self.n.one_in(2) { format!("r1 <<= {shift}") } else { format!("r1 *= {}", 1 << shift) };
            self.put(text);
        }
        if self.n.one_in(5) && most > 0 {
            let by = self.n.within(1, 8);
            self.put(format!("r1 += {by}"));
            return (most << shift) + by;
        }
        most << shift
    }

    /// 32 bytes of stack with an index.
    pub(super) fn stack_array(&mut self) {
        for at in [-96, -88, -80, -72] {
            let value = self.immediate();
            self.put(format!("*(u64 *)(r10 {at}) = {value}"));
        }
        let wide = self.n.one_in(2);
        let most = self.bounded_index(if wide { 3 } else { 31 });
        if wide {
            self.put("r1 <<= 3");
        }
        self.put("r2 = r10");
        self.put("r2 += -96");
        self.put("r2 += r1");
        self.regs[2] = Held::Nothing;
        if self.slip() {
            return self.touch(2, 32 - most);
        }
        let (size, bytes) = if wide { self.size() } else { ("u8", 1) };
        let offset = bytes * self.n.within(0, ((32 - (most << if wide { 3 } else { 0 })) / bytes - 1).max(0));
        self.touch_at(2, size, offset);
    }

    pub(super) fn packet(&mut self) {
        let (data, end) = self.shape.packet.expect("the caller asked");
        let out = self.out();
        let most = if self.n.one_in(2) { self.bounded_index(60) } else { 0 };
        self.put(format!("r2 = *(u32 *)(r6 +{data})"));
        self.put(format!("r3 = *(u32 *)(r6 +{end})"));
        if most > 0 {
            self.put("r2 += r1");
        }
        let room = self.n.within(1, 40);
        self.put("r4 = r2");
        self.put(format!("r4 += {room}"));
        let check = *self.n.pick(&["r3 < r4", "r4 >= r3", "r3 <= r4", "r4 > r3"]);
        self.put(format!("if {check} goto {out}"));
        self.regs[1..6].fill(Held::Nothing);
        self.touch(2, room);
        if self.regs[2] == Held::Nothing && self.n.one_in(2) {
            self.touch(2, room);
        }
    }

    pub(super) fn update(&mut self) {
        let map = self.n.below(3);
        let (key, flags) = (self.n.below(4), self.n.below(3));
        let value = self.scalar();
        self.put(format!("*(u64 *)(r10 -128) = r{value}"));
        for at in [-120, -112, -104] {
            self.put(format!("*(u64 *)(r10 {at}) = {key}"));
        }
        if MAPS[map].3 > 32 {
            for at in [-136, -144] {
                self.put(format!("*(u64 *)(r10 {at}) = 7"));
            }
        }
        let start = if MAPS[map].3 > 32 { -144 } else { -128 };
        self.put(format!("*(u32 *)(r10 -4) = {key}"));
        self.put(format!("r1 = map[{}]", MAPS[map].0));
        self.put("r2 = r10");
        self.put("r2 += -4");
        self.put("r3 = r10");
        self.put(format!("r3 += {start}"));
        self.put(format!("r4 = {flags}"));
        self.put("call bpf_map_update_elem");
        self.called(Held::Scalar);
    }

    /// A record of a ring buffer: reserved, filled, given back.
    pub(super) fn record(&mut self) {
        let end = self.label();
        let bytes = *self.n.pick(&[8, 16, 40]);
        self.put(format!("r1 = map[{}]", MAPS[RING].0));
        self.put(format!("r2 = {bytes}"));
        self.put("r3 = 0");
        self.put("call bpf_ringbuf_reserve");
        self.called(Held::Nothing);
        self.put(format!("if r0 == 0 goto {end}"));
        if let Some(value) = self.any_scalar() {
            self.put(format!("*(u64 *)(r0 +{}) = r{value}", bytes - 8));
        }
        if !self.slip() {
            let call = *self.n.pick(&["bpf_ringbuf_submit", "bpf_ringbuf_discard"]);
            self.put("r1 = r0");
            self.put("r2 = 0");
            self.put(format!("call {call}"));
        }
        self.put(format!("{end}:"));
        self.called(Held::Nothing);
    }

    pub(super) fn copy_from_user(&mut self) {
        let from = self.scalar();
        self.put(format!("r3 = r{from}"));
        self.buffer_into(1);
        let bytes = self.n.within(1, 16);
        self.put(format!("r2 = {bytes}"));
        self.put("call bpf_copy_from_user");
        self.called(Held::Scalar);
        let reg = self.free_reg();
        self.put(format!("r{reg} = *(u64 *)(r10 -64)"));
        self.regs[reg] = Held::Scalar;
    }

    pub(super) fn atomic(&mut self) {
        let Some(base) = self.pick_reg(|held| matches!(held, Held::Value(_))) else {
            return self.arithmetic();
        };
        let value = self.scalar();
        let late = self.version > programs::profile::KernelVersion::V5_10;
        match self.n.below(4) {
            0 if late && !self.fixed[value] => {
                self.put(format!("r{value} = atomic64_fetch_add((u64 *)(r{base} +8), r{value})"));
            }
            1 if late && !self.fixed[value] => {
                self.put(format!("r{value} = atomic64_xchg((u64 *)(r{base} +0), r{value})"));
            }
            _ => self.put(format!("lock *(u64 *)(r{base} +8) += r{value}")),
        }
    }
}
