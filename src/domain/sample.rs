//! The sample project that a first visit opens: an order and payments platform with a decision log and flaws to find.

/// Its name.
pub const NAME: &str = "Order & payments platform";

/// What the project's page says about it.
pub const DESCRIPTION: &str = "A sample: the platform of a web shop, with its decisions and a few flaws to find.";

/// Its files by path, as an import would bring them.
pub const FILES: [(&str, &str); 10] = [
    ("README.md", include_str!("../sample/README.md")),
    ("workspace.dsl", include_str!("../sample/workspace.dsl")),
    ("docs/adr/0001-record-architecture-decisions.md", include_str!("../sample/docs/adr/0001-record-architecture-decisions.md")),
    (
        "docs/adr/0002-use-postgresql-for-orders-and-ledger.md",
        include_str!("../sample/docs/adr/0002-use-postgresql-for-orders-and-ledger.md"),
    ),
    (
        "docs/adr/0003-exchange-order-events-through-rabbitmq.md",
        include_str!("../sample/docs/adr/0003-exchange-order-events-through-rabbitmq.md"),
    ),
    ("docs/adr/0004-check-sign-in-at-the-gateway.md", include_str!("../sample/docs/adr/0004-check-sign-in-at-the-gateway.md")),
    ("docs/adr/0005-move-order-events-to-kafka.md", include_str!("../sample/docs/adr/0005-move-order-events-to-kafka.md")),
    (
        "docs/adr/0006-keep-sessions-in-redis-and-accept-losing-them.md",
        include_str!("../sample/docs/adr/0006-keep-sessions-in-redis-and-accept-losing-them.md"),
    ),
    (
        "docs/adr/0007-settle-with-the-acquirer-by-nightly-file.md",
        include_str!("../sample/docs/adr/0007-settle-with-the-acquirer-by-nightly-file.md"),
    ),
    (
        "docs/adr/0008-publish-payment-events-with-tokens-only.md",
        include_str!("../sample/docs/adr/0008-publish-payment-events-with-tokens-only.md"),
    ),
];

#[cfg(test)]
mod tests;
