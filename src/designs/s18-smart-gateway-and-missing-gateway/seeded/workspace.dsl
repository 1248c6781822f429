workspace "Garden centre" "Orders of four hundred resellers, and the shop for everybody else." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 22
    }

    model {
        shopper = person "Shopper" "Buys plants on the web or with the app"
        reseller = softwareSystem "Resellers' systems" "Send orders of a hundred lines" {
            tags "External"
            properties {
                kind external
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
            }
        }

        trade = softwareSystem "Trade orders" "Orders of resellers" {
            properties {
                tier 2
                owner team-trade
            }
            tradegw = container "Trade gateway" "Checks certificates, then discounts, stock limits and which depot delivers" "Apache APISIX with Lua" {
                properties {
                    kind gateway
                    auth mtls
                    authz scopes
                    zone dmz
                    exposure public
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "n/a (no browsers)"
                    client_ip_source proxy-protocol
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            rules = container "Rules DB" "Discounts, stock limits and depots of each reseller" "PostgreSQL 16" {
                properties {
                    max_class internal
                    size_gb 3
                    kind database
                    zone data
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                }
            }
            editor = container "Rule editor" "Where sales staff change discounts" "Python, Django" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz rbac
                    max_class internal
                    exposure internal
                    replicas 2
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            tradedb = container "Trade DB" "Orders of resellers and the outbox" "PostgreSQL 16" {
                properties {
                    max_class internal
                    kind database
                    zone data
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                }
            }
            tradeorders = container "Trade order service" "Keeps orders of resellers" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz scopes
                    max_class internal
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            accepted = container "orders.accepted" "Orders that were accepted, and by which depot" "RabbitMQ" {
                properties {
                    kind queue
                    zone app
                    delivery at-least-once
                    retention 7d
                    max_length 100000
                    max_deliveries 5
                    dlq orders.dead
                    schema registry
                    compatibility backward
                    alerts yes
                }
            }
            depots = container "Depot worker" "Tells the depot what to pack" "Java" {
                properties {
                    kind worker
                    zone app
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
        }

        shop = softwareSystem "Web shop" "Shop for everybody else" {
            properties {
                tier 2
                owner team-shop
            }
            spa = container "Shop pages" "Catalogue, basket, reviews" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            app = container "Shop app" "The same on a telephone" "Flutter" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            bff = container "App backend" "Puts together what one screen of the app needs" "Node.js, NestJS" {
                properties {
                    kind gateway
                    role bff
                    auth oidc
                    authz scopes
                    zone dmz
                    exposure public
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "https://shop.example"
                    client_ip_source proxy-protocol
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            sessions = container "App sessions" "Who is signed in" "Redis 7" {
                properties {
                    kind cache
                    zone dmz
                    replicas 2
                    persistence no
                    loss_ok yes
                    ttl 30m
                    invalidation "n/a (sessions end)"
                    max_class internal
                }
            }
            catalogue = container "Catalogue service" "Plants, pots and prices" "Go" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    max_class public
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            basket = container "Basket service" "What one is about to buy" "Go" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    max_class internal
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            orders = container "Order service" "Orders and their state" "Kotlin" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz abac
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    max_class internal
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            reviews = container "Review service" "Stars and photos" "Go" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    max_class public
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            loyalty = container "Loyalty service" "Points and vouchers" "Kotlin" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz abac
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    max_class internal
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy rolling
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                }
            }
            shopdb = container "Order DB" "Orders of shoppers" "PostgreSQL 16" {
                properties {
                    max_class internal
                    kind database
                    zone data
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                }
            }
        }

        shopper -> spa "Shops"
        shopper -> app "Shops"

        reseller -> tradegw "Sends orders" "HTTPS, JSON" {
            properties {
                tls mutual
                auth mtls
                timeout 8s
                contract openapi
                api_version v2
                error_model problem+json
            }
        }
        tradegw -> rules "Looks up discounts and depots" "SQL" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        tradegw -> accepted "Publishes accepted orders" "AMQP" {
            properties {
                mode async-pub
                effect event
                delivery at-least-once
                tls yes
                auth scram
                context_propagation yes
            }
        }
        tradeorders -> accepted "Consumes accepted orders" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
                auth scram
                context_propagation yes
            }
        }
        editor -> rules "Changes discounts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        tradeorders -> tradedb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        depots -> accepted "Consumes accepted orders" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
                auth scram
                context_propagation yes
            }
        }

        spa -> catalogue "Lists plants" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        spa -> basket "Fills the basket" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        spa -> orders "Places orders" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        spa -> reviews "Reads and writes reviews" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        spa -> loyalty "Shows points" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        app -> bff "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
            }
        }
        bff -> sessions "Keeps sessions" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
            }
        }
        bff -> catalogue "Lists plants" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 2s
                context_propagation yes
            }
        }
        bff -> basket "Fills the basket" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 2s
                context_propagation yes
            }
        }
        bff -> orders "Places orders" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 2s
                context_propagation yes
            }
        }
        orders -> shopdb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        basket -> catalogue "Asks for prices" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 800ms
                context_propagation yes
            }
        }
    }

    views {
        container trade "trade" "Orders of resellers" {
            include *
            autoLayout lr
        }
        container shop "shop" "The web shop" {
            include *
            autoLayout lr
        }
    }
}
