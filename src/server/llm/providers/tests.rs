//! Settings, choices and what is shown of them.

use serde_json::json;
use uuid::Uuid;

use super::{settings::ModelSettings, *};
use crate::{domain::moment::Moment, server::ports::RandomIds};

struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(0)
    }
}

fn settings(variables: &[(&str, &str)]) -> ModelSettings {
    ModelSettings::from_variables(|name| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
}

fn open(variables: &[(&str, &str)]) -> Result<Providers, SettingError> {
    Providers::open(&settings(variables), Arc::new(Still), Arc::new(RandomIds::new(Arc::new(Still))))
}

fn refused(variables: &[(&str, &str)]) -> String {
    open(variables).err().map(|error| error.to_string()).unwrap_or_default()
}

fn choose(providers: &Providers, wanted: Option<&str>) -> (String, Option<String>) {
    let chosen = providers.model(ProjectId::from_uuid(Uuid::nil()), wanted, true).unwrap();
    (chosen.model.info().model.clone(), chosen.note)
}

/// Variables, the one that is named, and a part of what is said.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

const ANTHROPIC: (&str, &str) = ("ANTHROPIC_API_KEY", "sk-ant-canary-0001");
const OPENAI: (&str, &str) = ("LINTEL_LLM_PROVIDER", "openai");
const MODEL: (&str, &str) = ("LINTEL_LLM_MODEL", "big");
const KEY: (&str, &str) = ("LINTEL_LLM_API_KEY", "sk-canary-0002");

#[test]
fn every_variable_is_read_and_said() {
    let names: Vec<&str> = settings::HELP.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    ModelSettings::from_variables(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    assert_eq!(asked.into_inner(), names.into_iter().map(str::to_owned).collect());
}

#[test]
fn nothing_set_is_no_provider_and_that_is_fine() {
    let providers = open(&[("LINTEL_LLM_PROVIDER", " ")]).unwrap();
    assert!(!providers.configured());
    assert_eq!(providers.status(), ProviderStatus::NotConfigured);
    let none = providers.model(ProjectId::from_uuid(Uuid::nil()), None, true);
    assert_eq!(none.err(), Some(TurnError::NotConfigured));
}

#[test]
fn one_key_is_enough_for_anthropic() {
    let providers = open(&[ANTHROPIC]).unwrap();
    assert!(providers.configured() && providers.external());
    let ProviderStatus::Configured { provider, host, model, key, priced, .. } = providers.status() else { panic!("configured") };
    assert_eq!((provider.as_str(), host.as_deref(), model.as_str()), ("Anthropic", Some("api.anthropic.com"), known::CLAUDE_DEFAULT));
    assert_eq!((key, priced), (Some("ANTHROPIC_API_KEY"), true));
    let shown = format!("{:?} {}", providers.status(), serde_json::to_string(&providers.status()).unwrap());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!format!("{:?}", settings(&[ANTHROPIC, KEY])).contains("canary"));
}

#[test]
fn wrong_settings_name_the_variable_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, r#"{"m": {"contxt": 1}}"#).unwrap();
    let cases: &[Case] = &[
        (&[("LINTEL_LLM_PROVIDER", "bedrock")], "LINTEL_LLM_PROVIDER", "anthropic, openai"),
        (&[MODEL], "LINTEL_LLM_PROVIDER", "LINTEL_LLM_MODEL is"),
        (&[KEY], "LINTEL_LLM_PROVIDER", "LINTEL_LLM_API_KEY is"),
        (&[("LINTEL_LLM_PROVIDER", "anthropic")], "ANTHROPIC_API_KEY", "api.anthropic.com asks for one"),
        (&[OPENAI, MODEL], "LINTEL_LLM_API_KEY", "api.openai.com asks for one"),
        (&[OPENAI, KEY], "LINTEL_LLM_MODEL", "as the provider calls it"),
        (
            &[OPENAI, KEY, MODEL, ("LINTEL_LLM_BASE_URL", "https://evil.example/v1")],
            "LINTEL_LLM_BASE_URL",
            "Add evil.example to LINTEL_LLM_ALLOWED_HOSTS",
        ),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_BASE_URL", "http://127.0.0.1:11434/v1")], "LINTEL_LLM_BASE_URL", "Add 127.0.0.1:11434 to"),
        (
            &[OPENAI, KEY, MODEL, ("LINTEL_LLM_BASE_URL", "http://gpu.internal"), ("LINTEL_LLM_ALLOWED_HOSTS", "gpu.internal")],
            "LINTEL_LLM_BASE_URL",
            "add http://gpu.internal to",
        ),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_ALLOWED_HOSTS", "a/b")], "LINTEL_LLM_ALLOWED_HOSTS", "`a/b`"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_ALIASES", "opus")], "LINTEL_LLM_ALIASES", "`opus`"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_TIMEOUTS", "first=0")], "LINTEL_LLM_TIMEOUTS", "`first=0`"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_TIMEOUTS", "last=5")], "LINTEL_LLM_TIMEOUTS", "connect, headers, first, idle, stall"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_PROXY", "socks5://a")], "LINTEL_LLM_PROXY", "http://proxy.internal:3128"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_MODELS", "/nowhere")], "LINTEL_LLM_MODELS", "can't be read"),
        (&[OPENAI, KEY, MODEL, ("LINTEL_LLM_MODELS", path)], "LINTEL_LLM_MODELS", "contxt"),
        (&[OPENAI, MODEL, ("LINTEL_LLM_API_KEY", "sk\ncanary")], "LINTEL_LLM_API_KEY", "on one line"),
        (&[("LINTEL_LLM_PROVIDER", "scripted")], "LINTEL_LLM_SCRIPT", "recorded conversation"),
        (&[("LINTEL_LLM_PROVIDER", "scripted"), ("LINTEL_LLM_SCRIPT", "/nowhere")], "LINTEL_LLM_SCRIPT", "can't be read"),
        (&[ANTHROPIC, ("LINTEL_LLM_MODEL", "claude-sonnet-4-20250514")], "LINTEL_LLM_MODEL", "retired on 15 June 2026"),
        (&[ANTHROPIC, ("LINTEL_LLM_FALLBACK", "claude-3-opus")], "LINTEL_LLM_FALLBACK", "retired on 5 January 2026"),
        (&[ANTHROPIC, ("LINTEL_LLM_DAILY_DOLLARS", "much")], "LINTEL_LLM_DAILY_DOLLARS", "`much`"),
        (&[("LINTEL_LLM_DAILY_DOLLARS", "-5")], "LINTEL_LLM_DAILY_DOLLARS", "such as 5 or 2.50"),
    ];
    for (variables, variable, help) in cases {
        let message = refused(variables);
        assert!(message.starts_with(variable) && message.contains(help) && !message.contains("canary"), "{message}");
    }
    let message = refused(&[OPENAI, MODEL, ("LINTEL_LLM_BASE_URL", "https://me:canary@api.openai.com/v1")]);
    assert!(message.starts_with("LINTEL_LLM_BASE_URL") && !message.contains("canary"), "{message}");
}

