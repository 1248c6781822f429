//! What the checks let through, and what they do not.
