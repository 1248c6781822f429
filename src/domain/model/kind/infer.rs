//! How kinds and modes are concluded from properties, tags, technologies and names.
