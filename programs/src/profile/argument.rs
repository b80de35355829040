//! Argument types of helpers (`enum bpf_arg_type` with its flags), as helper_protos.tsv writes them.
//!
//! Key types: [`Argument`], [`ArgBase`]. Neighbours: `helper` has them in prototypes; the verifier checks registers against them.

/// Base type of an argument (`base_type(arg_type)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgBase {
    Anything,
    /// A scalar whose exact value is known or matters (7.2).
    Scalar,
    ConstSize,
    ConstSizeOrZero,
    ConstAllocSize,
    ConstMapPtr,
    MapKey,
    MapValue,
    /// Memory of the size that the next argument says, or of [`Argument::size`].
    Mem,
    /// `PTR_TO_INT` and `PTR_TO_LONG` of 5.10: `size` bytes on their own.
    IntPtr,
    AllocMem,
    Ctx,
    BtfId,
    PercpuBtfId,
    SockCommon,
    BtfIdSockCommon,
    Socket,
    SpinLock,
    Timer,
    Func,
    Stack,
    ConstStr,
    Kptr,
    Dynptr,
}

/// What a dynptr argument must be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DynptrArg {
    Any,
    Local,
    Ringbuf,
}

/// One argument of a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    pub base: ArgBase,
    pub maybe_null: bool,
    pub rdonly: bool,
    pub write: bool,
    pub uninit: bool,
    pub aligned: bool,
    pub release: bool,
    pub dynptr: DynptrArg,
    /// Fixed number of bytes; 0: the next argument says.
    pub size: u32,
    /// The structure of a `BtfId`, by name.
    pub structure: Option<&'static str>,
}

/// Base names without `OR_NULL`, with what they stand for.
const BASES: &[(&str, ArgBase)] = &[
    ("ANYTHING", ArgBase::Anything),
    ("SCALAR", ArgBase::Scalar),
    ("CONST_SIZE", ArgBase::ConstSize),
    ("CONST_SIZE_OR_ZERO", ArgBase::ConstSizeOrZero),
    ("CONST_ALLOC_SIZE_OR_ZERO", ArgBase::ConstAllocSize),
    ("CONST_MAP_PTR", ArgBase::ConstMapPtr),
    ("PTR_TO_MAP_KEY", ArgBase::MapKey),
    ("PTR_TO_MAP_VALUE", ArgBase::MapValue),
    ("PTR_TO_UNINIT_MAP_VALUE", ArgBase::MapValue),
    ("PTR_TO_MEM", ArgBase::Mem),
    ("PTR_TO_UNINIT_MEM", ArgBase::Mem),
    ("PTR_TO_FIXED_SIZE_MEM", ArgBase::Mem),
    ("PTR_TO_INT", ArgBase::IntPtr),
    ("PTR_TO_LONG", ArgBase::IntPtr),
    ("PTR_TO_ALLOC_MEM", ArgBase::AllocMem),
    ("PTR_TO_RINGBUF_MEM", ArgBase::AllocMem),
    ("PTR_TO_CTX", ArgBase::Ctx),
    ("PTR_TO_BTF_ID", ArgBase::BtfId),
    ("PTR_TO_PERCPU_BTF_ID", ArgBase::PercpuBtfId),
    ("PTR_TO_SOCK_COMMON", ArgBase::SockCommon),
    ("PTR_TO_BTF_ID_SOCK_COMMON", ArgBase::BtfIdSockCommon),
    ("PTR_TO_SOCKET", ArgBase::Socket),
    ("PTR_TO_SPIN_LOCK", ArgBase::SpinLock),
    ("PTR_TO_TIMER", ArgBase::Timer),
    ("PTR_TO_FUNC", ArgBase::Func),
    ("PTR_TO_STACK", ArgBase::Stack),
    ("PTR_TO_CONST_STR", ArgBase::ConstStr),
    ("PTR_TO_KPTR", ArgBase::Kptr),
    ("KPTR_XCHG_DEST", ArgBase::Kptr),
    ("PTR_TO_DYNPTR", ArgBase::Dynptr),
];

/// Names of the kernel's BTF id lists, with the structure that the element of an argument is.
const STRUCTURES: &[(&str, &str)] = &[
    ("&btf_tracing_ids[BTF_TRACING_TYPE_TASK]", "task_struct"),
    ("&bpf_get_task_stack_btf_ids[0]", "task_struct"),
    ("&btf_seq_file_ids[0]", "seq_file"),
    ("&btf_sock_ids[BTF_SOCK_TYPE_SOCK_COMMON]", "sock_common"),
    ("&bpf_inode_storage_btf_ids[0]", "inode"),
    ("&bpf_ima_inode_hash_btf_ids[0]", "inode"),
    ("&bpf_ima_file_hash_btf_ids[0]", "file"),
    ("&bpf_sock_from_file_btf_ids[1]", "file"),
    ("&bpf_cgroup_btf_id[0]", "cgroup"),
    ("&bpf_skb_output_btf_ids[0]", "sk_buff"),
    ("&bpf_xdp_output_btf_ids[0]", "xdp_buff"),
    ("&bpf_xdp_get_buff_len_bpf_ids[0]", "xdp_buff"),
    ("&bpf_d_path_btf_ids[0]", "path"),
    ("&tcp_sock_id", "tcp_sock"),
    ("&bpf_bprm_opts_set_btf_ids[0]", "linux_binprm"),
];

