workspace "Order events" "How a web shop tells its other parts that somebody has ordered." {

    !identifiers flat

    properties {
        stage live
    }

    model {
        customer = person "Customer" "Orders on the web and waits for a mail"
        mailer = softwareSystem "Mail provider" "Delivers mails to customers" {
            tags "External"
            properties {
                role email
                contact yes
            }
        }
        bank = softwareSystem "Acquirer" "Charges cards" {
            tags "External"
            properties {
                contact yes
                sla 99.9
            }
        }

        shop = softwareSystem "Web shop" "Basket, orders, invoices and what customers are told" {
            spa = container "Shop front" "Basket and order history in the browser" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "Edge gateway" "Checks sign-in, limits rates, routes" "Traefik" {
                properties {
                    owner team-platform
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            nats = container "orders.created" "One message for each new order" "NATS 2.10, core" {
                properties {
                    owner team-orders
                    dlq no
                    schema no
                    alerts no
                    tier 2
                }
            }
            presence = container "agents.presence" "Which support agents are at their desks, every ten seconds" "NATS 2.10, core" {
                properties {
                    owner team-support
                    role presence
                    loss_ok yes
                    retention no
                    dlq no
                    schema registry
                    alerts no
                    tier 2
                    delivery at-most-once
                }
            }

            group "Ordering" {
                orders = container "Order service" "Takes orders, keeps their state and tells others" "Go" {
                    properties {
                        owner team-orders
                        auth oidc
                        authz rbac
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        tier 2
                    }
                }
                ordersdb = container "Orders DB" "Orders, order lines and their state" "PostgreSQL 16" {
                    properties {
                        owner team-orders
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
            }
            group "Communication" {
                email = container "Email worker" "Writes and sends the confirmation of an order" "Go" {
                    properties {
                        kind worker
                        owner team-crm
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        tier 2
                    }
                }
            }
            group "Billing" {
                billing = container "Billing worker" "Writes the invoice and charges the card" "Kotlin" {
                    properties {
                        kind worker
                        owner team-billing
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        tier 2
                    }
                }
                billingdb = container "Billing DB" "Invoices and payments" "PostgreSQL 16" {
                    properties {
                        owner team-billing
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
            }
            group "Support" {
                desk = container "Support desk" "Chats with customers and shows who is there" "Elixir, Phoenix" {
                    properties {
                        kind service
                        owner team-support
                        auth oidc
                        authz rbac
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        tier 2
                    }
                }
                router = container "Chat router" "Gives a chat to an agent who is there" "Elixir" {
                    properties {
                        kind worker
                        owner team-support
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        tier 2
                    }
                }
            }
        }

        customer -> spa "Orders"
        spa -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 10s
            }
        }
        gateway -> orders "Places and reads orders" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        gateway -> desk "Chats" "WebSocket" {
            properties {
                tls mutual
                mode stream
            }
        }

        orders -> ordersdb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        orders -> nats "Publishes after the commit" "NATS" {
            properties {
                mode async-pub
                effect event
                delivery at-most-once
                tls yes
            }
        }
        email -> nats "Subscribes" "NATS" {
            properties {
                mode async-sub
                effect command
                idempotent no
                tls yes
            }
        }
        billing -> nats "Subscribes" "NATS" {
            properties {
                mode async-sub
                effect command
                idempotent no
                tls yes
            }
        }
        email -> mailer "Sends mails" "HTTPS" {
            properties {
                tls yes
                timeout 5s
                circuit_breaker yes
            }
        }
        billing -> billingdb "Writes invoices" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        billing -> bank "Charges cards" "HTTPS" {
            properties {
                tls yes
                timeout 5s
                circuit_breaker yes
            }
        }

        desk -> presence "Says who is there" "NATS" {
            properties {
                mode async-pub
                effect event
                tls yes
            }
        }
        router -> presence "Learns who is there" "NATS" {
            properties {
                mode async-sub
                effect event
                tls yes
            }
        }
    }

    views {
        systemContext shop "context" {
            include *
            autoLayout lr
        }
        container shop "containers" {
            include *
            autoLayout lr
        }
    }
}
