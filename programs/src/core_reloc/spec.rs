//! An access such as `0:1:2` on one BTF: which members and elements it goes through, and at which offset it ends.
//! Parsed on the program's own types, then followed by name on the kernel's (libbpf `relo_core.c`,
//! `bpf_core_parse_spec` and `bpf_core_spec_match`).

use std::fmt::Write;

use super::compat::Compare;
use super::{CoreClass, CoreErrorKind, CoreKind};
use crate::btf::{Btf, Kind, Type, TypeId, essential_name};

/// Longest access (libbpf `BPF_CORE_SPEC_MAX_LEN`).
pub(super) const MAX_SPEC_LEN: usize = 64;

/// One named member or array element on the way. Anonymous structs on the way are no step of their own.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The struct that has the member, or the element's type.
    pub ty: TypeId,
    pub index: u32,
    pub named: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Spec<'b> {
    pub btf: &'b Btf,
    pub root: TypeId,
    pub class: CoreClass,
    pub steps: Vec<Step>,
    /// Every index, those of anonymous structs included.
    pub raw: Vec<u32>,
    pub bit_offset: u64,
}

type Parsed<T> = Result<T, CoreErrorKind>;

impl<'b> Spec<'b> {
    fn new(btf: &'b Btf, root: TypeId, class: CoreClass) -> Spec<'b> {
        Spec { btf, root, class, steps: Vec::new(), raw: Vec::new(), bit_offset: 0 }
    }

    /// Reads an access string on the program's types.
    pub(super) fn parse(btf: &'b Btf, root: TypeId, kind: CoreKind, access: &str) -> Parsed<Spec<'b>> {
        let mut spec = Spec::new(btf, root, kind.class());
        for part in access.split(':') {
            let index = part.parse::<u32>().map_err(|_| CoreErrorKind::BadAccess)?;
            spec.push_raw(index)?;
        }
        match spec.class {
            CoreClass::Type if spec.raw == [0] => Ok(spec),
            CoreClass::Type => Err(CoreErrorKind::BadAccess),
            CoreClass::Enumval => spec.parse_enumerator(),
            CoreClass::Field => spec.parse_field(),
        }
    }

    fn push_raw(&mut self, index: u32) -> Parsed<()> {
        if self.raw.len() == MAX_SPEC_LEN {
            return Err(CoreErrorKind::TooDeep);
        }
        self.raw.push(index);
        Ok(())
    }

    fn parse_enumerator(mut self) -> Parsed<Spec<'b>> {
        let ty = self.btf.resolve(self.root).filter(|ty| ty.kind().is_enum());
        let ty = ty.ok_or(CoreErrorKind::BadAccess)?;
        if self.raw.len() != 1 || self.raw[0] as usize >= ty.vlen() {
            return Err(CoreErrorKind::BadAccess);
        }
        self.steps.push(Step { ty: ty.id(), index: self.raw[0], named: true });
        Ok(self)
    }

    fn parse_field(mut self) -> Parsed<Spec<'b>> {
        let raw = self.raw.clone();
        let root = self.btf.resolve(self.root).ok_or(CoreErrorKind::BadAccess)?;
        self.steps.push(Step { ty: root.id(), index: raw[0], named: false });
        self.add_elements(root.id(), raw[0])?;
        let mut at = root;
        for index in &raw[1..] {
            at = if at.kind().is_composite() {
                self.enter_member(at, *index)?
            } else {
                self.enter_element(at, *index)?
            };
        }
        Ok(self)
    }

    fn enter_member(&mut self, at: Type<'b>, index: u32) -> Parsed<Type<'b>> {
        let member = at.member(index as usize).ok_or(CoreErrorKind::BadAccess)?;
        self.bit_offset += u64::from(member.bit_offset);
        if !member.name.is_empty() {
            self.steps.push(Step { ty: at.id(), index, named: true });
        }
        self.btf.resolve(member.ty).ok_or(CoreErrorKind::BadAccess)
    }

    fn enter_element(&mut self, at: Type<'b>, index: u32) -> Parsed<Type<'b>> {
        let array = at.array().ok_or(CoreErrorKind::BadAccess)?;
        if index >= array.len && !self.ends_in_flexible(array.len) {
            return Err(CoreErrorKind::BadAccess);
        }
        let element = self.btf.resolve(array.elem).ok_or(CoreErrorKind::BadAccess)?;
        self.steps.push(Step { ty: element.id(), index, named: false });
        self.add_elements(element.id(), index)?;
        Ok(element)
    }

    fn add_elements(&mut self, element: TypeId, index: u32) -> Parsed<()> {
        if index == 0 {
            return Ok(());
        }
        let size = self.btf.size_of(element).ok_or(CoreErrorKind::BadAccess)?;
        let bits = size.checked_mul(8).and_then(|bits| bits.checked_mul(u64::from(index)));
        let sum = bits.and_then(|bits| self.bit_offset.checked_add(bits)).filter(|sum| *sum < 1 << 48);
        self.bit_offset = sum.ok_or(CoreErrorKind::TooDeep)?;
        Ok(())
    }

    /// Whether the last step is the last member of a struct: an array of length 0 or 1 there has any length (libbpf
    /// `is_flex_arr`).
    fn ends_in_flexible(&self, len: u32) -> bool {
        let last = self.steps.last().filter(|step| step.named && len <= 1);
        let holder = last.and_then(|step| Some((self.btf.type_by_id(step.ty)?, step.index)));
        holder.is_some_and(|(ty, index)| index as usize + 1 == ty.vlen())
    }

    /// The last step's member.
    pub(super) fn last_member(&self) -> Option<crate::btf::Member<'b>> {
        let step = self.steps.last().filter(|step| step.named)?;
        self.btf.type_by_id(step.ty)?.member(step.index as usize)
    }

    /// The enumerator that this specification names.
    pub(super) fn enumerator(&self) -> Option<crate::btf::Enumerator<'b>> {
        let step = self.steps.last()?;
        self.btf.type_by_id(step.ty)?.enumerator(step.index as usize)
    }

