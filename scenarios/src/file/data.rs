//! Bytes as users write them: [`Data`] (map keys and values, memory contents, records). They may name an address in a
//! task's memory (`@buf+8`, [`AddrRef`]), resolved when the machine is built. Neighbour: `arg` has arguments of calls.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::scalar::{Scalar, parse_int, serialize_scalar};
use super::span::Sp;

/// A place in user memory by name: `@region`, `@region+8`, `@task.region-4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddrRef {
    /// The task that owns the region; `None` is the task the reference stands in.
    pub task: Option<String>,
    pub region: String,
    pub offset: i64,
}

impl AddrRef {
    /// Reads `@…`; the error says what is wrong.
    pub fn parse(text: &str) -> Result<AddrRef, String> {
        let wrong = || {
            format!("E0015: `{text}` is not a reference to memory: write \"@region\" or \"@task.region+8\"")
        };
        let body = text.strip_prefix('@').ok_or_else(wrong)?;
        let split =
            body.rfind(['+', '-']).filter(|at| body[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        let (place, offset) = match split {
            Some(at) => {
                let offset = parse_int(body[at..].trim_start_matches('+')).ok_or_else(wrong)?;
                (&body[..at], i64::try_from(offset).map_err(|_| wrong())?)
            }
            None => (body, 0),
        };
        let (task, region) = match place.trim().split_once('.') {
            Some((task, region)) => (Some(task.to_owned()), region),
            None => (None, place.trim()),
        };
        if region.is_empty() || task.as_deref() == Some("") {
            return Err(wrong());
        }
        Ok(AddrRef { task, region: region.to_owned(), offset })
    }
}

impl fmt::Display for AddrRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.task.as_ref().map_or(String::new(), |task| format!("{task}."));
        match self.offset {
            0 => write!(f, "@{task}{}", self.region),
            offset => write!(f, "@{task}{}{offset:+}", self.region),
        }
    }
}

/// How wide an integer is and in which byte order it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width {
    pub bytes: usize,
    pub big_endian: bool,
}

/// Keys of `{ u32 = 5 }` and what they mean.
const WIDTHS: &[(&str, usize, bool)] = &[
    ("u8", 1, false),
    ("u16", 2, false),
    ("u32", 4, false),
    ("u64", 8, false),
    ("i8", 1, false),
    ("i16", 2, false),
    ("i32", 4, false),
    ("i64", 8, false),
    ("be16", 2, true),
    ("be32", 4, true),
    ("be64", 8, true),
];

/// Bytes as written in a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// An integer whose width comes from where it stands (a map's key or value size, a variable).
    Int(i128),
    /// An integer of a stated width: `{ u32 = 5 }`, `{ be16 = 80 }`.
    Word { key: &'static str, width: Width, value: i128 },
    /// Text, without a terminating NUL: `"abc"`; `{ cstr = "abc" }` has one.
    Text { text: String, nul: bool },
    /// `"hex:de ad be ef"` or `{ hex = "deadbeef" }`.
    Hex(Vec<u8>),
    /// `{ zeros = 16 }`.
    Zeros(u64),
    /// The address of user memory: `{ addr = "@buf+8" }`.
    Addr(AddrRef),
    /// The process id of a task: `{ pid = "app" }`.
    Pid(String),
    /// The pieces one after the other.
    List(Vec<Sp<Data>>),
}

/// What names stand for when data becomes bytes.
pub trait Names {
    /// The address a reference means, or why it means none.
    fn addr(&self, place: &AddrRef) -> Result<u64, String>;
    /// The process id of a task.
    fn pid(&self, task: &str) -> Result<u32, String>;
}

