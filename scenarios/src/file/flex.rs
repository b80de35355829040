//! Containers that may be written in a short or a long way: [`OneOrMany`] (a value or a list of them) and [`Expect`]
//! (exactly this, a range, or one value per kernel). Neighbour: `scalar` has the leaf values.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::scalar::{FromScalar, Kernel, Scalar};
use super::span::Sp;

/// One value or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(value) => std::slice::from_ref(value),
            OneOrMany::Many(values) => values,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

/// The value or list without its place; [`OneOrMany`] adds it, because a lone value is read through a visitor that no
/// longer knows where it stands.
enum Bare<T> {
    One(T),
    Many(Vec<Sp<T>>),
}

struct BareVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for BareVisitor<T> {
    type Value = Bare<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or a list")
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        T::deserialize(v.into_deserializer()).map(Bare::One)
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        T::deserialize(v.into_deserializer()).map(Bare::One)
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        T::deserialize(v.into_deserializer()).map(Bare::One)
    }
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        T::deserialize(v.into_deserializer()).map(Bare::One)
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        T::deserialize(v.into_deserializer()).map(Bare::One)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Bare::One)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Bare::Many)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Bare<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(BareVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<Sp<T>> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bare = Sp::<Bare<T>>::deserialize(d)?;
        Ok(match bare.value {
            Bare::One(value) => OneOrMany::One(Sp::new(value, bare.span)),
            Bare::Many(values) => OneOrMany::Many(values),
        })
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            OneOrMany::One(value) => value.serialize(s),
            OneOrMany::Many(values) => values.serialize(s),
        }
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// What a value is expected to be: exactly this, within a range, or a value per kernel profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect<T> {
    Exactly(T),
    Between { min: Option<T>, max: Option<T> },
    PerKernel(BTreeMap<Kernel, Expect<T>>),
}

impl<T: PartialOrd + fmt::Display> Expect<T> {
    /// Whether `actual` is as expected on `kernel`; a profile that is not listed expects nothing.
    pub fn accepts(&self, kernel: Kernel, actual: &T) -> bool {
        match self {
            Expect::Exactly(value) => value == actual,
            Expect::Between { min, max } => {
                min.as_ref().is_none_or(|min| min <= actual) && max.as_ref().is_none_or(|max| actual <= max)
            }
            Expect::PerKernel(map) => map.get(&kernel).is_none_or(|expect| expect.accepts(kernel, actual)),
        }
    }

    /// What is expected on `kernel`, in words.
    pub fn describe(&self, kernel: Kernel) -> String {
        match self {
            Expect::Exactly(value) => value.to_string(),
            Expect::Between { min: Some(min), max: Some(max) } => format!("between {min} and {max}"),
            Expect::Between { min: Some(min), .. } => format!("at least {min}"),
            Expect::Between { max: Some(max), .. } => format!("at most {max}"),
            Expect::Between { .. } => "anything".to_owned(),
            Expect::PerKernel(map) => map.get(&kernel).map_or("anything".to_owned(), |e| e.describe(kernel)),
        }
    }
}

struct ExpectVisitor<T>(PhantomData<T>);

impl<'de, T: FromScalar + Deserialize<'de>> Visitor<'de> for ExpectVisitor<T> {
    type Value = Expect<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, a range {{ min, max }}, or one value per kernel", T::WANTED)
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        T::from_scalar(Scalar::Int(v.into())).map(Expect::Exactly).map_err(E::custom)
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        T::from_scalar(Scalar::Int(v.into())).map(Expect::Exactly).map_err(E::custom)
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        T::from_scalar(Scalar::Text(v.to_owned())).map(Expect::Exactly).map_err(E::custom)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut min, mut max, mut kernels) = (None, None, BTreeMap::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "min" => min = Some(map.next_value()?),
                "max" => max = Some(map.next_value()?),
                name => {
                    let kernel = name.parse().map_err(|_| {
                        de::Error::custom(format!(
                            "E0005: unknown key `{name}`, expected `min`, `max` or a kernel such as \"6.12\""
                        ))
                    })?;
                    kernels.insert(kernel, map.next_value()?);
                }
            }
        }
        match (kernels.is_empty(), min.is_some() || max.is_some()) {
            (true, true) => Ok(Expect::Between { min, max }),
            (false, false) => Ok(Expect::PerKernel(kernels)),
            _ => {
                Err(de::Error::custom("E0017: give either `min`/`max` or kernels, and at least one of them"))
            }
        }
    }
}

impl<'de, T: FromScalar + Deserialize<'de>> Deserialize<'de> for Expect<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(ExpectVisitor(PhantomData))
    }
}

impl<T: FromScalar + Serialize> Serialize for Expect<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Expect::Exactly(value) => value.serialize(s),
            Expect::Between { min, max } => {
                let mut map = s.serialize_map(None)?;
                for (key, bound) in [("min", min), ("max", max)] {
                    if let Some(bound) = bound {
                        map.serialize_entry(key, bound)?;
                    }
                }
                map.end()
            }
            Expect::PerKernel(kernels) => {
                s.collect_map(kernels.iter().map(|(kernel, expect)| (kernel.name(), expect)))
            }
        }
    }
}

impl<T: FromScalar + JsonSchema> JsonSchema for Expect<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Expect{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let leaf = generator.subschema_for::<T>();
        let range = json_schema!({
            "type": "object",
            "properties": { "min": leaf, "max": leaf },
            "additionalProperties": false,
            "minProperties": 1
        });
        json_schema!({
            "description": "Exactly this, a range, or one per kernel profile.",
            "anyOf": [
                leaf,
                range,
                {
                    "type": "object",
                    "patternProperties": { "^(5\\.10|6\\.1|6\\.12|7\\.2)$": { "anyOf": [leaf, range] } },
                    "additionalProperties": false,
                    "minProperties": 1
                }
            ]
        })
    }
}
