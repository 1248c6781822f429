//! Tool calls as servers really stream them: by index, by id, by neither, several under one index, several in one.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::server::llm::text::{Piece as Text, Spoken, values};

/// A piece of a call in a chunk.
#[derive(Debug, Default, Deserialize)]
pub(in crate::server::llm::openai) struct Piece {
    index: Option<u64>,
    id: Option<String>,
    function: Option<Function>,
    /// Gemini's signature of its reasoning, which it wants back.
    extra_content: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<Text>,
}

/// A call that is whole.
#[derive(Debug)]
pub(in crate::server::llm::openai) struct Call {
    pub(in crate::server::llm::openai) id: String,
    pub(in crate::server::llm::openai) tool: String,
    pub(in crate::server::llm::openai) input: Value,
    pub(in crate::server::llm::openai) extra_content: Option<Value>,
}

/// The calls of one answer.
#[derive(Debug, Default)]
pub(in crate::server::llm::openai) struct Calls(Vec<Slot>);

#[derive(Debug, Default)]
struct Slot {
    index: Option<u64>,
    id: String,
    tool: String,
    arguments: Spoken,
    extra_content: Option<Value>,
}

impl Slot {
    /// Whether what came so far could be a call's whole input.
    fn whole(&self) -> bool {
        !self.arguments.as_str().trim().is_empty() && values(self.arguments.as_str()).is_ok()
    }
}

impl Calls {
    pub(in crate::server::llm::openai) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a piece; gives the tool's name when a call begins with it.
    ///
    /// # Errors
    /// Why nobody can know which call the piece belongs to.
    pub(in crate::server::llm::openai) fn add(&mut self, piece: Piece) -> Result<Option<String>, String> {
        let id = piece.id.unwrap_or_default();
        let Function { name, arguments } = piece.function.unwrap_or_default();
        let name = name.unwrap_or_default();
        let at = self.0.iter().rposition(|slot| piece.index.is_none() || slot.index == piece.index);
        let begins = match at.and_then(|at| self.0.get(at)) {
            None => true,
            // Another id is another call, whatever the index says. An id may come later than the call's beginning.
            Some(slot) if !id.is_empty() && !slot.id.is_empty() => id != slot.id,
            // The name may be repeated with every piece, so it begins a call only where the last one can be over.
            Some(slot) if !name.is_empty() && !slot.tool.is_empty() && slot.whole() => {
                name != slot.tool || arguments.as_ref().is_some_and(begins_an_input)
            }
            Some(slot) if !name.is_empty() && !slot.tool.is_empty() && name != slot.tool => {
                return Err(format!("the names {} and {name} are given to one call", slot.tool));
            }
            Some(_) => false,
        };
        if begins {
            self.0.push(Slot { index: piece.index, ..Slot::default() });
        }
        let slot = if begins { self.0.last_mut() } else { at.and_then(|at| self.0.get_mut(at)) };
        let Some(slot) = slot else { return Ok(None) };
        if slot.id.is_empty() {
            slot.id = id;
        }
        if let Some(arguments) = &arguments {
            slot.arguments.push(arguments);
        }
        slot.extra_content = piece.extra_content.or(slot.extra_content.take());
        if slot.tool.is_empty() && !name.is_empty() {
            slot.tool.clone_from(&name);
            return Ok(Some(name));
        }
        Ok(None)
    }

    /// The calls, each with an id of its own. `cut`: the answer was cut at its length, and the last call with it.
    ///
    /// # Errors
    /// Which call can't be understood.
    pub(in crate::server::llm::openai) fn finish(mut self, cut: bool) -> Result<Vec<Call>, String> {
        if cut {
            self.0.pop();
        }
        let mut calls = Vec::new();
        let mut taken = BTreeSet::new();
        for slot in self.0 {
            if slot.tool.is_empty() {
                return Err("a tool was called without its name".to_owned());
            }
            let inputs =
                values(&slot.arguments.finish()).map_err(|error| format!("the input of the tool {} is not JSON: {error}", slot.tool))?;
            for input in inputs {
                let number = calls.len() + 1;
                let base = if slot.id.is_empty() { format!("call_{number}") } else { slot.id.clone() };
                let id = if taken.insert(base.clone()) { base } else { format!("{base}-{number}") };
                calls.push(Call { id, tool: slot.tool.clone(), input, extra_content: slot.extra_content.clone() });
            }
        }
        Ok(calls)
    }
}

/// Whether a piece can be the beginning of an input, rather than more of one.
fn begins_an_input(piece: &Text) -> bool {
    let mut spoken = Spoken::default();
    spoken.push(piece).trim_start().starts_with('{')
}
