//! A real WordPress on this machine: PHP's own server, a database of its own, everything in a temporary directory.
//!
//! Nothing is installed here; where a part is missing the scenarios say so and end. `cargo xtask test` provides the
//! parts where it is allowed to.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{until, world::text};

/// A site that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct WordPress {
    database: Child,
    php: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl WordPress {
    /// Brings a fresh site up; `None`, said aloud, where a part is missing.
    #[expect(clippy::print_stderr, reason = "a scenario that is left out says so")]
    pub(crate) async fn start() -> Option<Self> {
        let Some(source) = source().filter(|_| {
            ["php", "mariadbd", "mariadb-install-db"]
                .iter()
                .all(|it| runs(it))
        }) else {
            eprintln!(
                "left out: no WordPress, PHP or MariaDB here; `cargo xtask test` provides them on Debian, or name an \
                 unpacked WordPress in EVERTILL_WORDPRESS"
            );
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary directory");
        let database = database(folder.path()).await;
        let address = free_address();
        lay_out(&source, folder.path(), address);
        let php = Command::new("php")
            .args(["-S", &address.to_string(), "-t", "site", "router.php"])
            .env("PHP_CLI_SERVER_WORKERS", "4")
            .current_dir(folder.path())
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(log(folder.path(), "php"))
            .spawn()
            .expect("PHP starts");
        let site = Self {
            database,
            php,
            address,
            folder,
        };
        until("the site to listen", || async {
            std::net::TcpStream::connect(site.address).ok()
        })
        .await;
        Some(site)
    }

    /// Address of the site.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts a file into the site, or takes it away.
    pub(crate) fn file(&self, path: &str, content: Option<&str>) {
        let path = self.folder.path().join("site").join(path);
        match content {
            Some(content) => {
                fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
                fs::write(path, content).expect("the site takes files");
            }
            None => fs::remove_file(path).expect("the file was there"),
        }
    }

    /// The directory of the site.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// The socket its database listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// Says something to the site's database as its owner; the last column of what comes back.
    pub(crate) fn sql(&self, statement: &str) -> Vec<String> {
        let script = "mysqli_report(MYSQLI_REPORT_ERROR|MYSQLI_REPORT_STRICT);\
                      $db=new mysqli('localhost','root','','wp',0,$argv[1]);$found=$db->query($argv[2]);\
                      if($found!==true)foreach($found as $row)echo end($row),\"\\n\";";
        let output = Command::new("php")
            .args(["-r", script, "--", text(&self.socket()), statement])
            .output()
            .expect("PHP runs");
        assert!(
            output.status.success(),
            "{statement}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .expect("the database answers in text")
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Ends the database the way a crash does.
    pub(crate) fn kill_database(&mut self) {
        end(&mut self.database);
    }
}

impl Drop for WordPress {
    fn drop(&mut self) {
        // Its workers do not end with it, so the whole group is asked to.
        let _asked = Command::new("kill")
            .args(["-TERM", "--", &format!("-{}", self.php.id())])
            .status();
        let _reaped = self.php.wait();
        end(&mut self.database);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _gone = child.kill();
    let _reaped = child.wait();
}

/// An unpacked WordPress.
fn source() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let named = std::env::var_os("EVERTILL_WORDPRESS").map(PathBuf::from);
    [
        named,
        Some(target.join("wordpress/usr/share/wordpress")),
        Some(PathBuf::from("/usr/share/wordpress")),
    ]
    .into_iter()
    .flatten()
    .find(|place| place.join("wp-settings.php").is_file())
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn log(folder: &Path, name: &str) -> File {
    File::create(folder.join(format!("{name}.log"))).expect("the folder takes files")
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a listener has an address")
}

/// A database server that listens on a socket in the folder and nowhere else.
async fn database(folder: &Path) -> Child {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let mut words = vec![
        "--no-defaults".to_owned(),
        format!("--datadir={}", text(&folder.join("db"))),
    ];
    if is_root {
        words.push("--user=root".to_owned());
    }
    let made = Command::new("mariadb-install-db")
        .args(&words)
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
        .stdout(Stdio::null())
        .stderr(log(folder, "install-db"))
        .status();
    assert!(
        made.expect("the program runs").success(),
        "the database can be made"
    );
    let child = Command::new("mariadbd")
        .args(&words)
        .arg(format!("--socket={}", text(&folder.join("s"))))
        .args(["--skip-networking", "--innodb-flush-log-at-trx-commit=0"])
        .stdout(Stdio::null())
        .stderr(log(folder, "database"))
        .spawn()
        .expect("the database starts");
    until("the database to listen", || async {
        folder.join("s").exists().then_some(())
    })
    .await;
    child
}

/// Copies WordPress, configures it and installs the site.
fn lay_out(source: &Path, folder: &Path, address: SocketAddr) {
    // Parts that a distribution keeps elsewhere are links that lead nowhere here; the site does without them.
    let _some_links_dangle = Command::new("cp")
        .args(["-rL", text(source), text(&folder.join("site"))])
        .stderr(Stdio::null())
        .status();
    let _a_link = fs::remove_file(folder.join("site/wp-config.php"));
    let url = format!("http://{address}");
    let socket = text(&folder.join("s")).to_owned();
    let config = format!(
        "<?php\ndefine('DB_NAME','wp');define('DB_USER','root');define('DB_PASSWORD','');\
         define('DB_HOST','localhost:{socket}');define('DB_CHARSET','utf8mb4');define('DB_COLLATE','');\
         define('WP_HOME','{url}');define('WP_SITEURL','{url}');define('DISABLE_WP_CRON',true);\
         define('WP_HTTP_BLOCK_EXTERNAL',true);define('AUTOMATIC_UPDATER_DISABLED',true);\n$table_prefix='wp_';\n\
         if(!defined('ABSPATH'))define('ABSPATH',__DIR__.'/');\nrequire_once ABSPATH.'wp-settings.php';\n"
    );
    fs::write(folder.join("site/wp-config.php"), config).expect("the site takes files");
    let install = format!(
        "<?php\n$db=new mysqli('localhost','root','','',0,'{socket}');$db->query('CREATE DATABASE wp');\n\
         define('WP_INSTALLING',true);$_SERVER['HTTP_HOST']='{address}';\n\
         require __DIR__.'/site/wp-load.php';require ABSPATH.'wp-admin/includes/upgrade.php';\n\
         wp_install('Test shop','owner','owner@shop.example',true,'','a password of a test');\n\
         update_option('permalink_structure','/%postname%/');\n"
    );
    fs::write(folder.join("install.php"), install).expect("the folder takes files");
    let router = "<?php\n$path=parse_url($_SERVER['REQUEST_URI'],PHP_URL_PATH);\n\
         if($path!=='/'&&is_file(__DIR__.'/site'.$path))return false;\n\
         $_SERVER['SCRIPT_NAME']='/index.php';require __DIR__.'/site/index.php';\n";
    fs::write(folder.join("router.php"), router).expect("the folder takes files");
    let installed = Command::new("php")
        .args(["-d", "sendmail_path=/bin/true", "install.php"])
        .current_dir(folder)
        .stdout(log(folder, "install"))
        .stderr(Stdio::null())
        .status();
    assert!(
        installed.expect("PHP runs").success(),
        "WordPress can be installed"
    );
}
