workspace "Pet adoption" "Shelters show animals; people ask for them and fill in forms about themselves." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        platform kubernetes
        owner team-shelter
        team_size 5
    }

    model {
        adopter = person "Adopter" "Looks for a dog and fills in a form"

        adoption = softwareSystem "Pet adoption" "From the photo to the contract" {
            properties {
                tier 2
            }
            spa = container "Adoption pages" "Animals, forms and visits" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            cdn = container "Content network" "Keeps lists of animals near; anyone may read" "Fastly" {
                properties {
                    kind gateway
                    role cdn
                    zone edge
                    managed yes
                    exposure public
                    auth "n/a (public lists)"
                    rate_limit yes
                    body_limit yes
                    waf yes
                    max_class public
                }
            }
            animals = container "Animal service" "Animals that look for a home; anyone may read" "Go" {
                properties {
                    kind service
                    zone app
                    auth none
                    authz "n/a (public)"
                    role catalogue
                    max_class public
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
            people = container "People service" "Who asked for which animal" "Go" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz abac
                    max_class confidential
                    data "applications, addresses"
                    rate_limit yes
                    body_limit 1MB
                    waf yes
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
            applications = container "Applications" "Forms that people filled in" "Firestore" {
                properties {
                    kind database
                    zone data
                    managed yes
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                    max_class confidential
                    data "applications, addresses"
                }
            }
            peopledb = container "People DB" "People, visits and contracts" "PostgreSQL 16" {
                properties {
                    exposure internal
                    max_class confidential
                    data "addresses, contracts"
                    kind database
                    zone data
                    replicas 2
                    zones 2
                    failover automatic
                    consistency strong
                    backup continuous
                    restore_tested 2026-07-02
                    encryption_at_rest yes
                }
            }
            pictures = container "Pictures" "Photos of animals" "S3" {
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
            visits = container "Visit worker" "Reminds people of a visit" "Go" {
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

        adopter -> spa "Looks and asks"
        spa -> people "Sends forms and drafts" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 8s
                data "applications, addresses"
            }
        }
        people -> applications "Keeps drafts" "HTTPS" {
            properties {
                access rw
                tls yes
                auth iam
                timeout 2s
            }
        }
        spa -> cdn "Loads lists of animals" "HTTPS" {
            properties {
                tls 1.3
                timeout 5s
            }
        }
        cdn -> animals "Asks for lists that it does not have" "HTTPS" {
            properties {
                tls yes
                auth mtls
                timeout 3s
                context_propagation yes
            }
        }
        spa -> pictures "Shows and uploads photos" "HTTPS" {
            properties {
                via presigned-url
                tls 1.3
                timeout 20s
            }
        }
        animals -> pictures "Signs links" "S3 over HTTPS" {
            properties {
                access r
                tls yes
                timeout 1s
            }
        }
        people -> peopledb "Writes people and visits" "SQL" {
            properties {
                access rw
                tls yes
                data "addresses, contracts"
                timeout 1s
            }
        }
        visits -> peopledb "Reads tomorrow's visits" "SQL" {
            properties {
                access r
                tls yes
                timeout 2s
            }
        }
    }

    views {
        container adoption "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
