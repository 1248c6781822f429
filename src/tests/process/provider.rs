//! A provider of models as a process sees one: a port on this machine that answers with bytes, slowly or not at all.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

pub(crate) struct Provider {
    pub(crate) url: String,
    asked: Receiver<String>,
}

impl Provider {
    /// Answers every request with the head of a stream and these bytes, and then says nothing more until the other side leaves.
    pub(crate) fn that_begins(bytes: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = channel();
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let tell = tell.clone();
                thread::spawn(move || {
                    let mut stream = stream;
                    let Some(request) = read(&stream) else { return };
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
                    let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(bytes.as_bytes()));
                    if sent.is_ok() {
                        let _ = tell.send(request);
                        let _ = stream.read(&mut [0]);
                    }
                });
            }
        });
        Self { url, asked }
    }

    /// Waits for a request whose answer has begun, and gives its head and body.
    pub(crate) fn asked(&self) -> String {
        self.asked.recv_timeout(Duration::from_mins(1)).unwrap()
    }

    /// Variables that lead the program to it.
    pub(crate) fn variables(&self) -> Vec<(&str, &str)> {
        vec![
            ("LINTEL_LLM_PROVIDER", "anthropic"),
            ("LINTEL_LLM_BASE_URL", &self.url),
            ("LINTEL_LLM_ALLOWED_HOSTS", &self.url),
            ("LINTEL_LLM_API_KEY", "sk-ant-CANARY-0123456789abcdef"),
        ]
    }
}

fn read(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        let over = line.trim().is_empty();
        head.push_str(&line);
        if over {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}
