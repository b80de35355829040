//! What the user can do about a refusal: from the tables of the kernels where they know, else a rule of thumb.
//!
//! Key items: [`Subject`], [`lines`]. `since` answers questions to the tables, `clue` reads messages, `thumbs` knows something for any rule.

use programs::btf::{Btf, essential_name};
use programs::core_reloc;
use programs::gate::GateInput;
use programs::object::{Object, ProgramSpec};
use programs::profile::helper::Helper;
use programs::profile::map_type::{MapType, SleepableUse};
use programs::profile::{Profile, ProgramKind, Section};

use super::advice::advice;
use super::callback::Callback;
use super::thumbs::thumb;
use super::trail::{Step, StepKind};
use super::void::Voided;
use super::{Place, clue, context, since};
use crate::diag::suggest;

/// A refusal, as far as help looks at it.
pub struct Subject<'a> {
    pub profile: &'a Profile,
    pub object: &'a Object,
    pub program: &'a ProgramSpec,
    pub code: &'static str,
    pub message: &'a str,
    /// The refused instruction.
    pub insn: Option<usize>,
    /// The kernel's types.
    pub kernel: &'a Btf,
    /// What the refused instruction calls.
    pub callee: Option<String>,
    /// What was known about the register that the message is about.
    pub known: Option<&'a str>,
    pub steps: &'a [Step],
    /// Where the pointer that the message is about stopped being valid.
    pub void: Option<Voided>,
    /// What makes the refused function run, when that is not the program itself.
    pub callback: Option<Callback>,
}

/// The help lines, most specific first.
pub fn lines(subject: &Subject<'_>) -> Vec<String> {
    let Some(section) = Section::resolve(&subject.program.section) else {
        return vec![section_name(&subject.program.section)];
    };
    let kind = GateInput::from_object(subject.profile, subject.object, subject.program)
        .map_or_else(|| section.kind(), |input| input.kind);
    if let Some(void) = &subject.void {
        return vec![void.help()];
    }
    let mut lines = match subject.code {
        "V0001" => clue::destroyed(subject),
        "V0002" => vec![null_check(subject)],
        "V0003" => clue::outside(subject),
        "V0005" => clue::stack(subject.message),
        "V0006" => release(subject),
        "V0007" | "V0023" => clue::unpaired(subject),
        "V0009" => sleeping(subject, &kind),
        "V0010"
            if subject.callback.is_some()
                && named_helper(subject.message).is_some_and(Helper::might_sleep) =>
        {
            sleeping(subject, &kind)
        }
        "V0010" => helper(subject, &kind),
        "V0011" => kfunc(subject, &kind),
        "V0013" => return_range(subject.message),
        "V0012" if subject.message.contains("known constant") => clue::constant(),
        // The words of 5.10 for the same.
        "V0021" if subject.callee.as_deref() == Some("bpf_ringbuf_reserve") => clue::constant(),
        "V0021" => clue::no_size(subject),
        "V0014" => context::help(subject, &kind),
        "V0016" => map_types(subject),
        "V0017" => target(subject, &kind),
        "V0018" => {
            since::sleepable_type(subject.profile, &kind, &subject.program.section).into_iter().collect()
        }
        "V0025" => clue::no_relocation(subject),
        "V0030" => [clue::callbacks(subject), clue::returns(subject.message)].concat(),
        "V0031" => clue::recursion(subject.message),
        "V0033" => since::program_type(&kind).into_iter().collect(),
        _ => Vec::new(),
    };
    if lines.is_empty() {
        let known = advice(subject.code, subject.message).or_else(|| thumb(subject.code));
        lines.extend(known.map(str::to_owned));
    }
    lines
}

/// A region to leave, a callback that cannot sleep, or another kind of program.
fn sleeping(subject: &Subject<'_>, kind: &ProgramKind) -> Vec<String> {
    let lines = leave(subject.message);
    if !lines.is_empty() {
        return lines;
    }
    match (&subject.callback, &subject.callee) {
        (Some(callback), Some(callee)) => callback.help(subject.profile, kind, callee),
        _ => helper(subject, kind),
    }
}

