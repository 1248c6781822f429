workspace "Neighbourhood market" "People sell used things to their neighbours; built by four of them in a hurry." {

    !identifiers flat

    properties {
        stage live
        owner team-market
    }

    model {
        neighbour = person "Neighbour" "Offers things and buys some"
        visitor = person "Visitor" "Looks at what is on offer, without an account"

        market = softwareSystem "Market" "Offers, profiles and messages" {
            spa = container "Market app" "Everything people see, in the browser" "Svelte" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            cdn = container "CDN" "Pictures and the app itself, close to people" "Cloudflare" {
                properties {
                    kind gateway
                    role cdn
                    managed yes
                    exposure public
                    rate_limit yes
                    waf yes
                }
            }
            gateway = container "API gateway" "Checks sign-in, limits rates, routes" "Kong" {
                properties {
                    kind gateway
                    zone dmz
                    exposure public
                    auth oidc
                    rate_limit yes
                    waf yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            chat = container "Chat API" "Lets people read the chats they are in" "Node.js" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz abac
                    data "messages, names"
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            users = container "User API" "Profiles, addresses and messages between neighbours" "Node.js" {
                properties {
                    kind service
                    zone app
                    auth oidc
                    authz abac
                    data "email, addresses, messages"
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            catalogue = container "Catalogue API" "Offers by place and kind, for everybody" "Node.js" {
                properties {
                    kind service
                    zone app
                    auth none
                    role catalogue
                    data "offers"
                    rate_limit yes
                    replicas 3
                    healthcheck yes
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            chats = container "Chat store" "Chats, synchronised with every open browser" "Firestore" {
                properties {
                    kind database
                    zone app
                    managed yes
                    authz none
                    data "messages, names"
                    backup 24h
                    encryption_at_rest yes
                    tier 2
                }
            }
            usersdb = container "User DB" "Profiles, addresses and messages" "PostgreSQL 16" {
                properties {
                    zone app
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 24h
                    encryption_at_rest yes
                    data "email, addresses, messages"
                    tier 2
                }
            }
            offersdb = container "Offer DB" "What is on offer" "PostgreSQL 16" {
                properties {
                    zone app
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 24h
                    encryption_at_rest yes
                    tier 2
                }
            }
            pictures = container "Pictures" "Pictures of offers, as people upload them" "S3" {
                properties {
                    kind object-store
                    zone app
                    managed yes
                    backup yes
                    encryption_at_rest yes
                    tier 2
                }
            }
        }

        neighbour -> spa "Offers and buys"
        visitor -> spa "Looks around"
        spa -> cdn "Loads the app and pictures" "HTTPS" {
            properties {
                tls yes
            }
        }
        cdn -> pictures "Fetches what it does not have" "HTTPS" {
            properties {
                tls yes
                timeout 5s
            }
        }
        spa -> gateway "Calls" "HTTPS" {
            properties {
                tls 1.3
                data "email, addresses"
                timeout 10s
            }
        }
        gateway -> users "Profiles and messages" "HTTPS" {
            properties {
                tls mutual
                data "email, addresses"
                timeout 5s
            }
        }
        gateway -> chat "Chats" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        gateway -> catalogue "Offers" "HTTPS" {
            properties {
                tls mutual
                timeout 5s
            }
        }
        chat -> chats "Reads and writes chats" "HTTPS" {
            properties {
                access rw
                tls yes
                timeout 1s
            }
        }
        spa -> pictures "Uploads a picture to a signed address" "HTTPS" {
            properties {
                via presigned-url
                tls yes
                timeout 30s
            }
        }
        users -> usersdb "Reads and writes profiles" "SQL" {
            properties {
                access rw
                tls yes
                data "email, addresses"
                timeout 500ms
            }
        }
        catalogue -> offersdb "Reads and writes offers" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        catalogue -> pictures "Signs upload addresses" "HTTPS" {
            properties {
                access r
                tls yes
                timeout 1s
            }
        }
    }

    views {
        systemContext market "context" {
            include *
            autoLayout lr
        }
        container market "containers" {
            include *
            autoLayout lr
        }
    }
}
