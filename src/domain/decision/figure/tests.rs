//! Figures: what is drawn, what is said where nothing is, and that nothing in a text becomes more than text.

use std::cell::RefCell;

use super::*;
use crate::domain::{
    decision::{
        embed::of_record,
        figure::{
            draw::{Diagram, mermaid, view},
            html::{Medium, Shown},
        },
    },
    markdown::{Rendering, render},
    model::Model,
    review::standing::standing,
    scene::{pins::AllPins, svg::Theme},
    syntax::{Language, Sources, parse},
};

const SHOP: &str = "workspace \"Shop\" {\n  model {\n    u = person \"User\"\n    s = softwareSystem \"Shop\" {\n      api = container \"API\" \"\" \"Go\"\n      db = container \"Orders DB\" \"\" \"MongoDB\" {\n        properties {\n          kind database\n        }\n      }\n    }\n    u -> api \"Orders\"\n    api -> db \"Writes\"\n  }\n  views {\n    systemContext s context {\n      include *\n    }\n    container s containers {\n      include *\n      title \"Inside the shop\"\n    }\n    image s logo {\n      image logo.png\n    }\n  }\n}\n";

fn model(text: &str) -> Model {
    parse(Language::Structurizr, "workspace.dsl", text, &Sources::new()).model
}

/// A record as the page shows it.
fn shown(text: &str, diagrams: &[(&str, &Model)], medium: &Medium) -> String {
    let pins = AllPins::new();
    let diagrams: Vec<Diagram<'_>> =
        diagrams.iter().map(|(path, model)| Diagram { path, page: Some("/p/shop/diagrams/1"), model, pins: &pins }).collect();
    let models: Vec<&Model> = diagrams.iter().map(|diagram| diagram.model).collect();
    let theme = if *medium == Medium::Page { Theme::Page } else { Theme::Light };
    let wanted = of_record(text);
    let figures: Figures = wanted
        .iter()
        .filter_map(|embed| {
            let figure = match embed {
                Embed::View { diagram, key } => view(&diagrams, diagram.as_deref(), key.as_deref(), theme),
                Embed::Mermaid(source) => mermaid(source, theme),
                Embed::Rule(rule) => Figure::Rule(standing(rule, &[], &models)?),
            };
            Some((embed.clone(), figure))
        })
        .collect();
    let nearest = |name: &str| (name == "Orders BD").then(|| "Orders DB".to_owned());
    let embeds = Shown {
        figures: &figures,
        wanted: &wanted,
        medium,
        as_of: Some("as it is now"),
        nearest: &nearest,
        part: 0,
        counts: RefCell::default(),
    };
    let element = |name: &str| (name == "Orders DB").then(|| "/p/shop/diagrams/1?element=s.db".to_owned());
    render(text, &Rendering { shift_headings: 1, element_url: &element, link_url: &|_| None, shown: Some(&embeds) })
}

fn on_page(text: &str) -> String {
    let model = model(SHOP);
    shown(text, &[("workspace.dsl", &model)], &Medium::Page)
}

#[test]
fn views_are_drawn_where_they_are_named() {
    let html =
        on_page("# T\n\n![The shop](view:containers)\n\n```lintel-view workspace.dsl#CONTEXT\nFrom outside\n```\n\n![](view:containers)\n");
    assert_eq!(html.matches("<svg width=").count(), 3, "{html}");
    assert!(html.contains("<figure class=\"embed\" aria-label=\"From outside\">"), "{html}");
    assert!(html.contains("<span class=\"embed\" role=\"figure\" aria-label=\"The shop\">"), "{html}");
    assert!(html.contains("aria-label=\"Inside the shop\""), "the title stands for a caption: {html}");
    assert!(html.contains("<a href=\"/p/shop/diagrams/1?view=containers\">containers in workspace.dsl</a>, as it is now"), "{html}");
    let ids: Vec<&str> = html.match_indices(" id=\"").map(|(at, _)| html[at + 5..].split('"').next().unwrap()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "no id twice: {ids:?}");
}

