//! The 13 kinds of CO-RE relocations.

macro_rules! core_kinds {
    ($($kind:ident $class:ident $text:literal;)*) => {
        /// What a relocation asks of the kernel's types (`enum bpf_core_relo_kind`, in its order).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CoreKind { $($kind,)* }

        impl CoreKind {
            /// All kinds by number.
            pub const ALL: &[CoreKind] = &[$(CoreKind::$kind,)*];

            /// The name that libbpf's log uses.
            pub fn name(self) -> &'static str {
                match self { $(CoreKind::$kind => $text,)* }
            }

            pub fn class(self) -> CoreClass {
                match self { $(CoreKind::$kind => CoreClass::$class,)* }
            }
        }
    };
}

core_kinds! {
    FieldByteOffset Field "byte_off";
    FieldByteSize Field "byte_sz";
    FieldExists Field "field_exists";
    FieldSigned Field "signed";
    FieldLshiftU64 Field "lshift_u64";
    FieldRshiftU64 Field "rshift_u64";
    TypeIdLocal Type "local_type_id";
    TypeIdTarget Type "target_type_id";
    TypeExists Type "type_exists";
    TypeSize Type "type_size";
    EnumvalExists Enumval "enumval_exists";
    EnumvalValue Enumval "enumval_value";
    TypeMatches Type "type_matches";
}

/// What the access string of a relocation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreClass {
    /// Members and elements, from the root on.
    Field,
    /// Always `"0"`.
    Type,
    /// Number of an enumerator.
    Enumval,
}

impl CoreKind {
    /// The kind with this `BPF_CORE_*` number.
    pub fn from_number(number: u32) -> Option<CoreKind> {
        CoreKind::ALL.get(number as usize).copied()
    }
}
