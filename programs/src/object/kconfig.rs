//! Variables of section `.kconfig`: values of the kernel's build configuration, and libbpf's own
//! `LINUX_KERNEL_VERSION`, `LINUX_HAS_SYSCALL_WRAPPER` and `LINUX_HAS_BPF_COOKIE`.
//!
//! The object only says which values it wants; [`Object::kconfig_value`] fills them for one kernel, with
//! [`linux_value`] for libbpf's own.

use sim::errno::Errno;

use super::spec::Object;
use crate::btf::{Btf, Kind, TypeId};
use crate::profile::{KernelVersion, Profile};

/// Largest text that a configuration value is given room for, in bytes.
const MAX_TEXT_BYTES: u64 = 4096;

/// One variable of `.kconfig`. Size, alignment and offset in the map's value are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KconfigExtern {
    /// `CONFIG_*` or `LINUX_*`.
    pub name: String,
    pub kind: KconfigKind,
    pub size: u32,
    pub align: u32,
    pub offset: u32,
    /// Declared `__weak`: stays zero when the kernel has no such option.
    pub weak: bool,
}

/// Type of a configuration variable (libbpf `enum kcfg_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KconfigKind {
    Bool,
    Tristate,
    Char,
    Int { signed: bool },
    Text,
}

/// A configuration variable that cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KconfigError {
    #[error("extern (kcfg) '{0}': not found in the kernel's configuration, and not declared __weak")]
    Missing(String),
    #[error("extern (kcfg) '{name}': value `{value}` does not fit its type")]
    Unfit { name: String, value: String },
}

/// Kind, size and alignment of a variable's type.
pub(super) fn kind_of(btf: &Btf, id: TypeId) -> Option<(KconfigKind, u32, u32)> {
    let ty = btf.resolve(id)?;
    let size = ty.own_size();
    match ty.kind() {
        Kind::Int => {
            let int = ty.int()?;
            let kind = match (int.bool, size) {
                (true, 1) => KconfigKind::Bool,
                (true, _) => return None,
                (false, 1) => KconfigKind::Char,
                (false, 2 | 4 | 8) => KconfigKind::Int { signed: int.signed },
                _ => return None,
            };
            Some((kind, size, size))
        }
        kind if kind.is_enum() && size == 4 && ty.name() == "libbpf_tristate" => {
            Some((KconfigKind::Tristate, 4, 4))
        }
        Kind::Array => {
            let (element, _, _) = kind_of_element(btf, ty.array()?.elem)?;
            let bytes = btf.size_of(ty.id()).filter(|bytes| (1..=MAX_TEXT_BYTES).contains(bytes))?;
            (element == KconfigKind::Char).then_some((KconfigKind::Text, bytes as u32, 1))
        }
        _ => None,
    }
}

/// Elements are plain integers: an array of arrays is no text, and must not recurse.
fn kind_of_element(btf: &Btf, id: TypeId) -> Option<(KconfigKind, u32, u32)> {
    btf.resolve(id).filter(|ty| ty.kind() == Kind::Int).and_then(|ty| kind_of(btf, ty.id()))
}

/// libbpf's own values for one kernel; `None` for names that come from the kernel's `.config`.
pub fn linux_value(version: KernelVersion, name: &str) -> Option<String> {
    // The stable releases that the profiles' facts come from.
    let code = match version {
        KernelVersion::V5_10 => (5 << 16) | (10 << 8) | 255,
        KernelVersion::V6_1 => (6 << 16) | (1 << 8) | 176,
        KernelVersion::V6_12 => (6 << 16) | (12 << 8) | 107,
        KernelVersion::V7_2 => (7 << 16) | (2 << 8) | 13,
    };
    match name {
        // `KERNEL_VERSION()` caps the last number at 255: 5.10.262 is 5.10.255.
        "LINUX_KERNEL_VERSION" => Some(code.to_string()),
        // Links with a cookie came with 5.15, wrapped system calls on x86-64 with 4.17.
        "LINUX_HAS_BPF_COOKIE" => Some(if version > KernelVersion::V5_10 { "y" } else { "n" }.to_string()),
        "LINUX_HAS_SYSCALL_WRAPPER" => Some("y".to_string()),
        _ => None,
    }
}

impl Object {
    /// Contents of the `.kconfig` map on a kernel of this version and configuration.
    ///
    /// # Errors
    /// [`KconfigError`], as [`Object::kconfig_value`].
    pub fn kconfig_on(&self, profile: &Profile) -> Result<Vec<u8>, KconfigError> {
        self.kconfig_value(|name| on_kernel(profile, name))
    }

    /// What is known of the `.kconfig` map's contents on a kernel of this version and configuration, and the variables of which nothing is:
    /// the kernel may have the option or not, with any value.
    pub fn kconfig_known(&self, profile: &Profile) -> (Vec<u8>, Vec<&KconfigExtern>) {
        let known =
            |name: &str| linux_value(profile.version, name).is_some() || listed(profile, name).is_some();
        let open: Vec<&KconfigExtern> = self.kconfig.iter().filter(|wanted| !known(&wanted.name)).collect();
        let mut image = vec![0; self.kconfig.iter().map(KconfigExtern::end).max().unwrap_or(0)];
        for wanted in &self.kconfig {
            if let Some(bytes) = on_kernel(profile, &wanted.name).and_then(|text| wanted.encode(&text)) {
                image[wanted.offset as usize..wanted.end()].copy_from_slice(&bytes);
            }
        }
        (image, open)
    }

    /// Why a loader refuses the object on a kernel of this version and configuration, for its configuration variables: error number and
    /// warning. An option that is not in the configuration here may well be in the kernel's.
    pub fn kconfig_refusal(&self, profile: &Profile) -> Option<(Errno, String)> {
        let absent = switched_off(&self.kconfig, profile)?;
        Some((Errno::ESRCH, format!("extern '{}' (strong): not resolved", absent.name)))
    }

