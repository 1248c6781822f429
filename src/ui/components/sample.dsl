workspace "Order and payments platform" {
    model {
        customer = person "Customer" "Shops online"
        platform = softwareSystem "Order and payments platform" {
            storefront = container "Web storefront" "Shop" "TypeScript" "Frontend"
            gateway = container "API gateway" "One door" "Envoy" "Gateway"
            group "Ordering" {
                orders = container "Order service" "Takes orders" "Rust"
                ordersdb = container "Orders DB" "Keeps orders" "PostgreSQL" "Database"
            }
            events = container "Order events" "Topics" "Kafka" "Queue"
            group "Payments" {
                payments = container "Payment service" "Authorises" "Kotlin"
                ledger = container "Ledger DB" "Keeps bookings" "PostgreSQL" "Database"
            }
            dispatch = container "Dispatch worker" "Hands over" "Rust" "Worker"
        }
        warehouse = softwareSystem "Warehouse" "Partner" "External"
        processor = softwareSystem "Card processor" "Acquirer" "External"

        customer -> storefront "Browses" "HTTPS"
        storefront -> gateway "Calls" "HTTPS"
        gateway -> orders "Calls" "gRPC"
        gateway -> payments "Calls" "gRPC"
        orders -> ordersdb "Stores" "SQL"
        orders -> events "Publishes" "Kafka"
        payments -> ledger "Books" "SQL"
        payments -> processor "Authorises" "mTLS"
        events -> dispatch "Feeds" "Kafka"
        dispatch -> warehouse "Hands over" "HTTPS"
    }
    views {
        container platform containers {
            include *
            autoLayout lr
        }
    }
}
