//! Server-sent events out of bytes as they arrive, in whatever pieces the network makes of them.
//!
//! Pure: bytes in, events out. Text is decoded once an event is whole, so that a character cut by the network is never
//! damaged. The format is the one of the WHATWG HTML standard, section 9.2.6, with one leniency: what stands before the end of
//! the stream counts as an event even without the empty line after it ([`Decoder::finish`]); whether it is complete is the
//! protocol's to say.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// From `event:`; empty when there was none.
    pub name: String,
    /// The `data:` lines, joined by line feeds.
    pub data: String,
    /// The last `id:` seen so far in the stream, whether or not in this event.
    pub id: Option<String>,
}

/// How much a stream may hold, in bytes, before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub line: usize,
    pub event: usize,
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 1 << 20, event: 4 << 20, total: 32 << 20 }
    }
}

/// A limit was passed: which, and how many bytes it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is longer than {most} bytes")]
pub struct TooLong {
    pub what: &'static str,
    pub most: usize,
}

/// Reads a stream.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    /// Bytes of a line whose end has not come.
    line: Vec<u8>,
    data: Vec<u8>,
    /// A `data:` line was there, even an empty one.
    has_data: bool,
    name: Vec<u8>,
    id: Option<String>,
    retry: Option<u64>,
    total: usize,
    /// The last byte was a carriage return: a line feed after it belongs to it.
    after_return: bool,
    /// A line was read: a byte order mark is one at the very beginning only.
    begun: bool,
}

impl Decoder {
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes the next bytes and gives the events they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        self.total = self.total.saturating_add(bytes.len());
        if self.total > self.limits.total {
            return Err(TooLong { what: "the answer", most: self.limits.total });
        }
        let mut events = Vec::new();
        let mut rest = match bytes {
            [b'\n', rest @ ..] if self.after_return => rest,
            bytes => bytes,
        };
        if !bytes.is_empty() {
            self.after_return = false;
        }
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, end) = rest.split_at(at);
            self.extend(line)?;
            events.extend(self.end_line()?);
            rest = match end {
                [b'\r'] => {
                    self.after_return = true;
                    &[]
                }
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => &[],
            };
        }
        self.extend(rest)?;
        Ok(events)
    }

    /// The stream has ended: gives what had no empty line after it.
    pub fn finish(&mut self) -> Result<Option<Event>, TooLong> {
        if !self.line.is_empty()
            && let Some(event) = self.end_line()?
        {
            return Ok(Some(event));
        }
        Ok(self.dispatch())
    }

    /// How long the server asks to wait before connecting again, in milliseconds.
    pub const fn retry(&self) -> Option<u64> {
        self.retry
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len().saturating_add(bytes.len()) > self.limits.line {
            return Err(TooLong { what: "a line", most: self.limits.line });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Event>, TooLong> {
        let whole = std::mem::take(&mut self.line);
        let mut line = whole.as_slice();
        if !self.begun {
            self.begun = true;
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            None => (line, &[][..]),
            Some(at) => {
                let (field, value) = line.split_at(at);
                let value = value.strip_prefix(b":").unwrap_or(value);
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
        };
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                if self.data.len().saturating_add(value.len()) > self.limits.event {
                    return Err(TooLong { what: "an event", most: self.limits.event });
                }
                self.data.extend_from_slice(value);
            }
            b"event" => self.name = value.to_vec(),
            b"id" if !value.contains(&0) => self.id = Some(String::from_utf8_lossy(value).into_owned()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok());
            }
            // Comments (an empty field name) and fields nobody knows.
            _ => {}
        }
        // The emptied buffer is kept: lines are of a size.
        self.line = whole;
        self.line.clear();
        Ok(None)
    }

    fn dispatch(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Some(Event { name: text(name), data: text(data), id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests;
