//! Starts the binary on a port of its own, talks to it over a socket, and ends it gently or not.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::Duration,
};

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: PathBuf,
    /// Host and port.
    pub(crate) addr: String,
}

/// An answer over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// `name=value` of the cookie it sets.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

/// The program, with an environment that says nothing.
pub(crate) fn lintel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lintel"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LINTEL_") || name == "ANTHROPIC_API_KEY" {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program to its end with some input.
pub(crate) fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = lintel().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that reads no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// A site folder with stand-ins, beside the data.
fn site(data: &Path) -> PathBuf {
    let site = data.with_extension("site");
    fs::create_dir_all(site.join("pkg")).unwrap();
    let bundles =
        ["", "diagram-", "flowchart-", "decision-", "rules-"].map(|bundle| format!("{bundle}js lintel.js\n{bundle}wasm lintel.wasm\n"));
    let list = format!("{}css lintel.css\npage page.js\neditor editor.js\n", bundles.concat());
    fs::write(site.join("assets.txt"), list).unwrap();
    fs::write(site.join("pkg/lintel.js"), "export default 1;").unwrap();
    site
}

impl Server {
    /// Starts a server on a data folder and waits until it takes connections.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Self::command(data);
        command.args(arguments);
        Self::spawn(data, command)
    }

    /// The same with variables of the environment.
    pub(crate) fn start_in(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Self::command(data);
        command.envs(variables.iter().copied());
        Self::spawn(data, command)
    }

    fn spawn(data: &Path, mut command: Command) -> Self {
        let errors = data.with_extension("log");
        let mut child =
            command.stdout(Stdio::piped()).stderr(fs::OpenOptions::new().create(true).append(true).open(&errors).unwrap()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, out, errors, addr: String::new() };
        let line = server.line_with("Lintel is at ");
        line.rsplit_once("//").unwrap().1.clone_into(&mut server.addr);
        server
    }

    /// The command that starts a server on a port that is free.
    pub(crate) fn command(data: &Path) -> Command {
        let mut command = lintel();
        command.args(["serve", "--addr", "127.0.0.1:0", "--log", "json", "--data"]).arg(data).arg("--site").arg(site(data));
        command
    }

    /// Reads its output up to the line that holds a text.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.out.read_line(&mut line).unwrap();
            assert!(read > 0, "ended before `{text}`: {}", self.log());
            if line.contains(text) {
                return line.trim().to_owned();
            }
        }
    }

    /// The token of the setup link it printed.
    pub(crate) fn setup_token(&mut self) -> String {
        self.line_with("/setup?token=").rsplit_once('=').unwrap().1.to_owned()
    }

    /// Makes the first account by the link it printed, and gives the cookie of its session.
    pub(crate) fn set_up(&mut self) -> String {
        let token = self.setup_token();
        self.post("/fn/setup", &[], &format!("token={token}&name=Ada&email=ada%40example.com&password=correct+horse+battery")).cookie()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.errors).unwrap_or_default()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], "")
    }

    /// Sends fields as a form.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        self.request("POST", path, &headers, form)
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.0\r\nhost: {}\r\ncontent-length: {}\r\n", self.addr, body.len());
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Answer { status, headers, body: body.to_owned() }
    }

    /// Asks it to end and gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