#[test]
fn anthropic_s_key_stays_with_anthropic() {
    let elsewhere = [
        ANTHROPIC,
        ("LINTEL_LLM_PROVIDER", "anthropic"),
        ("LINTEL_LLM_BASE_URL", "http://127.0.0.1:9"),
        ("LINTEL_LLM_ALLOWED_HOSTS", "127.0.0.1:9"),
    ];
    let providers = open(&elsewhere).unwrap();
    assert!(!providers.external());
    assert!(matches!(providers.status(), ProviderStatus::Configured { key: None, .. }));
}

#[test]
fn agents_get_what_they_ask_for_or_are_told() {
    let providers = open(&[ANTHROPIC, ("LINTEL_LLM_ALIASES", "Fast=claude-haiku-4-5, opus = claude-opus-5")]).unwrap();
    let default = known::CLAUDE_DEFAULT.to_owned();
    for wanted in [None, Some(""), Some("inherit"), Some("sonnet"), Some(known::CLAUDE_DEFAULT)] {
        assert_eq!(choose(&providers, wanted), (default.clone(), None), "{wanted:?}");
    }
    assert_eq!(choose(&providers, Some("fast")), ("claude-haiku-4-5".to_owned(), None));
    assert_eq!(choose(&providers, Some("OPUS")), ("claude-opus-5".to_owned(), None));
    assert_eq!(choose(&providers, Some("claude-opus-4-8")), ("claude-opus-4-8".to_owned(), None));
    let (model, note) = choose(&providers, Some("claude-sonnet-4-20250514"));
    assert_eq!(model, default);
    assert_eq!(
        note.unwrap(),
        format!("The agent's file asks for the model claude-sonnet-4-20250514, which was retired on 15 June 2026. It runs with {default}.")
    );
    assert!(choose(&providers, Some("o9")).1.unwrap().contains("not known at Anthropic"));
}

