workspace "Bike hire" "First drawing after the workshop; names only." {

    !identifiers flat

    properties {
        stage sketch
    }

    model {
        rider = person "Rider"
        mechanic = person "Mechanic"

        hire = softwareSystem "Bike hire" {
            app = container "Rider app"
            backend = container "Hire backend"
            fleet = container "Fleet tracker"
            bikes = container "Bike database"
            events = container "Lock events queue"
        }

        payments = softwareSystem "Payment provider" {
            tags "External"
        }

        rider -> app "Finds and unlocks bikes"
        mechanic -> fleet "Looks for broken bikes"
        app -> backend "Calls"
        backend -> bikes "Keeps hires"
        backend -> payments "Charges"
        fleet -> events "Hears of locks"
        backend -> events "Tells of hires"
        fleet -> bikes "Keeps places"
    }

    views {
        container hire "containers" {
            include *
            autoLayout lr
        }
    }
}
