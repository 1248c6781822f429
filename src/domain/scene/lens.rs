//! Looking at a part of a view: what has a tag, what a perspective speaks of, one step, or the surroundings of one element. The
//! text stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::sort::Gather;
use crate::domain::{
    layout::{EdgeKey, End},
    model::{
        ElementKey, Model, RelationKey,
        view::{View, ViewKind},
    },
    scene::Scene,
};

/// What to bring out; everything else is dimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lens {
    Tag(String),
    Perspective(String),
}

impl Lens {
    /// Reads `tag:Database` or `perspective:Security`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("tag", name) => Some(Self::Tag(name.to_owned())),
            ("perspective", name) => Some(Self::Perspective(name.to_owned())),
            _ => None,
        }
    }

    /// As [`Self::parse`] reads it.
    pub fn slug(&self) -> String {
        match self {
            Self::Tag(name) => format!("tag:{name}"),
            Self::Perspective(name) => format!("perspective:{name}"),
        }
    }

    /// The tag or perspective.
    pub fn name(&self) -> &str {
        match self {
            Self::Tag(name) | Self::Perspective(name) => name,
        }
    }
}

/// The lenses that show something of a view, with how many elements and relations each brings out: perspectives, then tags, each
/// by name. Tags that every element has are no lens.
pub fn lenses(model: &Model, view: &View) -> Vec<(Lens, usize)> {
    let mut perspectives = BTreeMap::<&str, usize>::new();
    let mut tags = BTreeMap::<&str, usize>::new();
    let elements = view.elements.iter().filter_map(|key| model.element(key)).map(|element| (&element.tags, &element.perspectives));
    let relations = view.relations.iter().filter_map(|key| model.relations.get(key));
    for (own, names) in elements.chain(relations.map(|relation| (&relation.tags, &relation.perspectives))) {
        for tag in own.iter().map(String::as_str).gathered::<BTreeSet<_>>() {
            *tags.entry(tag).or_default() += 1;
        }
        for perspective in names {
            *perspectives.entry(&perspective.name).or_default() += 1;
        }
    }
    let everywhere = view.elements.len().max(1);
    let perspectives = perspectives.into_iter().map(|(name, count)| (Lens::Perspective(name.to_owned()), count));
    let tags = tags.into_iter().filter(|(_, count)| *count < everywhere).map(|(name, count)| (Lens::Tag(name.to_owned()), count));
    perspectives.chain(tags).collect()
}

/// How many steps a view can be played in.
pub fn steps(view: &View) -> usize {
    if view.kind == ViewKind::Dynamic { view.steps.len() } else { view.animation.len() }
}

/// What a step says: its number as written and its words; the number alone for an animation.
pub fn step_words(model: &Model, view: &View, step: usize) -> (String, String) {
    let Some(found) = step.checked_sub(1).and_then(|index| view.steps.get(index)).filter(|_| view.kind == ViewKind::Dynamic) else {
        return (step.to_string(), String::new());
    };
    let relation = model.relations.get(&found.relation);
    let words = found.description.as_deref().or_else(|| relation.and_then(|relation| relation.description.as_deref()));
    let name = |key: &ElementKey| model.element(key).map(|element| element.name.clone()).unwrap_or_default();
    let ends = relation.map(|relation| {
        let (from, to) = if found.response { (&relation.target, &relation.source) } else { (&relation.source, &relation.target) };
        format!("{} to {}", name(from), name(to))
    });
    let words = words.filter(|words| !words.trim().is_empty());
    (found.order.clone(), [ends.as_deref(), words].into_iter().flatten().collect::<Vec<_>>().join(": "))
}

impl Scene {
    /// Brings out what a lens is about.
    #[must_use]
    pub fn through(self, model: &Model, lens: &Lens) -> Self {
        let has = |tags: &[String], perspectives: &[crate::domain::model::Perspective]| match lens {
            Lens::Tag(tag) => tags.contains(tag),
            Lens::Perspective(name) => perspectives.iter().any(|perspective| perspective.name == *name),
        };
        let elements = model.elements.values().filter(|element| has(&element.tags, &element.perspectives));
        let relations = model.relations.values().filter(|relation| has(&relation.tags, &relation.perspectives));
        let elements: BTreeSet<ElementKey> = elements.map(|element| element.key.clone()).gathered();
        let relations: BTreeSet<RelationKey> = relations.map(|relation| relation.key.clone()).gathered();
        self.lit(&elements, |_, relation, within| within || relations.contains(relation))
    }

