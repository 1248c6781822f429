//! What is known of models: what they take, how much fits, what they cost. The operator's own table goes first.
//!
//! Sources, read on 27 November 2026:
//! - Claude: <https://platform.claude.com/docs/en/about-claude/pricing>, the models' overview and the page on deprecations there.
//! - GPT: <https://developers.openai.com/api/docs/pricing> and the models' pages there.
//!
//! Prices are for estimates and limits, so where a provider has several, the one that is not too low for a review is here: what
//! is written to be kept for an hour, and Claude Haiku 5.5 above 100,000 tokens of input. Bills are the provider's.

use crate::{
    domain::agent::conversation::{Capabilities, CapabilityTable, Price, Protocol},
    server::llm::endpoint::Endpoint,
};

/// One line of the table: name or beginning of it, tokens that fit, tokens of an answer, and dollars for a million tokens of
/// input, read from what was kept, written to be kept, and output, in thousandths.
type Line = (&'static str, u32, u32, [u64; 4]);

const CLAUDE: [Line; 15] = [
    ("claude-fable-5-1", 1_000_000, 128_000, [10_000, 250, 20_000, 50_000]),
    ("claude-fable-5", 1_000_000, 128_000, [10_000, 1000, 20_000, 50_000]),
    ("claude-opus-5-5", 1_000_000, 128_000, [4000, 200, 8000, 20_000]),
    ("claude-opus-5", 1_000_000, 128_000, [5000, 500, 10_000, 25_000]),
    ("claude-opus-4-8", 200_000, 64_000, [5000, 500, 10_000, 25_000]),
    ("claude-opus-4-7", 200_000, 64_000, [5000, 500, 10_000, 25_000]),
    ("claude-opus-4-6", 200_000, 64_000, [5000, 500, 10_000, 25_000]),
    ("claude-opus-4-5", 200_000, 64_000, [5000, 500, 10_000, 25_000]),
    ("claude-sonnet-5-5", 1_000_000, 128_000, [2000, 100, 4000, 10_000]),
    ("claude-sonnet-5", 1_000_000, 128_000, [2000, 200, 4000, 10_000]),
    ("claude-sonnet-4-6", 200_000, 64_000, [3000, 300, 6000, 15_000]),
    ("claude-sonnet-4-5", 200_000, 64_000, [3000, 300, 6000, 15_000]),
    ("claude-haiku-5-5", 1_000_000, 128_000, [500, 50, 1000, 2500]),
    ("claude-haiku-4-5", 200_000, 64_000, [1000, 100, 2000, 5000]),
    // Whatever comes next: fits are what the oldest of them has, and the price is nobody's guess.
    ("claude", 200_000, 32_000, [0; 4]),
];

const GPT: [Line; 11] = [
    ("gpt-6.2-sol", 1_050_000, 128_000, [2000, 200, 2500, 10_000]),
    ("gpt-6.1-sol", 1_050_000, 128_000, [2000, 100, 2500, 10_000]),
    ("gpt-5.6-sol", 1_050_000, 128_000, [5000, 500, 6250, 30_000]),
    ("gpt-5.6-terra", 1_050_000, 128_000, [2000, 200, 2500, 12_000]),
    ("gpt-5.6-luna", 1_050_000, 128_000, [200, 20, 250, 1200]),
    ("gpt-5.5", 1_000_000, 128_000, [5000, 500, 5000, 30_000]),
    ("gpt-5.4-mini", 400_000, 128_000, [750, 75, 750, 4500]),
    ("gpt-5.4-nano", 400_000, 128_000, [200, 20, 200, 1250]),
    ("gpt-5.4", 1_050_000, 128_000, [2500, 250, 2500, 15_000]),
    ("gpt-4.1-mini", 1_000_000, 32_000, [400, 100, 400, 1600]),
    ("gpt-4.1", 1_000_000, 32_000, [2000, 500, 2000, 8000]),
];

/// Models that agents' files still ask for, and when their provider switched them off.
const RETIRED: [(&str, &str); 8] = [
    ("claude-opus-4-1", "5 August 2026"),
    ("claude-opus-4-20250514", "15 June 2026"),
    ("claude-opus-4-0", "15 June 2026"),
    ("claude-sonnet-4-20250514", "15 June 2026"),
    ("claude-sonnet-4-0", "15 June 2026"),
    ("claude-3-7-sonnet", "19 February 2026"),
    ("claude-3-5-sonnet", "28 October 2025"),
    ("claude-3-opus", "5 January 2026"),
];

/// Names that agents' files use for Anthropic's models.
pub const CLAUDE_ALIASES: [(&str, &str); 4] =
    [("fable", "claude-fable-5-1"), ("haiku", "claude-haiku-5-5"), ("opus", "claude-opus-5-5"), ("sonnet", "claude-sonnet-5-5")];

/// The model of Anthropic's that is asked when nobody says which.
pub const CLAUDE_DEFAULT: &str = "claude-sonnet-5-5";

/// Whose server it is. What a maker's own server takes, others may refuse: enforced schemas are asked for there only, unless
/// the operator's table says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The maker's of the model.
    Maker,
    /// Another one with the same protocol.
    Other,
}