impl Data {
    /// The bytes. `width` is the number of bytes wanted: integers take it, shorter text and lists are padded with zeros,
    /// longer ones are an error. Without it an integer of unknown width is an error.
    pub fn encode(&self, width: Option<usize>, names: &dyn Names) -> Result<Vec<u8>, String> {
        let int = |value: i128, default: Option<usize>| match width.or(default) {
            Some(bytes) => encode_int(value, Width { bytes, big_endian: false }),
            None => {
                Err("E0011: the width of this integer is not known here: write { u32 = … } or { u64 = … }"
                    .to_owned())
            }
        };
        let mut bytes = match self {
            Data::Int(value) => int(*value, None)?,
            Data::Addr(place) => int(names.addr(place)?.into(), Some(8))?,
            Data::Pid(task) => int(names.pid(task)?.into(), Some(4))?,
            Data::Word { width, value, .. } => encode_int(*value, *width)?,
            Data::Text { text, nul } => text.bytes().chain(nul.then_some(0)).collect(),
            Data::Hex(bytes) => bytes.clone(),
            Data::Zeros(count) if *count > MAX_ZEROS => {
                return Err(format!("E0009: at most {MAX_ZEROS} zeros can be written out"));
            }
            Data::Zeros(count) => vec![0; *count as usize],
            Data::List(pieces) => {
                let pieces: Result<Vec<_>, _> =
                    pieces.iter().map(|piece| piece.encode(None, names)).collect();
                pieces?.concat()
            }
        };
        if let Some(width) = width {
            if bytes.len() > width {
                return Err(too_long(bytes.len(), width));
            }
            bytes.resize(width, 0);
        }
        Ok(bytes)
    }
}

/// Widest integer that is told apart from wider ones: all values fit it.
const WIDEST_INT: usize = 16;

impl Data {
    /// Whether [`encode`](Data::encode) would succeed. Nothing is padded: a width of gigabytes, which no kernel grants a map, costs
    /// nothing here.
    pub fn check(&self, width: Option<usize>, names: &dyn Names) -> Result<(), String> {
        let Some(width) = width else { return self.encode(None, names).map(drop) };
        match self {
            Data::Int(_) | Data::Addr(_) | Data::Pid(_) => {
                self.encode(Some(width.min(WIDEST_INT)), names).map(drop)
            }
            _ => {
                let len = self.encode(None, names)?.len();
                if len > width { Err(too_long(len, width)) } else { Ok(()) }
            }
        }
    }
}

fn too_long(len: usize, width: usize) -> String {
    format!("E0011: this is {len} bytes, but only {width} fit here")
}

/// Bounds the memory that one line of a scenario can ask for.
const MAX_ZEROS: u64 = 64 << 20;

/// Little- or big-endian bytes of an integer; an error when it does not fit (as signed or unsigned).
fn encode_int(value: i128, width: Width) -> Result<Vec<u8>, String> {
    let bits = (width.bytes * 8).min(127) as u32;
    if value >= 1i128 << bits.min(126) || value < -(1i128 << (bits.saturating_sub(1)).min(126)) {
        return Err(format!("E0011: {value} does not fit {} bytes", width.bytes));
    }
    let fill = if value < 0 { 0xff } else { 0 };
    let mut bytes = value.to_le_bytes().to_vec();
    bytes.resize(width.bytes.max(16), fill);
    bytes.truncate(width.bytes);
    if width.big_endian {
        bytes.reverse();
    }
    Ok(bytes)
}

