//! Finds what looks like a secret in a text, and masks it. Everything a review quotes goes through [`redact`] first, so
//! that no finding, evidence or report repeats a secret.
//!
//! The patterns are certain ones: formats that issuers document, passwords inside URLs, and values assigned to names such
//! as `password` that mix letters with digits or signs. Placeholders, references to a vault and prose are left alone.

use std::ops::Range;

/// Stands where a secret stood, whatever its length.
pub const MASK: &str = "••••••";

/// A secret in a text; it says where and what, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub range: Range<usize>,
    /// In words: `an AWS access key`.
    pub what: &'static str,
}

/// How a token that an issuer marks begins, the fewest characters that follow, and what it is.
const PREFIXES: [(&str, usize, &str); 20] = [
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("ghs_", 30, "a GitHub token"),
    ("ghu_", 30, "a GitHub token"),
    ("github_pat_", 30, "a GitHub token"),
    ("glpat-", 18, "a GitLab token"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("xoxa-", 20, "a Slack token"),
    ("sk_live_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("sk-ant-", 20, "an API key"),
    ("sk-proj-", 20, "an API key"),
    ("AIza", 35, "a Google API key"),
    ("npm_", 36, "an npm token"),
    ("dop_v1_", 40, "a DigitalOcean token"),
    ("SG.", 40, "a SendGrid key"),
    ("hvs.", 24, "a Vault token"),
];

/// No token with such a beginning is shorter.
const SHORTEST: usize = 20;

/// Names whose value is a secret.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "secret_key",
    "client_secret",
    "api_key",
    "apikey",
    "access_key",
    "access_token",
    "auth_token",
];

/// Every secret in the text, in order, not overlapping.
pub fn find(text: &str) -> Vec<Secret> {
    let mut found = private_keys(text);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let (long, named) = promises(line);
        let mut here = if long { tokens(line) } else { Vec::new() };
        here.extend(url_passwords(line));
        if named {
            here.extend(assignments(line));
        }
        found.extend(
            here.into_iter().map(|secret| Secret { range: secret.range.start + offset..secret.range.end + offset, what: secret.what }),
        );
        offset += line.len();
    }
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut end = 0;
    found.retain(|secret| {
        let apart = secret.range.start >= end;
        if apart {
            end = secret.range.end;
        }
        apart
    });
    found
}

/// The text with every secret masked; line ends inside a secret stay, so that line numbers do.
pub fn redact(text: &str) -> String {
    masked(text, &find(text))
}

/// As [`redact`], for a text whose secrets are known.
pub fn masked(text: &str, secrets: &[Secret]) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut last = 0;
    for secret in secrets {
        redacted.push_str(text.get(last..secret.range.start).unwrap_or_default());
        let value = text.get(secret.range.clone()).unwrap_or_default();
        for (index, line) in value.split('\n').enumerate() {
            if index > 0 {
                redacted.push('\n');
            }
            if !line.trim().is_empty() {
                redacted.push_str(MASK);
            }
        }
        last = secret.range.end;
    }
    redacted.push_str(text.get(last..).unwrap_or_default());
    redacted
}

fn private_keys(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    // Most texts that are asked about are too short, or have no such sign.
    if text.len() < "-----BEGIN PRIVATE KEY".len() || !text.as_bytes().contains(&b'-') {
        return found;
    }
    for (begin, _) in text.match_indices("-----BEGIN ") {
        let rest = text.get(begin..).unwrap_or_default();
        let Some(header) = rest.lines().next().filter(|line| line.contains("PRIVATE KEY")) else { continue };
        let end = rest.find("-----END ").unwrap_or_else(|| rest.find("\n\n").unwrap_or(rest.len()));
        let start = header.find("KEY-----").map_or(header.len(), |at| at + "KEY-----".len());
        if end > start {
            found.push(Secret { range: begin + start..begin + end, what: "a private key" });
        }
    }
    found
}

const fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Whether a line has a word that is as long as a token, and whether it has a place where a name may begin: most have neither,
/// and are looked at once.
fn promises(line: &str) -> (bool, bool) {
    let (mut run, mut longest, mut named) = (0, 0, false);
    let (mut first, mut second) = (0, 0);
    for byte in line.bytes() {
        run = if is_token(char::from(byte)) { run + 1 } else { 0 };
        longest = longest.max(run);
        named |= begins_name(&[first, second, byte]);
        (first, second) = (second, byte);
    }
    (longest >= SHORTEST, named)
}

/// The first three letters of the names, in any case.
fn begins_name(letters: &[u8]) -> bool {
    let [first, second, third] = letters else { return false };
    // The bit by which letters differ in case.
    matches!(
        (first | 0x20, second | 0x20, third | 0x20),
        (b'p', b'a', b's')
            | (b'p', b'w', b'd')
            | (b's', b'e', b'c')
            | (b'c', b'l', b'i')
            | (b'a', b'p', b'i')
            | (b'a', b'c', b'c')
            | (b'a', b'u', b't')
    )
}

fn tokens(line: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = line.get(rest..).and_then(|tail| tail.find(is_token)).map(|at| at + rest) {
        let tail = line.get(start..).unwrap_or_default();
        let length = tail.find(|c| !is_token(c)).unwrap_or(tail.len());
        let word = tail.get(..length).unwrap_or_default();
        // Most words are shorter than any token.
        let issued = PREFIXES.iter().filter(|_| word.len() >= SHORTEST).find(|(prefix, least, _)| {
            word.strip_prefix(prefix).is_some_and(|key| key.len() >= *least && key.chars().any(|c| c.is_ascii_digit()))
        });
        if let Some((_, _, what)) = issued {
            found.push(Secret { range: start..start + length, what });
        } else if word.starts_with("eyJ") && word.split('.').count() == 3 && word.len() > 40 {
            found.push(Secret { range: start..start + length, what: "a signed token" });
        }
        rest = start + length.max(1);
    }
    found
}

/// `scheme://user:password@host`.
fn url_passwords(line: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    // Asking first is quicker than beginning a search in every line.
    if !line.as_bytes().contains(&b'@') || !line.contains("://") {
        return found;
    }
    for (at, _) in line.match_indices("://") {
        let start = at + 3;
        let tail = line.get(start..).unwrap_or_default();
        let authority =
            tail.split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '<' | ')')).next().unwrap_or_default();
        let Some((user_info, _)) = authority.rsplit_once('@') else { continue };
        let Some((user, password)) = user_info.split_once(':') else { continue };
        if !password.is_empty() && !is_placeholder(password) {
            let begin = start + user.len() + 1;
            found.push(Secret { range: begin..begin + password.len(), what: "a password in a URL" });
        }
    }
    found
}

/// `password = value`, `"api_key": "value"`, and the property form `db_password "value"`.
fn assignments(line: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for (at, letters) in line.as_bytes().windows(3).enumerate().filter(|(_, letters)| begins_name(letters)) {
        let letter = letters.first().copied().unwrap_or_default();
        for name in NAMES.iter().filter(|name| name.as_bytes().first() == Some(&letter.to_ascii_lowercase())) {
            let after = at + name.len();
            if !line.as_bytes().get(at..after).is_some_and(|written| is_name(written, name)) {
                continue;
            }
            let Some(tail) = line.get(after..) else { continue };
            if tail.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
                continue;
            }
            let gap = tail.find(|c: char| !matches!(c, '"' | '\'' | '`' | ' ' | '\t' | ':' | '=' | '>')).unwrap_or(tail.len());
            let between = tail.get(..gap).unwrap_or_default();
            let assigned = between.contains([':', '=']);
            let quoted = between.trim_end_matches(['"', '\'', '`']).len() < between.len() && between.contains([' ', '\t']);
            if !assigned && !quoted {
                continue;
            }
            let value = tail.get(gap..).unwrap_or_default();
            let length = value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | ')')).unwrap_or(value.len());
            let value = value.get(..length).unwrap_or_default();
            if looks_random(value) && !is_placeholder(value) {
                found.push(Secret { range: after + gap..after + gap + length, what: "a password or key" });
            }
        }
    }
    found
}