#[test]
fn what_is_missing_is_said_with_what_there_is() {
    for (embed, said) in [
        ("![x](view:containrs)", "There is no view `containrs`. Did you mean `containers`?"),
        ("![x](view:everything)", "There is no view `everything`. The views are `context`, `containers`, `logo`."),
        ("![x](view:shop.dsl#context)", "There is no diagram at `shop.dsl`. The diagrams are `workspace.dsl`."),
        ("![x](view:)", "It does not say which view to show. The views are"),
        ("![x](view:logo)", "The view `logo` is a picture that was made elsewhere."),
    ] {
        let html = on_page(embed).replace("&#39;", "'");
        assert!(html.contains(said) && !html.contains("<svg width"), "{embed}: {html}");
    }
    let html = shown("![x](view:a)", &[], &Medium::Page);
    assert!(html.contains("The project has no diagram"), "{html}");
    let many = (0..30).map(|n| format!("![x](view:containers{n})\n\n")).collect::<Vec<_>>().concat();
    assert_eq!(on_page(&many).matches("A record shows 24 pictures").count(), 6);
}

#[test]
fn mermaid_is_drawn_or_says_what_it_is() {
    let html = on_page("# T\n\n```mermaid\nflowchart LR\n  a[Shop] --> b[(Orders)]\n```\n");
    assert!(html.contains("<svg width=") && html.contains("Orders"), "{html}");
    let c4 = on_page("```mermaid\nC4Container\n  Person(u, \"User\")\n  Container(a, \"API\", \"Go\")\n  Rel(u, a, \"Uses\")\n```\n");
    assert!(c4.contains("<svg width=") && c4.contains("API"), "{c4}");
    let architecture =
        on_page("```mermaid\narchitecture-beta\n  service api(server)[API]\n  service db(database)[DB]\n  api:R --> L:db\n```\n");
    assert!(architecture.contains("<svg width="), "{architecture}");
    let sequence = on_page("# T\n\n```mermaid\nsequenceDiagram\n  A->>B: <b>hi</b>\n```\n");
    assert!(sequence.contains("it is a sequence diagram") && sequence.contains("A-&gt;&gt;B: &lt;b&gt;hi"), "{sequence}");
    assert!(!sequence.contains("<svg width"));
    let wrong = on_page("---\nstatus: draft\n---\n# T\n\n```mermaid\n\nflowchrt LR\n  a --> b\n```\n");
    assert!(wrong.contains("Line 8: `flowchrt` is no kind of Mermaid. Did you mean `flowchart`?"), "{wrong}");
    let broken = on_page("# T\n\n```mermaid\nflowchart LR\n  a --> b\n  subgraph x\n    c((\n```\n");
    assert!(broken.contains("Line "), "errors have lines: {broken}");
    assert!(on_page("```mermaid\n```\n").contains("This Mermaid fence is empty"));
}

#[test]
fn rules_show_whether_they_hold() {
    let html = on_page("# T\n\n```lintel-rule\nforbid technology Oracle\nforbid technology MongoDB\n\nno kind databse\n```\n");
    assert!(html.contains("rule--holds\"><svg class=\"icon\""), "{html}");
    assert!(html.contains("Violated by Orders DB"), "{html}");
    assert!(html.contains("Can’t be read, line 7: There is no kind databse. Did you mean database?"), "{html}");
    assert!(shown("```lintel-rule\nno MongoDB\n```\n", &[], &Medium::Page).contains("Not checked: the project has no diagram"));
}

#[test]
fn a_name_without_an_element_comes_with_the_nearest() {
    let html = on_page("[[Orders DB]] and [[Orders BD]] and [[Nothing]]\n");
    assert!(html.contains("elementlink--missing\">Orders BD</span>"), "{html}");
    assert!(html.contains("did you mean <a href=\"/p/shop/diagrams/1?element=s.db\">Orders DB</a>?"), "{html}");
    assert!(html.contains("Nothing</span> <span class=\"elementlink__hint\">(no such element)</span>"), "{html}");
}

#[test]
fn a_file_of_its_own_asks_for_nothing() {
    let model = model(SHOP);
    let text = "![a](view:containers)\n\n```lintel-rule\nforbid technology MongoDB\n```\n";
    for (server, links) in [(None, 0), (Some("https://lintel.example".to_owned()), 1)] {
        let html = shown(text, &[("workspace.dsl", &model)], &Medium::File { server });
        assert!(!html.contains("icons.svg") && !html.contains("src="), "{html}");
        assert_eq!(html.matches("href=\"https://lintel.example/p/").count(), links, "{html}");
        assert!(!html.contains("href=\"/"), "{html}");
    }
}

