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
            gateway = container "API gateway" "Sign-in, limits, routes" "Kong" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "https://rehearse.example"
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
            mesh = container "Service mesh" "Certificates and retries between services" "Istio" {
                properties {
                    kind gateway
                    role mesh
                    zone app
                    since 2026-04-02
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
            rooms = container "Room command service" "Takes changes of rooms" "Kotlin, Axon" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
                    since 2026-04-20
                }
            }
            roomview = container "Room query service" "Reads the view of rooms" "Kotlin" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            bookings = container "Booking command service" "Appends booking events; the store of events is the truth" "Kotlin, Axon, event sourcing" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
                    since 2026-04-20
                }
            }
            bookingview = container "Booking query service" "Reads the view of bookings, the other half of CQRS" "Kotlin" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            hosts = container "Host service" "Hosts and their papers" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            bands = container "Band service" "Bands and their members" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            pricing = container "Price service" "What an hour costs" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            payments = container "Payment service" "Takes a card through the provider's page" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            reviews = container "Review service" "Stars for rooms" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            chat = container "Chat service" "Messages between band and host" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            media = container "Media service" "Pictures of rooms" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            notify = container "Notification worker" "Mails about bookings" "Go" {
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
            project = container "Projection worker" "Makes views out of events" "Kotlin" {
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
            similar = container "Similar rooms" "Rooms that bands like yours booked" "Go" {
                properties {
                    kind service
                    zone app
                    auth mtls
                    authz scopes
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
            events = container "domain.events" "Everything that happens" "Kafka" {
                properties {
                    kind queue
                    zone app
                    partitions 3
                    retention 7d
                    delivery at-least-once
                    max_deliveries 5
                    dlq rehearse.dead
                    schema registry
                    compatibility backward
                    alerts yes
                    since 2026-04-20
                }
            }
            store = container "Event store" "Every booking event since the beginning" "EventStoreDB" {
                properties {
                    kind database
                    role system-of-record
                    since 2026-04-20
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
            views = container "Views" "Rooms and bookings as pages need them" "MongoDB 7" {
                properties {
                    kind database
                    role derived
                    rebuild yes
                    staleness 5s
                    since 2026-04-20
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
            core = container "Core DB" "Hosts, bands, prices" "PostgreSQL 16" {
                properties {
                    kind database
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
            messages = container "Message DB" "Messages between bands and hosts" "Cassandra 4" {
                properties {
                    kind database
                    since 2026-05-11
                    zone data
                    replicas 3
                    zones 3
                    failover automatic
                    consistency strong
                    backup 24h
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                    max_class internal
                    regions 1
                }
            }
            taste = container "Taste graph" "Which band booked which room" "Neo4j 5" {
                properties {
                    kind database
                    since 2026-06-08
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
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 6s
                peak_rps 30
            }
        }
        gateway -> rooms "Routes changes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> roomview "Routes searches" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> bookings "Routes bookings" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 4s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> bookingview "Routes lists" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> hosts "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> bands "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> reviews "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> chat "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> media "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> similar "Routes" "HTTP/2" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        gateway -> mesh "Hands over to the mesh" "HTTP/2" {
            properties {
                role mesh
                tls mesh
                timeout 5s
            }
        }
        rooms -> store "Appends events" "gRPC" {
            properties {
                access w
                tls yes
                timeout 500ms
                delivery event-sourced
            }
        }
        rooms -> events "Publishes what was appended" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mesh
                auth mtls
                context_propagation yes
                delivery event-sourced
            }
        }
        bookings -> store "Appends events" "gRPC" {
            properties {
                access w
                tls yes
                timeout 500ms
                delivery event-sourced
            }
        }
        bookings -> events "Publishes what was appended" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls mesh
                auth mtls
                context_propagation yes
                delivery event-sourced
            }
        }
        bookings -> pricing "Asks for the price" "gRPC" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 1s
                context_propagation yes
                lb mesh
            }
        }
        bookings -> payments "Asks for a payment" "gRPC" {
            properties {
                tls mesh
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
                lb mesh
            }
        }
        payments -> psp "Starts payments" "HTTPS" {
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
        pricing -> core "Reads prices" "SQL" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        hosts -> core "Writes hosts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        bands -> core "Reads bands" "SQL" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        reviews -> views "Reads reviews" "MongoDB" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        roomview -> views "Reads rooms" "MongoDB" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        bookingview -> views "Reads bookings" "MongoDB" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        project -> events "Consumes everything" "Kafka" {
            properties {
                mode async-sub
                idempotent yes
                tls mesh
                auth mtls
                context_propagation yes
                effect materialise
            }
        }
        project -> views "Writes views" "MongoDB" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        notify -> events "Consumes bookings" "Kafka" {
            properties {
                mode async-sub
                idempotent yes
                tls mesh
                auth mtls
                context_propagation yes
                effect command
            }
        }
        notify -> mail "Sends mails" "HTTPS" {
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
        chat -> messages "Stores chats" "CQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        similar -> taste "Asks for neighbours" "Bolt" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        media -> pictures "Stores pictures" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                timeout 2s
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
