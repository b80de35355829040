//! Leaf values that may be written in more than one way: durations (`"50ms"` or nanoseconds), return values (`-14` or
//! `"-EFAULT"`), counts, addresses, kernel names. Neighbour: `flex` has the containers around them.
//!
//! Untagged serde enums would lose the spans (toml issue 535), so these types read themselves with small visitors.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use serde::de::{self, Visitor};
use serde::ser::Serializer;

/// What a leaf can be written as.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    Int(i128),
    Text(String),
}

/// A type that is written as one integer or string.
pub trait FromScalar: Sized {
    /// What a reader is told when something else stands there, e.g. `a duration such as "50ms"`.
    const WANTED: &'static str;
    /// Reads it; the error is a sentence, optionally starting with a code and a colon (`E0010: …`).
    fn from_scalar(scalar: Scalar) -> Result<Self, String>;
    /// The shortest way to write it.
    fn to_scalar(&self) -> Scalar;
    /// JSON schema of what may be written.
    fn schema() -> Schema;
}

/// Reads any [`FromScalar`] type.
pub struct ScalarVisitor<T>(pub PhantomData<T>);

impl<T: FromScalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WANTED)
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<T, E> {
        T::from_scalar(Scalar::Int(v.into())).map_err(E::custom)
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<T, E> {
        T::from_scalar(Scalar::Int(v.into())).map_err(E::custom)
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<T, E> {
        T::from_scalar(Scalar::Text(v.to_owned())).map_err(E::custom)
    }
}

/// Serde and schema for types that read themselves from a scalar.
macro_rules! scalar_serde {
    ($($name:ident),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                d.deserialize_any($crate::file::scalar::ScalarVisitor(std::marker::PhantomData))
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                $crate::file::scalar::serialize_scalar(&$crate::file::scalar::FromScalar::to_scalar(self), s)
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$name as $crate::file::scalar::FromScalar>::schema()
            }
        }
    )*};
}
pub(crate) use scalar_serde;

/// Writes a scalar; a number TOML cannot hold becomes a hexadecimal string.
pub(crate) fn serialize_scalar<S: Serializer>(scalar: &Scalar, s: S) -> Result<S::Ok, S::Error> {
    match scalar {
        Scalar::Int(v) => match i64::try_from(*v) {
            Ok(v) => s.serialize_i64(v),
            Err(_) => s.serialize_str(&format!("{v:#x}")),
        },
        Scalar::Text(text) => s.serialize_str(text),
    }
}

/// Reads `0x1f`, `0b1`, `0o7` or decimal, with `_` between digits and an optional sign.
pub fn parse_int(text: &str) -> Option<i128> {
    let clean = text.trim().replace('_', "");
    let (negative, digits) = match clean.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, clean.as_str()),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        _ => (10, digits),
    };
    let magnitude = i128::from_str_radix(digits, radix).ok().filter(|v| *v >= 0)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// A duration or a point in virtual time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dur(pub u64);

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
];

impl FromStr for Dur {
    type Err = String;
    fn from_str(text: &str) -> Result<Dur, String> {
        let wrong = || {
            format!(
                "E0010: `{text}` is not a duration: write a number and one of ns, us, ms, s, min, e.g. \"50ms\""
            )
        };
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').ok_or_else(wrong)?;
        let (number, unit) = (text[..split].replace('_', ""), text[split..].trim());
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let too_long = || format!("E0010: `{text}` is longer than virtual time can be (584 years)");
        let mut ns = whole.checked_mul(scale).ok_or_else(too_long)?;
        let mut unit_ns = scale;
        for digit in fraction.chars() {
            unit_ns /= 10;
            let part = u64::from(digit.to_digit(10).ok_or_else(wrong)?) * unit_ns;
            ns = ns.checked_add(part).ok_or_else(too_long)?;
        }
        Ok(Dur(ns))
    }
}

