//! How the command line reaches the projects of a data folder: directly while nobody serves it, through the server's own
//! API while somebody does. Live documents belong to the server's rooms, so nothing is written behind their back.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use crate::{
    cli::{DataFolder, Failure},
    domain::{account::Person, id::TokenId},
    server::{
        boot::AppState,
        service::{self, access::Actor},
        store::{StoreError, folder::Lock},
    },
};

/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program's parts over a data folder, and the server that runs on it, if one does.
pub struct Reach {
    pub app: AppState,
    /// None when this process has the folder to itself.
    pub server: Option<SocketAddr>,
    /// Keeps a server from starting meanwhile.
    _lock: Option<Lock>,
}

impl Reach {
    pub async fn open(folder: &DataFolder) -> Result<Self, Failure> {
        let (lock, server) = match Lock::take(&folder.data) {
            Ok(lock) => (Some(lock), None),
            Err(StoreError::InUse { holder, .. }) => {
                let address = holder.rsplit("address ").next().map(|text| text.trim_end_matches([')', ' ', '\n']));
                let address = address.and_then(|text| text.parse().ok());
                let busy = || Failure::fault(format!("Another command works on {}. Try again when it has ended.", folder.data.display()));
                (None, Some(address.ok_or_else(busy)?))
            }
            Err(error) => return Err(Failure::fault(error)),
        };
        Ok(Self { app: folder.open().await?, server, _lock: lock })
    }

    /// In whose name the operator works: the owner of the project, or the first administrator when there is no such
    /// project (none then).
    pub async fn actor(&self, slug: &str) -> Result<(Actor, bool), Failure> {
        let owner = self.app.store.project_owner(slug).await.map_err(Failure::fault)?;
        let there = owner.is_some();
        let person = match owner {
            Some(owner) => owner,
            None => self.app.store.first_administrator().await.map_err(Failure::fault)?.ok_or_else(|| {
                Failure::input("There is no account yet. Make one with `lintel user add --role admin`, or finish the setup.")
            })?,
        };
        Ok((Actor { person, session: None, token: None }, there))
    }

    /// Does `work` with a token that is gone afterwards, whatever comes of it.
    pub async fn with_token<T>(&self, person: &Person, work: impl FnOnce(&str) -> Result<T, Failure>) -> Result<T, Failure> {
        let before = self.tokens(person).await?;
        let secret = service::people::create_token_for(&self.app, person.id, "command line").await.map_err(Failure::fault)?;
        let outcome = work(&secret);
        for token in self.tokens(person).await?.into_iter().filter(|token| !before.contains(token)) {
            self.app.store.revoke_token(person.id, token, self.app.clock.now()).await.map_err(Failure::fault)?;
        }
        outcome
    }

    async fn tokens(&self, person: &Person) -> Result<Vec<TokenId>, Failure> {
        let tokens = self.app.store.tokens(person.id).await.map_err(Failure::fault)?;
        Ok(tokens.into_iter().filter(|token| token.name == "command line").map(|token| token.id).collect())
    }

    /// Writes what is still in memory and lets go of the folder.
    pub async fn close(self) -> Result<(), Failure> {
        if self.server.is_none() {
            self.app.rooms.shutdown().await;
        }
        self.app.store.close().await.map_err(Failure::fault)
    }
}

/// One request to a server on this machine.
#[derive(Debug)]
pub struct Call<'a> {
    pub method: &'static str,
    pub path: &'a str,
    pub media: &'a str,
    pub body: &'a [u8],
}

impl Call<'_> {
    /// Sends it and gives the status and the body.
    ///
    /// # Errors
    /// The server does not answer, or with something else than HTTP.
    pub fn send(&self, server: SocketAddr, token: &str) -> Result<(u16, Vec<u8>), Failure> {
        let answer =
            self.exchange(server, token).map_err(|error| Failure::fault(format!("The server at {server} can't be reached: {error}.")))?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let status = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        match (end, status) {
            (Some(end), Some(status)) => Ok((status, answer.get(end + 4..).unwrap_or_default().to_vec())),
            _ => Err(Failure::fault(format!("What listens at {server} does not answer as a Lintel server does."))),
        }
    }

    /// Version 1.0 of the protocol: the answer ends with the connection, and has no chunks to put together.
    fn exchange(&self, server: SocketAddr, token: &str) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&reachable(server), Duration::from_secs(5))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let head = format!(
            "{} {} HTTP/1.0\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            self.method,
            self.path,
            self.media,
            self.body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(self.body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// A server that listens everywhere is asked on this machine.
fn reachable(server: SocketAddr) -> SocketAddr {
    let host = match server.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, server.port())
}

/// What a problem of the API says, for the operator.
pub fn problem(status: u16, body: &[u8]) -> Failure {
    let detail =
        serde_json::from_slice::<serde_json::Value>(body).ok().and_then(|problem| problem.get("detail")?.as_str().map(str::to_owned));
    let message = detail.unwrap_or_else(|| format!("The server answered with status {status}."));
    if (400..500).contains(&status) { Failure::input(message) } else { Failure::fault(message) }
}

/// What a service refused, for the operator.
pub fn refused(error: crate::server::error::ServiceError) -> Failure {
    use crate::server::error::ServiceError;
    match error {
        ServiceError::Store(_) | ServiceError::Internal { .. } => Failure::fault(error),
        other => Failure::input(other.to_string()),
    }
}
