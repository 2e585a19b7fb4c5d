//! Word from other nodes that something ended. It only hastens what is polled anyway: a word that is lost, or an engine
//! that knows no NOTIFY, costs a fraction of a second.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Notify,
    task::JoinHandle,
};
use tokio_postgres::{AsyncMessage, Connection};

use super::{address::DatabaseUrl, connect, engine::Engine};

/// How long a listener that lost the database waits before it comes back.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells other nodes, and hears them.
#[derive(Debug)]
pub(super) struct News {
    heard: Arc<Notify>,
    is_telling: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl News {
    /// Listens, unless word is not wanted.
    pub(super) fn start(url: &DatabaseUrl, is_wanted: bool) -> Self {
        let heard = Arc::new(Notify::new());
        let listening = is_wanted.then(|| {
            let (url, heard) = (url.clone(), Arc::clone(&heard));
            tokio::spawn(async move {
                loop {
                    if let Err(error) = listen(&url, &heard).await {
                        tracing::debug!(%error, "word from other nodes does not come; they are asked instead");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            })
        });
        Self {
            heard,
            is_telling: Arc::new(AtomicBool::new(is_wanted)),
            listening,
        }
    }

    /// Comes with the next word.
    pub(super) fn heard(&self) -> Arc<Notify> {
        Arc::clone(&self.heard)
    }

    /// Sends word, as well as that goes.
    pub(super) fn tell(&self, engine: &Engine) {
        if !self.is_telling.load(Ordering::Relaxed) {
            return;
        }
        let telling = Arc::clone(&self.is_telling);
        let word = engine.read((), |db, ()| Box::pin(db.batch("NOTIFY evertill_news")));
        tokio::spawn(async move {
            if let Err(crate::store::StoreError::Remote(error)) = word.await {
                // The database answered, and will say the same next time.
                tracing::debug!(%error, "the database passes no word on");
                telling.store(false, Ordering::Relaxed);
            }
        });
    }
}

impl Drop for News {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

async fn listen(url: &DatabaseUrl, heard: &Notify) -> Result<(), tokio_postgres::Error> {
    let config = connect::config(url);
    match connect::tls_of(url) {
        Ok(None) => {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
            pass_on(&client, connection, heard).await
        }
        Ok(Some(tls)) => {
            let (client, connection) = config.connect(tls).await?;
            pass_on(&client, connection, heard).await
        }
        // The pool has said so when it was made.
        Err(_) => Ok(()),
    }
}

async fn pass_on<S, T>(
    client: &tokio_postgres::Client,
    mut connection: Connection<S, T>,
    heard: &Notify,
) -> Result<(), tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let hearing = async {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(_) = message? {
                heard.notify_waiters();
            }
        }
        Ok(())
    };
    let asking = async {
        client.batch_execute("LISTEN evertill_news").await?;
        // What ended while nobody listened.
        heard.notify_waiters();
        Ok(())
    };
    tokio::try_join!(hearing, asking)?;
    Ok(())
}
