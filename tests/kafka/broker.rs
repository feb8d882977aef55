//! A real broker: one for all tests of a binary, or one of its own for a test that hurts it.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tally::kafka::admin::{Admin, InputTime, Layout};
use tally::kafka::{Settings, Topics};

pub struct Broker {
    bootstrap: String,
    dir: PathBuf,
    /// Waits for the end of this process, however it comes (a Ctrl-C would reach it too), and then
    /// removes broker and data.
    undertaker: Child,
}

impl Broker {
    /// The one for tests that do not stop it. Each uses topics and groups of its own.
    pub fn shared() -> &'static Broker {
        static SHARED: OnceLock<Broker> = OnceLock::new();
        SHARED.get_or_init(Broker::start)
    }

    pub fn start() -> Broker {
        let dir = std::env::temp_dir().join(fresh("tally-broker"));
        std::fs::create_dir_all(&dir).unwrap();
        let undertaker = Command::new("sh")
            .args(["-c", r#"trap '' INT TERM HUP; read _; bash "$0" kill "$1"; rm -rf "$1""#])
            .args([script().as_path(), &dir])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let bootstrap = run("start", &dir);
        Broker { bootstrap, dir, undertaker }
    }

    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Lets it hang (SIGSTOP): connections stay, answers do not come.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// Kills it (SIGKILL) and starts it again at the same address, with its data.
    pub fn crash_and_restart(&self) {
        run("kill", &self.dir);
        // It is gone before its socket is.
        while TcpStream::connect(&self.bootstrap).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        run("start", &self.dir);
    }

    fn signal(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.dir.join("pid")).unwrap();
        assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    }

    /// Settings with topics and a group of their own; the topics are not created.
    pub fn settings(&self, name: &str) -> Settings {
        let name = fresh(name);
        let mut settings = Settings::new(&self.bootstrap, &name, "one");
        settings.topics = Topics {
            usage: format!("{name}-usage"),
            control: format!("{name}-control"),
            records: format!("{name}-records"),
            suspense: format!("{name}-suspense"),
            notices: format!("{name}-notices"),
            changelog: format!("{name}-changelog"),
        };
        settings.session_timeout = Duration::from_secs(6);
        settings.transaction_timeout = Duration::from_secs(10);
        settings.operation_timeout = Duration::from_secs(5);
        settings
    }

    /// The same with the topics created.
    pub fn topics(&self, name: &str, partitions: u32) -> Settings {
        let settings = self.settings(name);
        let layout = Layout { partitions, replication: 1, input_time: InputTime::CreateTime };
        Admin::connect(&settings, Duration::from_secs(30), &mut |_| {}).unwrap().create(&layout).unwrap();
        settings
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        drop(self.undertaker.stdin.take());
        let _ = self.undertaker.wait();
    }
}

/// A name that no other test uses.
pub fn fresh(name: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("{name}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/kafka.sh")
}

fn run(command: &str, dir: &Path) -> String {
    // Its output goes to a file: a pipe would stay open for as long as the broker runs.
    let log = dir.join("command.log");
    let out = std::fs::File::create(&log).unwrap();
    let status = Command::new("bash")
        .arg(script())
        .arg(command)
        .arg(dir)
        .env("TALLY_KAFKA_HEAP", "512m")
        .stdin(Stdio::null())
        .stdout(out)
        .status()
        .unwrap();
    assert!(status.success(), "kafka.sh {command} failed; see {}", dir.display());
    std::fs::read_to_string(log).unwrap().trim().to_owned()
}
