//! Refusals of a store that signs them.

use evertill_wire::{
    Code, RefreshToken, json,
    rest::{auth::EndedSession, site::SignedVerdicts},
    verdict,
};
use serde_json::Value;

use super::{Answer, RawAnswer, Refusal, Trouble, TroubleKind, read, reason_called};

/// Reads the answer to `POST auth/refresh` of a store that signs its refusals, to a request that presented `token`. A
/// refusal without a signature that checks is trouble: somebody else wrote it.
#[must_use]
pub fn read_signed(raw: &RawAnswer<'_>, keys: &SignedVerdicts, token: &RefreshToken) -> Answer {
    match read(raw) {
        Answer::Refused(refusal) => match prove(raw, keys, token) {
            Ok(claims) => Answer::Refused(signed(refusal, claims)),
            Err(unproved) => Answer::Trouble(Trouble::new(
                Code::INVALID_RESPONSE_FORMAT,
                TroubleKind::Blocked,
                format!("a refusal came that does not prove to be the store's: {unproved}"),
            )),
        },
        answer @ (Answer::Renewed(_) | Answer::Trouble(_)) => answer,
    }
}

fn prove(
    raw: &RawAnswer<'_>,
    keys: &SignedVerdicts,
    token: &RefreshToken,
) -> Result<verdict::Claims, verdict::Unproved> {
    let body = json::read(raw.body);
    let verdict = body
        .value()
        .and_then(|value| value.get("verdict"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    verdict::check(verdict, keys, token)
}

/// What was signed is what counts; the body round it only adds words.
fn signed(refusal: Refusal, claims: verdict::Claims) -> Refusal {
    let beside = refusal
        .ended
        .filter(|ended| ended.reason == claims.reason)
        .unwrap_or_default();
    Refusal {
        reason: reason_called(&claims.reason).unwrap_or(refusal.reason),
        words: refusal.words,
        ended: Some(EndedSession {
            session: claims.sub,
            reason: claims.reason,
            by: claims.by,
            by_role: beside.by_role,
            note: claims.note,
            at: claims.at,
        }),
        is_signed: true,
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use evertill_wire::rest::site::Jwk;
    use serde_json::json;

    use super::*;
    use crate::answer::Reason;

    fn keys(seed: u8) -> (SigningKey, SignedVerdicts) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = Jwk::ed25519("k1", key.verifying_key().as_bytes());
        (key, SignedVerdicts { keys: vec![public] })
    }

    fn refusal(verdict: Option<&str>) -> Vec<u8> {
        let mut body =
            json!({"error": "invalid_grant", "error_description": "Refresh token has been revoked"});
        if let Some(verdict) = verdict {
            body["verdict"] = verdict.into();
        }
        body.to_string().into_bytes()
    }

    fn raw(body: &[u8]) -> RawAnswer<'_> {
        RawAnswer {
            status: 401,
            headers: &[("content-type", "application/json")],
            body,
        }
    }

    fn verdict(key: &SigningKey, token: &RefreshToken) -> String {
        let claims = verdict::Claims {
            sub: "s1".into(),
            rth: verdict::token_hash(token),
            reason: "theft".into(),
            at: 77,
            by: "Ann".into(),
            note: "lost device".into(),
            ..verdict::Claims::default()
        };
        verdict::seal(&claims, "k1", |bytes| key.sign(bytes).to_bytes())
    }

    #[test]
    fn a_refusal_with_the_stores_signature_is_believed_and_tells_who_and_why() {
        let (key, announced) = keys(1);
        let token = RefreshToken::new("r");
        let body = refusal(Some(&verdict(&key, &token)));
        let Answer::Refused(refusal) = read_signed(&raw(&body), &announced, &token) else {
            panic!("not believed")
        };
        assert!(refusal.is_signed);
        assert_eq!(refusal.reason, Reason::Ended);
        let ended = refusal.ended.unwrap();
        assert_eq!(
            (ended.by.as_str(), ended.note.as_str(), ended.at),
            ("Ann", "lost device", 77)
        );
    }

    #[test]
    fn a_refusal_without_it_is_trouble_and_the_session_stays() {
        let (key, announced) = keys(1);
        let (stranger, _) = keys(2);
        let token = RefreshToken::new("r");
        let another = RefreshToken::new("another");
        for verdict in [
            None,
            Some(verdict(&stranger, &token)),
            Some(verdict(&key, &another)),
        ] {
            let body = refusal(verdict.as_deref());
            let Answer::Trouble(trouble) = read_signed(&raw(&body), &announced, &token) else {
                panic!("believed: {verdict:?}")
            };
            assert_eq!(trouble.cause, Code::INVALID_RESPONSE_FORMAT);
            assert_eq!(trouble.kind, TroubleKind::Blocked);
        }
    }

    #[test]
    fn a_renewal_needs_no_signature() {
        let (_, announced) = keys(1);
        let body = br#"{"access_token":"a","expires_in":60}"#;
        let raw = RawAnswer {
            status: 200,
            ..raw(body)
        };
        let answer = read_signed(&raw, &announced, &RefreshToken::new("r"));
        assert!(matches!(answer, Answer::Renewed(_)));
    }
}
