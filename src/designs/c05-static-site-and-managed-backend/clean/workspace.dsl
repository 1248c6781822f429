workspace "Allotment club" "Plots, waiting list and newsletter of a garden club with four hundred members." {

    !identifiers flat
    !adrs docs/adr

    properties {
        stage live
        owner web-volunteers
        team_size 2
        peak_rps 3
        logs central
    }

    model {
        member = person "Member" "Looks up the plot, signs up for work days"
        board = person "Board" "Assigns plots, writes the newsletter"

        mail = softwareSystem "Newsletter provider" "Sends the newsletter and keeps the list of readers" {
            tags "External"
            properties {
                kind external
                role mail
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class confidential
            }
        }

        club = softwareSystem "Allotment club" "A site of files, and a managed backend behind it" {
            properties {
                tier 3
            }

            site = container "Club site" "Pages and a little script, built from markdown" "Astro, static HTML" {
                properties {
                    kind frontend
                    runtime browser
                    zone internet
                }
            }
            cdn = container "Content network" "Hands out the site's files" "Cloudflare" {
                properties {
                    kind gateway
                    zone edge
                    managed yes
                    role cdn
                    exposure public
                    auth "n/a (public files)"
                    rate_limit yes
                    waf yes
                    body_limit yes
                }
            }
            pages = container "Site files" "What the build made" "S3" {
                properties {
                    kind object-store
                    zone storage
                    managed yes
                    rebuild yes
                    max_class public
                    encryption_at_rest yes
                    backup "n/a (the build makes them again)"
                }
            }
            auth = container "Sign-in" "Links by mail, tokens for the browser" "Supabase Auth" {
                properties {
                    kind service
                    zone backend
                    managed yes
                    role idp
                    exposure public
                    auth oidc
                    authz "n/a (it gives tokens and nothing else)"
                    rate_limit yes
                    body_limit yes
                    waf yes
                    max_class confidential
                    mfa yes
                    metrics yes
                }
            }
            data = container "Club data" "Members, plots and work days; each row says who may see it" "Supabase, PostgreSQL 15" {
                properties {
                    kind database
                    zone backend
                    managed yes
                    exposure public
                    auth oidc
                    authz row-level
                    role system-of-record
                    backup 24h
                    restore_tested 2026-03-07
                    rpo 24h
                    rto 48h
                    restore_time 3h
                    encryption_at_rest yes
                    max_class confidential
                    data "members, plots, email"
                    migrations job
                    expand_contract yes
                    size_gb 1
                }
            }
            tasks = container "Waiting-list function" "Tells the next three on the list when a plot is free" "Deno, edge function" {
                properties {
                    kind worker
                    zone backend
                    managed yes
                    platform lambda
                    metrics yes
                    secrets_source platform
                    secrets_rotation 90d
                    graceful_shutdown "n/a (a function for each run)"
                }
            }
        }

        member -> site "Reads, signs up"
        board -> site "Assigns plots"
        site -> cdn "Loads files" "HTTPS" {
            properties {
                tls 1.3
                timeout 10s
            }
        }
        cdn -> pages "Fetches files" "HTTPS" {
            properties {
                access r
                tls yes
                auth iam
                timeout 10s
                via cdn
            }
        }
        site -> auth "Signs in" "HTTPS" {
            properties {
                tls 1.3
                auth oidc
                timeout 10s
                api_version v1
                contract openapi
                error_model problem+json
            }
        }
        site -> data "Reads and changes rows that the token may see" "HTTPS, PostgREST" {
            properties {
                access rw
                tls 1.3
                auth oidc
                authz row-level
                timeout 10s
                data "members, plots"
            }
        }
        auth -> data "Keeps accounts" "SQL" {
            properties {
                access rw
                tls yes
                auth scram
                timeout 5s
            }
        }
        tasks -> data "Reads free plots and the waiting list" "SQL" {
            properties {
                access r
                tls yes
                auth scram
                timeout 10s
            }
        }
        tasks -> mail "Sends offers" "HTTPS" {
            properties {
                tls 1.3
                auth api-key
                credentials vault
                timeout 10s
                retry "3, 1m, exponential, jitter, cap 1h"
                effect command
                idempotent yes
                circuit_breaker "n/a (one call an hour)"
                contract openapi
                api_version v1
                data email
                error_model problem+json
            }
        }
    }

    views {
        container club "containers" "What there is" {
            include *
            autoLayout lr
        }
    }
}
