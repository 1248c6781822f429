//! How large a request is before it is sent. Rough on purpose: no provider's own counting is known here.

use serde::{Deserialize, Serialize};

use crate::domain::agent::{
    conversation::{Block, Capabilities, TurnRequest},
    turn::budget::{Budget, Limit},
};

/// The request does not fit; nothing was sent and nothing was cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("the design is too large for one review: about {estimate} tokens, at most {limit} fit ({})", .which.name())]
pub struct TooLarge {
    /// In tokens.
    pub estimate: u64,
    /// In tokens.
    pub limit: u64,
    /// What sets the limit: the model's room, the budget of input, or the cap on money.
    pub which: Limit,
    /// What to do about it, one or two sentences.
    pub advice: String,
}

/// About how many tokens a text has: three and a half characters each, and one for every character of scripts that write
/// more than a letter with it.
pub fn tokens(text: &str) -> u64 {
    let dense = text.chars().filter(|c| *c >= '\u{2e80}').count() as u64;
    let plain = text.chars().count() as u64 - dense;
    dense + (plain * 2).div_ceil(7)
}

/// About how many tokens a request has.
pub fn request_tokens(request: &TurnRequest) -> u64 {
    let tools: u64 =
        request.tools.iter().map(|tool| tokens(&tool.name) + tokens(&tool.description) + tokens(&tool.schema.to_string())).sum();
    let said = request.system.iter().chain(request.messages.iter().flat_map(|message| &message.blocks));
    tools + said.map(block_tokens).sum::<u64>()
}

fn block_tokens(block: &Block) -> u64 {
    match block {
        Block::Text { text, .. } => tokens(text),
        Block::Call { id, tool, input } => tokens(id) + tokens(tool) + tokens(&input.to_string()),
        Block::Answer { id, text, .. } => tokens(id) + tokens(text),
        Block::Opaque { value, .. } => tokens(&value.to_string()),
    }
}

/// Whether the first request of a run fits the model, the budget of input and the cap on money.
pub fn fits(request: &TurnRequest, capabilities: &Capabilities, budget: &Budget) -> Result<(), TooLarge> {
    let estimate = request_tokens(request);
    let mut limits = vec![
        (Limit::Context, u64::from(capabilities.context).saturating_sub(u64::from(request.answer_tokens))),
        (Limit::Input, budget.input),
    ];
    if let (Some(money), Some(price)) = (budget.money, capabilities.price)
        && price.input > 0
    {
        // Millionths of a dollar over millionths of a dollar per million tokens.
        let affordable = u128::from(money) * 1_000_000 / u128::from(price.input);
        limits.push((Limit::Money, u64::try_from(affordable).unwrap_or(u64::MAX)));
    }
    let tightest = limits.into_iter().min_by_key(|(_, limit)| *limit);
    match tightest {
        Some((which, limit)) if estimate > limit => Err(TooLarge { estimate, limit, which, advice: advice(which, estimate, limit) }),
        _ => Ok(()),
    }
}

fn advice(which: Limit, estimate: u64, limit: u64) -> String {
    let narrow = "Review one diagram, or only what changed with what is up to two steps from it";
    let share = limit.saturating_mul(100) / estimate.max(1);
    match which {
        Limit::Money => format!("{narrow}, or have an owner raise the cap on money; about {share} % of the design is affordable now."),
        Limit::Input => format!("{narrow}, or raise the agent's budget of input; about {share} % of the design fits now."),
        _ => format!("{narrow}, or choose a model with more room; about {share} % of the design fits now."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::conversation::{Message, Price, Speaker};

    fn request(text: &str) -> TurnRequest {
        TurnRequest {
            model: "m".to_owned(),
            system: vec![Block::text("1234567")],
            tools: Vec::new(),
            messages: vec![Message { speaker: Speaker::User, blocks: vec![Block::text(text)] }],
            answer_tokens: 1000,
        }
    }

    fn room(context: u32, price: Option<u64>) -> Capabilities {
        let price = price.map(|input| Price { input, kept: 0, keeping: 0, output: 0 });
        Capabilities { tools: true, strict_tools: true, keeps: true, late_system: true, context, answer: 1000, price }
    }

    #[test]
    fn seven_characters_are_two_tokens() {
        assert_eq!((tokens(""), tokens("a"), tokens("1234567"), tokens("12345678")), (0, 1, 2, 3));
        assert_eq!(tokens("設計"), 2, "scripts that say more with a character");
    }

    #[test]
    fn too_large_a_design_is_refused_with_a_way_on() {
        let large = request(&"x".repeat(7000));
        assert_eq!(fits(&large, &room(10_000, None), &Budget::default()), Ok(()));
        let refused = fits(&large, &room(2000, None), &Budget::default()).unwrap_err();
        assert_eq!((refused.estimate, refused.limit, refused.which), (2002, 1000, Limit::Context));
        assert!(refused.advice.contains("one diagram") && refused.advice.contains("49 %"), "{}", refused.advice);
        let refused = fits(&large, &room(10_000, None), &Budget { input: 500, ..Budget::default() }).unwrap_err();
        assert_eq!((refused.limit, refused.which), (500, Limit::Input));
        // Three dollars a million tokens and a cap of one tenth of a cent.
        let refused = fits(&large, &room(10_000, Some(3_000_000)), &Budget { money: Some(1000), ..Budget::default() }).unwrap_err();
        assert_eq!((refused.limit, refused.which), (333, Limit::Money));
        assert!(refused.to_string().contains("about 2002 tokens"), "{refused}");
    }

    #[test]
    fn a_model_without_a_price_or_for_nothing_has_no_money_limit() {
        let large = request(&"x".repeat(7000));
        let budget = Budget { money: Some(0), ..Budget::default() };
        assert_eq!(fits(&large, &room(10_000, None), &budget), Ok(()));
        assert_eq!(fits(&large, &room(10_000, Some(0)), &budget), Ok(()));
    }
}
