//! What is kept, in one `SQLite` file. The only part of the program that says `sqlx`.
//!
//! One connection writes, in `BEGIN IMMEDIATE` transactions; a few read, and can do nothing else. A commit is on disk
//! when it returns (`synchronous=FULL`): "saved" means saved. One file per area; one method, one transaction; rows never
//! leave this module, domain types do. To add an area: a file in `store/`, its line below, and a migration.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub mod access;
pub mod activity;
pub mod agents;
pub mod audit;
pub mod baselines;
pub mod decisions;
pub mod documents;
pub mod findings;
pub mod folder;
pub mod history;
pub mod members;
pub mod people;
pub mod projects;
pub mod reviews;
pub mod runs;
pub mod search;
pub mod suggestions;
pub mod talks;
pub mod triage;
pub mod updates;
pub mod versions;
pub mod visits;

/// The oldest `SQLite` that is free of the WAL-reset defect, which could lose commits.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Connections that read. Small: each holds a page cache, and reads take well under a millisecond.
const READERS: u32 = 4;

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the data folder {} can't be used: {source}", folder.display())]
    Folder { folder: PathBuf, source: std::io::Error },
    #[error("the data folder {} is in use by another Lintel server{holder}. Stop it, or give this one its own folder with --data", folder.display())]
    InUse { folder: PathBuf, holder: String },
    #[error("SQLite {found} is too old; Lintel needs {}.{}.{} or newer", OLDEST_SQLITE.0, OLDEST_SQLITE.1, OLDEST_SQLITE.2)]
    TooOld { found: String },
    #[error("the database {} is damaged: {problem}. Restore a backup, or move the file away to begin anew", file.display())]
    Damaged { file: PathBuf, problem: String },
    #[error("the database was written by a newer Lintel (its schema is version {version}). Install that version, or restore a backup")]
    Newer { version: i64 },
    #[error("the database could not be brought up to date: {0}")]
    Migration(sqlx::migrate::MigrateError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A column holds what this version can't read.
    #[error("the database holds an unreadable {what}")]
    Unreadable { what: &'static str },
}

impl StoreError {
    /// Whether a value that must be unique is already there.
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer { version },
            other => Self::Migration(other),
        }
    }
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    reader: SqlitePool,
    writer: SqlitePool,
    file: Option<PathBuf>,
}

impl Store {
    /// Opens the database of a data folder, creating both when they are not there, and brings it up to date.
    /// Works while a server runs on the folder; [`folder::Lock`] is what keeps a second server out.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
        folder::prepare(data)?;
        let file = folder::database(data);
        let options = options().filename(&file).create_if_missing(true);
        let writer = pool(1).connect_with(options.clone()).await?;
        check_version(&writer).await?;
        sqlx::migrate!().run(&writer).await?;
        search::mend(&writer).await?;
        let reader = pool(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        folder::close_to_others(data)?;
        Ok(Self { reader, writer, file: Some(file) })
    }

    /// A database in memory, for tests: one connection for both ways, gone with the last clone.
    pub async fn memory() -> Result<Self, StoreError> {
        let connection = pool(1).connect_with(options().in_memory(true)).await?;
        sqlx::migrate!().run(&connection).await?;
        Ok(Self { reader: connection.clone(), writer: connection, file: None })
    }

    /// Reads the whole file for damage. Takes about a second per gigabyte.
    pub async fn check(&self) -> Result<(), StoreError> {
        let file = self.file.clone().unwrap_or_default();
        let found: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.reader).await;
        match found {
            Ok(answer) if answer == "ok" => Ok(()),
            Ok(problem) => Err(StoreError::Damaged { file, problem }),
            Err(error) => Err(StoreError::Damaged { file, problem: error.to_string() }),
        }
    }

    /// Whether a write can be committed: takes the write lock and changes a page, and tries the folder with a file of
    /// 16 KiB, because a full disk shows only when bytes reach it.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO setup_token (token_hash, created_at, expires_at) VALUES (zeroblob(32), 0, 0)")
            .execute(&mut *write)
            .await?;
        write.rollback().await?;
        let Some(folder) = self.file.as_deref().and_then(Path::parent).map(Path::to_path_buf) else { return Ok(()) };
        let tried = tokio::task::spawn_blocking(move || folder::has_room(&folder)).await;
        tried.unwrap_or_else(|error| Err(StoreError::Folder { folder: PathBuf::new(), source: std::io::Error::other(error) }))
    }

    /// Bytes of the database, pages only.
    pub async fn size(&self) -> Result<i64, StoreError> {
        let bytes = sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
        Ok(bytes.fetch_one(&self.reader).await?)
    }

    /// Moves the write-ahead log into the file and empties it, then closes all connections. The last thing a server does.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.reader.close().await;
        if self.file.is_some() {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        }
        self.writer.close().await;
        Ok(())
    }

    /// Connections that read and can't write.
    pub(in crate::server::store) const fn read(&self) -> &SqlitePool {
        &self.reader
    }

    /// Begins a transaction that writes; it holds the write lock from the start, so that it can't fail half way because
    /// somebody else wrote meanwhile. Dropping it rolls back.
    pub(in crate::server::store) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        match self.writer.begin_with("BEGIN IMMEDIATE").await {
            // A full or failing disk makes SQLite end a transaction by itself. The library does not notice, and would take
            // every later one for a part of it, for ever; a new connection begins anew.
            Err(sqlx::Error::InvalidSavePointStatement) if self.file.is_some() => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            begun => Ok(begun?),
        }
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(0)
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("wal_autocheckpoint", "1000")
        .pragma("journal_size_limit", "67108864")
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let mut numbers = found.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    let mut next = || numbers.next().unwrap_or_default();
    let version = (next(), next(), next());
    if version < OLDEST_SQLITE { Err(StoreError::TooOld { found }) } else { Ok(()) }
}
