//! This device: clock, disk, files, proxy settings.

use std::io;
use std::path::Path;

use evertill_wire::Code;

use super::Asked;
use crate::context::{Context, SessionKnown};
use crate::finding::{Finding, Fixer, Remedy, Verdict};
use crate::probe::proxy;
use crate::remedies;

/// Skew against the store's clock that nobody notices, in seconds.
const SKEW_FINE_S: i64 = 60;

/// Skew beyond which the store refuses sales as being of the future (24 h, WCPOS push routes), in seconds.
const SKEW_MAX_S: i64 = 24 * 3_600;

/// No clock that is right shows an earlier time than this program: 2026-11-01, milliseconds since 1970.
const EARLIEST_MS: i64 = 1_793_491_200_000;

/// Free space with which a till sells for weeks, in bytes.
const DISK_FINE_BYTES: u64 = 500 * 1024 * 1024;

/// Free space with which the next sales may not be written, in bytes.
const DISK_LEAST_BYTES: u64 = 20 * 1024 * 1024;

/// The clock, against the store's `Date` and nothing else.
pub(super) async fn clock(asked: Asked, context: &Context) -> Finding {
    let now_ms = context.clock.now().wall.as_millis();
    let remedy = Remedy::new(
        Fixer::Device,
        "Set this device's clock by the network. If it is right, the clock of the store's server is wrong.",
    );
    let fault = |verdict, code, sentence: String| {
        Finding::fault(asked.id, asked.layer, verdict, code, sentence, remedy.clone())
    };
    if now_ms < EARLIEST_MS {
        return fault(
            Verdict::Broken,
            Code::INVALID_SITE_CONFIGURATION,
            format!("This device's clock says {}, which cannot be.", day(now_ms)),
        );
    }
    let front = context.probes().front(context).await;
    let Some(store_ms) = front.seen().and_then(|front| front.last.date_ms) else {
        return asked
            .not_checked("There is no store's clock to compare with.")
            .seen("this device", day(now_ms));
    };
    // Read again: the answer has only just come.
    let ahead_s = (context.clock.now().wall.as_millis() - store_ms) / 1_000;
    let (size, side) = (ahead_s.abs(), if ahead_s < 0 { "behind" } else { "ahead of" });
    let sentence = if size == 0 {
        "This device's clock is in step with the store's.".to_owned()
    } else {
        format!("This device's clock is {} {side} the store's.", span(size))
    };
    let finding = if size <= SKEW_FINE_S {
        asked.ok(format!("{sentence} Up to {SKEW_FINE_S} s is fine."))
    } else if size < SKEW_MAX_S {
        fault(Verdict::Warn, Code::INVALID_SITE_CONFIGURATION, sentence)
    } else {
        fault(Verdict::Broken, Code::INVALID_SITE_CONFIGURATION, sentence)
    };
    finding.seen("skew", format!("{ahead_s} s"))
}

/// The time zone, against the store's.
pub(super) async fn time_zone(asked: Asked, context: &Context) -> Finding {
    let site = context.probes().site(context).await;
    let Some(store_s) = site
        .seen()
        .and_then(|seen| seen.payload.as_ref())
        .and_then(|site| offset_s(&site.gmt_offset))
    else {
        return asked.without(site, "plugin.wcpos");
    };
    let own_s = context.device.offset_s();
    let (own, store) = (utc(own_s), utc(store_s));
    let finding = if own_s == store_s {
        asked.ok(format!("This device and the store keep the same time, {own}."))
    } else {
        asked.note(format!(
            "This device keeps {own} and the store {store}; receipts show this device's time."
        ))
    };
    finding.seen("this device", own).seen("store", store)
}

/// Room for sales.
pub(super) async fn disk(asked: Asked, context: &Context) -> Finding {
    let Some(path) = existing(context) else {
        return asked.not_checked("There is no data directory yet.");
    };
    let free = match context.device.free_bytes(path) {
        Ok(free) => free,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            return asked.not_checked("This system does not tell how much room is left.");
        }
        Err(error) => {
            return asked
                .not_checked("The room that is left cannot be read.")
                .seen("system", error.to_string());
        }
    };
    let room = format!("{} MiB", free / (1024 * 1024));
    let remedy = Remedy::new(Fixer::Device, Code::DISK_FULL.entry().remedy);
    let finding = if free >= DISK_FINE_BYTES {
        asked.ok(format!("{room} are free."))
    } else if free >= DISK_LEAST_BYTES {
        let sentence = format!("Only {room} are free; sales need room too.");
        Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::DISK_FULL,
            sentence,
            remedy,
        )
    } else {
        let sentence = format!("The disk is full: {room} are left.");
        Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            Code::DISK_FULL,
            sentence,
            remedy,
        )
    };
    finding.seen("free", room)
}

