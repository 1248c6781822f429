//! Who is here and where their caret is. The server owns the table: who somebody is comes from their session, whatever
//! their client says, and nobody speaks for another connection.
//!
//! A presence goes out with the server's own count per client, which only grows: after a return from a broken line the
//! others see a person again, even if their client began to count anew.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tokio::time::{Duration, Instant};

use crate::{
    domain::id::UserId,
    server::collab::{closing::Closing, frame::State},
};

/// Bytes of one presence.
const MAX_STATE: usize = 2048;
/// How long the count of somebody who left is remembered.
const MEMORY: Duration = Duration::from_mins(1);
/// Colours that the pages have for people.
const COLOURS: usize = 6;

/// Somebody at one end of a connection, as their session says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub user: UserId,
    pub name: String,
}

#[derive(Debug)]
struct Here {
    connection: u64,
    clock: u32,
    /// None after a goodbye on a connection that stays open.
    state: Option<String>,
}

/// The table of one document.
#[derive(Debug, Default)]
pub struct Presence {
    here: BTreeMap<u32, Here>,
    /// The client that a connection speaks for: the first it named.
    bound: BTreeMap<u64, u32>,
    people: BTreeMap<u64, UserId>,
    gone: BTreeMap<u32, (u32, Instant)>,
    /// By order of joining, for the room's life.
    colours: BTreeMap<UserId, usize>,
    changed: BTreeSet<u32>,
}

impl Presence {
    /// Takes what a connection says of itself. What it says of others is passed over: clients repeat what they heard.
    ///
    /// # Errors
    /// The way to close the connection: a state that is too large, or neither a JSON object nor `null`.
    pub fn hear(&mut self, connection: u64, who: &Who, states: &[State], now: Instant) -> Result<(), Closing> {
        for state in states {
            if !self.may_speak(connection, who, state.client) {
                continue;
            }
            if state.json.len() > MAX_STATE {
                return Err(Closing::TooLarge);
            }
            let value = serde_json::from_str(&state.json).map_err(|_| Closing::Malformed("presence that is no JSON"))?;
            match value {
                Value::Null => self.leave_seat(state.client, now),
                Value::Object(fields) => self.sit(connection, who, state.client, state.clock, fields, now),
                _ => return Err(Closing::Malformed("presence that is no object")),
            }
        }
        Ok(())
    }

    /// A connection speaks for the first client it names, unless somebody else's does. One's own older connection gives
    /// way: it is the one whose line broke.
    fn may_speak(&mut self, connection: u64, who: &Who, client: u32) -> bool {
        match self.bound.get(&connection) {
            Some(bound) => *bound == client,
            None => match self.here.get(&client).map(|here| here.connection) {
                Some(other) if self.people.get(&other) != Some(&who.user) => false,
                Some(other) => {
                    self.bound.remove(&other);
                    true
                }
                None => true,
            },
        }
    }

    fn sit(&mut self, connection: u64, who: &Who, client: u32, clock: u32, mut fields: Map<String, Value>, now: Instant) {
        let joined = self.colours.len();
        let colour = *self.colours.entry(who.user).or_insert(joined) % COLOURS + 1;
        let user = json!({ "id": who.user.to_string(), "name": who.name, "colour": colour });
        // The client learns who it is from its own presence, in a count above its own.
        let corrected = fields.insert("user".to_owned(), user.clone()).as_ref() != Some(&user);
        self.gone.retain(|_, (_, at)| now.duration_since(*at) < MEMORY);
        let last = self.here.get(&client).map(|here| here.clock).or(self.gone.remove(&client).map(|(clock, _)| clock));
        let clock = last.map_or(0, |last| last.saturating_add(1)).max(clock.saturating_add(u32::from(corrected)));
        self.bound.insert(connection, client);
        self.people.insert(connection, who.user);
        self.here.insert(client, Here { connection, clock, state: Some(Value::Object(fields).to_string()) });
        self.changed.insert(client);
    }

    fn leave_seat(&mut self, client: u32, now: Instant) {
        if let Some(here) = self.here.get_mut(&client)
            && here.state.take().is_some()
        {
            here.clock = here.clock.saturating_add(1);
            self.gone.insert(client, (here.clock, now));
            self.changed.insert(client);
        }
    }

