workspace "Claims" "Motor claims: filed on the web, assessed overnight, paid within a week." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        game_day 2026-08-11
        team_size 12
    }

    model {
        insured = person "Policy holder" "Files a claim and follows it"

        claimsys = softwareSystem "Claims" "From the accident to the payment" {
            web = container "Claims portal" "Forms, photos and the state of a claim" "TypeScript, Vue" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-web
                    zone internet
                }
            }
            gateway = container "Gateway" "Sign-in, limits, routes; its proxy counts every request" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    oncall team-platform
                    tier 2
                    exposure public
                    rate_limit yes
                    body_limit 20MB
                    waf yes
                    replicas 3
                    metrics mesh
                    logs central
                    zones 3
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
                    secrets_source vault
                    secrets_rotation 90d
                    auth oidc
                }
            }

            group "Claims handling" {
                properties {
                    owner team-claims
                    oncall team-claims
                }
                claims = container "Claims service" "Takes claims and knows their state" "Kotlin, Ktor" {
                    properties {
                        kind service
                        zone app
                        tier 1
                        oncall team-claims
                        runbook yes
                        slo 99.9
                        alerts yes
                        authz abac
                        max_class confidential
                        replicas 4
                        metrics yes
                        logs central
                        zones 3
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
                        secrets_source vault
                        secrets_rotation 90d
                        auth oidc
                    }
                }
                claimsdb = container "Claims DB" "Claims, their history and the outbox" "PostgreSQL 16" {
                    properties {
                        tier 1
                        oncall team-claims
                        data "claims, addresses"
                        kind database
                        zone data
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-08-11
                        consistency strong
                        backup continuous
                        rpo 5m
                        rto 1h
                        restore_time 30m
                        restore_tested 2026-08-11
                        encryption_at_rest yes
                        max_class confidential
                        alerts yes
                        runbook yes
                    }
                }
                relay = container "Claims relay" "Publishes what the outbox holds" "Kotlin" {
                    properties {
                        kind worker
                        zone app
                        tier 2
                        oncall team-claims
                        replicas 2
                        leader_election lease
                        metrics yes
                        logs central
                        zones 3
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
                        secrets_source vault
                        secrets_rotation 90d
                        auth oidc
                    }
                }
                filed = container "claims.filed" "A claim was filed or changed" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        tier 2
                        partitions 12
                        retention 14d
                        delivery at-least-once
                        max_deliveries 6
                        dlq claims.dead
                        schema registry
                        compatibility backward
                        partition_key claim_id
                        alerts yes
                    }
                }
                assessor = container "Assessment worker" "Estimates damage and assigns an adjuster" "Python" {
                    properties {
                        kind worker
                        zone app
                        tier 2
                        oncall team-claims
                        replicas 3
                        metrics yes
                        logs central
                        zones 3
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
                        secrets_source vault
                        secrets_rotation 90d
                        auth oidc
                    }
                }
                statistics = container "Monthly statistics" "Counts claims for the board, once a month" "Python, CronJob" {
                    properties {
                        kind scheduler
                        zone app
                        tier 3
                        replicas 1
                        run_once yes
                        metrics no
                        logs central
                        zones 3
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
                        secrets_source vault
                        secrets_rotation 90d
                        auth oidc
                    }
                }
            }

            group "Policies" {
                properties {
                    owner team-policies
                    oncall team-policies
                }
                policies = container "Policy service" "What is insured, and up to what amount" "Java, Quarkus" {
                    properties {
                        kind service
                        zone app
                        tier 2
                        oncall team-policies
                        authz abac
                        max_class confidential
                        replicas 3
                        metrics yes
                        logs central
                        zones 3
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
                        secrets_source vault
                        secrets_rotation 90d
                        auth oidc
                    }
                }
                policydb = container "Policy DB" "Contracts and cover" "PostgreSQL 15" {
                    properties {
                        tier 2
                        data "policies, addresses"
                        kind database
                        zone data
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-08-11
                        consistency strong
                        backup continuous
                        rpo 5m
                        rto 1h
                        restore_time 30m
                        restore_tested 2026-08-11
                        encryption_at_rest yes
                        max_class confidential
                        alerts yes
                        runbook yes
                    }
                }
            }
        }

        insured -> web "Files a claim"
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 8s
            }
        }
        gateway -> claims "Routes claims" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                criticality hard
                timeout 5s
            }
        }
        gateway -> policies "Routes questions about cover" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                criticality hard
                timeout 3s
            }
        }
        claims -> policies "Asks what is covered" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                criticality soft
                fallback queue
                lb client-side
                circuit_breaker yes
                timeout 1s
                contract protobuf
            }
        }
        claims -> claimsdb "Writes claim and outbox row in one transaction" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        relay -> claimsdb "Reads the outbox" "SQL" {
            properties {
                access r
                role cdc
                tls yes
                timeout 2s
            }
        }
        relay -> filed "Publishes claims" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        assessor -> filed "Consumes claims" "Kafka" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
            }
        }
        assessor -> claims "Stores the estimate" "gRPC" {
            properties {
                tls mutual
                auth mtls
                role batch
                identity technical
                context_propagation yes
                lb client-side
                timeout 2s
                retry "3, 200ms, exponential, jitter, cap 2s"
                effect command
                idempotent yes
            }
        }
        policies -> policydb "Reads and writes contracts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        statistics -> claimsdb "Counts claims" "SQL" {
            properties {
                access r
                role bi
                tls yes
                timeout 60s
            }
        }
    }

    views {
        container claimsys "containers" "What runs, and who talks to whom" {
            include *
            autoLayout lr
        }
    }
}