/// The data directory can be written.
pub(super) async fn data_directory(asked: Asked, context: &Context) -> Finding {
    let Some(path) = &context.data_dir else {
        return asked.not_checked("No data directory is used.");
    };
    let shown = path.display().to_string();
    let remedy = remedies::of_code(Code::PERMISSION_DENIED, Fixer::Device);
    if !path.exists() {
        return asked
            .note("There is no data directory yet; the first sign-in makes one.")
            .seen("directory", shown);
    }
    if !path.is_dir() {
        return Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            Code::PERMISSION_DENIED,
            "A file stands where the data directory should be.",
            remedy,
        )
        .seen("directory", shown);
    }
    match context.device.may_write(path) {
        Ok(()) => asked
            .ok("The data directory can be written.")
            .seen("directory", shown),
        Err(error) => Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            Code::PERMISSION_DENIED,
            "The data directory cannot be written by this account.",
            remedy,
        )
        .seen("directory", shown)
        .seen("system", error.to_string()),
    }
}

/// The saved session can be read.
pub(super) async fn vault(asked: Asked, context: &Context) -> Finding {
    match &context.session {
        SessionKnown::NotLooked => asked.not_checked("No data directory is used."),
        SessionKnown::Nobody => asked.ok("No session is saved, and nothing is in its way."),
        SessionKnown::Kept(_) => asked.ok("The saved session can be read."),
        SessionKnown::Unreadable { code, evidence } => Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            *code,
            format!("The saved session cannot be used: {}.", lower(code.title())),
            remedies::of_code(*code, Fixer::Device),
        )
        .seen("seen", evidence.clone()),
    }
}

/// Another process works with the same session.
pub(super) async fn other_process(asked: Asked, context: &Context) -> Finding {
    let Some(path) = existing(context) else {
        return asked.not_checked("There is no data directory yet.");
    };
    if context.session.kept().is_none() || context.may_renew {
        return asked.ok("Nobody else uses the saved session at this moment.");
    }
    match context.is_session_held(path) {
        Ok(false) => asked.ok("Nobody else uses the saved session at this moment."),
        Ok(true) => {
            asked.note("Another process is renewing the session at this moment; that is as it should be.")
        }
        Err(error) => asked
            .not_checked("Whether somebody else uses the saved session cannot be told.")
            .seen("system", error.to_string()),
    }
}

/// Proxy settings that apply to the store.
pub(super) async fn proxy_settings(asked: Asked, context: &Context) -> Finding {
    let base = context.probes().base(context).await;
    match proxy::of(context.device.as_ref(), base) {
        None => asked.ok("Requests go straight to the store, through no proxy."),
        Some(used) => asked
            .note(format!(
                "Requests go through the proxy {}:{}.",
                used.host, used.port
            ))
            .seen("set in", used.variable),
    }
}

fn existing(context: &Context) -> Option<&Path> {
    context.data_dir.as_deref().filter(|path| path.is_dir())
}

/// `"5.5"` hours, in seconds.
fn offset_s(hours: &str) -> Option<i64> {
    let hours: f64 = hours.trim().parse().ok()?;
    (hours.abs() <= 15.0).then(|| (hours * 3_600.0).round() as i64)
}

fn utc(offset_s: i64) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    let minutes = offset_s.abs() / 60;
    format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn day(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map(|time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_default()
}

/// A span in the two words a person needs.
pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn lower(title: &str) -> String {
    let mut characters = title.chars();
    characters
        .next()
        .map(|first| first.to_lowercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_spans_read_well() {
        assert_eq!(offset_s("5.5").map(utc).as_deref(), Some("UTC+05:30"));
        assert_eq!(offset_s("-3").map(utc).as_deref(), Some("UTC-03:00"));
        assert_eq!(offset_s("x"), None);
        assert_eq!((span(61).as_str(), span(7_300).as_str()), ("61 s", "2 h"));
    }
}
