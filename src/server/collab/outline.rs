//! The outline of an update, read from its bytes before the CRDT sees them.
//!
//! The CRDT trusts the counts in an update and was made for friendly peers. Here every count is checked against the bytes
//! that are there, every length against 32 bits, every nesting against a bound, and what the browsers' side can't read, or
//! a document here never holds, is refused: documents inside documents, shared types inside shared types. What is left is
//! who wrote which clocks, and on what the update builds.

use std::collections::BTreeMap;

use crate::server::collab::{closing::Closing, lib0::Reader};

/// Pieces of one update: runs of typing and ranges of deletion.
const MAX_PIECES: usize = 200_000;
/// Levels of arrays and maps inside a value.
const MAX_DEPTH: usize = 64;
/// The highest clock of a client: 2^31 characters.
const MAX_CLOCK: u32 = i32::MAX.unsigned_abs();

/// What an update says without being applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// By client: the first clock it writes, and the one after the last.
    pub writes: BTreeMap<u32, (u32, u32)>,
    /// By client: the one after the highest clock it builds on or deletes.
    pub needs: BTreeMap<u32, u32>,
    /// Whether parts of a client's writing are left out.
    gaps: bool,
    pieces: usize,
}

impl Outline {
    /// Reads an update in its first encoding.
    ///
    /// # Errors
    /// Always `Malformed` or `TooLarge`.
    pub fn read(update: &[u8]) -> Result<Self, Closing> {
        let mut outline = Self::default();
        let mut reader = Reader::new(update);
        let whole = outline.structs(&mut reader).and_then(|()| outline.deletions(&mut reader));
        match whole {
            Some(()) if reader.is_empty() => Ok(outline),
            _ if outline.pieces > MAX_PIECES => Err(Closing::TooLarge),
            _ => Err(Closing::Malformed("an update that can't be read")),
        }
    }

    /// Whether it neither writes nor deletes anything.
    pub const fn is_empty(&self) -> bool {
        self.pieces == 0
    }

    /// Whether it builds on something a replica does not have, whose next clocks `known` tells.
    pub fn lacks(&self, known: impl Fn(u32) -> u32) -> bool {
        let written = |client: u32| self.writes.get(&client).map_or(0, |(_, end)| *end);
        self.gaps
            || self.writes.iter().any(|(client, (start, _))| *start > known(*client))
            || self.needs.iter().any(|(client, end)| *end > known(*client).max(written(*client)))
    }

    /// Clients whose writing is new to a replica.
    pub fn authors(&self, known: impl Fn(u32) -> u32) -> Vec<u32> {
        self.writes.iter().filter(|(client, (_, end))| *end > known(**client)).map(|(client, _)| *client).collect()
    }

    fn piece(&mut self) -> Option<()> {
        self.pieces += 1;
        (self.pieces <= MAX_PIECES).then_some(())
    }

    fn need(&mut self, client: u32, end: u32) {
        let needed = self.needs.entry(client).or_default();
        *needed = end.max(*needed);
    }

    fn structs(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let clients = reader.small()?;
        for _ in 0..clients {
            let count = reader.small()?;
            // A struct is at least two bytes.
            if count == 0 || count as usize > reader.left() {
                return None;
            }
            let client = reader.small()?;
            let start = reader.small()?;
            let mut clock = start;
            let mut first = None;
            for _ in 0..count {
                self.piece()?;
                let (length, is_skip) = self.one(reader)?;
                if is_skip {
                    self.gaps |= first.is_some();
                } else {
                    first = first.or(Some(clock));
                }
                clock = clock.checked_add(length).filter(|clock| *clock <= MAX_CLOCK)?;
            }
            if let Some(first) = first
                && self.writes.insert(client, (first, clock)).is_some()
            {
                // One client twice: no encoder does that.
                return None;
            }
        }
        Some(())
    }

    /// One struct's length in clocks, and whether it only leaves a gap.
    fn one(&mut self, reader: &mut Reader<'_>) -> Option<(u32, bool)> {
        let info = reader.byte()?;
        let kind = info & 0x1f;
        if kind == 0 || kind == 10 {
            let length = reader.small()?;
            return (info == kind && length > 0).then_some((length, kind == 10));
        }
        for bit in [0x80, 0x40] {
            if info & bit != 0 {
                let (client, clock) = (reader.small()?, reader.small()?);
                self.need(client, clock.checked_add(1)?);
            }
        }
        if info & 0xc0 == 0 {
            match reader.number()? {
                1 => drop(reader.text()?),
                0 => {
                    let (client, clock) = (reader.small()?, reader.small()?);
                    self.need(client, clock.checked_add(1)?);
                }
                _ => return None,
            }
            if info & 0x20 != 0 {
                reader.text()?;
            }
        }
        let length = match kind {
            // Deleted content.
            1 => reader.small()?,
            // JSON values, an older encoding.
            2 => {
                let count = reader.small()?;
                for _ in 0..count {
                    reader.text()?;
                }
                count
            }
            // Bytes.
            3 => {
                reader.buffer()?;
                1
            }
            // Text, counted in UTF-16 units.
            4 => u32::try_from(reader.text()?.encode_utf16().count()).ok()?,
            // An embedded value.
            5 => {
                reader.text()?;
                1
            }
            // A format: key and value.
            6 => {
                reader.text()?;
                reader.text()?;
                1
            }
            // Values.
            8 => {
                let count = reader.small()?;
                for _ in 0..count {
                    value(reader, MAX_DEPTH)?;
                }
                count
            }
            _ => return None,
        };
        (length > 0).then_some((length, false))
    }

