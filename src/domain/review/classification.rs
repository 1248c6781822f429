//! How sensitive data is: as stated, or as the names of data assets suggest.

use crate::domain::{model::facts::Facts, review::protocol::words};

/// Classes of data, least sensitive first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Public,
    Internal,
    Confidential,
    Restricted,
}

impl Class {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Public, Self::Internal, Self::Confidential, Self::Restricted]
            .into_iter()
            .find(|class| class.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The class that the name of a data asset suggests: `pan`, `customer_email`; none for a name that suggests nothing.
    pub fn suggested_by(asset: &str) -> Option<Self> {
        const RESTRICTED: [&str; 14] = [
            "pan",
            "cvv",
            "cvc",
            "card",
            "cards",
            "cardholder",
            "password",
            "passwords",
            "secret",
            "secrets",
            "ssn",
            "health",
            "biometric",
            "iban",
        ];
        const CONFIDENTIAL: [&str; 13] = [
            "pii",
            "personal",
            "email",
            "emails",
            "phone",
            "address",
            "addresses",
            "birthdate",
            "salary",
            "payment",
            "payments",
            "credential",
            "credentials",
        ];
        // A stand-in for the data is not the data.
        const STAND_INS: [&str; 6] = ["token", "tokens", "id", "ids", "hash", "count"];
        let asset = asset.replace('-', " ");
        if words(&asset).any(|word| STAND_INS.contains(&word.as_str())) {
            return None;
        }
        words(&asset)
            .filter_map(|word| {
                let word = word.as_str();
                if RESTRICTED.contains(&word) {
                    Some(Self::Restricted)
                } else if CONFIDENTIAL.contains(&word) {
                    Some(Self::Confidential)
                } else {
                    None
                }
            })
            .max()
    }
}

/// What is known about the data of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    pub class: Class,
    /// Set when the class follows from a name and is not stated.
    pub assumption: Option<String>,
}

/// The class of what a subject holds or carries, from `max_class` or else the names in `data`; none when neither says it.
pub fn classify(facts: &Facts) -> Option<Classified> {
    if let Some(class) = facts.value("max_class").and_then(Class::parse) {
        return Some(Classified { class, assumption: None });
    }
    let data = facts.get("data")?;
    data.list()
        .into_iter()
        .filter_map(|asset| Class::suggested_by(asset).map(|class| (class, asset)))
        .max_by_key(|(class, _)| *class)
        .map(|(class, asset)| Classified { class, assumption: Some(format!("assumed {}: data {asset}", class.name())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suggest_classes_and_most_names_suggest_nothing() {
        assert_eq!(Class::suggested_by("pan"), Some(Class::Restricted));
        assert_eq!(Class::suggested_by("customer_email"), Some(Class::Confidential));
        assert_eq!(Class::suggested_by("card-token"), None, "a token stands in for the card");
        assert_eq!(Class::suggested_by("amount"), None);
        assert_eq!(Class::suggested_by("company"), None, "a word inside a word is not the word");
        assert_eq!(Class::parse(" Restricted "), Some(Class::Restricted));
    }
}
