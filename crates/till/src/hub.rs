//! Who wants to know that something changed: the open pages.

use tokio::sync::broadcast;

/// News that a page may lag behind; a page that does is told everything at once.
const NEWS_MAX: usize = 64;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// The state bar.
    Bar,
    /// The session.
    Session,
    /// The sales and how they get on.
    Sales,
}

/// Tells every open page.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    news: broadcast::Sender<News>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            news: broadcast::channel(NEWS_MAX).0,
        }
    }

    /// Tells what changed; the state bar always comes along.
    pub(crate) fn tell(&self, news: News) {
        // An error means that no page is open.
        let _ = self.news.send(news);
        if news != News::Bar {
            let _ = self.news.send(News::Bar);
        }
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }
}
