//! Drawings as people and machines put them into READMEs and decision records, with what a person reads in them.

use super::*;

#[test]
fn a_row_of_boxes() {
    reads(
        r"
+--------+      +---------+      +----------+
| Client |----->|  API    |----->| Postgres |
+--------+      +---------+      +----------+
",
        &["Client", "API", "Postgres"],
        &[],
        &["Client -> API", "API -> Postgres"],
    );
}

#[test]
fn labels_on_top_of_lines() {
    reads(
        r"
┌─────────┐   HTTPS    ┌─────────┐    SQL     ┌──────────┐
│ Browser │───────────▶│   API   │───────────▶│ Orders   │
│         │            │ (Rust)  │            │ database │
└─────────┘            └─────────┘            └──────────┘
",
        &["Browser", "API (Rust)", "Orders database"],
        &[],
        &["Browser -> API: HTTPS", "API -> Orders database: SQL"],
    );
}

#[test]
fn labels_in_the_line() {
    reads(
        r"
+-----+            +-----+
| Web |--- REST -->| API |
+-----+            +-----+
   |                  |
   | reads            +---- publishes order ----> +-------+
   v                                              | Kafka |
+-------+                                         +-------+
| Cache |
+-------+
",
        &["Web", "API", "Cache", "Kafka"],
        &[],
        &["Web -> API: REST", "Web -> Cache: reads", "API ..> Kafka: publishes order"],
    );
}

#[test]
fn words_and_arrows_alone() {
    reads(
        "Client -> API -> Database\nAPI --> Cache\n",
        &["Client", "API", "Database", "Cache"],
        &[],
        &["Client -> API", "API -> Database", "API -> Cache"],
    );
    reads(
        "[Mobile app] --> (API gateway) --> [Order service]\n",
        &["Mobile app", "API gateway", "Order service"],
        &[],
        &["Mobile app -> API gateway", "API gateway -> Order service"],
    );
    reads("User → Web App → Backend API", &["User", "Web App", "Backend API"], &[], &["User -> Web App", "Web App -> Backend API"]);
}

#[test]
fn words_with_labels_between() {
    reads(
        "Frontend --HTTP--> Backend --SQL--> Database",
        &["Frontend", "Backend", "Database"],
        &[],
        &["Frontend -> Backend: HTTP", "Backend -> Database: SQL"],
    );
    reads("Shop ── gRPC ──▶ Payments", &["Shop", "Payments"], &[], &["Shop -> Payments: gRPC"]);
}

#[test]
fn words_below_each_other() {
    reads(
        r"
  Client
    |
    v
  Gateway
    |
    | gRPC
    v
  Orders
",
        &["Client", "Gateway", "Orders"],
        &[],
        &["Client -> Gateway", "Gateway -> Orders: gRPC"],
    );
    reads("Client\n  ↓\nServer\n  ↓\nDatabase\n", &["Client", "Server", "Database"], &[], &["Client -> Server", "Server -> Database"]);
}

#[test]
fn nested_boxes_are_groups() {
    reads(
        r"
┌─ Backend ─────────────────────────────┐
│                                       │
│  ┌───────────┐       ┌────────────┐   │
│  │ Order API │──────▶│ Order DB   │   │
│  └───────────┘       └────────────┘   │
│                                       │
└───────────────────────────────────────┘
",
        &["Order API in Backend", "Order DB in Backend"],
        &["Backend"],
        &["Order API -> Order DB"],
    );
}

#[test]
fn a_title_inside_the_outer_box() {
    reads(
        r"
+----------+       +------------------------------------------+
|          |       |  Kubernetes cluster                      |
|  User    |       |                                          |
|          |       |  +---------+   HTTP    +-------------+   |
|          +-------+->| Ingress +---------->| Web (React) |   |
+----------+       |  +---------+           +-------------+   |
                   |                                          |
                   +------------------------------------------+
",
        &["User", "Ingress in Kubernetes cluster", "Web (React) in Kubernetes cluster"],
        &["Kubernetes cluster"],
        &["User -> Ingress", "Ingress -> Web: HTTP"],
    );
}

#[test]
fn an_arrow_to_the_outer_box_makes_it_an_element() {
    reads(
        r"
┌──────┐      ╔═ Shop ═══════════════╗
│ User │─────▶║  ┌─────┐   ┌──────┐  ║
└──────┘      ║  │ Web │──▶│ Cart │  ║
              ║  └─────┘   └──────┘  ║
              ╚══════════════════════╝
",
        &["User", "Shop", "Web in Shop", "Cart in Shop"],
        &[],
        &["User -> Shop", "Web -> Cart"],
    );
}