    fn deletions(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let clients = reader.small()?;
        for _ in 0..clients {
            let client = reader.small()?;
            let ranges = reader.small()?;
            for _ in 0..ranges {
                self.piece()?;
                let start = reader.small()?;
                let end = start.checked_add(reader.small()?).filter(|end| *end <= MAX_CLOCK)?;
                self.need(client, end);
            }
        }
        Some(())
    }
}

/// Passes over one value.
fn value(reader: &mut Reader<'_>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match reader.byte()? {
        120 | 121 | 126 | 127 => {}
        125 => reader.skip_signed()?,
        124 => drop(reader.take(4)?),
        122 | 123 => drop(reader.take(8)?),
        119 => drop(reader.text()?),
        118 => {
            let count = reader.small()?;
            for _ in 0..count {
                reader.text()?;
                value(reader, depth)?;
            }
        }
        117 => {
            let count = reader.small()?;
            for _ in 0..count {
                value(reader, depth)?;
            }
        }
        116 => drop(reader.buffer()?),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use yrs::{Any, Map, Text, Transact};

    use super::*;
    use crate::server::collab::replica;

    fn typed() -> Vec<u8> {
        let doc = replica::document(7);
        let (text, pins) = (doc.get_or_insert_text("text"), doc.get_or_insert_map("pins"));
        let mut txn = doc.transact_mut();
        text.insert(&mut txn, 0, "a😀b");
        text.insert(&mut txn, 1, "née");
        text.remove_range(&mut txn, 0, 1);
        pins.insert(&mut txn, "shop", Any::from_json(r#"{"x":[1,2.5,null,true,"a"],"y":{"z":-3}}"#).unwrap());
        txn.encode_update_v1()
    }

    #[test]
    fn an_update_names_its_clocks() {
        let outline = Outline::read(&typed()).unwrap();
        assert_eq!(outline.writes, BTreeMap::from([(7, (0, 8))]));
        assert!(!outline.lacks(|_| 0) && !outline.is_empty());
        assert_eq!(outline.authors(|_| 0), [7]);
        assert!(outline.authors(|_| 8).is_empty());
        assert!(Outline::read(&[0, 0]).unwrap().is_empty());
    }

    #[test]
    fn an_update_that_builds_on_something_unseen_says_so() {
        // One character of client 1 at clock 0 after clock 4 of client 9.
        let outline = Outline::read(&[1, 1, 1, 0, 0x84, 9, 4, 1, b'x', 0]).unwrap();
        assert!(outline.lacks(|_| 0));
        assert!(!outline.lacks(|client| if client == 9 { 5 } else { 0 }));
        // A deletion of what is not there.
        assert!(Outline::read(&[0, 1, 9, 1, 0, 5]).unwrap().lacks(|_| 4));
    }

    #[test]
    fn hostile_updates_are_refused_from_their_bytes() {
        let nested = [&[1, 1, 9, 0, 0x08, 1, 1, b't', 1][..], &[117, 1].repeat(5000), &[126, 0]].concat();
        let cases: [&[u8]; 14] = [
            &[],
            &[1],
            &[1, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
            &[0, 1, 5, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
            // A deleted stretch of 2^31.
            &[1, 1, 5, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0],
            // A client id of 53 bits, which would be cut to another one.
            &[1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 4, 1, 1, b't', 1, b'x', 0],
            // Unknown content, a document inside, a shared type inside, text that is no UTF-8, an empty text.
            &[1, 1, 5, 0, 31, 1, 1, b't', 0],
            &[1, 1, 5, 0, 9, 1, 1, b't', 1, b'g', 118, 0, 0],
            &[1, 1, 5, 0, 7, 1, 1, b't', 1, 0],
            &[1, 1, 5, 0, 4, 1, 1, b't', 2, 0xff, 0xfe, 0],
            &[1, 1, 5, 0, 4, 1, 1, b't', 0, 0],
            // Bytes behind the end.
            &[0, 0, 0],
            &nested,
        ];
        for bytes in cases {
            assert_eq!(Outline::read(bytes).unwrap_err().code(), 1007, "{:?}", bytes.get(..20).unwrap_or(bytes));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Outline::read(&bytes);
        }

        #[test]
        fn what_is_let_through_is_applied_or_refused_without_a_fault(at in 0_usize..60, to: u8, cut in 0_usize..60) {
            let mut bytes = typed();
            if let Some(byte) = bytes.get_mut(at) {
                *byte = to;
            }
            bytes.truncate(bytes.len() - cut.min(bytes.len()) / 8);
            if Outline::read(&bytes).is_ok() {
                let replica = replica::Replica::new(1);
                let _ = replica.apply([bytes.as_slice()]);
                let _ = replica.text();
            }
        }
    }
}
