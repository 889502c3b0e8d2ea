//! The protobuf wire format, as far as writing needs it: numbers and length-delimited fields, in the order written.

/// A message under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A string field; empty ones are left out, as proto3 does.
    pub(super) fn text(mut self, field: u32, text: &str) -> Self {
        if !text.is_empty() {
            self.delimited(field, text.as_bytes());
        }
        self
    }

    /// A message field, even when empty.
    pub(super) fn message(mut self, field: u32, message: &Self) -> Self {
        self.delimited(field, &message.0);
        self
    }

    /// An enum, integer or boolean field; zero is left out.
    pub(super) fn number(mut self, field: u32, number: u64) -> Self {
        if number != 0 {
            self.varint(u64::from(field) << 3);
            self.varint(number);
        }
        self
    }

    /// A packed list of enums.
    pub(super) fn packed(mut self, field: u32, numbers: &[u64]) -> Self {
        let mut list = Self::default();
        for number in numbers {
            list.varint(*number);
        }
        if !numbers.is_empty() {
            self.delimited(field, &list.0);
        }
        self
    }

    /// A string field of a choice, even when empty.
    pub(super) fn required_text(mut self, field: u32, text: &str) -> Self {
        self.delimited(field, text.as_bytes());
        self
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn delimited(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push((number & 0x7f) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn fields_are_encoded_as_the_specification_shows() {
        // The examples of the protobuf encoding guide.
        assert_eq!(
            Message::default().number(1, 150).bytes(),
            [0x08, 0x96, 0x01]
        );
        let text = Message::default().text(2, "testing");
        assert_eq!(text.bytes(), [&[0x12, 0x07][..], b"testing"].concat());
        let inner = Message::default().number(1, 150);
        assert_eq!(
            Message::default().message(3, &inner).bytes(),
            [0x1a, 0x03, 0x08, 0x96, 0x01]
        );
        assert_eq!(
            Message::default().packed(6, &[3, 270, 86942]).bytes(),
            [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]
        );
    }
}
