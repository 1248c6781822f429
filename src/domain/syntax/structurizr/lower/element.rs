//! Statements of the model: elements, groups, and what may stand in their blocks.

use std::collections::BTreeMap;

use crate::domain::{
    casing::lower,
    diagnostic::Level as Severity,
    model::{Element, ElementKey, Group, GroupKey, Inferred, Level, facts::Facts, kind::Kind},
    syntax::structurizr::{
        MAX_DEPTH, MAX_ELEMENTS, MAX_KEY_PART,
        lower::{
            Line, Lowering, Remark, Scope, Target,
            archetype::{Archetype, Base},
            attribute::{ATTRIBUTES, Subjects, add_tags, split_tags},
            scope::slug,
        },
        tree::Word,
    },
};

/// What a statement says about a new element.
pub(super) struct Draft {
    pub(super) level: Level,
    pub(super) name: Word,
    pub(super) description: Option<String>,
    pub(super) technology: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) instance_of: Option<ElementKey>,
}

/// A group by the group and the element around it, and its name.
pub(super) type GroupName = (Option<GroupKey>, Option<ElementKey>, String);

impl Lowering<'_> {
    /// A statement inside `model` or inside an element's block.
    pub(super) fn model_statement(&mut self, line: &Line, scope: &mut Scope) {
        if line.words.is_empty() {
            self.unexpected(line, "in the model", &["person", "softwareSystem"]);
            return;
        }
        if self.relation_statement(line, scope) || self.deployment_statement(line, scope) {
            return;
        }
        let keyword = line.keyword().to_ascii_lowercase();
        match keyword.as_str() {
            "!docs" | "!adrs" | "!decisions" => return self.linked_folder(line, scope.element.clone()),
            "!element" | "!ref" | "!extend" | "!relationship" => return self.reopen(line, scope),
            "!elements" | "!relationships" => return self.bulk(line, scope),
            "archetypes" if scope.element.is_none() => {
                self.each_in(line, &mut |lowering, line| lowering.archetype_statement(line));
                return;
            }
            "properties" if scope.element.is_none() && scope.group.is_none() => {
                self.properties(line, &Subjects::workspace());
                return;
            }
            "properties" if scope.group.is_some() => {
                if let Some(group) = scope.group.clone() {
                    self.properties(line, &Subjects::group(group));
                }
                return;
            }
            _ => {}
        }
        if let Some((base, archetype)) = self.archetypes.of_keyword(&keyword) {
            if let Some(word) = line.word(0).cloned() {
                self.mention_archetype(line, &word, &archetype.name);
            }
            self.element_statement(line, scope, base, &archetype);
            return;
        }
        if scope.group.is_none()
            && let Some(key) = scope.element.clone()
            && self.attribute(line, &Subjects::element(key))
        {
            return;
        }
        let mut known: Vec<String> = self.archetypes.names().take(200).map(str::to_owned).collect();
        known.extend(permitted(scope).iter().map(|word| (*word).to_owned()));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let place =
            if scope.group.is_some() { "in a group".to_owned() } else { format!("in {}", scope.level.map_or("the model", article)) };
        self.unexpected(line, &place, &known);
    }

    fn element_statement(&mut self, line: &Line, scope: &mut Scope, base: Base, archetype: &Archetype) {
        if base == Base::Group {
            return self.group_statement(line, scope);
        }
        let (level, allowed) = match base {
            Base::Person => (Level::Person, scope.element.is_none()),
            Base::System => (Level::System, scope.element.is_none()),
            Base::Custom => (Level::Custom, scope.element.is_none()),
            Base::Container => (Level::Container, scope.level == Some(Level::System)),
            Base::Component => (Level::Component, scope.level == Some(Level::Container)),
            Base::Node => (Level::DeploymentNode, matches!(scope.level, Some(Level::DeploymentEnvironment | Level::DeploymentNode))),
            Base::Infrastructure => (Level::InfrastructureNode, scope.level == Some(Level::DeploymentNode)),
            Base::Group | Base::Relation => return,
        };
        if !allowed {
            let place = scope.level.map_or("the top of the model", article);
            let belongs = match base {
                Base::Container => "inside a software system",
                Base::Component => "inside a container",
                Base::Node => "inside a deployment environment or another node",
                Base::Infrastructure => "inside a deployment node",
                _ => "at the top of the model or in a group there",
            };
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "misplaced-statement",
                    format!("`{}` cannot stand in {place}", line.keyword()),
                    format!("It belongs {belongs}; the statement is left out of the model."),
                    format!("Move it {belongs}."),
                ),
            );
            return;
        }
        let Some(name) = self.name_of(line) else { return };
        let (description, technology, tags) = match base {
            Base::Person | Base::System => (2, None, 3),
            Base::Custom => (3, Some(2), 4),
            _ => (2, Some(3), 4),
        };
        let draft = Draft {
            level,
            name,
            description: line.text(description),
            technology: technology.and_then(|at| line.text(at)),
            tags: line.word(tags).map(|word| split_tags(&word.value).collect()).unwrap_or_default(),
            instance_of: None,
        };
        let most = tags + 1 + usize::from(base == Base::Node);
        self.check_word_count(line, most);
        let Some(key) = self.add_element(line, scope, draft, archetype) else { return };
        if base == Base::Node && line.text(5).is_some() {
            self.instances(line, 5, &Subjects::element(key.clone()));
        }
        self.element_block(line, scope, key, level);
    }

    /// Reads the block of an element.
    pub(super) fn element_block(&mut self, line: &Line, scope: &Scope, key: ElementKey, level: Level) {
        let environment = if level == Level::DeploymentEnvironment { Some(key.clone()) } else { scope.environment.clone() };
        let mut inner = Scope {
            element: Some(key),
            level: Some(level),
            group: None,
            environment,
            deployment_groups: scope.deployment_groups.clone(),
            replaces: None,
        };
        self.each_in(line, &mut |lowering, line| lowering.model_statement(line, &mut inner));
    }

    fn name_of(&mut self, line: &Line) -> Option<Word> {
        let name = line.word(1).filter(|word| !word.value.trim().is_empty()).cloned();
        if name.is_none() {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-name",
                    format!("This `{}` has no name", line.keyword()),
                    "A name is what people see; the statement is left out of the model.",
                    format!("Write `{} \"Name\"`.", line.keyword()),
                ),
            );
        }
        name
    }

    pub(super) fn check_word_count(&mut self, line: &Line, most: usize) {
        let Some(extra) = line.word(most).cloned() else { return };
        self.say(
            line,
            extra.span,
            Remark::new(
                Severity::Warning,
                "too-many-words",
                format!("`{}` takes at most {} words after it", line.keyword(), most - 1),
                "The words from here on are not read.",
                "Put a text with spaces in quotes, or remove the words.",
            ),
        );
    }

    pub(super) fn add_element(&mut self, line: &Line, scope: &Scope, draft: Draft, archetype: &Archetype) -> Option<ElementKey> {
        if self.model.elements.len() >= MAX_ELEMENTS {
            self.say_once(
                "",
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "too-many-elements",
                    format!("The model has more than {MAX_ELEMENTS} elements"),
                    "This one and those after it are left out.",
                    "Split the model into several workspaces.",
                ),
            );
            return None;
        }
        let own = line.identifier.as_ref().map_or_else(|| slug(&draft.name.value), |word| word.value.chars().take(MAX_KEY_PART).collect());
        let key = self.new_key(scope.element.as_ref(), &own);
        let same_level = (scope.element.clone(), draft.level, lower(&draft.name.value));
        let unique = matches!(draft.level, Level::Person | Level::System | Level::Container | Level::Component);
        if !self.siblings.insert(same_level) && unique {
            self.say(
                line,
                draft.name.span,
                Remark::new(
                    Severity::Warning,
                    "duplicate-name",
                    format!("There is already {} named \"{}\" here", article(draft.level), draft.name.value),
                    "Both are kept, and people cannot tell them apart; other tools refuse the text.",
                    "Rename one of them.",
                ),
            );
        }
        let mut tags = archetype.tags.clone();
        add_tags(&mut tags, draft.tags);
        let (mut properties, mut facts) = (BTreeMap::new(), Facts::default());
        archetype.state(&mut properties, &mut facts);
        let element = Element {
            key: key.clone(),
            identifier: line.identifier.as_ref().map(|word| word.value.clone()),
            name: draft.name.value.clone(),
            description: draft.description.or_else(|| archetype.description.clone()),
            technology: draft.technology.or_else(|| archetype.technology.clone()),
            level: draft.level,
            kind: Inferred { value: Kind::Service, reason: String::new(), stated: false },
            parent: scope.element.clone(),
            group: scope.group.clone(),
            tags,
            properties,
            facts,
            url: None,
            perspectives: archetype.perspectives.clone(),
            health_checks: Vec::new(),
            instance_of: draft.instance_of,
            span: line.span,
            name_span: draft.name.inner_span(),
            file: line.source.file.clone(),
        };
        self.model.elements.insert(key.clone(), element);
        self.remember_path(&key, scope.element.as_ref(), &own);
        self.trace_element(line, &key);
        if !archetype.name.is_empty() {
            self.made_with.insert(key.clone(), archetype.name.clone());
        }
        self.register(line, scope, Target::Element(key.clone()));
        Some(key)
    }

    /// A key that no element has yet.
    fn new_key(&mut self, parent: Option<&ElementKey>, own: &str) -> ElementKey {
        let base = parent.map_or_else(|| own.to_owned(), |parent| format!("{parent}.{own}"));
        let key = ElementKey(base.clone());
        if !self.model.elements.contains_key(&key) {
            return key;
        }
        let mut number = self.key_numbers.get(&base).copied().unwrap_or(1);
        loop {
            number += 1;
            let key = ElementKey(format!("{base}-{number}"));
            if !self.model.elements.contains_key(&key) {
                self.key_numbers.insert(base, number);
                return key;
            }
        }
    }

    fn group_statement(&mut self, line: &Line, scope: &mut Scope) {
        let allowed = match scope.level {
            None | Some(Level::System | Level::Container | Level::DeploymentEnvironment | Level::DeploymentNode) => true,
            // In a component, `group` says which group the component lies in.
            Some(Level::Component) => line.block.is_none(),
            _ => false,
        };
        let Some(name) = self.name_of(line) else { return };
        if !allowed {
            let place = scope.level.map_or("the model", article);
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "misplaced-statement",
                    format!("A group cannot stand in {place}"),
                    "Groups belong in the model, a software system, a container, a deployment environment or a node.",
                    "Move it there.",
                ),
            );
            return;
        }
        if line.is("enterprise") {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Note,
                    "older-spelling",
                    "`enterprise` is the older spelling of `group`",
                    "It is read as a group; newer tools refuse it.",
                    "Write `group`.",
                ),
            );
        }
        if scope.level == Some(Level::Component) {
            let component = scope.element.clone();
            let container = component.as_ref().and_then(|key| self.model.elements.get(key)?.parent.clone());
            let place = Scope { element: container, ..Scope::default() };
            let group = self.add_group(line, &place, &name);
            self.trace_group(line, &group);
            if let Some(element) = component.and_then(|key| self.model.elements.get_mut(&key)) {
                element.group = Some(group);
            }
            return;
        }
        let group = self.add_group(line, scope, &name);
        self.trace_group(line, &group);
        self.register(line, scope, Target::Group(group.clone()));
        if line.block.is_none() {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-block",
                    format!("The group \"{}\" has no block", name.value),
                    "A group is a frame around the statements in its block.",
                    "Add `{` at the end of the line, and `}` where the group ends.",
                ),
            );
            return;
        }
        let mut inner = Scope { group: Some(group), ..scope.clone() };
        self.each_in(line, &mut |lowering, line| lowering.model_statement(line, &mut inner));
    }

    /// Adds the group, or finds the one of that name that is already there. A name may hold a path of nested groups.
    fn add_group(&mut self, line: &Line, scope: &Scope, name: &Word) -> GroupKey {
        let separator = self.model.properties.get("structurizr.groupSeparator").filter(|text| !text.is_empty()).cloned();
        let parts: Vec<String> = match &separator {
            Some(separator) => name.value.split(separator.as_str()).take(MAX_DEPTH as usize).map(|part| part.trim().to_owned()).collect(),
            None => vec![name.value.clone()],
        };
        let mut parent = scope.group.clone();
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let around = parent.as_ref().map_or_else(|| scope.element.as_ref().map(|key| key.0.clone()), |group| Some(group.0.clone()));
            let base = around.map_or_else(|| slug(part), |around| format!("{around}/{}", slug(part)));
            let name = (parent.clone(), scope.element.clone(), part.clone());
            let key = self.group_keys.get(&name).cloned().unwrap_or_else(|| {
                let number = self.key_numbers.entry(format!("/{base}")).or_default();
                let mut key = GroupKey(base.clone());
                while self.model.groups.contains_key(&key) {
                    *number += 1;
                    key = GroupKey(format!("{base}-{}", *number + 1));
                }
                self.group_keys.insert(name, key.clone());
                key
            });
            if !self.model.groups.contains_key(&key) {
                let group = Group {
                    key: key.clone(),
                    name: part.clone(),
                    parent: parent.clone(),
                    owner: scope.element.clone(),
                    properties: BTreeMap::new(),
                    facts: Facts::default(),
                    span: line.span,
                    file: line.source.file.clone(),
                };
                self.model.groups.insert(key.clone(), group);
            }
            parent = Some(key);
        }
        parent.unwrap_or_else(|| GroupKey(slug(&name.value)))
    }
}

