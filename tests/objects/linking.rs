//! Programs and their functions, kernel functions and variables, source lines.

use programs::btf::Kind;
use programs::object::KsymKind;

use super::{calls, object, program};

fn layout(name: &str) -> Vec<(String, usize, bool)> {
    let object = object("linking");
    let subprogs = &program(&object, name).subprogs;
    subprogs.iter().map(|sub| (sub.name.clone(), sub.start, sub.global)).collect()
}

fn rows(rows: &[(&str, usize, bool)]) -> Vec<(String, usize, bool)> {
    rows.iter().map(|(name, start, global)| (name.to_string(), *start, *global)).collect()
}

/// Depth first, each once, in the order of the calls; only what is reached.
#[test]
fn functions_follow_in_the_order_of_libbpf() {
    assert_eq!(layout("calls_nothing"), rows(&[("calls_nothing", 0, true)]));
    let two =
        rows(&[("calls_two", 0, true), ("hidden", 7, false), ("leaf", 10, false), ("middle", 13, true)]);
    assert_eq!(layout("calls_two"), two);
    let callback =
        [("with_callback", 0, true), ("each", 27, false), ("leaf", 34, false), ("middle", 37, true)];
    assert_eq!(layout("with_callback"), rows(&callback));
}

/// Every call, and every function whose address is taken, leads to the start of the right function.
#[test]
fn calls_lead_to_functions() {
    let object = object("linking");
    let two = calls(program(&object, "calls_two"));
    assert_eq!(two, [(1, 7), (4, 13), (7, 10), (14, 10), (18, 10)]);
    let callback = calls(program(&object, "with_callback"));
    assert_eq!(callback, [(6, 27), (20, 37), (28, 34), (38, 34), (42, 34)]);
}

#[test]
fn kernel_functions_are_listed_once_and_keep_their_prototype() {
    let object = object("linking");
    let program = program(&object, "with_callback");
    let names: Vec<(&str, bool)> = program.kfuncs.iter().map(|kfunc| (&*kfunc.name, kfunc.weak)).collect();
    let expected =
        [("bpf_rcu_read_lock", false), ("bpf_rcu_read_unlock", false), ("bpf_missing_everywhere", true)];
    assert_eq!(names, expected);
    let kfunc_calls = program.insns.iter().filter(|insn| insn.code == 0x85 && insn.src == 2);
    assert_eq!(kfunc_calls.map(|insn| insn.imm).collect::<Vec<_>>(), [0, 1, 2, 0, 1]);
    let btf = object.btf.as_ref().expect("BTF");
    let func = btf.type_by_id(program.kfuncs[2].func).expect("a type");
    assert_eq!((func.kind(), func.name()), (Kind::Func, "bpf_missing_everywhere"));
}

#[test]
fn kernel_symbols_say_what_they_are() {
    let object = object("linking");
    let address = &program(&object, "with_callback").ksyms;
    assert!(matches!(address[0].kind, KsymKind::Func(_)) && address[0].weak);
    let variables = &program(&object, "kernel_variables").ksyms;
    assert!(matches!(variables[0].kind, KsymKind::Var(_)) && variables[0].name == "bpf_prog_active");
    assert!(variables[1].kind == KsymKind::Untyped && variables[1].weak);
}

/// The lines of a subprogram move with it.
#[test]
fn instructions_know_their_source_line() {
    let object = object("linking");
    let program = program(&object, "calls_two");
    let leaf = program.line_of(11).expect("a line of leaf");
    assert!(leaf.file.ends_with("src/linking.bpf.c"), "{}", leaf.file);
    assert_eq!(leaf.text.trim(), "return x + 1;");
    let main = program.line_of(1).expect("a line of the main function");
    assert_eq!(main.text.trim(), "return hidden(2) + middle(1);");
    assert!(main.col > 0 && main.line > leaf.line);
    assert_eq!(program.function_of(11).map(|sub| &*sub.name), Some("leaf"));
    assert_eq!(program.line_of(1000), None);
}

#[test]
fn sections_that_are_not_loaded_are_reported() {
    let object = object("leftovers");
    let skipped: Vec<&str> = object.skipped.iter().map(|skipped| &*skipped.section).collect();
    assert_eq!(skipped, [".struct_ops.link", "my_notes"]);
    assert_eq!(program(&object, "ssthresh").section, "struct_ops/ssthresh");
    assert_eq!((object.version, &*object.license), (Some(0x060c00), "Dual MIT/GPL"));
}

#[test]
fn an_object_without_btf_loads_as_long_as_it_declares_no_map() {
    let object = object("plain");
    assert!(object.btf.is_none() && program(&object, "pass").lines.is_empty());
}
