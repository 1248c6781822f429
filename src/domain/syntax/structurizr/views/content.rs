//! What a view shows: `include`, `exclude`, and the filter of filtered views.

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        Element, RelationKey,
        view::{Base, View},
    },
    syntax::structurizr::{
        lower::{Line, Lowering, Remark, Target, attribute::split_tags},
        occurrence::Symbol,
        tree::Word,
        views::{
            Views,
            expression::{Place, has_tag, relation_has_tag, select},
            header::{kind_name, missing_scope},
            picture::Picture,
        },
    },
};

impl Views {
    pub(super) fn include(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture, place: &Place) {
        require_words(lowering, line);
        for word in expressions(line, 1) {
            if !lowering.spend(4 * lowering.model.elements.len(), line) {
                return;
            }
            if matches!(word.value.as_str(), "*" | "*?" | "element==*") {
                picture.add_default(&lowering.model, &self.graph, word.value != "*?");
                continue;
            }
            let Some(found) = select(lowering, &self.graph, &word, place, line) else { continue };
            let model = &lowering.model;
            let fits =
                |index: &usize| model.elements.get_index(*index).is_some_and(|(_, element): (_, &Element)| picture.takes(element.level));
            let named = matches!(lowering.lookup(&word.value, &place.scope), Some(Target::Element(_)));
            if named && !found.elements.iter().any(fits) && found.relations.is_empty() {
                let what = format!("`{}` cannot be shown in {}", word.value, kind_name(picture.kind));
                lowering.say(
                    line,
                    word.span,
                    Remark::new(
                        Severity::Error,
                        "not-shown-here",
                        what,
                        "This kind of view shows other levels of the model.",
                        "Show it in a view of its level, or remove the word.",
                    ),
                );
                continue;
            }
            for element in found.elements {
                picture.add_named(&lowering.model, &self.graph, element);
            }
            for relation in Self::with_implied(lowering, &found.relations) {
                picture.add_relation(&self.graph, relation);
            }
        }
    }

    pub(super) fn exclude(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture, place: &Place) {
        require_words(lowering, line);
        for word in expressions(line, 1) {
            if !lowering.spend(lowering.model.elements.len() + lowering.model.relations.len(), line) {
                return;
            }
            let Some(found) = select(lowering, &self.graph, &word, place, line) else { continue };
            if !found.elements.is_empty() {
                picture.remove_all(&self.graph, &found.elements);
            }
            for relation in Self::with_implied(lowering, &found.relations) {
                picture.relations.remove(&relation);
            }
        }
    }

    /// The relations and those they imply: what is said of one holds for what is drawn in its place.
    fn with_implied(lowering: &Lowering<'_>, relations: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut all = relations.clone();
        if !relations.is_empty() {
            let by = |key: &Option<RelationKey>| key.as_ref().and_then(|key| lowering.model.relations.get_index_of(key));
            let implied = lowering.model.relations.values().enumerate();
            all.extend(
                implied.filter(|(_, relation)| by(&relation.implied_by).is_some_and(|by| relations.contains(&by))).map(|(at, _)| at),
            );
        }
        all
    }

    /// Fills the picture of a filtered view from the view it is based on.
    pub(super) fn filter(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture, view: &mut View) {
        let Some(word) = line.word(1).cloned() else {
            missing_scope(lowering, line, "the key of the view it filters");
            return;
        };
        let Some((base_key, base)) = self.pictures.get(&word.value).cloned() else {
            let help = lowering.suggest(&word.value, self.pictures.keys().map(String::as_str));
            lowering.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "unknown-view",
                    format!("There is no view with the key `{}` above this line", word.value),
                    "A filtered view shows a part of another one.",
                    help.unwrap_or_else(|| "Give the other view this key, or correct the name.".to_owned()),
                ),
            );
            return;
        };
        lowering.mention(line, &word, &word.value, Symbol::View(base_key.clone()), false);
        let including = match line.text(2).unwrap_or_default().to_ascii_lowercase().as_str() {
            "include" => true,
            "exclude" => false,
            other => {
                let what = if other.is_empty() {
                    "This view does not say how it filters".to_owned()
                } else {
                    format!("`{other}` is no way to filter")
                };
                lowering.say(
                    line,
                    line.word(2).map_or_else(|| line.header(), |word| word.span),
                    Remark::new(
                        Severity::Error,
                        "unexpected-value",
                        what,
                        "A filtered view takes what has a tag with `include`, or what has none of the tags with `exclude`.",
                        "Write `filtered key include \"Tag\"`.",
                    ),
                );
                return;
            }
        };
        let tags: Vec<String> = split_tags(&line.text(3).unwrap_or_default()).collect();
        if tags.is_empty() {
            missing_scope(lowering, line, "followed by `include` or `exclude` and tags");
        }
        if let Some(shown) = self.done.iter().find(|done| done.key == base_key) {
            view.scope.clone_from(&shown.scope);
            view.direction = shown.direction;
        }
        view.base = Some(Base { view: base_key, tags: tags.clone(), include: including });
        let model = &lowering.model;
        let keeps = |tagged: bool| tagged == including;
        let element_stays = |index: &usize| {
            let found = model.elements.get_index(*index);
            found.is_some_and(|(_, element)| keeps(tags.iter().any(|tag| has_tag(model, element, tag))))
        };
        picture.kind = base.kind;
        picture.scope = base.scope;
        picture.environment = base.environment;
        picture.elements = base.elements.iter().copied().filter(|index| element_stays(index)).collect();
        let relation_stays = |index: &usize| {
            let (source, target) = self.graph.ends(*index);
            let found = model.relations.get_index(*index);
            picture.elements.contains(&source)
                && picture.elements.contains(&target)
                && found.is_some_and(|(_, relation)| keeps(tags.iter().any(|tag| relation_has_tag(model, relation, tag))))
        };
        picture.relations = base.relations.iter().copied().filter(|index| relation_stays(index)).collect();
    }
}

/// Says where a statement names nothing.
fn require_words(lowering: &mut Lowering<'_>, line: &Line) {
    if line.words.len() < 2 {
        lowering.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "missing-word",
                format!("`{}` names nothing", line.keyword()),
                "It has to be followed by identifiers, `*` or expressions.",
                format!("Write `{} *`.", line.keyword()),
            ),
        );
    }
}

/// The words from one on; `a -> b` without quotes counts as one.
pub(super) fn expressions(line: &Line, from: usize) -> Vec<Word> {
    let mut result: Vec<Word> = Vec::new();
    let mut joins = false;
    for word in line.words.iter().skip(from) {
        let is_arrow = word.value == "->" && !word.quoted;
        match result.last_mut() {
            Some(last) if is_arrow || joins => {
                last.value.push(' ');
                last.value.push_str(&word.value);
                last.span.end = word.span.end;
                last.inner.end = word.inner.end;
            }
            _ => result.push(word.clone()),
        }
        joins = is_arrow;
    }
    result
}
