//! Carrying bodies: a short one is kept for a repetition, a long one streams, and answers stream always.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use evertill_client::passage::{Passed, Passing, PassingBody};
use evertill_client::{ClientError, Passage};
use futures_util::stream;
use http_body::{Frame, SizeHint};
use tokio::sync::SemaphorePermit;

use crate::answers;

/// Longest body that is kept to be sent a second time, in bytes: a batch of a hundred products fits.
const KEPT_BYTES_MAX: usize = 1024 * 1024;

/// Passes a request on and brings the answer back. The place is given up when the head of the answer is there.
pub(crate) async fn pass(
    passage: &Passage,
    request: Request,
    route: String,
    query: String,
    place: Option<SemaphorePermit<'_>>,
) -> Result<Response, ClientError> {
    let (head, body) = request.into_parts();
    let Some(body) = keep_or_stream(body).await else {
        return Ok(answers::broken_off());
    };
    let answer = passage
        .send(Passing {
            method: head.method,
            route,
            query,
            headers: head.headers,
            body,
        })
        .await;
    drop(place);
    let mut answer = answer?;
    let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
    let mut response = Response::new(stream_back(answer));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn stream_back(answer: Passed) -> Body {
    Body::from_stream(stream::unfold(Some(answer), async |answer| {
        let mut answer = answer?;
        match answer.chunk().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(answer))),
            Ok(None) => None,
            Err(failure) => {
                tracing::warn!(code = %failure.code(), "an answer broke off: {failure}");
                Some((Err(failure), None))
            }
        }
    }))
}

/// Keeps a body that turns out to be short. One that announces its length decides at once; of the others the
/// beginning is read. Nothing when the caller hung up in the middle.
async fn keep_or_stream(mut body: Body) -> Option<PassingBody> {
    let announced = body.size_hint().exact();
    let mut beginning = BytesMut::new();
    if announced.is_none_or(|length| length <= KEPT_BYTES_MAX as u64) {
        while beginning.len() <= KEPT_BYTES_MAX {
            let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            match frame {
                None => return Some(PassingBody::Kept(beginning.freeze())),
                Some(frame) => {
                    if let Ok(bytes) = frame.ok()?.into_data() {
                        beginning.extend_from_slice(&bytes);
                    }
                }
            }
        }
    }
    Some(PassingBody::Streamed(reqwest::Body::wrap(Upload {
        beginning: beginning.freeze(),
        rest: Mutex::new(body),
    })))
}

/// A long body on its way: what was read of it already, then the rest. The lock is never waited for, because whoever
/// polls has the body to itself; it makes the body shareable in the eyes of the compiler.
struct Upload {
    beginning: Bytes,
    rest: Mutex<Body>,
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.beginning.is_empty() {
            let beginning = std::mem::take(&mut self.beginning);
            return Poll::Ready(Some(Ok(Frame::data(beginning))));
        }
        let rest = self.rest.get_mut().unwrap_or_else(PoisonError::into_inner);
        Pin::new(rest).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self
            .rest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint();
        let mut hint = SizeHint::default();
        hint.set_lower(rest.lower() + self.beginning.len() as u64);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + self.beginning.len() as u64);
        }
        hint
    }
}
