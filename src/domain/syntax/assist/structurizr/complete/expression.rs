//! Completing the parts of an expression: identifiers, and the values that a field is compared with.

use crate::domain::syntax::assist::{CompletionKind, structurizr::complete::Place};

const TYPES: [&str; 9] = [
    "Person",
    "SoftwareSystem",
    "Container",
    "Component",
    "Custom",
    "DeploymentNode",
    "InfrastructureNode",
    "SoftwareSystemInstance",
    "ContainerInstance",
];
const ELEMENT_EXPRESSIONS: [&str; 9] = [
    "element.tag==",
    "element.type==",
    "element.parent==",
    "element.technology==",
    "element.group==",
    "element.properties[",
    "element==",
    "element!=",
    "->",
];
const RELATION_EXPRESSIONS: [&str; 7] = [
    "relationship==",
    "relationship.tag==",
    "relationship.technology==",
    "relationship.source==",
    "relationship.destination==",
    "relationship.properties[",
    "*->*",
];

impl Place<'_, '_> {
    /// An expression that chooses elements, or relations too: only its last part is completed.
    pub(super) fn expression(&mut self, with_relations: bool) {
        let typed = self.spot.touched.as_ref().map_or("", |word| word.value.as_str()).to_owned();
        let cut = |mark: &str| typed.rfind(mark).map(|at| at + mark.len());
        let start = ["&& ", "|| ", "==", "!=", "->"].iter().filter_map(|mark| cut(mark)).max().unwrap_or(0);
        let head = typed.get(..start).unwrap_or("").to_lowercase();
        let of_name = |next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '*' | '?' | ':' | '/');
        let compared = head.strip_suffix("==").or_else(|| head.strip_suffix("!="));
        let field = compared.map(|head| head.rsplit([' ', '>']).next().unwrap_or(""));
        match field {
            Some("element.type") => {
                self.offers.narrow(start, of_name);
                self.values(&TYPES);
            }
            Some("element.tag" | "relationship.tag") => {
                let comma = typed.rfind(',').filter(|at| *at >= start).map_or(start, |at| at + 1);
                self.offers.narrow(comma, |next| next != ',' && next != '"' && next != '&' && next != '|');
                self.offers.tags(field == Some("element.tag"), field == Some("relationship.tag"));
            }
            Some("element.technology" | "relationship.technology") => {
                self.offers.narrow(start, |next| next != '"' && next != '&' && next != '|');
                self.offers.technologies(field == Some("relationship.technology"), &[]);
            }
            Some("element.group") => {
                self.offers.narrow(start, |next| next != '"');
                let groups: Vec<String> = self.offers.index.parsed.model.groups.values().map(|group| group.name.clone()).collect();
                for group in groups {
                    self.offers.offer(&group, "Group", CompletionKind::Group);
                }
            }
            Some("relationship") => {
                self.offers.narrow(start, of_name);
                self.offers.offer("*", "All relationships", CompletionKind::Expression);
                self.offers.relations();
            }
            _ => {
                let last = typed.get(start..).unwrap_or("");
                if let Some(at) = last.find('[') {
                    self.offers.narrow(start + at + 1, |next| next != ']');
                    self.property_names();
                    return;
                }
                self.offers.narrow(start, of_name);
                self.offers.elements(None, &|_| true);
                self.offers.groups(None);
                let whole = start == 0 || head.ends_with(' ');
                if whole {
                    self.offers.all(&ELEMENT_EXPRESSIONS, "Elements that …", CompletionKind::Expression);
                    if with_relations {
                        self.offers.relations();
                        self.offers.all(&RELATION_EXPRESSIONS, "Relationships that …", CompletionKind::Expression);
                    }
                }
            }
        }
    }

    pub(super) fn property_names(&mut self) {
        let model = &self.offers.index.parsed.model;
        let of_elements = model.elements.values().flat_map(|element| element.properties.keys());
        let names: std::collections::BTreeSet<String> =
            of_elements.chain(model.relations.values().flat_map(|relation| relation.properties.keys())).cloned().collect();
        for name in names {
            self.offers.offer(&name, "Property in use", CompletionKind::Fact);
        }
    }
}
