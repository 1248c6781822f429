//! What Lintel tells an agent in the middle of a run. Each note stands between the review's marks, so that nothing a tool
//! answers can pass for one.

use crate::domain::agent::{
    prompt::boundary::Boundary,
    turn::{
        Mode,
        budget::{Budget, Limit, Spent},
    },
};

fn note(boundary: &Boundary, text: &str) -> String {
    boundary.fence("note from Lintel", text)
}

pub(super) fn finish_now(mode: Mode, near: Limit, budget: &Budget, spent: &Spent, boundary: &Boundary) -> String {
    let what = match mode {
        Mode::Review => "Report what you have already established, then call finish now. Points you did not get to are insufficient_data.",
        Mode::Conversation => "Answer now with what you know, and say what you could not look up.",
    };
    note(boundary, &format!("Most of your budget is used ({}): {}. {what}", near.name(), budget.left(spent)))
}

pub(super) fn nudge(boundary: &Boundary) -> String {
    note(
        boundary,
        "You ended without calling finish. Call it now: your recommendation, the coverage of every point of your checklist, and a \
         summary. What you wrote as text is not counted; report it first if it is a finding.",
    )
}

pub(super) fn cut(mode: Mode, boundary: &Boundary) -> String {
    note(
        boundary,
        match mode {
            Mode::Review => {
                "Your answer was cut because it was too long. A call that was cut was thrown away: make it again, shorter, and one at a time."
            }
            Mode::Conversation => {
                "Your answer was cut because it was too long. Go on where it ends, briefly; make a call that was cut again."
            }
        },
    )
}

pub(super) fn narrowed(mode: Mode, boundary: &Boundary) -> String {
    let what = match mode {
        Mode::Review => "Look up only what you still need, in small pieces, then call finish.",
        Mode::Conversation => "Look up only what you still need, in small pieces, then answer.",
    };
    note(boundary, &format!("The conversation no longer fits; answers of tools were left out. {what}"))
}

pub(super) fn unknown_tool(tool: &str) -> String {
    format!("denied: there is no tool {tool:?}. Use the tools you were offered.")
}

pub(super) fn not_permitted(tool: &str) -> String {
    format!("denied: your role may not use {tool}. Go on without it.")
}

pub(super) fn no_calls_left() -> String {
    "denied: the budget of tool calls is used up.".to_owned()
}
