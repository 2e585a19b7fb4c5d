//! What a check may ask this device, behind a trait, so that tests bring their own device.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;

/// This device as the checks see it. Nothing here changes anything.
pub trait Device: Send + Sync + fmt::Debug {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// Bytes this account can still write in the file system of a path.
    ///
    /// # Errors
    /// What the system said.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
    /// Whether this account may write to a directory.
    ///
    /// # Errors
    /// What the system said.
    fn may_write(&self, path: &Path) -> io::Result<()>;
    /// Seconds this device's local time is ahead of UTC.
    fn offset_s(&self) -> i64;
    /// The address of this device on the way to another one. No packet is sent.
    ///
    /// # Errors
    /// Network unreachable, when no way leads there.
    fn way_to(&self, target: IpAddr) -> io::Result<IpAddr>;
}

/// The device this runs on.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisDevice;

impl Device for ThisDevice {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    #[cfg(unix)]
    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let found = rustix::fs::statvfs(path)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _path: &Path) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[cfg(unix)]
    fn may_write(&self, path: &Path) -> io::Result<()> {
        use rustix::fs::Access;
        rustix::fs::access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)?;
        Ok(())
    }

    #[cfg(not(unix))]
    fn may_write(&self, path: &Path) -> io::Result<()> {
        if path.metadata()?.permissions().readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(())
    }

    fn offset_s(&self) -> i64 {
        i64::from(jiff::Zoned::now().offset().seconds())
    }

    fn way_to(&self, target: IpAddr) -> io::Result<IpAddr> {
        let any: SocketAddr = if target.is_ipv4() {
            ([0, 0, 0, 0], 0).into()
        } else {
            ([0u16; 8], 0).into()
        };
        let socket = UdpSocket::bind(any)?;
        // Connecting a datagram socket asks the routing table and sends nothing; port 9 discards.
        socket.connect(SocketAddr::new(target, 9))?;
        Ok(socket.local_addr()?.ip())
    }
}
