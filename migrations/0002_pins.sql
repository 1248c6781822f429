-- Places that people gave to elements of a diagram, derived from the shared document like the text:
-- a JSON object of `view/element` to [x, y] in px.
ALTER TABLE document ADD COLUMN pins TEXT NOT NULL DEFAULT '{}';
