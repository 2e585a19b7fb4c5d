//! One write of one sale as a request.

use evertill_sale::booked::StoreReply;
use evertill_sale::outbox::Write;
use evertill_sale::sale::PaidSale;
use evertill_wire::Code;

use crate::session::Session;

const ROUTE: &str = "wcpos/v2/push/orders";

/// Sends it and says what came back.
pub(super) async fn post(session: &Session, sale: &PaidSale, write: &Write) -> StoreReply {
    let envelope = write.envelope(sale);
    let key = envelope.mutation_id.to_string();
    let base = envelope
        .base_revision
        .as_ref()
        .map(|revision| format!("\"{revision}\""));
    let mut headers = vec![("idempotency-key", key.as_str())];
    if let Some(base) = &base {
        headers.push(("if-match", base));
    }
    let body = match serde_json::to_value(&envelope) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, sale.id = %sale.uuid(), "could not write a sale down");
            return StoreReply::NoAnswer {
                code: Code::SERVICE_UNAVAILABLE,
            };
        }
    };
    match session.api().post(ROUTE, &headers, &body).await {
        Ok(answer) => StoreReply::Answer {
            status: answer.status,
            retry_after_s: answer.header("retry-after").trim().parse().ok(),
            body: answer.body,
        },
        Err(error) => StoreReply::NoAnswer { code: error.code() },
    }
}
