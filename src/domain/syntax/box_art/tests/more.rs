//! More drawings: broken ones, layers, notes, lines without heads, and texts that are no drawings.

use super::*;

#[test]
fn heavy_double_and_mixed_boxes() {
    reads(
        r"
┏━━━━━━━━┓     ╔════════╗     ╭────────╮     ╒════════╕
┃ Shop   ┃━━━━▶║ Orders ║════▶│ Stock  │────▶│ Ledger │
┗━━━━━━━━┛     ╚════════╝     ╰────────╯     ╘════════╛
",
        &["Shop", "Orders", "Stock", "Ledger"],
        &[],
        &["Shop -> Orders", "Orders -> Stock", "Stock -> Ledger"],
    );
}

#[test]
fn wide_characters_and_emoji() {
    reads(
        "┌──────────────┐      ┌──────────┐\n│ 注文サービス │─────▶│ 支払い   │\n└──────────────┘      └──────────┘\n",
        &["注文サービス", "支払い"],
        &[],
        &["注文サービス -> 支払い"],
    );
    // Emoji are often counted as one column.
    reads(
        "┌───────────┐     ┌─────────┐\n│ 🚀 Launch │────▶│ Orders  │\n└───────────┘     └─────────┘\n",
        &["🚀 Launch", "Orders"],
        &[],
        &["🚀 Launch -> Orders"],
    );
}

