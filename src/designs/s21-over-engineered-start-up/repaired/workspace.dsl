workspace "Rehearse" "Bands find rehearsal rooms. Two hundred bookings a day, three people." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        team_size 3
        owner team-rehearse
        platform kubernetes
        baseline 2026-03-01
    }

    model {
        band = person "Band" "Looks for a room for tonight"
        host = person "Host" "Lets a room by the hour"

        rehearse = softwareSystem "Rehearse" "Rooms, bookings and payments" {
            properties {
                tier 2
            }
            web = container "Web app" "Search and booking" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            proxy = container "Proxy" "TLS, limits, static files" "Caddy" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth session
                    rate_limit yes
                    body_limit 5MB
                    waf yes
                    cors same-origin
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
            app = container "Rehearse app" "Rooms, bookings, reviews and chat as modules of one program" "Go" {
                properties {
                    kind service
                    zone app
                    auth session
                    authz rbac
                    max_class internal
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
            jobs = container "Job runner" "Mails and pictures, from the table of jobs" "Go" {
                properties {
                    kind worker
                    zone app
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
            core = container "Rehearse DB" "Everything, with a schema for each module" "PostgreSQL 16" {
                properties {
                    kind database
                    migrations job
                    expand_contract yes
                    zone data
                    replicas 3
                    zones 3
                    failover automatic
                    consistency strong
                    backup 24h
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                    max_class internal
                }
            }
            pictures = container "Pictures" "Originals and small ones" "S3" {
                properties {
                    kind object-store
                    zone data
                    managed yes
                    encryption_at_rest yes
                    backup continuous
                    restore_tested 2026-07-02
                    max_class public
                }
            }
        }

        psp = softwareSystem "Payment page" "Takes cards on a page of its own" {
            tags "External"
            properties {
                kind external
                sla 99.9
                quota yes
                contact yes
                exit_plan yes
                dpa yes
            }
        }
        mail = softwareSystem "Mail provider" "Delivers mails" {
            tags "External"
            properties {
                kind external
                role mail
                sla 99.9
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class confidential
            }
        }

        band -> web "Finds and books"
        host -> web "Lets rooms"
        web -> proxy "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth session
                timeout 6s
                peak_rps 30
            }
        }
        proxy -> app "Passes on" "HTTP" {
            properties {
                tls yes
                auth session
                identity end-user
                timeout 5s
                context_propagation yes
            }
        }
        app -> core "Reads and writes" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        app -> pictures "Stores pictures" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                timeout 2s
            }
        }
        app -> psp "Starts payments" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 2s
                circuit_breaker yes
                effect command
                idempotent yes
                criticality soft
                fallback queue
            }
        }
        jobs -> core "Takes jobs and marks them done" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        jobs -> mail "Sends mails" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 3s
                circuit_breaker yes
                effect command
                idempotent yes
                data email
            }
        }
    }

    views {
        container rehearse "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
