workspace "Catalogue and prices" "What an electronics retailer sells, and for how much." {

    !identifiers flat

    properties {
        stage live
    }

    model {
        shopper = person "Shopper" "Compares products and buys some"
        psp = softwareSystem "Payment provider" "Takes cards and wallets on its own pages" {
            tags "External"
            properties {
                contact yes
                sla 99.95
            }
        }

        retail = softwareSystem "Retail platform" "Catalogue, prices and orders" {
            spa = container "Shop" "Catalogue and checkout in the browser" "Vue.js" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            api = container "Public API" "The one way in for shop and partners" "Kong" {
                properties {
                    kind gateway
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

            idp = container "Identity service" "Signs customers in and tells who they are" "Keycloak" {
                properties {
                    kind service
                    owner team-platform
                    role idp
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth none
                    tier 2
                }
            }

            group "Merchandise" {
                catalog = container "Catalog service" "Products with everything a product page shows" "Java, Quarkus" {
                    properties {
                        owner team-catalog
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
                catalogdb = container "Catalog DB" "Products, categories and media" "PostgreSQL 16" {
                    properties {
                        owner team-catalog
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
                changes = container "catalog.changed" "What changed in the catalogue, by product" "Kafka" {
                    properties {
                        owner team-catalog
                        delivery at-least-once
                        partitions 12
                        retention 7d
                        dlq yes
                        schema registry
                        compatibility backward
                        alerts yes
                        tier 2
                    }
                }
                pricing = container "Pricing service" "The price of a product for a customer at a time" "Java, Quarkus" {
                    properties {
                        owner team-pricing
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
                pricesdb = container "Prices DB" "List prices and their validity" "PostgreSQL 16" {
                    properties {
                        owner team-pricing
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
                promotion = container "Promotion engine" "Which discounts hold for which products" "Kotlin" {
                    properties {
                        kind service
                        owner team-pricing
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
            }
            group "Ordering" {
                order = container "Order service" "Takes orders and follows them" "Java, Quarkus" {
                    properties {
                        owner team-orders
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
                ordersdb = container "Orders DB" "Orders and their payments" "PostgreSQL 16" {
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
                payment = container "Payment service" "Starts payments and hears how they end" "Kotlin" {
                    properties {
                        owner team-orders
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
            }
        }

        shopper -> spa "Browses and buys"
        api -> idp "Passes sign-in on" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        spa -> api "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 10s
            }
        }
        idp -> api "Reads which addresses it may send people back to" "HTTPS" {
            properties {
                role control-plane
                tls mutual
                timeout 2s
            }
        }
        api -> catalog "Product pages" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        api -> order "Orders" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }

        catalog -> catalogdb "Reads and writes products" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        catalog -> pricing "Asks for the price of each product" "gRPC" {
            properties {
                tls mutual
                timeout 2s
            }
        }
        pricing -> pricesdb "Reads prices" "SQL" {
            properties {
                access rw
                tls yes
                timeout 300ms
            }
        }
        pricing -> promotion "Asks for discounts" "gRPC" {
            properties {
                tls mutual
                timeout 2s
            }
        }
        catalog -> changes "Which categories a product is in" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls yes
            }
        }
        promotion -> changes "Keeps a table of categories" "Kafka" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }

        order -> ordersdb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        order -> idp "Fetches signing keys" "HTTPS" {
            properties {
                role auth-discovery
                tls mutual
                timeout 2s
            }
        }
        order -> payment "Asks to collect the money" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        payment -> order "Tells how a payment ended" "HTTPS" {
            properties {
                role webhook
                tls mutual
                timeout 2s
            }
        }
        payment -> psp "Starts a payment" "HTTPS" {
            properties {
                tls yes
                timeout 2s
                circuit_breaker yes
            }
        }
        psp -> payment "Notifies" "HTTPS" {
            properties {
                role webhook
                signature hmac
                tls yes
            }
        }
    }

    views {
        systemContext retail "context" {
            include *
            autoLayout lr
        }
        container retail "containers" {
            include *
            autoLayout lr
        }
    }
}