/// The keywords that mean something in the place.
fn permitted(scope: &Scope) -> Vec<&'static str> {
    let mut words = match scope.level {
        None => vec!["person", "softwareSystem", "element", "group", "deploymentEnvironment", "archetypes", "properties", "->"],
        Some(Level::System) => vec!["container", "group", "->", "!docs", "!adrs"],
        Some(Level::Container) => vec!["component", "group", "->", "!docs", "!adrs"],
        Some(Level::Component) => vec!["group", "->", "!docs", "!adrs"],
        Some(Level::DeploymentEnvironment) => vec!["deploymentNode", "deploymentGroup", "group", "->", "-/>"],
        Some(Level::DeploymentNode) => vec![
            "deploymentNode",
            "infrastructureNode",
            "containerInstance",
            "softwareSystemInstance",
            "instanceOf",
            "deploymentGroup",
            "instances",
            "group",
            "->",
        ],
        Some(Level::ContainerInstance | Level::SystemInstance) => vec!["healthCheck", "->"],
        Some(_) => vec!["->"],
    };
    if scope.element.is_some() && scope.group.is_none() && scope.level != Some(Level::DeploymentEnvironment) {
        words.extend(ATTRIBUTES);
    }
    words
}

/// Such as `a container`.
pub(super) const fn article(level: Level) -> &'static str {
    match level {
        Level::Person => "a person",
        Level::System => "a software system",
        Level::Container => "a container",
        Level::Component => "a component",
        Level::Custom => "a custom element",
        Level::DeploymentEnvironment => "a deployment environment",
        Level::DeploymentNode => "a deployment node",
        Level::InfrastructureNode => "an infrastructure node",
        Level::SystemInstance => "a software system instance",
        Level::ContainerInstance => "a container instance",
    }
}
