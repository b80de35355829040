//! Text and bytes agree: every decodable instruction survives disassembly and assembly; errors point at their place.

use super::*;

/// Every code with the operand values that select variants.
fn all_shapes() -> impl Iterator<Item = Insn> {
    let offs = [0, 1, 8, 16, 32, -8, i16::MIN, i16::MAX];
    let imms = [
        0,
        1,
        -1,
        5,
        16,
        32,
        64,
        0x40,
        0x41,
        0x50,
        0x51,
        0xa0,
        0xa1,
        0xe1,
        0xf1,
        0x100,
        0x110,
        i32::MIN,
        i32::MAX,
    ];
    let regs = [(0, 0), (1, 2), (3, 3), (10, 9), (0, 10), (0, 1), (0, 5), (7, 0)];
    (0..=255u8).flat_map(move |code| {
        offs.into_iter().flat_map(move |off| {
            imms.into_iter().flat_map(move |imm| {
                regs.into_iter().map(move |(dst, src)| Insn { code, dst, src, off, imm })
            })
        })
    })
}

#[test]
fn every_instruction_survives_text_and_back() {
    let mut seen = std::collections::BTreeSet::new();
    for insn in all_shapes() {
        let slots = [
            insn,
            Insn { imm: if matches!(insn.src, 1 | 4 | 5) { 0 } else { 0x1234_5678 }, ..Insn::default() },
        ];
        let Ok(op) = decode_at(&slots, 0) else { continue };
        if op == Op::Exit && insn.off != 0 {
            continue; // nobody looks at the offset of an exit
        }
        assert_eq!(encode_all(&[op]), slots[..op.slots()], "{op:?}");
        if matches!(op, Op::Call(Callee::Kfunc { module, .. }) if module != 0) {
            continue; // the log does not print the module
        }
        let text = disassemble(&op, Style::Source, &NoNames);
        let assembled = assemble(&text, &[]).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        assert_eq!(assembled.insns, slots[..op.slots()], "{text}");
        seen.insert(insn.code);
    }
    // 53 arithmetic, 50 jumps and calls, 26 memory codes.
    assert_eq!(seen.len(), 129, "codes: {seen:x?}");
}

#[test]
fn lines_read_as_the_kernel_prints_them() {
    let lines = [
        "r1 = *(u64 *)(r10 -8)",
        "if r1 s> 0x5 goto pc+3",
        "call bpf_map_lookup_elem#1",
        "w1 = w2",
        "r0 = -1",
        "r0 = atomic64_fetch_add((u64 *)(r1 +0), r0)",
        "lock *(u64 *)(r1 +0) += r2",
        "goto pc-2",
        "gotol pc+100000",
        "may_goto pc+2",
        "r1 = (s8)r2",
        "r3 = be16 r3",
        "r3 = bswap64 r3",
        "w1 = -w1",
        "r0 = *(u8 *)skb[14]",
        "r0 = *(u16 *)skb[r7 + 4]",
        "*(u32 *)(r10 -4) = 7",
        "*(u8 *)(r10 -4) = r3",
        "r2 = *(s16 *)(r1 +2)",
        "r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r3)",
        "r3 = atomic64_xchg((u64 *)(r1 +0), r3)",
        "r0 = load_acquire((u32 *)(r1 +4))",
        "store_release((u8 *)(r1 +4), r2)",
        "if w1 != w2 goto pc+1",
        "r1 s>>= 3",
        "w1 s/= w2",
        "r1 s%= 7",
        "if r1 & 0x8 goto pc+0",
        "call pc+7",
        "call kernel-function#99",
        "if r1 == 0xffffffff goto pc+1",
        "r1 = addr_space_cast(r2, 0, 1)",
        "call unknown#5000",
        "exit",
    ];
    for line in lines {
        let insns = assemble(line, &[]).unwrap_or_else(|e| panic!("{line}: {e:?}")).insns;
        let op = decode_at(&insns, 0).unwrap();
        assert_eq!(disassemble(&op, Style::Kernel, &NoNames), line);
    }
}

