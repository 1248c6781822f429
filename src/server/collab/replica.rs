//! One document's CRDT: the text named `text` and the map named `pins`.
//!
//! Browsers count in UTF-16 and use 32-bit client ids; so does this. The library behind it has paths that panic on strange
//! updates, so every update is applied behind a net: after a fault the replica is worth nothing and must be built anew.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use yrs::{
    Any, ClientID, Doc, GetString, IdSet, Map, MapRef, OffsetKind, Options, Out, ReadTxn, StateVector, Text, TextRef, Transact,
    TransactionMut, Update, updates::decoder::Decode, updates::encoder::Encode,
};

use crate::{
    domain::scene::pins::AllPins,
    server::collab::{difference::Replacement, lib0::Reader, outline::Outline},
};

/// Bytes of a state vector that say: nothing.
const NOTHING: [u8; 1] = [0];

/// An update that the CRDT can't take: the position of the bytes among those given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("update {at} can't be applied")]
pub struct Fault {
    pub at: usize,
}

/// What applying some updates together did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// One update that says the same as all of them, for other replicas; what still waits for its ground is not in it.
    pub merged: Vec<u8>,
    /// For each update, whether it brought anything new.
    pub new: Vec<bool>,
}

/// What a replica shows and knows. Two that are equal say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    known: StateVector,
    text: String,
    pins: BTreeMap<String, String>,
}

/// How far a replica has read each client, and will have when some updates more are applied.
#[derive(Clone, Debug)]
pub struct Known {
    known: StateVector,
    ahead: BTreeMap<u32, u32>,
}

impl Known {
    /// The next clock of a client.
    pub fn next(&self, client: u32) -> u32 {
        let ahead = self.ahead.get(&client).copied().unwrap_or_default();
        self.known.get(&ClientID::new(u64::from(client))).max(ahead)
    }

    /// Counts on an update that is going to be applied.
    pub fn expect(&mut self, outline: &Outline) {
        self.ahead.extend(outline.writes.iter().map(|(client, (_, end))| (*client, *end)));
    }
}

/// The two whole numbers of a place.
fn place(value: &Out) -> Option<(i32, i32)> {
    let Out::Any(Any::Array(parts)) = value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of pictures")]
    let number = |part: &Any| match part {
        Any::Number(number) => number.as_f64().filter(|number| number.is_finite()).map(|number| number.round().clamp(-1e6, 1e6) as i32),
        _ => None,
    };
    match parts.as_ref() {
        [x, y] => Some((number(x)?, number(y)?)),
        _ => None,
    }
}

/// A document as the CRDT library holds it.
pub struct Replica {
    doc: Doc,
    text: TextRef,
    pins: MapRef,
}

impl Replica {
    /// An empty document whose own changes are written under a client id.
    pub fn new(client: u32) -> Self {
        let doc = document(client);
        let (text, pins) = (doc.get_or_insert_text("text"), doc.get_or_insert_map("pins"));
        Self { doc, text, pins }
    }

