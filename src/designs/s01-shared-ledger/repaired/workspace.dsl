workspace "Retail banking core" "Accounts, transfers and statements of a retail bank." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        tracing yes
    }

    model {
        customer = person "Customer" "Has an account and moves money with the app"
        analyst = person "Risk analyst" "Looks for unusual patterns in balances"

        clearing = softwareSystem "Clearing house" "Settles payments between banks" {
            tags "External"
            properties {
                contact yes
                sla 99.9
            }
        }

        bank = softwareSystem "Banking core" "Everything behind the app" {
            app = container "Banking app" "Balances, transfers and statements on the phone" "Swift and Kotlin" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "API gateway" "Checks sign-in and limits rates, then routes" "Kong" {
                properties {
                    owner team-channels
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    waf yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tier 2
                }
            }

            group "Accounts" {
                accounts = container "Account service" "Opens, blocks and closes accounts, and knows their balance" "Java, Spring Boot" {
                    properties {
                        owner team-accounts
                        auth mtls
                        authz rbac
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tier 2
                    }
                }
            }
            group "Transfers" {
                transfers = container "Transfer service" "Moves money between accounts and to other banks" "Java, Spring Boot" {
                    properties {
                        owner team-transfers
                        auth mtls
                        authz rbac
                        replicas 4
                        healthcheck yes
                        metrics yes
                        logs central
                        tier 2
                    }
                }
                bookings = container "Booking requests" "What other contexts want booked" "RabbitMQ quorum queue" {
                    properties {
                        owner team-transfers
                        delivery at-least-once
                        dlq yes
                        max_deliveries 10
                        max_length 100000
                        retention 14d
                        schema registry
                        compatibility backward
                        alerts yes
                    }
                }
            }
            group "History" {
                history = container "History service" "Statements and search over what was booked" "Kotlin, Ktor" {
                    properties {
                        owner team-history
                        auth mtls
                        authz rbac
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                        tier 2
                    }
                }
            }

            pg = container "Core Postgres" "One server, two databases that know nothing of each other" "PostgreSQL 16" {
                properties {
                    kind database
                    role server
                    owner team-dba
                    replicas 2
                    failover automatic
                    backup 1h
                    encryption_at_rest yes
                    restore_tested 2026-09-30
                }
                accountsdb = component "Accounts DB" "Accounts, holders and limits" "PostgreSQL 16" {
                    properties {
                        kind database
                        context Accounts
                        owner team-accounts
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                    }
                }
                ledgerdb = component "Ledger DB" "Every booking since 2014, append only" "PostgreSQL 16" {
                    properties {
                        kind database
                        context Transfers
                        owner team-transfers
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                    }
                }
            }
            accountsreplica = container "Accounts replica" "A copy of the accounts for analysis, seconds behind" "PostgreSQL 16" {
                properties {
                    kind database
                    role replica
                    owner team-accounts
                    replicas 1
                    staleness 30s
                    rebuild yes
                    backup "n/a (copied again from Accounts DB)"
                    encryption_at_rest yes
                }
            }
            metabase = container "Analysis workbench" "Dashboards of the risk department" "Metabase" {
                properties {
                    kind service
                    owner team-risk
                    auth oidc
                    authz rbac
                    replicas 1
                    healthcheck yes
                    metrics yes
                    logs central
                    tier 3
                }
            }
        }

        customer -> app "Checks balances and moves money"
        app -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                timeout 10s
            }
        }
        gateway -> accounts "Accounts and balances" "gRPC" {
            properties {
                tls mutual
                timeout 2s
            }
        }
        gateway -> transfers "Orders transfers" "gRPC" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        gateway -> history "Statements" "gRPC" {
            properties {
                tls mutual
                timeout 4s
            }
        }
        transfers -> accounts "Checks limits and blocks" "gRPC" {
            properties {
                tls mutual
                auth mtls
                timeout 1s
                circuit_breaker yes
            }
        }
        transfers -> clearing "Sends payments to other banks" "ISO 20022 over MQ" {
            properties {
                tls mutual
                mode async-pub
            }
        }

        accounts -> accountsdb "Reads and writes accounts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        accounts -> bookings "Opening and closing balances to book" "AMQP" {
            properties {
                mode async-pub
                effect command
                delivery outbox
                tls yes
            }
        }
        transfers -> bookings "Takes bookings" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
            }
        }
        transfers -> ledgerdb "Books both sides of a transfer" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        history -> transfers "Asks for bookings, and for corrections of their texts" "gRPC" {
            properties {
                tls mutual
                auth mtls
                timeout 2s
                circuit_breaker yes
            }
        }
        history -> accounts "Asks for the holders' names" "gRPC" {
            properties {
                tls mutual
                auth mtls
                timeout 1s
                circuit_breaker yes
            }
        }

        accountsdb -> accountsreplica "Streams its log" "PostgreSQL replication" {
            properties {
                role replication
                tls yes
            }
        }
        analyst -> metabase "Looks at balances" "HTTPS" {
            properties {
                tls yes
                via vpn+mfa
            }
        }
        metabase -> accountsreplica "Reads balances for dashboards" "SQL" {
            properties {
                role bi
                access r
                tls yes
                timeout 10s
            }
        }
    }

    views {
        systemContext bank "context" {
            include *
            autoLayout lr
        }
        container bank "containers" {
            include *
            autoLayout lr
        }
        component pg "databases" {
            include *
            autoLayout lr
        }
    }
}
