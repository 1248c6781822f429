//! The lines that each gesture changes in the example; a change here is a change of what people see.

pub(super) const TRANSCRIPT: &str = r#"=== {"gesture":"rename","subject":{"element":"mail"},"name":"Post \"office\""}
-        mail = softwareSystem Mail
+        mail = softwareSystem "Post \"office\""
=== {"gesture":"rename","subject":{"element":"shop.api"},"name":"Back\nend"}
-            api = container "API" {
+            api = container "Back end" {
=== {"gesture":"rename","subject":{"group":"partners"},"name":"Friends"}
-        group "Partners" {
+        group "Friends" {
=== {"gesture":"rename-identifier","element":"shop.api","identifier":"backend"}
-            api = container "API" {
+            backend = container "API" {
-            web -> api "calls" "HTTPS"
-            api -> db
+            web -> backend "calls" "HTTPS"
+            backend -> db
-        api -> bank "pays" {
+        backend -> bank "pays" {
-                api
+                backend
=== {"gesture":"rename-identifier","element":"shop.api","identifier":"db"}
! The identifier `db` is already in use. Choose another identifier.
=== {"gesture":"rename-identifier","element":"old-thing","identifier":"old"}
-        softwareSystem "Old thing"
+        old = softwareSystem "Old thing"
=== {"gesture":"describe","subject":{"element":"shop.api"},"description":"Does things"}
-            api = container "API" {
+            api = container "API" "Does things" {
=== {"gesture":"describe","subject":{"element":"shop.web"},"description":null}
-            web = container "Web" "Shows things" "React" // the front
+            web = container "Web" "" "React" // the front
=== {"gesture":"set-technology","subject":{"element":"shop.db"},"technology":null}
-            db = container "Database" "" "PostgreSQL"
+            db = container "Database"
=== {"gesture":"set-technology","subject":{"element":"shop.api"},"technology":"Go"}
-            api = container "API" {
+            api = container "API" "" "Go" {
=== {"gesture":"set-technology","subject":{"relation":"shop.api->shop.db"},"technology":"SQL"}
-            api -> db
+            api -> db "" "SQL"
=== {"gesture":"set-property","subject":{"relation":"shop.api->bank"},"name":"retry","value":"3, 100ms"}
+                retry "3, 100ms"
=== {"gesture":"set-property","subject":{"relation":"shop.api->bank"},"name":"timeout","value":null}
-            properties {
-                timeout 800ms
-            }
=== {"gesture":"set-property","subject":{"element":"shop.api"},"name":"replicas","value":"3"}
+                properties {
+                    replicas 3
+                }
=== {"gesture":"set-property","subject":"workspace","name":"team_size","value":"8"}
+    properties {
+        team_size 8
+    }
=== {"gesture":"rename","subject":"workspace","name":"All"}
! This is about the whole text, which has properties only. Select an element, a relation or a boundary.
=== {"gesture":"set-kind","element":"shop.web","kind":"gateway"}
-            web = container "Web" "Shows things" "React" // the front
+            web = container "Web" "Shows things" "React" { // the front
+                properties {
+                    kind gateway
+                }
+            }
=== {"gesture":"add","kind":"database","name":"Ledger","home":{"element":"shop"},"view":"con"}
+            ledger = container "Ledger" "" "" "Database"
=== {"gesture":"add","kind":"service","name":"Order service","home":{"element":"shop"},"view":"con"}
+            order-service = container "Order service"
=== {"gesture":"add","kind":"person","name":"Admin","home":"top","view":"ctx"}
+        admin = person "Admin"
-            include shop bank
+            include shop bank admin
=== {"gesture":"add","kind":"external","name":"Taxes","home":{"group":"partners"},"view":"ctx"}
+            taxes = softwareSystem "Taxes" "" "External"
-            include shop bank
+            include shop bank taxes
=== {"gesture":"add","kind":"service","name":"Payments","home":{"element":"shop.web"},"view":null}
-            web = container "Web" "Shows things" "React" // the front
+            web = container "Web" "Shows things" "React" { // the front
+                payments = component "Payments"
+            }
=== {"gesture":"connect","source":"shop.web","target":"shop.db","description":"reads","technology":null}
+            web -> db "reads"
=== {"gesture":"connect","source":"old-thing","target":"mail","description":null,"technology":"SMTP"}
-        softwareSystem "Old thing"
+        old-thing = softwareSystem "Old thing"
+        old-thing -> mail "" "SMTP"
=== {"gesture":"connect","source":"shop","target":"shop.db","description":null,"technology":null}
! Shop and Database lie within each other. Connect the part with something outside.
=== {"gesture":"reconnect","relation":"user->shop.web","source":"user","target":"mail"}
-        user -> web "uses"
+        user -> mail "uses"
=== {"gesture":"reconnect","relation":"shop.web->shop.api","source":"user","target":"shop.api"}
-            web -> api "calls" "HTTPS"
+            user -> api "calls" "HTTPS"
=== {"gesture":"delete","subjects":[{"element":"shop.api"}]}
-            api = container "API" {
-                tags "Core"
-                orders = component "Orders"
-            }
-            web -> api "calls" "HTTPS"
-            api -> db
-        api -> bank "pays" {
-            properties {
-                timeout 800ms
-            }
-        }
-                api
=== {"gesture":"delete","subjects":[{"element":"bank"}]}
-            bank = softwareSystem "Bank"
-        api -> bank "pays" {
-            properties {
-                timeout 800ms
-            }
-        }
-            include shop bank
+            include shop
=== {"gesture":"delete","subjects":[{"element":"shop"}]}
-        shop = softwareSystem "Shop" {
-            web = container "Web" "Shows things" "React" // the front
-            api = container "API" {
-                tags "Core"
-                orders = component "Orders"
-            }
-            // Keeps everything
-            db = container "Database" "" "PostgreSQL"
-            web -> api "calls" "HTTPS"
-            api -> db
-        }
-        user -> web "uses"
-        api -> bank "pays" {
-            properties {
-                timeout 800ms
-            }
-        }
-        systemContext shop "ctx" {
-            include shop bank
-            exclude mail
-            autoLayout lr
-        }
-        container shop "con" {
-            include *
-            animation {
-                user web
-                api
-            }
-        }
=== {"gesture":"delete","subjects":[{"group":"partners"}]}
-        group "Partners" {
-            bank = softwareSystem "Bank"
-        }
-        api -> bank "pays" {
-            properties {
-                timeout 800ms
-            }
-        }
-            include shop bank
+            include shop
=== {"gesture":"delete","subjects":[{"relation":"shop.web->shop.api"}]}
-            web -> api "calls" "HTTPS"
=== {"gesture":"move","elements":["mail"],"home":{"group":"partners"}}
+            mail = softwareSystem Mail
-        mail = softwareSystem Mail
=== {"gesture":"move","elements":["bank"],"home":"top"}
-            bank = softwareSystem "Bank"
+        bank = softwareSystem "Bank"
=== {"gesture":"move","elements":["shop.db"],"home":{"element":"bank"}}
-            // Keeps everything
-            db = container "Database" "" "PostgreSQL"
-            api -> db
-            bank = softwareSystem "Bank"
+            bank = softwareSystem "Bank" {
+                // Keeps everything
+                db = container "Database" "" "PostgreSQL"
+            }
+        api -> db
=== {"gesture":"enclose","name":"Data","home":{"element":"shop"},"elements":["shop.db"]}
-            // Keeps everything
-            db = container "Database" "" "PostgreSQL"
+            group "Data" {
+                // Keeps everything
+                db = container "Database" "" "PostgreSQL"
+            }
=== {"gesture":"enclose","name":"Data","home":{"element":"shop"},"elements":["shop.web","shop.db"]}
-            web = container "Web" "Shows things" "React" // the front
+            group "Data" {
+                web = container "Web" "Shows things" "React" // the front
+                // Keeps everything
+                db = container "Database" "" "PostgreSQL"
+            }
-            // Keeps everything
-            db = container "Database" "" "PostgreSQL"
=== {"gesture":"enclose","name":"Empty","home":"top","elements":[]}
+        group "Empty" {
+        }
=== {"gesture":"duplicate","elements":["shop.api"]}
+            api-2 = container "API 2" {
+                tags "Core"
+            }
=== {"gesture":"add-view","view":{"key":"","title":"Inside the API","scope":"shop.api"}}
+
+        component api "inside-the-api" {
+            title "Inside the API"
+            include *
+            autoLayout lr
+        }
=== {"gesture":"remove-view","view":"ctx"}
-        systemContext shop "ctx" {
-            include shop bank
-            exclude mail
-            autoLayout lr
-        }
=== {"gesture":"include","view":"ctx","elements":["mail"]}
-            include shop bank
-            exclude mail
+            include shop bank mail
=== {"gesture":"include","view":"con","elements":["mail"]}
-            include *
+            include * mail
=== {"gesture":"exclude","view":"ctx","elements":["bank"]}
-            include shop bank
+            include shop
=== {"gesture":"exclude","view":"con","elements":["bank"]}
+            exclude bank
=== {"gesture":"rename-view","view":"ctx","title":"All around"}
+            title "All around"
=== {"gesture":"direct","view":"ctx","direction":"top-bottom"}
-            autoLayout lr
+            autoLayout tb
=== {"gesture":"direct","view":"con","direction":"top-bottom"}
+            autoLayout tb
"#;
