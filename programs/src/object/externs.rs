//! `extern` declarations: kernel functions, kernel variables and configuration values (libbpf
//! `bpf_object__collect_externs`). What each one is says the object's BTF.

use std::collections::BTreeMap;

use object::elf;

use super::elf::{Elf, Symbol};
use super::error::{ErrorKind, ObjectError};
use super::kconfig::{KconfigExtern, kind_of};
use super::spec::{KfuncRef, KsymKind, KsymRef};
use crate::btf::{Btf, Kind, Type};

/// Most symbols that are kernel functions, kernel variables or configuration values.
const MAX_EXTERNS: usize = 1 << 16;
/// Most configuration values in one object, each of at most a page: the map that holds them stays below 16 MiB.
const MAX_KCONFIG: usize = 4096;

/// What an undefined symbol stands for.
pub(super) enum Extern {
    Kfunc(KfuncRef),
    Ksym(KsymRef),
    /// Number in [`Externs::kconfig`].
    Kconfig(usize),
}

/// All externs, by symbol number.
#[derive(Default)]
pub(super) struct Externs {
    pub by_symbol: BTreeMap<usize, Extern>,
    pub kconfig: Vec<KconfigExtern>,
}

impl Externs {
    pub(super) fn collect(elf: &Elf<'_>, btf: Option<&Btf>) -> Result<Externs, ObjectError> {
        let mut externs = Externs::default();
        let Some(btf) = btf else { return Ok(externs) };
        let homes = sections_of(btf);
        for (nr, symbol) in elf.symbols.iter().enumerate() {
            if is_extern(symbol)
                && let Some((ty, home)) = homes.get(symbol.name)
            {
                externs.add(nr, symbol, btf, *ty, home)?;
                if externs.by_symbol.len() > MAX_EXTERNS {
                    let what = format!("more than {MAX_EXTERNS} extern symbols");
                    return Err(ObjectError::new(ErrorKind::TooLarge, what));
                }
            }
        }
        externs.place_kconfig();
        Ok(externs)
    }

    fn add(
        &mut self,
        nr: usize,
        symbol: &Symbol<'_>,
        btf: &Btf,
        ty: Type<'_>,
        home: &str,
    ) -> Result<(), ObjectError> {
        let (name, weak) = (symbol.name.to_string(), symbol.bind == elf::STB_WEAK);
        let error = |what: String| Err(ObjectError::new(ErrorKind::Extern, what).symbol(symbol.name));
        let found = match (home, ty.kind()) {
            (".ksyms", Kind::Func) => Extern::Kfunc(KfuncRef { name, weak, func: ty.id() }),
            (".ksyms", Kind::Var) => {
                let untyped = btf.resolve(ty.target()).is_none_or(|ty| ty.kind() == Kind::Void);
                let kind = if untyped { KsymKind::Untyped } else { KsymKind::Var(ty.id()) };
                Extern::Ksym(KsymRef { name, weak, kind })
            }
            (".kconfig", Kind::Var) => {
                let Some((kind, size, align)) = kind_of(btf, ty.target()) else {
                    return error(
                        "a configuration value of a type that is neither number, tristate nor text".into(),
                    );
                };
                if self.kconfig.len() >= MAX_KCONFIG {
                    let what = format!("more than {MAX_KCONFIG} configuration values");
                    return Err(ObjectError::new(ErrorKind::TooLarge, what).symbol(symbol.name));
                }
                self.kconfig.push(KconfigExtern { name, kind, size, align, offset: 0, weak });
                Extern::Kconfig(self.kconfig.len() - 1)
            }
            _ => return error(format!("extern in section `{home}`, expected `.ksyms` or `.kconfig`")),
        };
        self.by_symbol.insert(nr, found);
        Ok(())
    }

    /// Lays the configuration values out as libbpf does: by falling alignment, then rising size, then name.
    fn place_kconfig(&mut self) {
        let mut order: Vec<usize> = (0..self.kconfig.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&self.kconfig[*a], &self.kconfig[*b]);
            b.align.cmp(&a.align).then(a.size.cmp(&b.size)).then(a.name.cmp(&b.name))
        });
        let mut offset = 0u32;
        for nr in order {
            let value = &mut self.kconfig[nr];
            value.offset = offset.next_multiple_of(value.align.max(1));
            offset = value.offset.saturating_add(value.size);
        }
    }

    /// Size of the `.kconfig` map's value.
    pub(super) fn kconfig_size(&self) -> u32 {
        self.kconfig.iter().map(|value| value.offset.saturating_add(value.size)).max().unwrap_or(0)
    }
}

pub(super) fn is_extern(symbol: &Symbol<'_>) -> bool {
    let outside = matches!(symbol.bind, elf::STB_GLOBAL | elf::STB_WEAK);
    symbol.undefined && outside && symbol.kind == elf::STT_NOTYPE && !symbol.name.is_empty()
}

/// The extern functions and variables by name, with the `DATASEC` that holds them.
fn sections_of(btf: &Btf) -> BTreeMap<&str, (Type<'_>, &str)> {
    let mut homes = BTreeMap::new();
    for section in btf.types().filter(|ty| ty.kind() == Kind::Datasec) {
        for var in section.section_vars() {
            if let Some(ty) = btf.type_by_id(var.var) {
                homes.entry(ty.name()).or_insert((ty, section.name()));
            }
        }
    }
    homes
}
