use super::*;

#[track_caller]
fn best(text: &str) -> &'static str {
    search(text, 1).first().map_or("nothing", |hit| hit.code.as_str())
}

#[test]
fn server_codes_map_as_wcpos_maps_them() {
    for (server_code, expected) in [
        ("rest_forbidden", "AUTH201"),
        ("rest_cannot_view", "AUTH201"),
        ("rest_cannot_create", "AUTH201"),
        ("rest_cannot_edit", "AUTH201"),
        ("rest_cannot_delete", "AUTH201"),
        ("rest_forbidden_context", "AUTH201"),
        ("woocommerce_pos_rest_forbidden", "AUTH201"),
        ("woocommerce_rest_cannot_view", "AUTH201"),
        ("woocommerce_rest_cannot_create", "AUTH201"),
        ("woocommerce_rest_cannot_edit", "AUTH201"),
        ("woocommerce_rest_cannot_delete", "AUTH201"),
        ("rest_login_required", "AUTH101"),
        ("woocommerce_rest_authentication_error", "AUTH101"),
        ("jwt_auth_failed", "AUTH101"),
        ("jwt_auth_invalid_token", "AUTH101"),
        ("jwt_auth_expired_token", "AUTH101"),
        ("jwt_auth_bad_iss", "AUTH101"),
        ("jwt_auth_no_auth_header", "AUTH101"),
        ("rest_no_route", "AUTH311"),
        ("jwt_auth_bad_config", "AUTH301"),
        ("rest_invalid_param", "SYNC211"),
        ("rest_missing_callback_param", "SYNC211"),
        ("rest_invalid_json", "SYNC211"),
        ("woocommerce_rest_invalid_id", "SYNC211"),
        ("woocommerce_rest_product_invalid_id", "SYNC211"),
        ("woocommerce_rest_customer_invalid_id", "SYNC211"),
        ("woocommerce_rest_order_invalid_id", "SYNC211"),
        ("woocommerce_rest_invalid_product_sku", "SYNC211"),
        ("woocommerce_rest_invalid_image", "SYNC211"),
        ("jwt_auth_bad_request", "SYNC211"),
    ] {
        let mapped = from_server(Some(server_code), Some(500));
        assert_eq!(mapped.code.as_str(), expected, "{server_code}");
        assert_eq!(mapped.by, MappedBy::ServerCode);
    }
}

#[test]
fn a_refused_access_token_has_an_entry_of_its_own() {
    let mapped = from_server(Some("woocommerce_pos_rest_unauthorized"), Some(401));
    assert_eq!(mapped.code, Code::TOKEN_INVALID);
}

#[test]
fn the_status_decides_where_the_server_code_does_not() {
    for (status, expected) in [
        (Some(400), "SYNC211"),
        (Some(401), "AUTH101"),
        (Some(403), "AUTH201"),
        (Some(404), "AUTH311"),
        (Some(429), "SYNC141"),
        (Some(500), "SYNC131"),
        (Some(599), "SYNC131"),
        (Some(409), "CLIENT999"),
        (None, "CLIENT999"),
    ] {
        let mapped = from_server(None, status);
        assert_eq!(mapped.code.as_str(), expected, "{status:?}");
        assert_eq!(mapped.by, MappedBy::Status);
    }
}

#[test]
fn a_server_code_that_nobody_knows_is_flagged_and_one_that_is_no_word_left_aside() {
    let unknown = from_server(Some("my_plugin_says_no"), Some(403));
    assert_eq!(
        (unknown.code.as_str(), unknown.by),
        ("AUTH201", MappedBy::StatusOfUnknownCode)
    );
    for word in ["", "has blanks", "<b>", &"x".repeat(65)] {
        assert_eq!(
            from_server(Some(word), Some(403)).by,
            MappedBy::StatusOfInvalidCode,
            "{word}"
        );
    }
}

#[test]
fn messages_people_paste_lead_to_their_code() {
    for (text, expected) in [
        ("Refresh token has been revoked", "API02008"),
        ("Signature verification failed", "API02008"),
        ("Expired token", "API02009"),
        (
            "Cannot handle token with iat prior to 2026-11-23T10:02:00+0000",
            "API06003",
        ),
        (
            "cURL error 28: Operation timed out after 15001 milliseconds with 0 bytes received",
            "API01001",
        ),
        ("cURL error 6: Could not resolve host: shop.example", "API01004"),
        (
            "cURL error 60: SSL certificate problem: certificate has expired",
            "API01005",
        ),
        ("Error establishing a database connection", "API01008"),
        ("<h1>Error establishing a database connection</h1>", "API01008"),
        ("Token Refresh Failed", "API02007"),
        ("TOKEN_REFRESH_FAILED", "API02007"),
        ("Request still unauthorized after token refresh", "API02003"),
        (
            "{\"code\":\"rest_no_route\",\"message\":\"x\",\"data\":{\"status\":404}}",
            "AUTH311",
        ),
        ("woocommerce_pos_rest_unauthorized", "API02003"),
        ("Sorry, you are not allowed to do that.", "API02005"),
        (
            "SyntaxError: Unexpected token < in JSON at position 0",
            "API04001",
        ),
        ("Just a moment...", "API04001"),
        ("bind: Address already in use (os error 98)", "SY01005"),
        ("No space left on device (os error 28)", "SY01002"),
        ("api02007 again this morning", "API02007"),
        ("Did PRINT301 come from the cable?", "PRINT301"),
    ] {
        assert_eq!(best(text), expected, "{text}");
    }
}

#[test]
fn loose_words_find_the_entry_they_speak_of() {
    for (text, expected) in [
        ("could not renew the session", "API02007"),
        ("printer is not found", "PRINT301"),
        ("disk full", "SY01002"),
        ("card machine not paired", "PAYMENT401"),
        ("device offline", "API01007"),
    ] {
        let hits = search(text, 3);
        assert!(
            hits.iter().any(|hit| hit.code.as_str() == expected),
            "{text}: {hits:?}"
        );
    }
}

#[test]
fn nonsense_finds_nothing() {
    for text in ["", "   ", "zzzz qqqq", "the and for", "\u{1F600}"] {
        assert_eq!(search(text, 5), [], "{text}");
    }
}

#[test]
fn a_code_inside_a_longer_word_is_not_taken_for_it() {
    assert!(search("XAPI020078", 5).iter().all(|hit| hit.by != HitBy::Code));
}

#[test]
fn every_known_text_of_an_entry_finds_it_among_the_first_five() {
    for entry in catalogue::entries() {
        for phrase in entry.phrases {
            let hits = search(phrase, 5);
            assert!(
                hits.iter().any(|hit| hit.code == entry.code),
                "{}: {phrase}: {hits:?}",
                entry.code
            );
        }
    }
}

#[test]
fn a_huge_text_is_read_from_its_beginning_only() {
    let text = format!(
        "Refresh token has been revoked {}",
        "lorem ipsum ".repeat(100_000)
    );
    assert_eq!(best(&text), "API02008");
}
