workspace "Word search" "Full-text search over the archive of a newspaper." {

    !identifiers flat

    properties {
        stage live
        owner team-archive
        platform kubernetes
    }

    model {
        reader = person "Reader" "Looks for articles"
        editor = person "Editor" "Looks for articles, and for what is in pictures"

        archive = softwareSystem "Archive search" "Articles since 1951, and pictures since 1978" {
            page = container "Search page" "The search form and its results" "TypeScript SPA" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "Ingress" "Sign-in, rate limits, routing" "Envoy" {
                properties {
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            search = container "Search API" "Takes a question apart and puts the answer together" "Go" {
                properties {
                    kind service
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            ranker = container "Ranker" "Scores articles for a question; most of the work" "Rust, tonic" {
                properties {
                    kind service
                    replicas 6
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            spelling = container "Spelling service" "What the reader may have meant" "Rust, tonic" {
                properties {
                    replicas 4
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            vision = container "Picture search" "Finds pictures by what is on them; one machine with a graphics card" "Python, gRPC" {
                properties {
                    kind service
                    replicas 1
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 3
                }
            }
            articles = container "Article index" "Words and where they are" "OpenSearch 2" {
                properties {
                    replicas 3
                    staleness 5m
                    role derived
                    rebuild yes
                    encryption_at_rest yes
                    tier 2
                }
            }
            articlesdb = container "Article DB" "The articles themselves" "PostgreSQL 16" {
                properties {
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 1h
                    encryption_at_rest yes
                    tier 2
                }
            }
        }

        reader -> page "Looks for articles"
        editor -> page "Looks for pictures"
        page -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 6s
            }
        }
        gateway -> search "Questions" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        search -> ranker "Has articles scored" "gRPC" {
            properties {
                tls mutual
                timeout 2s
                lb client-side
            }
        }
        search -> spelling "Asks what was meant" "gRPC" {
            properties {
                tls mutual
                timeout 200ms
                lb mesh
                criticality soft
                fallback default
            }
        }
        search -> vision "Looks for pictures" "gRPC" {
            properties {
                tls mutual
                timeout 3s
                lb clusterip
                criticality soft
                fallback default
            }
        }
        search -> articlesdb "Fetches articles" "SQL" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
        ranker -> articles "Looks words up" "HTTPS" {
            properties {
                access r
                tls yes
                timeout 500ms
            }
        }
    }

    views {
        systemContext archive "context" {
            include *
            autoLayout lr
        }
        container archive "containers" {
            include *
            autoLayout lr
        }
    }
}