    /// Brings out one step of a dynamic view with its two ends, or everything that an animation shows by then. Steps count from 1.
    #[must_use]
    pub fn at_step(self, model: &Model, view: &View, step: usize) -> Self {
        if view.kind == ViewKind::Dynamic {
            let Some(found) = step.checked_sub(1).and_then(|index| view.steps.get(index)) else { return self };
            let Some(relation) = model.relations.get(&found.relation) else { return self };
            let own = EdgeKey::step(&relation.key, step);
            let ends = [relation.source.clone(), relation.target.clone()].into_iter().gathered();
            return self.lit(&ends, |key, _, _| *key == own);
        }
        let later: BTreeSet<&ElementKey> = view.animation.iter().skip(step).flat_map(|step| &step.elements).gathered();
        let by_now: BTreeSet<&ElementKey> = view.animation.iter().take(step).flat_map(|step| &step.elements).gathered();
        let shown = view.elements.iter().filter(|key| by_now.contains(key) || !later.contains(key)).cloned().gathered();
        self.lit(&shown, |_, _, within| within)
    }

    /// Lights elements, and the edges that the question says yes to: edge, relation, and whether both its ends are lit.
    fn lit(mut self, elements: &BTreeSet<ElementKey>, edge: impl Fn(&EdgeKey, &RelationKey, bool) -> bool) -> Self {
        for shape in &mut self.shapes {
            shape.lit = elements.contains(&shape.key);
        }
        for boundary in &mut self.boundaries {
            boundary.lit = boundary.element.as_ref().is_some_and(|element| elements.contains(element));
        }
        let frames: BTreeSet<_> = self.boundaries.iter().filter(|boundary| boundary.lit).map(|boundary| boundary.key.clone()).gathered();
        let lit = |end: &End| match end {
            End::Node(key) => elements.contains(key),
            End::Frame(frame) => frames.contains(frame),
        };
        for connector in &mut self.connectors {
            let within = lit(&connector.source) && lit(&connector.target);
            connector.lit = edge(&connector.key, &connector.relation, within);
        }
        // A relation that is brought out without its ends would be a line from nowhere.
        let ends: Vec<End> =
            self.connectors.iter().filter(|edge| edge.lit).flat_map(|edge| [edge.source.clone(), edge.target.clone()]).collect();
        for shape in &mut self.shapes {
            shape.lit |= ends.iter().any(|end| matches!(end, End::Node(key) if *key == shape.key));
        }
        self.dimming = true;
        self
    }
}

