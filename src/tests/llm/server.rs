//! A server that answers with the bytes it is told to, when it is told to, and remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
    task::JoinSet,
    time::sleep,
};

/// What is done with a connection after its request was read.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends bytes at once.
    Write(Vec<u8>),
    /// Sends them one by one.
    Trickle(Vec<u8>),
    Sleep(u64),
    /// Sends the same bytes every so many milliseconds until the other side leaves.
    Every(u64, Vec<u8>),
    /// Ends the connection rudely.
    Reset,
    /// Does nothing until the other side leaves.
    Hang,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The request line and the headers, names in lower case.
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.split_once(": ").filter(|(other, _)| *other == name).map(|(_, value)| value))
    }

    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Connections that the other side left while a script had not ended.
    left: watch::Receiver<usize>,
    /// Told when a request was read.
    pub(crate) asked: Arc<Notify>,
    _serving: JoinSet<()>,
}

impl Server {
    /// Answers the first connection with the first script and so on; the last one is for all that follow.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, asked): (Arc<Mutex<Vec<Seen>>>, Arc<Notify>) = (Arc::default(), Arc::default());
        let (leave, left) = watch::channel(0);
        let (remember, tell) = (Arc::clone(&seen), Arc::clone(&asked));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
                number += 1;
                let (remember, tell, leave) = (Arc::clone(&remember), Arc::clone(&tell), leave.clone());
                connections.spawn(async move {
                    if serve(stream, script, &remember, &tell).await.is_err() {
                        leave.send_modify(|count| *count += 1);
                    }
                });
            }
        });
        Self { address, seen, left, asked, _serving: serving }
    }

    /// Answers every connection with the same bytes and closes it.
    pub(crate) async fn saying(bytes: Vec<u8>) -> Self {
        Self::start(vec![vec![Step::Write(bytes)]]).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the other side has left that many connections whose scripts had not ended.
    pub(crate) async fn left(&self, count: usize) {
        let mut left = self.left.clone();
        tokio::time::timeout(Duration::from_secs(20), left.wait_for(|left| *left >= count)).await.unwrap().unwrap();
    }
}

/// An error means that the other side left.
async fn serve(mut stream: TcpStream, script: Vec<Step>, seen: &Mutex<Vec<Seen>>, asked: &Notify) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(request) = request(&mut stream).await? else { return Ok(()) };
    seen.lock().unwrap().push(request);
    asked.notify_one();
    let (mut reader, mut writer) = stream.split();
    let gone = async {
        let mut byte = [0];
        // Clients send nothing more, so whatever comes is the end.
        let _ = reader.read(&mut byte).await;
    };
    let play = async {
        for step in script {
            match step {
                Step::Write(bytes) => writer.write_all(&bytes).await?,
                Step::Trickle(bytes) => {
                    for byte in bytes {
                        writer.write_all(&[byte]).await?;
                        tokio::task::yield_now().await;
                    }
                }
                Step::Sleep(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
                Step::Every(milliseconds, bytes) => loop {
                    writer.write_all(&bytes).await?;
                    sleep(Duration::from_millis(milliseconds)).await;
                },
                Step::Reset => return Ok::<bool, std::io::Error>(true),
                Step::Hang => std::future::pending().await,
            }
        }
        Ok(false)
    };
    let reset = tokio::select! {
        outcome = play => outcome?,
        () = gone => return Err(std::io::ErrorKind::ConnectionAborted.into()),
    };
    if reset {
        stream.set_zero_linger()?;
    } else {
        stream.shutdown().await?;
    }
    Ok(())
}

async fn request(stream: &mut TcpStream) -> std::io::Result<Option<Seen>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
            let lines = head.lines().map(|line| match line.split_once(": ") {
                Some((name, value)) => format!("{}: {value}", name.to_lowercase()),
                None => line.to_owned(),
            });
            let head = lines.collect::<Vec<_>>().join("\n");
            let seen = Seen { head, body: Value::Null };
            let length: usize = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            while bytes.len() < at + 4 + length {
                let count = stream.read(&mut buffer).await?;
                assert!(count > 0, "the request breaks off");
                bytes.extend_from_slice(&buffer[..count]);
            }
            return Ok(Some(Seen { body: serde_json::from_slice(&bytes[at + 4..]).unwrap_or_default(), ..seen }));
        }
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// A response that ends with its connection.
pub(crate) fn response(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// A stream that begins.
pub(crate) fn stream(body: &[u8]) -> Vec<u8> {
    response("200 OK", &[("content-type", "text/event-stream; charset=utf-8"), ("request-id", "req_1")], body)
}
