//! Just enough of the protocol-buffer wire format to write a trace: varints, length-delimited fields, nesting.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A message under construction.
#[derive(Clone, Debug, Default)]
pub struct Message {
    bytes: Vec<u8>,
}

const VARINT: u64 = 0;
const LENGTH_DELIMITED: u64 = 2;

impl Message {
    /// The encoded bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn key(&mut self, field: u32, wire_type: u64) {
        self.varint(u64::from(field) << 3 | wire_type);
    }

    /// `uint64`, `uint32`, enum or bool field.
    #[must_use]
    pub fn uint(mut self, field: u32, value: u64) -> Message {
        self.key(field, VARINT);
        self.varint(value);
        self
    }

    /// `int64` field: two's complement in ten bytes when negative.
    #[must_use]
    pub fn int(self, field: u32, value: i64) -> Message {
        self.uint(field, value as u64)
    }

    /// `string` or `bytes` field.
    #[must_use]
    pub fn bytes(mut self, field: u32, value: &[u8]) -> Message {
        self.key(field, LENGTH_DELIMITED);
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
        self
    }

    /// `string` field.
    #[must_use]
    pub fn text(self, field: u32, value: &str) -> Message {
        self.bytes(field, value.as_bytes())
    }

    /// A nested message.
    #[must_use]
    pub fn message(self, field: u32, value: Message) -> Message {
        self.bytes(field, &value.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn encodes_as_the_specification_shows() {
        // The examples of the encoding guide.
        assert_eq!(Message::default().uint(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(Message::default().text(2, "testing").into_bytes(), *b"\x12\x07testing");
        let nested = Message::default().message(3, Message::default().uint(1, 150));
        assert_eq!(nested.into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(Message::default().int(1, -2).into_bytes().len(), 11);
    }
}