fn section_name(name: &str) -> String {
    let name = name.trim_start_matches('?');
    let known = || programs::profile::sections().iter().filter(|def| def.in_libbpf).map(|def| def.pattern);
    let (head, tail) = name.split_once('/').map_or((name, None), |(head, tail)| (head, Some(tail)));
    let meant = |section: &str| format!("did you mean `SEC(\"{section}\")`?");
    if let Some(whole) = suggest::closest(name, known().filter(|pattern| pattern.contains('/'))) {
        return meant(whole);
    }
    let near = suggest::closest(head, known().map(|pattern| pattern.trim_end_matches('+')));
    match (near, tail) {
        (Some(near), Some(tail)) if known().any(|pattern| pattern.strip_suffix('+') == Some(near)) => {
            meant(&format!("{near}/{tail}"))
        }
        (Some(near), Some(tail)) => {
            format!("`SEC(\"{near}\")`: this section takes nothing like `/{tail}` behind its name")
        }
        (Some(near), None) => meant(near),
        (None, _) => "`sleepable support` lists program types; section names are libbpf's".to_owned(),
    }
}

/// Names the variable when the line of C shows it.
fn null_check(subject: &Subject<'_>) -> String {
    let made = subject.steps.iter().rev().find(|step| step.kind == StepKind::Value);
    let variable = made.and_then(|step| assigned(step.insn.place.as_ref()?));
    match variable {
        Some(name) => format!("check for NULL first: `if (!{name}) return 0;`"),
        None => "check the pointer for NULL before it is used".to_owned(),
    }
}

/// The variable or member that what stands at a place is assigned to, as C spells it.
pub(super) fn assigned(place: &Place) -> Option<&str> {
    let text = place.text.as_str();
    let before = match place.column.checked_sub(1) {
        Some(column) => &text[..text.char_indices().nth(column as usize)?.0],
        // Without a column, where the line assigns only once.
        None => text
            .split_once('=')
            .filter(|(_, right)| !right.contains('='))
            .map(|(left, _)| &text[..=left.len()])?,
    };
    let left = without_casts(without_members(before)).strip_suffix('=')?.trim_end();
    let start = object_start(left);
    let (outer, name) = left.split_at(start);
    // `*p = …` stores elsewhere than in `p`; `struct v *p = …` and `, *p = …` declare it.
    let outer = outer.trim_end();
    let declared =
        outer.trim_end_matches(['*', ' ']).ends_with(|c: char| c == ',' || c == '_' || c.is_alphanumeric());
    let named = name.starts_with(|c: char| c == '_' || c.is_alphabetic());
    (named && (declared || !outer.ends_with('*'))).then_some(name)
}

/// Where the variable or member at the end of a text begins.
fn object_start(text: &str) -> usize {
    let mut depth = 0;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth > 0 => depth -= 1,
            _ if depth > 0 || c == '_' || c == '.' || c.is_alphanumeric() => {}
            '>' if text[..at].ends_with('-') => {}
            '-' if text[at..].starts_with("->") => {}
            _ => break,
        }
        start = at;
    }
    start
}

/// Without `(type)` at the end of a text.
fn without_casts(text: &str) -> &str {
    let mut text = text.trim_end();
    while text.ends_with(')') {
        let Some(open) = text.rfind('(') else { break };
        text = text[..open].trim_end();
    }
    text
}

/// Without the `ctx->` of what is read from a structure.
fn without_members(text: &str) -> &str {
    let text = text.trim_end();
    if text.ends_with("->") || text.ends_with('.') { &text[..object_start(text)] } else { text }
}

/// What gives back what a function acquires.
const RELEASES: &[(&str, &str)] = &[
    ("bpf_ringbuf_reserve_dynptr", "bpf_ringbuf_submit_dynptr` or `bpf_ringbuf_discard_dynptr"),
    ("bpf_ringbuf_reserve", "bpf_ringbuf_submit` or `bpf_ringbuf_discard"),
    ("bpf_sk_lookup", "bpf_sk_release"),
    ("bpf_skc_lookup", "bpf_sk_release"),
    ("bpf_task_", "bpf_task_release"),
    ("bpf_cgroup_", "bpf_cgroup_release"),
    ("bpf_cpumask_", "bpf_cpumask_release"),
    ("bpf_obj_new", "bpf_obj_drop"),
    ("bpf_percpu_obj_new", "bpf_percpu_obj_drop"),
    ("bpf_refcount_acquire", "bpf_obj_drop"),
    ("bpf_get_task_exe_file", "bpf_put_file"),
    ("bpf_lookup_user_key", "bpf_key_put"),
    ("bpf_lookup_system_key", "bpf_key_put"),
];

