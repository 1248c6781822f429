workspace "Repair desk" "Customers send photos of broken devices; workshops quote, repair and send back." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        platform kubernetes
        team_size 6
    }

    model {
        customer = person "Customer" "Sends photos, accepts a quote, pays"
        engineer = person "Platform engineer" "Looks into slow requests"
        courier = softwareSystem "Parcel service" "Reports by webhook where a parcel is" {
            tags "External"
            properties {
                kind external
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
            }
        }

        desk = softwareSystem "Repair desk" "From the photo to the parcel back" {
            properties {
                tier 2
                owner team-desk
            }

            web = container "Customer site" "Upload, quotes, state of the repair" "TypeScript, Svelte" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            gateway = container "Gateway" "TLS, sign-in, limits, routes" "Traefik" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth oidc
                    rate_limit yes
                    body_limit 25MB
                    waf yes
                    replicas 2
                    secrets_source vault
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
                    secrets_rotation 30d
                }
            }
            repairs = container "Repair service" "Repairs, quotes and payments" "Go" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    max_class confidential
                    replicas 3
                    secrets_source vault
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
                    secrets_rotation 30d
                }
                api = component "Repair API" "Routes of the customer site" "Go, chi"
                pprof = component "Profiler" "net/http/pprof on the same listener" "Go, pprof" {
                    properties {
                        role pprof
                        exposure internal
                    }
                }
            }
            uploads = container "Photo service" "Takes photos and makes small ones" "Go" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    max_class internal
                    replicas 2
                    accepts file
                    validation schema
                    scanning yes
                    secrets_source vault
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
                    secrets_rotation 30d
                }
            }
            hooks = container "Courier webhooks" "Hears from the parcel service" "Go" {
                properties {
                    kind service
                    zone app
                    exposure public
                    role webhook
                    auth signature
                    authz "n/a (one sender)"
                    rate_limit yes
                    body_limit 64KB
                    waf yes
                    max_class internal
                    replicas 2
                    accepts webhook
                    validation schema
                    signature hmac
                    secrets_source vault
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
                    secrets_rotation 30d
                }
            }
            repairsdb = container "Repairs DB" "Repairs, customers, quotes" "PostgreSQL 16" {
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
                    data "repairs, addresses"
                }
            }
            photos = container "Photos" "Originals and small ones" "S3" {
                properties {
                    kind object-store
                    zone data
                    managed yes
                    encryption_at_rest yes
                    backup continuous
                    restore_tested 2026-07-02
                    max_class internal
                }
            }
        }

        customer -> web "Sends photos, follows the repair"
        web -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 20s
                role upload
            }
        }
        web -> photos "Uploads the original" "HTTPS" {
            properties {
                via presigned-url
                tls 1.3
                timeout 60s
                mode stream
            }
        }
        courier -> hooks "Reports where a parcel is" "HTTPS" {
            properties {
                tls 1.3
                auth signature
                signature hmac
                timeout 5s
                effect event
            }
        }
        gateway -> api "Routes requests" "HTTP" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 5s
                context_propagation yes
            }
        }
        engineer -> pprof "Takes profiles" "HTTP" {
            properties {
                via "vpn+mfa"
                tls yes
                auth oidc
                mode stream
            }
        }
        gateway -> uploads "Routes photos" "HTTP" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 8s
                context_propagation yes
            }
        }
        api -> repairsdb "Reads and writes repairs" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
                credentials short-lived
            }
        }
        hooks -> repairs "Tells where the parcel is" "gRPC" {
            properties {
                tls mutual
                auth mtls
                lb client-side
                timeout 1s
                context_propagation yes
                effect command
                idempotent yes
            }
        }
        uploads -> photos "Stores small ones" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                timeout 5s
            }
        }
    }

    views {
        container desk "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
