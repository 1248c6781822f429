workspace "Checkout" "What happens between the basket and the thank-you page." {

    !identifiers flat

    properties {
        stage live
    }

    model {
        customer = person "Customer" "Pays for what is in the basket"
        psp = softwareSystem "Payment provider" "Authorises cards and wallets" {
            tags "External"
            properties {
                contact yes
                sla 99.95
                quota yes
                exit_plan yes
            }
        }

        shop = softwareSystem "Shop platform" "Basket, checkout and everything they need" {
            spa = container "Web shop" "Basket and checkout in the browser" "TypeScript, React" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            gateway = container "API gateway" "Sign-in, rate limits, routing" "Envoy" {
                properties {
                    owner team-platform
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    zones 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    auth mtls
                    slo 99.95
                    alerts yes
                    oncall yes
                    runbook yes
                    graceful_shutdown yes
                    tier 1
                }
            }

            group "Checkout" {
                checkout = container "Checkout service" "Turns a basket into an order, one call after the other" "Node.js, Fastify" {
                    properties {
                        owner team-checkout
                        partial_result no
                        parallel no
                        bulkhead no
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
                cart = container "Cart service" "What is in the basket" "Go" {
                    properties {
                        owner team-checkout
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
                checkoutdb = container "Checkout DB" "Checkouts and how far they have come" "PostgreSQL 16" {
                    properties {
                        owner team-checkout
                        replicas 2
                        zones 2
                        failover automatic
                        failover_tested 2026-09-14
                        consistency strong
                        backup continuous
                        encryption_at_rest yes
                        restore_tested 2026-09-14
                        restore_time 20m
                        rto 1h
                        rpo 5m
                        alerts yes
                        tier 1
                    }
                }
            }
            group "Pricing" {
                pricing = container "Pricing service" "Prices, discounts and taxes" "Go" {
                    properties {
                        owner team-pricing
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
            }
            group "Warehouse" {
                stock = container "Stock service" "What is in which warehouse, and reservations" "Java, Spring Boot" {
                    properties {
                        owner team-warehouse
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.5
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
                shipping = container "Shipping service" "Carriers, prices and delivery dates" "Java, Spring Boot" {
                    properties {
                        owner team-warehouse
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
            }
            group "Risk" {
                fraud = container "Fraud score" "How likely it is that nobody will pay" "Python, FastAPI" {
                    properties {
                        kind service
                        owner team-risk
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
            }
            group "Discovery" {
                recommendation = container "Recommendation service" "What others bought as well" "Python, FastAPI" {
                    properties {
                        owner team-discovery
                        replicas 3
                        zones 3
                        healthcheck yes
                        metrics yes
                        logs central
                        tracing yes
                        auth mtls
                        slo 99.95
                        alerts yes
                        oncall yes
                        runbook yes
                        graceful_shutdown yes
                        tier 1
                    }
                }
            }
        }

        customer -> spa "Checks out"
        spa -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        gateway -> checkout "Checks out" "HTTPS" {
            properties {
                tls mutual
            }
        }
        checkout -> checkoutdb "Keeps the state of the checkout" "SQL" {
            properties {
                access rw
                tls yes
                timeout 300ms
            }
        }
        checkout -> cart "Fetches the basket" "HTTPS" {
            properties {
                timeout 300ms
                criticality hard
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> pricing "Has the basket priced" "HTTPS" {
            properties {
                timeout 400ms
                criticality hard
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> stock "Reserves the goods" "HTTPS" {
            properties {
                timeout 500ms
                criticality hard
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> shipping "Asks for delivery dates" "HTTPS" {
            properties {
                timeout 500ms
                criticality hard
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> fraud "Asks for the score" "HTTPS" {
            properties {
                latency_p99 12s
                criticality hard
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> recommendation "Asks what else to show" "HTTPS" {
            properties {
                timeout 800ms
                criticality soft
                fallback no
                tls mutual
                circuit_breaker mesh
                calls_per_request 1
            }
        }
        checkout -> psp "Authorises the payment" "HTTPS" {
            properties {
                tls yes
                timeout 5s
                circuit_breaker no
                criticality hard
                fallback no
                role authoritative
                calls_per_request 1
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