/// Sizes of fixed-size memory, bytes.
const SIZES: &[(&str, u32)] = &[
    ("sizeof(u32)", 4),
    ("sizeof(u64)", 8),
    ("sizeof(s64)", 8),
    ("sizeof(structiphdr)", 20),
    ("sizeof(structipv6hdr)", 40),
    ("sizeof(structtcphdr)", 20),
];

impl Argument {
    /// Reads a cell like `PTR_TO_FIXED_SIZE_MEM|MEM_UNINIT|MEM_WRITE#sizeof(u64)`.
    ///
    /// # Panics
    /// For a word that is in none of the tables here: the table is part of the program.
    pub(super) fn parse(text: &'static str) -> Argument {
        let (text, size) = text.split_once('#').map_or((text, 0), |(text, size)| (text, find(SIZES, size)));
        let (text, structure) = text.split_once('@').map_or((text, None), |(text, set)| (text, Some(set)));
        let mut words = text.split('|');
        let first = words.next().unwrap_or_default();
        let known = |name: &str| BASES.iter().find(|row| row.0 == name).map(|row| row.1);
        let without_null = first.strip_suffix("_OR_NULL");
        let (base, maybe_null) = match (known(first), without_null.and_then(known)) {
            (Some(base), _) => (base, false),
            (None, Some(base)) => (base, true),
            (None, None) => panic!("argument type {first}"),
        };
        let uninit = first.contains("UNINIT");
        let size = match first {
            "PTR_TO_INT" => 4,
            "PTR_TO_LONG" => 8,
            _ => size,
        };
        let mut argument = Argument {
            base,
            maybe_null,
            rdonly: false,
            write: uninit,
            uninit,
            aligned: false,
            release: false,
            dynptr: DynptrArg::Any,
            size,
            structure: structure.filter(|set| *set != "BPF_PTR_POISON").map(|set| find(STRUCTURES, set)),
        };
        words.for_each(|word| argument.flag(word));
        argument
    }

    /// An argument without modifiers.
    pub const fn plain(base: ArgBase, release: bool) -> Argument {
        Argument {
            base,
            maybe_null: false,
            rdonly: false,
            write: false,
            uninit: false,
            aligned: false,
            release,
            dynptr: DynptrArg::Any,
            size: 0,
            structure: None,
        }
    }

    fn flag(&mut self, word: &str) {
        match word {
            "PTR_MAYBE_NULL" => self.maybe_null = true,
            "MEM_RDONLY" => self.rdonly = true,
            "MEM_WRITE" => self.write = true,
            "MEM_UNINIT" => self.uninit = true,
            "MEM_ALIGNED" => self.aligned = true,
            "OBJ_RELEASE" => self.release = true,
            "DYNPTR_TYPE_LOCAL" => self.dynptr = DynptrArg::Local,
            "DYNPTR_TYPE_RINGBUF" => self.dynptr = DynptrArg::Ringbuf,
            other => panic!("argument flag {other}"),
        }
    }

    /// The argument says how long the memory before it is (`arg_type_is_mem_size`).
    pub fn is_size(&self) -> bool {
        matches!(self.base, ArgBase::ConstSize | ArgBase::ConstSizeOrZero)
    }
}

fn find<T: Copy>(rows: &[(&str, T)], name: &str) -> T {
    rows.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("`{name}` in helper_protos.tsv")).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_flags() {
        let mem = Argument::parse("PTR_TO_FIXED_SIZE_MEM|MEM_UNINIT|MEM_WRITE|MEM_ALIGNED#sizeof(u64)");
        assert_eq!((mem.base, mem.size), (ArgBase::Mem, 8));
        assert!(mem.uninit && mem.write && mem.aligned && !mem.maybe_null && !mem.rdonly);
        let task = Argument::parse("PTR_TO_BTF_ID_OR_NULL@&btf_tracing_ids[BTF_TRACING_TYPE_TASK]");
        assert_eq!((task.base, task.maybe_null, task.structure), (ArgBase::BtfId, true, Some("task_struct")));
        let sock = Argument::parse("PTR_TO_BTF_ID_SOCK_COMMON|OBJ_RELEASE");
        assert!(sock.base == ArgBase::BtfIdSockCommon && sock.release);
        assert!(Argument::parse("CONST_SIZE_OR_ZERO").is_size());
    }

    /// A size must follow memory of unknown size, and nothing else.
    #[test]
    fn memory_and_sizes_come_in_pairs() {
        for proto in super::super::helper::protos() {
            for (index, argument) in proto.arguments.iter().enumerate() {
                let sized = proto.arguments.get(index + 1).is_some_and(Argument::is_size);
                let wants = argument.base == ArgBase::Mem && argument.size == 0;
                assert_eq!(sized, wants, "{} argument {index}", proto.name);
            }
        }
    }
}
