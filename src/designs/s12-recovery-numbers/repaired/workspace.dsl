workspace "Payment ledger" "Bookings of a payment institution." {

    !identifiers flat

    properties {
        stage live
        owner team-ledger
    }

    model {
        merchant = person "Merchant" "Gets paid, and looks whether it is so"

        pay = softwareSystem "Payments" "Sign-in, bookings and statements" {
            gateway = container "API gateway" "Rate limits and routing; asks the sign-in service who it is" "Envoy" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    slo 99.95
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    zones 3
                    tier 1
                }
            }
            auth = container "Sign-in service" "Checks every request before anything else happens" "Go" {
                properties {
                    kind service
                    auth mtls
                    replicas 3
                    failover automatic
                    failover_tested 2026-09-30
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    slo 99.95
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    zones 3
                    tier 0
                }
            }
            ledger = container "Ledger service" "Books both sides of every payment" "Go" {
                properties {
                    auth mtls
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    slo 99.95
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    zones 3
                    tier 0
                }
            }
            statements = container "Statement service" "What merchants see of their bookings" "Kotlin, Ktor" {
                properties {
                    auth mtls
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    slo 99.95
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    zones 3
                    tier 0
                }
            }
            ledgerdb = container "Ledger DB" "Every booking" "PostgreSQL 16" {
                properties {
                    replicas 2
                    zones 3
                    failover automatic
                    backup continuous
                    rpo 5m
                    rto 30m
                    restore_time 20m
                    restore_tested 2026-10-11
                    failover_tested 2026-10-11
                    encryption_at_rest yes
                    alerts yes
                    consistency strong
                    tier 0
                }
            }
            replica = container "Ledger replica" "A copy of the ledger that statements are read from" "PostgreSQL 16" {
                properties {
                    kind database
                    role replica
                    replicas 2
                    consistency eventual
                    staleness 10s
                    zones 3
                    rebuild yes
                    backup no
                    restore_tested "n/a (copied again)"
                    failover no
                    rto 4h
                    rpo 24h
                    encryption_at_rest yes
                    alerts yes
                    tier 1
                }
            }
            merchantsdb = container "Merchant DB" "Merchants, contracts and payout accounts" "PostgreSQL 16" {
                properties {
                    replicas 2
                    zones 3
                    failover automatic
                    backup 1h
                    rpo 24h
                    rto 4h
                    restore_time 1h
                    restore_tested 2026-10-11
                    encryption_at_rest yes
                    alerts yes
                    consistency strong
                    tier 1
                }
            }
            search = container "Booking search" "Finds bookings by text; built again from the ledger in an hour" "OpenSearch 2" {
                properties {
                    replicas 3
                    zones 3
                    role derived
                    rebuild yes
                    staleness 1m
                    backup no
                    encryption_at_rest yes
                    alerts yes
                    tier 2
                }
            }
        }

        merchant -> gateway "Looks at bookings" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        gateway -> auth "Has every request checked and passed on" "gRPC" {
            properties {
                tls mutual
                lb mesh
                timeout 3s
                criticality hard
            }
        }
        auth -> ledger "Passes bookings on" "gRPC" {
            properties {
                tls mutual
                lb mesh
                timeout 2s
            }
        }
        auth -> statements "Passes questions on" "gRPC" {
            properties {
                tls mutual
                lb mesh
                timeout 2s
            }
        }
        auth -> merchantsdb "Looks merchants up" "SQL" {
            properties {
                access rw
                tls yes
                timeout 300ms
            }
        }
        ledger -> ledgerdb "Books" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        ledgerdb -> replica "Streams its log" "PostgreSQL replication" {
            properties {
                role replication
                tls yes
            }
        }
        statements -> replica "Reads bookings" "SQL" {
            properties {
                access r
                tls yes
                timeout 1s
            }
        }
        statements -> search "Looks for bookings" "HTTPS" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
    }

    views {
        systemContext pay "context" {
            include *
            autoLayout lr
        }
        container pay "containers" {
            include *
            autoLayout lr
        }
    }
}
