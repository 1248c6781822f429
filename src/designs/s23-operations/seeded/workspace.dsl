workspace "Ticket sales" "Concert tickets: quiet for weeks, then sixty thousand people at ten o'clock." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 11
        game_day 2026-09-01
    }

    model {
        fan = person "Fan" "Wants two seats next to each other"
        tester = person "Internal tester" "Buys test tickets before each release"
        psp = softwareSystem "Payment provider" "Charges cards" {
            tags "External"
            properties {
                kind external
                sla no
                quota no
                contact no
                exit_plan no
                dpa yes
                max_class restricted
            }
        }

        tickets = softwareSystem "Ticket sales" "From the seat map to the ticket" {
            properties {
                tier 0
            }

            web = container "Ticket pages" "Seat map, waiting room and checkout" "TypeScript, Svelte" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-web
                    zone internet
                }
            }
            gateway = container "Gateway" "Waiting room, limits, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    env production
                    owner team-platform
                    oncall team-platform
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 64KB
                    waf yes
                    cors "https://tickets.example"
                    client_ip_source proxy-protocol
                    replicas 6
                    deploy rolling
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
            seats = container "Seat service" "Which seat is free, held or sold" "Rust, axum" {
                properties {
                    kind service
                    zone app
                    env production
                    owner none
                    oncall team-platform
                    auth jwt
                    authz scopes
                    max_class internal
                    replicas 8
                    deploy rolling
                    migrations job
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
            seatsdb = container "Seats DB" "Seats of all halls" "PostgreSQL 16" {
                properties {
                    owner none
                    oncall team-seats
                    max_class internal
                    migrations job
                    expand_contract yes
                    kind database
                    zone data
                    env production
                    replicas 2
                    zones 3
                    failover automatic
                    failover_tested 2026-09-01
                    consistency strong
                    backup continuous
                    rpo 5m
                    rto 30m
                    restore_time 20m
                    restore_tested 2026-09-01
                    encryption_at_rest yes
                    alerts yes
                    runbook yes
                }
            }
            checkout = container "Checkout service" "Holds seats, takes the money" "Kotlin, Ktor" {
                properties {
                    kind service
                    zone app
                    env production
                    owner team-checkout
                    oncall team-checkout
                    auth jwt
                    authz abac
                    max_class confidential
                    replicas 6
                    deploy recreate
                    migrations startup
                    deploy_unit checkout
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
            printing = container "Ticket printer" "Makes the PDF with its code" "Kotlin" {
                properties {
                    kind service
                    zone app
                    env production
                    owner team-checkout
                    oncall team-checkout
                    auth jwt
                    authz scopes
                    max_class internal
                    replicas 6
                    deploy rolling
                    deploy_unit checkout
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
            proxy = container "Checkout proxy" "Mutual TLS for the checkout" "Envoy" {
                properties {
                    kind gateway
                    role sidecar
                    zone app
                    env production
                    owner team-platform
                    oncall team-platform
                    replicas 6
                    deploy rolling
                    deploy_unit checkout
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
            checkoutdb = container "Checkout DB" "Orders and payments" "PostgreSQL 16" {
                properties {
                    owner team-checkout
                    oncall team-checkout
                    max_class confidential
                    data "orders, email"
                    migrations startup
                    expand_contract yes
                    kind database
                    zone data
                    env production
                    replicas 2
                    zones 3
                    failover automatic
                    failover_tested 2026-09-01
                    consistency strong
                    backup continuous
                    rpo 5m
                    rto 30m
                    restore_time 20m
                    restore_tested 2026-09-01
                    encryption_at_rest yes
                    alerts yes
                    runbook yes
                }
            }
            holds = container "Hold cache" "Who holds which seat for ten minutes" "Redis 7" {
                properties {
                    kind cache
                    zone data
                    env production
                    owner team-checkout
                    replicas 3
                    zones 3
                    persistence yes
                    failover automatic
                    consistency strong
                    ttl 10m
                    invalidation on-write
                    stampede_protection "n/a (written by one service)"
                    max_class internal
                    loss_ok yes
                    alerts yes
                    oncall team-checkout
                }
            }
            staging = container "Checkout service, staging" "The next release, for testers" "Kotlin, Ktor" {
                properties {
                    kind service
                    zone staging
                    env staging
                    owner team-checkout
                    oncall team-checkout
                    tier 3
                    exposure internal
                    auth jwt
                    authz abac
                    max_class internal
                    replicas 1
                    deploy recreate
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin latest
                    graceful_shutdown "drain 20s, grace 40s"
                    rollback yes
                    tracing yes
                    metrics yes
                    logs central
                    secrets_source vault
                    secrets_rotation 90d
                    alerts yes
                    runbook yes
                    slo 99.95
                    failover_tested 2026-09-01
                }
            }
        }

        fan -> web "Buys"
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 9s
                contract openapi
                api_version v1
            }
        }
        gateway -> seats "Shows seats" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 3s
                circuit_breaker yes
                discovery dns
            }
        }
        gateway -> proxy "Routes purchases" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 8s
                circuit_breaker yes
                discovery dns
            }
        }
        proxy -> checkout "Hands over" "HTTP over loopback" {
            properties {
                tls "n/a (loopback)"
                auth mtls
                identity end-user
                timeout 7s
                context_propagation yes
            }
        }
        checkout -> seats "Holds and sells seats" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                circuit_breaker yes
                discovery static
                effect command
                idempotent yes
            }
        }
        checkout -> printing "Asks for the ticket" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                circuit_breaker yes
                discovery dns
                criticality soft
                fallback queue
            }
        }
        checkout -> psp "Charges the card" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 5s
                retry 1
                circuit_breaker yes
                criticality hard
                role authoritative
                effect command
                idempotent yes
                contract openapi
                api_version v3
                data pan
            }
        }
        checkout -> checkoutdb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        checkout -> holds "Keeps holds" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
            }
        }
        seats -> seatsdb "Writes seats" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        tester -> staging "Buys test tickets" "HTTPS" {
            properties {
                via vpn+mfa
                tls 1.3
                auth oidc
            }
        }
        staging -> holds "Keeps test holds, under a prefix of their own" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
            }
        }
    }

    views {
        container tickets "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
