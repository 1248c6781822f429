//! The identity of a finding across reviews.
//!
//! Made from what identifies the defect and nothing else: no message, severity, count, position or value. So a finding
//! survives a rename, a reorder and everything that is added elsewhere.

use crate::domain::review::finding::Fingerprint;

/// Separates the parts; occurs in no key.
const SEPARATOR: &[u8] = &[0x1f];
/// RFC 4648, in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 26;

/// `v1:<code>:<26 characters>` over the code, the version of the key's meaning and the sorted parts of the key.
pub fn fingerprint(code: &str, key_version: u8, parts: &[String]) -> Fingerprint {
    let mut sorted: Vec<&str> = parts.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    hasher.update(code.as_bytes());
    hasher.update(SEPARATOR);
    hasher.update(&[key_version]);
    for part in sorted {
        hasher.update(SEPARATOR);
        hasher.update(part.as_bytes());
    }
    Fingerprint(format!("v1:{code}:{}", base32(hasher.finalize().as_bytes())))
}

/// The hash of a text as hexadecimal, for rule sets.
pub fn hash(parts: impl Iterator<Item = String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(SEPARATOR);
    }
    hasher.finalize().to_hex().to_string()
}

fn base32(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..LENGTH)
        .map(|index| (0..5).fold(0_usize, |value, offset| value << 1 | usize::from(bit(index * 5 + offset))))
        .filter_map(|value| ALPHABET.get(value).map(|letter| char::from(*letter)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[&str]) -> Vec<String> {
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    #[test]
    fn base32_is_rfc_4648_in_lower_case() {
        assert_eq!(base32(b"foobar").get(..9), Some("mzxw6ytbo"), "foobar is mzxw6ytboi in RFC 4648");
        assert_eq!(base32(&[0xff; 32]), "7".repeat(26));
    }

    #[test]
    fn order_of_the_key_does_not_matter_and_everything_else_does() {
        let one = fingerprint("LNT-B001", 1, &key(&["a", "b"]));
        assert_eq!(one, fingerprint("LNT-B001", 1, &key(&["b", "a"])));
        assert_eq!(one.0.len(), "v1:LNT-B001:".len() + 26);
        for other in [
            fingerprint("LNT-B003", 1, &key(&["a", "b"])),
            fingerprint("LNT-B001", 2, &key(&["a", "b"])),
            fingerprint("LNT-B001", 1, &key(&["a", "c"])),
            fingerprint("LNT-B001", 1, &key(&["ab"])),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn a_fingerprint_never_changes_between_versions_of_the_program() {
        assert_eq!(fingerprint("LNT-B001", 1, &key(&["workspace.dsl", "platform.ledger"])).0, "v1:LNT-B001:4cxf7x7tlmtqxntx4iqnvlt2vq");
    }
}
