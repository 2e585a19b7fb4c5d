//! What to do, in words: one function for each thing that can be done. Pure.

use evertill_wire::Code;

use crate::finding::{Action, Fixer, Remedy};

/// Lines that let the `Authorization` header through to PHP.
const HEADER_LINES: &str = "\
# Apache, in .htaccess above WordPress' own lines
SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1

# nginx, beside the other fastcgi_param lines
fastcgi_param HTTP_AUTHORIZATION $http_authorization;";

/// What a firewall has to let through.
const PATHS: &str = "\
/wp-json/wcpos/
/wp-json/wc/
/wcpos-auth/
?rest_route=/wcpos/";

/// The remedy the catalogue of codes has.
pub(crate) fn of_code(code: Code, who: Fixer) -> Remedy {
    Remedy::new(who, code.entry().remedy)
}

/// What to say and to do when nobody answers.
pub(crate) fn silence(code: Code) -> (String, Remedy) {
    let sentence = match code {
        Code::CONNECTION_REFUSED => "A machine answers at the store's address and refuses the connection.",
        Code::CONNECTION_TIMEOUT => "Nothing comes back from the store's address.",
        Code::DEVICE_OFFLINE => "This device has no network connection.",
        Code::NETWORK_UNREACHABLE => "No way leads from this network to the store.",
        Code::DNS_RESOLUTION_FAILED => "The store's name leads nowhere.",
        Code::TLS_CERTIFICATE_ERROR => "No secure connection to the store can be made.",
        Code::CONNECTION_RESET => "The connection to the store is cut before an answer comes.",
        other => other.entry().meaning,
    };
    let who = match code {
        Code::CONNECTION_REFUSED | Code::TLS_CERTIFICATE_ERROR => Fixer::Website,
        _ => Fixer::Device,
    };
    let text = match code {
        Code::CONNECTION_TIMEOUT => {
            "Check the internet connection of the shop; if other sites open, ask the host whether the server runs and \
             whether a firewall drops this network."
        }
        Code::CONNECTION_RESET => {
            "The till tries again by itself; if it lasts, look for a firewall or proxy between this device and the store."
        }
        other => other.entry().remedy,
    };
    (sentence.to_owned(), Remedy::new(who, text))
}

/// The header with the token is stripped.
pub(crate) fn header_stripped() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Let the Authorization header through to PHP: paste the lines below into the web server's settings, or ask the \
         host to. Nothing needs doing at the till.",
    )
    .with_lines(HEADER_LINES)
}

/// A security layer is in the way.
pub(crate) fn firewall(layer: Option<&str>) -> Remedy {
    let name = layer.map_or_else(|| "the firewall or the web server".to_owned(), str::to_owned);
    Remedy::new(
        Fixer::Website,
        format!("Exempt the paths below from {name}'s rules. Selling goes on meanwhile."),
    )
    .with_lines(PATHS)
}

/// The host refuses the size of a request.
pub(crate) fn size_limit() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Have the host raise the limit for the size of requests and headers.",
    )
    .with_lines("# nginx\nclient_max_body_size 8m;\nlarge_client_header_buffers 4 16k;")
}

/// Something changes requests.
pub(crate) fn altered() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Look for a firewall or proxy that rewrites requests, and exempt the paths below. The session is kept.",
    )
    .with_lines(PATHS)
}

/// The site asks for a pause.
pub(crate) fn pause(retry_after: &str) -> Remedy {
    let text = match retry_after.trim().parse::<u64>() {
        Ok(seconds) => {
            format!("Nothing needs doing: the till waits the {seconds} s it was told and tries again.")
        }
        Err(_) => Code::RATE_LIMIT_EXCEEDED.entry().remedy.to_owned(),
    };
    Remedy::new(Fixer::Time, text)
}

/// The network wants its own sign-in.
pub(crate) fn captive_portal() -> Remedy {
    Remedy::new(
        Fixer::Device,
        "Open any web page on this device and finish the sign-in of the network (hotspot, guest Wi-Fi), or use another \
         network.",
    )
}

