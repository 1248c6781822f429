//! Where a provider is, and the key that goes there and nowhere else.
//!
//! Addresses are settings of the operator, never a user's input, and still have to be on a list: whoever may one day change
//! a setting in the browser must not be able to point the server at its own network. A key belongs to the address it was
//! set for: scheme, host and port. For any other address it does not exist.

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use reqwest::{Url, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// Hosts of public providers that speak one of the two protocols. Always allowed, over https on its usual port.
const PUBLIC: [&str; 9] = [
    "api.anthropic.com",
    "api.openai.com",
    "api.deepseek.com",
    "api.groq.com",
    "api.mistral.ai",
    "api.together.xyz",
    "api.x.ai",
    "generativelanguage.googleapis.com",
    "openrouter.ai",
];

/// What an address must be to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList(BTreeSet<Allowed>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Allowed {
    host: String,
    port: Option<u16>,
    /// Unencrypted, although it is not this machine.
    plain: bool,
}

/// Why an address is not used, as the end of a sentence that begins with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("which is not a web address")]
    NoAddress,
    #[error("which is neither https nor http")]
    Scheme,
    #[error("which has a name, a password, a question mark or a fragment in it")]
    More,
    #[error("which only ever leads to this network's own equipment")]
    LinkLocal,
    #[error("whose host {host} is not on the list of allowed hosts")]
    NotListed {
        /// With its port where it is not the usual one: what the list would have to hold.
        host: String,
    },
    #[error("which would send the key and the designs unencrypted over the network")]
    Plain {
        /// What the list would have to hold.
        entry: String,
    },
}

impl AllowList {
    /// Reads entries with commas between: `host`, `host:port`, or `http://host:port` to allow an unencrypted connection.
    ///
    /// # Errors
    /// The first entry that is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read = |entry: &str| {
            let (plain, rest) = match entry.strip_prefix("http://") {
                Some(rest) => (true, rest),
                None => (false, entry.strip_prefix("https://").unwrap_or(entry)),
            };
            // Read as an address, so that it is written the same way as the address it is compared with.
            let url = Url::parse(&format!("{}://{rest}", if plain { "http" } else { "https" })).ok();
            let fits = url.filter(|url| url.path() == "/" && bare(url) && !rest.contains('/'));
            fits.and_then(|url| Some(Allowed { host: url.host_str()?.to_owned(), port: url.port(), plain })).ok_or_else(|| entry.to_owned())
        };
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Checks an address; a slash at its end is taken away.
    pub fn check(&self, text: &str) -> Result<Url, Refused> {
        let mut url = Url::parse(text.trim()).map_err(|_| Refused::NoAddress)?;
        let Some(host) = url.host_str().map(str::to_owned) else { return Err(Refused::NoAddress) };
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(Refused::Scheme),
        };
        if !bare(&url) {
            return Err(Refused::More);
        }
        let address = address(&host);
        if address.is_some_and(link_local) {
            return Err(Refused::LinkLocal);
        }
        let entry = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let listed = self.0.iter().filter(|allowed| allowed.host == host && allowed.port == url.port());
        let (listed, plainly) = listed.fold((false, false), |(_, plainly), allowed| (true, plainly || allowed.plain));
        let public = !plain && url.port().is_none() && PUBLIC.contains(&host.as_str());
        if !listed && !public {
            return Err(Refused::NotListed { host: entry });
        }
        if plain && !plainly && !loopback(&host) {
            return Err(Refused::Plain { entry: format!("http://{entry}") });
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }
}

fn bare(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Addresses that never leave a network segment; cloud machines are told their secrets at one of them.
fn link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_unspecified() || address.is_broadcast() || address.is_multicast(),
        IpAddr::V6(address) => {
            let metadata = Ipv6Addr::new(0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x254);
            address.is_unicast_link_local() || address.is_unspecified() || address.is_multicast() || address == metadata
        }
    }
}

/// Whether a host is this machine.
pub fn loopback(host: &str) -> bool {
    host == "localhost" || address(host).is_some_and(|address| address.is_loopback())
}

/// A secret that no message shows, bound to an address.
#[derive(Clone)]
pub struct Key {
    secret: SecretString,
    /// Scheme, host and port.
    origin: String,
}

impl Key {
    /// A key for an address. Blank ones are none.
    pub fn new(secret: &str, url: &Url) -> Option<Self> {
        let secret = secret.trim();
        (!secret.is_empty()).then(|| Self { secret: SecretString::from(secret), origin: url.origin().ascii_serialization() })
    }