/// Reads hexadecimal digits; spaces, `_` and `:` between bytes are allowed.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | ':')).collect();
    let wrong = |what: &str| format!("E0011: not hexadecimal bytes: {what}");
    if digits.len() % 2 == 1 {
        return Err(wrong("an odd number of digits"));
    }
    let digit = |c: char| c.to_digit(16).ok_or_else(|| wrong(&format!("`{c}`")));
    digits.chunks(2).map(|pair| Ok((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes: an integer, text, \"hex:…\", a list, or a table such as { u32 = 5 }")
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Data, E> {
        Ok(Data::Int(v.into()))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Data, E> {
        Ok(Data::Int(v.into()))
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Data, E> {
        Ok(Data::Int(v.into()))
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Data, E> {
        match v.strip_prefix("hex:") {
            Some(hex) => parse_hex(hex).map(Data::Hex).map_err(E::custom),
            None => Ok(Data::Text { text: v.to_owned(), nul: false }),
        }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        let mut pieces = Vec::new();
        while let Some(piece) = seq.next_element()? {
            pieces.push(piece);
        }
        Ok(Data::List(pieces))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let key: String =
            map.next_key()?.ok_or_else(|| de::Error::custom("E0011: an empty table is no data"))?;
        let data = data_from_entry(&key, &mut map)?;
        only_entry(&mut map)?;
        Ok(data)
    }
}

/// A table with more than one key is a mistake: the second key says where.
pub(super) fn only_entry<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    match map.next_key::<String>()? {
        None => Ok(()),
        Some(key) => Err(de::Error::custom(format!(
            "E0017: one key is enough here, `{key}` is a second one; write a list instead"
        ))),
    }
}

fn data_from_entry<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Data, A::Error> {
    if let Some((name, bytes, big)) = WIDTHS.iter().find(|(name, ..)| *name == key) {
        let value = map.next_value::<Wide>()?.0;
        let width = Width { bytes: *bytes, big_endian: *big };
        encode_int(value, width).map_err(de::Error::custom)?;
        return Ok(Data::Word { key: name, width, value });
    }
    let custom = de::Error::custom;
    match key {
        "text" => Ok(Data::Text { text: map.next_value()?, nul: false }),
        "cstr" => Ok(Data::Text { text: map.next_value()?, nul: true }),
        "hex" => parse_hex(&map.next_value::<String>()?).map(Data::Hex).map_err(custom),
        "zeros" => Ok(Data::Zeros(map.next_value()?)),
        "addr" => AddrRef::parse(&map.next_value::<String>()?).map(Data::Addr).map_err(custom),
        "pid" => Ok(Data::Pid(map.next_value()?)),
        _ => Err(custom(format!(
            "E0005: unknown key `{key}`, expected one of `u8`, `u16`, `u32`, `u64`, `i8`, `i16`, `i32`, `i64`, `be16`, `be32`, `be64`, `text`, `cstr`, `hex`, `zeros`, `addr`, `pid`"
        ))),
    }
}

/// An integer of up to 64 bits, signed or unsigned, also as text.
pub(super) struct Wide(pub(super) i128);

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Wide, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Wide;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer")
            }
            fn visit_i64<E: de::Error>(self, v: i64) -> Result<Wide, E> {
                Ok(Wide(v.into()))
            }
            fn visit_u64<E: de::Error>(self, v: u64) -> Result<Wide, E> {
                Ok(Wide(v.into()))
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<Wide, E> {
                parse_int(v).map(Wide).ok_or_else(|| E::custom(format!("E0009: `{v}` is not a number")))
            }
        }
        d.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Data, D::Error> {
        d.deserialize_any(DataVisitor)
    }
}

pub(super) struct AsScalar(pub(super) i128);

impl Serialize for AsScalar {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        serialize_scalar(&Scalar::Int(self.0), s)
    }
}

pub(super) fn one_entry<S: Serializer, T: Serialize + ?Sized>(
    s: S,
    key: &str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Int(value) if i64::try_from(*value).is_err() => one_entry(s, "u64", &AsScalar(*value)),
            Data::Int(value) => AsScalar(*value).serialize(s),
            Data::Word { key, value, .. } => one_entry(s, key, &AsScalar(*value)),
            Data::Text { text, nul: true } => one_entry(s, "cstr", text),
            Data::Text { text, .. } if text.starts_with("hex:") => one_entry(s, "text", text),
            Data::Text { text, .. } => s.serialize_str(text),
            Data::Hex(bytes) => s.serialize_str(&format!("hex:{}", to_hex(bytes))),
            Data::Zeros(count) => one_entry(s, "zeros", count),
            Data::Addr(place) => one_entry(s, "addr", &place.to_string()),
            Data::Pid(task) => one_entry(s, "pid", task),
            Data::List(pieces) => pieces.serialize(s),
        }
    }
}

fn word_schemas() -> serde_json::Map<String, serde_json::Value> {
    let int = serde_json::json!({ "type": ["integer", "string"] });
    WIDTHS.iter().map(|(name, ..)| ((*name).to_owned(), int.clone())).collect()
}

