//! `lintel import` and `lintel export` on a data folder that nobody serves, and on one that a server runs on.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::mpsc,
};

use crate::{
    cli::run_with,
    server::{
        boot::{AppState, Config, Settings},
        http::{assets::Assets, router::router},
        service,
        store::{Store, folder::Lock},
    },
    tests::{
        harness::PASSWORD,
        upload::{folder, project, unzip},
    },
};

struct Machine {
    root: tempfile::TempDir,
}

impl Machine {
    /// A data folder with an administrator, and the files of a project beside it.
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for (path, bytes) in project() {
            let file = root.path().join("shop").join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        fs::create_dir_all(root.path().join("shop/.git")).unwrap();
        fs::write(root.path().join("shop/.git/HEAD"), "ref").unwrap();
        Self { root }
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn path(&self, name: &str) -> String {
        self.root.path().join(name).to_str().unwrap().to_owned()
    }

    async fn app(&self) -> AppState {
        let config = Config::read(Settings { data: Some(self.data()), ..Settings::default() }, true).unwrap();
        let store = Store::open(&config.data).await.unwrap();
        AppState::new(config, store, Assets::default())
    }

    fn run(&self, arguments: &[&str]) -> u8 {
        let data = self.path("data");
        run_with(["lintel"].iter().chain(arguments).chain(&["--data", &data]).copied().collect::<Vec<_>>())
    }

    /// Imports the folder twice and exports it; what comes out is what went in.
    fn there_and_back(&self) {
        let (shop, out) = (self.path("shop"), self.path("out.zip"));
        assert_eq!(self.run(&["import", &shop, "--project", "web-shop"]), 0);
        assert_eq!(self.run(&["import", &shop, "--project", "web-shop"]), 0);
        assert_eq!(self.run(&["export", "web-shop", "-o", &out]), 0);
        let mut expected: BTreeMap<String, Vec<u8>> = folder(Path::new(&shop));
        expected.remove(".git/HEAD");
        assert_eq!(unzip(&fs::read(&out).unwrap()), expected);
        assert_eq!(self.run(&["export", "nothing", "-o", &out]), 2);
        assert_eq!(self.run(&["import", &self.path("missing"), "--project", "web-shop"]), 2);
        assert_eq!(self.run(&["import", &shop, "--project", "Not An Address"]), 2);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_folder_nobody_serves_is_worked_on_directly() {
    let machine = Machine::new();
    assert_eq!(machine.run(&["import", &machine.path("shop"), "--project", "web-shop"]), 2, "nobody could own the project yet");
    runtime().block_on(async {
        let app = machine.app().await;
        service::people::add(&app, "Ada", "ada@example.com", PASSWORD, true).await.unwrap();
        app.store.close().await.unwrap();
    });
    machine.there_and_back();
    runtime().block_on(async {
        let app = machine.app().await;
        let owner = app.store.project_owner("web-shop").await.unwrap().unwrap();
        assert_eq!(owner.name, "Ada");
        assert_eq!(app.store.project_cards(owner.id).await.unwrap().first().unwrap().project.name, "Web shop");
    });
}

#[test]
fn a_folder_somebody_serves_is_reached_through_the_server() {
    let machine = Machine::new();
    let config = Config::read(Settings { data: Some(machine.data()), ..Settings::default() }, true).unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async move {
            let mut lock = Lock::take(&config.data).unwrap();
            let app = AppState::new(config.clone(), Store::open(&config.data).await.unwrap(), Assets::default());
            service::people::add(&app, "Ada", "ada@example.com", PASSWORD, true).await.unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            lock.sign(listener.local_addr().unwrap()).unwrap();
            tell.send(app.clone()).unwrap();
            axum::serve(listener, router(app).into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
        });
    });
    let app = told.recv().unwrap();
    machine.there_and_back();
    runtime().block_on(async {
        let owner = app.store.project_owner("web-shop").await.unwrap().unwrap();
        assert!(app.store.tokens(owner.id).await.unwrap().is_empty(), "the token is gone");
        let trail = app.store.audit_trail().await.unwrap();
        assert!(trail.iter().any(|(action, _)| action == "token.create"), "the server was asked: {trail:?}");
    });
}
