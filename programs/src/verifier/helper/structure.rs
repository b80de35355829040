//! Is what a pointer points to of a wanted kernel structure, itself or in its first bytes?
//!
//! Key items: `is_structure`, `structure_matches` of [`Verifier`]. Neighbours: `types` and the kfuncs ask. Modelled after
//! kernel/bpf/btf.c:btf_struct_ids_match.

use crate::btf::{Btf, Kind, Type, TypeId};
use crate::verifier::reg::BtfSource;
use crate::verifier::verify::Verifier;

impl Verifier<'_> {
    /// Name of a structure, for messages.
    pub(in crate::verifier) fn structure_name(&self, (source, id): (BtfSource, u32)) -> &str {
        self.btf(source).map_or("", |btf| btf.name_of(TypeId(id)))
    }

    /// Whether `off` bytes into the type there is a kernel structure of that name; `strict`: the type itself.
    pub(in crate::verifier) fn is_structure(
        &self,
        is: (BtfSource, u32),
        off: i64,
        wanted: &str,
        strict: bool,
    ) -> bool {
        let wanted = self.facts.kernel.find_by_name_kind(wanted, Kind::Struct);
        wanted
            .is_some_and(|wanted| self.structure_matches(is, off, (BtfSource::Kernel, wanted.id().0), strict))
    }

    /// `btf_struct_ids_match`.
    pub(in crate::verifier) fn structure_matches(
        &self,
        (source, id): (BtfSource, u32),
        off: i64,
        wanted: (BtfSource, u32),
        strict: bool,
    ) -> bool {
        if off == 0 && (source, id) == wanted {
            return true;
        }
        if strict || source != wanted.0 {
            return false;
        }
        let Some(btf) = self.btf(source) else { return false };
        let Ok(mut off) = u64::try_from(off) else { return false };
        let mut at = TypeId(id);
        loop {
            let Some(found) = inner(btf, at, off) else { return false };
            if found.0 == wanted.1 {
                return true;
            }
            (at, off) = (found, 0);
        }
    }
}

/// The structure that begins `off` bytes into a type, the outermost one.
fn inner(btf: &Btf, id: TypeId, mut off: u64) -> Option<TypeId> {
    let mut whole = btf.resolve(id)?;
    loop {
        if !whole.kind().is_composite() || off >= u64::from(whole.own_size()) {
            return None;
        }
        let (member, start) = member_at(btf, whole, off)?;
        if off == start {
            return Some(member.id());
        }
        off -= start;
        whole = member;
    }
}

/// The structure of the first member that spans `off`, or of its array element, and where that begins.
fn member_at<'b>(btf: &'b Btf, whole: Type<'b>, off: u64) -> Option<(Type<'b>, u64)> {
    for member in whole.members() {
        let mut start = u64::from(member.bit_offset / 8);
        if off < start {
            return None;
        }
        let size = btf.size_of(member.ty)?;
        if off >= start + size {
            continue;
        }
        let mut inner = btf.resolve(member.ty)?;
        while let Some(array) = inner.array() {
            inner = btf.resolve(array.elem)?;
        }
        if !inner.kind().is_composite() {
            return None;
        }
        let each = u64::from(inner.own_size()).max(1);
        start += (off - start) / each * each;
        return Some((inner, start));
    }
    None
}