/// The part of a view around one element: its parts, everything it is connected to there, and those connections. None where the
/// view does not show the element.
pub fn focus(model: &Model, view: &View, element: &ElementKey) -> Option<View> {
    let own: BTreeSet<&ElementKey> = view.elements.iter().filter(|key| *key == element || model.is_inside(key, element)).gathered();
    if own.is_empty() {
        return None;
    }
    let relation = |key: &RelationKey| model.relations.get(key).map(|relation| (&relation.source, &relation.target));
    let touches = |key: &&RelationKey| relation(key).is_some_and(|(source, target)| own.contains(source) || own.contains(target));
    let relations: Vec<RelationKey> = view.relations.iter().filter(touches).cloned().collect();
    let stepped: Vec<&RelationKey> = view.steps.iter().map(|step| &step.relation).filter(touches).collect();
    let ends = relations.iter().chain(stepped.iter().copied()).filter_map(relation).flat_map(|(source, target)| [source, target]);
    let mut kept: BTreeSet<&ElementKey> = ends.gathered();
    kept.extend(own.iter().copied());
    // Places to run on stay around what runs there.
    let around: Vec<&ElementKey> = kept.iter().flat_map(|key| model.ancestors(key)).map(|element| &element.key).collect();
    kept.extend(around);
    let elements = view.elements.iter().filter(|key| kept.contains(key)).cloned().collect();
    let steps = view.steps.iter().filter(|step| stepped.contains(&&step.relation)).cloned().collect();
    Some(View { elements, relations, steps, ..view.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        model::view::{AnimationStep, Step},
        scene::{compose, tests::platform},
    };

    fn lit(scene: &Scene) -> (Vec<&str>, Vec<&str>) {
        let shapes = scene.shapes.iter().filter(|shape| shape.lit).map(|shape| shape.key.as_str());
        (shapes.collect(), scene.connectors.iter().filter(|edge| edge.lit).map(|edge| edge.relation.0.as_str()).collect())
    }

    fn tagged() -> Model {
        let mut model = platform();
        for key in ["payment", "ledger"] {
            model.elements.get_mut(&ElementKey::from(key)).unwrap().tags.push("PCI".to_owned());
        }
        model
    }

    #[test]
    fn a_tag_brings_out_what_has_it_and_what_lies_between() {
        let model = tagged();
        let lens = Lens::parse("tag:PCI").unwrap();
        let scene = compose(&model, &model.views[0], None).through(&model, &lens);
        assert!(scene.dimming);
        assert_eq!(lit(&scene), (vec!["payment", "ledger"], vec!["payment->ledger"]));
        assert_eq!(lenses(&model, &model.views[0]), [(lens, 2)]);
    }

    #[test]
    fn what_everything_has_is_no_lens() {
        let mut model = tagged();
        for element in model.elements.values_mut() {
            element.tags.push("Element".to_owned());
        }
        assert_eq!(lenses(&model, &model.views[0]).len(), 1);
    }

    #[test]
    fn lenses_are_read_as_they_are_written() {
        for lens in [Lens::Tag("a:b".to_owned()), Lens::Perspective("Security".to_owned())] {
            assert_eq!(Lens::parse(&lens.slug()), Some(lens));
        }
        assert_eq!(Lens::parse("colour:red"), None);
        assert_eq!(Lens::parse(""), None);
    }

    #[test]
    fn a_step_brings_out_one_edge_and_its_ends() {
        let mut model = platform();
        let step = |order: &str, relation: &str, response| Step {
            order: order.to_owned(),
            relation: relation.into(),
            description: Some("Places it".to_owned()),
            response,
        };
        model.views[0].kind = ViewKind::Dynamic;
        model.views[0].steps = vec![step("1", "gateway->order", false), step("2", "gateway->order", true)];
        let view = &model.views[0];
        let scene = compose(&model, view, None).at_step(&model, view, 2);
        assert_eq!(lit(&scene), (vec!["gateway", "order"], vec!["gateway->order"]));
        assert!(scene.connectors[1].lit && !scene.connectors[0].lit);
        assert_eq!(steps(view), 2);
        assert_eq!(step_words(&model, view, 2), ("2".to_owned(), "Order service to API gateway: Places it".to_owned()));
        assert_eq!(step_words(&model, view, 9), ("9".to_owned(), String::new()));
        assert!(!compose(&model, view, None).at_step(&model, view, 9).dimming, "no such step");
    }

    #[test]
    fn an_animation_shows_what_came_by_then_and_what_was_always_there() {
        let mut model = platform();
        let step = |keys: &[&str]| AnimationStep { elements: keys.iter().map(|key| ElementKey::from(*key)).collect(), relations: vec![] };
        model.views[0].animation = vec![step(&["gateway", "order"]), step(&["ordersdb"])];
        let view = &model.views[0];
        let shown = |number| {
            let scene = compose(&model, view, None).at_step(&model, view, number);
            scene.shapes.iter().filter(|shape| !shape.lit).map(|shape| shape.key.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(shown(0), ["gateway", "order", "ordersdb"]);
        assert_eq!(shown(1), ["ordersdb"]);
        assert!(shown(2).is_empty());
    }

    #[test]
    fn focus_keeps_an_element_and_its_neighbours() {
        let model = platform();
        let view = focus(&model, &model.views[0], &"ledger".into()).unwrap();
        let scene = compose(&model, &view, None);
        let shapes: Vec<&str> = scene.shapes.iter().map(|shape| shape.key.as_str()).collect();
        assert_eq!(shapes, ["payment", "ledger", "settle"]);
        assert_eq!(scene.connectors.len(), 2);
        assert!(focus(&model, &model.views[0], &"nowhere".into()).is_none());
    }

    #[test]
    fn focus_on_a_whole_keeps_its_parts() {
        let model = platform();
        let view = focus(&model, &model.views[0], &"platform".into()).unwrap();
        assert!(view.elements.iter().any(|key| key.0 == "ledger"));
    }
}
