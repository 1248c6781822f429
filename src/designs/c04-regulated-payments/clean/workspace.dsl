workspace "Card payments" "Takes card payments for merchants: authorise, capture, book, settle." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        profile regulated
        platform kubernetes
        game_day 2026-09-30
        team_size 34
        peak_rps 900
        baseline 2026-01-01
        logs central
    }

    model {
        merchant = person "Merchant" "Looks at payments and asks for refunds"
        sre = person "Platform engineer" "Releases and repairs"

        merchantsys = softwareSystem "Merchant systems" "Shops that charge cards through our interface" {
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
        idp = softwareSystem "Identity provider" "Signs merchants and staff in, with a second factor" {
            tags "External"
            properties {
                kind external
                role idp
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class restricted
            }
        }
        acquirer = softwareSystem "Acquirer North" "Authorises, captures and settles" {
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
        second = softwareSystem "Acquirer South" "Takes over when the first one fails" {
            tags "External"
            properties {
                kind external
                since 2026-06-15
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class restricted
            }
        }

        hsm = softwareSystem "Key module" "Hardware of the cloud provider that keeps the keys of the card vault" {
            tags "External"
            properties {
                kind external
                role authoritative
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class restricted
            }
        }

        pay = softwareSystem "Card payments" "Between the shop and the acquirer" {
            properties {
                tier 0
                slo 99.99
                env production
            }

            portal = container "Merchant portal" "Payments, refunds and statements" "TypeScript, Svelte" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-portal
                    zone internet
                }
            }
            gateway = container "API gateway" "The only way in: tokens, client certificates, limits" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-edge
                    oncall team-edge
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 64KB
                    waf yes
                    cors "https://portal.pay.example"
                    client_ip_source proxy-protocol
                    trust_all_proxies no
                    audit yes
                    replicas 6
                    zones 3
                    pdb yes
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    startup_probe yes
                    resources yes
                    image_pin digest
                    iac yes
                    config_validation yes
                    graceful_shutdown "drain 20s, grace 45s"
                    deploy canary
                    rollback automatic
                    metrics yes
                    metrics_labels "route, method, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, payment_id, merchant_id"
                    secrets_source vault
                    secrets_rotation 30d
                    local_state no
                    alerts yes
                    runbook yes
                    failover_tested 2026-09-30
                    game_day 2026-09-30
                }
            }
            console = container "Operations console" "Replays dead letters, stops merchants" "Kotlin, Ktor" {
                properties {
                    kind service
                    zone ops
                    owner team-payments
                    oncall team-payments
                    tier 2
                    role admin
                    exposure internal
                    auth oidc
                    authz rbac
                    mfa yes
                    audit yes
                    max_class internal
                    replicas 2
                    zones 3
                    pdb yes
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    startup_probe yes
                    resources yes
                    image_pin digest
                    iac yes
                    config_validation yes
                    graceful_shutdown "drain 20s, grace 45s"
                    deploy canary
                    rollback automatic
                    metrics yes
                    metrics_labels "route, method, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, payment_id, merchant_id"
                    secrets_source vault
                    secrets_rotation 30d
                    local_state no
                    alerts yes
                    runbook yes
                    failover_tested 2026-09-30
                    game_day 2026-09-30
                }
            }

            archive = container "Audit archive" "What operators did, for ten years" "S3, object lock" {
                properties {
                    kind object-store
                    zone data
                    managed yes
                    owner team-payments
                    oncall team-payments
                    role system-of-record
                    encryption_at_rest yes
                    backup continuous
                    rpo 15m
                    rto 8h
                    restore_time 1h
                    restore_tested 2026-09-30
                    max_class internal
                    retention 3650d
                    consistency strong
                    alerts yes
                    zones 3
                }
            }

            group "Payments" {
                properties {
                    owner team-payments
                }
                payments = container "Payment service" "Knows each payment and its state" "Kotlin, Ktor" {
                    properties {
                        kind service
                        zone app
                        oncall team-payments
                        auth oidc
                        authz abac
                        multi_tenant yes
                        max_class confidential
                        replicas 6
                        autoscale 6..12
                        pool_size 12
                        capacity_rps 400
                        bulkhead yes
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
                paymentsdb = container "Payments DB" "Payments, their history and the outbox" "PostgreSQL 16" {
                    properties {
                        zone data
                        max_connections 400
                        max_class confidential
                        data "payments, merchants"
                        size_gb 380
                        partitions 120
                        growth "2% a month"
                        kind database
                        role system-of-record
                        replicas 3
                        zones 3
                        failover automatic
                        failover_tested 2026-09-30
                        consistency strong
                        replication_lag 0s
                        backup continuous
                        rpo 0s
                        rto 15m
                        restore_time 12m
                        restore_tested 2026-09-30
                        encryption_at_rest yes
                        migrations job
                        expand_contract yes
                        alerts yes
                        runbook yes
                        iac yes
                        retention 3650d
                    }
                }
                relay = container "Outbox relay" "Publishes committed payment events" "Kotlin" {
                    properties {
                        kind worker
                        zone app
                        oncall team-payments
                        replicas 2
                        leader_election lease
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
                events = container "payment.events" "Authorised, captured, refunded, failed" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        oncall team-payments
                        voters 3
                        replicas 3
                        zones 3
                        partitions 24
                        partition_key payment_id
                        ordering per-key
                        delivery at-least-once
                        retention 14d
                        max_deliveries 8
                        dlq payment.events.dead
                        schema registry
                        compatibility full
                        encryption_at_rest yes
                        max_class internal
                        persistence yes
                        alerts yes
                    }
                }
                dead = container "payment.events.dead" "What a consumer gave up on" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        oncall team-payments
                        voters 3
                        replicas 3
                        zones 3
                        partitions 3
                        delivery at-least-once
                        retention 60d
                        dlq "n/a (this is where dead letters go)"
                        schema registry
                        max_class internal
                        persistence yes
                        alerts yes
                    }
                }
            }

            group "Cards" {
                properties {
                    owner team-cards
                }
                cardvault = container "Card vault" "Turns card numbers into tokens and back" "Rust, axum" {
                    properties {
                        kind service
                        zone pci
                        oncall team-cards
                        auth mtls
                        authz rbac
                        audit yes
                        max_class restricted
                        replicas 4
                        pool_size 8
                        capacity_rps 700
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
                carddb = container "Card DB" "Encrypted card numbers by token" "PostgreSQL 16" {
                    properties {
                        zone pci-data
                        max_connections 100
                        max_class restricted
                        data pan
                        kind database
                        role system-of-record
                        replicas 3
                        zones 3
                        failover automatic
                        failover_tested 2026-09-30
                        consistency strong
                        replication_lag 0s
                        backup continuous
                        rpo 0s
                        rto 15m
                        restore_time 12m
                        restore_tested 2026-09-30
                        encryption_at_rest yes
                        migrations job
                        expand_contract yes
                        alerts yes
                        runbook yes
                        iac yes
                        retention 3650d
                    }
                }
                connector = container "Acquirer connector" "Speaks both acquirers' protocols" "Kotlin" {
                    properties {
                        kind service
                        zone pci
                        role adapter
                        oncall team-cards
                        auth mtls
                        authz rbac
                        max_class restricted
                        replicas 4
                        capacity_rps 300
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
            }

            group "Risk" {
                properties {
                    owner team-risk
                }
                risk = container "Risk service" "Scores a payment in sixty milliseconds" "Python, Ray Serve" {
                    properties {
                        kind service
                        zone app
                        oncall team-risk
                        auth mtls
                        authz rbac
                        max_class confidential
                        replicas 6
                        capacity_rps 250
                        role derived
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
            }

            group "Ledger" {
                properties {
                    owner team-ledger
                }
                ledger = container "Ledger service" "Turns each movement into two bookings" "Kotlin" {
                    properties {
                        kind worker
                        zone app
                        oncall team-ledger
                        max_class confidential
                        replicas 4
                        pool_size 10
                        zones 3
                        pdb yes
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
                ledgerdb = container "Ledger DB" "Every booking, kept for ten years" "PostgreSQL 16" {
                    properties {
                        zone data
                        max_connections 200
                        max_class confidential
                        data "bookings, payments"
                        size_gb 610
                        partitions 120
                        growth "2% a month"
                        kind database
                        role system-of-record
                        replicas 3
                        zones 3
                        failover automatic
                        failover_tested 2026-09-30
                        consistency strong
                        replication_lag 0s
                        backup continuous
                        rpo 0s
                        rto 15m
                        restore_time 12m
                        restore_tested 2026-09-30
                        encryption_at_rest yes
                        migrations job
                        expand_contract yes
                        alerts yes
                        runbook yes
                        iac yes
                        retention 3650d
                    }
                }
                settle = container "Settlement job" "Settles the day at two in the morning" "Kotlin, CronJob" {
                    properties {
                        kind scheduler
                        zone app
                        oncall team-ledger
                        tier 1
                        replicas 1
                        leader_election lease
                        run_once yes
                        idempotent yes
                        zones "n/a (starts anywhere)"
                        pdb "n/a (one run a night)"
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 45s"
                        deploy canary
                        rollback automatic
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, payment_id, merchant_id"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                        runbook yes
                        failover_tested 2026-09-30
                        game_day 2026-09-30
                    }
                }
                statements = container "Statements" "Signed settlement statements" "S3, object lock" {
                    properties {
                        kind object-store
                        zone data
                        managed yes
                        oncall team-ledger
                        role system-of-record
                        encryption_at_rest yes
                        backup continuous
                        rpo 15m
                        rto 8h
                        restore_time 1h
                        restore_tested 2026-09-30
                        max_class confidential
                        retention 3650d
                        consistency strong
                        alerts yes
                        zones 3
                    }
                }
            }
        }

        merchant -> portal "Looks at payments"
        sre -> console "Replays and stops" "HTTPS" {
            properties {
                via vpn+mfa
                tls 1.3
                auth oidc
                mfa yes
            }
        }
        portal -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 9s
                contract openapi
                api_version v3
                error_model problem+json
                peak_rps 100
            }
        }
        merchantsys -> gateway "Authorises, captures, refunds" "HTTPS, JSON" {
            properties {
                tls mutual
                auth oauth2
                timeout 9s
                contract openapi
                api_version v3
                error_model problem+json
                peak_rps 800
                effect command
                idempotent yes
            }
        }
        gateway -> idp "Fetches signing keys" "HTTPS" {
            properties {
                role auth-discovery
                tls 1.3
                timeout 1s
                circuit_breaker yes
                criticality soft
                fallback cache
                contract oidc
                error_model oauth2
            }
        }
        gateway -> payments "Routes payments" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                discovery dns
                lb mesh
                circuit_breaker mesh
                context_propagation yes
                api_version v1
                error_model google.rpc.Status
                contract protobuf
                timeout 8s
                retry 1
                criticality hard
                effect command
                idempotent yes
                peak_rps 900
                data payments
            }
        }
        payments -> risk "Asks for a score" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                discovery dns
                lb mesh
                circuit_breaker mesh
                context_propagation yes
                api_version v1
                error_model google.rpc.Status
                contract protobuf
                timeout 150ms
                retry 1
                criticality soft
                fallback default
                bulkhead yes
                effect query
                peak_rps 900
                data payments
            }
        }
        payments -> cardvault "Turns the number into a token" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                discovery dns
                lb mesh
                circuit_breaker mesh
                context_propagation yes
                api_version v1
                error_model google.rpc.Status
                contract protobuf
                timeout 800ms
                retry 1
                criticality hard
                role authoritative
                bulkhead yes
                effect command
                idempotent yes
                peak_rps 900
                data pan
                max_class restricted
            }
        }
        payments -> connector "Authorises and captures" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                discovery dns
                lb mesh
                circuit_breaker mesh
                context_propagation yes
                api_version v1
                error_model google.rpc.Status
                contract protobuf
                timeout 7s
                retry 1
                criticality hard
                role authoritative
                bulkhead yes
                effect command
                idempotent yes
                peak_rps 900
            }
        }
        payments -> paymentsdb "Writes payment and outbox row in one transaction" "SQL" {
            properties {
                tls yes
                auth mtls
                credentials short-lived
                access rw
                timeout 1s
            }
        }
        relay -> paymentsdb "Reads the outbox" "SQL" {
            properties {
                tls yes
                auth mtls
                credentials short-lived
                access r
                role cdc
                timeout 2s
            }
        }
        relay -> events "Publishes payment events" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls mutual
                auth mtls
                context_propagation yes
                contract avro
            }
        }
        events -> dead "Moves what failed eight times" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        console -> dead "Replays dead letters" "Kafka" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        console -> archive "Writes what was done by whom" "S3 over HTTPS" {
            properties {
                access w
                tls yes
                auth iam
                timeout 3s
                effect command
                idempotent yes
            }
        }
        cardvault -> carddb "Stores encrypted numbers" "SQL" {
            properties {
                tls yes
                auth mtls
                credentials short-lived
                access rw
                timeout 400ms
                data pan
                max_class restricted
            }
        }
        cardvault -> hsm "Wraps keys" "HTTPS" {
            properties {
                tls mutual
                auth mtls
                timeout 200ms
                retry 1
                criticality hard
                role authoritative
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
                context_propagation yes
                effect query
            }
        }
        connector -> cardvault "Turns the token into the number" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                discovery dns
                lb mesh
                circuit_breaker mesh
                context_propagation yes
                api_version v1
                error_model google.rpc.Status
                contract protobuf
                timeout 600ms
                retry 1
                criticality hard
                role authoritative
                effect query
                peak_rps 900
                data pan
                max_class restricted
            }
        }
        connector -> acquirer "Authorises and captures" "HTTPS, ISO 20022" {
            properties {
                tls mutual
                auth mtls
                timeout 5s
                retry 1
                criticality soft
                fallback queue
                circuit_breaker yes
                bulkhead yes
                effect command
                idempotent yes
                contract xsd
                api_version v4
                error_model iso20022
                data pan
                max_class restricted
            }
        }
        connector -> second "Authorises and captures when the first fails" "HTTPS, ISO 20022" {
            properties {
                tls mutual
                auth mtls
                timeout 5s
                retry 1
                criticality soft
                fallback queue
                circuit_breaker yes
                bulkhead yes
                effect command
                idempotent yes
                contract xsd
                api_version v4
                error_model iso20022
                data pan
                max_class restricted
            }
        }
        ledger -> events "Consumes payment events" "Kafka" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                ordering per-key
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        ledger -> dead "Gives up after eight attempts" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        ledger -> ledgerdb "Writes bookings" "SQL" {
            properties {
                tls yes
                auth mtls
                credentials short-lived
                access rw
                timeout 1s
            }
        }
        settle -> ledgerdb "Reads the day's captures, writes batches" "SQL" {
            properties {
                tls yes
                auth mtls
                credentials short-lived
                access rw
                timeout 60s
            }
        }
        settle -> statements "Stores signed statements" "S3 over HTTPS" {
            properties {
                access w
                tls yes
                auth iam
                timeout 20s
                effect command
                idempotent yes
                data bookings
            }
        }
        settle -> acquirer "Sends the settlement file" "SFTP" {
            properties {
                mode file
                tls yes
                auth mtls
                credentials vault
            }
        }
    }

    views {
        container pay "containers" "What runs, and who talks to whom" {
            include *
            autoLayout lr
        }
    }
}
