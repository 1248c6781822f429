module lintel.example/patterns

go 1.25
