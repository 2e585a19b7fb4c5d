//! A store that answers what it is told to, and writes down what it was asked.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Front,
    /// `/wp-json/` itself and everything below it, for sites with plain permalinks.
    WpJson,
    Index,
    Site,
    Ping,
    Echo,
    AuthTest,
    Protected,
    Refresh,
    SignIn,
    /// Every request.
    Everything,
    /// Every request to the interface.
    Interface,
}

/// How a request ends.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Says(u16, Vec<(String, String)>, String),
    /// The connection stays open and nothing comes.
    Nothing,
    /// The connection is closed at once.
    Cut,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Says(
            status,
            vec![("content-type".into(), "application/json; charset=UTF-8".into())],
            body.into(),
        )
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::Says(
            status,
            vec![("content-type".into(), "text/html; charset=UTF-8".into())],
            body.into(),
        )
    }

    pub(crate) fn leads_to(target: &str) -> Self {
        Self::Says(302, vec![("location".into(), target.into())], String::new())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Says(_, headers, _) = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }
}

/// What the store does differently from a healthy one.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) replies: Vec<(Route, Reply)>,
    pub(crate) strips_header: bool,
    pub(crate) strips_parameter: bool,
    pub(crate) announces_https: bool,
    pub(crate) namespaces: &'static str,
    pub(crate) wcpos_version: &'static str,
    pub(crate) ahead_s: i64,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            replies: Vec::new(),
            strips_header: false,
            strips_parameter: false,
            announces_https: false,
            namespaces: r#"["wcpos/v2","wc/v3"]"#,
            wcpos_version: "1.10.0",
            ahead_s: 0,
        }
    }
}

impl Script {
    pub(crate) fn answer(&mut self, route: Route, reply: Reply) {
        self.replies.push((route, reply));
    }
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The running store.
pub(crate) struct Store {
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
}

impl Store {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (script, seen) = (Arc::new(script), log.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (script, seen) = (script.clone(), seen.clone());
                // A client that goes away in the middle is part of the game.
                tokio::spawn(async move {
                    let _ = serve(socket, address, &script, &seen).await;
                });
            }
        });
        Self { address, log }
    }

    pub(crate) fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    address: SocketAddr,
    script: &Script,
    log: &Mutex<Vec<Asked>>,
) -> io::Result<()> {
    let Some(asked) = read(&mut socket).await? else {
        return Ok(());
    };
    let reply = reply(&asked, address, script);
    log.lock().unwrap().push(asked.clone());
    match reply {
        Reply::Cut => Ok(()),
        Reply::Nothing => {
            // Ends when the client has had enough.
            let _ = socket.read(&mut [0; 1]).await?;
            Ok(())
        }
        Reply::Says(status, headers, body) => {
            let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(script.ahead_s);
            text.push_str(&format!(
                "date: {}\r\n",
                now.strftime("%a, %d %b %Y %H:%M:%S GMT")
            ));
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            let body = if asked.method == "HEAD" {
                String::new()
            } else {
                body
            };
            text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
            socket.write_all(text.as_bytes()).await?;
            socket.shutdown().await
        }
    }
}

async fn read(socket: &mut TcpStream) -> io::Result<Option<Asked>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = socket.read(&mut piece).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length: usize = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(str::to_owned)
            })
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let mut words = head.split(' ');
            return Ok(Some(Asked {
                method: words.next().unwrap_or_default().to_owned(),
                target: words.next().unwrap_or_default().to_owned(),
                head: head.to_owned(),
                body: body.to_owned(),
            }));
        }
    }
}

fn route(target: &str) -> (Route, bool) {
    let is_pretty = target.starts_with("/wp-json");
    let is_interface = is_pretty || target.contains("rest_route=");
    let route = [
        ("wcpos/v2/site", Route::Site),
        ("wcpos/v2/ping", Route::Ping),
        ("wcpos/v2/echo", Route::Echo),
        ("wcpos/v2/auth/test", Route::AuthTest),
        ("wcpos/v2/auth/sessions", Route::Protected),
        ("wcpos/v2/auth/refresh", Route::Refresh),
        ("/wcpos-auth", Route::SignIn),
    ]
    .into_iter()
    .find(|(part, _)| target.contains(part))
    .map(|(_, route)| route);
    match route {
        Some(route) => (route, is_pretty),
        None if is_interface => (Route::Index, is_pretty),
        None => (Route::Front, false),
    }
}

fn reply(asked: &Asked, address: SocketAddr, script: &Script) -> Reply {
    let (route, is_pretty) = route(&asked.target);
    let is_interface = !matches!(route, Route::Front | Route::SignIn);
    let told = script.replies.iter().find(|(about, _)| {
        *about == route
            || *about == Route::Everything
            || (*about == Route::Interface && is_interface)
            || (*about == Route::WpJson && is_pretty)
    });
    match told {
        Some((_, reply)) => reply.clone(),
        None => healthy(route, asked, address, script),
    }
}

fn healthy(route: Route, asked: &Asked, address: SocketAddr, script: &Script) -> Reply {
    let has_header = asked.head.to_ascii_lowercase().contains("\r\nauthorization:") && !script.strips_header;
    let has_parameter = asked.target.contains("authorization=") && !script.strips_parameter;
    let scheme = if script.announces_https { "https" } else { "http" };
    match route {
        Route::Front => Reply::html(
            200,
            "<!DOCTYPE html><html><head><title>Shop</title></head></html>",
        )
        .with(
            "link",
            &format!("<http://{address}/wp-json/>; rel=\"https://api.w.org/\""),
        ),
        Route::Site | Route::Index => Reply::json(
            200,
            &format!(
                r#"{{"uuid":"u1","name":"Shop","url":"http://{address}","home":"http://{address}","gmt_offset":"0",
                "wp_version":"7.1","wc_version":"10.0.2","wcpos_version":"{}","namespaces":{},"authentication":
                {{"wcpos":{{"endpoints":{{"authorization":"{scheme}://{address}/wcpos-auth/"}}}}}}}}"#,
                script.wcpos_version, script.namespaces
            ),
        ),
        Route::Ping => Reply::json(200, r#"{"ok":true,"ts":1,"v":"1.10.0","pressure":"low"}"#),
        Route::Echo => Reply::json(
            200,
            &format!(
                r#"{{"v":1,"headers":{{"authorization":{{"received":{has_header},"length":1}}}},"params":{{"authorization":{has_parameter}}}}}"#
            ),
        ),
        Route::AuthTest => Reply::json(
            200,
            &format!(
                r#"{{"status":"success","received_header_auth":{has_header},"received_param_auth":{has_parameter}}}"#
            ),
        ),
        Route::Protected if has_header || has_parameter => Reply::json(
            200,
            r#"{"user_id":3,"sessions":[{"jti":"s1","created":1,"last_active":1,"expires":9,"is_current":true}]}"#,
        ),
        Route::Protected => Reply::json(
            401,
            r#"{"code":"woocommerce_pos_rest_unauthorized","message":"No.","data":{"status":401}}"#,
        ),
        Route::Refresh => Reply::json(
            200,
            r#"{"access_token":"e30.e30.c2ln","token_type":"Bearer","expires_in":1800,"expires_at":4102444800}"#,
        ),
        Route::SignIn => Reply::html(
            200,
            "<!DOCTYPE html><html><head><title>WooCommerce POS Login</title></head>\
             <body><input name=\"wcpos-log\"></body></html>",
        ),
        Route::WpJson | Route::Everything | Route::Interface => Reply::Cut,
    }
}
