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

/// The same as a rule of Cloudflare.
const CLOUDFLARE: &str = "\
# Security, WAF, Custom rules: action Skip, all remaining custom rules and managed rules
(starts_with(http.request.uri.path, \"/wp-json/wcpos/\")) or
(starts_with(http.request.uri.path, \"/wp-json/wc/\")) or
(starts_with(http.request.uri.path, \"/wcpos-auth/\")) or
(http.request.uri.query contains \"rest_route=/wcpos/\")";

/// The same as rules of ModSecurity, which Imunify360 reads as well.
const MODSECURITY: &str = "\
SecRule REQUEST_URI \"@beginsWith /wp-json/wcpos/\" \"id:1042001,phase:1,pass,nolog,ctl:ruleEngine=Off\"
SecRule REQUEST_URI \"@beginsWith /wp-json/wc/\" \"id:1042002,phase:1,pass,nolog,ctl:ruleEngine=Off\"
SecRule REQUEST_URI \"@beginsWith /wcpos-auth/\" \"id:1042003,phase:1,pass,nolog,ctl:ruleEngine=Off\"
SecRule ARGS:rest_route \"@beginsWith /wcpos/\" \"id:1042004,phase:2,pass,nolog,ctl:ruleEngine=Off\"";

/// The same for a server that forbids a path by a rule of its own.
const WEB_SERVER: &str = "\
# nginx, above the rule that forbids
location ^~ /wp-json/wcpos/ { try_files $uri /index.php?$args; }
location ^~ /wp-json/wc/ { try_files $uri /index.php?$args; }
location ^~ /wcpos-auth/ { try_files $uri /index.php?$args; }

# Apache, below the rule that forbids
<LocationMatch \"^/(wp-json/(wcpos|wc)|wcpos-auth)/\">
  Require all granted
</LocationMatch>";

/// What makes `/wp-json/` and the sign-in page answer.
const PERMALINKS: &str = "\
# WP-CLI
wp rewrite structure '/%postname%/' && wp rewrite flush

# Apache, in .htaccess
RewriteEngine On
RewriteRule ^index\\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.php [L]

# nginx
location / { try_files $uri $uri/ /index.php?$args; }";

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
    let (place, lines) = exemption(layer.unwrap_or_default());
    let name = layer.map_or_else(|| "the firewall or the web server".to_owned(), str::to_owned);
    Remedy::new(
        Fixer::Website,
        format!("Exempt the till's paths from {name}: {place}. Selling goes on meanwhile."),
    )
    .with_lines(lines)
}

/// Where each product keeps its exemptions, and the lines to put there.
fn exemption(layer: &str) -> (&'static str, &'static str) {
    match layer {
        "Cloudflare" => ("add the rule below and put it first", CLOUDFLARE),
        "Wordfence" => (
            "add the paths below under Wordfence, Firewall, Manage Firewall, Allowlisted URLs",
            PATHS,
        ),
        "Sucuri" => (
            "add the paths below in its dashboard under Access Control, Allow URL Paths",
            PATHS,
        ),
        "ModSecurity" => (
            "add the lines below to the site's rules, or have the host add them",
            MODSECURITY,
        ),
        "Imunify360" => (
            "have the host put the lines below into its rules for this site and the shop's address on its allow list",
            MODSECURITY,
        ),
        "SiteGround's check" => (
            "ask the host's support to leave the paths below out of its robot check",
            PATHS,
        ),
        "a password prompt of the web server" => (
            "leave the paths below out of the password protection of the directory",
            WEB_SERVER,
        ),
        "" => ("use the lines for your web server below", WEB_SERVER),
        _ => ("add the paths below to its allow list", PATHS),
    }
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
    .with_lines(PERMALINKS)
}

/// Plain permalinks, where a page needs others.
pub(crate) fn permalinks() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "In WordPress under Settings, Permalinks, choose a structure other than plain and save it once.",
    )
    .with_lines(PERMALINKS)
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

/// The table of the users' data is away.
pub(crate) fn users_table() -> Remedy {
    Remedy::new(
        Fixer::Website,
        "Nobody should sign in again yet. Have the host look at the database: the table wp_usermeta is damaged, locked or \
         missing.",
    )
    .with_lines("wp db check\nwp db repair")
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

/// The account is gone.
pub(crate) fn other_account() -> Remedy {
    Remedy::new(
        Fixer::Cashier,
        "Sign in again with another account, or have the owner make this one again. Sales that wait stay on the till.",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_gets_a_rule_of_its_own_that_names_every_path_of_the_till() {
        for layer in [
            "Cloudflare",
            "Wordfence",
            "Sucuri",
            "ModSecurity",
            "Imunify360",
            "SiteGround's check",
            "a password prompt of the web server",
            "Imperva",
            "",
        ] {
            let remedy = firewall(Some(layer).filter(|layer| !layer.is_empty()));
            let lines = remedy.copyable.unwrap();
            let all = ["/wp-json/wcpos/", "/wcpos-auth/"]
                .iter()
                .all(|path| lines.contains(path))
                || lines.contains("^/(wp-json/(wcpos|wc)|wcpos-auth)/");
            assert!(all, "{layer}: {lines}");
        }
        let rule = |layer| firewall(Some(layer)).copyable.unwrap();
        assert!(rule("Cloudflare").contains("http.request.uri.path"));
        assert!(rule("ModSecurity").starts_with("SecRule"));
    }
}