impl JsonSchema for Data {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Data".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let this = generator.subschema_for::<Data>();
        let mut properties = word_schemas();
        for key in ["text", "cstr", "hex", "addr", "pid"] {
            properties.insert(key.to_owned(), serde_json::json!({ "type": "string" }));
        }
        properties.insert("zeros".to_owned(), serde_json::json!({ "type": "integer", "minimum": 0 }));
        json_schema!({
            "description": "Bytes: an integer (width from where it stands, little endian), text (no NUL), \"hex:dead\", a list of pieces, or a table with one key such as { u32 = 5 }, { be16 = 80 }, { cstr = \"a\" }, { zeros = 8 }, { addr = \"@buf\" }, { pid = \"app\" }.",
            "anyOf": [
                { "type": ["integer", "string", "boolean"] },
                { "type": "array", "items": this },
                { "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Names for Fixed {
        fn addr(&self, place: &AddrRef) -> Result<u64, String> {
            Ok(0x1000u64.wrapping_add_signed(place.offset))
        }
        fn pid(&self, _: &str) -> Result<u32, String> {
            Ok(7)
        }
    }

    fn bytes(toml: &str, width: Option<usize>) -> Result<Vec<u8>, String> {
        #[derive(serde::Deserialize)]
        struct Doc {
            d: Sp<Data>,
        }
        let doc: Doc = toml::from_str(&format!("d = {toml}")).map_err(|e| e.message().to_owned())?;
        doc.d.encode(width, &Fixed)
    }

    #[test]
    fn every_way_to_write_bytes() {
        assert_eq!(bytes("-2", Some(4)).unwrap(), [0xfe, 0xff, 0xff, 0xff]);
        assert_eq!(bytes("'ab'", Some(4)).unwrap(), *b"ab\0\0");
        assert_eq!(bytes("'hex:de ad'", None).unwrap(), [0xde, 0xad]);
        assert_eq!(
            bytes("[{ be16 = 80 }, { u8 = 1 }, 'x', { zeros = 2 }]", None).unwrap(),
            [0, 80, 1, b'x', 0, 0]
        );
        assert_eq!(bytes("{ addr = '@buf+8' }", Some(8)).unwrap(), 0x1008u64.to_le_bytes());
        assert_eq!(bytes("{ pid = 'app' }", None).unwrap(), [7, 0, 0, 0]);
        assert_eq!(bytes("{ u64 = '0xffffffffffffffff' }", None).unwrap(), [0xff; 8]);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (text, width, part) in [
            ("300", Some(1), "does not fit"),
            ("5", None, "width of this integer"),
            ("'abcdef'", Some(4), "only 4 fit"),
            ("{ u8 = 256 }", None, "does not fit"),
            ("{ u9 = 1 }", None, "unknown key `u9`"),
            ("{ u8 = 1, u16 = 2 }", None, "second one"),
            ("'hex:f'", None, "odd number"),
        ] {
            let error = bytes(text, width).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn widths_of_gigabytes_are_checked_without_the_bytes() {
        let wide = Some(usize::MAX / 16);
        for data in [Data::Int(-1), Data::Zeros(3), Data::Text { text: "abc".to_owned(), nul: true }] {
            assert_eq!(data.check(wide, &Fixed), Ok(()));
        }
        for (data, width) in [(Data::Int(300), 1), (Data::Zeros(9), 8), (Data::Hex(vec![1; 3]), 2)] {
            assert_eq!(data.check(Some(width), &Fixed), data.encode(Some(width), &Fixed).map(drop));
            assert!(data.check(Some(width), &Fixed).is_err());
        }
    }

    #[test]
    fn references_to_memory() {
        assert_eq!(AddrRef::parse("@app.buf-0x10").unwrap().offset, -16);
        assert_eq!(AddrRef::parse("@my-buf").unwrap().region, "my-buf");
        assert_eq!(AddrRef::parse("@my-buf+8").unwrap().to_string(), "@my-buf+8");
        assert!(AddrRef::parse("@").is_err() && AddrRef::parse("@.x").is_err());
    }
}
