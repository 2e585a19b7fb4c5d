//! What can happen to one exchange on its way, byte by byte.

use std::{future::Future, time::Duration};

use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

/// What happens to an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The store never sees the request.
    DropBefore,
    /// The store acts, and its reply is lost.
    DropAfter,
    /// The store acts, and the connection is reset.
    Reset,
    /// The reply ends in the middle.
    Truncate,
    /// Something that is no HTTP comes back.
    Garbage,
    /// The reply comes after this pause.
    Delay(Duration),
    /// The reply comes in single bytes with long pauses.
    SlowLoris,
}

/// Bytes that no protocol begins with.
const GARBAGE: &[u8] = &[
    0x13, 0x37, 0xff, 0x00, 0x0d, 0x0a, 0x7f, 0xc0, 0x0d, 0x0a, 0x0d, 0x0a,
];

/// The pause between two bytes of a slow reply.
const TRICKLE: Duration = Duration::from_millis(700);

/// Plays a fault on a connection; `exchange` has the store answer.
pub(crate) async fn play<F>(fault: Fault, mut client: TcpStream, exchange: impl FnOnce() -> F)
where
    F: Future<Output = Option<Vec<u8>>>,
{
    if fault == Fault::DropBefore {
        return;
    }
    let Some(reply) = exchange().await else { return };
    // A client that hung up meanwhile is one of the things that happen; so everywhere below.
    match fault {
        Fault::DropBefore | Fault::DropAfter => {}
        Fault::Reset => {
            let _ = client.set_zero_linger();
        }
        Fault::Truncate => {
            let _ = client
                .write_all(&reply[..reply.len() - reply.len() / 8 - 1])
                .await;
        }
        Fault::Garbage => {
            let _ = client.write_all(GARBAGE).await;
        }
        Fault::Delay(pause) => {
            sleep(pause).await;
            let _ = client.write_all(&reply).await;
        }
        Fault::SlowLoris => {
            for byte in reply {
                if client.write_all(&[byte]).await.is_err() {
                    return;
                }
                sleep(TRICKLE).await;
            }
        }
    }
}
