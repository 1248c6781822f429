workspace "Freight forwarder" "Brought over from a drawing of 2021; nobody has looked at it since." {

    !identifiers flat

    properties {
        stage live
    }

    model {
        shipper = person "Shipper" "Books transports"
        driver = person "Driver" "Sees the tour on a telephone"
        customs = softwareSystem "Customs" "Takes declarations" {
            tags "External"
        }
        carriers = softwareSystem "Carriers" "Railways and shipping lines" {
            tags "External"
        }
        fuel = softwareSystem "Fuel cards" "Statements of what was filled in where" {
            tags "External"
        }

        freight = softwareSystem "Freight" "Everything in the old drawing" {
            properties {
                owner team-it
            }
            portal = container "Booking portal" "Booking and tracking" "AngularJS" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            driverapp = container "Driver app" "Tours and signatures" "Xamarin" {
                properties {
                    kind frontend
                    runtime browser
                }
            }
            edge = container "Entry" "Reverse proxy in the cellar" "nginx" {
                properties {
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                }
            }

            group "Booking" {
                properties {
                    owner team-booking
                }
                booking = container "Booking service" "Takes bookings of transports" "Java 8, Spring" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                bookingdb = container "Booking DB" "Bookings since 2014" "Oracle 12c" {
                    properties {
                        kind database
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                quotes = container "Quote service" "What a transport costs" "Java 8, Spring" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                quotecache = container "Quote cache" "Quotes of the last hour" "Redis" {
                    properties {
                        loss_ok yes
                        ttl 1h
                    }
                }
                documents = container "Document store" "Waybills as PDF" "MinIO" {
                    properties {
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                papers = container "Paper service" "Prints and scans waybills" "Java 8, Spring" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
            }
            group "Prices" {
                properties {
                    owner team-prices
                }
                tariffs = container "Tariff service" "Prices by route" "PHP" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                surcharges = container "Surcharge service" "Fuel, tolls, weekends" "PHP" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                contracts = container "Contract service" "What was agreed with whom" "PHP" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                tariffsdb = container "Tariff DB" "Tariffs, surcharges and contracts" "MySQL 5.7" {
                    properties {
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
            }
            group "Dispatch" {
                properties {
                    owner team-dispatch
                }
                dispatch = container "Dispatch service" "Which lorry takes what" ".NET 4.8" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                tours = container "Tour service" "Order of stops" ".NET 4.8" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                toursdb = container "Tour DB" "Tours and stops" "SQL Server 2016" {
                    properties {
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                telematics = container "Telematics reader" "Positions of lorries" "C++" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                positions = container "Position store" "Where each lorry was" "InfluxDB" {
                    properties {
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                drivers = container "Driver service" "Tours for the telephone" ".NET 4.8" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                geo = container "Map service" "Distances and times" "C++" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
            }
            group "Billing" {
                properties {
                    owner team-billing
                }
                billing = container "Billing service" "Writes invoices and books payments" "Delphi" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                billingdb = container "Billing DB" "Invoices and payments" "Firebird" {
                    properties {
                        kind database
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                dunning = container "Dunning job" "Reminds once a week" "Delphi" {
                    properties {
                        kind scheduler
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                fuelimport = container "Fuel import" "Reads statements of fuel cards" "Perl" {
                    properties {
                        kind worker
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
            }
            group "Customs desk" {
                properties {
                    owner team-customs
                }
                declarations = container "Declaration service" "Makes declarations out of bookings" "Java 11" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
                declarationsdb = container "Declaration DB" "Declarations and answers" "PostgreSQL 9.6" {
                    properties {
                        replicas 1
                        backup 24h
                        encryption_at_rest yes
                    }
                }
                gatewayjob = container "Customs connector" "Speaks to customs" "Java 11" {
                    properties {
                        replicas 2
                        healthcheck yes
                        metrics yes
                        logs central
                    }
                }
            }
            partners = container "Master data" "Customers, carriers, lorries" "Oracle 12c" {
                properties {
                    kind database
                    owner team-billing
                    replicas 1
                    backup 24h
                    encryption_at_rest yes
                }
            }
            booked = container "transport.booked" "Transports that were booked" "ActiveMQ" {
                properties {
                    kind queue
                    delivery at-least-once
                    retention 7d
                    schema registry
                    dlq dead.letters
                }
            }
            moved = container "lorry.moved" "A lorry came or went" "ActiveMQ" {
                properties {
                    kind queue
                    delivery at-least-once
                    retention 7d
                    schema registry
                    dlq dead.letters
                    loss_ok yes
                }
            }
            archive = container "Archive search" "Finds old waybills" "Solr 6" {
                properties {
                    owner team-booking
                    replicas 1
                    backup 24h
                    encryption_at_rest yes
                }
            }
            indexer = container "Archive indexer" "Puts waybills into the index" "Java 8" {
                properties {
                    owner team-booking
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                }
            }
            reports = container "Report server" "Lists for the board" "JasperReports" {
                properties {
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                }
            }
            fax = container "Fax gateway" "Sends waybills to ports that want them on paper" "HylaFAX" {
                properties {
                    kind worker
                    replicas 2
                    healthcheck yes
                    metrics yes
                    logs central
                }
            }
        }

        shipper -> portal "Books"
        driver -> driverapp "Drives"
        portal -> edge "Calls" "HTTPS"
        driverapp -> edge "Calls" "HTTPS"
        edge -> booking "" "HTTP"
        edge -> drivers "" "HTTP"

        booking -> bookingdb "Writes bookings" "JDBC"
        booking -> booked "Publishes bookings" "JMS" {
            properties {
                delivery outbox
            }
        }
        edge -> quotes "Asks for a price" "HTTP"
        quotes -> quotecache "Keeps quotes" "RESP"
        quotes -> tariffs "Asks for tariffs" "HTTP"
        tariffs -> surcharges "Asks what comes on top" "HTTP"
        tariffs -> contracts "Asks what was agreed" "HTTP"
        tariffs -> tariffsdb "Writes tariffs" "SQL"
        papers -> documents "Stores waybills" "S3"
        papers -> booked "Consumes bookings" "JMS"
        papers -> fax "Sends waybills" "HTTP"

        dispatch -> booked "Consumes bookings" "JMS"
        dispatch -> tours "Plans" "HTTP"
        tours -> toursdb "Writes tours" "TDS"
        tours -> geo "Asks for distances" "HTTP"
        drivers -> tours "Reads tours" "HTTP"
        telematics -> moved "Publishes positions" "JMS"
        telematics -> positions "Writes positions" "HTTP"
        dispatch -> moved "Consumes positions" "JMS"

        dispatch -> partners "Reads customers and lorries" "SQL" {
            properties {
                access r
                role bi
            }
        }
        billing -> partners "Writes customers" "SQL"
        billing -> billingdb "Writes invoices" "SQL"
        dunning -> billing "Asks who owes" "HTTP"
        billing -> booked "Consumes bookings" "JMS"
        fuelimport -> fuel "Fetches statements" "SFTP"
        fuelimport -> billing "Books fuel" "HTTP"

        declarations -> booked "Consumes bookings" "JMS"
        declarations -> declarationsdb "Writes declarations" "SQL"
        declarations -> gatewayjob "Sends declarations" "HTTP"
        gatewayjob -> customs "Declares" "SOAP"
        dispatch -> carriers "Orders transports" "EDI, SFTP"
        indexer -> documents "Reads waybills" "S3"
        indexer -> archive "Indexes" "HTTP"
        reports -> archive "Counts" "HTTP"
    }

    views {
        container freight "containers" "The old drawing" {
            include *
            autoLayout lr
        }
    }
}
