//! What lies at an offset of a kernel or program struct: a number, a pointer to a struct, or nothing that may be read.
//!
//! Key items: [`walk`], [`Found`]. Neighbours: `btf_access` decides how far what was found may be trusted. Modelled after
//! kernel/bpf/btf.c:btf_struct_walk and btf_struct_access.

use super::reg::Flags;
use super::stop::{Checked, invalid, no_access, not_modelled};
use crate::btf::prune::is_cut;
use crate::btf::{Btf, Kind, Member, Type, TypeId};
use crate::profile::KernelVersion;

/// What an access meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'b> {
    Scalar,
    /// A pointer to a struct; `flags` are its tags and, from 6.12 on, `UNTRUSTED` if it lies in a union.
    Pointer {
        target: TypeId,
        flags: Flags,
        field: &'b str,
    },
    /// 7.2: a pointer to anything else, which may be read through all the same.
    Untyped,
}

/// How a kernel walks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'b> {
    pub btf: &'b Btf,
    pub version: KernelVersion,
    /// An array without length at the end may be walked into.
    pub flexible: bool,
}

/// Where the walk stands: a struct, the offset in it, and what the way there says about trust.
#[derive(Clone, Copy)]
struct At<'b> {
    ty: Type<'b>,
    off: i64,
    size: i64,
    flags: Flags,
}

/// One more step, or the end.
enum Step<'b> {
    Into(At<'b>),
    Found(Found<'b>),
}

/// A member with its type resolved; of an array, the element that the access begins in.
struct Place<'b> {
    ty: Type<'b>,
    start: i64,
    bytes: i64,
    /// End of the whole member, even if the access begins in one element of it.
    end: i64,
}

/// Finds what an access of `size` bytes at `off` of the struct meets.
///
/// # Errors
/// -EACCES or -EINVAL with the kernel's line; not modelled where the built-in types were cut.
pub(super) fn walk<'b>(how: Walk<'b>, start: TypeId, off: i64, size: i64) -> Checked<Found<'b>> {
    let Some(ty) = how.btf.resolve(start) else { return invalid("Type '(anon)' is not a struct") };
    let mut at = At { ty, off, size, flags: Flags::NONE };
    loop {
        match how.step(at)? {
            Step::Into(next) => at = next,
            Step::Found(found) => return Ok(found),
        }
    }
}

