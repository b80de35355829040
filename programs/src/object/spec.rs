//! What loading an object yields: plain data, independent of the kernel that will run it.
//!
//! Pseudo encodings of instructions after loading (they differ from the kernel's only in that a number is an index
//! into a list of ours instead of a file descriptor or a BTF number):
//!
//! | instruction | `src` | meaning |
//! |---|---|---|
//! | `ld_imm64` | 1 | map number `imm` of [`Object::maps`] |
//! | `ld_imm64` | 2 | address in the value of map `imm`, at the second slot's `imm` bytes |
//! | `ld_imm64` | 3 | kernel symbol number `imm` of [`ProgramSpec::ksyms`] |
//! | `ld_imm64` | 4 | function, `imm` slots from the next instruction (of the first slot) |
//! | `call` | 1 | function, `imm` slots from the next instruction |
//! | `call` | 2 | kernel function number `imm` of [`ProgramSpec::kfuncs`] |

use std::sync::Arc;

use super::kconfig::KconfigExtern;
use crate::btf::{Btf, TypeId};
use crate::core_reloc::CoreKind;
use crate::isa::Insn;

/// A loaded BPF object file.
#[derive(Clone, Debug)]
pub struct Object {
    /// As given by the caller; also the prefix of the names of data maps, as in libbpf.
    pub name: String,
    /// Text of the `license` section, empty when there is none.
    pub license: String,
    /// The `version` section (`KERNEL_VERSION`), which old kprobe programs needed.
    pub version: Option<u32>,
    pub programs: Vec<ProgramSpec>,
    /// Declared maps in the order of `.maps`, then data maps in the order of their sections, then `.kconfig`.
    pub maps: Vec<MapSpec>,
    /// Variables of the `.kconfig` map.
    pub kconfig: Vec<KconfigExtern>,
    pub btf: Option<Btf>,
    /// Function pointers of struct_ops variables.
    pub struct_ops: Vec<OpsSlot>,
    pub skipped: Vec<Skipped>,
}

/// A program that a member of a struct_ops variable points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpsSlot {
    /// The variable: the loader makes a map of it.
    pub variable: String,
    /// The kernel's name of the variable's type.
    pub structure: String,
    pub member: String,
    pub program: String,
}

/// What runs when a program throws (`__exception_cb`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExceptionCallback {
    /// The thrown value is the program's result.
    #[default]
    Default,
    /// The function that starts at this slot.
    At(usize),
    /// Several are named, which kernels refuse.
    Several,
}

/// A section that was not loaded, and why. Not an error: libbpf goes on, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub section: String,
    pub reason: String,
}

/// One program: a function with its own section, and all functions of `.text` that it reaches.
#[derive(Clone, Debug)]
pub struct ProgramSpec {
    pub name: String,
    pub section: String,
    /// The main function, then its subprograms in libbpf's order (as they are first called, depth first).
    pub insns: Vec<Insn>,
    /// The functions in `insns`, in the order of their starts; the first is the main function.
    pub subprogs: Vec<Subprog>,
    pub exception_callback: ExceptionCallback,
    pub kfuncs: Vec<KfuncRef>,
    pub ksyms: Vec<KsymRef>,
    /// In the order of instructions.
    pub core: Vec<CoreRelo>,
    /// In the order of instructions; a line holds until the next one.
    pub lines: Vec<LineInfo>,
}

/// A function inside [`ProgramSpec::insns`]; `start` and `len` count instruction slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subprog {
    pub name: String,
    pub start: usize,
    pub len: usize,
    /// Whether the verifier checks it on its own: global linkage in its type and default visibility.
    pub global: bool,
    /// The `FUNC` in the object's BTF.
    pub func: Option<TypeId>,
}

/// A kernel function that the program calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KfuncRef {
    pub name: String,
    /// Declared `__weak`: the program loads on kernels without it as long as the call is dead code.
    pub weak: bool,
    /// The `FUNC` in the object's BTF: the prototype that the program believes in.
    pub func: TypeId,
}

/// A kernel symbol whose address the program takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KsymRef {
    pub name: String,
    pub weak: bool,
    pub kind: KsymKind,
}

/// What kind of kernel symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KsymKind {
    /// A function (`bpf_ksym_exists(func)`), with its `FUNC` in the object's BTF.
    Func(TypeId),
    /// A variable with a type, with its `VAR`; libbpf finds it in the kernel's BTF.
    Var(TypeId),
    /// `extern const void name __ksym`: only an address from `/proc/kallsyms`.
    Untyped,
}

/// A CO-RE relocation of an instruction; `core_reloc` applies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreRelo {
    /// Slot in [`ProgramSpec::insns`].
    pub insn: usize,
    pub kind: CoreKind,
    /// The type that the access starts from, in the object's BTF.
    pub root: TypeId,
    /// Member and element numbers, e.g. `"0:1:2"`.
    pub access: Arc<str>,
}