#[test]
fn names_become_numbers() {
    let text = "
        r1 = map[events]            ; the first map
        r2 = map_value[counters] + 8
        r3 = func[each]
        call bpf_map_lookup_elem
        call kfunc bpf_rcu_read_lock
        if r0 == 0 goto out
        call sub1
        call kfunc bpf_rcu_read_lock
    out: r0 = 0
        exit
    sub1:
        exit // done
    func each:
        r0 = 0x123456789
        exit";
    let asm = assemble(text, &["counters", "events"]).unwrap();
    let ops: Vec<Op> = decode(&asm.insns).unwrap().into_iter().map(|(_, op)| op).collect();
    let expect = [
        "r1 = map[#1]",
        "r2 = map_value[#0] + 8",
        "r3 = func[+9]",
        "call bpf_map_lookup_elem#1",
        "call kernel-function#0",
        "if r0 == 0x0 goto pc+2",
        "call pc+3",
        "call kernel-function#0",
        "r0 = 0",
        "exit",
        "exit",
        "r0 = 0x123456789 ll",
        "exit",
    ];
    let got: Vec<String> = ops.iter().map(|op| disassemble(op, Style::Source, &NoNames)).collect();
    assert_eq!(got, expect);
    assert_eq!(asm.kfuncs, ["bpf_rcu_read_lock"]);
    let functions: Vec<_> = asm.functions.iter().map(|f| (f.name.as_str(), f.start, f.len)).collect();
    assert_eq!(functions, [("main", 0, 13), ("sub1", 13, 1), ("each", 14, 3)]);
    assert_eq!(&text[asm.spans[4].clone()], "r3 = func[each]");
}

#[test]
fn a_pasted_log_assembles() {
    let log = "0: (b7) r1 = 5 ; R1_w=5\n1: (18) r2 = 0xffff888000000000\n3: (55) if r1 != 0x5 goto pc+1\n4: (85) call bpf_ktime_get_ns#5\n5: (95) exit";
    let insns = assemble(log, &[]).unwrap().insns;
    assert_eq!(insns.len(), 6);
    assert_eq!(
        log_line(4, 0x85, &decode_at(&insns, 4).unwrap(), &NoNames),
        "4: (85) call bpf_ktime_get_ns#5"
    );
}