#[test]
fn another_model_is_ready_for_a_refusal_and_the_day_has_its_money() {
    let fallback = |variables: &[(&str, &str)], wanted: Option<&str>| {
        let chosen = open(variables).unwrap().model(ProjectId::from_uuid(Uuid::nil()), wanted, true).unwrap();
        chosen.fallback.map(|model| model.info().model.clone())
    };
    assert_eq!(fallback(&[ANTHROPIC], None), None);
    let set = [ANTHROPIC, ("LINTEL_LLM_FALLBACK", "Opus"), ("LINTEL_LLM_DAILY_DOLLARS", "2.50")];
    assert_eq!(fallback(&set, None).as_deref(), Some("claude-opus-5-5"));
    assert_eq!(fallback(&set, Some("opus")), None, "asking the same again is no second opinion");
    assert_eq!((open(&set).unwrap().daily(), open(&[ANTHROPIC]).unwrap().daily()), (Some(2_500_000), None));
}

#[test]
fn elsewhere_claude_s_names_mean_the_model_that_is_set_up() {
    let providers = open(&[OPENAI, KEY, MODEL, ("LINTEL_LLM_ALIASES", "haiku=small")]).unwrap();
    assert_eq!(choose(&providers, Some("opus")), ("big".to_owned(), None));
    assert_eq!(choose(&providers, Some("haiku")), ("small".to_owned(), None));
}

#[test]
fn the_operator_s_table_goes_over_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.json");
    let told = json!({
        "big": {"context": 8000, "strict_tools": true, "price": {"input": 0.25, "output": 1.5, "kept": 0.1}},
        "gpt-5.5": {"answer": 5},
    });
    std::fs::write(&file, told.to_string()).unwrap();
    let providers = open(&[OPENAI, KEY, MODEL, ("LINTEL_LLM_MODELS", file.to_str().unwrap())]).unwrap();
    let capabilities = |wanted: &str| {
        let chosen = providers.model(ProjectId::from_uuid(Uuid::nil()), Some(wanted), true).unwrap();
        chosen.model.info().capabilities
    };
    let big = capabilities("big");
    assert_eq!((big.context, big.answer, big.strict_tools, big.tools), (8000, known::unknown().answer, true, true));
    let price = big.price.unwrap();
    assert_eq!([price.input, price.kept, price.keeping, price.output], [250_000, 100_000, 250_000, 1_500_000]);
    let gpt = capabilities("gpt-5.5");
    assert_eq!((gpt.answer, gpt.context, gpt.price.unwrap().output), (5, 1_000_000, 30_000_000));
}

#[test]
fn a_project_that_keeps_its_designs_gets_no_external_model() {
    let project = ProjectId::from_uuid(Uuid::nil());
    assert_eq!(open(&[ANTHROPIC]).unwrap().model(project, None, false).err(), Some(TurnError::SwitchedOff));
    let own = [OPENAI, MODEL, ("LINTEL_LLM_BASE_URL", "http://localhost:11434/v1"), ("LINTEL_LLM_ALLOWED_HOSTS", "localhost:11434")];
    assert!(open(&own).unwrap().model(project, None, false).is_ok());
}

#[test]
fn a_script_is_a_provider_and_each_run_begins_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script.jsonl");
    std::fs::write(&file, "{\"say\": [\"a\"]}\n").unwrap();
    let providers = open(&[("LINTEL_LLM_PROVIDER", "scripted"), ("LINTEL_LLM_SCRIPT", file.to_str().unwrap())]).unwrap();
    assert!(providers.configured() && !providers.external());
    assert!(matches!(providers.status(), ProviderStatus::Configured { protocol: Protocol::Scripted, host: None, .. }));
    assert_eq!(choose(&providers, Some("opus")), ("scripted".to_owned(), None));
}
