workspace "Fashion shop" "Carts, profiles and pages of a fashion shop." {

    !identifiers flat

    properties {
        stage live
        owner team-shop
    }

    model {
        customer = person "Customer" "Fills a cart over days and buys in the end"

        shop = softwareSystem "Shop" "Pages, profiles, carts and orders" {
            page = container "Shop pages" "The shop in the browser" "TypeScript SPA" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            cdn = container "Asset cache" "Pictures and scripts, immutable under their names" "Varnish" {
                properties {
                    kind cache
                    role cdn
                    exposure public
                    ttl 365d
                    invalidation no
                    persistence no
                    loss_ok yes
                    replicas 4
                    max_class public
                    tier 2
                }
            }
            gateway = container "API gateway" "Sign-in, rate limits, routing" "Kong" {
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
                    auth mtls
                    tier 2
                }
            }
            storefront = container "Storefront" "Makes the first page on the server, for search engines and slow phones" "TypeScript, Next.js" {
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
            signin = container "Sign-in service" "Signs customers in with a link by mail" "Go" {
                properties {
                    kind service
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    tier 2
                }
            }
            sessions = container "Session store" "Who is signed in, for half an hour" "Redis 7" {
                properties {
                    kind cache
                    replicas 2
                    persistence no
                    loss_ok yes
                    ttl 30m
                    invalidation on-write
                    encryption_at_rest yes
                    tier 2
                }
            }

            group "Basket" {
                cart = container "Cart service" "What is in whose cart" "Go" {
                    properties {
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
                carts = container "Carts" "Carts that were used lately; the cart database has all" "Redis 7" {
                    properties {
                        kind cache
                        replicas 2
                        role derived
                        persistence no
                        loss_ok yes
                        data "carts"
                        ttl 30d
                        invalidation on-write
                        encryption_at_rest yes
                        tier 2
                    }
                }
                cartsdb = container "Cart DB" "All carts, for thirty days" "PostgreSQL 16" {
                    properties {
                        data "carts"
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
            }
            group "Profiles" {
                profile = container "Profile service" "Names, sizes and addresses" "Java, Spring Boot" {
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
                profilesdb = container "Profile DB" "Names, sizes and addresses" "PostgreSQL 16" {
                    properties {
                        data "names, addresses"
                        replicas 2
                        failover automatic
                        consistency strong
                        backup 1h
                        encryption_at_rest yes
                        tier 2
                    }
                }
                profilecache = container "Profile cache" "Profiles that were asked for lately" "Redis 7" {
                    properties {
                        kind cache
                        replicas 2
                        role derived
                        ttl 10m
                        invalidation on-write
                        stampede_protection single-flight
                        persistence no
                        loss_ok yes
                        data "names, addresses"
                        encryption_at_rest yes
                        tier 2
                    }
                }
            }
            group "Orders" {
                orders = container "Order service" "Takes orders" "Java, Spring Boot" {
                    properties {
                        replicas 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        tier 2
                    }
                }
                ordersdb = container "Order DB" "Orders and what became of them" "PostgreSQL 16" {
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
        }

        customer -> page "Shops"
        page -> cdn "Loads pictures" "HTTPS" {
            properties {
                via cdn
                tls yes
            }
        }
        page -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                timeout 8s
            }
        }
        gateway -> signin "Who is signed in" "HTTPS" {
            properties {
                tls mutual
                timeout 500ms
            }
        }
        gateway -> storefront "First pages" "HTTPS" {
            properties {
                tls mutual
                timeout 3s
            }
        }
        storefront -> cdn "Puts scripts and pictures there with each release" "HTTPS" {
            properties {
                access w
                tls yes
                timeout 2s
            }
        }
        signin -> sessions "Keeps sessions" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
            }
        }
        gateway -> cart "Carts" "HTTPS" {
            properties {
                tls mutual
                timeout 2s
            }
        }
        gateway -> profile "Profiles" "HTTPS" {
            properties {
                tls mutual
                timeout 2s
                peak_rps 500
            }
        }
        gateway -> orders "Orders" "HTTPS" {
            properties {
                tls mutual
                timeout 4s
            }
        }
        cart -> carts "Reads and writes carts" "RESP" {
            properties {
                access rw
                tls yes
                timeout 50ms
            }
        }
        cart -> cartsdb "Reads and writes carts" "SQL" {
            properties {
                access rw
                tls yes
                timeout 300ms
            }
        }
        profile -> profilecache "Looks there first" "RESP" {
            properties {
                access rw
                pattern cache-aside
                peak_rps 500
                tls yes
                timeout 50ms
            }
        }
        profile -> profilesdb "Reads and writes profiles" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        orders -> cart "Fetches the cart" "HTTPS" {
            properties {
                tls mutual
                timeout 1s
            }
        }
        orders -> ordersdb "Reads and writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
    }

    views {
        systemContext shop "context" {
            include *
            autoLayout lr
        }
        container shop "containers" {
            include *
            autoLayout lr
        }
    }
}
