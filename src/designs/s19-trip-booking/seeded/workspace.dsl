workspace "Trip booking" "A flight, a hotel and a car with one button." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 16
    }

    model {
        traveller = person "Traveller" "Books a whole trip"
        gds = softwareSystem "Flight distribution system" "Seats of two hundred airlines" {
            tags "External"
            properties {
                kind external
                sla 99.9
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class confidential
            }
        }

        trips = softwareSystem "Trip booking" "Trips as one purchase" {
            properties {
                tier 2
            }
            web = container "Trip pages" "Search, basket and one button" "TypeScript, Vue" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-web
                    zone internet
                }
            }
            gateway = container "Gateway" "Sign-in, limits, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    exposure public
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "https://trips.example"
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
                    auth oidc
                    authz scopes
                    max_class confidential
                }
            }

            group "Booking" {
                properties {
                    owner team-booking
                }
                booking = container "Booking service" "Books the parts of a trip, one after the other" "Kotlin, Ktor" {
                    properties {
                        kind service
                        zone app
                        compensation no
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                bookingdb = container "Trips DB" "Trips and what was booked of them" "PostgreSQL 16" {
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
            }
            group "Flights" {
                properties {
                    owner team-flights
                }
                flights = container "Flight service" "Seats and tickets" "Java, Quarkus" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                flightsdb = container "Flights DB" "Tickets and seats" "PostgreSQL 16" {
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
            }
            group "Hotels" {
                properties {
                    owner team-hotels
                }
                hotels = container "Hotel service" "Rooms and nights" "Java, Quarkus" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                hotelsdb = container "Hotels DB" "Reservations" "MySQL 8" {
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
            }
            group "Cars" {
                properties {
                    owner team-cars
                }
                cars = container "Car service" "Cars and days" "Go" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                carsdb = container "Cars DB" "Rentals and keys" "PostgreSQL 16" {
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
            }
            group "Loyalty" {
                properties {
                    owner team-loyalty
                }
                loyalty = container "Loyalty service" "Redeems points and gives a voucher for the rest" "Kotlin" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                points = container "Points service" "Points of travellers" "Kotlin" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                vouchers = container "Voucher service" "Vouchers of travellers" "Kotlin" {
                    properties {
                        kind service
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
                        auth jwt
                        authz abac
                        max_class confidential
                    }
                }
                loyaltydb = container "Loyalty DB" "Points and vouchers; one transaction spans both" "PostgreSQL 16" {
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
            }
        }

        traveller -> web "Books a trip"
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 10s
            }
        }
        gateway -> booking "Routes bookings" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 9s
                effect command
                idempotent yes
            }
        }
        gateway -> loyalty "Routes redemptions" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 4s
                effect command
                idempotent yes
            }
        }
        booking -> flights "Books the flight" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                contract protobuf
                lb client-side
                circuit_breaker yes
                timeout 2s
                retry "3, 200ms, exponential, jitter, cap 1s"
                effect command
                idempotent no
            }
        }
        booking -> hotels "Books the hotel" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                contract protobuf
                lb client-side
                circuit_breaker yes
                timeout 2s
                retry "3, 200ms, exponential, jitter, cap 1s"
                effect command
                idempotent no
            }
        }
        booking -> cars "Books the car" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                contract protobuf
                lb client-side
                circuit_breaker yes
                timeout 2s
                retry "3, 200ms, exponential, jitter, cap 1s"
                effect command
                idempotent no
            }
        }
        booking -> bookingdb "Writes trips" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        flights -> flightsdb "Writes tickets" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        flights -> gds "Issues tickets" "HTTPS" {
            properties {
                tls 1.3
                auth oauth2
                credentials short-lived
                timeout 1800ms
                retry 1
                circuit_breaker yes
                effect command
                idempotent yes
                contract openapi
                api_version v5
                data "passenger names"
            }
        }
        hotels -> hotelsdb "Writes reservations" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        cars -> carsdb "Writes rentals" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        loyalty -> points "Redeems points" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                contract protobuf
                lb client-side
                circuit_breaker yes
                timeout 1500ms
                effect command
                idempotent yes
            }
        }
        loyalty -> vouchers "Gives a voucher" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                contract protobuf
                lb client-side
                circuit_breaker yes
                timeout 1500ms
                effect command
                idempotent yes
            }
        }
        points -> loyaltydb "Writes points" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        vouchers -> loyaltydb "Writes vouchers" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
    }

    views {
        container trips "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
