//! A disk that loses what nobody asked it to keep.
//!
//! What was synced is there. Of what was written since, a cut keeps nothing, everything, the first part, or any
//! sectors it likes, file by file. Names are a list of their own: a file that was made or renamed has its new name
//! for certain once the directory was synced; of later changes the first few are kept.

use std::{collections::BTreeMap, fs, path::Path};

use super::trace::Event;
use crate::harness::chance::Chance;

/// What a disk writes as a whole.
const SECTOR: usize = 512;

#[derive(Debug, Clone, Default)]
struct File {
    synced: Vec<u8>,
    /// Since then, each with the number of its event.
    since: Vec<(usize, Change)>,
    /// How long the file looks to the process.
    length: u64,
}

#[derive(Debug, Clone)]
enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Length(u64),
}

#[derive(Debug, Clone)]
enum Naming {
    Given { name: String, file: usize },
    Moved { from: String, to: String },
    Removed { name: String },
}

/// A disk in the middle of a process' life.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// Names as the process sees them.
    seen: BTreeMap<String, usize>,
    synced_names: BTreeMap<String, usize>,
    names_since: Vec<(usize, Naming)>,
    /// Files whose syncs do nothing: the planted fault.
    deaf: Option<&'static str>,
}

impl Disk {
    /// A disk that does not hear the syncs of files whose name ends so.
    pub(crate) fn deaf_to(ending: Option<&'static str>) -> Self {
        Self {
            deaf: ending,
            ..Self::default()
        }
    }

    /// Lets a process do one more thing, its `number`th.
    pub(crate) fn take(&mut self, number: usize, event: &Event) {
        match event {
            Event::Made { file, is_emptied } => {
                let index = self.index(number, file);
                if *is_emptied {
                    self.change(number, index, Change::Length(0));
                }
            }
            Event::Wrote { file, at, bytes } => {
                let index = self.index(number, file);
                let at = at.unwrap_or(self.files[index].length);
                let bytes = bytes.clone();
                self.change(number, index, Change::Write { at, bytes });
            }
            Event::Cut { file, length } => {
                let index = self.index(number, file);
                self.change(number, index, Change::Length(*length));
            }
            Event::Named { from, to } => {
                if let Some(index) = self.seen.remove(from) {
                    self.seen.insert(to.clone(), index);
                }
                let (from, to) = (from.clone(), to.clone());
                self.names_since.push((number, Naming::Moved { from, to }));
            }
            Event::Removed { file } => {
                self.seen.remove(file);
                let name = file.clone();
                self.names_since.push((number, Naming::Removed { name }));
            }
            Event::Synced { file, by } => {
                if self.deaf.is_some_and(|ending| file.ends_with(ending)) {
                    return;
                }
                if let Some(index) = self.seen.get(file) {
                    let file = &mut self.files[*index];
                    let covered = file.since.partition_point(|(number, _)| number < by);
                    for (_, change) in file.since.drain(..covered) {
                        change.apply(&mut file.synced);
                    }
                }
            }
            Event::SyncedNames { by } => {
                let covered = self.names_since.partition_point(|(number, _)| number < by);
                for (_, naming) in self.names_since.drain(..covered) {
                    naming.apply(&mut self.synced_names);
                }
            }
            Event::Said { .. } => {}
        }
    }

    /// Lays out what is there after the power went, in an empty directory.
    pub(crate) fn cut(&self, chance: &mut Chance, to: &Path) {
        let mut names = self.synced_names.clone();
        for (_, naming) in &self.names_since[..part(self.names_since.len(), chance)] {
            naming.apply(&mut names);
        }
        for (name, index) in names {
            fs::write(to.join(name), self.files[index].after_a_cut(chance)).expect("the folder takes files");
        }
    }

    /// How many changes a cut could lose now.
    pub(crate) fn at_risk(&self) -> usize {
        self.files.iter().map(|file| file.since.len()).sum::<usize>() + self.names_since.len()
    }

    fn index(&mut self, number: usize, name: &str) -> usize {
        if let Some(index) = self.seen.get(name) {
            return *index;
        }
        let file = self.files.len();
        self.files.push(File::default());
        self.seen.insert(name.to_owned(), file);
        let name = name.to_owned();
        self.names_since.push((number, Naming::Given { name, file }));
        file
    }

    fn change(&mut self, number: usize, index: usize, change: Change) {
        let file = &mut self.files[index];
        file.length = match &change {
            Change::Write { at, bytes } => file.length.max(at + bytes.len() as u64),
            Change::Length(length) => *length,
        };
        file.since.push((number, change));
    }
}

impl File {
    fn after_a_cut(&self, chance: &mut Chance) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        match chance.below(4) {
            0 => {}
            1 => self.since.iter().for_each(|(_, change)| change.apply(&mut bytes)),
            2 => {
                let first = &self.since[..part(self.since.len(), chance)];
                first.iter().for_each(|(_, change)| change.apply(&mut bytes));
            }
            _ => {
                for (_, change) in &self.since {
                    change.apply_in_part(&mut bytes, chance);
                }
            }
        }
        bytes
    }
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => write(to, position(*at), bytes),
            Self::Length(length) => to.resize(position(*length), 0),
        }
    }

    /// Some sectors arrive, others do not.
    fn apply_in_part(&self, to: &mut Vec<u8>, chance: &mut Chance) {
        match self {
            Self::Write { at, bytes } => {
                let mut start = 0;
                while start < bytes.len() {
                    let place = position(*at) + start;
                    let end = bytes.len().min(start + SECTOR - place % SECTOR);
                    if chance.below(2) == 0 {
                        write(to, place, &bytes[start..end]);
                    }
                    start = end;
                }
            }
            Self::Length(_) if chance.below(2) == 0 => {}
            Self::Length(_) => self.apply(to),
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Given { name, file } => {
                names.insert(name.clone(), *file);
            }
            Self::Moved { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Removed { name } => {
                names.remove(name);
            }
        }
    }
}

fn write(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if to.len() < end {
        to.resize(end, 0);
    }
    to[at..end].copy_from_slice(bytes);
}

fn position(number: u64) -> usize {
    usize::try_from(number).expect("a file of this test fits into memory")
}

/// Up to so many of a list, all of them included.
fn part(count: usize, chance: &mut Chance) -> usize {
    position(chance.below(count as u64 + 1))
}
