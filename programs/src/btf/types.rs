//! Views of one BTF type: its kind and what follows its header. Nothing is copied; a [`Type`] borrows the `Btf`.
//!
//! Layout of the records: `include/uapi/linux/btf.h`. Neighbours: `Btf` makes the views, `writer` writes the same
//! records.

use std::fmt;

use super::Btf;

/// Number of a type inside one BTF; 0 is `void`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    pub const VOID: TypeId = TypeId(0);
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.0)
    }
}

macro_rules! kinds {
    ($($kind:ident = $nr:literal $text:literal;)*) => {
        /// Kind of a BTF type; the numbers are `BTF_KIND_*`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind { $($kind = $nr,)* }

        impl Kind {
            /// The kind with this `BTF_KIND_*` number.
            pub fn from_number(nr: u32) -> Option<Kind> {
                match nr { $($nr => Some(Kind::$kind),)* _ => None }
            }

            /// The name as bpftool prints it, e.g. `"STRUCT"`.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => $text,)* }
            }
        }
    };
}

kinds! {
    Void = 0 "VOID"; Int = 1 "INT"; Ptr = 2 "PTR"; Array = 3 "ARRAY"; Struct = 4 "STRUCT"; Union = 5 "UNION";
    Enum = 6 "ENUM"; Fwd = 7 "FWD"; Typedef = 8 "TYPEDEF"; Volatile = 9 "VOLATILE"; Const = 10 "CONST";
    Restrict = 11 "RESTRICT"; Func = 12 "FUNC"; FuncProto = 13 "FUNC_PROTO"; Var = 14 "VAR"; Datasec = 15 "DATASEC";
    Float = 16 "FLOAT"; DeclTag = 17 "DECL_TAG"; TypeTag = 18 "TYPE_TAG"; Enum64 = 19 "ENUM64";
}

impl Kind {
    /// `STRUCT` or `UNION`.
    pub fn is_composite(self) -> bool {
        matches!(self, Kind::Struct | Kind::Union)
    }

    /// `ENUM` or `ENUM64`.
    pub fn is_enum(self) -> bool {
        matches!(self, Kind::Enum | Kind::Enum64)
    }

    /// A qualifier or type tag: transparent when a type's layout is asked for.
    pub fn is_modifier(self) -> bool {
        matches!(self, Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag)
    }

    /// Whether the third header word is a type number (otherwise it is a size, or unused).
    pub fn refers(self) -> bool {
        self.is_modifier()
            || matches!(
                self,
                Kind::Ptr | Kind::Typedef | Kind::Func | Kind::FuncProto | Kind::Var | Kind::DeclTag
            )
    }

    /// Words per entry behind the header, and whether there are `vlen` entries (else exactly one).
    pub(super) fn tail_words(self) -> (usize, bool) {
        match self {
            Kind::Int | Kind::Var | Kind::DeclTag => (1, false),
            Kind::Array => (3, false),
            Kind::Struct | Kind::Union | Kind::Datasec | Kind::Enum64 => (3, true),
            Kind::Enum | Kind::FuncProto => (2, true),
            _ => (0, false),
        }
    }

    /// Which words of an entry behind the header are type numbers.
    pub(super) fn tail_refs(self) -> &'static [usize] {
        match self {
            Kind::Struct | Kind::Union | Kind::FuncProto => &[1],
            Kind::Array => &[0, 1],
            Kind::Datasec => &[0],
            _ => &[],
        }
    }

    /// Whether the first word of an entry behind the header is a name.
    pub(super) fn tail_named(self) -> bool {
        self.is_composite() || self.is_enum() || self == Kind::FuncProto
    }
}

/// One type of a [`Btf`].
#[derive(Clone, Copy)]
pub struct Type<'b> {
    pub(super) btf: &'b Btf,
    pub(super) id: TypeId,
    pub(super) kind: Kind,
    /// Header and entries; `[0, 0, 0]` for `void`.
    pub(super) words: &'b [u32],
}

/// A member of a struct or union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'b> {
    /// Empty for an anonymous struct or union.
    pub name: &'b str,
    pub ty: TypeId,
    pub bit_offset: u32,
    /// Width of a bitfield; 0 for an ordinary member.
    pub bitfield_bits: u32,
}

/// A parameter of a function prototype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'b> {
    pub name: &'b str,
    /// `void` in the last parameter means "variable arguments".
    pub ty: TypeId,
}

/// A value of an enumeration. Signed 32-bit values are sign-extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enumerator<'b> {
    pub name: &'b str,
    pub value: u64,
}

/// What is known of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntInfo {
    pub signed: bool,
    pub char: bool,
    pub bool: bool,
    /// Offset inside the storage: only in old-style bitfield integers.
    pub bit_offset: u32,
    pub bits: u32,
}

/// Element, index type and length of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayInfo {
    pub elem: TypeId,
    pub index: TypeId,
    pub len: u32,
}

/// A variable inside a `DATASEC`; offset and size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecVar {
    pub var: TypeId,
    pub offset: u32,
    pub size: u32,
}

/// Linkage of a function or variable (`BTF_FUNC_*`, `BTF_VAR_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkage {
    Static,
    Global,
    Extern,
}

impl<'b> Type<'b> {
    pub fn id(&self) -> TypeId {
        self.id
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The name, empty for an anonymous type.
    pub fn name(&self) -> &'b str {
        self.btf.string(self.words[0]).unwrap_or("")
    }

    /// The flag bit: bitfield encoding of members, signed enum, union forward declaration, or attribute tag.
    pub fn kind_flag(&self) -> bool {
        self.words[1] >> 31 != 0
    }