    /// The header's value, `prefix` first; nothing for another address, and nothing for a key that no header can hold.
    pub fn header(&self, prefix: &str, url: &Url) -> Option<HeaderValue> {
        if url.origin().ascii_serialization() != self.origin {
            return None;
        }
        let mut value = HeaderValue::from_str(&format!("{prefix}{}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Whether a header can hold it.
    pub fn usable(&self) -> bool {
        HeaderValue::from_str(self.secret.expose_secret()).is_ok()
    }

    /// A text without the key, should it be in there.
    pub fn hide(&self, text: &str) -> String {
        text.replace(self.secret.expose_secret(), "…")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// An address that was checked, with its key.
#[derive(Clone, Debug)]
pub struct Endpoint {
    url: Url,
    key: Option<Key>,
}

impl Endpoint {
    pub const fn new(url: Url, key: Option<Key>) -> Self {
        Self { url, key }
    }

    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Host, with the port where it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether what is sent there leaves this machine.
    pub fn external(&self) -> bool {
        !loopback(self.url.host_str().unwrap_or_default())
    }

    /// Another address in its place. The key stays only where it belongs.
    #[must_use]
    pub fn moved(self, url: Url) -> Self {
        let key = self.key.filter(|key| key.origin == url.origin().ascii_serialization());
        Self { url, key }
    }

    /// The address with a path added.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let whole = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        url
    }

    /// The header's value for a request to `url`.
    pub fn header(&self, prefix: &str, url: &Url) -> Option<HeaderValue> {
        self.key.as_ref().and_then(|key| key.header(prefix, url))
    }

    /// A text without the key.
    pub fn hide(&self, text: &str) -> String {
        self.key.as_ref().map_or_else(|| text.to_owned(), |key| key.hide(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, url: &str) -> Result<String, Refused> {
        AllowList::read(list).unwrap().check(url).map(|url| url.to_string())
    }

    #[test]
    fn public_providers_are_allowed_encrypted_and_at_the_usual_port_only() {
        assert_eq!(check("", "https://api.anthropic.com").unwrap(), "https://api.anthropic.com/");
        assert_eq!(check("", "https://API.OpenAI.com/v1/").unwrap(), "https://api.openai.com/v1");
        assert!(matches!(check("", "https://api.openai.com:8443"), Err(Refused::NotListed { host }) if host == "api.openai.com:8443"));
        assert!(matches!(check("", "http://api.openai.com"), Err(Refused::NotListed { .. })));
        assert!(matches!(check("", "https://api.openai.com.evil.example"), Err(Refused::NotListed { .. })));
    }

    #[test]
    fn this_machine_has_to_be_listed_but_not_encrypted() {
        assert!(matches!(check("", "http://127.0.0.1:11434/v1"), Err(Refused::NotListed { .. })));
        assert_eq!(check("127.0.0.1:11434", "http://127.0.0.1:11434/v1").unwrap(), "http://127.0.0.1:11434/v1");
        assert_eq!(check("localhost:11434", "http://LOCALHOST:11434/v1").unwrap(), "http://localhost:11434/v1");
        assert_eq!(check("[::1]:80", "http://[::1]").unwrap_err().to_string(), "whose host [::1] is not on the list of allowed hosts");
        assert_eq!(check("http://[::1]", "http://[::1]:80/").unwrap(), "http://[::1]/");
        // The same address in disguise needs the same entry.
        for disguise in ["http://2130706433:11434", "http://0x7f.1:11434", "http://0177.0.0.1:11434"] {
            assert!(matches!(check("example.com", disguise), Err(Refused::NotListed { .. })), "{disguise}");
            assert!(check("127.0.0.1:11434", disguise).is_ok(), "{disguise}");
        }
    }

    #[test]
    fn other_machines_need_a_clear_word_to_go_unencrypted() {
        assert!(check("llm.internal", "https://llm.internal").is_ok());
        let refused = check("llm.internal:8080", "http://llm.internal:8080");
        assert_eq!(refused, Err(Refused::Plain { entry: "http://llm.internal:8080".to_owned() }));
        assert!(check("http://llm.internal:8080", "http://llm.internal:8080/v1").is_ok());
    }

    #[test]
    fn some_addresses_are_never_used() {
        for url in
            ["http://169.254.169.254", "http://[fe80::1]", "http://[fd00:ec2::254]", "http://0.0.0.0", "http://[::ffff:169.254.169.254]"]
        {
            assert_eq!(check(url, url), Err(Refused::LinkLocal), "{url}");
        }
        assert_eq!(check("", "ftp://api.openai.com"), Err(Refused::Scheme));
        assert_eq!(check("", "api.openai.com"), Err(Refused::NoAddress));
        assert_eq!(check("", "file:///etc/passwd"), Err(Refused::NoAddress));
        assert_eq!(check("", "https://a:b@api.openai.com"), Err(Refused::More));
        assert_eq!(check("", "https://api.openai.com/?a=b"), Err(Refused::More));
    }

    #[test]
    fn entries_that_are_no_hosts_are_named() {
        assert_eq!(AllowList::read("a.example, b.example/v1").unwrap_err(), "b.example/v1");
        assert_eq!(AllowList::read("https://user@a.example").unwrap_err(), "https://user@a.example");
        assert_eq!(AllowList::read("a b").unwrap_err(), "a b");
        assert_eq!(AllowList::read(" , ").unwrap(), AllowList::default());
    }

    #[test]
    fn a_key_goes_to_its_own_address_and_shows_nowhere() {
        let home: Url = "https://api.openai.com/v1".parse().unwrap();
        let key = Key::new(" sk-canary-0123456789 ", &home).unwrap();
        assert_eq!(key.header("Bearer ", &home).unwrap().to_str().unwrap(), "Bearer sk-canary-0123456789");
        for other in ["https://api.openai.com:444/v1", "http://api.openai.com/v1", "https://evil.example/v1"] {
            assert_eq!(key.header("", &other.parse().unwrap()), None, "{other}");
        }
        let endpoint = Endpoint::new(home, Some(key.clone()));
        let shown = format!("{key} {key:?} {endpoint:?} {endpoint:#?} {:?}", key.header("", endpoint.url()));
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(endpoint.hide("wrong key: sk-canary-0123456789!"), "wrong key: …!");
        assert_eq!(endpoint.at("chat/completions").as_str(), "https://api.openai.com/v1/chat/completions");
        let elsewhere = endpoint.moved("https://evil.example/v1".parse().unwrap());
        assert!(elsewhere.key.is_none());
        assert!(Key::new(" ", &elsewhere.url).is_none());
        assert!(!Key::new("a\nb", &elsewhere.url).unwrap().usable());
    }
}
