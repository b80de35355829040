//! What the verifier knows about a register or a spilled one.
//!
//! Key types: [`Reg`], [`Kind`], [`Flags`]. Neighbours: `state` holds registers in frames; `names` prints kinds as each kernel does.
//! Modelled after include/linux/bpf_verifier.h:struct bpf_reg_state and include/linux/bpf.h:enum bpf_reg_type.

use super::scalar::{Numbers, Scalar};

/// Index of a map of the program.
pub type MapIndex = usize;
/// Identity of a value that several registers may hold; 0 is none.
pub type Id = u32;

/// Base type of a register (`base_type(reg->type)`), with what belongs to that type alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    NotInit,
    Scalar,
    Ctx,
    /// `CONST_PTR_TO_MAP`; `uid` tells maps apart that came from lookups in a map of maps.
    MapPtr {
        map: MapRef,
        uid: Id,
    },
    MapValue {
        map: MapRef,
        uid: Id,
    },
    MapKey {
        map: MapRef,
    },
    /// Stack of the frame with this number.
    Stack {
        frame: u8,
    },
    /// Bytes behind the pointer that a comparison with the end has shown; negative: at or beyond the end.
    Packet {
        range: i32,
    },
    PacketMeta {
        range: i32,
    },
    PacketEnd,
    FlowKeys,
    Socket,
    SockCommon,
    TcpSock,
    XdpSock,
    TpBuffer,
    /// A kernel or program type by BTF id.
    Btf {
        btf: BtfSource,
        id: u32,
    },
    Mem {
        size: u32,
    },
    Buf,
    Func {
        subprog: u32,
    },
    Dynptr {
        kind: DynptrKind,
    },
    Arena,
}

/// A map of the program, or what its elements point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapRef {
    Outer(MapIndex),
    /// The template of the inner maps of a map of maps.
    Inner(MapIndex),
}

/// Where a BTF id counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BtfSource {
    Kernel,
    Program,
}

/// Type of a dynptr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DynptrKind {
    Local,
    Ringbuf,
    Skb,
    Xdp,
    SkbMeta,
    File,
}

/// Modifiers of a type (`enum bpf_type_flag`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u32);

impl Flags {
    pub const NONE: Flags = Flags(0);
    pub const MAYBE_NULL: Flags = Flags(1);
    pub const RDONLY: Flags = Flags(1 << 1);
    pub const RINGBUF: Flags = Flags(1 << 2);
    pub const USER: Flags = Flags(1 << 3);
    pub const PERCPU: Flags = Flags(1 << 4);
    pub const UNTRUSTED: Flags = Flags(1 << 6);
    pub const ALLOC: Flags = Flags(1 << 11);
    pub const TRUSTED: Flags = Flags(1 << 12);
    pub const RCU: Flags = Flags(1 << 13);
    pub const NON_OWN_REF: Flags = Flags(1 << 14);
    /// Memory of a dynptr slice over a packet: changing the packet ends it.
    pub const PACKET_SLICE: Flags = Flags(1 << 15);
    /// Memory of a slice of any other dynptr.
    pub const SLICE: Flags = Flags(1 << 16);

    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    #[must_use]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    #[must_use]
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
}

/// A register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reg {
    pub kind: Kind,
    pub flags: Flags,
    /// Fixed offset of a pointer, bytes (before 7.2, where it is part of `num`); distance of a linked scalar.
    pub off: i32,
    /// The scalar, or the variable part of a pointer's offset.
    pub num: Scalar,
    /// Registers with the same value, pointers from one lookup, packet pointers with one variable part.
    pub id: Id,
    /// The reference that keeps the object alive; in 7.2 also the object it was made from (`parent_id`).
    pub ref_id: Id,
    /// A scalar is equal to another with this `id` plus `off` (`BPF_ADD_CONST`).
    pub linked: Option<Linked>,
    /// Its exact value matters for the verdict.
    pub precise: bool,
}

/// Width in which a linked scalar's distance was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    Add32,
    Add64,
}

impl Reg {
    pub fn not_init(numbers: Numbers) -> Reg {
        Reg { kind: Kind::NotInit, ..Reg::unknown(numbers) }
    }

    /// A scalar about which nothing is known.
    pub fn unknown(numbers: Numbers) -> Reg {
        Reg {
            kind: Kind::Scalar,
            flags: Flags::NONE,
            off: 0,
            num: Scalar::unknown(numbers),
            id: 0,
            ref_id: 0,
            linked: None,
            precise: false,
        }
    }

    pub fn constant(value: u64, numbers: Numbers) -> Reg {
        Reg { num: Scalar::constant(value, numbers), ..Reg::unknown(numbers) }
    }

    /// A pointer to the start of something.
    pub fn pointer(kind: Kind, flags: Flags, numbers: Numbers) -> Reg {
        Reg { kind, flags, ..Reg::constant(0, numbers) }
    }

    pub fn is_scalar(&self) -> bool {
        self.kind == Kind::Scalar
    }

    /// Anything but a scalar or nothing (`__is_pointer_value(false, reg)`).
    pub fn is_pointer(&self) -> bool {
        !matches!(self.kind, Kind::Scalar | Kind::NotInit)
    }

    pub fn may_be_null(&self) -> bool {
        self.flags.has(Flags::MAYBE_NULL)
    }

    pub fn is_packet(&self) -> bool {
        matches!(self.kind, Kind::Packet { .. } | Kind::PacketMeta { .. })
    }

    pub fn is_packet_or_end(&self) -> bool {
        self.is_packet() || self.kind == Kind::PacketEnd
    }

    pub fn is_socket(&self) -> bool {
        matches!(self.kind, Kind::Socket | Kind::SockCommon | Kind::TcpSock | Kind::XdpSock)
    }

    /// Zero, and known to be.
    pub fn is_null(&self) -> bool {
        self.is_scalar() && self.num.known() == Some(0)
    }

    /// Known value of a scalar.
    pub fn known(&self) -> Option<u64> {
        if self.is_scalar() { self.num.known() } else { None }
    }

    /// The whole offset of a pointer, if it is known.
    pub fn known_offset(&self) -> Option<i64> {
        self.num.known().map(|variable| variable as i64 + i64::from(self.off))
    }
}
