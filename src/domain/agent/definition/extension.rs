//! The keys under `lintel:`. Other programs pass over them, so that a file stays valid elsewhere.

use crate::domain::{
    agent::definition::{Entry, Extension, Remarks, Say, yaml::Value},
    review::finding::Severity,
};

/// More findings than this are no limit.
const MOST_FINDINGS: u32 = 100;

/// Reads the entry; what can't be read is said and left out.
pub(super) fn read(entry: &Entry, remarks: &mut Remarks) -> Extension {
    let mut extension = Extension::default();
    let pairs = match &entry.value {
        Value::Map(pairs) => pairs.as_slice(),
        Value::Null => return extension,
        Value::Text { .. } | Value::List(_) => {
            warn(
                entry,
                remarks,
                "lintel is not a group of keys".to_owned(),
                "Put lens, severity_floor, max_findings or applies_to below it, indented.",
            );
            return extension;
        }
    };
    for (key, value) in pairs {
        match key.as_str() {
            "lens" => extension.lens = words(value),
            "applies_to" => extension.applies_to = words(value),
            "severity_floor" => {
                extension.severity_floor = value.as_text().and_then(|text| Severity::parse(text.trim().to_ascii_lowercase().as_str()));
                if extension.severity_floor.is_none() && *value != Value::Null {
                    warn(entry, remarks, "severity_floor is no severity".to_owned(), "Write low, medium, high or critical.");
                }
            }
            "max_findings" => {
                extension.max_findings =
                    value.as_text().and_then(|text| text.trim().parse().ok()).filter(|count| (1..=MOST_FINDINGS).contains(count));
                if extension.max_findings.is_none() && *value != Value::Null {
                    warn(entry, remarks, "max_findings is no number of findings".to_owned(), "Write a number from 1 to 100.");
                }
            }
            _ => {
                let help = "The keys are lens, severity_floor, max_findings and applies_to.";
                warn(entry, remarks, format!("lintel knows no key {key}"), help);
            }
        }
    }
    extension
}

fn words(value: &Value) -> Vec<String> {
    value.texts().into_iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

fn warn(entry: &Entry, remarks: &mut Remarks, what: String, help: &'static str) {
    remarks.warn(entry.span, Say { code: "lintel-key", what, why: "It is kept in the file and has no effect.", help });
}
