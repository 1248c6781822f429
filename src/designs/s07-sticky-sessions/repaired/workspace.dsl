workspace "Course portal" "Where students of a college find their courses and hand in their work." {

    !identifiers flat

    properties {
        stage live
        platform kubernetes
    }

    model {
        student = person "Student" "Reads, watches and hands in"
        teacher = person "Teacher" "Marks what students hand in"

        portal = softwareSystem "Course portal" "Courses, hand-ins and live counters of who is there" {
            gateway = container "Ingress" "Ends TLS, limits rates and routes" "nginx" {
                properties {
                    owner team-portal
                    exposure public
                    auth session
                    rate_limit yes
                    waf yes
                    replicas 2
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            web = container "Portal web" "Pages of the portal" "PHP 8, Symfony" {
                properties {
                    kind service
                    owner team-portal
                    auth session
                    authz rbac
                    replicas 4
                    local_state no
                    resources yes
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            sessions = container "Sessions" "Who is signed in, for eight hours" "Redis 7" {
                properties {
                    kind cache
                    owner team-portal
                    replicas 2
                    failover automatic
                    ttl 8h
                    invalidation on-write
                    persistence no
                    loss_ok yes
                    encryption_at_rest yes
                    tier 2
                }
            }
            uploads = container "Hand-ins" "What students hand in" "S3" {
                properties {
                    kind object-store
                    owner team-portal
                    managed yes
                    backup yes
                    encryption_at_rest yes
                    tier 2
                }
            }
            courses = container "Course service" "Courses, enrolments and marks" "Java, Spring Boot" {
                properties {
                    owner team-courses
                    auth mtls
                    authz rbac
                    replicas 3
                    local_state "cache, filled again after a restart"
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            coursesdb = container "Course DB" "Courses, enrolments and marks" "MariaDB 11" {
                properties {
                    owner team-courses
                    replicas 2
                    failover automatic
                    consistency strong
                    backup 24h
                    encryption_at_rest yes
                    tier 2
                }
            }
            counters = container "Presence counters" "Who is in which course room; each instance owns the rooms of its partitions" "Erlang, StatefulSet" {
                properties {
                    kind service
                    owner team-courses
                    auth mtls
                    replicas 6
                    partitions 24
                    local_state "in memory, authoritative"
                    healthcheck yes
                    liveness /livez
                    readiness /readyz
                    metrics yes
                    logs central
                    tracing yes
                    tier 2
                }
            }
            rooms = container "room.events" "Who entered and left which room" "Kafka" {
                properties {
                    owner team-courses
                    delivery at-least-once
                    partitions 24
                    retention 1d
                    dlq yes
                    schema registry
                    compatibility backward
                    alerts yes
                    loss_ok yes
                    tier 2
                }
            }
        }

        student -> gateway "Reads and hands in" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        teacher -> gateway "Marks" "HTTPS" {
            properties {
                tls 1.3
            }
        }
        gateway -> web "Passes on" "HTTP" {
            properties {
                tls mesh
                timeout 10s
            }
        }
        web -> courses "Courses and marks" "HTTPS" {
            properties {
                tls mesh
                timeout 3s
            }
        }
        web -> sessions "Who is signed in" "RESP" {
            properties {
                tls yes
                timeout 50ms
            }
        }
        web -> uploads "Keeps hand-ins" "HTTPS" {
            properties {
                access rw
                tls yes
                timeout 5s
            }
        }
        courses -> coursesdb "Reads and writes" "SQL" {
            properties {
                access rw
                tls yes
                timeout 500ms
            }
        }
        web -> rooms "Who comes and goes" "Kafka" {
            properties {
                mode async-pub
                effect event
                tls yes
            }
        }
        counters -> rooms "Counts" "Kafka" {
            properties {
                mode async-sub
                effect event
                idempotent yes
                tls yes
            }
        }
        web -> counters "Asks who is there" "HTTPS" {
            properties {
                tls mesh
                timeout 300ms
                criticality soft
                fallback default
            }
        }
    }

    views {
        systemContext portal "context" {
            include *
            autoLayout lr
        }
        container portal "containers" {
            include *
            autoLayout lr
        }
    }
}
