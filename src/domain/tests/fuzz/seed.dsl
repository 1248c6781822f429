!const NAME "Shop"
workspace "${NAME}" "A seed with every construct" {
    !identifiers hierarchical
    !impliedRelationships true
    !docs docs
    !adrs adr
    properties {
        stage live
        structurizr.groupSeparator /
    }
    model {
        !var TEAM "Team A"
        archetypes {
            api = container {
                technology Go
                tags Service
                perspectives {
                    Owner "${TEAM}"
                }
            }
            https = -> {
                technology HTTPS
            }
        }
        customer = person "Customer" "Buys" "VIP"
        printer = element "Printer" "Hardware" "Prints"
        group "Org/Dept" {
            shop = softwareSystem "Shop" "Sells" "Core" {
                url https://example.com
                orders = api "Orders" """
                    Takes
                      orders
                """ {
                    cart = component "Cart" "" "chi" {
                        group "Layer"
                    }
                    properties {
                        replicas 3
                        slo 99.95
                    }
                }
                db = container "Database" "" "PostgreSQL" "Store" {
                    perspectives {
                        perspective "Security" {
                            value High
                        }
                    }
                }
                orders.cart -> db "reads" "SQL" {
                    properties {
                        timeout 800ms
                    }
                }
            }
        }
        mail = softwareSystem "Mail" \
            "Sends mail"
        r1 = customer --https-> shop.orders "orders at"
        shop.orders -> mail "sends with" "SMTP" "Async"
        shop -> printer
        !elements "element.type==Container && element.tag==Store" {
            tags Kept
            mail -> this "archives in"
        }
        live = deploymentEnvironment "Live" {
            blue = deploymentGroup "Blue"
            aws = deploymentNode "AWS" {
                lb = infrastructureNode "Load balancer"
                n = deploymentNode "Node" "" "Linux" "" 1..N {
                    o = containerInstance shop.orders blue {
                        healthCheck "up" "https://example.com/health" 60 0
                    }
                    instanceOf shop.db blue "Spare"
                }
                lb -> n.o "forwards"
            }
        }
    }
    views {
        systemLandscape All "Everything" {
            include *
            exclude "relationship.tag==Async"
            animation {
                customer
                shop mail
            }
            autoLayout lr 300 100
            default
        }
        container shop Containers {
            include *? ->shop.orders->
            exclude element.tag==VIP
        }
        component shop.orders {
            include *
        }
        filtered All exclude VIP Rest
        dynamic shop Buying {
            r1 "orders"
            2: shop.orders -> shop.db "stores"
            {
                {
                    shop.orders -> mail
                }
                {
                    mail -> shop.orders "answers"
                }
            }
        }
        deployment shop live LiveView {
            include *
        }
        custom Devices "Devices" {
            include printer
        }
        image shop Picture {
            light {
                image day.png
            }
            plantuml """
                a -> b
            """
        }
        styles {
            element "Store" {
                shape Cylinder
                background #08a
            }
            relationship "Async" {
                style dashed
            }
            dark {
                element "Store" {
                    background black
                }
            }
        }
        theme default
        terminology {
            person Actor
        }
    }
    configuration {
        scope softwaresystem
        users {
            a@example.com write
        }
    }
}
