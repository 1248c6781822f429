workspace "Fleet telemetry" "Vans report where they are; dispatchers and customers see it." {

    !identifiers flat

    properties {
        stage live
        owner team-fleet
    }

    model {
        dispatcher = person "Dispatcher" "Sees all vans and sends them elsewhere"
        recipient = person "Recipient" "Looks where the parcel is"
        vans = softwareSystem "Van units" "Some nine thousand units that report every few seconds" @External

        fleet = softwareSystem "Fleet platform" "Positions, tours and arrival times" {
            web = container "Tracking page" "A map with a van on it" "TypeScript SPA" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "Edge" "Sign-in for dispatchers, signed links for recipients, rate limits" "Envoy" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            ingest = container "Ingest" "Takes reports of vans and puts them in line" "Rust, axum" {
                properties {
                    kind service
                    exposure public
                    rate_limit yes
                    waf yes
                    replicas 6
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            reports = container "van.reports" "Every report of every van" "Kafka" {
                properties {
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
            positions = container "Position writer" "Files reports" "Rust" {
                properties {
                    kind worker
                    replicas 24
                    pool_size 2
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            api = container "Tour API" "Tours, positions and arrival times for pages and dispatchers" "Java, Spring Boot" {
                properties {
                    kind service
                    replicas 8
                    autoscale 8..40
                    pool_size 25
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            toursdb = container "Tour DB" "Tours and stops" "PostgreSQL 16" {
                properties {
                    max_connections 500
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                    tier 2
                }
            }
            eta = container "Arrival times" "When a van will be where, from its tour and the traffic" "Python, FastAPI" {
                properties {
                    kind service
                    replicas 5
                    capacity_rps 300
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            bouncer = container "Pooler" "Keeps sixty connections for everybody" "PgBouncer" {
                properties {
                    kind gateway
                    role pooler
                    replicas 2
                    pool_size 30
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            admin = container "Tour planner" "Makes tomorrow's tours" "Java, Spring Boot" {
                properties {
                    kind service
                    replicas 10
                    autoscale 10..30
                    pool_size 20
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            planningdb = container "Planning DB" "Plans, drivers and shifts" "PostgreSQL 16" {
                properties {
                    max_connections 200
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                    tier 2
                }
            }
            eventsdb = container "Event store" "Every report since 2019" "PostgreSQL 16" {
                properties {
                    size_gb 2000
                    write_rps 6000
                    partitions no
                    growth "40 GB a week"
                    max_connections 400
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                    tier 2
                }
            }
        }

        recipient -> web "Looks where the parcel is"
        dispatcher -> web "Follows the vans"
        vans -> ingest "Report" "HTTPS" {
            properties {
                tls mutual
                peak_rps 4500
            }
        }
        web -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 8s
            }
        }
        gateway -> api "Tours and positions" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
                peak_rps 900
            }
        }
        gateway -> admin "Plans" "HTTPS" {
            properties {
                tls mutual
                timeout 8s
            }
        }
        api -> eta "Asks for each of the next three stops" "HTTPS" {
            properties {
                tls mutual
                timeout 800ms
                peak_rps 900
                calls_per_request 3
            }
        }
        api -> toursdb "Reads and writes tours" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        api -> eventsdb "Reads the last position" "SQL" {
            properties {
                access r
                tls yes
                timeout 500ms
                pool_size 2
            }
        }
        admin -> bouncer "Reads and writes plans" "SQL" {
            properties {
                access rw
                tls yes
                timeout 2s
            }
        }
        bouncer -> planningdb "Passes on" "SQL" {
            properties {
                access rw
                tls yes
                timeout 2s
            }
        }
        ingest -> reports "Appends" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery at-least-once
                partition_key van_id
                tls yes
            }
        }
        positions -> reports "Reads" "Kafka" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }
        positions -> eventsdb "Files" "SQL" {
            properties {
                access w
                tls yes
                timeout 1s
            }
        }
    }

    views {
        systemContext fleet "context" {
            include *
            autoLayout lr
        }
        container fleet "containers" {
            include *
            autoLayout lr
        }
    }
}
