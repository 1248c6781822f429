//! Views: their rules are resolved here, once, to the elements and relations they show.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        ElementKey, Level, RelationKey,
        view::{Direction, Step, View, ViewKind},
    },
    syntax::{
        draft::{empty_view, is_static},
        likec4::{
            lower::Lowering,
            select::{Ground, Shown},
            tree::{Choice, File, Predicate, Relation, Rule, ViewItem, ViewOf},
        },
    },
};

impl Lowering<'_> {
    pub(super) fn views(&mut self) {
        let files = self.files;
        let mut named: BTreeMap<&str, &ViewItem> = BTreeMap::new();
        for view in files.iter().flat_map(|file| &file.views) {
            named.entry(view.name.as_str()).or_insert(view);
        }
        for file in files {
            for view in &file.views {
                if !self.spend(1) {
                    self.lose("View beyond the limit", file.name.as_deref(), view.span);
                    continue;
                }
                for _ in &view.about.links {
                    self.lose("Link of a view", file.name.as_deref(), view.span);
                }
                match view.of {
                    ViewOf::Elements => self.element_view(view, file, &named),
                    ViewOf::Dynamic => self.dynamic_view(view, file),
                    ViewOf::Deployment => self.deployment_view(view, file),
                }
            }
        }
    }

    fn start(&mut self, item: &ViewItem) -> Option<View> {
        let key = self.draft.view_key(if item.name.is_empty() { "view" } else { &item.name }, item.span)?;
        let mut view = empty_view(key, ViewKind::Landscape, item.span);
        view.title = item.about.title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
        view.description.clone_from(&item.about.description);
        view.direction = item.direction.unwrap_or(Direction::TopBottom);
        Some(view)
    }

    /// The rules of a view and of those it extends, outermost first.
    fn rules<'v>(item: &'v ViewItem, named: &BTreeMap<&str, &'v ViewItem>) -> (Vec<&'v Rule>, Option<&'v str>) {
        let mut chain = vec![item];
        while let Some(base) = chain.last().and_then(|last| last.extends.as_deref()).and_then(|name| named.get(name)) {
            if chain.len() > 32 || chain.iter().any(|known| std::ptr::eq(*known, *base)) {
                break;
            }
            chain.push(base);
        }
        let scope = chain.iter().find_map(|view| view.scope.as_deref());
        (chain.iter().rev().flat_map(|view| &view.rules).collect(), scope)
    }

    /// Says which names in the rules mean nothing.
    fn check(&mut self, rules: &[&Rule], file: &File, known: &dyn Fn(&Self, &str) -> bool) {
        let mut unknown: Vec<(&Predicate, String)> = Vec::new();
        for predicate in rules.iter().flat_map(|rule| &rule.predicates) {
            for choice in [&predicate.left, &predicate.right].into_iter().flatten() {
                if let Choice::Named(name, _) = choice
                    && !known(self, name)
                {
                    unknown.push((predicate, name.clone()));
                }
            }
        }
        for (predicate, name) in unknown {
            let what = format!("The view names `{}`, which is not there", name.chars().take(100).collect::<String>());
            let words = [what.as_str(), "This part of its rule chooses nothing.", "Define it, or correct the name."];
            self.say(file.name.as_deref(), Severity::Warning, "unknown-element", predicate.span, words);
            self.lose("Rule of a view that names nothing", file.name.as_deref(), predicate.span);
        }
    }

    fn element_view(&mut self, item: &ViewItem, file: &File, named: &BTreeMap<&str, &ViewItem>) {
        let here = file.name.as_deref();
        let (rules, scope_name) = Self::rules(item, named);
        let scope = match scope_name {
            Some(name) => {
                let found = self.require(name, None, file.name.as_deref(), item.span);
                if found.is_none() {
                    self.lose("View of something that is not there", file.name.as_deref(), item.span);
                    return;
                }
                found
            }
            None => None,
        };
        self.check(&rules, file, &|lowering, name| lowering.model.resolve(name, scope, here).is_some_and(|(_, rest)| rest.is_empty()));
        let Some(mut view) = self.start(item) else { return };
        let model = &self.draft.out.model;
        let end = |key: &ElementKey| self.by_key.get(key).copied();
        let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
        let ends: Vec<(usize, usize)> = stated.filter_map(|relation| Some((end(&relation.source)?, end(&relation.target)?))).collect();
        let names = &self.model;
        let resolve = |name: &str| -> Vec<usize> {
            names.resolve(name, scope, here).filter(|(_, rest)| rest.is_empty()).map(|(at, _)| at).into_iter().collect()
        };
        let ground = Ground { names, model, ends, scope, named: &resolve };
        let cost = ground.cost();
        let mut shown = Shown::default();
        let mut spent = 0_usize;
        for rule in &rules {
            for predicate in &rule.predicates {
                spent = spent.saturating_add(cost);
                if self.work.saturating_add(spent as u64) > super::MAX_WORK {
                    break;
                }
                if rule.include { ground.include(predicate, &mut shown) } else { ground.exclude(predicate, &mut shown) }
            }
        }
        let keys: BTreeSet<ElementKey> = shown.nodes.iter().filter_map(|at| self.model.key(*at)).cloned().collect();
        self.settle(&mut view, &keys, &shown, &|lowering, key| lowering.by_key.get(key).copied());
        let scope_key = scope.and_then(|at| self.model.key(at)).cloned();
        self.frame(&mut view, scope_key);
        self.spend(spent);
        self.draft.model().views.push(view);
    }

    /// Lists elements and relations: between boxes also those that follow from their parts.
    fn settle(&self, view: &mut View, keys: &BTreeSet<ElementKey>, shown: &Shown, node: &dyn Fn(&Self, &ElementKey) -> Option<usize>) {
        let model = &self.draft.out.model;
        let frames: BTreeSet<&ElementKey> = keys.iter().flat_map(|key| model.ancestors(key)).map(|element| &element.key).collect();
        view.elements = model.elements.keys().filter(|key| keys.contains(*key)).cloned().collect();
        let hidden = |source: &ElementKey, target: &ElementKey| {
            let (source, target) = (node(self, source), node(self, target));
            source
                .zip(target)
                .is_some_and(|(source, target)| shown.hidden.iter().any(|(from, to)| from.contains(&source) && to.contains(&target)))
        };
        let drawn = model.relations.values().filter(|relation| keys.contains(&relation.source) && keys.contains(&relation.target));
        let drawn = drawn.filter(|relation| {
            let instances = !is_static(model.elements.get(&relation.source).map_or(Level::System, |element| element.level));
            let boxes = !frames.contains(&relation.source) && !frames.contains(&relation.target);
            (relation.implied_by.is_none() || boxes || instances) && !hidden(&relation.source, &relation.target)
        });
        view.relations = drawn.map(|relation| relation.key.clone()).collect();
    }

    /// The kind of view that shows such elements, and what it is about.
    fn frame(&self, view: &mut View, scope: Option<ElementKey>) {
        let model = &self.draft.out.model;
        let level = |key: &ElementKey| model.elements.get(key).map(|element| element.level);
        let parent_of = |wanted: Level| {
            let mut parts = view.elements.iter().filter(|key| level(key) == Some(wanted));
            parts.find_map(|key| {
                model.elements.get(key).and_then(|element| element.parent.clone()).filter(|parent| level(parent) != Some(Level::Component))
            })
        };
        let has = |wanted: Level| view.elements.iter().any(|key| level(key) == Some(wanted));
        let scope_level = scope.as_ref().and_then(level);
        let (kind, about) = if has(Level::Component) {
            (ViewKind::Component, scope.filter(|_| scope_level == Some(Level::Container)).or_else(|| parent_of(Level::Component)))
        } else if has(Level::Container) {
            (ViewKind::Container, scope.filter(|_| scope_level == Some(Level::System)).or_else(|| parent_of(Level::Container)))
        } else if scope_level == Some(Level::System) {
            (ViewKind::Context, scope)
        } else {
            (ViewKind::Landscape, None)
        };
        view.kind = kind;
        view.scope = about;
    }

    fn deployment_view(&mut self, item: &ViewItem, file: &File) {
        let here = file.name.as_deref();
        let rules: Vec<&Rule> = item.rules.iter().collect();
        let known = |lowering: &Self, name: &str| {
            lowering.find_place(name, None, here).is_some()
                || lowering.model.resolve(name, None, here).is_some_and(|(_, rest)| rest.is_empty())
        };
        self.check(&rules, file, &known);
        let Some(mut view) = self.start(item) else { return };
        view.kind = ViewKind::Deployment;
        let model = &self.draft.out.model;
        let end = |key: &ElementKey| self.places_by_key.get(key).copied();
        let ends: Vec<(usize, usize)> =
            model.relations.values().filter_map(|relation| Some((end(&relation.source)?, end(&relation.target)?))).collect();
        // An element of the model means its instances.
        let resolve = |name: &str| -> Vec<usize> {
            if let Some(at) = self.find_place(name, None, here) {
                return vec![at];
            }
            let of = self.model.resolve(name, None, here).filter(|(_, rest)| rest.is_empty()).and_then(|(at, _)| self.model.key(at));
            let Some(of) = of else { return Vec::new() };
            let instances = model.elements.values().filter(|element| element.instance_of.as_ref() == Some(of));
            instances.filter_map(|element| end(&element.key)).collect()
        };
        let ground = Ground { names: &self.places, model, ends, scope: None, named: &resolve };
        let cost = ground.cost();
        let mut shown = Shown::default();
        let mut spent = 0_usize;
        for rule in &rules {
            for predicate in &rule.predicates {
                spent = spent.saturating_add(cost);
                if self.work.saturating_add(spent as u64) > super::MAX_WORK {
                    break;
                }
                if rule.include { ground.include(predicate, &mut shown) } else { ground.exclude(predicate, &mut shown) }
            }
        }
        let mut keys: BTreeSet<ElementKey> = shown.nodes.iter().filter_map(|at| self.places.key(*at)).cloned().collect();
        let around: Vec<ElementKey> = keys.iter().flat_map(|key| model.ancestors(key)).map(|element| element.key.clone()).collect();
        keys.extend(around);
        keys.retain(|key| model.elements.get(key).is_some_and(|element| element.level != Level::DeploymentEnvironment));
        self.settle(&mut view, &keys, &shown, &|lowering, key| lowering.places_by_key.get(key).copied());
        self.spend(spent);
        self.draft.model().views.push(view);
    }

    fn dynamic_view(&mut self, item: &ViewItem, file: &File) {
        let Some(mut view) = self.start(item) else { return };
        view.kind = ViewKind::Dynamic;
        let mut number = 0_usize;
        let mut block = 0;
        let mut used: BTreeSet<RelationKey> = BTreeSet::new();
        for step in &item.steps {
            if !self.spend(8) {
                break;
            }
            let Some((relation, response)) = self.step(step, file) else { continue };
            if step.parallel == 0 || step.parallel != block {
                number += 1;
            }
            block = step.parallel;
            let title = step.about.title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
            used.insert(relation.clone());
            view.steps.push(Step {
                order: number.to_string(),
                relation,
                description: title.or_else(|| step.about.description.clone()),
                response,
            });
        }
        let model = &self.draft.out.model;
        let mut shown: BTreeSet<ElementKey> = BTreeSet::new();
        for relation in used.iter().filter_map(|key| model.relations.get(key)) {
            for end in [&relation.source, &relation.target] {
                shown.insert(end.clone());
                shown.extend(model.ancestors(end).map(|element| element.key.clone()));
            }
        }
        view.elements = model.elements.keys().filter(|key| shown.contains(*key)).cloned().collect();
        view.relations = model.relations.keys().filter(|key| used.contains(*key)).cloned().collect();
        for rule in &item.rules {
            for predicate in &rule.predicates {
                self.lose("Elements of a dynamic view without a step", file.name.as_deref(), predicate.span);
            }
        }
        self.draft.model().views.push(view);
    }

    /// The relation a step runs along, made if the model has none; and whether the step runs against it.
    fn step(&mut self, step: &Relation, file: &File) -> Option<(RelationKey, bool)> {
        let name = step.source.as_deref()?;
        let source = self.require(name, None, file.name.as_deref(), step.span);
        let target = self.require(&step.target, None, file.name.as_deref(), step.span);
        let ends = source.zip(target).and_then(|(source, target)| Some((self.model.key(source)?.clone(), self.model.key(target)?.clone())));
        let Some((source, target)) = ends else {
            self.lose("Step with an end that is not there", file.name.as_deref(), step.span);
            return None;
        };
        let along = |from: &ElementKey, to: &ElementKey| -> Option<RelationKey> {
            let relations = &self.draft.out.model.relations;
            let key = RelationKey(format!("{from}->{to}"));
            relations.get(&key).filter(|relation| relation.source == *from && relation.target == *to).map(|relation| relation.key.clone())
        };
        // Backward steps answer: they run against the relation from the first to the second.
        let found = if step.backward {
            along(&source, &target).map(|key| (key, true)).or_else(|| along(&target, &source).map(|key| (key, false)))
        } else {
            along(&source, &target).map(|key| (key, false))
        };
        if found.is_some() {
            return found;
        }
        self.keep("Step without a relation in the model, as a relation", file.name.as_deref(), step.span);
        let (from, to) = if step.backward { (target, source) } else { (source, target) };
        let key = self.add(step, &from, &to, file.name.as_deref())?;
        Some((key, false))
    }
}
