//! The first line of a view: what it is about, and what its layout statement says.

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        ElementKey, Level,
        view::{Direction, ViewKind},
    },
    syntax::structurizr::{
        lower::{Line, Lowering, Remark, Scope, Target},
        occurrence::Symbol,
        tree::Word,
    },
};

pub(super) fn missing_scope(lowering: &mut Lowering<'_>, line: &Line, what: &str) {
    lowering.say(
        line,
        line.header(),
        Remark::new(
            Severity::Error,
            "missing-word",
            format!("This `{}` view does not say what it shows", line.keyword()),
            format!("The word after it has to be {what}."),
            "Add it.",
        ),
    );
}

pub(super) fn check_scope(lowering: &mut Lowering<'_>, line: &Line, word: &Word, key: &ElementKey, kind: ViewKind) -> Option<()> {
    let level = lowering.model.elements.get(key)?.level;
    let (fits, wanted) = match kind {
        ViewKind::Context | ViewKind::Container | ViewKind::Deployment => (level == Level::System, "a software system"),
        ViewKind::Component => (level == Level::Container, "a container"),
        ViewKind::Dynamic => (matches!(level, Level::System | Level::Container), "a software system or a container"),
        _ => (true, ""),
    };
    if fits {
        return Some(());
    }
    let what = format!("{} is about {wanted}, and `{}` is none", capital(kind_name(kind)), word.value);
    lowering.say(
        line,
        word.span,
        Remark::new(Severity::Error, "wrong-level", what, "The view is left out.", format!("Name {wanted}, or use another kind of view.")),
    );
    None
}

/// The environment of a deployment view, named by identifier or by name.
pub(super) fn environment(lowering: &mut Lowering<'_>, line: &Line) -> Option<usize> {
    let Some(word) = line.word(2).cloned() else {
        missing_scope(lowering, line, "followed by the name of a deployment environment");
        return None;
    };
    let named = lowering
        .element_named(&word.value, &Scope::default())
        .filter(|key| lowering.model.elements.get(key).is_some_and(|element| element.level == Level::DeploymentEnvironment));
    let by_name = || {
        let mut all = lowering.model.elements.values().filter(|element| element.level == Level::DeploymentEnvironment);
        all.find(|element| element.name == word.value).map(|element| element.key.clone())
    };
    let is_named = named.is_some();
    let key = named.or_else(by_name);
    if let Some(key) = &key {
        lowering.trace_reference(line, word.span, &word.value, &Scope::default(), Target::Element(key.clone()));
        if is_named {
            lowering.mention(line, &word, &word.value, Symbol::Element(key.clone()), false);
        }
    }
    let found = key.and_then(|key| lowering.model.elements.get_index_of(&key));
    if found.is_none() {
        let known: Vec<String> = lowering
            .model
            .elements
            .values()
            .filter(|element| element.level == Level::DeploymentEnvironment)
            .map(|element| element.name.clone())
            .collect();
        let help = lowering.suggest(&word.value, known.iter().map(String::as_str));
        let remark = Remark::new(
            lowering.unknown_level(),
            "unknown-environment",
            format!("There is no deployment environment `{}`", word.value),
            "A deployment view shows one environment of the model.",
            help.unwrap_or_else(|| "Define it in the model, or correct the name.".to_owned()),
        );
        lowering.say(line, word.span, remark);
    }
    found
}

/// `autoLayout [direction] [rank separation] [node separation]`: the direction counts, distances are the layout's own affair.
pub(super) fn direction(lowering: &mut Lowering<'_>, line: &Line) -> Direction {
    let is_number = |word: &Word| word.value.parse::<u32>().is_ok();
    let stated = line.word(1).filter(|word| !is_number(word)).cloned();
    let direction = match stated.as_ref().map(|word| word.value.to_ascii_lowercase()).as_deref() {
        None | Some("" | "tb") => Direction::TopBottom,
        Some("bt") => Direction::BottomTop,
        Some("lr") => Direction::LeftRight,
        Some("rl") => Direction::RightLeft,
        Some(other) => {
            let what = format!("`{other}` is no direction");
            let span = stated.map_or_else(|| line.header(), |word| word.span);
            lowering.say(
                line,
                span,
                Remark::new(
                    Severity::Error,
                    "unexpected-value",
                    what,
                    "The layout runs `tb`, `bt`, `lr` or `rl`; from top to bottom is taken.",
                    "Write one of the four.",
                ),
            );
            Direction::TopBottom
        }
    };
    if let Some(word) = line.words.iter().skip(2).take(3).find(|word| !is_number(word)).cloned() {
        lowering.say(
            line,
            word.span,
            Remark::new(
                Severity::Error,
                "unexpected-value",
                format!("`{}` is no distance", word.value),
                "The distances between ranks and between elements are whole numbers of px.",
                "Write a number, or leave it out.",
            ),
        );
    }
    direction
}

pub(super) const fn kind_name(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Landscape => "a system landscape",
        ViewKind::Context => "a system context view",
        ViewKind::Container => "a container view",
        ViewKind::Component => "a component view",
        ViewKind::Dynamic => "a dynamic view",
        ViewKind::Deployment => "a deployment view",
        ViewKind::Filtered => "a filtered view",
        ViewKind::Custom => "a custom view",
        ViewKind::Image => "an image view",
        ViewKind::Everything => "this view",
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| std::iter::once(first.to_ascii_uppercase()).chain(letters).collect())
}
