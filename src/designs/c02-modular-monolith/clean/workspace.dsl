workspace "Practice calendar" "Appointments, invoices and reminders for small physiotherapy practices." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        owner team-practice
        team_size 5
        peak_rps 35
        game_day 2026-09-24
        logs central
    }

    model {
        patient = person "Patient" "Books, moves and cancels appointments"
        therapist = person "Therapist" "Works with the day's list and writes invoices"

        mail = softwareSystem "Mail and text provider" "Delivers reminders" {
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
        cards = softwareSystem "Payment page" "Takes card payments on a page of its own" {
            tags "External"
            properties {
                kind external
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class restricted
            }
        }

        practice = softwareSystem "Practice calendar" "One program, one database" {
            properties {
                tier 2
                slo 99.5
            }

            web = container "Web pages" "Server-rendered pages with a little script" "HTML, htmx" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            proxy = container "Reverse proxy" "TLS, limits and static files" "Caddy" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth session
                    rate_limit yes
                    body_limit 2MB
                    waf "n/a (rate limits and a strict content policy do)"
                    cors same-origin
                    client_ip_source connection
                    replicas 2
                    zones 2
                    platform vm
                    healthcheck yes
                    liveness /up
                    readiness /ready
                    image_pin digest
                    iac yes
                    config_validation yes
                    resources yes
                    graceful_shutdown "drain 20s, grace 60s"
                    deploy rolling
                    rollback yes
                    metrics yes
                    metrics_labels "route, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, route"
                    secrets_source platform
                    secrets_rotation 90d
                    local_state no
                    alerts yes
                    runbook yes
                }
            }

            app = container "Practice app" "All modules in one process; modules call each other through their public packages only" "Python 3.13, Django" {
                properties {
                    kind service
                    zone app
                    auth session
                    authz rbac
                    multi_tenant yes
                    max_class confidential
                    pool_size 10
                    capacity_rps 120
                    accepts file
                    validation schema
                    scanning yes
                    replicas 2
                    zones 2
                    platform vm
                    healthcheck yes
                    liveness /up
                    readiness /ready
                    image_pin digest
                    iac yes
                    config_validation yes
                    resources yes
                    graceful_shutdown "drain 20s, grace 60s"
                    deploy rolling
                    rollback yes
                    metrics yes
                    metrics_labels "route, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, route"
                    secrets_source platform
                    secrets_rotation 90d
                    local_state no
                    alerts yes
                    runbook yes
                }
                calendar = component "Calendar" "Rooms, working hours, appointments" "Django app"
                billing = component "Billing" "Invoices and what was paid" "Django app"
                people = component "People" "Patients, therapists, practices" "Django app"
                reminders = component "Reminders" "Who is reminded when, and how" "Django app"
            }
            jobs = container "Job runner" "The same program started as a worker: takes jobs from the queue table" "Python 3.13, Django" {
                properties {
                    kind worker
                    zone app
                    pool_size 4
                    replicas 2
                    zones 2
                    platform vm
                    healthcheck yes
                    liveness /up
                    readiness /ready
                    image_pin digest
                    iac yes
                    config_validation yes
                    resources yes
                    graceful_shutdown "drain 20s, grace 60s"
                    deploy rolling
                    rollback yes
                    metrics yes
                    metrics_labels "route, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, route"
                    secrets_source platform
                    secrets_rotation 90d
                    local_state no
                    alerts yes
                    runbook yes
                }
            }
            db = container "Practice DB" "Everything, one schema for each module, and the queue table" "PostgreSQL 17" {
                properties {
                    kind database
                    zone data
                    managed yes
                    role system-of-record
                    replicas 2
                    zones 2
                    failover automatic
                    failover_tested 2026-09-24
                    consistency strong
                    backup continuous
                    rpo 15m
                    rto 4h
                    restore_time 50m
                    restore_tested 2026-09-24
                    encryption_at_rest yes
                    max_class confidential
                    data "patients, appointments, invoices"
                    max_connections 100
                    migrations job
                    expand_contract yes
                    alerts yes
                    size_gb 12
                    iac yes
                }
            }
            files = container "Documents" "Letters and invoices as PDF" "S3" {
                properties {
                    kind object-store
                    zone data
                    managed yes
                    encryption_at_rest yes
                    backup continuous
                    restore_tested 2026-09-24
                    rpo 1h
                    rto 8h
                    restore_time 2h
                    max_class confidential
                    data "invoices, letters"
                }
            }
        }

        patient -> web "Books appointments"
        therapist -> web "Runs the day"
        web -> proxy "Loads pages, posts forms" "HTTPS" {
            properties {
                tls 1.3
                auth session
                timeout 10s
                contract openapi
                peak_rps 35
            }
        }
        patient -> cards "Pays" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        proxy -> app "Passes on" "HTTP over unix-socket" {
            properties {
                tls "n/a (unix socket)"
                auth session
                identity end-user
                timeout 8s
                effect command
                idempotent yes
                context_propagation yes
                peak_rps 35
            }
        }
        calendar -> people "Asks who it is" "in-process"
        billing -> people "Asks for the address" "in-process"
        billing -> calendar "Asks what took place" "in-process"
        reminders -> calendar "Asks what is due" "in-process"
        app -> db "Reads and writes, one transaction for each request" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                timeout 2s
                credentials short-lived
            }
        }
        app -> files "Stores and hands out documents" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                auth iam
                timeout 5s
                data "invoices, letters"
            }
        }
        app -> cards "Starts payments" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 4s
                retry 1
                effect command
                idempotent yes
                circuit_breaker yes
                criticality soft
                fallback queue
                contract openapi
                api_version v2
                error_model problem+json
            }
        }
        jobs -> db "Takes jobs with skip locked and marks them done" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                timeout 5s
                credentials short-lived
            }
        }
        jobs -> mail "Sends reminders and invoices" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 5s
                retry "4, 2s, exponential, jitter, cap 5m"
                effect command
                idempotent yes
                circuit_breaker yes
                criticality soft
                fallback queue
                contract openapi
                api_version v3
                error_model problem+json
                data email
            }
        }
    }

    views {
        container practice "containers" "What runs" {
            include *
            autoLayout lr
        }
        component app "modules" "The modules of the program" {
            include *
            autoLayout lr
        }
    }
}
