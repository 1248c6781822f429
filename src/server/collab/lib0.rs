//! Numbers and byte strings as the CRDT's encoding writes them: seven bits a byte, low bits first.

/// Reads from the front of some bytes. Every step may find the bytes at fault, and nothing is allocated on their word.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes that are left.
    pub const fn left(&self) -> usize {
        self.rest.len()
    }

    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A number below 2^53, the largest that browsers count to.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return (number < 1 << 53).then_some(number);
            }
        }
        None
    }

    /// A number that fits 32 bits: a client, a clock, a length.
    pub fn small(&mut self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    /// A signed number as rich values hold it; only its length matters here.
    pub fn skip_signed(&mut self) -> Option<()> {
        for _ in 0..10 {
            if self.byte()? < 0x80 {
                return Some(());
            }
        }
        None
    }

    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// Bytes with their length in front.
    pub fn buffer(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }

    /// UTF-8 with its length in front.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.buffer()?).ok()
    }
}

/// Appends a number.
pub fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        to.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    to.push(u8::try_from(number).unwrap_or_default());
}

/// Appends bytes with their length in front.
pub fn put_buffer(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), (1 << 53) - 1] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, number);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.number(), Some(number));
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn broken_bytes_are_no_numbers() {
        assert_eq!(Reader::new(&[]).number(), None);
        assert_eq!(Reader::new(&[0x80]).number(), None);
        assert_eq!(Reader::new(&[0xff; 11]).number(), None);
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x1f]).small(), None);
        assert_eq!(Reader::new(&[5, 1, 2]).buffer(), None);
        assert_eq!(Reader::new(&[2, 0xff, 0xfe]).text(), None);
    }
}
