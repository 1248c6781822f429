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
    let mut text = String::with_capacity(LENGTH);
    let (mut bits, mut held) = (0_usize, 0);
    // Where the bytes end, zeros follow.
    for byte in bytes.iter().copied().chain(std::iter::repeat(0)) {
        (bits, held) = ((bits << 8 | usize::from(byte)) & 0xfff, held + 8);
        while held >= 5 {
            held -= 5;
            text.push(ALPHABET.get(bits >> held & 31).map_or('a', |letter| char::from(*letter)));
            if text.len() == LENGTH {
                return text;
            }
        }
    }
    text
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