#[test]
fn fan_out_and_fan_in() {
    reads(
        r"
              ┌──────────┐
              │ Gateway  │
              └────┬─────┘
       ┌───────────┼───────────┐
       ▼           ▼           ▼
   ┌───────┐   ┌───────┐   ┌───────┐
   │ Users │   │ Items │   │ Carts │
   └───┬───┘   └───┬───┘   └───┬───┘
       └───────────┼───────────┘
                   ▼
              ┌──────────┐
              │ Postgres │
              └──────────┘
",
        &["Gateway", "Users", "Items", "Carts", "Postgres"],
        &[],
        &["Gateway -> Users", "Gateway -> Items", "Gateway -> Carts", "Users -> Postgres", "Items -> Postgres", "Carts -> Postgres"],
    );
}

#[test]
fn fan_out_in_ascii() {
    reads(
        r"
            +-----------+
            |  Balancer |
            +-----+-----+
                  |
       +----------+----------+
       |          |          |
       v          v          v
   +-------+  +-------+  +-------+
   | App 1 |  | App 2 |  | App 3 |
   +-------+  +-------+  +-------+
",
        &["Balancer", "App 1", "App 2", "App 3"],
        &[],
        &["Balancer -> App 1", "Balancer -> App 2", "Balancer -> App 3"],
    );
}

#[test]
fn branches_to_the_right() {
    reads(
        r"
+---------+      +----------+
| Ingest  |--+-->| Storage  |
+---------+  |   +----------+
             |
             |   +----------+
             +-->| Indexer  |
             |   +----------+
             |
             |   +----------+
             '-->| Archiver |
                 +----------+
",
        &["Ingest", "Storage", "Indexer", "Archiver"],
        &[],
        &["Ingest -> Storage", "Ingest -> Indexer", "Ingest -> Archiver"],
    );
}

#[test]
fn lines_that_cross_stay_apart() {
    reads(
        r"
┌───┐          ┌───┐
│ A ├──┐   ┌──▶│ B │
└───┘  │   │   └───┘
       │   │
┌───┐  │   │   ┌───┐
│ C ├──┼───┘   │ E │
└───┘  │       └───┘
       │         ▲
       └─────────┘
",
        &["A", "B", "C", "E"],
        &[],
        &["A -> E", "C -> B"],
    );
    reads(
        r"
+---+             +---+
| A |---+    +--->| B |
+---+   |    |    +---+
        |    |
+---+   |    |    +---+
| C |---+----+    | D |
+---+   |         +---+
        |           ^
        +-----------+
",
        &["A", "B", "C", "D"],
        &[],
        &["A -> D", "C -> B"],
    );
}

#[test]
fn both_directions() {
    reads(
        r"
+-----+       +-----+
|  A  |<----->|  B  |
+-----+       +-----+
   ^
   |
   v
+-----+
|  C  |
+-----+
",
        &["A", "B", "C"],
        &[],
        &["A -> B", "B -> A", "A -> C", "C -> A"],
    );
    reads(
        "Client <-> Server\nServer ↔ Database",
        &["Client", "Server", "Database"],
        &[],
        &["Client -> Server", "Server -> Client", "Server -> Database", "Database -> Server"],
    );
}

#[test]
fn dashed_lines_are_asynchronous() {
    reads(
        r"
┌────────┐  events  ┌────────┐         ┌──────┐
│ Orders │┄┄┄┄┄┄┄┄┄▶│  Bus   │╌╌╌╌╌╌╌╌▶│ Mail │
└────────┘          └────────┘         └──────┘
     ┆
     ▼
┌────────┐   ...>  +-------+
│ Audit  │         | X     |
└────────┘         +-------+
",
        &["Orders", "Bus", "Mail", "Audit", "X"],
        &[],
        &["Orders ..> Bus: events", "Bus ..> Mail", "Orders ..> Audit", "Audit ..> X"],
    );
    reads(
        "+---+           +---+\n| A |- - - - - >| B |\n+---+           +---+\n  :\n  :\n  v\n+---+   +---+\n| C |..>| D |\n+---+   +---+\n",
        &["A", "B", "C", "D"],
        &[],
        &["A ..> B", "A ..> C", "C ..> D"],
    );
}

#[test]
fn arrows_that_point_up_and_left() {
    reads(
        r"
+-----+        +-----+
|  A  |<-------|  B  |
+-----+        +-----+
                  ^
                  |
               +-----+
               |  C  |
               +-----+
",
        &["A", "B", "C"],
        &[],
        &["B -> A", "C -> B"],
    );
}

#[test]
fn rounded_and_starred_boxes() {
    reads(
        r"
.--------.     *--------*     /--------\     ,-------.
| Shop   |---->| Orders |---->| Stock  |---->| Ledger|
'--------'     *--------*     \--------/     `-------'
",
        &["Shop", "Orders", "Stock", "Ledger"],
        &[],
        &["Shop -> Orders", "Orders -> Stock", "Stock -> Ledger"],
    );
}
