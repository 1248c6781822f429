//! Deployment: environments, nodes, instances, and the relations that instances have because their elements have them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, Level, RelationKey},
    syntax::structurizr::{
        lower::{
            Line, Lowering, Remark, Scope, Target,
            archetype::Archetype,
            attribute::split_tags,
            element::{Draft, article},
            relation::Link,
        },
        occurrence::Symbol,
        tree::Word,
    },
};

/// What is known about instances while the text is read.
#[derive(Default)]
pub(super) struct Deployment {
    /// The instances of an element, by environment.
    instances: BTreeMap<(ElementKey, ElementKey), Vec<ElementKey>>,
    /// The deployment groups of an instance; none means the default one.
    groups: BTreeMap<ElementKey, BTreeSet<String>>,
    /// Pairs of instances whose relation was removed.
    removed: BTreeSet<(ElementKey, ElementKey)>,
    /// A line to which relations that nobody wrote are ascribed.
    lines: BTreeMap<ElementKey, Line>,
}

impl Lowering<'_> {
    /// A statement about deployment; false if the line is none.
    pub(super) fn deployment_statement(&mut self, line: &Line, scope: &mut Scope) -> bool {
        match line.keyword().to_ascii_lowercase().as_str() {
            "deploymentenvironment" => self.environment(line, scope),
            "deploymentgroup" => self.deployment_group(line, scope),
            "softwaresysteminstance" | "containerinstance" | "instanceof" => self.instance(line, scope),
            _ => return false,
        }
        true
    }

    fn environment(&mut self, line: &Line, scope: &Scope) {
        let Some(name) = line.word(1).filter(|word| !word.value.trim().is_empty()).cloned() else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-name",
                    "This deployment environment has no name",
                    "Views refer to it by its name; the statement is left out of the model.",
                    "Write `deploymentEnvironment \"Live\" {`.",
                ),
            );
            return;
        };
        if scope.element.is_some() {
            self.misplaced(line, "at the top of the model");
            return;
        }
        let draft =
            Draft { level: Level::DeploymentEnvironment, name, description: None, technology: None, tags: Vec::new(), instance_of: None };
        let Some(key) = self.add_element(line, &Scope::default(), draft, &Archetype::default()) else { return };
        self.element_block(line, scope, key, Level::DeploymentEnvironment);
    }

    fn misplaced(&mut self, line: &Line, belongs: &str) {
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "misplaced-statement",
                format!("`{}` cannot stand here", line.keyword()),
                format!("It belongs {belongs}; the statement is left out of the model."),
                format!("Move it {belongs}."),
            ),
        );
    }

    /// `x = deploymentGroup "Name"` defines one; `deploymentGroup x` puts the instances below into it.
    fn deployment_group(&mut self, line: &Line, scope: &mut Scope) {
        let Some(word) = line.word(1).cloned() else {
            self.misplaced(line, "with a name in a deployment environment, or with an identifier in a node");
            return;
        };
        if scope.level == Some(Level::DeploymentEnvironment) {
            let group = format!("{}/{}", scope.element.as_ref().map_or("", ElementKey::as_str), word.value);
            self.register(line, scope, Target::DeploymentGroup(group));
            return;
        }
        let groups = self.groups_named(&word, scope, line);
        scope.deployment_groups.extend(groups);
    }

    fn groups_named(&mut self, word: &Word, scope: &Scope, line: &Line) -> Vec<String> {
        let mut groups = Vec::new();
        for name in word.value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if let Some(Target::DeploymentGroup(group)) = self.lookup(name, scope).cloned() {
                self.trace_reference(line, word.span, name, scope, Target::DeploymentGroup(group.clone()));
                self.mention(line, word, name, Symbol::DeploymentGroup(group.clone()), false);
                groups.push(group);
            } else {
                self.unknown_identifier(&Word { value: name.to_owned(), ..word.clone() }, line);
            }
        }
        groups
    }

    fn instance(&mut self, line: &Line, scope: &Scope) {
        if scope.level != Some(Level::DeploymentNode) {
            self.misplaced(line, "inside a deployment node");
            return;
        }
        let Some(word) = line.word(1).cloned() else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    format!("`{}` does not say what runs here", line.keyword()),
                    "It has to be followed by the identifier of a software system or container.",
                    format!("Write `{} name`.", line.keyword()),
                ),
            );
            return;
        };
        let is_static = |key: &ElementKey| {
            self.model.elements.get(key).is_some_and(|element| matches!(element.level, Level::System | Level::Container))
        };
        // A node may be called like the system it runs, so places are not looked at.
        let here = self.element_named(&word.value, scope).filter(is_static);
        let anywhere = Scope::default();
        let around = if here.is_some() { scope } else { &anywhere };
        let found = here.or_else(|| self.element_named(&word.value, &anywhere).filter(is_static));
        let Some(of) = found else {
            self.unknown_identifier(&word, line);
            return;
        };
        self.trace_reference(line, word.span, &word.value, around, Target::Element(of.clone()));
        self.mention(line, &word, &word.value, Symbol::Element(of.clone()), false);
        if !self.fits_keyword(line, &word, &of) {
            return;
        }
        let Some((level, name)) = self.model.elements.get(&of).map(|element| (element.level, element.name.clone())) else { return };
        // The third word is a deployment group if it names one, otherwise tags.
        let names_group = |lowering: &Self, word: &Word| {
            word.value.split(',').all(|name| matches!(lowering.lookup(name.trim(), scope), Some(Target::DeploymentGroup(_))))
        };
        let mut groups: BTreeSet<String> = scope.deployment_groups.iter().cloned().gathered();
        let mut tags = Vec::new();
        if let Some(third) = line.word(2).cloned() {
            if names_group(self, &third) || line.word(3).is_some() {
                groups = self.groups_named(&third, scope, line).into_iter().gathered();
            } else {
                tags.extend(split_tags(&third.value));
            }
        }
        tags.extend(line.word(3).into_iter().flat_map(|word| split_tags(&word.value)));
        self.check_word_count(line, 4);
        let draft = Draft {
            level: if level == Level::System { Level::SystemInstance } else { Level::ContainerInstance },
            name: Word { value: name, ..word.clone() },
            description: None,
            technology: None,
            tags,
            instance_of: Some(of.clone()),
        };
        let Some(key) = self.add_element(line, scope, draft, &Archetype::default()) else { return };
        if let Some(environment) = scope.environment.clone() {
            self.deployment.instances.entry((environment, of)).or_default().push(key.clone());
        }
        self.deployment.groups.insert(key.clone(), groups);
        self.deployment.lines.insert(key.clone(), Line { identifier: None, ..line.clone() });
        let level = if level == Level::System { Level::SystemInstance } else { Level::ContainerInstance };
        self.element_block(line, scope, key, level);
    }

    /// Whether the instance is of what its keyword says.
    fn fits_keyword(&mut self, line: &Line, word: &Word, of: &ElementKey) -> bool {
        let level = self.model.elements.get(of).map(|element| element.level);
        let (wanted, other) = match line.keyword().to_ascii_lowercase().as_str() {
            "containerinstance" => (Level::Container, "softwareSystemInstance"),
            "softwaresysteminstance" => (Level::System, "containerInstance"),
            _ => return true,
        };
        if level == Some(wanted) {
            return true;
        }
        self.say(
            line,
            word.span,
            Remark::new(
                Severity::Error,
                "wrong-level",
                format!("`{}` is not {}", word.value, article(wanted)),
                format!("`{}` is about {}; the statement is left out of the model.", line.keyword(), article(wanted)),
                format!("Write `{other}` or `instanceOf`."),
            ),
        );
        false
    }

    /// The environment an element of the deployment model lies in.
    pub(super) fn environment_of(&self, key: &ElementKey) -> Option<ElementKey> {
        let own = self.model.elements.get(key).into_iter();
        own.chain(self.model.ancestors(key))
            .find(|element| element.level == Level::DeploymentEnvironment)
            .map(|element| element.key.clone())
    }

    /// The element itself, or its instances in the environment around the statement.
    fn as_deployed(&self, key: &ElementKey, scope: &Scope) -> Vec<ElementKey> {
        let is_static = self.model.elements.get(key).is_some_and(|element| matches!(element.level, Level::System | Level::Container));
        match (&scope.environment, is_static) {
            (Some(environment), true) => self.deployment.instances.get(&(environment.clone(), key.clone())).cloned().unwrap_or_default(),
            _ => vec![key.clone()],
        }
    }

    /// A relation that stands in a deployment environment: between nodes and instances.
    pub(super) fn between_instances(
        &mut self,
        line: &Line,
        scope: &Scope,
        source: &ElementKey,
        target: &ElementKey,
        link: &Link,
        archetype: &Archetype,
    ) -> Vec<RelationKey> {
        let mut added = Vec::new();
        for from in self.as_deployed(source, scope) {
            for to in self.as_deployed(target, scope) {
                if !self.spend(1, line) {
                    return added;
                }
                added.extend(self.add_relation(line, from.clone(), to, link.clone(), archetype));
            }
        }
        added
    }

    /// `a -/> b { … }`: the instances do not talk directly; the block says how they do.
    pub(super) fn removal(&mut self, line: &Line, scope: &Scope) {
        let (Some(first), Some(last)) = (line.word(0).cloned(), line.word(2).cloned()) else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "incomplete-relationship",
                    "This removal lacks an end",
                    "It has to say between which elements there is no relationship.",
                    "Write `source -/> destination`.",
                ),
            );
            return;
        };
        let (Some(source), Some(target)) = (self.require_element(&first, scope, line), self.require_element(&last, scope, line)) else {
            return;
        };
        for from in self.as_deployed(&source, scope) {
            for to in self.as_deployed(&target, scope) {
                if !self.spend(1, line) {
                    return;
                }
                self.deployment.removed.insert((from.clone(), to));
            }
        }
        let meant =
            |key: &ElementKey| self.model.elements.get(key).and_then(|element| element.instance_of.clone()).unwrap_or_else(|| key.clone());
        let replaced = self.relations.between(&meant(&source), &meant(&target)).first().and_then(|key| self.model.relations.get(key));
        let replaces = replaced.map(|relation| (relation.description.clone(), relation.technology.clone()));
        let mut inner = Scope { replaces, ..scope.clone() };
        self.each_in(line, &mut |lowering, line| lowering.model_statement(line, &mut inner));
    }

    /// Gives instances in one environment and deployment group the relations of their elements.
    pub(super) fn relate_instances(&mut self) {
        let environments: BTreeSet<ElementKey> = self.deployment.instances.keys().map(|(environment, _)| environment.clone()).gathered();
        let deployed: BTreeSet<ElementKey> = self.deployment.instances.keys().map(|(_, element)| element.clone()).gathered();
        let stated: Vec<(RelationKey, ElementKey, ElementKey)> = self
            .model
            .relations
            .values()
            .filter(|relation| deployed.contains(&relation.source) && deployed.contains(&relation.target))
            .map(|relation| (relation.key.clone(), relation.source.clone(), relation.target.clone()))
            .collect();
        for environment in environments {
            for (key, source, target) in &stated {
                let of = |element: &ElementKey| {
                    self.deployment.instances.get(&(environment.clone(), element.clone())).cloned().unwrap_or_default()
                };
                let (sources, targets) = (of(source), of(target));
                for from in &sources {
                    for to in &targets {
                        self.relate(key, from, to);
                    }
                }
            }
        }
    }

    fn relate(&mut self, by: &RelationKey, from: &ElementKey, to: &ElementKey) {
        let Some(line) = self.deployment.lines.get(from).cloned() else { return };
        if !self.spend(1, &line) || self.deployment.removed.contains(&(from.clone(), to.clone())) {
            return;
        }
        let none = BTreeSet::new();
        let groups = |key: &ElementKey| self.deployment.groups.get(key).unwrap_or(&none);
        let together = (groups(from).is_empty() && groups(to).is_empty()) || groups(from).intersection(groups(to)).next().is_some();
        let Some(relation) = self.model.relations.get(by).filter(|_| together) else { return };
        let link = Link {
            description: relation.description.clone(),
            technology: relation.technology.clone(),
            tags: relation.tags.clone(),
            implied_by: Some(by.clone()),
        };
        self.insert_relation(&line, from.clone(), to.clone(), link, &Archetype::default());
    }
}
