workspace "Order & payments platform" "Takes orders on the web, charges cards and hands parcels to the warehouse." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
    }

    model {
        customer = person "Customer" "Shops online"

        warehouse = softwareSystem "Warehouse" "Partner that stores and ships our goods" {
            tags "External"
            properties {
                kind external
            }
        }
        processor = softwareSystem "Card processor" "Acquirer that authorises and settles card payments" {
            tags "External"
            properties {
                kind external
            }
        }

        platform = softwareSystem "Order & payments platform" "Everything between the basket and the parcel" {
            storefront = container "Web storefront" "Basket, checkout and order history in the browser" "TypeScript SPA" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-web
                }
            }
            gateway = container "API gateway" "The only way in: checks sign-in, limits rates, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    tier 0
                    exposure public
                    auth oidc
                    rate_limit yes
                    replicas 3
                    secrets_source vault
                }
            }
            sessions = container "Session cache" "Who is signed in, for 30 minutes" "Redis 7" {
                properties {
                    kind cache
                    zone dmz
                    owner team-platform
                    tier 2
                    persistence none
                    loss_ok yes // see ADR-0006
                    ttl 30m
                }
            }
            events = container "order.events" "What happened to orders and payments" "Kafka" {
                properties {
                    kind queue
                    zone app
                    owner team-platform
                    tier 1
                    partitions 12
                    retention 7d
                    dlq no
                }
            }
            dispatch = container "Dispatch worker" "Books a parcel for every paid order" "Rust" {
                properties {
                    kind worker
                    zone app
                    owner team-ordering
                    tier 2
                    replicas 2
                    secrets_source vault
                }
            }

            group "Ordering" {
                orders = container "Order service" "Takes orders and knows their state" "Rust, axum" {
                    properties {
                        kind service
                        zone app
                        owner team-ordering
                        tier 1
                        slo 99.9
                        replicas 4
                        auth oidc
                        secrets_source vault
                    }
                }
                ordersdb = container "Orders DB" "Orders, order lines and their history" "PostgreSQL 16" {
                    properties {
                        kind database
                        zone app
                        owner team-ordering
                        tier 1
                        replicas 2
                        failover yes
                        backup daily
                        data "orders, addresses"
                    }
                }
                search = container "Order search" "Finds orders by number, name and article" "OpenSearch 2" {
                    properties {
                        kind search-index
                        role derived
                        zone app
                        owner team-ordering
                        tier 3
                        replicas 1
                    }
                }
            }

            group "Payments" {
                payments = container "Payment service" "Authorises, captures and refunds" "Kotlin, Ktor" {
                    properties {
                        kind service
                        zone pci
                        owner team-payments
                        tier 0
                        slo 99.95
                        replicas 3
                        auth oidc
                        secrets_source vault
                        data "pan, cvv, amount"
                    }
                    paymentapi = component "Payment API" "Checks requests and makes them idempotent" "Ktor routes"
                    authoriser = component "Authoriser" "Asks the acquirer and keeps the answer" "Kotlin"
                    bookkeeper = component "Bookkeeper" "Turns every movement into two bookings" "Kotlin"
                    outbox = component "Outbox relay" "Publishes committed events" "Kotlin"
                }
                connector = container "Card connector" "Speaks the acquirer's protocol" "Kotlin" {
                    properties {
                        kind service
                        zone pci
                        owner team-payments
                        tier 0
                        replicas 2
                        auth mtls
                        secrets_source vault
                    }
                }
                ledger = container "Ledger DB" "Every booking, kept for seven years" "PostgreSQL 16" {
                    properties {
                        kind database
                        zone pci
                        owner team-payments
                        tier 0
                        max_class restricted
                        replicas 1
                        failover no
                        backup daily
                        restore_tested no
                    }
                }
                settlement = container "Settlement job" "Settles the day's captures at 02:00" "Kotlin, cron" {
                    properties {
                        kind scheduler
                        zone pci
                        owner team-payments
                        tier 1
                        replicas 1
                        secrets_source vault
                    }
                }
            }
        }

        customer -> storefront "Browses and orders"
        storefront -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 5s
            }
        }
        gateway -> sessions "Keeps sessions" "RESP" {
            properties {
                tls yes
                timeout 100ms
            }
        }
        gateway -> orders "Places and reads orders" "gRPC" {
            properties {
                tls mesh
                timeout 2s
                retry "2, 50ms, exponential, jitter"
            }
        }
        gateway -> payments "Starts payments" "gRPC" {
            properties {
                tls mesh
                timeout 4s
            }
        }

        orders -> ordersdb "Writes and reads orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        orders -> events "order.placed" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery at-most-once
            }
        }
        orders -> ledger "Books refunds" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        events -> search "order.placed" "HTTPS, sink connector" {
            tags "Async"
        }
        events -> dispatch "order.paid" "Kafka" {
            tags "Async"
            properties {
                effect command
                idempotent yes
            }
        }
        dispatch -> warehouse "Books parcels" "HTTP" {
            properties {
                tls no
                timeout 3s
                retry "5, 1s, fixed"
            }
        }

        payments -> connector "Authorises and captures" "gRPC" {
            properties {
                tls mesh
                timeout none
                criticality hard
            }
        }
        payments -> ledger "Books captures and refunds" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        payments -> events "payment.captured" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls yes
                delivery outbox // see ADR-0005
            }
        }
        connector -> processor "Authorises cards" "HTTPS" {
            properties {
                tls mtls
                timeout 2s
                circuit_breaker yes
            }
        }
        settlement -> ledger "Reads captures, writes settlement batches" "SQL" {
            properties {
                access rw
                tls yes
                timeout 30s
            }
        }
        settlement -> processor "Sends the settlement file" {
            properties {
                mode file
                tls yes
            }
        }

        paymentapi -> authoriser "Asks to authorise"
        authoriser -> connector "Authorises" "gRPC"
        authoriser -> bookkeeper "Reports the result"
        bookkeeper -> ledger "Writes bookings" "SQL"
        outbox -> ledger "Reads committed events" "SQL"
        outbox -> events "payment.captured" "Kafka" {
            properties {
                mode async-pub
                delivery outbox
            }
        }
    }

    views {
        systemContext platform "context" "Who uses the platform, and whom it needs" {
            title "System context"
            include *
            autoLayout lr
        }
        container platform "containers" "What runs, and who talks to whom" {
            title "Container view"
            include *
            autoLayout tb
        }
        component payments "payment-components" "The parts of the Payment service" {
            title "Payments components"
            include *
            autoLayout lr
        }
        styles {
            element "Person" {
                shape person
            }
            element "External" {
                border dashed
            }
            relationship "Async" {
                style dashed
            }
        }
    }
}
