workspace "Library network" "Catalogue and loans of thirty public libraries." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        owner team-library
        team_size 7
    }

    model {
        reader = person "Reader" "Finds, reserves and borrows"
        librarian = person "Librarian" "Buys and lends"

        library = softwareSystem "Library network" "One catalogue for thirty libraries" {
            properties {
                tier 2
            }
            opac = container "Catalogue pages" "Search and reservations" "TypeScript, Vue" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            gateway = container "Gateway" "Sign-in, limits, routes" "Caddy" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    replicas 2
                    zones 2
                    healthcheck yes
                    platform vm
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
            catalogue = container "Catalogue service" "Titles, copies and where they stand" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz scopes
                    max_class public
                    replicas 2
                    zones 2
                    healthcheck yes
                    platform vm
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
            loans = container "Loan service" "Who has what until when" "Java, Spring Boot" {
                properties {
                    kind service
                    zone app
                    auth jwt
                    authz abac
                    max_class internal
                    replicas 2
                    zones 2
                    healthcheck yes
                    platform vm
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
            loansdb = container "Loans DB" "Loans and reservations" "PostgreSQL 16" {
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
                    max_class internal
                    lintel.ignore "LNT-B001: the catalogue writes here until the split is done"
                }
            }
            titles = container "Titles" "Records of titles as the publishers send them" "MongoDB 7" {
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
                    max_class internal
                }
            }
            notices = container "Notice worker" "Mails that a book is due" "Java" {
                properties {
                    kind worker
                    zone app
                    replicas 2
                    zones 2
                    healthcheck yes
                    platform vm
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
            due = container "loan.due" "Loans that end tomorrow" "RabbitMQ" {
                properties {
                    kind queue
                    zone app
                    delivery at-least-once
                    retention 7d
                    max_length 100000
                    max_deliveries 5
                    dlq loan.due.dead
                    schema registry
                    compatibility backward
                    alerts yes
                }
            }
        }

        reader -> opac "Searches, reserves"
        librarian -> opac "Lends"
        opac -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 6s
            }
        }
        gateway -> catalogue "Routes" "HTTP" {
            properties {
                tls yes
                auth mtls
                timeout 4s
                context_propagation yes
            }
        }
        gateway -> loans "Routes" "HTTP" {
            properties {
                tls yes
                auth mtls
                timeout 4s
                context_propagation yes
            }
        }
        loans -> catalogue "Asks where a copy stands" "HTTP" {
            properties {
                tls yes
                auth mtls
                timeout 2s
                context_propagation yes
            }
        }
        catalogue -> titles "Reads and writes titles" "MongoDB" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        loans -> loansdb "Writes loans and outbox rows" "SQL" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        loans -> due "Publishes from the outbox" "AMQP" {
            properties {
                mode async-pub
                effect event
                delivery outbox
                tls yes
                auth scram
                context_propagation yes
            }
        }
        notices -> due "Consumes" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
                auth scram
                context_propagation yes
            }
        }
    }

    views {
        container library "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