    /// Ends a connection: the others hear of it with the next [`Presence::news`].
    pub fn leave(&mut self, connection: u64, now: Instant) {
        self.people.remove(&connection);
        let Some(client) = self.bound.remove(&connection) else { return };
        if self.here.get(&client).is_some_and(|here| here.connection == connection) {
            self.leave_seat(client, now);
            self.here.remove(&client);
        }
    }

    /// Whether anything changed since the last [`Presence::news`].
    pub fn has_news(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What changed, to tell everybody.
    pub fn news(&mut self) -> Vec<State> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().filter_map(|client| self.state(client)).collect()
    }

    /// Everybody who is here, for somebody who comes.
    pub fn everybody(&self) -> Vec<State> {
        self.here.iter().filter(|(_, here)| here.state.is_some()).filter_map(|(client, _)| self.state(*client)).collect()
    }

    fn state(&self, client: u32) -> Option<State> {
        let left = || self.gone.get(&client).map(|(clock, _)| State { client, clock: *clock, json: "null".to_owned() });
        let Some(here) = self.here.get(&client) else { return left() };
        Some(State { client, clock: here.clock, json: here.state.clone().unwrap_or_else(|| "null".to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(n: u128) -> Who {
        Who { user: UserId::from_uuid(uuid::Uuid::from_u128(n)), name: format!("Person {n}") }
    }

    fn says(client: u32, clock: u32, json: &str) -> Vec<State> {
        vec![State { client, clock, json: json.to_owned() }]
    }

    #[test]
    fn the_server_says_who_somebody_is() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.hear(1, &who(1), &says(10, 4, r#"{"user":{"id":"boss","name":"Boss"},"cursor":{"head":3}}"#), now).unwrap();
        let news = presence.news();
        assert_eq!(news.len(), 1);
        let state: Value = serde_json::from_str(&news[0].json).unwrap();
        assert_eq!(state["user"]["name"], "Person 1");
        assert_eq!(state["user"]["colour"], 1);
        assert_eq!(state["cursor"]["head"], 3);
        // Above the client's own count, so that it takes over who it is.
        assert_eq!(news[0].clock, 5);
        assert!(!presence.has_news());
        // Said rightly, the count is the client's own and it hears nothing new.
        presence.hear(1, &who(1), &says(10, 6, &news[0].json), now).unwrap();
        assert_eq!(presence.news()[0].clock, 6);
    }

    #[test]
    fn a_connection_speaks_for_one_client_and_for_nobody_else() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.hear(1, &who(1), &says(10, 1, "{}"), now).unwrap();
        presence.hear(2, &who(2), &says(10, 9, "{}"), now).unwrap();
        presence.hear(1, &who(1), &says(11, 1, "{}"), now).unwrap();
        assert_eq!(presence.everybody().iter().map(|state| state.client).collect::<Vec<_>>(), [10]);
        assert!(presence.everybody()[0].json.contains("Person 1"));
        // The second still may name its own.
        presence.hear(2, &who(2), &says(12, 1, "{}"), now).unwrap();
        assert!(presence.everybody()[1].json.contains(r#""colour":2"#));
    }

    #[test]
    fn who_comes_back_counts_on() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.hear(1, &who(1), &says(10, 40, "{}"), now).unwrap();
        presence.news();
        presence.leave(1, now);
        let goodbye = presence.news();
        assert_eq!((goodbye[0].clock, goodbye[0].json.as_str()), (42, "null"));
        presence.hear(2, &who(1), &says(10, 0, "{}"), now).unwrap();
        assert_eq!(presence.news()[0].clock, 43);
        // One's own broken line gives way to the new one, and its end is no goodbye.
        presence.hear(3, &who(1), &says(10, 0, "{}"), now).unwrap();
        presence.leave(2, now);
        assert_eq!(presence.everybody().len(), 1);
        // After a minute the count may begin anew.
        presence.leave(3, now);
        presence.hear(4, &who(1), &says(10, 0, "{}"), now + MEMORY).unwrap();
        assert_eq!(presence.news()[0].clock, 1);
    }

    #[test]
    fn large_and_broken_states_close_the_connection() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_STATE));
        for (json, code) in [(large.as_str(), 1009), ("{", 1007), ("[]", 1007), ("7", 1007)] {
            assert_eq!(presence.hear(1, &who(1), &says(1, 1, json), now).unwrap_err().code(), code);
        }
        assert!(presence.everybody().is_empty());
    }
}