/// `bpf_iter_num_destroy` for a call of `bpf_iter_num_new`.
fn destructor(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut made = words.filter_map(|word| word.strip_suffix("_new"));
    made.find(|stem| stem.starts_with("bpf_iter_")).map(|stem| format!("{stem}_destroy"))
}

fn release(subject: &Subject<'_>) -> Vec<String> {
    let held = subject.steps.iter().filter(|step| step.kind == StepKind::Held);
    let text = held.map(|step| step.insn.text.as_str()).next_back();
    let listed = |text: &str| RELEASES.iter().find(|(acquire, _)| text.contains(acquire));
    let found = text.and_then(|text| destructor(text).or_else(|| Some(listed(text)?.1.to_owned())));
    let by = found.map_or(String::new(), |release| format!(" with `{release}`"));
    vec![format!("give it back{by} on every path to the end, also on the early returns")]
}

/// Regions in messages, what ends them and what begins them again.
const REGIONS: &[(&str, &str, &str)] = &[
    ("rcu_read_lock region", "bpf_rcu_read_unlock()", "bpf_rcu_read_lock()"),
    ("non-preemptible region", "bpf_preempt_enable()", "bpf_preempt_disable()"),
    ("IRQ-disabled region", "bpf_local_irq_restore(…)", "bpf_local_irq_save(…)"),
    ("lock region", "bpf_spin_unlock(…)", "bpf_spin_lock(…)"),
];

/// How to leave the region in which sleeping is refused; nothing when it is the program that may not sleep.
fn leave(message: &str) -> Vec<String> {
    let found = REGIONS.iter().find(|(words, ..)| message.contains(words));
    let line = |(_, end, begin): &(&str, &str, &str)| {
        format!(
            "leave the section first: `{end}` before this call, and `{begin}` again behind it if it is still needed"
        )
    };
    found.map(line).into_iter().collect()
}

/// `bpf_x#12` in a message.
fn named_helper(message: &str) -> Option<&'static Helper> {
    let digits = message.split_once('#')?.1;
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    Helper::from_id(digits.parse().ok()?)
}

/// Helpers that do without sleeping, or on older kernels, what another one does.
const RELATIVES: &[(&str, &str)] = &[
    (
        "bpf_copy_from_user",
        "`bpf_probe_read_user` does not wait: it fails with -EFAULT when the page is not there",
    ),
    (
        "bpf_copy_from_user_str",
        "`bpf_probe_read_user_str` does not wait: it fails with -EFAULT when the page is not there",
    ),
    ("bpf_copy_from_user_task", "`bpf_probe_read_user` reads the current task's memory without waiting"),
    ("bpf_loop", "before 5.17 write the loop out with a constant bound"),
    ("bpf_ringbuf_reserve", "before 5.8 use `bpf_perf_event_output`"),
];

fn helper(subject: &Subject<'_>, kind: &ProgramKind) -> Vec<String> {
    let quoted = |name: &str| subject.message.contains(name);
    if let Some(types) = subject.message.split_once(" supported only for ") {
        return vec![format!("only these programs can call it: {}", types.1.trim_end_matches(" programs"))];
    }
    // Listed for the type, and refused by a check of its own: bpf_get_func_ip (check_get_func_ip).
    if subject.message.contains(" not supported for program type ") {
        return vec!["only kprobe, uprobe, fentry, fexit and fmod_ret programs can call it".to_owned()];
    }
    let called = named_helper(subject.message).or_else(|| called_at_end(subject));
    let Some(helper) = called else { return kfunc(subject, kind) };
    let mut lines = Vec::new();
    if subject.code == "V0010" || quoted("non-sleepable prog") {
        lines.extend(since::helper(subject.profile, helper, kind, &subject.program.section));
    }
    let relative = RELATIVES.iter().find(|(name, _)| *name == helper.name);
    lines.extend(relative.map(|(_, text)| (*text).to_owned()));
    lines
}