/// Whether bytes write a name of [`NAMES`]: in any case, and with `-` for `_`.
fn is_name(written: &[u8], name: &str) -> bool {
    let plain = |byte: &u8| if *byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
    written.iter().map(plain).eq(name.bytes())
}

/// Letters mixed with digits or signs, long enough for a password: not a word of prose.
fn looks_random(value: &str) -> bool {
    let letters = value.chars().any(char::is_alphabetic);
    let others = value.chars().any(|c| c.is_ascii_digit() || "!@#$%^&*+/=?~".contains(c));
    value.chars().count() >= 6 && letters && others
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let marks = [
        "${",
        "{{",
        "<",
        "***",
        "xxx",
        "...",
        "…",
        "•",
        "example",
        "placeholder",
        "your",
        "vault:",
        "arn:",
        "ref+",
        "env:",
        "secretref",
        "redacted",
        "$(",
    ];
    let name_of_variable = value.starts_with('$') || value.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    name_of_variable || marks.iter().any(|mark| lower.contains(mark)) || lower.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Put together here so that no scanner takes the tests for a leak.
    fn key() -> String {
        format!("AKIA{}", "Z7Q2M4X6P8R1T3V5")
    }

    #[test]
    fn every_name_is_looked_for() {
        for name in NAMES {
            let written = format!("x_{} = \"pa55word-of-it\"", name.to_ascii_uppercase());
            assert_eq!(find(&written).len(), 1, "{name}");
            assert!(begins_name(name.get(..3).unwrap_or_default().as_bytes()), "{name}");
        }
    }

    #[test]
    fn secrets_are_found_and_never_left_in_the_redacted_text() {
        let password = "tr0ub4dor";
        for (text, value) in [
            (format!("key {} in use", key()), key()),
            (format!("url postgres://app:{password}@db:5432/orders"), password.to_owned()),
            (format!("password: {password}"), password.to_owned()),
            (format!("DB_PASSWORD={password}"), password.to_owned()),
            (format!("        db_password \"{password}\""), password.to_owned()),
            (format!("{{\"client-secret\": \"{password}\"}}"), password.to_owned()),
            (format!("ä password={password}"), password.to_owned()),
        ] {
            assert_eq!(find(&text).len(), 1, "{text}");
            let redacted = redact(&text);
            assert!(!redacted.contains(&value) && redacted.contains(MASK), "{redacted}");
        }
    }

    #[test]
    fn prose_placeholders_and_references_are_left_alone() {
        for text in [
            "The password must be rotated every 90 days.",
            "password: ${DB_PASSWORD}",
            "password=<from vault>",
            "api_key: YOUR_KEY_1",
            "secrets_source vault",
            "secret: vault:secret/data/app#v2",
            "see https://example.org/password/reset2",
            "postgres://app:${PW}@db/orders",
            "auth_token_ttl: 15m30s",
            "AKIA is the prefix of access keys",
        ] {
            assert_eq!(find(text), [], "{text}");
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn a_private_key_is_masked_and_keeps_its_lines() {
        let text = format!("a\n-----BEGIN {k}-----\nMIIEvQ\nABCDEF\n-----END {k}-----\nb", k = "PRIVATE KEY");
        let redacted = redact(&text);
        assert_eq!(redacted.lines().count(), text.lines().count());
        assert!(!redacted.contains("MIIEvQ") && !redacted.contains("ABCDEF"), "{redacted}");
    }

    #[test]
    fn every_name_is_known_by_its_first_letter() {
        for name in NAMES {
            for written in [name.to_owned(), name.to_uppercase(), name.replace('_', "-")] {
                assert_eq!(find(&format!("my_{written} = {}", "tr0ub4dor")).len(), 1, "{written}");
            }
        }
    }

    #[test]
    fn masking_twice_changes_nothing() {
        let once = redact(&format!("password={}", "s3cr3tvalue"));
        assert_eq!(redact(&once), once);
    }
}
