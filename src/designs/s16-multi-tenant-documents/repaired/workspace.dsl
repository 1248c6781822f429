workspace "Contract room" "Contracts of four hundred companies: upload, sign, find again." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        team_size 10
    }

    model {
        clerk = person "Customer's clerk" "Uploads and signs contracts of one company"

        idp = softwareSystem "Identity provider" "Signs people of all customers in" {
            tags "External"
            properties {
                kind external
                role idp
                dpa yes
                sla 99.95
                quota yes
                contact yes
                exit_plan yes
            }
        }
        analytics = softwareSystem "Product analytics vendor" "Counts who clicks where" {
            tags "External"
            properties {
                kind external
                dpa yes
                max_class confidential
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
            }
        }

        room = softwareSystem "Contract room" "One installation for all customers" {
            properties {
                tier 2
                owner team-room
            }

            spa = container "Web client" "Lists, viewer and signature" "TypeScript, Angular" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            bff = container "Web backend" "Sessions of the web client; puts pages together" "Node.js, NestJS" {
                properties {
                    kind gateway
                    role bff
                    zone dmz
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 30MB
                    waf yes
                    cors "https://room.example"
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
            documents = container "Document service" "Contracts, versions and signatures of all customers" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    multi_tenant yes
                    max_class confidential
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
            search = container "Search service" "Finds contracts by their text" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    multi_tenant yes
                    max_class confidential
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
            tenants = container "Tenant service" "Customers, seats and what they pay for" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz rbac
                    multi_tenant yes
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
            store = container "Document store" "The contracts themselves, as PDF" "MinIO" {
                properties {
                    kind object-store
                    zone data
                    replicas 4
                    consistency strong
                    encryption_at_rest yes
                    backup 24h
                    restore_tested 2026-07-02
                    max_class confidential
                    data "contracts, personal data"
                }
            }
            index = container "Text index" "Words of all contracts, one index for each customer" "OpenSearch 2" {
                properties {
                    kind search-index
                    zone data
                    role derived
                    rebuild yes
                    replicas 3
                    staleness 10s
                    encryption_at_rest yes
                    max_class confidential
                }
            }
            roomdb = container "Room DB" "Customers, contracts and signatures" "PostgreSQL 16" {
                properties {
                    zone data
                    encryption_at_rest yes
                    max_class confidential
                    data "contracts, email"
                    kind database
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                }
            }
            export = container "Nightly export" "Hands each customer its contracts as one file" "Java, CronJob" {
                properties {
                    kind scheduler
                    zone app
                    replicas 1
                    run_once yes
                    max_class confidential
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

        clerk -> spa "Uploads, reads, signs"
        clerk -> idp "Signs in" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        spa -> bff "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 10s
            }
        }
        bff -> idp "Fetches signing keys" "HTTPS" {
            properties {
                role auth-discovery
                tls 1.3
                timeout 1s
                criticality soft
                fallback cache
            }
        }
        bff -> documents "Reads and stores contracts" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 6s
                context_propagation yes
                data contracts
                max_class confidential
            }
        }
        bff -> search "Searches" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 3s
                context_propagation yes
            }
        }
        bff -> tenants "Asks for seats" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 6s
                context_propagation yes
            }
        }
        bff -> analytics "Reports clicks" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                mode async-pub
                data "user_id, page"
            }
        }
        documents -> store "Stores contracts" "S3 over HTTPS" {
            properties {
                access rw
                tls yes
                timeout 4s
                data contracts
            }
        }
        documents -> roomdb "Reads and writes contracts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        documents -> index "Indexes the text" "HTTPS" {
            properties {
                access w
                tls yes
                timeout 2s
                data contracts
            }
        }
        search -> index "Searches" "HTTPS" {
            properties {
                access r
                tls yes
                timeout 1s
            }
        }
        tenants -> documents "Counts contracts" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                timeout 5s
                context_propagation yes
                effect query
            }
        }
        export -> documents "Reads all contracts of a customer" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity technical
                role batch
                timeout 60s
                context_propagation yes
                data contracts
                max_class confidential
                effect query
            }
        }
    }

    views {
        container room "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
