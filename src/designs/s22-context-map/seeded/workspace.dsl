workspace "Industrial supplies" "Quotes, invoices and deliveries of a wholesaler, by six teams." {

    !identifiers flat

    properties {
        stage live
        profile regulated
        platform kubernetes
        team_size 48
    }

    model {
        buyer = person "Buyer" "Orders for a factory"
        sap = softwareSystem "SAP" "Books, stock and cost centres of the group" {
            tags "External"
            properties {
                kind external
                sla 99.5
                quota yes
                contact yes
                exit_plan yes
                dpa yes
                max_class confidential
            }
        }

        supplies = softwareSystem "Industrial supplies" "From the quote to the delivery" {
            properties {
                tier 2
            }
            portal = container "Buyer portal" "Quotes, orders, deliveries" "TypeScript, Angular" {
                properties {
                    kind frontend
                    runtime browser
                    owner team-portal
                    zone internet
                }
            }
            gateway = container "Gateway" "Sign-in, limits, routes" "Envoy" {
                properties {
                    kind gateway
                    zone dmz
                    owner team-platform
                    exposure public
                    auth oidc
                    authz scopes
                    rate_limit yes
                    body_limit 1MB
                    waf yes
                    cors "https://buy.example"
                    client_ip_source proxy-protocol
                    replicas 3
                    zones 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    live_checks process
                    startup_probe yes
                    resources yes
                    pdb yes
                    image_pin digest
                    iac yes
                    config_validation yes
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

            group "Sales" {
                properties {
                    owner team-sales
                }
                quotes = container "Quote service" "What something would cost" "Kotlin" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                orders = container "Order service" "Orders and who may sign them" "Kotlin" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
                        graceful_shutdown "drain 20s, grace 40s"
                        deploy rolling
                        rollback yes
                        tracing yes
                        metrics yes
                        logs central
                        secrets_source vault
                        secrets_rotation 90d
                    }
                    order = component "Order" "Rules of an order" "Kotlin" {
                        properties {
                            layer domain
                        }
                    }
                    placing = component "Place an order" "The use case" "Kotlin" {
                        properties {
                            layer usecase
                        }
                    }
                    tables = component "Order tables" "SQL of orders" "jOOQ" {
                        properties {
                            layer infrastructure
                        }
                    }
                }
                agreements = container "Agreement service" "Framework agreements and their prices" "Kotlin" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                salesdb = container "Sales DB" "Quotes and orders" "PostgreSQL 16" {
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
                        migrations job
                        expand_contract yes
                        iac yes
                    }
                }
            }
            group "Billing" {
                properties {
                    owner team-billing
                }
                invoices = container "Invoice service" "Writes and sends invoices" "Java" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                dunning = container "Dunning service" "Reminds those who did not pay" "Java" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                billingdb = container "Billing DB" "Invoices and reminders" "PostgreSQL 16" {
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
                        migrations job
                        expand_contract yes
                        iac yes
                    }
                }
            }
            group "Shipping" {
                properties {
                    owner team-shipping
                }
                shipments = container "Shipment service" "Pallets and lorries" "Go" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                returns = container "Return service" "What comes back, and why" "Go" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                planner = container "Tour planner" "Which lorry goes where" "Go" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                shippingdb = container "Shipping DB" "Shipments and tours" "PostgreSQL 16" {
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
                        migrations job
                        expand_contract yes
                        iac yes
                    }
                }
            }
            group "Procurement" {
                properties {
                    owner team-procurement
                }
                suppliers = container "Supplier service" "Suppliers and their terms" "Java" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                reorders = container "Reorder service" "Orders what runs out" "Java" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
            group "Catalogue" {
                properties {
                    owner team-catalogue
                }
                articles = container "Article service" "Articles and their data sheets" "Go" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                search = container "Search service" "Finds articles" "Go" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
            group "Customers" {
                properties {
                    owner team-customers
                }
                customers = container "Customer service" "Everything about a customer: addresses, limits, rights, terms, contacts" "Kotlin" {
                    properties {
                        kind service
                        zone app
                        auth jwt
                        authz abac
                        max_class internal
                        bulkhead yes
                        replicas 3
                        zones 2
                        healthcheck yes
                        liveness /livez
                        readiness /readyz
                        live_checks process
                        startup_probe yes
                        resources yes
                        pdb yes
                        image_pin digest
                        iac yes
                        config_validation yes
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
                customersdb = container "Customers DB" "Customers and their people" "PostgreSQL 16" {
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
                        migrations job
                        expand_contract yes
                        iac yes
                    }
                }
            }
        }

        buyer -> portal "Orders"
        portal -> gateway "Calls" "HTTPS, JSON" {
            properties {
                tls 1.3
                auth oidc
                timeout 8s
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> quotes "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> orders "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> invoices "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> dunning "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> shipments "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> planner "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> returns "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> articles "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> search "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> suppliers "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }

        placing -> order "Applies the rules"
        order -> tables "Saves itself" "jOOQ"
        tables -> salesdb "Writes orders" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        invoices -> billingdb "Writes invoices" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        shipments -> shippingdb "Writes shipments" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }
        customers -> customersdb "Writes customers" "SQL" {
            properties {
                access rw
                tls yes
                timeout 800ms
            }
        }

        orders -> invoices "Asks for an invoice" "HTTP/2, JSON" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 4s
                lb l7
                circuit_breaker yes
                discovery dns
                contract none
                api_version no
                error_model no
                effect command
                idempotent yes
            }
        }
        dunning -> shipments "Stops deliveries" "HTTP/2, JSON" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract none
                api_version no
                error_model no
                effect command
                idempotent yes
            }
        }
        planner -> agreements "Asks what was agreed about delivery" "HTTP/2, JSON" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        quotes -> agreements "Asks for prices" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
            }
        }
        search -> articles "Asks for data sheets" "gRPC" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
            }
        }

        orders -> sap "Books cost centres" "HTTPS, OData" {
            properties {
                tls 1.3
                auth mtls
                timeout 1500ms
                circuit_breaker yes
                contract odata
                api_version v4
                error_model odata
                effect command
                idempotent yes
                criticality soft
                fallback queue
                bulkhead yes
            }
        }
        invoices -> sap "Books invoices" "HTTPS, OData" {
            properties {
                tls 1.3
                auth mtls
                timeout 1500ms
                circuit_breaker yes
                contract odata
                api_version v4
                error_model odata
                effect command
                idempotent yes
                criticality soft
                fallback queue
                bulkhead yes
            }
        }
        shipments -> sap "Books goods issued" "HTTPS, OData" {
            properties {
                tls 1.3
                auth mtls
                timeout 1500ms
                circuit_breaker yes
                contract odata
                api_version v4
                error_model odata
                effect command
                idempotent yes
                criticality soft
                fallback queue
                bulkhead yes
            }
        }
        reorders -> sap "Orders from suppliers" "HTTPS, OData" {
            properties {
                tls 1.3
                auth mtls
                timeout 1500ms
                circuit_breaker yes
                contract odata
                api_version v4
                error_model odata
                effect command
                idempotent yes
                criticality soft
                fallback queue
                bulkhead yes
            }
        }

        quotes -> customers "Asks for terms" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        orders -> customers "Asks for limits" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        invoices -> customers "Asks for the address" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        agreements -> customers "Asks for contacts" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 1500ms
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        dunning -> customers "Asks for contacts" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        shipments -> customers "Asks for the address" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 1500ms
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        planner -> customers "Asks for opening hours" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        returns -> customers "Asks for the address" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        suppliers -> customers "Asks who is both" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        reorders -> customers "Asks for limits" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        articles -> customers "Asks what may be shown" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 1500ms
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        search -> customers "Asks what may be found" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 2s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
        gateway -> customers "Routes" "HTTP/2" {
            properties {
                tls mutual
                auth mtls
                identity end-user
                context_propagation yes
                timeout 5s
                lb l7
                circuit_breaker yes
                discovery dns
                contract openapi
                api_version v1
                error_model problem+json
            }
        }
    }

    views {
        container supplies "containers" "What runs" {
            include *
            autoLayout lr
        }
    }
}