/// What pictures and captions may consist of.
const TAGS: [&str; 24] = [
    "p",
    "h2",
    "span",
    "figure",
    "figcaption",
    "div",
    "b",
    "ul",
    "li",
    "code",
    "pre",
    "a",
    "svg",
    "title",
    "desc",
    "g",
    "rect",
    "path",
    "text",
    "tspan",
    "use",
    "circle",
    "defs",
    "marker",
];

/// Fails on any tag, attribute or address that could do something.
fn check(html: &str) {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').unwrap() + at;
        let tag = rest[at + 1..end].trim_end_matches('/');
        rest = &rest[end + 1..];
        if tag.starts_with('/') {
            continue;
        }
        let name = tag.split(' ').next().unwrap();
        assert!(TAGS.contains(&name) || ["polygon", "polyline", "line", "ellipse"].contains(&name), "<{name}> in {html}");
        let mut attributes = tag[name.len()..].trim_start();
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").unwrap_or_else(|| panic!("{tag} in {html}"));
            let (value, after) = value.split_once('"').unwrap();
            assert!(
                !key.starts_with("on") && key != "style" && key != "src" && !key.contains(':') || key == "xmlns:xlink",
                "{key} in {html}"
            );
            if key == "href" {
                assert!(value.starts_with("/p/shop/") || value.starts_with("/icons.svg#i-") || value.starts_with('#'), "{value} in {html}");
            }
            assert!(key == "xmlns" || key.starts_with("aria-label") || !value.contains("url(h"), "{value}");
            attributes = after.trim_start();
        }
    }
}

/// Attempts to become more than a caption, a label or a name.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "&quot; onload=&quot;alert(1)",
    "<style>@import'https://evil.example'</style>",
    "<foreignObject><iframe src=https://evil.example></iframe></foreignObject>",
    "<image href=https://evil.example/x.png>",
    "<use href=https://evil.example/x.svg#a>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "<animate onbegin=alert(1)>",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "data:text/html,<script>alert(1)</script>",
    "<img src=https://evil.example/x.png>",
    "https://evil.example/x.png",
    "url(https://evil.example)",
];

#[test]
fn captions_labels_and_names_stay_text() {
    for attack in ATTACKS {
        let plain = attack.replace(['"', '\\'], "'");
        let named = model(
            &SHOP
                .replace("\"API\"", &format!("\"{plain}\""))
                .replace("Inside the shop", &plain)
                .replace("\"Orders\"", &format!("\"{plain}\"")),
        );
        let quoted = plain.replace('\'', "");
        for text in [
            format!("![{attack}](view:containers)"),
            format!("![x](view:{})", attack.replace(' ', "%20").replace(['(', ')'], "")),
            format!("```lintel-view containers\n{attack}\n```"),
            format!("```lintel-view {attack}\n```"),
            format!(
                "```mermaid\nflowchart LR\n  a[\"{quoted}\"] -->|\"{quoted}\"| b\n  click a href \"javascript:alert(1)\"\n  click b call alert(1)\n  style a fill:url(https://evil.example)\n```"
            ),
            format!(
                "```mermaid\nC4Container\n  Person(u, \"{quoted}\", \"{quoted}\", $sprite=\"https://evil.example/x.png\", $link=\"javascript:alert(1)\")\n```"
            ),
            format!("```mermaid\narchitecture-beta\n  service a(server)[{}]\n```", quoted.replace(['[', ']'], "")),
            format!("```mermaid\n%%{{init: {{'securityLevel':'loose','themeCSS':'{quoted}'}}}}%%\nflowchart LR\n  a --> b\n```"),
            format!("```mermaid\nsequenceDiagram\n{attack}\n```"),
            format!("```mermaid\n{attack}\n```"),
            format!("```lintel-rule\nforbid technology {attack}\n{attack}\n```"),
            format!("[[{attack}]]"),
        ] {
            let html = shown(&text, &[("workspace.dsl", &named)], &Medium::Page);
            check(&html);
        }
    }
}