impl fmt::Display for Dur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(name, scale): &&(&str, u64)| *name != "µs" && self.0 >= *scale;
        let (unit, scale) = UNITS[..5].iter().rev().find(fits).unwrap_or(&UNITS[0]);
        let (whole, rest) = (self.0 / scale, self.0 % scale);
        if rest == 0 {
            return write!(f, "{whole}{unit}");
        }
        let width = scale.ilog10() as usize;
        write!(f, "{whole}.{}{unit}", format!("{rest:0width$}").trim_end_matches('0'))
    }
}

impl FromScalar for Dur {
    const WANTED: &'static str = "a duration: nanoseconds or text such as \"50ms\"";
    fn from_scalar(scalar: Scalar) -> Result<Dur, String> {
        match scalar {
            Scalar::Int(v) => {
                u64::try_from(v).map(Dur).map_err(|_| format!("E0010: a duration cannot be {v} nanoseconds"))
            }
            Scalar::Text(text) => text.parse(),
        }
    }
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.to_string())
    }
    fn schema() -> Schema {
        json_schema!({
            "description": "Virtual time: nanoseconds as an integer, or a number and a unit (ns, us, ms, s, min).",
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9_]+(\\.[0-9_]+)? *(ns|us|µs|ms|s|min)$" }
            ]
        })
    }
}

/// A return value: a number, or an error by its name (`"-EFAULT"`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ret(pub i64);

impl fmt::Display for Ret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i32::try_from(-i128::from(self.0)).ok().and_then(|nr| sim::errno::Errno(nr).name()) {
            Some(name) if self.0 < -1 => write!(f, "{} (-{name})", self.0),
            _ => write!(f, "{}", self.0),
        }
    }
}

impl FromScalar for Ret {
    const WANTED: &'static str = "a return value: a number or an error name such as \"-EFAULT\"";
    fn from_scalar(scalar: Scalar) -> Result<Ret, String> {
        match scalar {
            // A program may return a 64-bit value that is written unsigned; both spellings are the same bits.
            Scalar::Int(v) if v > i128::from(u64::MAX) || v < i128::from(i64::MIN) => {
                Err(format!("E0009: {v} does not fit 64 bits"))
            }
            Scalar::Int(v) => Ok(Ret(v as i64)),
            Scalar::Text(text) => {
                match (parse_int(&text), sim::errno::Errno::from_name(text.trim_start_matches('-'))) {
                    (Some(v), _) => Ret::from_scalar(Scalar::Int(v)),
                    (_, Some(errno)) => Ok(Ret(errno.ret())),
                    _ => Err(format!(
                        "E0008: `{text}` is neither a number nor the name of an error such as -EFAULT"
                    )),
                }
            }
        }
    }
    fn to_scalar(&self) -> Scalar {
        Scalar::Int(self.0.into())
    }
    fn schema() -> Schema {
        json_schema!({
            "description": "A return value: a number, or an error by name such as \"-EFAULT\".",
            "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": "^(-?E[A-Z0-9]+|-?(0x)?[0-9a-fA-F_]+)$" }]
        })
    }
}

/// A count (runs, faults, sleeps).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromScalar for Count {
    const WANTED: &'static str = "a count";
    fn from_scalar(scalar: Scalar) -> Result<Count, String> {
        match scalar {
            Scalar::Int(v) => {
                u64::try_from(v).map(Count).map_err(|_| format!("E0009: a count cannot be {v}"))
            }
            Scalar::Text(text) => Err(format!("E0006: expected a count, found the text `{text}`")),
        }
    }
    fn to_scalar(&self) -> Scalar {
        Scalar::Int(self.0.into())
    }
    fn schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

/// An unsigned 64-bit number or address, written as an integer or as text (`"0xffff888000000000"`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Num(pub u64);

