workspace "Order and payments platform" {
    model {
        customer = person "Customer" "Shops online"
        platform = softwareSystem "Order and payments platform" {
            gateway = container "API gateway" "One door" "Envoy" "Gateway"
            cache = container "Session cache" "Sessions" "Redis" "Cache"
            group "Ordering" {
                orders = container "Order service" "Takes orders" "Rust"
                ordersdb = container "Orders DB" "Keeps orders" "PostgreSQL" "Database"
                events = container "Order events" "Topics" "Kafka" "Queue"
            }
            group "Payments" {
                payments = container "Payment service" "Authorises" "Kotlin"
                ledger = container "Ledger DB" "Keeps bookings" "PostgreSQL" "Database"
                settle = container "Settlement job" "Settles" "Kotlin" "Scheduler"
            }
        }
        processor = softwareSystem "Card processor" "Acquirer" "External"

        customer -> gateway "Browses" "HTTPS"
        gateway -> cache "Sessions" "RESP"
        gateway -> orders "Calls" "gRPC"
        gateway -> payments "Calls" "gRPC"
        orders -> ordersdb "Stores" "SQL"
        orders -> events "Publishes" "Kafka"
        payments -> ledger "Books" "SQL"
        payments -> settle "Orders" "gRPC"
        settle -> processor "Authorises" "mTLS"
    }
    views {
        container platform containers {
            include *
            autoLayout lr
        }
    }
}
