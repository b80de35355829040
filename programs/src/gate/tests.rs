//! Rules that no compiled program of the corpus shows: order of stages, deny lists, licences, callbacks, globals.

use super::*;
use crate::isa::{Insn, assemble};
use crate::profile::{KernelVersion, Section};
use KernelVersion as V;

/// A program of one function that calls nothing.
fn program(section: &str, source: &str) -> GateInput {
    let insns = assemble(source, &[]).unwrap_or_else(|errors| panic!("{source}: {errors:?}")).insns;
    let len = insns.len();
    GateInput {
        name: "prog".into(),
        kind: Section::resolve(section).unwrap_or_else(|| panic!("section {section}")).kind(),
        xdp_frags: false,
        gpl: true,
        insns,
        functions: vec![GateFunction { name: "prog".into(), start: 0, len, global: true }],
        maps: Vec::new(),
        kfuncs: Vec::new(),
        exception_callback: Default::default(),
        has_func_info: true,
    }
}

/// What each version says: the message of the refusal, or nothing.
fn words(input: &GateInput) -> [String; 4] {
    V::ALL.map(|version| match check(&Profile::new(version), input, None) {
        Verdict::Reject(rejection) => rejection.message,
        _ => String::new(),
    })
}

fn map(name: &str, flags: u32) -> GateMap {
    let map_type = crate::profile::map_type::MapType::from_name(name).expect("map type").number;
    GateMap { name: name.into(), map_type, map_flags: flags, ..GateMap::default() }
}

/// `ld_imm64 r1 = map 0; r0 = 0; exit`
fn with_map(section: &str, map: GateMap) -> GateInput {
    let mut input = program(section, "r1 = 0 ll\nr0 = 0\nexit\n");
    input.insns[0].src = 1;
    input.maps = vec![map];
    input
}

#[test]
fn old_kernels_ask_about_the_target_first_new_ones_about_maps() {
    let said = words(&with_map("lsm.s/file_permission", map("STACK_TRACE", 0)));
    assert_eq!(said[0], "bpf_lsm_file_permission is not sleepable");
    assert_eq!(said[1], "bpf_lsm_file_permission is not sleepable");
    assert_eq!(said[2], "Sleepable programs can only use array, hash, ringbuf and local storage maps");
    assert_eq!(said[3], said[2]);
}

#[test]
fn maps_may_come_with_conditions() {
    let said = words(&with_map("lsm.s/bprm_committed_creds", map("HASH", BPF_F_NO_PREALLOC)));
    assert_eq!(said, ["Sleepable programs can only use preallocated hash maps", "", "", ""]);
    let mut locked = map("HASH", 0);
    locked.fields.timer = true;
    let said = words(&with_map("kprobe/vfs_read", locked));
    let refusal = "tracing progs cannot use bpf_timer yet";
    assert_eq!(said, ["", refusal, refusal, ""]);
}

#[test]
fn deny_lists() {
    let exit = "r0 = 0\nexit\n";
    let silent = "(no message) Invalid argument";
    let denied = "Attaching tracing programs to function 'migrate_disable' is rejected.";
    assert_eq!(words(&program("fentry/migrate_disable", exit)), ["", silent, silent, denied]);
    let said = words(&program("fexit/do_exit", exit));
    assert_eq!(said[2], "Attaching fexit/fmod_ret to __noreturn functions is rejected.");
    assert_eq!(said[3], "Attaching fexit/fsession/fmod_ret to __noreturn function 'do_exit' is rejected.");
    assert_eq!(words(&program("fentry/do_exit", exit)), [""; 4]);
}

#[test]
fn error_injection_opens_targets() {
    let input = program("fmod_ret.s/__x64_sys_openat", "r0 = 0\nexit\n");
    let mut profile = Profile::new(V::V6_1);
    assert!(matches!(check(&profile, &input, None), Verdict::Reject(_)));
    profile.config.set("FUNCTION_ERROR_INJECTION", true).unwrap();
    assert_eq!(check(&profile, &input, None), Verdict::Accept { scope: Scope::Gate });
}