/// The store has another address.
pub(crate) fn other_address(origin: &str) -> Remedy {
    Remedy::new(
        Fixer::Device,
        format!("If {origin} is your store, give that as its address; the till does not follow by itself."),
    )
    .with_lines(origin)
}

/// WCPOS is off.
pub(crate) fn activate_wcpos() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "In WordPress under Plugins, activate the WCPOS plugin (or wait, when it is being updated). The till goes on by \
         itself afterwards.",
    )
}

/// WCPOS is too old.
pub(crate) fn update_wcpos() -> Remedy {
    of_code(Code::WCPOS_PLUGIN_OUTDATED, Fixer::Website)
}

/// WooCommerce is off.
pub(crate) fn activate_woocommerce() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "In WordPress under Plugins, activate WooCommerce. The WCPOS plugin sleeps as long as it is off.",
    )
}

/// The interface is closed to visitors.
pub(crate) fn rest_locked() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Allow the REST interface for visitors in the security plugin, or exempt the paths below from the lock.",
    )
    .with_lines(PATHS)
}

/// There is no interface.
pub(crate) fn no_interface() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Check the store's address. If it is right, save the permalinks once in WordPress (Settings, Permalinks), and \
         switch the REST interface on in the security settings.",
    )
}

/// The database is away.
pub(crate) fn database() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "The till tries again by itself. If it lasts, ask the host whether the database server runs and whether the \
         database settings in wp-config.php are right.",
    )
    .with_action(Action::TryNow)
}

/// Maintenance.
pub(crate) fn maintenance() -> Remedy {
    Remedy::new(
        Fixer::Time,
        "Nothing needs doing: the till tries again by itself. If it lasts longer than half an hour, an update got stuck: \
         delete the file .maintenance beside wp-config.php.",
    )
}

/// PHP ends with an error.
pub(crate) fn php_fatal(place: &str) -> Remedy {
    let culprit = if place.is_empty() {
        "The server's PHP error log names the plugin at fault".to_owned()
    } else {
        format!("Deactivate or update {place}")
    };
    Remedy::new(
        Fixer::Website,
        format!(
            "{culprit}; the log is wp-content/debug.log when WP_DEBUG_LOG is on, else the host's error log. The till \
             tries again by itself."
        ),
    )
    .with_lines("define( 'WP_DEBUG', true );\ndefine( 'WP_DEBUG_LOG', true );\ndefine( 'WP_DEBUG_DISPLAY', false );")
}

/// The web server has nobody behind it.
pub(crate) fn nobody_behind() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "The till tries again by itself. If it lasts, ask the host whether PHP runs (PHP-FPM, or the application behind \
         the proxy).",
    )
    .with_action(Action::TryNow)
}

/// Any other failure of the server.
pub(crate) fn server_error() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "The till tries again by itself. If it lasts, the host's error log says what failed.",
    )
    .with_action(Action::TryNow)
}

/// Answers arrive damaged.
pub(crate) fn damaged() -> Remedy {
    of_code(Code::MALFORMED_JSON_RESPONSE, Fixer::Website)
}

/// Answers lack something.
pub(crate) fn incomplete() -> Remedy {
    of_code(Code::MISSING_RESPONSE_DATA, Fixer::Website)
}

/// PHP prints notices into answers.
pub(crate) fn notices() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Switch off the display of PHP errors at the store; log them instead.",
    )
    .with_lines("define( 'WP_DEBUG_DISPLAY', false );\n@ini_set( 'display_errors', 0 );")
}

/// A person has to sign in.
pub(crate) fn sign_in() -> Remedy {
    Remedy::new(
        Fixer::Cashier,
        "Sign in again, on the till or with `evertill login`. Sales that wait stay on the till and are sent afterwards.",
    )
    .with_action(Action::SignIn)
}

/// A right is missing.
pub(crate) fn rights() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Give the account the role Cashier or Shop manager in WordPress under Users; signing in again does not help.",
    )
}
