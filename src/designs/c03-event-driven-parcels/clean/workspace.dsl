workspace "Parcel tracking" "Where each parcel is, told by scanners and heard by everyone who needs to know." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        platform kubernetes
        game_day 2026-10-08
        team_size 18
        peak_rps 2600
    }

    model {
        recipient = person "Recipient" "Wants to know where the parcel is"
        sorter = softwareSystem "Sorting centres" "Conveyor scanners of forty depots" {
            tags "External"
            properties {
                kind external
                owner logistics
                contract asyncapi
            }
        }
        idp = softwareSystem "Identity provider" "Signs recipients in" {
            tags "External"
            properties {
                kind external
                role idp
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
                dpa yes
            }
        }
        push = softwareSystem "Push provider" "Delivers push messages to telephones" {
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

        tracking = softwareSystem "Parcel tracking" "From the scan to the message on the telephone" {
            properties {
                tier 1
                slo 99.9
            }

            app = container "Tracking app" "Shows the way of a parcel" "Flutter, iOS and Android" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-app
                    zone internet
                }
            }
            edge = container "Edge gateway" "TLS, tokens, quotas for depots and apps" "Envoy Gateway" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    oncall team-platform
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 256KB
                    waf yes
                    cors "https://track.example"
                    client_ip_source proxy-protocol
                    replicas 3
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    resources yes
                    pdb yes
                    image_pin digest
                    iac yes
                    config_validation yes
                    graceful_shutdown "drain 20s, grace 40s"
                    deploy canary
                    rollback automatic
                    metrics yes
                    metrics_labels "route, topic, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, topic, parcel_id"
                    secrets_source vault
                    secrets_rotation 30d
                    local_state no
                    alerts yes
                    runbook yes
                }
            }

            group "Intake" {
                properties {
                    owner team-intake
                    oncall team-intake
                }
                intake = container "Scan intake" "Takes scans, checks them and stores each once" "Rust, axum" {
                    properties {
                        kind service
                        zone app
                        oncall team-intake
                        auth oidc
                        authz scopes
                        pool_size 8
                        autoscale 3..10
                        capacity_rps 900
                        validation schema
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, topic, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, topic, parcel_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                    }
                }
                scansdb = container "Scans DB" "Scans of the last ninety days and the outbox" "PostgreSQL 16" {
                    properties {
                        max_connections 300
                        retention 90d
                        write_rps 2400
                        partitions 90
                        max_class internal
                        data scans
                        kind database
                        zone data
                        role system-of-record
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-08-20
                        consistency strong
                        backup continuous
                        rpo 5m
                        rto 1h
                        restore_time 30m
                        restore_tested 2026-08-20
                        encryption_at_rest yes
                        migrations job
                        expand_contract yes
                        alerts yes
                        runbook yes
                        iac yes
                    }
                }
                relay = container "Scan relay" "Publishes the outbox to the stream" "Rust" {
                    properties {
                        kind worker
                        zone app
                        oncall team-intake
                        leader_election lease
                        replicas 2
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, topic, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, topic, parcel_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                    }
                }
                scans = container "parcels.scanned" "Every scan, in order for each parcel" "NATS JetStream" {
                    properties {
                        retention 14d
                        dlq parcels.dead
                        max_class internal
                        kind queue
                        zone app
                        voters 3
                        replicas 3
                        zones 3
                        delivery at-least-once
                        max_length 20000000
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        ordering per-key
                        partition_key parcel_id
                        persistence yes
                        encryption_at_rest yes
                        alerts yes
                    }
                }
                dead = container "parcels.dead" "What no consumer could handle, with its error" "NATS JetStream" {
                    properties {
                        retention 30d
                        kind queue
                        zone app
                        voters 3
                        replicas 3
                        zones 3
                        delivery at-least-once
                        max_length 20000000
                        max_deliveries "n/a (people read it)"
                        schema registry
                        compatibility backward
                        ordering none
                        partition_key parcel_id
                        persistence yes
                        encryption_at_rest yes
                        alerts yes
                        dlq "n/a (this is where dead letters go)"
                        max_class internal
                    }
                }
            }

            group "Journey" {
                properties {
                    owner team-journey
                }
                projector = container "Journey projector" "Folds scans into the way of each parcel" "Rust" {
                    properties {
                        kind worker
                        zone app
                        oncall team-journey
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, topic, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, topic, parcel_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                    }
                }
                journeys = container "Journeys" "One document for each parcel, made from scans alone" "OpenSearch 2" {
                    properties {
                        kind search-index
                        zone data
                        oncall team-journey
                        role derived
                        rebuild yes
                        replicas 3
                        zones 3
                        consistency eventual
                        staleness 5s
                        encryption_at_rest yes
                        max_class confidential
                        alerts yes
                        persistence yes
                    }
                }
                journey = container "Journey service" "Answers where a parcel is and when it will come" "Kotlin, Ktor" {
                    properties {
                        kind service
                        zone app
                        oncall team-journey
                        auth oidc
                        authz abac
                        max_class confidential
                        autoscale 3..12
                        capacity_rps 400
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, topic, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, topic, parcel_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                    }
                }
            }

            group "Messages" {
                properties {
                    owner team-messages
                }
                notifier = container "Notifier" "Decides who is told what, and tells each of them once" "Go" {
                    properties {
                        kind worker
                        zone app
                        oncall team-messages
                        pool_size 6
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, topic, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, topic, parcel_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                    }
                }
                prefs = container "Preferences DB" "Who wants to hear what, and what was sent" "PostgreSQL 16" {
                    properties {
                        max_connections 100
                        max_class confidential
                        data "email, push_token"
                        kind database
                        zone data
                        role system-of-record
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-08-20
                        consistency strong
                        backup continuous
                        rpo 5m
                        rto 1h
                        restore_time 30m
                        restore_tested 2026-08-20
                        encryption_at_rest yes
                        migrations job
                        expand_contract yes
                        alerts yes
                        runbook yes
                        iac yes
                    }
                }
            }
        }

        recipient -> app "Follows a parcel"
        recipient -> idp "Signs in" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        app -> edge "Asks for the way of a parcel" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 5s
                contract openapi
                api_version v2
                error_model problem+json
                peak_rps 1000
            }
        }
        sorter -> edge "Posts scans" "HTTPS, JSON" {
            properties {
                tls mutual
                auth mtls
                timeout 6s
                contract openapi
                api_version v1
                error_model problem+json
                peak_rps 1600
                effect command
                idempotent yes
            }
        }
        edge -> idp "Fetches signing keys" "HTTPS" {
            properties {
                role auth-discovery
                tls 1.3
                timeout 1s
                circuit_breaker yes
                criticality soft
                fallback cache
                contract oidc
            }
        }
        edge -> intake "Routes scans" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                timeout 3s
                retry 1
                circuit_breaker yes
                discovery dns
                lb l7
                contract openapi
                api_version v1
                error_model problem+json
                context_propagation yes
                criticality hard
                effect command
                idempotent yes
                peak_rps 1600
                identity technical
            }
        }
        edge -> journey "Routes questions" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 2s
                retry "2, 50ms, exponential, jitter, cap 200ms"
                circuit_breaker yes
                discovery dns
                lb l7
                contract openapi
                api_version v2
                error_model problem+json
                context_propagation yes
                criticality hard
                effect query
                peak_rps 1000
            }
        }
        intake -> scansdb "Writes the scan and its outbox row in one transaction" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                credentials short-lived
                timeout 800ms
            }
        }
        relay -> scansdb "Reads the outbox" "SQL" {
            properties {
                role cdc
                access r
                tls yes
                auth scram
                credentials short-lived
                timeout 2s
            }
        }
        relay -> scans "Publishes scans" "NATS" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth nkey
                context_propagation yes
                delivery outbox
                data scans
            }
        }
        projector -> scans "Consumes scans" "NATS" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth nkey
                context_propagation yes
                effect materialise
            }
        }
        projector -> journeys "Writes the way of each parcel" "HTTPS" {
            properties {
                access rw
                tls yes
                auth iam
                timeout 2s
                retry "3, 100ms, exponential, jitter, cap 2s"
                effect command
                idempotent yes
            }
        }
        projector -> dead "Gives up after six attempts" "NATS" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth nkey
                context_propagation yes
            }
        }
        journey -> journeys "Reads the way of a parcel" "HTTPS" {
            properties {
                access r
                tls yes
                auth iam
                timeout 900ms
            }
        }
        notifier -> scans "Consumes scans" "NATS" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth nkey
                context_propagation yes
                effect command
            }
        }
        notifier -> prefs "Reads preferences, writes what was sent" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                credentials short-lived
                timeout 1s
            }
        }
        notifier -> dead "Gives up after six attempts" "NATS" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth nkey
                context_propagation yes
                loss_ok no
            }
        }
        notifier -> push "Sends messages" "HTTPS" {
            properties {
                tls 1.3
                auth oauth2
                credentials short-lived
                timeout 3s
                retry "3, 500ms, exponential, jitter, cap 10s"
                effect command
                idempotent yes
                circuit_breaker yes
                criticality soft
                fallback queue
                contract openapi
                api_version v1
                error_model problem+json
                data push_token
            }
        }
    }

    views {
        container tracking "containers" "From the scan to the message" {
            include *
            autoLayout lr
        }
    }
}