#[test]
fn licences() {
    let mut input = program("lsm/file_open", "r0 = 0\nexit\n");
    input.gpl = false;
    assert_eq!(words(&input), ["LSM programs must have a GPL compatible license"; 4].map(str::to_string));
    let mut printing = program("kprobe/vfs_read", "call 6\nr0 = 0\nexit\n");
    printing.gpl = false;
    let refusal = "cannot call GPL-restricted function from non-GPL compatible program";
    assert_eq!(words(&printing), [refusal; 4].map(str::to_string));
}

#[test]
fn calls_in_dead_code_are_not_asked_about() {
    let sleeps = "if r6 == 0 goto out\ncall 148\nout:\nr0 = 0\nexit\n";
    let live = words(&program("lsm/file_open", &format!("r6 = *(u64 *)(r1 + 0)\n{sleeps}")));
    assert_eq!(live[2], "helper call might sleep in a non-sleepable prog");
    let dead = program("lsm/file_open", &format!("r6 = 0\n{sleeps}"));
    assert_eq!(words(&dead), [""; 4]);
}

#[test]
fn calls_after_a_constant_loop_are_reached() {
    let source = "r6 = 0\nagain:\nr6 += 1\nif r6 < 1000 goto again\ncall 148\nr0 = 0\nexit\n";
    assert_eq!(
        words(&program("xdp", source))[3],
        "sleepable helper bpf_copy_from_user#148 in non-sleepable prog"
    );
}

/// main calls a global function that sleeps, behind a branch that `condition` decides.
fn with_global(section: &str, condition: &str) -> GateInput {
    let mut input = program(
        section,
        &format!(
            "r6 = {condition}\nif r6 == 0 goto out\ncall sub\nout:\nr0 = 0\nexit\nsub:\ncall 148\nr0 = 0\nexit\n"
        ),
    );
    let start = 5;
    let len = input.insns.len() - start;
    input.functions[0].len = start;
    input.functions.push(GateFunction { name: "sub".into(), start, len, global: true });
    input
}

#[test]
fn global_functions_by_version() {
    let called = words(&with_global("lsm/file_open", "1"));
    assert_eq!(called[1], "unknown func bpf_copy_from_user#148");
    assert_eq!(called[2], "helper call might sleep in a non-sleepable prog");
    assert_eq!(called[3], "sleepable global function sub() called in non-sleepable prog");
    let dead = words(&with_global("lsm/file_open", "0"));
    assert_eq!(dead[1], "unknown func bpf_copy_from_user#148", "verified whether called or not");
    assert_eq!([&dead[2], &dead[3]], ["", ""]);
}

#[test]
fn unreachable_code_and_broken_loads() {
    let said = words(&program("xdp", "r0 = 0\nexit\nr0 = 1\nexit\n"));
    assert_eq!(said, ["unreachable insn 2"; 4].map(str::to_string));
    let mut cut = program("xdp", "r0 = 0\nr1 = 0 ll\nexit\n");
    cut.insns[2] = Insn { code: 0x95, ..Insn::default() };
    assert_eq!(words(&cut), ["invalid bpf_ld_imm64 insn"; 4].map(str::to_string));
}

#[test]
fn a_kernel_btf_tells_what_exists_and_under_which_number() {
    let mut writer = crate::btf::writer::BtfWriter::new();
    let proto = writer.func_proto(crate::btf::TypeId::VOID, &[]);
    let hook = writer.reference("bpf_lsm_getprocattr", crate::btf::Kind::Func, proto);
    let kernel = crate::btf::Btf::parse(&writer.finish()).expect("own BTF");
    let said = |section: &str| {
        let input = program(section, "r0 = 0\nexit\n");
        match check(&Profile::new(V::V6_12), &input, Some(&kernel)) {
            Verdict::Reject(rejection) => rejection.message,
            other => panic!("{other:?}"),
        }
    };
    let disabled = format!("attach_btf_id {} points to disabled hook bpf_lsm_getprocattr", hook.0);
    assert_eq!(said("lsm/getprocattr"), disabled);
    assert_eq!(
        said("fentry/no_such_function"),
        "prog 'prog': failed to find kernel BTF type ID of 'no_such_function': -ESRCH"
    );
    assert!(said("tp_btf/no_such_tracepoint").contains("no_such_tracepoint"));
}