#[test]
fn comments_fences_and_quotations() {
    let art = "+-----+     +-----+\n| Web |---->| API |\n+-----+     +-----+";
    let expected: (&[&str], &[&str]) = (&["Web", "API"], &["Web -> API"]);
    for mark in ["// ", "/// ", "# ", "> ", "    ", ";; ", "-- "] {
        let text: String = art.lines().flat_map(|line| [mark, line, "\n"]).collect();
        reads(&text, expected.0, &[], expected.1);
    }
    let block =
        format!("/*\n{}\n */\nfn main() -> u8 {{\n}}\n", art.lines().map(|line| format!(" * {line}")).collect::<Vec<_>>().join("\n"));
    reads(&block, expected.0, &[], expected.1);
    reads(&format!("# Title\n\nSome words about a -> b.\n\n```text\n{art}\n```\n\nMore -> words.\n"), expected.0, &[], expected.1);
    reads(
        &format!("1. Item\n\n   ```\n{}\n   ```\n", art.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")),
        expected.0,
        &[],
        expected.1,
    );
    let quoted: String = format!("```\n{art}\n```").lines().flat_map(|line| ["> ", line, "\n"]).collect();
    reads(&quoted, expected.0, &[], expected.1);
}

#[test]
fn several_drawings_are_several_views() {
    let imported = reads(
        r"# Shop

## Context

```
+------+     +------+
| User |---->| Shop |
+------+     +------+
```

## Containers

```
+------+     +-----+     +----+
| Shop |---->| API |---->| DB |
+------+     +-----+     +----+
```
",
        &["User", "Shop", "API", "DB"],
        &[],
        &["User -> Shop", "Shop -> API", "API -> DB"],
    );
    let views: Vec<(&str, usize)> = imported.model.views.iter().map(|view| (view.title.as_deref().unwrap(), view.elements.len())).collect();
    assert_eq!(views, [("Context", 2), ("Containers", 3)]);
}

#[test]
fn tables_trees_and_code_are_no_drawings() {
    for text in [
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "+----+-------+\n| id | name  |\n+----+-------+\n|  1 | anna  |\n|  2 | bert  |\n+----+-------+\n",
        "```\nsrc/\n├── main.rs\n├── lib.rs\n│   └── inner.rs\n└── tests/\n```\n",
        "```rust\nfn a(x: u8) -> u8 { x }\nlet b = |x| x;\n```\n",
        "fn a() -> B {\n    let c = d;\n    e.f();\n    g();\n}\n",
        "Just some words - with dashes -- and a list:\n\n- one\n- two\n",
        "",
    ] {
        let imported = box_art::read(text);
        assert!(imported.model.elements.is_empty(), "{text}\n{:?}", told(&imported));
        assert!(imported.diagnostics.iter().any(|found| found.code == "no-drawing"));
    }
}

#[test]
fn broken_boxes_are_read_and_told() {
    let imported = reads(
        r"
┌───────────┐      ┌──────────┐
│ Order service │─▶│ Payments │
└───────────┘      └──────────┘
",
        &["Order service", "Payments"],
        &[],
        &["Order service -> Payments"],
    );
    assert!(imported.diagnostics.iter().any(|found| found.what.contains("line 3, column")), "{:?}", imported.diagnostics);
    let imported = reads(
        r"
+---------+       +---------+
| Orders  |------>| Stock   |
+---------+       +---------
",
        &["Orders", "Stock"],
        &[],
        &["Orders -> Stock"],
    );
    let corner = imported.diagnostics.iter().find(|found| found.code == "missing-corner").unwrap();
    assert!(corner.what.contains("line 4, column 28"), "{}", corner.what);
}

#[test]
fn layers_and_titles_with_dividers() {
    reads(
        r"
┌──────────────┬──────────────┐
│   Web UI     │  Mobile app  │
├──────────────┴──────────────┤
│        API gateway          │
├─────────┬─────────┬─────────┤
│ Orders  │ Users   │ Stock   │
└─────────┴─────────┴─────────┘
",
        &["Web UI", "Mobile app", "API gateway", "Orders", "Users", "Stock"],
        &[],
        &[],
    );
    let imported = reads(
        r"
+---------------+        +-----------------+
| Order         |        | Customer        |
+---------------+        +-----------------+
| - id: Uuid    |------->| - name: String  |
| - total: u64  |        | + rename()      |
+---------------+        +-----------------+
",
        &["Order", "Customer"],
        &[],
        &["Order -> Customer"],
    );
    assert_eq!(imported.model.elements[0].description.as_deref(), Some("id: Uuid, total: u64"));
    reads(
        r"
┌──────────────────────────┐
│         Platform         │
├──────────────────────────┤
│ ┌───────┐      ┌───────┐ │
│ │ Auth  │─────▶│ Users │ │
│ └───────┘      └───────┘ │
└──────────────────────────┘
",
        &["Auth in Platform", "Users in Platform"],
        &["Platform"],
        &["Auth -> Users"],
    );
}

#[test]
fn a_typical_generated_architecture() {
    reads(
        r"
                    ┌─────────────────┐
                    │   Load Balancer │
                    │     (nginx)     │
                    └────────┬────────┘
                             │ HTTPS
              ┌──────────────┴──────────────┐
              │                             │
              ▼                             ▼
     ┌─────────────────┐          ┌─────────────────┐
     │   Auth Service  │          │  Order Service  │
     │      (Go)       │─────────▶│     (Java)      │
     └────────┬────────┘   gRPC   └────────┬────────┘
              │                            │
              │ SQL                        │ publishes
              ▼                            ▼
     ┌─────────────────┐          ┌─────────────────┐
     │   PostgreSQL    │          │      Kafka      │
     └─────────────────┘          └─────────────────┘
",
        &["Load Balancer (nginx)", "Auth Service (Go)", "Order Service (Java)", "PostgreSQL", "Kafka"],
        &[],
        &[
            "Load Balancer -> Auth Service: HTTPS",
            "Load Balancer -> Order Service: HTTPS",
            "Auth Service -> Order Service: gRPC",
            "Auth Service -> PostgreSQL: SQL",
            "Order Service ..> Kafka: publishes",
        ],
    );
}

#[test]
fn request_and_response_lines_between_two_boxes() {
    reads(
        r"
┌──────────┐   request    ┌──────────┐
│          │─────────────▶│          │
│  Client  │              │  Server  │
│          │◀─────────────│          │
└──────────┘   response   └──────────┘
",
        &["Client", "Server"],
        &[],
        &["Client -> Server: request", "Server -> Client: response"],
    );
    reads(
        r"
      ┌─────────┐
      │    A    │
      └─┬─────▲─┘
   call │     │ answer
      ┌─▼─────┴─┐
      │    B    │
      └─────────┘
",
        &["A", "B"],
        &[],
        &["A -> B: call", "B -> A: answer"],
    );
}

#[test]
fn trunk_with_branches_below() {
    reads(
        r"
Orders service
  |
  +--> PostgreSQL
  |
  +--> Redis (cache)
  |
  `--> Kafka
",
        &["Orders service", "PostgreSQL", "Redis (cache)", "Kafka"],
        &[],
        &["Orders service -> PostgreSQL", "Orders service -> Redis", "Orders service ..> Kafka"],
    );
}

#[test]
fn tabs_and_trailing_blanks() {
    reads("\t+---+\t\t+---+   \n\t| A |---------->| B |\n\t+---+\t\t+---+\t\n", &["A", "B"], &[], &["A -> B"]);
}

#[test]
fn underscored_boxes() {
    reads(
        r"
 _________          _________
|         |        |         |
|  Front  |------->|  Back   |
|_________|        |_________|
",
        &["Front", "Back"],
        &[],
        &["Front -> Back"],
    );
}

#[test]
fn lines_without_heads_run_down_and_right() {
    let imported = reads(
        r"
+-----+     +-----+
|  A  |-----|  B  |
+-----+     +-----+
   |
+-----+
|  C  |
+-----+
",
        &["A", "B", "C"],
        &[],
        &["A -> B", "A -> C"],
    );
    assert_eq!(imported.diagnostics.iter().filter(|found| found.code == "direction-guessed").count(), 2);
}

#[test]
fn labels_of_two_rows_and_sides() {
    reads(
        r"
      ┌─────────┐
      │   App   │
      └────┬────┘
           │  reads and
           │  writes orders
           ▼
      ┌─────────┐
      │  Store  │
      └─────────┘
",
        &["App", "Store"],
        &[],
        &["App -> Store: reads and writes orders"],
    );
}

#[test]
fn deeply_nested_boxes() {
    reads(
        r"
+--------------------------------------------------+
| AWS                                              |
|  +--------------------------------------------+  |
|  | VPC                                        |  |
|  |  +---------+        +-------------------+  |  |
|  |  | ALB     |------->| EC2 (Node.js)     |  |  |
|  |  +---------+        +-------------------+  |  |
|  +--------------------------------------------+  |
|                                 |                |
|                                 v                |
|                           +-----------+          |
|                           |    S3     |          |
|                           +-----------+          |
+--------------------------------------------------+
",
        &["VPC in AWS", "ALB in VPC", "EC2 (Node.js) in VPC", "S3 in AWS"],
        &["AWS"],
        &["ALB -> EC2", "VPC -> S3"],
    );
}

#[test]
fn words_in_a_box_around_them() {
    reads(
        r"
┌─ Pipeline ─────────────────────────────┐
│                                        │
│   Build ──▶ Test ──▶ Deploy            │
│                                        │
└────────────────────────────────────────┘
",
        &["Build in Pipeline", "Test in Pipeline", "Deploy in Pipeline"],
        &["Pipeline"],
        &["Build -> Test", "Test -> Deploy"],
    );
}

#[test]
fn a_label_between_a_frame_and_a_bend() {
    reads(
        r"
      ┌───┐                ┌───┐
      │ X │              ┌▶│ Y │
      └─┬─┘              │ └───┘
╔═ Area ╪════════════════╪═══╗
║       │  calls         │   ║
║ ┌───┐ │ ┌──────────────┘   ║
║ │ A ├─┼─┘                  ║
║ └───┘ │    ┌───┐           ║
║       └───▶│ B │           ║
║            └───┘           ║
╚════════════════════════════╝
",
        &["X", "Y", "A in Area", "B in Area"],
        &["Area"],
        &["X -> B", "A -> Y: calls"],
    );
}

#[test]
fn crossed_fans_and_double_heads() {
    reads(
        r"
┌─────────────────────────────────────────────────────────────┐
│                        API Gateway                          │
│                    (Kong / Rate limiting)                   │
└──────────┬──────────────┬──────────────────┬────────────────┘
           │              │                  │
           ▼              ▼                  ▼
    ┌──────────┐   ┌──────────┐      ┌──────────────┐
    │  Auth    │   │  Orders  │      │  Payments    │
    │ Service  │   │ Service  │◄────►│  Service     │
    └────┬─────┘   └────┬─────┘      └──────┬───────┘
         │              │                   │
         └──────┬───────┴───────────────────┘
                │
         ┌──────▼──────┐
         │ PostgreSQL  │
         └─────────────┘
",
        &["API Gateway (Kong / Rate limiting)", "Auth Service", "Orders Service", "Payments Service", "PostgreSQL"],
        &[],
        &[
            "API Gateway -> Auth Service",
            "API Gateway -> Orders Service",
            "API Gateway -> Payments Service",
            "Orders Service -> Payments Service",
            "Payments Service -> Orders Service",
            "Auth Service -> PostgreSQL",
            "Orders Service -> PostgreSQL",
            "Payments Service -> PostgreSQL",
        ],
    );
    reads(
        "+-----+  logs (async)  +-----+\n| App |--------------->| ELK |\n+-----+                +-----+",
        &["App", "ELK"],
        &[],
        &["App ..> ELK: logs (async)"],
    );
}
