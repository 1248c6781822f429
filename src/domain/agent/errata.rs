//! What is wrong in the examples of the two agent files that the product began with.
//!
//! The files run as they are, and their personas are sound; but code in them would not compile, or teaches what a review has to
//! find. A prompt made from such a file says so, lest the agent recommend its own examples. The agents that come with Lintel
//! hold the same knowledge in their own text and need no overlay.

use serde::{Deserialize, Serialize};

use crate::domain::agent::definition::Definition;

/// One defect of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Erratum {
    /// Stable: `SD-02`.
    pub id: &'static str,
    /// Whose example it is.
    pub seed: Seed,
    /// What is wrong and what it leads to, to be said to a model.
    pub text: &'static str,
}

/// The files with known defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seed {
    GoArchitect,
    BackendArchitect,
    Both,
}

/// BLAKE3 of the files as the product began with them.
const GO_ARCHITECT: &str = "521e30fc13bcb22c662cfbd74968aa8e07a94cbd3f2aa299e32e4ce0d2a31f92";
const BACKEND_ARCHITECT: &str = "b3d0b246145f8fd08f132c20b5fb625f248ad67934660716ca9a0e77ff6b2bc8";

const fn go(id: &'static str, text: &'static str) -> Erratum {
    Erratum { id, seed: Seed::GoArchitect, text }
}

const fn backend(id: &'static str, text: &'static str) -> Erratum {
    Erratum { id, seed: Seed::BackendArchitect, text }
}

/// All known defects, by id.
pub const ALL: [Erratum; 25] = [
    go(
        "SD-01",
        "The HTTP client GetUser does not compile: it returns the breaker's (interface{}, error) where (*User, error) is declared. The id goes into the path unescaped, every status but 200 counts as a failure of the dependency, a 404 included, there is no timeout, and the body is neither limited nor drained.",
    ),
    go(
        "SD-02",
        "The circuit breaker holds its mutex while the remote call runs, so calls go one at a time: twenty calls of 50 ms take a second, and whoever comes during the half-open probe waits for it instead of failing at once. A panic is not counted, a caller that gives up counts as a failure, and there is no time window, no limit on probes, no way to say what counts as success, and no metric of the state.",
    ),
    go(
        "SD-03",
        "The retry sleeps once more after its last attempt (7 s where 3 s were due), loses the error that caused it, has no jitter, repeats errors that cannot go away, and leaves a timer behind with each attempt.",
    ),
    go(
        "SD-04",
        "The bulkhead gives its slot back when the wait times out while the function runs on: with a limit of two, thirty ran at once and thirty goroutines stayed. The timeout applies to the wait and to the run, so a caller waits nearly twice as long; the function gets no context and cannot be stopped; a panic in it ends the process.",
    ),
    go(
        "SD-05",
        "The event is published with core NATS: no error does not mean stored. The row and the event are two writes that can part ways, the event carries no id, type, version or trace context, and the caller's context is not used.",
    ),
    go(
        "SD-06",
        "The consumer acknowledges on core NATS, where there is nothing to acknowledge; the error is dropped and failed messages are lost. One callback that runs messages one after another is called a worker pool. It unsubscribes instead of draining, and handles a message twice without noticing.",
    ),
    go(
        "SD-07",
        "The logging middleware makes a new request id for every request and passes over traceparent and X-Request-ID, does not return it to the caller, records no status, records the raw path, and writes nothing when the handler panics.",
    ),
    go(
        "SD-08",
        "The trace carries an e-mail address as a span attribute, which is personal data in telemetry; RecordError without SetStatus leaves the span looking successful.",
    ),
    go(
        "SD-09",
        "The metrics are created and never registered, so nothing is exported. The raw URL path is a label, so there are as many series as there are ids. The response wrapper hides flushing and hijacking, and a panic skips the measurement because nothing is deferred.",
    ),
    go(
        "SD-10",
        "The repository compares sql.ErrNoRows with == and misses it once it is wrapped, reads rows that the other file's schema has marked as deleted, and uses a global tracer.",
    ),
    go(
        "SD-11",
        "No repository joins the unit of work's transaction. Commit before Begin panics, a second Begin leaks the first transaction, and neither isolation nor a retry after a serialisation failure (40001) is considered.",
    ),
    go(
        "SD-12",
        "The health checker writes to a nil map and panics, races between adding and checking, runs its checks one after another without timeouts, tells strangers the text of errors, and does not tell alive from ready: a database that is down would have every instance restarted.",
    ),
    go(
        "SD-13",
        "The server sets no header or idle timeout. Its shutdown takes 30 s, which is exactly the usual grace period, so it is killed at the end of it. It does not first report itself unready, and it drains no consumers, pools or telemetry; log.Fatal skips whatever was deferred.",
    ),
    backend(
        "SD-14",
        "The router example does not compile as shown (context is imported and not used). middleware.RealIP believes headers that any client can send, and is deprecated. CORS with https://* allows every site. There is no tracing, authentication, rate limit or body limit, and middleware.Timeout does not stop a handler that ignores its context.",
    ),
    backend(
        "SD-15",
        "Users can be created, changed and deleted without authentication. The list has no pages, PUT has no ETag so that the last writer wins unseen, and POST has no idempotency key so that a retry makes a second user.",
    ),
    backend(
        "SD-16",
        "The error helper sends err.Error() to the client, logs the client's mistakes as errors, and invents a format where application/problem+json exists.",
    ),
    backend(
        "SD-17",
        "The proto file uses google.protobuf.Timestamp without its import and does not compile; ListUsers streams without a bound.",
    ),
    backend(
        "SD-18",
        "Every error of the repository becomes NotFound: an outage looks like a missing user. The text of the error goes to the caller.",
    ),
    backend(
        "SD-19",
        "The interceptor covers unary calls only, lacks imports, and has no recovery, authentication or metrics. For OpenTelemetry, stats handlers have taken the place of interceptors.",
    ),
    backend(
        "SD-20",
        "The service's GetUser does not compile: it assigns *User to a User. The cache is never invalidated when a user changes, many misses at once all go to the database, entries of one moment expire in one moment, and personal data is cached without a word about it.",
    ),
    backend(
        "SD-21",
        "CreateUser drops the error of the lookup, so an outage reads as no such user. Between the lookup and the insert another request can insert the same address; the unique violation (23505) that follows is not turned into a conflict. The e-mail address goes into the log.",
    ),
    backend(
        "SD-22",
        "The schema's e-mail check refuses valid addresses and accepts invalid ones. A unique address with soft deletion means that a deleted user's address can never be used again. The index on the address is there twice, addresses that differ in case are two users, and the timestamps may be null.",
    ),
    backend(
        "SD-23",
        "The table of technologies is out of date: the Redis client is redis/go-redis/v9, sqlc generates code and is no ORM, and neither a connection pool, nor an outbox or queue library, nor anything for authentication is in it.",
    ),
    go(
        "SD-24",
        "The drawing of layers shows no direction of dependency: infrastructure at the bottom looks like what the domain rests on, while dependencies must point to the domain. A folder pkg makes packages importable by everyone, which is the opposite of internal.",
    ),
    Erratum {
        id: "SD-25",
        seed: Seed::Both,
        text: "The front matter asks for claude-sonnet-4-20250514, which is no longer served. go-architect lists no tools, which elsewhere means all of them; backend-architect asks for Write, Edit and Bash, which a reviewer does not need.",
    },
];

