//! The data folder: closed to other accounts of the machine, and held by one server at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::server::store::StoreError;

/// The database's file in a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("lintel.db")
}

/// The file that a running server holds.
fn lock_file(data: &Path) -> PathBuf {
    data.join("lintel.lock")
}

/// Makes the folder and the database's file, both for this account only. `SQLite` gives its `-wal` and `-shm` files the
/// permissions of the database.
pub(in crate::server::store) fn prepare(data: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Folder { folder: data.to_path_buf(), source };
    let ours = !data.exists() || database(data).exists() || fs::read_dir(data).map_err(failed)?.next().is_none();
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(failed)?;
    if ours {
        // A folder somebody made for us; one with other things in it is not ours to close.
        restrict(data, 0o700).map_err(failed)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(database(data)).map_err(failed)?;
    Ok(())
}

/// Takes other accounts' permissions from the files of a database that was there before.
pub(in crate::server::store) fn close_to_others(data: &Path) -> Result<(), StoreError> {
    for name in ["lintel.db", "lintel.db-wal", "lintel.db-shm"] {
        let file = data.join(name);
        if file.exists() {
            restrict(&file, 0o600).map_err(|source| StoreError::Folder { folder: data.to_path_buf(), source })?;
        }
    }
    Ok(())
}

/// Writes a file of 16 KiB through to the disk and removes it.
pub(in crate::server::store) fn has_room(data: &Path) -> Result<(), StoreError> {
    let path = data.join("lintel.probe");
    let write = || {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
        file.write_all(&[0; 16 * 1024])?;
        file.sync_all()
    };
    let outcome = write();
    let removed = fs::remove_file(&path);
    outcome.and(removed).map_err(|source| StoreError::Folder { folder: data.to_path_buf(), source })
}

fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    if permissions.mode() & 0o777 == mode { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode)) }
}

/// A server's hold on a data folder. The operating system lets go when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    folder: PathBuf,
}

impl Lock {
    /// Takes the folder for this process, or names the server that has it.
    pub fn take(data: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Folder { folder: data.to_path_buf(), source };
        prepare(data)?;
        let path = lock_file(data);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(failed)?;
                let holder = if holder.trim().is_empty() { String::new() } else { format!(" ({})", holder.trim()) };
                return Err(StoreError::InUse { folder: data.to_path_buf(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        Ok(Self { file, folder: data.to_path_buf() })
    }

    /// Writes down who holds the folder, for whoever finds it taken.
    pub fn sign(&mut self, address: SocketAddr) -> Result<(), StoreError> {
        let line = format!("process {}, address {address}\n", std::process::id());
        let signed = self.file.set_len(0).and_then(|()| self.file.rewind()).and_then(|()| self.file.write_all(line.as_bytes()));
        signed.map_err(|source| StoreError::Folder { folder: self.folder.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_told_who_has_the_folder() {
        let data = tempfile::tempdir().unwrap();
        let mut first = Lock::take(data.path()).unwrap();
        first.sign(SocketAddr::from(([127, 0, 0, 1], 3000))).unwrap();
        let refused = Lock::take(data.path()).unwrap_err().to_string();
        assert!(refused.contains(&data.path().display().to_string()), "{refused}");
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        assert!(refused.contains("127.0.0.1:3000"), "{refused}");
        drop(first);
        assert!(Lock::take(data.path()).is_ok());
    }

    #[tokio::test]
    async fn other_accounts_see_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("data");
        let store = crate::server::store::Store::open(&data).await.unwrap();
        store.probe().await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        for name in ["lintel.db", "lintel.db-wal", "lintel.db-shm"] {
            assert_eq!(mode(&data.join(name)), 0o600, "{name}");
        }
    }

    #[tokio::test]
    async fn a_folder_with_other_things_keeps_its_permissions() {
        let data = tempfile::tempdir().unwrap();
        fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(data.path().join("notes.txt"), "").unwrap();
        prepare(data.path()).unwrap();
        assert_eq!(fs::metadata(data.path()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let store = crate::server::store::Store::open(data.path()).await.unwrap();
        let mut write = store.write().await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
        )
        .execute(&mut *write)
        .await
        .unwrap();
        write.commit().await.unwrap();
        store.close().await.unwrap();
        let message = crate::server::store::Store::open(data.path()).await.unwrap_err().to_string();
        assert!(message.contains("newer Lintel") && message.contains("9999"), "{message}");
    }

    #[tokio::test]
    async fn a_damaged_database_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let store = crate::server::store::Store::open(data.path()).await.unwrap();
        store.check().await.unwrap();
        store.close().await.unwrap();
        let file = database(data.path());
        let mut bytes = fs::read(&file).unwrap();
        for byte in bytes.iter_mut().skip(4096).take(40_000) {
            *byte = 0x5a;
        }
        fs::write(&file, bytes).unwrap();
        let outcome = match crate::server::store::Store::open(data.path()).await {
            Ok(store) => store.check().await,
            Err(error) => Err(error),
        };
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains("malformed") || message.contains("damaged"), "{message}");
    }
}