/// The source line of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineInfo {
    /// Slot in [`ProgramSpec::insns`].
    pub insn: usize,
    pub file: Arc<str>,
    /// From 1; 0 when the compiler did not know.
    pub line: u32,
    pub col: u32,
    /// The line itself, cut after 4096 bytes.
    pub text: Arc<str>,
}

/// A map to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapSpec {
    /// Name of the variable; for data maps libbpf's name, e.g. `"demo.rodata"`.
    pub name: String,
    /// `BPF_MAP_TYPE_*`; may be a number that no kernel knows.
    pub map_type: u32,
    pub key_size: u32,
    pub value_size: u32,
    pub max_entries: u32,
    /// `BPF_F_*`.
    pub map_flags: u32,
    pub map_extra: u64,
    pub numa_node: u32,
    /// `LIBBPF_PIN_BY_NAME`.
    pub pinned_by_name: bool,
    pub kind: MapKind,
    /// The section a data map is made from.
    pub section: Option<String>,
    /// First contents: of the only element of a data map, or of an arena's globals.
    pub initial: Option<Vec<u8>>,
    /// Template of the maps that a map-in-map holds.
    pub inner: Option<Box<MapSpec>>,
    /// Elements that are filled when the object is loaded, of a map-in-map or a program array.
    pub slots: Vec<Slot>,
    /// Types in the object's BTF; `void` when unknown.
    pub key_type: TypeId,
    pub value_type: TypeId,
    /// Kernel-managed fields of the value.
    pub special: Vec<SpecialField>,
}

impl MapSpec {
    /// Global variables that a loader maps into user space (libbpf.c:map_is_mmapable).
    pub fn is_shared_data(&self) -> bool {
        self.section.is_some() && self.map_flags & maps::consts::BPF_F_MMAPABLE != 0
    }

    /// A declared map without any attribute set.
    pub fn blank(name: &str) -> MapSpec {
        MapSpec {
            name: name.to_string(),
            map_type: 0,
            key_size: 0,
            value_size: 0,
            max_entries: 0,
            map_flags: 0,
            map_extra: 0,
            numa_node: 0,
            pinned_by_name: false,
            kind: MapKind::Declared,
            section: None,
            initial: None,
            inner: None,
            slots: Vec::new(),
            key_type: TypeId::VOID,
            value_type: TypeId::VOID,
            special: Vec::new(),
        }
    }
}

/// Where a map comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKind {
    Declared,
    Rodata,
    Data,
    Bss,
    Kconfig,
}

/// An element that the loader fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub index: u32,
    pub target: SlotTarget,
}

/// What the element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotTarget {
    /// Number of the map in [`Object::maps`].
    Map(usize),
    /// Name of the program.
    Program(String),
}

/// A field in a map value that the kernel manages. Offset and size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialField {
    pub kind: SpecialKind,
    pub offset: u32,
    pub size: u32,
    /// What a kptr points to, in the object's BTF; otherwise the field's own type.
    pub ty: TypeId,
    /// Inside a struct or array of the value: newer kernels only.
    pub nested: bool,
}

/// Kinds of kernel-managed fields (`enum btf_field_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpecialKind {
    SpinLock,
    ResSpinLock,
    Timer,
    Wq,
    TaskWork,
    /// Tag `kptr_untrusted`; before 6.3 this was plain `kptr`.
    KptrUntrusted,
    Kptr,
    /// Tag `kptr_ref` of 6.0 to 6.2.
    KptrRef,
    PercpuKptr,
    Uptr,
    /// A pointer with a tag that says none of this, or with several.
    OtherTag,
    ListHead,
    ListNode,
    RbRoot,
    RbNode,
    Refcount,
}

impl Object {
    /// The program with this name.
    pub fn program(&self, name: &str) -> Option<&ProgramSpec> {
        self.programs.iter().find(|program| program.name == name)
    }

    /// The map with this name, and its number.
    pub fn map(&self, name: &str) -> Option<(usize, &MapSpec)> {
        self.maps.iter().enumerate().find(|(_, map)| map.name == name)
    }
}

impl ProgramSpec {
    /// The source line that instruction slot `insn` belongs to.
    pub fn line_of(&self, insn: usize) -> Option<&LineInfo> {
        let function = self.function_of(insn)?;
        let after = self.lines.partition_point(|line| line.insn <= insn);
        self.lines[..after].last().filter(|line| line.insn >= function.start)
    }

    /// The function that instruction slot `insn` belongs to.
    pub fn function_of(&self, insn: usize) -> Option<&Subprog> {
        let after = self.subprogs.partition_point(|sub| sub.start <= insn);
        self.subprogs[..after].last().filter(|sub| insn < sub.start + sub.len)
    }
}

/// What an instruction of the object itself says about a file descriptor or an id of the kernel, without a relocation. Numbers of the
/// object's own lists are small and not negative; these are neither.
pub fn raw_number(number: i32) -> i32 {
    if (0..=i32::MAX / 2).contains(&number) { number ^ i32::MIN } else { number }
}

/// The number behind [`raw_number`].
pub fn number_behind(raw: i32) -> i32 {
    if raw < i32::MIN / 2 { raw ^ i32::MIN } else { raw }
}
