//! [`Arg`]: an argument of a syscall or function, as users write it. Neighbour: `data` has plain bytes.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::data::{AddrRef, AsScalar, Data, Wide, one_entry, only_entry};
use super::span::Sp;

/// An argument of a syscall or function.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A number.
    Int(i128),
    /// Text placed NUL-terminated into resident memory of the task; its address is passed.
    Text(String),
    /// The address of a region: `"@buf+8"`.
    Addr(AddrRef),
    /// What an earlier step saved: `"$fd"`.
    Saved(String),
    /// Constants by their C names: `"#O_WRONLY|O_CREAT"`.
    Const(String),
    /// Bytes placed into resident memory of the task; their address is passed: `{ data = [{ u16 = 2 }] }`.
    Data(Sp<Data>),
    /// A fresh zeroed buffer of so many bytes; its address is passed: `{ buffer = 64 }`.
    Buffer(u64),
    /// An IPv4 socket address in memory: `{ sockaddr = "10.0.0.1:80" }`.
    Sockaddr(std::net::SocketAddrV4),
    /// The process id of a task: `{ pid = "app" }`.
    Pid(String),
    /// A file descriptor of an object's or scenario's map, for the `bpf` syscall: `{ map = "counters" }`.
    Map(String),
    /// A file descriptor of a program: `{ program = "tail" }`.
    Program(String),
    /// A file descriptor of a task (`pidfd_open`): `{ pidfd = "app" }`.
    Pidfd(String),
}

/// Buffers lie in a scratch region of the task; one system call moves at most a MiB here.
const MAX_BUFFER_BYTES: u64 = 16 << 20;

struct ArgVisitor;

impl<'de> Visitor<'de> for ArgVisitor {
    type Value = Arg;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an argument: an integer, text, \"@region\", \"$saved\", \"#CONSTANT\" or a table such as { buffer = 64 }")
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Arg, E> {
        Ok(Arg::Int(v.into()))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Arg, E> {
        Ok(Arg::Int(v.into()))
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Arg, E> {
        Ok(Arg::Int(v.into()))
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Arg, E> {
        match v.chars().next() {
            Some('@') => AddrRef::parse(v).map(Arg::Addr).map_err(E::custom),
            Some('$') => Ok(Arg::Saved(v[1..].to_owned())),
            Some('#') => match super::constants::value(&v[1..]) {
                Ok(_) => Ok(Arg::Const(v[1..].to_owned())),
                Err(name) => Err(E::custom(format!("E0008: no constant is called `{name}`"))),
            },
            _ => Ok(Arg::Text(v.to_owned())),
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Arg, A::Error> {
        let key: String =
            map.next_key()?.ok_or_else(|| de::Error::custom("E0011: an empty table is no argument"))?;
        let arg = match key.as_str() {
            "text" => Arg::Text(map.next_value()?),
            "data" => Arg::Data(map.next_value()?),
            "buffer" => match map.next_value()? {
                bytes @ 0..=MAX_BUFFER_BYTES => Arg::Buffer(bytes),
                _ => {
                    return Err(de::Error::custom(format!(
                        "E0009: a buffer has at most {MAX_BUFFER_BYTES} bytes"
                    )));
                }
            },
            "pid" => Arg::Pid(map.next_value()?),
            "map" => Arg::Map(map.next_value()?),
            "program" => Arg::Program(map.next_value()?),
            "pidfd" => Arg::Pidfd(map.next_value()?),
            "int" => Arg::Int(map.next_value::<Wide>()?.0),
            "sockaddr" => {
                let text: String = map.next_value()?;
                Arg::Sockaddr(text.parse().map_err(|_| {
                    de::Error::custom(format!(
                        "E0009: `{text}` is not an IPv4 address and port such as 10.0.0.1:80"
                    ))
                })?)
            }
            _ => {
                return Err(de::Error::custom(format!(
                    "E0005: unknown key `{key}`, expected one of `text`, `data`, `buffer`, `pid`, `pidfd`, `map`, `program`, `int`, `sockaddr`"
                )));
            }
        };
        only_entry(&mut map)?;
        Ok(arg)
    }
}

impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Arg, D::Error> {
        d.deserialize_any(ArgVisitor)
    }
}

impl Serialize for Arg {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Arg::Int(v) if i64::try_from(*v).is_err() => one_entry(s, "int", &AsScalar(*v)),
            Arg::Int(v) => AsScalar(*v).serialize(s),
            Arg::Text(text) if text.starts_with(['@', '$', '#']) => one_entry(s, "text", text),
            Arg::Text(text) => s.serialize_str(text),
            Arg::Addr(place) => s.serialize_str(&place.to_string()),
            Arg::Saved(name) => s.serialize_str(&format!("${name}")),
            Arg::Const(name) => s.serialize_str(&format!("#{name}")),
            Arg::Data(data) => one_entry(s, "data", data),
            Arg::Buffer(size) => one_entry(s, "buffer", size),
            Arg::Sockaddr(addr) => one_entry(s, "sockaddr", &addr.to_string()),
            Arg::Pid(task) => one_entry(s, "pid", task),
            Arg::Map(map) => one_entry(s, "map", map),
            Arg::Program(program) => one_entry(s, "program", program),
            Arg::Pidfd(task) => one_entry(s, "pidfd", task),
        }
    }
}

impl JsonSchema for Arg {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Arg".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let data = generator.subschema_for::<Data>();
        json_schema!({
            "description": "An argument: a number; text (placed NUL-terminated in the task's memory); \"@region+8\" an address; \"$name\" what an earlier step saved; \"#O_RDWR|O_CREAT\" constants; or a table with one key.",
            "anyOf": [
                { "type": ["integer", "string", "boolean"] },
                {
                    "type": "object",
                    "properties": {
                        "text": { "type": "string" }, "data": data, "buffer": { "type": "integer", "minimum": 0 },
                        "pid": { "type": "string" }, "pidfd": { "type": "string" },
                        "map": { "type": "string" }, "program": { "type": "string" }, "int": { "type": ["integer", "string"] },
                        "sockaddr": { "type": "string" }
                    },
                    "additionalProperties": false, "minProperties": 1, "maxProperties": 1
                }
            ]
        })
    }
}