impl<'b> Walk<'b> {
    fn step(self, mut at: At<'b>) -> Checked<Step<'b>> {
        if !at.ty.kind().is_composite() {
            return invalid(format!("Type '{}' is not a struct", shown(at.ty.name())));
        }
        let late = self.version >= KernelVersion::V6_12;
        if late && at.ty.kind() == Kind::Union && at.ty.vlen() != 1 {
            at.flags = at.flags.with(Flags::UNTRUSTED);
        }
        if at.off + at.size > i64::from(at.ty.own_size()) {
            return self.beyond(at);
        }
        if is_cut(at.ty) {
            let name = at.ty.name();
            return not_modelled(format!(
                "members of struct {name}, which the built-in kernel types leave out"
            ));
        }
        for member in at.ty.members() {
            let start = i64::from(member.bit_offset / 8);
            if at.off + at.size <= start {
                break;
            }
            if member.bitfield_bits != 0 {
                let end = i64::from((member.bit_offset + member.bitfield_bits).div_ceil(8));
                if at.off <= start && end <= at.off + at.size {
                    return Ok(Step::Found(Found::Scalar));
                }
                continue;
            }
            if at.off < start {
                break;
            }
            if let Some(place) = self.place(&member, start, at.off)? {
                return self.member(at, &member, &place);
            }
        }
        invalid(format!("struct {} doesn't have field at offset {}", shown(at.ty.name()), at.off))
    }

    /// The access goes past the struct: only an array without length at its end allows that.
    fn beyond(self, at: At<'b>) -> Checked<Step<'b>> {
        let refused = || {
            let name = shown(at.ty.name());
            no_access(format!("access beyond struct {name} at off {} size {}", at.off as u32, at.size))
        };
        let Some(last) = at.ty.members().last().filter(|_| self.flexible) else { return refused() };
        let start = i64::from(last.bit_offset / 8);
        let array = self.btf.resolve(last.ty).and_then(|ty| ty.array()).filter(|array| array.len == 0);
        let Some(elem) = array.and_then(|array| self.btf.resolve(array.elem)) else { return refused() };
        if at.off < start {
            return refused();
        }
        if elem.kind() == Kind::Int && self.version >= KernelVersion::V6_12 {
            return Ok(Step::Found(Found::Scalar));
        }
        let bytes = i64::from(elem.own_size());
        if !elem.kind().is_composite() || bytes == 0 {
            return refused();
        }
        Ok(Step::Into(At { ty: elem, off: (at.off - start) % bytes, ..at }))
    }

    /// The member's type, if the access begins in it.
    fn place(self, member: &Member<'b>, start: i64, off: i64) -> Checked<Option<Place<'b>>> {
        let resolved = self.btf.resolve(member.ty).zip(self.btf.size_of(member.ty));
        let Some((mut ty, bytes)) = resolved else {
            let text = format!("field {} doesn't have size", shown(member.name));
            return super::stop::refuse(sim::errno::Errno::EFAULT, text);
        };
        let mut place = Place { ty, start, bytes: bytes as i64, end: start + bytes as i64 };
        if off >= place.end {
            return Ok(None);
        }
        if ty.kind() == Kind::Array {
            while let Some(array) = ty.array() {
                let Some(elem) = self.btf.resolve(array.elem) else { return Ok(None) };
                ty = elem;
            }
            let size = self.btf.size_of(ty.id()).unwrap_or(0) as i64;
            if size == 0 {
                return Ok(None);
            }
            place = Place { ty, start: start + (off - start) / size * size, bytes: size, end: place.end };
        }
        Ok(Some(place))
    }

    fn member(self, at: At<'b>, member: &Member<'b>, place: &Place<'b>) -> Checked<Step<'b>> {
        let (name, outer) = (shown(member.name), shown(at.ty.name()));
        if place.ty.kind().is_composite() {
            return Ok(Step::Into(At { ty: place.ty, off: at.off - place.start, ..at }));
        }
        if place.ty.kind() == Kind::Ptr {
            if place.bytes != at.size || at.off != place.start {
                return no_access(format!(
                    "cannot access ptr member {name} with moff {} in struct {outer} with off {} size {}",
                    place.start, at.off, at.size
                ));
            }
            let tags = self.tags(place.ty)?;
            let target = self.btf.resolve(place.ty.target());
            if let Some(target) = target.filter(|target| target.kind().is_composite()) {
                let flags = at.flags.with(tags);
                let found = Found::Pointer { target: target.id(), flags, field: member.name };
                return Ok(Step::Found(found));
            }
            if self.version == KernelVersion::V7_2 {
                return Ok(Step::Found(Found::Untyped));
            }
        }
        // 6.1 knows no untrusted walk here: its flag is the one of the pointer that was found, of which there is none.
        if at.off + at.size > place.end && !at.flags.has(Flags::UNTRUSTED) {
            return no_access(format!(
                "access beyond the end of member {name} (mend:{}) in struct {outer} with off {} size {}",
                place.end, at.off, at.size
            ));
        }
        Ok(Step::Found(Found::Scalar))
    }

    /// Address space tags behind a pointer. Kernels that GCC built before version 16 have none.
    pub(super) fn tags(self, pointer: Type<'b>) -> Checked<Flags> {
        let known = |tag: Type<'b>| match tag.name() {
            "user" if !tag.kind_flag() => Flags::USER,
            "percpu" if !tag.kind_flag() => Flags::PERCPU,
            "rcu" if !tag.kind_flag() && self.version >= KernelVersion::V6_12 => Flags::RCU,
            _ => Flags::NONE,
        };
        let mut found = Flags::NONE;
        let mut several = false;
        let mut at = self.btf.type_by_id(pointer.target());
        while let Some(ty) = at.filter(|ty| ty.kind().is_modifier() || ty.kind() == Kind::Typedef) {
            if ty.kind() == Kind::TypeTag {
                let flag = known(ty);
                several |= found != Flags::NONE && flag != Flags::NONE && flag != found;
                found = found.with(flag);
            } else if self.version < KernelVersion::V7_2 {
                break;
            }
            if self.version < KernelVersion::V7_2 {
                break;
            }
            at = self.btf.type_by_id(ty.target());
        }
        if several { invalid("type 'PTR' has multiple type tags") } else { Ok(found) }
    }
}

/// A name as the kernel prints it when there is none.
pub(super) fn shown(name: &str) -> &str {
    if name.is_empty() { "(anon)" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel_types::builtin;
    use crate::verifier::stop::Stop;

    fn look(
        version: KernelVersion,
        name: &str,
        path: &[&str],
        more: i64,
        size: i64,
    ) -> Result<String, String> {
        let btf = builtin(version);
        let ty = btf.find_by_name_kind(name, Kind::Struct).expect("struct").id();
        let off =
            if path.is_empty() { 0 } else { i64::from(btf.field(ty, path).expect("field").bit_offset / 8) };
        match walk(Walk { btf, version, flexible: true }, ty, off + more, size) {
            Ok(Found::Pointer { target, field, flags }) => {
                let untrusted = if flags.has(Flags::UNTRUSTED) { " untrusted" } else { "" };
                Ok(format!("{field} -> {}{untrusted}", btf.name_of(target)))
            }
            Ok(Found::Scalar) => Ok("scalar".into()),
            Ok(Found::Untyped) => Ok("untyped".into()),
            Err(Stop::Refused(rejection)) => Err(rejection.message),
            Err(Stop::NotModelled(what)) => Err(what),
        }
    }

    #[test]
    fn nested_structs_pointers_and_numbers() {
        for version in KernelVersion::ALL {
            let walked = look(version, "file", &["f_path", "dentry"], 0, 8).unwrap();
            assert_eq!(walked.trim_end_matches(" untrusted"), "dentry -> dentry", "{version}");
            assert_eq!(look(version, "task_struct", &["pid"], 0, 4).unwrap(), "scalar");
            assert_eq!(look(version, "task_struct", &["comm"], 3, 8).unwrap(), "scalar");
            let cut = look(version, "file", &["f_path", "dentry"], 0, 4).unwrap_err();
            assert!(cut.starts_with("cannot access ptr member dentry with moff 8 in struct path"), "{cut}");
            let past = look(version, "task_struct", &["comm"], 12, 8);
            assert!(past.unwrap_err().starts_with("access beyond the end of member comm"));
        }
    }

    #[test]
    fn unions_are_untrusted_since_6_12_and_other_pointers_readable_in_7_2() {
        use KernelVersion as V;
        let union = |version| look(version, "sk_buff", &["sk"], 0, 8).unwrap();
        assert_eq!(union(V::V6_1), "sk -> sock");
        let private = |version| look(version, "file", &["private_data"], 0, 8).unwrap();
        assert_eq!([V::V6_1, V::V6_12, V::V7_2].map(private), ["scalar", "scalar", "untyped"]);
    }

    #[test]
    fn beyond_the_struct() {
        let text = look(KernelVersion::V5_10, "file", &[], 8192, 4).unwrap_err();
        assert_eq!(text, "access beyond struct file at off 8192 size 4");
    }
}
