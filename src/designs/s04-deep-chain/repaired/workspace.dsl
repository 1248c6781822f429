workspace "Hotel booking" "From the search form to the hotel's own booking system." {

    !identifiers flat

    properties {
        stage live
        owner team-travel
        tier 2
    }

    model {
        guest = person "Guest" "Looks for a room and books it"
        hotels = softwareSystem "Hotel systems" "Booking systems of some four hundred hotels" {
            tags "External"
            properties {
                contact yes
                sla 99
            }
        }

        travel = softwareSystem "Booking platform" "Rooms, prices and bookings" {
            app = container "Booking app" "Search and booking on the phone" "Flutter" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "API gateway" "Sign-in, rate limits, routing, and retries where a call fails" "Envoy" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                }
            }
            booking = container "Booking service" "Takes a guest through a booking" "Go" {
                properties {
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                }
            }
            bookingdb = container "Bookings DB" "Bookings and who made them" "PostgreSQL 16" {
                properties {
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                }
            }
            availability = container "Availability service" "Which rooms are free on which days" "Go" {
                properties {
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                }
            }
            roomscache = container "Room cache" "Free rooms for a minute" "Redis 7" {
                properties {
                    kind cache
                    role derived
                    ttl 60s
                    invalidation on-write
                    stampede_protection single-flight
                    persistence no
                    loss_ok yes
                    replicas 2
                }
            }
            inventory = container "Inventory service" "Rooms and contingents of all hotels" "Java, Spring Boot" {
                properties {
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                }
            }
            inventorydb = container "Inventory DB" "Rooms, contingents and rates" "PostgreSQL 16" {
                properties {
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                }
            }
            connector = container "Hotel connector" "Speaks the protocols of hotel systems" "Java, Spring Boot" {
                properties {
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                }
            }
            blocks = container "Rooms to block" "What hotels still have to be told" "RabbitMQ quorum queue" {
                properties {
                    delivery at-least-once
                    max_deliveries 20
                    max_length 50000
                    dlq yes
                    schema registry
                    compatibility backward
                    retention 7d
                    alerts yes
                }
            }
            audit = container "audit.events" "Who booked and changed what" "Kafka" {
                properties {
                    delivery at-least-once
                    partitions 6
                    retention 365d
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                }
            }
            auditor = container "Audit writer" "Files what happened, slowly and for good" "Go" {
                properties {
                    kind worker
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                }
            }
            archive = container "Audit archive" "Ten years of audit files" "S3" {
                properties {
                    kind object-store
                    backup yes
                    encryption_at_rest yes
                    managed yes
                }
            }
        }

        guest -> app "Books a room"
        app -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 10s
            }
        }
        gateway -> booking "Searches and books" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        booking -> bookingdb "Writes bookings" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        booking -> availability "Asks for free rooms" "gRPC" {
            properties {
                tls mutual
                lb mesh
                timeout 2s
            }
        }
        availability -> roomscache "Looks for rooms" "RESP" {
            properties {
                tls yes
                timeout 50ms
            }
        }
        availability -> inventory "Asks for contingents" "gRPC" {
            properties {
                tls mutual
                lb mesh
                timeout 800ms
                retry "2, 50ms, exponential, jitter, cap 250ms"
            }
        }
        inventory -> inventorydb "Reads contingents" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        booking -> blocks "Which rooms to block at the hotel" "AMQP" {
            properties {
                mode async-pub
                effect command
                delivery outbox
                tls yes
            }
        }
        connector -> blocks "Takes rooms to block" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
            }
        }
        connector -> hotels "Books at the hotel" "HTTPS, SOAP" {
            properties {
                tls yes
                timeout 8s
                circuit_breaker yes
            }
        }
        booking -> audit "Who booked what" "Kafka" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls yes
                timeout 200ms
            }
        }
        auditor -> audit "Reads" "Kafka" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }
        auditor -> archive "Files a day" "S3" {
            properties {
                access w
                tls yes
                timeout 60s
            }
        }
    }

    views {
        systemContext travel "context" {
            include *
            autoLayout lr
        }
        container travel "containers" {
            include *
            autoLayout lr
        }
    }
}
