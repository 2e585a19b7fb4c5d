//! A stream that gives up on who dawdles: over a request's head, between requests, or over an answer.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep, sleep_until},
};

/// How long what may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The head of a request, from its first byte; on a new connection from the start.
    pub(crate) head: Duration,
    /// Nothing at all between two requests.
    pub(crate) idle: Duration,
    /// The other side taking no byte of an answer.
    pub(crate) write: Duration,
}

const IDLE: u64 = 0;
const HEAD: u64 = 1;
const ANSWERING: u64 = 2;

/// What a connection is doing, in the lowest two bits; above them, how many times that changed.
#[derive(Debug, Clone)]
pub(super) struct Beat(Arc<AtomicU64>);

impl Beat {
    fn turn(&self, to: u64) {
        // One task owns a connection; nobody turns at the same time.
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(((before >> 2) + 1) << 2 | to, Ordering::Relaxed);
    }

    /// A request was understood; it lasts until the value is dropped.
    pub(super) fn request(&self) -> Answering {
        self.turn(ANSWERING);
        Answering(self.clone())
    }
}

/// A request under way.
pub(super) struct Answering(Beat);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.turn(IDLE);
    }
}

/// The stream.
pub(super) struct Paced<S> {
    stream: S,
    pace: Pace,
    beat: Beat,
    /// The beat that `until` was set for.
    timed: u64,
    /// When the other side has dawdled.
    until: Instant,
    /// Comes at `until` or before it. It is set again only when it has come: moving it with each request would cost
    /// more than the request's head.
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Pace) -> (Self, Beat) {
        let beat = Beat(Arc::new(AtomicU64::new(HEAD)));
        let until = Instant::now() + pace.head;
        let paced = Self {
            stream,
            pace,
            beat: beat.clone(),
            timed: HEAD,
            until,
            reading: Box::pin(sleep_until(until)),
            writing: None,
        };
        (paced, beat)
    }

    /// Whether the other side dawdled over what it sends.
    fn poll_reading(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let beat = self.beat.0.load(Ordering::Relaxed);
        let longest = match beat & 3 {
            IDLE => self.pace.idle,
            HEAD => self.pace.head,
            _ => return Poll::Pending,
        };
        if beat != self.timed {
            self.timed = beat;
            self.until = Instant::now() + longest;
            if self.until < self.reading.deadline() {
                self.reading.as_mut().reset(self.until);
            }
        }
        ready!(self.reading.as_mut().poll(context));
        if self.reading.deadline() < self.until {
            let until = self.until;
            self.reading.as_mut().reset(until);
            ready!(self.reading.as_mut().poll(context));
        }
        match beat & 3 {
            // The end of a stream, for whoever reads it: nothing was under way.
            IDLE => Poll::Ready(Ok(())),
            _ => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
        }
    }

    /// Whether the other side takes nothing of what it asked for.
    fn poll_writing<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        let longest = self.pace.write;
        let writing = self.writing.get_or_insert_with(|| Box::pin(sleep(longest)));
        ready!(writing.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, into) {
            Poll::Pending => self.poll_reading(context),
            Poll::Ready(result) => {
                let is_idle = self.beat.0.load(Ordering::Relaxed) & 3 == IDLE;
                if is_idle && into.filled().len() > before {
                    self.beat.turn(HEAD);
                }
                Poll::Ready(result)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.poll_writing(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.poll_writing(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.poll_writing(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(context);
        self.poll_writing(context, closed)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const PACE: Pace = Pace {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        write: Duration::from_secs(20),
    };

    #[tokio::test(start_paused = true)]
    async fn a_head_that_dribbles_is_given_up_however_often_a_byte_comes() {
        let (mut far, near) = duplex(64);
        let (mut near, _beat) = Paced::new(near, PACE);
        let began = Instant::now();
        let dribbling = tokio::spawn(async move {
            while far.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let error = loop {
            match near.read_u8().await {
                Ok(byte) => assert_eq!(byte, b'x'),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 10);
        dribbling.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_lie_unused_longer_than_a_head_may_take() {
        let (mut far, near) = duplex(64);
        let (mut near, beat) = Paced::new(near, PACE);
        far.write_all(b"a").await.unwrap();
        assert_eq!(near.read_u8().await.unwrap(), b'a');
        drop(beat.request());
        let began = Instant::now();
        let mut rest = Vec::new();
        assert_eq!(
            near.read_to_end(&mut rest).await.unwrap(),
            0,
            "the end, not an error"
        );
        assert_eq!(began.elapsed().as_secs(), 75);
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_has_its_own_time_for_its_head() {
        let (mut far, near) = duplex(64);
        let (mut near, beat) = Paced::new(near, PACE);
        for _ in 0..20 {
            far.write_all(b"a").await.unwrap();
            assert_eq!(near.read_u8().await.unwrap(), b'a');
            sleep(Duration::from_secs(3)).await;
            drop(beat.request());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_an_answer_is_given_up() {
        let (_far, near) = duplex(8);
        let (mut near, _beat) = Paced::new(near, PACE);
        let began = Instant::now();
        let error = near.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 20);
    }
}
