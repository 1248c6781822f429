workspace "Subscriptions" "Contracts of a streaming service and what they cost each month." {

    !identifiers flat

    properties {
        stage live
        owner team-subscriptions
    }

    model {
        subscriber = person "Subscriber" "Pays each month, more or less"
        bank = softwareSystem "Debit provider" "Collects debits" {
            tags "External"
            properties {
                contact yes
                sla 99.9
                quota yes
                exit_plan yes
            }
        }

        subs = softwareSystem "Subscriptions" "Contracts, invoices and debits" {
            gateway = container "API gateway" "Sign-in, rate limits, routing" "Envoy" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.9
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }
            contracts = container "Contract service" "Who has subscribed to what" "Go" {
                properties {
                    replicas 3
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.9
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }
            contractsdb = container "Contract DB" "Contracts and their changes" "PostgreSQL 16" {
                properties {
                    replicas 2
                    consistency strong
                    zones 3
                    failover automatic
                    failover_tested 2026-10-02
                    backup continuous
                    encryption_at_rest yes
                    restore_tested 2026-10-02
                    restore_time 20m
                    rto 1h
                    rpo 5m
                    alerts yes
                    tier 1
                }
            }
            etcd = container "Coordination" "Leases and settings of all services" "etcd 3.5" {
                properties {
                    kind database
                    replicas 3
                    zones 3
                    failover automatic
                    failover_tested 2026-10-02
                    backup continuous
                    encryption_at_rest yes
                    restore_tested 2026-10-02
                    restore_time 20m
                    rto 1h
                    rpo 5m
                    alerts yes
                    tier 1
                }
            }
            bus = container "contract.events" "What happened to contracts" "NATS JetStream" {
                properties {
                    kind queue
                    replicas 3
                    zones 3
                    delivery at-least-once
                    retention 7d
                    max_deliveries 10
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                    tier 1
                }
            }
            nightly = container "Billing run" "Writes the invoices of the day at 02:00" "Go, cron" {
                properties {
                    kind scheduler
                    replicas 3
                    leader_election lease
                    idempotent yes
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.9
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }
            invoices = container "invoice.requests" "Invoices to collect" "RabbitMQ classic queue" {
                properties {
                    managed yes
                    delivery at-least-once
                    retention 7d
                    max_deliveries 10
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                    max_length 500000
                    tier 2
                }
            }
            collectors = container "Debit workers" "Send debits to the provider" "Go" {
                properties {
                    kind worker
                    replicas 10
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 2
                }
            }
            lake = container "usage.events" "What people watch, by the second" "Kafka, KRaft" {
                properties {
                    kind queue
                    managed yes
                    replicas 4
                    zones 2
                    partitions 48
                    delivery at-least-once
                    retention 7d
                    max_deliveries 10
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                    tier 1
                }
            }
            usage = container "Usage meter" "Hours watched by contract" "Java, Kafka Streams" {
                properties {
                    kind worker
                    replicas 6
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.9
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }
            usagedb = container "Usage DB" "Hours watched by contract and month" "PostgreSQL 16" {
                properties {
                    replicas 2
                    consistency strong
                    zones 3
                    failover automatic
                    failover_tested 2026-10-02
                    backup continuous
                    encryption_at_rest yes
                    restore_tested 2026-10-02
                    restore_time 20m
                    rto 1h
                    rpo 5m
                    alerts yes
                    tier 1
                }
            }
            player = container "Player backend" "Starts streams and says what is watched" "Go" {
                properties {
                    kind service
                    replicas 6
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.9
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }
        }

        subscriber -> gateway "Subscribes and watches" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        gateway -> contracts "Contracts" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        gateway -> player "Streams" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        contracts -> contractsdb "Reads and writes contracts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
                delivery outbox
            }
        }
        contracts -> etcd "Reads settings" "gRPC" {
            properties {
                access r
                tls mutual
                timeout 500ms
            }
        }
        contracts -> bus "What happened" "NATS" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls yes
            }
        }
        usage -> bus "Learns of contracts" "NATS" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }
        nightly -> contractsdb "Reads contracts due today" "SQL" {
            properties {
                access r
                tls yes
                timeout 5m
            }
        }
        nightly -> invoices "Invoices of the day" "AMQP" {
            properties {
                mode async-pub
                effect command
                tls yes
            }
        }
        collectors -> invoices "Take invoices" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
            }
        }
        collectors -> bank "Send debits" "HTTPS" {
            properties {
                tls yes
                timeout 5s
                circuit_breaker yes
            }
        }
        player -> lake "What is watched" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery at-least-once
                partition_key contract_id
                tls yes
            }
        }
        usage -> lake "Counts" "Kafka" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }
        usage -> usagedb "Adds up" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
    }

    views {
        systemContext subs "context" {
            include *
            autoLayout lr
        }
        container subs "containers" {
            include *
            autoLayout lr
        }
    }
}
