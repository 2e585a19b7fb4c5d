//! The vault of one device: one record, replaced whole or not at all, the version before it kept until the new one has
//! proved itself, and a lock that dies with its holder.

use std::rc::Rc;

use evertill_session::{Record, Refusal, SessionId, engine::Stored};
use evertill_wire::secret::Fingerprint;

/// A file of the vault.
#[derive(Debug, Clone, Default)]
enum File {
    #[default]
    Missing,
    Whole(Rc<Record>),
    Damaged,
}

/// The vault of one device.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    current: File,
    previous: File,
    /// Writes fail.
    pub(crate) is_full: bool,
    /// Writes hang.
    pub(crate) is_slow: bool,
}

impl Disk {
    /// What a reader finds: the newest version that opens.
    pub(crate) fn read(&self) -> Stored {
        match (&self.current, &self.previous) {
            (File::Whole(record), _) | (File::Damaged | File::Missing, File::Whole(record)) => {
                Stored::Found(Box::new((**record).clone()))
            }
            (File::Damaged, File::Missing | File::Damaged) | (File::Missing, File::Damaged) => {
                Stored::Unreadable
            }
            (File::Missing, File::Missing) => Stored::Nothing,
        }
    }

    /// The record a reader finds, when there is one.
    pub(crate) fn record(&self) -> Option<&Record> {
        match (&self.current, &self.previous) {
            (File::Whole(record), _) | (File::Damaged | File::Missing, File::Whole(record)) => Some(record),
            (File::Damaged | File::Missing, File::Missing | File::Damaged) => None,
        }
    }

    /// A temporary file was written, synced and moved over the old one. A renewal has shown that the version it was
    /// made with works, so that this one becomes the spare.
    pub(crate) fn replace(&mut self, record: Record) {
        if let File::Whole(current) = &self.current
            && current.grant.session == record.grant.session
        {
            self.previous = File::Missing;
        }
        self.write(record);
    }

    /// A damaged file is put out of the way by whoever merely reads it, which the shipped vault does not do.
    pub(crate) fn move_damage(&mut self) {
        if matches!(self.current, File::Damaged) {
            self.current = File::Missing;
        }
    }

    /// The current record did its work: the one before it is not needed any more.
    pub(crate) fn prove(&mut self) {
        if matches!(self.current, File::Whole(_)) {
            self.previous = File::Missing;
        }
    }

    /// Writes a refusal beside the grant, if the vault still holds exactly the refused token.
    pub(crate) fn refuse(&mut self, refused: Fingerprint, refusal: &Refusal, compares: bool) -> bool {
        let Some(record) = self.record() else {
            return false;
        };
        if compares && record.grant.refresh.fingerprint() != refused {
            return false;
        }
        let changed = Record {
            grant: record.grant.clone(),
            refusal: Some(refusal.clone()),
        };
        self.write(changed);
        true
    }

    /// The newest file becomes the spare where there is none; one that is damaged is put out of the way.
    fn write(&mut self, record: Record) {
        let before = std::mem::replace(&mut self.current, File::Whole(Rc::new(record)));
        if matches!((&self.previous, &before), (File::Missing, File::Whole(_))) {
            self.previous = before;
        }
    }

    /// Removes the record, if it is still of this session.
    pub(crate) fn erase(&mut self, session: &SessionId, compares: bool) -> bool {
        if compares
            && self
                .record()
                .is_some_and(|record| record.grant.session != *session)
        {
            return false;
        }
        self.current = File::Missing;
        self.previous = File::Missing;
        true
    }

    /// Something from outside ruins the file.
    pub(crate) fn damage(&mut self) {
        if matches!(self.current, File::Whole(_)) {
            self.current = File::Damaged;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use evertill_session::{BootId, Grant, Moment, Serial, Stamp, User, WallTime};
    use evertill_wire::{AccessToken, RefreshToken};

    use super::*;

    fn record(serial: u64) -> Record {
        let stamp = Stamp {
            boot: BootId::new("a"),
            moment: Moment::from_millis(0),
            wall: WallTime::from_millis(0),
        };
        Record {
            grant: Grant {
                access: AccessToken::new(format!("access {serial}")),
                refresh: RefreshToken::new(format!("refresh {serial}")),
                session: SessionId::new("s"),
                user: User::default(),
                access_life: Duration::from_secs(60),
                refresh_in: None,
                renewable_for: None,
                received: stamp.clone(),
                signed_in: stamp,
                serial: Serial(serial),
                renewals: 0,
            },
            refusal: None,
        }
    }

    #[test]
    fn the_version_before_stands_in_for_a_damaged_one_until_the_new_one_is_proved() {
        let mut disk = Disk::default();
        assert_eq!(disk.read(), Stored::Nothing);
        disk.replace(record(1));
        disk.replace(record(2));
        disk.damage();
        assert_eq!(disk.record().unwrap().grant.serial, Serial(1));
        disk.replace(record(2));
        disk.replace(record(3));
        disk.damage();
        assert_eq!(
            disk.record().unwrap().grant.serial,
            Serial(2),
            "the one just before"
        );
        disk.replace(record(4));
        disk.prove();
        disk.damage();
        assert_eq!(disk.read(), Stored::Unreadable);
    }

    #[test]
    fn only_what_was_meant_is_erased() {
        let mut disk = Disk::default();
        disk.replace(record(1));
        assert!(!disk.erase(&SessionId::new("other"), true));
        assert!(disk.erase(&SessionId::new("s"), true));
        assert_eq!(disk.read(), Stored::Nothing);
    }
}