impl FromScalar for Num {
    const WANTED: &'static str = "an unsigned 64-bit number or address";
    fn from_scalar(scalar: Scalar) -> Result<Num, String> {
        let value = match &scalar {
            Scalar::Int(v) => *v,
            Scalar::Text(text) => {
                parse_int(text).ok_or_else(|| format!("E0009: `{text}` is not a number"))?
            }
        };
        u64::try_from(value)
            .map(Num)
            .map_err(|_| format!("E0009: {value} does not fit an unsigned 64-bit number"))
    }
    fn to_scalar(&self) -> Scalar {
        Scalar::Int(self.0.into())
    }
    fn schema() -> Schema {
        json_schema!({
            "description": "An unsigned number; as text it may be hexadecimal, e.g. \"0xffff888000000000\".",
            "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^(0[xob])?[0-9a-fA-F_]+$" }]
        })
    }
}

/// A kernel profile, as scenarios and the command line name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kernel {
    V5_10,
    V6_1,
    V6_12,
    V7_2,
}

impl Kernel {
    /// All profiles, oldest first.
    pub const ALL: [Kernel; 4] = [Kernel::V5_10, Kernel::V6_1, Kernel::V6_12, Kernel::V7_2];

    /// The column of the fact tables.
    pub fn version(self) -> programs::profile::KernelVersion {
        use programs::profile::KernelVersion;
        match self {
            Kernel::V5_10 => KernelVersion::V5_10,
            Kernel::V6_1 => KernelVersion::V6_1,
            Kernel::V6_12 => KernelVersion::V6_12,
            Kernel::V7_2 => KernelVersion::V7_2,
        }
    }

    /// The name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Kernel::V5_10 => "5.10",
            Kernel::V6_1 => "6.1",
            Kernel::V6_12 => "6.12",
            Kernel::V7_2 => "7.2",
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kernel {
    type Err = String;
    fn from_str(text: &str) -> Result<Kernel, String> {
        Kernel::ALL.into_iter().find(|k| k.name() == text).ok_or_else(|| {
            format!("E0029: there is no kernel profile `{text}`; the profiles are 5.10, 6.1, 6.12 and 7.2")
        })
    }
}

impl FromScalar for Kernel {
    const WANTED: &'static str = "a kernel profile: \"5.10\", \"6.1\", \"6.12\" or \"7.2\"";
    fn from_scalar(scalar: Scalar) -> Result<Kernel, String> {
        match scalar {
            Scalar::Int(v) => v.to_string().parse(),
            Scalar::Text(text) => text.parse(),
        }
    }
    fn to_scalar(&self) -> Scalar {
        Scalar::Text(self.name().to_owned())
    }
    fn schema() -> Schema {
        json_schema!({ "enum": ["5.10", "6.1", "6.12", "7.2"] })
    }
}

scalar_serde!(Dur, Ret, Count, Num, Kernel);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_the_same() {
        for (text, ns) in [
            ("50ms", 50_000_000),
            ("5us", 5_000),
            ("1.5ms", 1_500_000),
            ("2s", 2_000_000_000),
            ("7ns", 7),
            ("1.000001s", 1_000_001_000),
        ] {
            let dur: Dur = text.parse().unwrap();
            assert_eq!(dur.0, ns, "{text}");
            assert_eq!(dur.to_string().parse::<Dur>().unwrap(), dur, "{text}");
        }
        assert_eq!(Dur(1_500_000).to_string(), "1.5ms");
        assert_eq!(Dur(50_254_936).to_string(), "50.254936ms");
        assert!(
            "50".parse::<Dur>().is_err()
                && "ms".parse::<Dur>().is_err()
                && "5 parsecs".parse::<Dur>().is_err()
        );
    }

    #[test]
    fn return_values_know_error_names() {
        assert_eq!(Ret::from_scalar(Scalar::Text("-EFAULT".into())), Ok(Ret(-14)));
        assert_eq!(Ret(-14).to_string(), "-14 (-EFAULT)");
        assert_eq!(Ret::from_scalar(Scalar::Int(u64::MAX.into())), Ok(Ret(-1)));
    }
}
