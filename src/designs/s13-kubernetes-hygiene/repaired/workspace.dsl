workspace "Recipes" "A cooking site on a cluster of its own." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
        owner team-recipes
    }

    model {
        cook = person "Cook" "Looks for something to cook"

        site = softwareSystem "Recipe site" "Recipes, ratings and shopping lists" {
            ingress = container "Ingress" "TLS, rate limits, routing" "nginx" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 2
                    liveness /livez
                    readiness /readyz
                    resources yes
                    image_pin digest
                    pdb yes
                    graceful_shutdown yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            api = container "Recipe API" "Recipes, ratings and shopping lists" "Go" {
                properties {
                    kind service
                    replicas 3
                    liveness /livez
                    live_checks process
                    readiness /readyz
                    graceful_shutdown "prestop 5s, drain 20s, grace 30s"
                    resources yes
                    image_pin digest
                    pdb yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            ratings = container "Rating worker" "Adds ratings up" "Go" {
                properties {
                    kind worker
                    replicas 2
                    liveness /livez
                    live_checks process
                    graceful_shutdown "prestop 5s, drain 15s, grace 30s"
                    resources yes
                    image_pin digest
                    pdb yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            votes = container "votes" "Ratings as people give them" "RabbitMQ quorum queue" {
                properties {
                    delivery at-least-once
                    max_deliveries 10
                    max_length 100000
                    retention 7d
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                    tier 2
                }
            }
            digest = container "Weekly mail" "Mails the best recipes of the week" "Go, CronJob" {
                properties {
                    kind scheduler
                    replicas 1
                    readiness no
                    healthcheck no
                    live_checks postgres
                    graceful_shutdown "prestop 0s, drain 10s, grace 60s"
                    resources yes
                    image_pin digest
                    run_once yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            recipesdb = container "Recipe DB" "Recipes, ratings and lists" "PostgreSQL 16" {
                properties {
                    managed yes
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 24h
                    encryption_at_rest yes
                    tier 2
                }
            }
        }
        mailer = softwareSystem "Mail provider" "Delivers mails" {
            tags "External"
            properties {
                role email
                contact yes
            }
        }

        cook -> ingress "Looks for recipes" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        ingress -> api "Passes on" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        api -> recipesdb "Reads and writes recipes" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        api -> votes "Ratings" "AMQP" {
            properties {
                mode async-pub
                effect command
                delivery outbox
                tls yes
            }
        }
        ratings -> votes "Takes ratings" "AMQP" {
            properties {
                mode async-sub
                effect command
                idempotent yes
                tls yes
            }
        }
        ratings -> recipesdb "Writes averages" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        digest -> recipesdb "Reads the best recipes" "SQL" {
            properties {
                access r
                tls yes
                timeout 10s
            }
        }
        digest -> mailer "Sends mails" "HTTPS" {
            properties {
                tls yes
                timeout 5s
            }
        }
    }

    views {
        systemContext site "context" {
            include *
            autoLayout lr
        }
        container site "containers" {
            include *
            autoLayout lr
        }
    }
}