    /// Number of members, parameters, enumerators or variables.
    pub fn vlen(&self) -> usize {
        (self.words[1] & VLEN_MASK) as usize
    }

    /// Size in bytes as written in the type (0 for kinds that have none); see [`Btf::size_of`] for any type's size.
    pub fn own_size(&self) -> u32 {
        if self.kind.refers() { 0 } else { self.words[2] }
    }

    /// The type this one points to, qualifies, names, returns or tags; `void` for kinds that refer to none.
    pub fn target(&self) -> TypeId {
        if self.kind.refers() { TypeId(self.words[2]) } else { TypeId::VOID }
    }

    fn entries(&self, wanted: bool) -> impl ExactSizeIterator<Item = &'b [u32]> + use<'b> {
        let (width, many) = self.kind.tail_words();
        let tail = if wanted && many { &self.words[3..] } else { &[] };
        tail.chunks_exact(width.max(1))
    }

    /// Members of a struct or union, nothing for other kinds.
    pub fn members(&self) -> impl ExactSizeIterator<Item = Member<'b>> + use<'b> {
        let (btf, bitfields) = (self.btf, self.kind_flag());
        self.entries(self.kind.is_composite()).map(move |entry| member_of(btf, bitfields, entry))
    }

    /// Member number `index`, found without looking at those before it.
    pub fn member(&self, index: usize) -> Option<Member<'b>> {
        let entry = self.entry(self.kind.is_composite(), index)?;
        Some(member_of(self.btf, self.kind_flag(), entry))
    }

    fn entry(&self, wanted: bool, index: usize) -> Option<&'b [u32]> {
        let (width, many) = self.kind.tail_words();
        let tail = self.words[3..].get(index.checked_mul(width)?..)?;
        tail.get(..width).filter(|_| wanted && many)
    }

    /// Parameters of a function prototype.
    pub fn params(&self) -> impl ExactSizeIterator<Item = Param<'b>> + use<'b> {
        let btf = self.btf;
        self.entries(self.kind == Kind::FuncProto)
            .map(move |entry| Param { name: btf.string(entry[0]).unwrap_or(""), ty: TypeId(entry[1]) })
    }

    /// Values of an enumeration.
    pub fn enumerators(&self) -> impl ExactSizeIterator<Item = Enumerator<'b>> + use<'b> {
        let (btf, signed) = (self.btf, self.kind_flag());
        self.entries(self.kind.is_enum()).map(move |entry| enumerator_of(btf, signed, entry))
    }

    /// Enumerator number `index`, found without looking at those before it.
    pub fn enumerator(&self, index: usize) -> Option<Enumerator<'b>> {
        let entry = self.entry(self.kind.is_enum(), index)?;
        Some(enumerator_of(self.btf, self.kind_flag(), entry))
    }

    /// Variables of a `DATASEC`.
    pub fn section_vars(&self) -> impl ExactSizeIterator<Item = SecVar> + use<'b> {
        self.entries(self.kind == Kind::Datasec).map(|entry| SecVar {
            var: TypeId(entry[0]),
            offset: entry[1],
            size: entry[2],
        })
    }

    /// Encoding of an integer.
    pub fn int(&self) -> Option<IntInfo> {
        let word = self.words.get(3).filter(|_| self.kind == Kind::Int)?;
        let encoding = word >> 24;
        Some(IntInfo {
            signed: encoding & 1 != 0,
            char: encoding & 2 != 0,
            bool: encoding & 4 != 0,
            bit_offset: word >> 16 & 0xff,
            bits: word & 0xff,
        })
    }

    /// Shape of an array.
    pub fn array(&self) -> Option<ArrayInfo> {
        if self.kind != Kind::Array {
            return None;
        }
        Some(ArrayInfo { elem: TypeId(self.words[3]), index: TypeId(self.words[4]), len: self.words[5] })
    }

    /// Linkage of a function or variable.
    pub fn linkage(&self) -> Option<Linkage> {
        let number = match self.kind {
            Kind::Func => self.words[1] & VLEN_MASK,
            Kind::Var => self.words[3],
            _ => return None,
        };
        [Linkage::Static, Linkage::Global, Linkage::Extern].get(number as usize).copied()
    }

    /// What a `DECL_TAG` marks inside its target: a member or parameter number, or `None` for the target itself.
    pub fn tagged_component(&self) -> Option<u32> {
        let index = *self.words.get(3).filter(|_| self.kind == Kind::DeclTag)?;
        (index != u32::MAX).then_some(index)
    }
}

/// Entries per type fit in 24 bits (16 used up to Linux 7.2, the next 8 reserved and zero).
pub(super) const VLEN_MASK: u32 = 0x00ff_ffff;

fn member_of<'b>(btf: &'b Btf, bitfields: bool, entry: &[u32]) -> Member<'b> {
    let (bit_offset, bitfield_bits) =
        if bitfields { (entry[2] & VLEN_MASK, entry[2] >> 24) } else { (entry[2], 0) };
    Member { name: btf.string(entry[0]).unwrap_or(""), ty: TypeId(entry[1]), bit_offset, bitfield_bits }
}

fn enumerator_of<'b>(btf: &'b Btf, signed: bool, entry: &[u32]) -> Enumerator<'b> {
    Enumerator {
        name: btf.string(entry[0]).unwrap_or(""),
        value: match entry.get(2) {
            Some(high) => u64::from(entry[1]) | u64::from(*high) << 32,
            None if signed => entry[1] as i32 as i64 as u64,
            None => u64::from(entry[1]),
        },
    }
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} '{}'", self.id, self.kind.name(), self.name())
    }
}
