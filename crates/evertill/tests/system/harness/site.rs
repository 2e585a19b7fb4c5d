//! A web site that is up and is no store.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// A site with one page.
#[derive(Debug)]
pub(crate) struct Site {
    url: String,
    task: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    // Whatever was asked for, there is one page.
                    let _asked = stream.read(&mut request).await;
                    let _hung_up = stream.write_all(PAGE).await;
                });
            }
        });
        Self { url, task }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const PAGE: &[u8] =
    b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\
Content-Length: 56\r\n\r\n<!doctype html><title>Garden club</title><h1>Welcome</h1>";
