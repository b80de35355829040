//! Programs and maps of a scenario.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::file::data::Data;
use crate::file::flex::OneOrMany;
use crate::file::scalar::{FromScalar, Kernel, Ret, Scalar};
use crate::file::span::Sp;

/// A BPF program: one function (or all functions) of an object file, or inline assembly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Name in this scenario; the function's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sp<String>>,
    /// Object file made by clang, beside the scenario. Without `function` and `section`: every program in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Sp<String>>,
    /// The program's function in the object; `name` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Sp<String>>,
    /// Its section in the object, when the function's name is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<Sp<String>>,
    /// Instructions in the kernel's own syntax (`r0 = *(u64 *)(r1 +8)`), as a literal string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asm: Option<Sp<String>>,
    /// License of an inline program.
    #[serde(default = "gpl", skip_serializing_if = "is_gpl")]
    pub license: String,
    /// Where it attaches, in libbpf's section names (`lsm.s/file_open`, `uprobe.s//bin/app:func`); for an object the
    /// section it was compiled for when absent.
    #[serde(default, skip_serializing_if = "none_given")]
    pub attach: OneOrMany<Sp<String>>,
    /// Attach at the start; with `false` a step does it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub attached: bool,
    /// Fires only for this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Sp<String>>,
    /// Network device of XDP and tc programs; of a socket filter the UDP port of its socket: `"port:53"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Sp<String>>,
    /// What the kernel says at load.
    #[serde(default)]
    pub load: Sp<LoadExpect>,
}

fn gpl() -> String {
    "GPL".to_owned()
}
fn is_gpl(license: &String) -> bool {
    license == "GPL"
}
pub(super) fn yes() -> bool {
    true
}
pub(super) fn is_true(value: &bool) -> bool {
    *value
}
pub(super) fn none_given<T>(list: &OneOrMany<T>) -> bool {
    list.as_slice().is_empty()
}

impl Program {
    /// What the scenario calls it, when it says so: `name`, else `function`, else `section`.
    pub fn label(&self) -> Option<&Sp<String>> {
        self.name.as_ref().or(self.function.as_ref()).or(self.section.as_ref())
    }
}

/// What the kernel is expected to say when a program is loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LoadExpect {
    #[default]
    Accept,
    /// Refused; the error number and a part of the message when given.
    Reject { errno: Option<Ret>, message: Option<String> },
    /// One expectation per profile; a profile that is not listed expects `accept`.
    PerKernel(BTreeMap<Kernel, LoadExpect>),
}

impl LoadExpect {
    /// The expectation on one profile.
    pub fn on(&self, kernel: Kernel) -> &LoadExpect {
        match self {
            LoadExpect::PerKernel(map) => map.get(&kernel).unwrap_or(&LoadExpect::Accept),
            other => other,
        }
    }
}

struct LoadVisitor;

impl<'de> Visitor<'de> for LoadVisitor {
    type Value = LoadExpect;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"accept\", \"reject\", { errno, message }, or one of these per kernel")
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<LoadExpect, E> {
        match v {
            "accept" => Ok(LoadExpect::Accept),
            "reject" => Ok(LoadExpect::Reject { errno: None, message: None }),
            _ => Err(E::custom(format!("E0008: `{v}` is neither `accept` nor `reject`"))),
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LoadExpect, A::Error> {
        let (mut errno, mut message, mut kernels) = (None, None, BTreeMap::new());
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), key.parse::<Kernel>()) {
                ("errno", _) => errno = Some(map.next_value::<Ret>()?),
                ("message", _) => message = Some(map.next_value()?),
                (_, Ok(kernel)) => {
                    kernels.insert(kernel, map.next_value()?);
                }
                _ => {
                    let known = "expected `errno`, `message` or a kernel such as \"6.12\"";
                    return Err(de::Error::custom(format!("E0005: unknown key `{key}`, {known}")));
                }
            }
        }
        match (kernels.is_empty(), errno.is_some() || message.is_some()) {
            (true, _) => Ok(LoadExpect::Reject { errno, message }),
            (false, false) => Ok(LoadExpect::PerKernel(kernels)),
            _ => Err(de::Error::custom("E0017: give either `errno`/`message` or kernels")),
        }
    }
}