    /// The id its own changes are written under.
    pub fn client(&self) -> u32 {
        u32::try_from(self.doc.client_id().get()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Places of elements by `view/element`, in px. What is no pair of numbers is left out.
    pub fn pins(&self) -> AllPins {
        let txn = self.doc.transact();
        self.pins.iter(&txn).filter_map(|(name, value)| Some((name.to_owned(), place(&value)?))).collect()
    }

    /// What it shows and knows, to compare with another replica.
    pub fn likeness(&self) -> Likeness {
        let txn = self.doc.transact();
        let pins = self.pins.iter(&txn).map(|(key, value)| (key.to_owned(), value.to_string(&txn))).collect();
        Likeness { known: txn.state_vector(), text: self.text.get_string(&txn), pins }
    }

    /// How far it has read each client.
    pub fn known(&self) -> Known {
        Known { known: self.doc.transact().state_vector(), ahead: BTreeMap::new() }
    }

    /// What this replica has, for others to tell what it lacks.
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// Whether something waits for an update that has not come.
    pub fn waits(&self) -> bool {
        self.doc.transact().has_missing_updates()
    }

    /// Everything, with what still waits.
    pub fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What somebody with this state vector lacks; none when the bytes are no state vector.
    pub fn missing(&self, state_vector: &[u8]) -> Option<Vec<u8>> {
        if state_vector == NOTHING {
            return Some(self.state());
        }
        // An entry is at least two bytes; the count is not believed without them.
        let mut reader = Reader::new(state_vector);
        let count = reader.small()?;
        for _ in 0..count {
            reader.small()?;
            reader.small()?;
        }
        if !reader.is_empty() {
            return None;
        }
        let theirs = StateVector::decode_v1(state_vector).ok()?;
        catch_unwind(AssertUnwindSafe(|| self.doc.transact().encode_state_as_update_v1(&theirs))).ok()
    }

    /// Applies updates as one step.
    ///
    /// # Errors
    /// The first update that is at fault. The replica may then hold parts of it and has to be thrown away.
    pub fn apply<'a>(&self, updates: impl IntoIterator<Item = &'a [u8]>) -> Result<Applied, Fault> {
        let mut txn = self.doc.transact_mut();
        let mut new = Vec::new();
        let mut size = change(&txn);
        for (at, bytes) in updates.into_iter().enumerate() {
            let step = AssertUnwindSafe(|| Update::decode_v1(bytes).is_ok_and(|update| txn.apply_update(update).is_ok()));
            let applied = catch_unwind(step).unwrap_or(false);
            if !applied {
                // Ending the step of a broken document may fail as well.
                let _ = catch_unwind(AssertUnwindSafe(move || drop(txn)));
                return Err(Fault { at });
            }
            let now = change(&txn);
            new.push(now != size);
            size = now;
        }
        let end = AssertUnwindSafe(move || {
            let merged = txn.encode_update_v1();
            drop(txn);
            merged
        });
        let at = new.len().saturating_sub(1);
        catch_unwind(end).map(|merged| Applied { merged, new }).map_err(|_| Fault { at })
    }

    /// Replaces parts of the text, given in order and in UTF-16 units of the text as it is; the update that says so.
    pub fn edit(&self, replacements: &[Replacement]) -> Vec<u8> {
        let mut txn = self.doc.transact_mut();
        for replacement in replacements.iter().rev() {
            if replacement.length > 0 {
                self.text.remove_range(&mut txn, replacement.start, replacement.length);
            }
            if !replacement.text.is_empty() {
                self.text.insert(&mut txn, replacement.start, &replacement.text);
            }
        }
        txn.encode_update_v1()
    }

    /// Puts elements where an import says they lie: `view/element`, and px.
    pub fn place(&self, pins: &AllPins) {
        let mut txn = self.doc.transact_mut();
        for (name, (x, y)) in pins {
            if let Ok(value) = Any::from_json(&format!("[{x},{y}]")) {
                self.pins.insert(&mut txn, name.as_str(), value);
            }
        }
    }
}

/// How much a step has changed so far, and whether something waits.
fn change(txn: &TransactionMut<'_>) -> (u64, u64, bool) {
    (clocks(txn.insert_set()), clocks(txn.delete_set()), txn.has_missing_updates())
}

fn clocks(set: &IdSet) -> u64 {
    set.iter().flat_map(|(_, ranges)| ranges.iter()).map(|range| u64::from(range.end - range.start)).sum()
}

/// A document of the library with the settings that browsers need.
pub fn document(client: u32) -> Doc {
    let options = Options::with_client_id(ClientID::new(u64::from(client)));
    Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..options })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::collab::difference;

    fn typed(client: u32, text: &str) -> (Replica, Vec<u8>) {
        let replica = Replica::new(client);
        let update = replica.edit(&[Replacement { start: 0, length: 0, text: text.to_owned() }]);
        (replica, update)
    }

    #[test]
    fn updates_in_one_step_merge_and_known_ones_are_not_new() {
        let (_, first) = typed(1, "Hello ");
        let (_, second) = typed(2, "😀");
        let replica = Replica::new(3);
        let applied = replica.apply([&first[..], &second, &first]).unwrap();
        assert_eq!(applied.new, [true, true, false]);
        let other = Replica::new(4);
        other.apply([applied.merged.as_slice()]).unwrap();
        assert_eq!(replica.likeness(), other.likeness());
        assert_eq!(replica.text().encode_utf16().count(), 8);
        let loaded = Replica::new(5);
        loaded.apply([replica.state().as_slice()]).unwrap();
        assert_eq!(loaded.likeness(), replica.likeness());
    }

    #[test]
    fn what_lacks_its_ground_waits_and_is_kept() {
        let (author, first) = typed(1, "one");
        let second = author.edit(&[Replacement { start: 3, length: 0, text: " two".to_owned() }]);
        let replica = Replica::new(2);
        let early = replica.apply([&second[..]]).unwrap();
        assert_eq!((replica.text().as_str(), replica.waits(), early.new), ("", true, vec![true]));
        let copy = Replica::new(3);
        copy.apply([replica.state().as_slice()]).unwrap();
        assert!(copy.waits());
        replica.apply([&first[..]]).unwrap();
        assert_eq!((replica.text().as_str(), replica.waits()), ("one two", false));
    }

    #[test]
    fn state_vectors_that_lie_are_refused() {
        let (replica, _) = typed(1, "x");
        assert!(replica.missing(&[0xff, 0xff, 0xff, 0xff, 7]).is_none());
        assert!(replica.missing(&[]).is_none());
        assert_eq!(replica.missing(&[0]), Some(replica.state()));
        assert_eq!(replica.missing(&replica.state_vector()), Some(vec![0, 0]));
    }

    #[test]
    fn bytes_that_are_no_update_are_a_fault() {
        let (_, good) = typed(1, "x");
        assert_eq!(Replica::new(2).apply([&good[..], &[1, 2, 3]]), Err(Fault { at: 1 }));
    }

    #[test]
    fn edits_count_in_utf16() {
        let (replica, _) = typed(1, "a😀b😀c");
        let edits = difference::between("a😀b😀c", "a😀x😀😀c");
        replica.edit(&edits);
        assert_eq!(replica.text(), "a😀x😀😀c");
    }
}
