//! Short texts as people paste them, and those that only look like diagrams.

use proptest::prelude::*;

use super::*;
use crate::domain::syntax::format::recognise::recognise;

#[test]
fn each_sample_is_recognised_by_its_text_by_its_name_and_in_a_fence() {
    for format in Format::ALL {
        let text = sample(format);
        assert_eq!(recognise(None, &text), Some(format));
        assert_eq!(recognise(Some("diagram"), &format!("\n\n{text}")), Some(format));
        assert_eq!(recognise(Some("a/b/Diagram.TXT"), &text), Some(format));
        for extension in format.extensions() {
            assert_eq!(recognise(Some(&format!("docs/Shop.{}", extension.to_uppercase())), &text), Some(format), "{extension}");
        }
        for fence in format.row().fences.iter().chain(&["", "text"]) {
            assert_eq!(recognise(None, &format!("```{fence}\n{text}```\n")), Some(format), "{fence}");
            assert_eq!(recognise(Some("note.md"), &format!("~~~ {fence}\n{text}\n~~~")), Some(format), "{fence}");
        }
        assert_eq!(recognise(Some("note.md"), &format!("# Title\n\n```\n{text}```\n")), None);
        assert_eq!(Format::from_slug(format.slug()), Some(format));
        // Windows line ends and a byte order mark change nothing.
        assert_eq!(recognise(None, &format!("\u{feff}{}", text.replace('\n', "\r\n"))), Some(format));
        // Half of it is enough.
        let half = text.get(..text.floor_char_boundary(text.len() * 2 / 3)).unwrap();
        assert_eq!(recognise(None, half), Some(format), "{half}");
    }
}

#[test]
fn an_empty_file_is_what_its_name_says() {
    for (path, format) in [
        ("a.dsl", Some(Format::Structurizr)),
        ("a.mmd", Some(Format::Mermaid)),
        ("a.puml", Some(Format::C4PlantUml)),
        ("a.d2", Some(Format::D2)),
        ("a.c4", Some(Format::LikeC4)),
        ("a.json", None),
        ("a.md", None),
        ("a", None),
    ] {
        assert_eq!(recognise(Some(path), ""), format, "{path}");
    }
    assert_eq!(recognise(None, ""), None);
}

#[test]
fn short_texts_are_recognised() {
    for (text, format) in [
        ("graph TD\nA-->B", Format::Mermaid),
        ("flowchart LR; a --> b", Format::Mermaid),
        ("%%{init: {'theme': 'dark'}}%%\nflowchart TD\n  a --> b", Format::Mermaid),
        ("---\ntitle: x\n---\nC4Context\nPerson(a, \"A\")", Format::MermaidC4),
        ("%% note\narchitecture-beta\nservice a(server)[A]", Format::MermaidArchitecture),
        ("a -> b", Format::D2),
        ("user -> web app: clicks {style.stroke: red}", Format::D2),
        ("x -- y\ny -- z", Format::D2),
        ("# people\nme: Me\nme.shape: person", Format::D2),
        ("a: |md\n  # Title (with) [brackets]\n  - x\n|\na -> b", Format::D2),
        ("Person(a, \"A\")\nSystem(b, \"B\")\nRel(a, b, \"Uses\")", Format::C4PlantUml),
        ("!include https://raw.githubusercontent.com/x/C4-PlantUML/master/C4_Context.puml\nPerson(a, \"A\")", Format::C4PlantUml),
        ("' a comment\n@startuml\na -> b\n@enduml", Format::C4PlantUml),
        ("LAYOUT_WITH_LEGEND()\nPerson(a, \"A\")", Format::C4PlantUml),
        ("workspace {\n}", Format::Structurizr),
        ("workspace extends base.dsl {\n}", Format::Structurizr),
        ("!identifiers hierarchical\nmodel {\n  a = person \"A\"\n}", Format::Structurizr),
        ("u = person \"User\"\ns = softwareSystem \"S\"\nu -> s \"Uses\"", Format::Structurizr),
        ("softwareSystem \"Shop\" {\n  container \"Web\"\n}", Format::Structurizr),
        ("views {\n  systemContext s {\n    include *\n  }\n}", Format::Structurizr),
        ("web -> db \"Stores\" \"SQL\"", Format::Structurizr),
        ("model {\n  a = system 'A'\n  b = system 'B'\n  a -> b 'asks'\n}", Format::LikeC4),
        ("views {\n  view of cloud {\n    include *\n  }\n}", Format::LikeC4),
        ("import { a } from './b'\nmodel {\n}", Format::LikeC4),
        ("{\"name\": \"x\", \"model\": {}, \"views\": {}}", Format::StructurizrJson),
        ("{\"elements\": {}, \"relations\": {}}", Format::ModelJson),
    ] {
        assert_eq!(recognise(None, text), Some(format), "{text}");
    }
}

#[test]
fn what_is_no_diagram_is_not_taken_for_one() {
    for text in [
        "Hello",
        "Hello, world.",
        "# Title\n\nSome words about it.\n",
        "# Title\n\n* Status: accepted\n* Date: 2024-01-01\n",
        "The workspace is fine",
        "Workspace is what we call it",
        "graph theory is nice",
        "architecture is what is hard to change",
        "model trains",
        "key: value\nother: value\n",
        "name: app\nservices:\n  web:\n    image: nginx\n",
        "fn main() -> Result<(), Error> {\n    Ok(())\n}",
        "def f(x: int) -> str:\n    return x",
        "const f = (a) => a + 1;",
        "SELECT * FROM t WHERE a <> b;",
        "body {\n  color: red;\n  direction: rtl;\n}",
        "digraph { a -> b }",
        "+---+    +---+\n| a |--->| b |\n+---+    +---+",
        "┌───┐\n│ a │\n└───┘",
        "[a] --> [b]",
        "sequenceDiagram\n  a ->> b: hi",
        "stateDiagram-v2\n  A --> B",
        "Alice->>Bob: hi",
        "classDiagram\n  A <|-- B",
        "- one\n- two -> three\n",
        "Well -- who knows",
        "{\"name\": \"app\", \"version\": \"1.0.0\"}",
        "[1, 2]",
        "<svg></svg>",
        "import x from 'y'\n",
    ] {
        assert_eq!(recognise(None, text), None, "{text}");
        assert_eq!(recognise(Some("README.md"), text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_looked_at_without_harm(text in "[ -~\nä`|{}<>:'\"-]{0,200}") {
        let _ = recognise(None, &text);
        let _ = recognise(Some("x.md"), &format!("```\n{text}"));
    }
}