/// The messages of 6.12 do not name the helper: it is the only one that sleeps among those the program calls.
fn called_at_end(subject: &Subject<'_>) -> Option<&'static Helper> {
    if !subject.message.starts_with("helper call ") {
        return None;
    }
    let ids = subject.program.insns.iter().filter(|insn| insn.code == 0x85 && insn.src == 0);
    let mut sleeping =
        ids.filter_map(|insn| Helper::from_id(insn.imm as u32)).filter(|helper| helper.might_sleep());
    let first = sleeping.next()?;
    sleeping.all(|other| other.id == first.id).then_some(first)
}

fn kfunc(subject: &Subject<'_>, kind: &ProgramKind) -> Vec<String> {
    let names = || subject.program.kfuncs.iter().map(|kfunc| kfunc.name.as_str());
    let called = names().find(|name| subject.callee.as_deref() == Some(name));
    let named = names().filter(|name| subject.message.contains(name)).max_by_key(|name| name.len());
    let Some(name) = named.or(called) else { return Vec::new() };
    if subject.code == "V0009" && !subject.message.contains("must be sleepable") {
        return Vec::new();
    }
    if subject.message.ends_with("func_proto incompatible with vmlinux") || is_another(subject, name) {
        return vec![format!(
            "this kernel's `{name}` has other arguments or another result: declare it as `bpftool btf dump file /sys/kernel/btf/vmlinux \
             format c` shows it; two declarations with one essential name (`{name}___old`) serve two kernels"
        )];
    }
    let mut lines = since::kfunc(subject.profile, name, kind, &subject.program.section);
    if subject.message.starts_with("invalid func unknown#") {
        let text = format!("libbpf found no `{name}` in this kernel and put this number in its place");
        lines.insert(0, text);
    }
    let relative = RELATIVES.iter().find(|(known, _)| *known == name);
    lines.extend(relative.map(|(_, text)| (*text).to_owned()));
    lines
}

/// Whether the program declares a kernel function otherwise than this kernel has it.
fn is_another(subject: &Subject<'_>, name: &str) -> bool {
    let declared = subject.program.kfuncs.iter().find(|kfunc| kfunc.name == name);
    let same = declared.zip(subject.object.btf.as_ref()).and_then(|(kfunc, btf)| {
        core_reloc::same_prototype(btf, kfunc.func, subject.kernel, essential_name(name))
    });
    same == Some(false)
}

/// `should have been in [0, 1]`.
fn return_range(message: &str) -> Vec<String> {
    // Without a callback of its own, an exception ends the program with what was thrown.
    let thrown = message.contains("the register R1 has");
    let range = message.split_once("should have been in ").map(|(_, range)| range);
    let bounds = range.and_then(|range| range.strip_prefix('[')?.strip_suffix(']')?.split_once(", "));
    let text = match bounds {
        Some((least, most)) if thrown => format!(
            "what is thrown is what the program returns, from {least} to {most}: throw such a number, or catch it with `__exception_cb(…)`"
        ),
        Some((least, most)) if least == most => format!("return {least}"),
        Some((least, most)) => {
            format!("return a value from {least} to {most}; bound it first if it is computed")
        }
        None => "return a constant, or bound the value first".to_owned(),
    };
    vec![text]
}

fn map_types(subject: &Subject<'_>) -> Vec<String> {
    let version = subject.profile.version;
    let used = subject.program.insns.iter().filter(|insn| insn.is_load_imm64() && matches!(insn.src, 1 | 2));
    let mut maps: Vec<_> = used.filter_map(|insn| subject.object.maps.get(insn.imm as usize)).collect();
    maps.sort_by_key(|map| map.name.clone());
    maps.dedup_by_key(|map| map.name.clone());
    if let Some(line) = clue::keyless(subject) {
        return vec![line];
    }
    let creation = clue::map_creation(subject);
    if !creation.is_empty() {
        return creation;
    }
    if let Some(line) = clue::wrong_map(subject.message) {
        return vec![line];
    }
    if subject.message.contains("preallocated hash") {
        return vec![
            "declare the map without BPF_F_NO_PREALLOC; 6.1 and later do not ask for it, 5.10 does"
                .to_owned(),
        ];
    }
    if !subject.message.starts_with("Sleepable programs") {
        return Vec::new();
    }
    let refused = maps.iter().filter_map(|map| Some((map, MapType::from_number(map.map_type)?)));
    let refused = refused.filter(|(_, row)| row.sleepable_use(version) != SleepableUse::Allowed);
    refused.map(|(map, row)| format!("`{}` is {}", map.name, since::map_type(row))).collect()
}

fn target(subject: &Subject<'_>, kind: &ProgramKind) -> Vec<String> {
    let structure = subject.message.strip_prefix("struct_ops init_kern: struct bpf_struct_ops_");
    if let Some(structure) = structure.and_then(|rest| rest.split(' ').next()) {
        return since::structure(structure);
    }
    let Some(target) = kind.target.as_deref() else { return Vec::new() };
    if subject.message.contains("is not sleepable") {
        return since::sleepable_target(subject.profile, kind, &subject.program.section);
    }
    if subject.message.contains("non-faultable tracepoint") {
        return vec![
            format!(
                "sleepable programs attach to the tracepoints of all system calls only: `tp_btf.s/sys_enter` and `sys_exit`, `tp.s/syscalls/…` (7.2)"
            ),
            format!("or do not sleep: `SEC(\"{}\")`", subject.program.section.replacen(".s/", "/", 1)),
        ];
    }
    if subject.message.contains("failed to find kernel BTF type ID") {
        return since::missing_target(subject.profile, kind, target);
    }
    if subject.message.contains("is not modifiable") {
        return vec![since::modified(subject.profile)];
    }
    if subject.message.contains("disabled hook") {
        return since::closed_hook(subject.profile, target);
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_lines_of_c() {
        // `@` stands before what makes the value; without one the compiler gave no column.
        let found = |marked: &str| {
            let text = marked.replace('@', "");
            let column = marked.chars().position(|c| c == '@').map_or(0, |at| at as u32 + 1);
            let place = Place { file: "t.c".into(), line: 1, column, text };
            assigned(&place).map(str::to_owned)
        };
        let is = |marked: &str, name: &str| assert_eq!(found(marked).as_deref(), Some(name), "{marked}");
        is("\tstruct v *value = @bpf_map_lookup_elem(&m, &key);", "value");
        is("\tstruct v *value = bpf_map_lookup_elem(&m, &key);", "value");
        is("  v = @f(a == b);", "v");
        is("__u32 key = 3; struct val *v = @f(&m, &key); x = 1;", "v");
        is("__u64 zero = 0, *w = @f(&m, &key);", "w");
        is("h.v = @f(&m);", "h.v");
        is("h->list[i].v = @f(&m);", "h->list[i].v");
        is("struct val *wért = @f();", "wért");
        is("if ((v = @f()) && v->x)", "v");
        is("void *data = (void *)(long)ctx->@data;", "data");
        is("p = task->@real_parent;", "p");
        is("struct v *v = (struct v *) @f(&m);", "v");
        let nothing = [
            "  if (@a == b)",
            "  if (x == @f(b))",
            "  return @f(a);",
            "*out = @f(a);",
            "n += @f(a);",
            "a = 1; b = 2; g(@f());",
            "a = 1; b = f();",
        ];
        for marked in nothing {
            assert_eq!(found(marked), None, "{marked}");
        }
        let beyond = Place { file: "t.c".into(), line: 1, column: 99, text: "a = f();".into() };
        assert_eq!(assigned(&beyond), None);
    }

    #[test]
    fn ranges_are_said_in_words() {
        let text = "At program exit the register R0 has smin=2 smax=2 should have been in [0, 1]";
        assert_eq!(return_range(text), ["return a value from 0 to 1; bound it first if it is computed"]);
    }
}
