workspace "Smart meters" "Readings of three million meters, every quarter of an hour." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 20
        peak_rps 3400
    }

    model {
        household = person "Household" "Uploads a photo of an old meter"
        meters = softwareSystem "Meter fleet" "Send readings over the radio network" {
            tags "External"
            properties {
                kind external
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
            }
        }

        energy = softwareSystem "Smart meters" "From the reading to the bill" {
            properties {
                tier 2
            }
            gateway = container "Radio gateway" "Checks certificates of meters, limits, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-intake
                    exposure public
                    auth mtls
                    authz scopes
                    rate_limit yes
                    body_limit 64KB
                    waf yes
                    replicas 4
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

            group "Intake" {
                properties {
                    owner team-intake
                }
                intake = container "Reading intake" "Checks readings and appends them to the stream" "Rust" {
                    properties {
                        kind service
                        zone app
                        auth mtls
                        authz scopes
                        max_class internal
                        replicas 4
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
                readings = container "meter.readings" "Every reading, fourteen days" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        delivery at-least-once
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        alerts yes
                        max_class internal
                        partitions 12
                        retention 14d
                        dlq meter.dead
                        partition_key meter_id
                    }
                }
                photoapi = container "Photo service" "Takes photos of old meters" "Go" {
                    properties {
                        kind service
                        zone app
                        exposure public
                        auth oidc
                        authz abac
                        rate_limit yes
                        body_limit 8MB
                        waf yes
                        accepts file
                        validation schema
                        scanning yes
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
                photos = container "photo.jobs" "Photos waiting for the reader of digits" "RabbitMQ" {
                    properties {
                        kind queue
                        zone app
                        delivery at-least-once
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        alerts yes
                        max_class internal
                        dlq photo.jobs.dead
                        max_length 20000
                        backpressure yes
                    }
                }
                digits = container "Digit reader" "Reads the number off a photo" "Python" {
                    properties {
                        kind worker
                        zone app
                        replicas 3
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
                alarms = container "meter.alarms" "Meters that were opened or upside down" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        delivery at-least-once
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        alerts yes
                        max_class internal
                        partitions 6
                        retention 14d
                        dlq meter.dead
                        partition_key meter_id
                    }
                }
                fieldwork = container "Field work planner" "Sends somebody to have a look" "Go" {
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
            }
            group "Billing" {
                properties {
                    owner team-billing
                }
                balance = container "Balance worker" "Subtracts each reading from the one before" "Kotlin" {
                    properties {
                        kind worker
                        zone app
                        replicas 6
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
                billingdb = container "Billing DB" "Consumption and bills" "PostgreSQL 16" {
                    properties {
                        data "consumption, addresses"
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
                volumes = container "market.volumes" "Settled volumes for the market operator" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        delivery at-least-once
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        alerts yes
                        max_class internal
                        role outbound
                        partitions 3
                        retention 30d
                        dlq "n/a (the operator reads again)"
                        partition_key area
                    }
                }
                settle = container "Settlement job" "Adds up volumes once a day" "Kotlin, CronJob" {
                    properties {
                        kind scheduler
                        zone app
                        replicas 1
                        run_once yes
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
            }
            group "Tariffs" {
                properties {
                    owner team-tariffs
                }
                tariffs = container "Tariff service" "What a kilowatt hour costs, and when" "Java, Quarkus" {
                    properties {
                        kind service
                        zone app
                        exposure internal
                        auth mtls
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
                tariffsdb = container "Tariffs DB" "Tariffs and the outbox" "PostgreSQL 16" {
                    properties {
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
                changed = container "tariff.changed" "A tariff was changed" "Kafka" {
                    properties {
                        kind queue
                        zone app
                        delivery at-least-once
                        max_deliveries 6
                        schema registry
                        compatibility backward
                        alerts yes
                        max_class internal
                        partitions 6
                        retention 90d
                        dlq tariff.dead
                        partition_key tariff_id
                    }
                }
            }
        }

        meters -> gateway "Send readings" "HTTPS" {
            properties {
                tls mutual
                auth mtls
                timeout 5s
                contract protobuf
                api_version v2
                error_model problem+json
                peak_rps 3300
            }
        }
        gateway -> intake "Routes readings" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity technical
                timeout 3s
                context_propagation yes
                peak_rps 3300
            }
        }
        household -> photoapi "Uploads a photo" "HTTPS" {
            properties {
                tls 1.3
                auth oidc
                timeout 20s
                mode stream
                peak_rps 30
            }
        }
        intake -> readings "Publishes readings" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
                delivery at-least-once
            }
        }
        intake -> alarms "Publishes alarms" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
                delivery at-least-once
            }
        }
        fieldwork -> alarms "Consumes alarms" "Kafka" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
                effect command
            }
        }
        photoapi -> photos "Enqueues photos" "AMQP" {
            properties {
                mode async-pub
                effect command
                tls mutual
                auth mtls
                context_propagation yes
                delivery at-least-once
            }
        }
        digits -> photos "Consumes photos" "AMQP" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
                effect command
            }
        }
        digits -> readings "Publishes readings of old meters" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
                delivery at-least-once
            }
        }
        balance -> readings "Consumes readings, in order for each meter" "Kafka" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
                effect command
                ordering required
            }
        }
        balance -> changed "Consumes changes of tariffs" "Kafka" {
            properties {
                mode async-sub
                idempotent yes
                tls mutual
                auth mtls
                context_propagation yes
                effect command
            }
        }
        balance -> billingdb "Writes consumption" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        settle -> billingdb "Reads consumption" "SQL" {
            properties {
                access r
                tls yes
                timeout 120s
            }
        }
        settle -> volumes "Publishes volumes" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
                delivery at-least-once
            }
        }
        tariffs -> tariffsdb "Writes tariffs and outbox rows" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        tariffs -> changed "Publishes changes from the outbox" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mutual
                auth mtls
                context_propagation yes
                delivery outbox
            }
        }
    }

    views {
        container energy "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