impl Trust {
    pub fn of(protocol: Protocol, endpoint: &Endpoint) -> Self {
        let own = match protocol {
            Protocol::Anthropic => "api.anthropic.com",
            Protocol::OpenAi => "api.openai.com",
            Protocol::Scripted => return Self::Other,
        };
        if endpoint.host() == own { Self::Maker } else { Self::Other }
    }
}

/// What is known without settings.
pub fn table(trust: Trust) -> CapabilityTable {
    let entry = |keeps: bool| {
        move |(name, context, answer, price): &Line| {
            let [input, kept, keeping, output] = price.map(|thousandths| thousandths * 1000);
            let price = (output > 0).then_some(Price { input, kept, keeping, output });
            let strict_tools = trust == Trust::Maker;
            let capabilities =
                Capabilities { tools: true, strict_tools, keeps, late_system: false, context: *context, answer: *answer, price };
            ((*name).to_owned(), capabilities)
        }
    };
    CLAUDE.iter().map(entry(true)).chain(GPT.iter().map(entry(false))).collect()
}

/// A model nobody told us about: everything has tools, and nothing else is certain.
pub const fn unknown() -> Capabilities {
    Capabilities { tools: true, strict_tools: false, keeps: false, late_system: false, context: 32_000, answer: 8192, price: None }
}

/// The entry with the longest name that a model's name is or begins with. Names such as `anthropic/claude-opus-5.5` and
/// `claude-opus-5-5-20260923` are understood.
pub fn find(table: &CapabilityTable, model: &str) -> Option<Capabilities> {
    let whole = model.to_ascii_lowercase();
    let short = whole.rsplit('/').next().unwrap_or_default().to_owned();
    let dashed = short.replace('.', "-");
    let fitting = table.iter().filter(|(key, _)| [model, &whole, &short, &dashed].into_iter().any(|name| begins(name, key)));
    fitting.max_by_key(|(key, _)| key.len()).map(|(_, capabilities)| *capabilities)
}

/// Whether a name is `key` or goes on after it with a date, a size or a tag.
fn begins(name: &str, key: &str) -> bool {
    name.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':', '@']))
}

/// When a model was switched off.
pub fn retired(model: &str) -> Option<&'static str> {
    let name = model.to_ascii_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    RETIRED.iter().find(|(retired, _)| begins(name, retired)).map(|(_, date)| *date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(model: &str) -> Option<u64> {
        find(&table(Trust::Maker), model).unwrap().price.map(|price| price.input)
    }

    #[test]
    fn the_longest_name_counts_and_dates_and_makers_do_not_matter() {
        assert_eq!(price("claude-opus-5-5"), Some(4_000_000));
        assert_eq!(price("claude-opus-5-5-20260923"), Some(4_000_000));
        assert_eq!(price("claude-opus-5-20260724"), Some(5_000_000));
        assert_eq!(price("anthropic/claude-opus-5.5"), Some(4_000_000));
        assert_eq!(price("openai/GPT-5.4-mini:floor"), Some(750_000));
        assert_eq!(price("claude-next-9"), None, "no price is invented");
        assert_eq!(find(&table(Trust::Maker), "gpt-5.4mini"), None);
        assert_eq!(find(&table(Trust::Maker), "llama-4"), None);
    }

    #[test]
    fn every_default_and_alias_is_known_and_in_service() {
        for (alias, model) in CLAUDE_ALIASES {
            assert!(price(model).is_some() && retired(model).is_none(), "{alias}");
        }
        assert!(CLAUDE_ALIASES.iter().any(|(_, model)| *model == CLAUDE_DEFAULT));
        assert_eq!(retired("claude-sonnet-4-20250514"), Some("15 June 2026"));
        assert_eq!(retired("claude-sonnet-4-6"), None);
    }

    #[test]
    fn other_servers_are_not_asked_to_enforce_schemas() {
        assert!(find(&table(Trust::Maker), "gpt-5.5").unwrap().strict_tools);
        assert!(!find(&table(Trust::Other), "gpt-5.5").unwrap().strict_tools);
    }
}