    /// Follows this access on type `root` of another BTF. `None`: it has no such field, type or value.
    pub(super) fn follow<'t>(
        &self,
        target: &'t Btf,
        root: TypeId,
        kind: CoreKind,
        compare: &Compare<'_>,
    ) -> Parsed<Option<Spec<'t>>> {
        let mut spec = Spec::new(target, root, self.class);
        let found = match self.class {
            CoreClass::Type if kind == CoreKind::TypeMatches => compare.types_match(self.root, root)?,
            CoreClass::Type => compare.types_compatible(self.root, root)?,
            CoreClass::Enumval => self.follow_enumerator(&mut spec, compare)?,
            CoreClass::Field => self.follow_field(&mut spec, compare)?,
        };
        Ok(found.then_some(spec))
    }

    fn follow_enumerator(&self, spec: &mut Spec<'_>, compare: &Compare<'_>) -> Parsed<bool> {
        let wanted = self.enumerator().map_or("", |value| essential_name(value.name));
        let ty = spec.btf.resolve(spec.root).filter(|ty| ty.kind().is_enum());
        let Some(ty) = ty else { return Ok(false) };
        compare.spend_many(ty.vlen())?;
        let index = ty.enumerators().position(|value| essential_name(value.name) == wanted);
        let Some(index) = index else { return Ok(false) };
        spec.raw.push(index as u32);
        spec.steps.push(Step { ty: ty.id(), index: index as u32, named: true });
        Ok(true)
    }

    fn follow_field(&self, spec: &mut Spec<'_>, compare: &Compare<'_>) -> Parsed<bool> {
        let mut at = spec.root;
        for (nr, step) in self.steps.iter().enumerate() {
            let Some(ty) = spec.btf.resolve(at) else { return Ok(false) };
            if step.named {
                let Some(next) = self.follow_member(step, ty.id(), spec, compare)? else { return Ok(false) };
                at = next;
                continue;
            }
            at = ty.id();
            if nr > 0 {
                let Some(array) = ty.array() else { return Ok(false) };
                if step.index >= array.len && !spec.ends_in_flexible(array.len) {
                    return Ok(false);
                }
                let Some(element) = spec.btf.resolve(array.elem) else { return Ok(false) };
                at = element.id();
            }
            spec.push_raw(step.index)?;
            spec.steps.push(Step { ty: at, index: step.index, named: false });
            spec.add_elements(at, step.index)?;
        }
        Ok(true)
    }

    /// Looks for a member of the same name and a compatible type, also inside anonymous members. Gives its type.
    fn follow_member(
        &self,
        step: &Step,
        holder: TypeId,
        spec: &mut Spec<'_>,
        compare: &Compare<'_>,
    ) -> Parsed<Option<TypeId>> {
        let local = self.btf.type_by_id(step.ty).and_then(|ty| ty.member(step.index as usize));
        let local = local.ok_or(CoreErrorKind::BadAccess)?;
        let Some(ty) = spec.btf.resolve(holder).filter(|ty| ty.kind().is_composite()) else {
            return Ok(None);
        };
        for (index, member) in ty.members().enumerate() {
            compare.spend()?;
            if !member.name.is_empty() && member.name != local.name {
                continue;
            }
            let before = spec.bit_offset;
            spec.push_raw(index as u32)?;
            spec.bit_offset += u64::from(member.bit_offset);
            if member.name.is_empty() {
                if let Some(found) = self.follow_member(step, member.ty, spec, compare)? {
                    return Ok(Some(found));
                }
            } else {
                spec.steps.push(Step { ty: ty.id(), index: index as u32, named: true });
                // A name is unique in a struct: a member of another type ends the search.
                return Ok(compare.fields_compatible(local.ty, member.ty)?.then_some(member.ty));
            }
            spec.bit_offset = before;
            spec.raw.pop();
        }
        Ok(None)
    }

    /// The access in the words of libbpf's log: `[2] struct file.f_path.mnt (0:0:0 @ offset 16)`.
    pub(super) fn describe(&self) -> String {
        let ty = self.btf.type_by_id(self.root);
        let (kind, name) = ty.map_or((Kind::Void, ""), |ty| (ty.kind(), ty.name()));
        let name = if name.is_empty() { "<anon>" } else { name };
        let mut text = format!("{} {} {name}", self.root, kind.name().to_ascii_lowercase());
        match self.class {
            CoreClass::Type => {}
            CoreClass::Enumval => {
                if let Some(value) = self.enumerator() {
                    let _ = write!(text, "::{} = {}", value.name, value.value as i64);
                }
            }
            CoreClass::Field => self.describe_field(&mut text),
        }
        text
    }

    fn describe_field(&self, text: &mut String) {
        for (nr, step) in self.steps.iter().enumerate() {
            let member = self.btf.type_by_id(step.ty).and_then(|ty| ty.member(step.index as usize));
            let _ = match member.filter(|_| step.named) {
                Some(member) => write!(text, ".{}", member.name),
                None if nr > 0 || step.index > 0 => write!(text, "[{}]", step.index),
                None => Ok(()),
            };
        }
        let raw: Vec<String> = self.raw.iter().map(u32::to_string).collect();
        let (bytes, bits) = (self.bit_offset / 8, self.bit_offset % 8);
        let bits = if bits == 0 { String::new() } else { format!(".{bits}") };
        let _ = write!(text, " ({} @ offset {bytes}{bits})", raw.join(":"));
    }
}
