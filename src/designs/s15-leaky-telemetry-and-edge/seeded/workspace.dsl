workspace "Running club" "Routes, training plans and a feed for two hundred thousand runners." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 8
    }

    model {
        runner = person "Runner" "Records runs and follows friends"

        club = softwareSystem "Running club" "Everything behind the app" {
            properties {
                tier 2
                owner team-club
            }

            web = container "Club web app" "Feed, routes and plans" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            gateway = container "Edge" "TLS, limits by address, cookies, routes" "Go, chi" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth session
                    authz scopes
                    rate_limit yes
                    body_limit 5MB
                    waf no
                    audit yes
                    replicas 3
                    client_ip_source "leftmost-xff"
                    trust_all_proxies no
                    cors "https://*, credentials"
                    metrics_labels "route, method, status_class"
                    telemetry_fields "trace_id, route"
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
            profiles = container "Profile service" "Runners, followers and what they allow others to see" "Go" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    max_class confidential
                    replicas 3
                    metrics_labels "route, status_class"
                    telemetry_fields "trace_id, user.id, user.email"
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
            profilesdb = container "Profiles DB" "Runners and who follows whom" "PostgreSQL 16" {
                properties {
                    data "profile, email"
                    kind database
                    zone data
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                    max_class confidential
                }
            }
            feed = container "Feed service" "The newest runs of the people one follows" "Go" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    max_class internal
                    replicas 4
                    metrics_labels "path, user_id, status"
                    telemetry_fields "trace_id, route"
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
            feedcache = container "Feed cache" "The first page of each feed" "Redis 7" {
                properties {
                    kind cache
                    zone data
                    replicas 2
                    persistence no
                    loss_ok yes
                    ttl 60s
                    invalidation on-write
                    stampede_protection single-flight
                    max_class internal
                }
            }
            routes = container "Route service" "Finds and draws routes" "Rust, axum" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz scopes
                    max_class internal
                    replicas 2
                    metrics_labels "http.route, method, status_class"
                    telemetry_fields "trace_id, route"
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
            tracks = container "Tracks" "Recorded runs as files" "S3" {
                properties {
                    kind object-store
                    zone data
                    managed yes
                    encryption_at_rest yes
                    backup continuous
                    restore_tested 2026-07-02
                    max_class confidential
                }
            }
            visits = container "Visit counter" "Counts page views by country" "Go" {
                properties {
                    kind service
                    zone app
                    exposure internal
                    auth jwt
                    authz "n/a (counts only)"
                    max_class internal
                    replicas 2
                    tier 3
                    client_ip_source leftmost-xff
                    metrics_labels "country"
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
            logs = container "Log store" "Structured logs of all services for thirty days" "Loki" {
                properties {
                    kind database
                    role logs
                    zone ops
                    tier 3
                    managed yes
                    max_class internal
                    backup "n/a (thirty days of logs)"
                }
            }
        }

        runner -> web "Uses"
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth session
                timeout 8s
            }
        }
        gateway -> profiles "Routes profile requests" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
            }
        }
        gateway -> feed "Routes feed requests" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
            }
        }
        gateway -> routes "Routes route requests" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 4s
                context_propagation yes
            }
        }
        gateway -> visits "Reports page views" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                mode async-pub
                context_propagation yes
            }
        }
        profiles -> profilesdb "Reads and writes profiles" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        feed -> feedcache "Keeps first pages" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
                pattern cache-aside
            }
        }
        feed -> profiles "Asks whom one follows" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                lb client-side
                timeout 1500ms
                context_propagation yes
            }
        }
        feed -> tracks "Reads summaries of runs" "S3 over HTTPS" {
            properties {
                access r
                tls yes
                timeout 1s
            }
        }
        routes -> tracks "Stores and reads tracks" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                timeout 2s
            }
        }
        gateway -> logs "Ships access logs" "HTTPS" {
            properties {
                tls yes
                mode async-pub
                data "route, status"
            }
        }
        feed -> logs "Ships logs" "HTTPS" {
            properties {
                tls yes
                mode async-pub
                data "route, trace_id"
            }
        }
    }

    views {
        container club "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
