-- The revision that first says a status. Null for what people typed, and for turns made before this was kept.

ALTER TABLE decision_turn ADD COLUMN seq INTEGER;