#[test]
fn errors_point_at_the_place_and_help() {
    // text, line, column, what the span covers, message, part of the help
    let cases = [
        ("r0 = 1\nfoo r1\n", 2, 1, "foo", "unknown instruction `foo`", "instructions look like"),
        ("r11 = 1", 1, 1, "r11", "unknown instruction `r11`", ""),
        ("r1 = *(u64 *)(r10 -8", 1, 21, "", "expected `)`, found the end of the line", ""),
        ("  goto nowhere\n  exit", 1, 8, "nowhere", "unknown label `nowhere`", ""),
        ("goto oot\nout: exit", 1, 6, "oot", "unknown label `oot`", "did you mean `out`?"),
        (
            "call bpf_map_lookup_elm\nexit",
            1,
            6,
            "bpf_map_lookup_elm",
            "unknown function `bpf_map_lookup_elm`",
            "bpf_map_lookup_elem",
        ),
        (
            "call scx_bpf_dispatch_vtime_now\nexit",
            1,
            6,
            "scx_bpf_dispatch_vtime_now",
            "unknown function `scx_bpf_dispatch_vtime_now`",
            "call kfunc",
        ),
        ("r1 = map[event]", 1, 10, "event", "unknown map `event`", "did you mean `events`?"),
        (
            "r1 &= 0xffffffff",
            1,
            7,
            "0xffffffff",
            "0xffffffff does not fit a sign-extended 32-bit immediate",
            "ll",
        ),
        ("r1 += w2", 1, 7, "w2", "the operands differ in width", ""),
        ("r1 = *(u64 *)(r10 -40000)", 1, 19, "-40000", "-40000 does not fit", ""),
        ("a: exit\na: exit", 2, 1, "a", "label `a` is defined twice", ""),
        ("exit\nend:", 2, 1, "end", "no instruction follows this label", ""),
        ("r1 = 5 r2", 1, 8, "r2", "expected the end of the line, found `r2`", ""),
        (
            "r1 = 99999999999999999999",
            1,
            6,
            "99999999999999999999",
            "`99999999999999999999` is not a number",
            "",
        ),
        ("r1 = é", 1, 6, "é", "unexpected character `é`", ""),
        ("lock *(u8 *)(r1 +0) += r2", 1, 7, "(", "atomic operations have 32 or 64 bits", ""),
        ("r1 = atomic64_fetch_add((u64 *)(r1 +0), r2)", 1, 41, "r2", "the old value goes to r2", ""),
        ("; nothing\n", 1, 1, "", "the program has no instructions", ""),
    ];
    for (text, line, column, covered, message, help) in cases {
        let errors = assemble(text, &["events"]).unwrap_err();
        let error = &errors[0];
        assert_eq!(
            (error.line, error.column, &text[error.span.clone()]),
            (line, column, covered),
            "{text}: {error:?}"
        );
        assert_eq!(error.message, message, "{text}");
        assert!(error.help.as_deref().unwrap_or("").contains(help), "{text}: {:?}", error.help);
        assert!(!error.expected.is_empty(), "{text}");
    }
}

#[test]
fn malformed_instructions_are_refused_in_the_kernels_words() {
    let cases = [
        (Insn { code: 0x84, imm: 1, ..Insn::default() }, "BPF_NEG uses reserved fields"),
        (Insn { code: 0xd4, imm: 8, ..Insn::default() }, "BPF_END uses reserved fields"),
        (Insn { code: 0x0f, imm: 1, ..Insn::default() }, "BPF_ALU uses reserved fields"),
        (Insn { code: 0x07, off: 1, ..Insn::default() }, "BPF_ALU uses reserved fields"),
        (Insn { code: 0xbf, off: 24, ..Insn::default() }, "BPF_MOV uses reserved fields"),
        (Insn { code: 0xbf, imm: 3, ..Insn::default() }, "BPF_MOV uses reserved fields"),
        (Insn { code: 0xe7, ..Insn::default() }, "invalid BPF_ALU opcode e0"),
        (Insn { code: 0xf5, ..Insn::default() }, "invalid BPF_JMP opcode f0"),
        (Insn { code: 0x15, src: 1, ..Insn::default() }, "BPF_JMP/JMP32 uses reserved fields"),
        (Insn { code: 0x85, src: 3, ..Insn::default() }, "BPF_CALL uses reserved fields"),
        (Insn { code: 0x95, imm: 3, ..Insn::default() }, "BPF_EXIT uses reserved fields"),
        (Insn { code: 0x05, imm: 3, ..Insn::default() }, "BPF_JA uses reserved fields"),
        (Insn { code: 0xdb, imm: 0x33, ..Insn::default() }, "BPF_ATOMIC uses invalid atomic opcode 33"),
        (Insn { code: 0xd3, ..Insn::default() }, "invalid atomic operand size"),
        (Insn { code: 0x99, ..Insn::default() }, "unknown opcode 99"),
        (Insn { code: 0x18, ..Insn::default() }, "invalid bpf_ld_imm64 insn"),
        (Insn { code: 0xb7, dst: 11, ..Insn::default() }, "R11 is invalid"),
        (Insn { code: 0x06, ..Insn::default() }, ""),
    ];
    for (insn, message) in cases {
        let got = decode_at(&[insn], 0).map_or_else(|e| e.message, |_| String::new());
        assert_eq!(got, message, "{insn:?}");
    }
}
