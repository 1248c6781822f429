workspace "Shop core" "The smallest honest microservice shop: one way in, two services, one topic." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        platform kubernetes
        game_day 2026-10-02
        team_size 9
        peak_rps 400
    }

    model {
        customer = person "Customer" "Has an account and orders things"

        idp = softwareSystem "Identity provider" "Signs customers in and issues tokens" {
            tags "External"
            properties {
                kind external
                role idp
                sla 99.99
                quota yes
                contact yes
                exit_plan yes
                dpa yes
            }
        }
        mail = softwareSystem "Mail provider" "Delivers order confirmations" {
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

        shop = softwareSystem "Shop core" "Accounts, orders and the mails about them" {
            properties {
                tier 1
                rto 1h
                rpo 5m
            }

            web = container "Web shop" "Catalogue, basket and order history in the browser" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-web
                    zone internet
                }
            }
            gateway = container "API gateway" "The only way in: checks tokens, limits rates, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    oncall team-platform
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "https://shop.example"
                    client_ip_source proxy-protocol
                    trust_all_proxies no
                    audit no
                    replicas 3
                    zones 3
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    startup_probe yes
                    resources yes
                    pdb yes
                    image_pin digest
                    iac yes
                    config_validation yes
                    graceful_shutdown "drain 15s, grace 30s"
                    deploy rolling
                    rollback yes
                    metrics yes
                    metrics_labels "route, method, status_class"
                    logs central
                    tracing yes
                    telemetry_fields "trace_id, route, status_class"
                    secrets_source vault
                    secrets_rotation 30d
                    local_state no
                    slo 99.95
                    alerts yes
                    runbook yes
                }
            }

            group "Accounts" {
                properties {
                    owner team-accounts
                }
                users = container "User service" "Profiles, addresses and preferences of customers" "Go, chi" {
                    properties {
                        kind service
                        zone app
                        oncall team-accounts
                        auth oidc
                        authz abac
                        max_class confidential
                        autoscale 3..6
                        pool_size 10
                        capacity_rps 400
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 15s, grace 30s"
                        deploy rolling
                        rollback yes
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, route, status_class"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        slo 99.95
                        alerts yes
                        runbook yes
                    }
                }
                usersdb = container "Users DB" "Profiles and addresses" "PostgreSQL 16" {
                    properties {
                        kind database
                        zone data
                        max_class confidential
                        max_connections 200
                        data "profile, addresses"
                        role system-of-record
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-09-15
                        consistency strong
                        backup continuous
                        restore_tested 2026-09-15
                        restore_time 25m
                        encryption_at_rest yes
                        alerts yes
                        runbook yes
                        migrations job
                        expand_contract yes
                        iac yes
                        persistence yes
                    }
                }
            }

            group "Ordering" {
                properties {
                    owner team-orders
                }
                orders = container "Order service" "Takes orders and knows their state" "Go, chi" {
                    properties {
                        kind service
                        zone app
                        oncall team-orders
                        auth oidc
                        authz abac
                        max_class confidential
                        autoscale 3..8
                        pool_size 10
                        capacity_rps 300
                        bulkhead yes
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 15s, grace 30s"
                        deploy rolling
                        rollback yes
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, route, status_class"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        slo 99.95
                        alerts yes
                        runbook yes
                    }
                }
                ordersdb = container "Orders DB" "Orders, order lines and the outbox" "PostgreSQL 16" {
                    properties {
                        kind database
                        zone data
                        max_class confidential
                        max_connections 200
                        data "orders, addresses"
                        role system-of-record
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-09-15
                        consistency strong
                        backup continuous
                        restore_tested 2026-09-15
                        restore_time 25m
                        encryption_at_rest yes
                        alerts yes
                        runbook yes
                        migrations job
                        expand_contract yes
                        iac yes
                        persistence yes
                    }
                }
                relay = container "Outbox relay" "Publishes what the outbox holds, in order, at least once" "Go" {
                    properties {
                        kind worker
                        zone app
                        oncall team-orders
                        leader_election lease
                        replicas 2
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 15s, grace 30s"
                        deploy rolling
                        rollback yes
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, route, status_class"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        slo 99.9
                        alerts yes
                        runbook yes
                    }
                }
                events = container "order.events" "Orders that were placed, paid and sent" "NATS JetStream" {
                    properties {
                        kind queue
                        zone app
                        voters 3
                        replicas 3
                        zones 3
                        delivery at-least-once
                        retention 7d
                        max_length 1000000
                        max_deliveries 5
                        dlq order.events.dead
                        schema registry
                        compatibility backward
                        ordering per-key
                        partition_key order_id
                        encryption_at_rest yes
                        max_class internal
                        persistence yes
                        alerts yes
                    }
                }
                dead = container "order.events.dead" "Messages that failed five times, for people to look at" "NATS JetStream" {
                    properties {
                        kind queue
                        zone app
                        voters 3
                        replicas 3
                        zones 3
                        delivery at-least-once
                        retention 30d
                        dlq "n/a (this is where dead letters go)"
                        schema registry
                        max_class internal
                        persistence yes
                        alerts yes
                    }
                }
                mailer = container "Mail worker" "Mails customers about their orders" "Go" {
                    properties {
                        kind worker
                        zone app
                        tier 2
                        replicas 3
                        zones 3
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 15s, grace 30s"
                        deploy rolling
                        rollback yes
                        metrics yes
                        metrics_labels "route, method, status_class"
                        logs central
                        tracing yes
                        telemetry_fields "trace_id, route, status_class"
                        secrets_source vault
                        secrets_rotation 30d
                        local_state no
                        alerts yes
                    }
                }
            }
        }

        customer -> web "Browses and orders"
        customer -> idp "Signs in" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 6s
                contract openapi
                api_version v1
                error_model problem+json
                peak_rps 400
            }
        }
        gateway -> idp "Fetches signing keys" "HTTPS" {
            properties {
                role auth-discovery
                tls 1.3
                timeout 1s
                circuit_breaker yes
                fallback cache
                contract oidc
                criticality soft
            }
        }
        gateway -> users "Routes account requests" "HTTP/2, JSON" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 2s
                retry 1
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
                context_propagation yes
                criticality hard
                effect query
                peak_rps 150
                lb l7
            }
        }
        gateway -> orders "Routes order requests" "HTTP/2, JSON" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 4s
                retry 1
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
                context_propagation yes
                criticality hard
                effect command
                idempotent yes
                peak_rps 250
                lb l7
            }
        }
        orders -> users "Looks up the delivery address" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 800ms
                retry "2, 50ms, exponential, jitter, cap 200ms"
                circuit_breaker yes
                fallback queue
                criticality soft
                bulkhead yes
                discovery dns
                lb client-side
                contract protobuf
                api_version v1
                error_model google.rpc.Status
                context_propagation yes
                effect query
                idempotent yes
                peak_rps 60
                data addresses
            }
        }
        users -> usersdb "Reads and writes profiles" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                timeout 700ms
                credentials short-lived
            }
        }
        orders -> ordersdb "Writes orders and outbox rows in one transaction" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                timeout 800ms
                credentials short-lived
            }
        }
        relay -> ordersdb "Reads the outbox by logical replication" "SQL" {
            properties {
                role cdc
                access r
                tls yes
                auth scram
                timeout 2s
                credentials short-lived
            }
        }
        relay -> events "Publishes order events" "NATS" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls mutual
                auth nkey
                context_propagation yes
                data "order_id, state"
            }
        }
        mailer -> events "Consumes order events" "NATS" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls mutual
                auth nkey
                context_propagation yes
            }
        }
        events -> dead "Moves messages that failed five times" "NATS" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth nkey
                context_propagation yes
            }
        }
        mailer -> users "Looks up the address to mail to" "gRPC" {
            properties {
                tls mutual
                auth mtls
                role batch
                identity technical
                timeout 1s
                retry "3, 200ms, exponential, jitter, cap 2s"
                circuit_breaker yes
                criticality soft
                fallback queue
                discovery dns
                lb client-side
                contract protobuf
                api_version v1
                error_model google.rpc.Status
                context_propagation yes
                effect query
                idempotent yes
                data email
            }
        }
        mailer -> mail "Sends mails" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 5s
                retry "3, 1s, exponential, jitter, cap 30s"
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
        systemContext shop "context" "Who uses the shop, and whom it needs" {
            include *
            autoLayout lr
        }
        container shop "containers" "What runs, and who talks to whom" {
            include *
            autoLayout tb
        }
    }
}
