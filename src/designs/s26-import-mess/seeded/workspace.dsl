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
            edge = container "Entry" "Reverse proxy in the cellar" "nginx"

            group "Booking" {
                properties {
                    owner team-booking
                }
                booking = container "Booking service" "Takes bookings of transports" "Java 8, Spring"
                bookingdb = container "Booking DB" "Bookings since 2014" "Oracle 12c" {
                    properties {
                        kind database
                    }
                }
                quotes = container "Quote service" "What a transport costs" "Java 8, Spring"
                quotecache = container "Quote cache" "Quotes of the last hour" "Redis" {
                    properties {
                        loss_ok yes
                    }
                }
                documents = container "Document store" "Waybills as PDF" "MinIO"
                papers = container "Paper service" "Prints and scans waybills" "Java 8, Spring"
            }
            group "Prices" {
                properties {
                    owner team-prices
                }
                tariffs = container "Tariff service" "Prices by route" "PHP"
                surcharges = container "Surcharge service" "Fuel, tolls, weekends" "PHP"
                contracts = container "Contract service" "What was agreed with whom" "PHP"
                tariffsdb = container "Tariff DB" "Tariffs, surcharges and contracts" "MySQL 5.7"
            }
            group "Dispatch" {
                properties {
                    owner team-dispatch
                }
                dispatch = container "Dispatch service" "Which lorry takes what" ".NET 4.8"
                tours = container "Tour service" "Order of stops" ".NET 4.8"
                toursdb = container "Tour DB" "Tours and stops" "SQL Server 2016"
                telematics = container "Telematics reader" "Positions of lorries" "C++"
                positions = container "Position store" "Where each lorry was" "InfluxDB"
                drivers = container "Driver service" "Tours for the telephone" ".NET 4.8"
                geo = container "Map service" "Distances and times" "C++"
            }
            group "Billing" {
                properties {
                    owner team-billing
                }
                billing = container "Billing service" "Invoices" "Delphi"
                billingdb = container "Billing DB" "Invoices and payments" "Firebird" {
                    properties {
                        kind database
                    }
                }
                dunning = container "Dunning job" "Reminds once a week" "Delphi" {
                    properties {
                        kind scheduler
                    }
                }
                fuelimport = container "Fuel import" "Reads statements of fuel cards" "Perl" {
                    properties {
                        kind worker
                    }
                }
            }
            group "Customs desk" {
                properties {
                    owner team-customs
                }
                declarations = container "Declaration service" "Makes declarations out of bookings" "Java 11"
                declarationsdb = container "Declaration DB" "Declarations and answers" "PostgreSQL 9.6"
                gatewayjob = container "Customs connector" "Speaks to customs" "Java 11"
            }
            partners = container "Master data" "Customers, carriers, lorries" "Oracle 12c" {
                properties {
                    kind database
                }
            }
            booked = container "transport.booked" "Transports that were booked" "ActiveMQ" {
                properties {
                    kind queue
                }
            }
            moved = container "lorry.moved" "A lorry came or went" "ActiveMQ" {
                properties {
                    kind queue
                    loss_ok yes
                }
            }
            archive = container "Archive search" "Finds old waybills" "Solr 6"
            indexer = container "Archive indexer" "Puts waybills into the index" "Java 8"
            reports = container "Report server" "Lists for the board" "JasperReports"
            fax = container "Fax gateway" "" "" {
                properties {
                    kind worker
                }
            }
            intranet = container "Intranet" "Telephone list" "TYPO3"
            weighbridge = container "Weighbridge" "" "" {
                properties {
                    kind worker
                }
            }
        }

        shipper -> portal "Books"
        driver -> driverapp "Drives"
        portal -> edge "Calls" ""
        driverapp -> edge "Calls" ""
        edge -> booking "" "HTTP"
        edge -> drivers "" "HTTP"

        bookingdb -> booking "Rows" "JDBC"
        booking -> booked "Publishes bookings" "JMS"
        edge -> quotes "Asks for a price" ""
        quotes -> quotecache "Keeps quotes" "RESP"
        quotes -> tariffs "Asks for tariffs" ""
        tariffs -> surcharges "Asks what comes on top" ""
        surcharges -> contracts "Asks what was agreed" ""
        contracts -> tariffs "Asks for the price it was agreed on" ""
        tariffsdb -> tariffs "Rows" "SQL"
        papers -> documents "Stores waybills" "S3"
        papers -> booked "Consumes bookings" "JMS"
        papers -> fax "Sends waybills" ""

        dispatch -> booked "Consumes bookings" "JMS"
        dispatch -> tours "Plans" ""
        toursdb -> tours "Rows" "TDS"
        tours -> geo "Asks for distances" ""
        drivers -> tours "Reads tours" ""
        telematics -> moved "Publishes positions" "JMS"
        telematics -> positions "Writes positions" "HTTP"
        dispatch -> moved "Consumes positions" "JMS"

        partners -> dispatch "Customers and lorries" "SQL"
        partners -> billing "Customers" "SQL"
        billingdb -> billing "Rows" "SQL"
        dunning -> billing "Asks who owes" ""
        billing -> booked "Reads bookings" "SQL"
        fuelimport -> fuel "Fetches statements" "SFTP"
        fuelimport -> billing "Books fuel" ""

        declarations -> booked "Consumes bookings" "JMS"
        declarationsdb -> declarations "Rows" "SQL"
        declarations -> gatewayjob "Sends declarations" ""
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
