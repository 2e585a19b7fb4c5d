//! A till with a device, a clock and a session, in front of a scripted store.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use evertill_client::StoreAddress;
use evertill_client::clock::{Clock, HandClock, SystemClock};
use evertill_doctor::{Context, Device, Report, SessionKept, SessionKnown, examine};
use evertill_session::{StateName, WallTime};
use evertill_wire::{AccessToken, RefreshToken};

use crate::store::{Asked, Script, Store};

/// A token in the form of a stock store's, which ends in 2100.
pub(crate) const ACCESS: &str = "e30.eyJpYXQiOiAxNzk1Mzk4ODMxLCAiZXhwIjogNDEwMjQ0NDgwMCwgImp0aSI6ICJhIiwgInJlZnJlc2hfanRpIjogInMxIn0.c2ln";
pub(crate) const REFRESH: &str = "e30.eyJqdGkiOiAiczEifQ.cmVm";

/// A device that is as it is told to be.
#[derive(Debug, Clone)]
pub(crate) struct TestDevice {
    pub(crate) free_bytes: u64,
    pub(crate) may_write: bool,
    pub(crate) is_online: bool,
    /// Proxy settings, `https_proxy` and the like.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// Seconds this device's time is ahead of UTC.
    pub(crate) offset_s: i64,
}

impl Device for TestDevice {
    fn variable(&self, name: &str) -> Option<String> {
        let found = self.variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }

    fn free_bytes(&self, _path: &Path) -> io::Result<u64> {
        Ok(self.free_bytes)
    }

    fn may_write(&self, _path: &Path) -> io::Result<()> {
        if self.may_write {
            Ok(())
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }

    fn offset_s(&self) -> i64 {
        self.offset_s
    }

    fn way_to(&self, target: IpAddr) -> io::Result<IpAddr> {
        if self.is_online {
            Ok(target)
        } else {
            Err(io::ErrorKind::NetworkUnreachable.into())
        }
    }
}

/// Everything a fault can change.
pub(crate) struct World {
    pub(crate) script: Script,
    pub(crate) device: TestDevice,
    pub(crate) session: SessionKnown,
    pub(crate) may_renew: bool,
    /// Where the till thinks that the store is, when not at the scripted one.
    pub(crate) store: Option<String>,
    /// What this device's wall clock says, milliseconds since 1970, when it is wrong.
    pub(crate) wall_ms: Option<i64>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            script: Script::default(),
            device: TestDevice {
                free_bytes: 50 << 30,
                may_write: true,
                is_online: true,
                variables: &[],
                offset_s: 0,
            },
            session: SessionKnown::Kept(Box::new(kept())),
            may_renew: false,
            store: None,
            wall_ms: None,
        }
    }
}

/// A session in good health.
pub(crate) fn kept() -> SessionKept {
    SessionKept {
        user: "Ann Baker".into(),
        state: StateName::Active,
        cause: None,
        access: Some(AccessToken::new(ACCESS)),
        refresh: Some(RefreshToken::new(REFRESH)),
        session: Some("s1".into()),
        access_life_s: Some(1_800),
        horizon_in_s: Some(20 * 86_400),
        renewed_ms: Some(SystemClock::new().now().wall.as_millis()),
        last_asked_ms: Some(SystemClock::new().now().wall.as_millis()),
    }
}

/// What an examination came to, and what the store was asked.
pub(crate) struct Examined {
    pub(crate) report: Report,
    pub(crate) log: Vec<Asked>,
}

/// Examines, and holds every examination to the promise that nothing is changed.
pub(crate) async fn examined(world: World) -> Examined {
    let store = Store::start(world.script).await;
    let address = world.store.unwrap_or_else(|| format!("http://{}", store.address));
    let directory = tempfile::tempdir().unwrap();
    let mut context = Context::new(StoreAddress::parse(&address).unwrap());
    context.data_dir = Some(directory.path().to_path_buf());
    context.device = Arc::new(world.device);
    context.session = world.session;
    context.may_renew = world.may_renew;
    if let Some(ms) = world.wall_ms {
        let clock = HandClock::new(SystemClock::new().boot(), SystemClock::new().now());
        clock.set_wall(WallTime::from_millis(ms));
        context.clock = Arc::new(clock);
    }
    let report = examine(&context).await;
    let log = store.log();
    for asked in &log {
        let is_renewal = asked.method == "POST" && asked.target.contains("/auth/refresh");
        assert!(
            matches!(asked.method.as_str(), "GET" | "HEAD" | "OPTIONS") || (world.may_renew && is_renewal),
            "{} {} was sent",
            asked.method,
            asked.target
        );
        let shows = asked.body.contains(REFRESH) || asked.head.contains(REFRESH);
        assert!(!shows || is_renewal, "the refresh token went to {}", asked.target);
    }
    assert!(
        std::fs::read_dir(directory.path()).unwrap().next().is_none(),
        "a file was made"
    );
    Examined { report, log }
}
