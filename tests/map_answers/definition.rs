//! Map definitions from the words of `create` and `try`.

use std::collections::BTreeMap;
use std::rc::Rc;

use maps::consts::{BPF_MAP_TYPE_UNSPEC, map_type_name};
use maps::inner::{InnerFd, MapMeta};
use maps::map::Map;
use maps::rules::MapKernel;
use maps::spec::{BtfType, BtfTypes, Creator, FieldKind, MapDef, SpecialField};

/// The value of a `name=value` word.
pub fn word<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words.iter().find_map(|w| w.strip_prefix(name)?.strip_prefix('='))
}

/// A number in decimal, or hexadecimal with 0x.
pub fn number(text: &str) -> u64 {
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.unwrap_or_else(|_| panic!("number `{text}`"))
}

fn number_word(words: &[&str], name: &str) -> u64 {
    word(words, name).map_or(0, number)
}

/// The type number of `create NAME TYPE …`.
pub fn map_type(words: &[&str]) -> u32 {
    words.get(2).map_or(BPF_MAP_TYPE_UNSPEC, |w| number(w) as u32)
}

/// What the tables call it.
pub fn type_name(map_type: u32) -> &'static str {
    map_type_name(map_type).unwrap_or("no such type")
}

/// `CAP_SYS_ADMIN` implies `CAP_BPF`.
fn creator(words: &[&str]) -> Creator {
    let Some(caps) = word(words, "caps") else { return Creator::default() };
    let has = |name: &str| caps.split('+').any(|c| c == name);
    Creator {
        cap_bpf: has("bpf") || has("sys_admin"),
        cap_sys_admin: has("sys_admin"),
        cap_net_admin: has("net_admin"),
    }
}

/// The special fields of a BTF kind that kernels with them find in the value: the field lies at byte 8.
///
/// 6.1 finds none in `kptr_ref` (the counted pointer of that kernel), because it has no destructor for `task_struct`, and does not know
/// `kptr_untrusted`; later kernels do not know `kptr_ref`. A field that the kernel does not make out is no field.
fn fields(kernel: MapKernel, kind: &str) -> Option<Vec<SpecialField>> {
    let field = |kind, size| vec![SpecialField { kind, offset: 8, size }];
    let with_lock = |kind| {
        let lock = SpecialField { kind: FieldKind::SpinLock, offset: 24, size: 4 };
        vec![SpecialField { kind, offset: 8, size: 16 }, lock]
    };
    Some(match kind {
        "plain" => Vec::new(),
        "spin_lock" => field(FieldKind::SpinLock, 4),
        "res_spin_lock" => field(FieldKind::ResSpinLock, 4),
        "timer" => field(FieldKind::Timer, 16),
        "wq" => field(FieldKind::Workqueue, 16),
        "task_work" => field(FieldKind::TaskWork, 8),
        "refcount" => field(FieldKind::Refcount, 4),
        "list" => with_lock(FieldKind::ListHead),
        "rbtree" => with_lock(FieldKind::RbRoot),
        "kptr_ref" => Vec::new(),
        "kptr_untrusted" if kernel <= MapKernel::V6_1 => Vec::new(),
        "kptr" | "kptr_untrusted" => field(FieldKind::Kptr, 8),
        "uptr" => field(FieldKind::Uptr, 8),
        _ => return None,
    })
}

/// Types 1 and 2 of the guest's BTF are integers of 4 and 8 bytes; 3 here stands for its structure of 40 bytes.
fn type_id(words: &[&str], name: &str, otherwise: u64) -> Result<Option<BtfType>, String> {
    Ok(match word(words, name).map_or(otherwise, number) {
        0 => None,
        1 => Some(BtfType { size: 4, is_int: true }),
        2 => Some(BtfType { size: 8, is_int: true }),
        3 => Some(BtfType { size: 40, is_int: false }),
        other => return Err(format!("type id {other}")),
    })
}

/// What a name of the script stands for.
#[derive(Clone)]
pub enum Named {
    Map(Rc<dyn Map>),
    /// Something else that is open.
    Other,
    /// The kernel refused it, so nothing is open.
    Nothing,
    /// A map that is not modelled.
    Unknown,
}

/// Names and what they stand for.
pub type Names = BTreeMap<String, Named>;

/// `inner=`: by name, or a number that nothing has.
fn inner(words: &[&str], names: &Names) -> Result<InnerFd, String> {
    let Some(name) = word(words, "inner") else { return Ok(InnerFd::NotAMap) };
    match names.get(name) {
        Some(Named::Map(map)) => Ok(InnerFd::Map(Box::new(MapMeta::of(&**map)))),
        Some(Named::Other) => Ok(InnerFd::NotAMap),
        Some(Named::Unknown) => Err(format!("inner={name}")),
        Some(Named::Nothing) | None => Ok(InnerFd::NotOpen),
    }
}

/// The definition, or the word that cannot be put into one.
pub fn definition(kernel: MapKernel, words: &[&str], names: &Names) -> Result<MapDef, String> {
    let given_btf = word(words, "btf").is_some();
    let unsupported: &[&str] =
        if given_btf { &["vv", "ifindex", "name"] } else { &["bk", "bv", "bf", "vv", "ifindex", "name"] };
    for unsupported in unsupported {
        if let Some(value) = word(words, unsupported) {
            return Err(format!("{unsupported}={value}"));
        }
    }
    let size = |name| number_word(words, name) as u32;
    let mut def = MapDef::new("m", map_type(words), size("key"), size("value"), size("entries"));
    def.flags = size("flags");
    def.numa_node = size("numa");
    def.extra = number_word(words, "extra");
    def.creator = creator(words);
    def.inner = inner(words, names)?;
    if let Some(kind) = word(words, "btf") {
        let (key, value) =
            (type_id(words, "bk", 1)?, type_id(words, "bv", if kind == "plain" { 2 } else { 3 })?);
        def.btf = (key.is_some() || value.is_some()).then_some(BtfTypes { key, value });
        // Types that do not fit are found before the fields are looked for.
        if value.is_some_and(|t| !t.is_int) {
            def.fields = fields(kernel, kind).ok_or_else(|| format!("btf={kind}"))?;
        }
    }
    Ok(def)
}
