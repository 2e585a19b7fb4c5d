//! What the process says about itself while it works: one line each, on stderr.

use std::io::{self, IsTerminal};

use evertill_server::LogFormat;
use evertill_wire::env;
use tracing_subscriber::EnvFilter;

use crate::{failure::Failure, printer::colours_wanted};

/// Starts logging, in lines that look as wished. `EVERTILL_LOG` wins over `default_filter`.
///
/// # Errors
///
/// [`Failure::LogFilter`] when `EVERTILL_LOG` cannot be understood.
pub(crate) fn start(default_filter: &str, format: LogFormat) -> Result<(), Failure> {
    let wanted = std::env::var(env::LOG).unwrap_or_default();
    let filter = if wanted.trim().is_empty() {
        default_filter
    } else {
        wanted.trim()
    };
    let filter = EnvFilter::try_new(filter).map_err(Failure::LogFilter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        // The target tells a machine which part speaks; a person reads it from the words.
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
        LogFormat::Text => lines
            .with_ansi(colours_wanted() && io::stderr().is_terminal())
            .with_target(false)
            .init(),
    }
    Ok(())
}