    /// Contents of the `.kconfig` map. `option` gives a value as `.config` writes it: `y`, `m`, `n`, a number, or
    /// text in double quotes; for the `LINUX_*` values a number.
    ///
    /// # Errors
    /// [`KconfigError`] for a value that is missing (unless weak) or does not fit; libbpf then refuses the object.
    pub fn kconfig_value(&self, option: impl Fn(&str) -> Option<String>) -> Result<Vec<u8>, KconfigError> {
        let mut image = vec![0; self.kconfig.iter().map(KconfigExtern::end).max().unwrap_or(0)];
        for wanted in &self.kconfig {
            let Some(text) = option(&wanted.name) else {
                if wanted.weak {
                    continue;
                }
                return Err(KconfigError::Missing(wanted.name.clone()));
            };
            let unfit = || KconfigError::Unfit { name: wanted.name.clone(), value: text.clone() };
            let bytes = wanted.encode(&text).ok_or_else(unfit)?;
            image[wanted.offset as usize..wanted.end()].copy_from_slice(&bytes);
        }
        Ok(image)
    }
}

/// Whether the kernel is built with an option; `None` for options that are not in its list here.
fn listed(profile: &Profile, name: &str) -> Option<bool> {
    let short = name.strip_prefix("CONFIG_")?;
    profile.config.options().find(|(option, _)| *option == short).map(|(_, on)| on)
}

/// A value as `.config` writes it, if the kernel is known to have one.
fn on_kernel(profile: &Profile, name: &str) -> Option<String> {
    let on = || listed(profile, name)?.then(|| "y".to_string());
    linux_value(profile.version, name).or_else(on)
}

/// The first variable that must have a value and whose option the kernel is built without.
fn switched_off<'k>(wanted: &'k [KconfigExtern], profile: &Profile) -> Option<&'k KconfigExtern> {
    wanted.iter().find(|wanted| !wanted.weak && listed(profile, &wanted.name) == Some(false))
}

impl KconfigExtern {
    /// First byte behind it in the map's value.
    pub fn end(&self) -> usize {
        self.offset as usize + self.size as usize
    }

    /// The value as the program sees it; `None` when it does not fit.
    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        let tristate = ["n", "y", "m"].iter().position(|name| *name == text).map(|nr| nr as i128);
        let size = self.size as usize;
        let number = match self.kind {
            KconfigKind::Text => {
                let inner = text.strip_prefix('"')?.strip_suffix('"')?;
                let mut bytes = inner.as_bytes().to_vec();
                bytes.resize(bytes.len().min(size - 1), 0);
                bytes.resize(size, 0);
                return Some(bytes);
            }
            KconfigKind::Bool => tristate.or_else(|| number(text)).filter(|value| (0..=1).contains(value))?,
            KconfigKind::Tristate => tristate?,
            // A character holds a tristate's letter or a small number.
            KconfigKind::Char if tristate.is_some() => i128::from(*text.as_bytes().first()?),
            KconfigKind::Char | KconfigKind::Int { .. } => number(text)?,
        };
        let bits = self.size * 8;
        let signed = self.kind == KconfigKind::Int { signed: true };
        let range = if signed { -(1i128 << (bits - 1))..1i128 << (bits - 1) } else { 0..1i128 << bits };
        range.contains(&number).then(|| number.to_le_bytes()[..size].to_vec())
    }
}

fn number(text: &str) -> Option<i128> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(i128::from),
        None => text.parse::<i64>().map(i128::from).or_else(|_| text.parse::<u64>().map(i128::from)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(kind: KconfigKind, size: u32, text: &str) -> Option<Vec<u8>> {
        let name = "CONFIG_X".to_string();
        KconfigExtern { name, kind, size, align: size, offset: 0, weak: false }.encode(text)
    }

    #[test]
    fn options_that_are_off_are_missing_unless_weak() {
        let profile = Profile::new(KernelVersion::V6_12);
        let find = |wanted| profile.config.options().find(|(_, on)| *on == wanted).expect("such an option").0;
        let value = |name: &str, weak| KconfigExtern {
            name: format!("CONFIG_{name}"),
            kind: KconfigKind::Bool,
            size: 1,
            align: 1,
            offset: 0,
            weak,
        };
        let (on, off) = (find(true), find(false));
        let wanted = [value(on, false), value(off, true), value("OF_NO_KERNEL", false), value(off, false)];
        assert_eq!(switched_off(&wanted, &profile), Some(&wanted[3]));
        assert_eq!(switched_off(&wanted[..3], &profile), None);
    }

    #[test]
    fn values_are_encoded_by_type() {
        let unsigned = KconfigKind::Int { signed: false };
        assert_eq!(encode(KconfigKind::Bool, 1, "y"), Some(vec![1]));
        assert_eq!(encode(KconfigKind::Bool, 1, "m"), None);
        assert_eq!(encode(KconfigKind::Tristate, 4, "m"), Some(vec![2, 0, 0, 0]));
        assert_eq!(encode(unsigned, 4, "0x060c6b"), Some(vec![0x6b, 0x0c, 0x06, 0]));
        assert_eq!(encode(unsigned, 2, "65536"), None);
        assert_eq!(encode(unsigned, 2, "-1"), None);
        assert_eq!(encode(KconfigKind::Int { signed: true }, 2, "-1"), Some(vec![255, 255]));
        assert_eq!(encode(KconfigKind::Text, 4, "\"abcdef\""), Some(b"abc\0".to_vec()));
        assert_eq!(encode(KconfigKind::Text, 4, "abc"), None);
    }
}