impl<'de> Deserialize<'de> for LoadExpect {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<LoadExpect, D::Error> {
        d.deserialize_any(LoadVisitor)
    }
}

impl Serialize for LoadExpect {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            LoadExpect::Accept => s.serialize_str("accept"),
            LoadExpect::Reject { errno: None, message: None } => s.serialize_str("reject"),
            LoadExpect::Reject { errno, message } => {
                #[derive(Serialize)]
                struct Reject<'a> {
                    #[serde(skip_serializing_if = "Option::is_none")]
                    errno: &'a Option<Ret>,
                    #[serde(skip_serializing_if = "Option::is_none")]
                    message: &'a Option<String>,
                }
                Reject { errno, message }.serialize(s)
            }
            LoadExpect::PerKernel(map) => {
                s.collect_map(map.iter().map(|(kernel, load)| (kernel.name(), load)))
            }
        }
    }
}

impl JsonSchema for LoadExpect {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LoadExpect".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let errno = <Ret as FromScalar>::schema();
        let one = json_schema!({ "anyOf": [
            { "enum": ["accept", "reject"] },
            { "type": "object", "properties": { "errno": errno, "message": { "type": "string" } }, "additionalProperties": false }
        ]});
        json_schema!({
            "description": "What the kernel says at load: \"accept\" (default), \"reject\", { errno, message }, or one of these per kernel.",
            "anyOf": [
                one,
                { "type": "object", "patternProperties": { "^(5\\.10|6\\.1|6\\.12|7\\.2)$": one }, "additionalProperties": false, "minProperties": 1 }
            ]
        })
    }
}

/// A lesson program written in Rust and known to the simulator by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Native {
    /// Which one; `sleepable support` lists them.
    pub name: Sp<String>,
    /// Where it attaches; each native program has a default.
    #[serde(default, skip_serializing_if = "none_given")]
    pub attach: OneOrMany<Sp<String>>,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Sp<Param>>,
}

/// A parameter of a native program: a number, or text (also durations).
#[derive(Clone, Debug, PartialEq)]
pub struct Param(pub Scalar);

impl FromScalar for Param {
    const WANTED: &'static str = "a number or text";
    fn from_scalar(scalar: Scalar) -> Result<Param, String> {
        Ok(Param(scalar))
    }
    fn to_scalar(&self) -> Scalar {
        self.0.clone()
    }
    fn schema() -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

crate::file::scalar::scalar_serde!(Param);

/// A map of inline programs, or the initial contents of an object's map (then only `name` and `entries`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapDecl {
    /// Its name.
    pub name: Sp<String>,
    /// The object file the map is in, when two objects have a map of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Sp<String>>,
    /// Type in lower case without the prefix: `array`, `hash`, `percpu_array`, `percpu_hash`, `lru_hash`, `ringbuf`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub map_type: Option<Sp<String>>,
    /// Bytes per key (4 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_size: Option<Sp<u32>>,
    /// Bytes per value (8 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_size: Option<Sp<u32>>,
    /// Number of elements (1 when absent); bytes for a ring buffer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_entries: Option<Sp<u32>>,
    /// `BPF_F_*` creation flags: `"no_prealloc"`, or several.
    #[serde(default, skip_serializing_if = "none_given")]
    pub flags: OneOrMany<Sp<String>>,
    /// What it contains at the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Sp<MapEntry>>,
}

/// One element of a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapEntry {
    pub key: Sp<Data>,
    pub value: Sp<Data>,
    /// For per-CPU maps: the CPU whose value this is; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Sp<u32>>,
}