/// The defects that a prompt from this file has to name; empty for any other file, and for the agents that come with Lintel.
pub fn overlay(definition: &Definition) -> Vec<&'static Erratum> {
    let Some(seed) = seed(definition) else { return Vec::new() };
    ALL.iter().filter(|erratum| erratum.seed == seed || erratum.seed == Seed::Both).collect()
}

/// Which of the files it is: by its bytes, or by its name as long as it still shows Go code, so that an edited copy is
/// covered too.
pub fn seed(definition: &Definition) -> Option<Seed> {
    match definition.hash.as_str() {
        GO_ARCHITECT => return Some(Seed::GoArchitect),
        BACKEND_ARCHITECT => return Some(Seed::BackendArchitect),
        _ => {}
    }
    let shows_code = definition.body.lines().any(|line| line.trim() == "```go");
    match definition.name.to_lowercase().as_str() {
        "go-architect" if shows_code => Some(Seed::GoArchitect),
        "backend-architect" if shows_code => Some(Seed::BackendArchitect),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::{definition::load, library::built_in};

    fn ids(file: &str, bytes: &[u8]) -> Vec<&'static str> {
        overlay(load(file, bytes).definition().unwrap()).iter().map(|erratum| erratum.id).collect()
    }

    #[test]
    fn ids_are_in_order_and_texts_are_sentences() {
        let expected: Vec<String> = (1..=25).map(|number| format!("SD-{number:02}")).collect();
        assert_eq!(ALL.map(|erratum| erratum.id).to_vec(), expected);
        assert!(ALL.iter().all(|erratum| erratum.text.ends_with('.') && erratum.text.len() > 60));
    }

    #[test]
    fn copies_of_the_first_files_are_covered_and_others_are_not() {
        let edited = "---\nname: go-architect\ndescription: x\n---\n```go\nfunc main() {}\n```\n";
        let found = ids("a.md", edited.as_bytes());
        assert_eq!((found.first(), found.last(), found.len()), (Some(&"SD-01"), Some(&"SD-25"), 15));
        let found = ids("a.md", edited.replace("go-architect", "backend-architect").as_bytes());
        assert_eq!((found.first(), found.last(), found.len()), (Some(&"SD-14"), Some(&"SD-25"), 11));
        assert!(ids("a.md", edited.replace("```go", "```").as_bytes()).is_empty());
        assert!(ids("a.md", edited.replace("go-architect", "rust-architect").as_bytes()).is_empty());
        for (path, text) in built_in::FILES {
            assert!(ids(path, text.as_bytes()).is_empty(), "{path}");
        }
    }

    #[test]
    fn the_first_files_are_known_by_their_bytes() {
        let Some(corpus) = std::env::var_os("LINTEL_CORPUS") else {
            println!("skipped: LINTEL_CORPUS is not set");
            return;
        };
        let Ok(entries) = std::fs::read_dir(std::path::Path::new(&corpus).join("../seeds")) else {
            println!("skipped: there are no seeds beside the corpus");
            return;
        };
        let mut hashes: Vec<String> =
            entries.map(|entry| blake3::hash(&std::fs::read(entry.unwrap().path()).unwrap()).to_hex().to_string()).collect();
        hashes.sort();
        let mut known = [GO_ARCHITECT.to_owned(), BACKEND_ARCHITECT.to_owned()];
        known.sort();
        assert_eq!(hashes, known);
    }
}
