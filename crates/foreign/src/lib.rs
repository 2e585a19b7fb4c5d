//! Bytes from outside, for the tests of everything that reads them.
//!
//! A crate that reads foreign bytes has a module `foreign` with one function for each of its parsers: it takes any bytes,
//! reads them, and panics when something that must hold does not. The fuzzer calls these functions (`fuzz/`), and so do
//! the crate's own tests on a stable compiler, by [`replay`] and [`disturb`]: the first with every seed that lies in
//! `fuzz/seeds`, the second with seeds cut, glued, repeated and scribbled over. What a fuzzer once found becomes a seed.
//!
//! Nothing that ships knows this crate.

use std::{
    collections::BTreeSet,
    fmt, fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
};

use proptest::{prelude::*, test_runner::TestRunner};

/// Most edits of one seed.
const EDITS_MAX: usize = 6;

/// Longest noise, in bytes.
const NOISE_BYTES_MAX: usize = 400;

/// Texts that readers of numbers, tokens and markup trip over.
const SCRIBBLES: &[&str] = &[
    "0",
    "-1",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "1e999",
    "NaN",
    "null",
    "{}",
    "[]",
    "\"",
    "\\",
    "\\u0000",
    "<",
    ">",
    "&",
    "=",
    ";",
    ":",
    ",",
    ".",
    "..",
    "/",
    "//",
    "%2e",
    "%",
    "#",
    "?",
    "\r\n",
    "\n\n",
    "\0",
    "\u{feff}",
    "\u{0130}",
    "\u{fffd}",
    "é",
    "日本",
];

/// Reads every seed of every reader.
///
/// # Panics
/// When a reader does, when a reader has no seed, or when readers and fuzz targets are not the same.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub fn replay(package: &str, readers: &[(&str, fn(&[u8]))]) {
    let named: BTreeSet<String> = readers
        .iter()
        .map(|(name, _)| format!("{package}_{name}"))
        .collect();
    assert_eq!(
        named,
        targets(package),
        "each reader has a target in fuzz/fuzz_targets, and the other way round"
    );
    for (name, read) in readers {
        for seed in seeds(package, name).iter() {
            let is_borne = catch_unwind(AssertUnwindSafe(|| read(&seed.bytes))).is_ok();
            assert!(is_borne, "{package}_{name} does not bear the seed {}", seed.name);
        }
    }
}

/// Hands every reader what its seeds become when they are disturbed, 256 times each or as often as `PROPTEST_CASES` says.
///
/// # Panics
/// When a reader does; the message holds the shortest input that was found.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub fn disturb(package: &str, readers: &[(&str, fn(&[u8]))]) {
    for (name, read) in readers {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let found = TestRunner::new(config).run(&disturbed(seeds(package, name)), |bytes| {
            read(&bytes.0);
            Ok(())
        });
        if let Err(error) = found {
            panic!("{package}_{name}: {error}");
        }
    }
}

/// Bytes that are shown as text where they are text.
#[derive(Clone)]
struct Shown(Vec<u8>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// One committed input.
struct Seed {
    name: String,
    bytes: Vec<u8>,
}

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn seeds(package: &str, name: &str) -> Arc<Vec<Seed>> {
    let folder = fuzz().join("seeds").join(format!("{package}_{name}"));
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<Seed> = entries
        .map(|entry| {
            let path = entry.expect("a folder that can be listed").path();
            Seed {
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                bytes: fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            }
        })
        .collect();
    assert!(!seeds.is_empty(), "{} holds no seed", folder.display());
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    Arc::new(seeds)
}

/// The fuzz targets of a crate, by the names of their files.
fn targets(package: &str) -> BTreeSet<String> {
    let folder = fuzz().join("fuzz_targets");
    fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .filter(|name| {
            name.strip_prefix(package)
                .is_some_and(|rest| rest.starts_with('_'))
        })
        .collect()
}

/// One change to a seed. Places are fractions of its length, so that they fit whatever came before.
#[derive(Debug, Clone)]
enum Edit {
    Put(u16, Vec<u8>),
    Cut(u16, u16),
    Repeat(u16, u16),
    Flip(u16, u8),
    Glue(u16, prop::sample::Index),
}

fn disturbed(seeds: Arc<Vec<Seed>>) -> impl Strategy<Value = Shown> {
    let noise = prop::collection::vec(any::<u8>(), 0..NOISE_BYTES_MAX);
    let place = any::<u16>;
    let edit = prop_oneof![
        (place(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Edit::Put(at, bytes)),
        (place(), prop::sample::select(SCRIBBLES)).prop_map(|(at, text)| Edit::Put(at, text.into())),
        (place(), place()).prop_map(|(from, to)| Edit::Cut(from, to)),
        (place(), place()).prop_map(|(from, to)| Edit::Repeat(from, to)),
        (place(), any::<u8>()).prop_map(|(at, bits)| Edit::Flip(at, bits)),
        (place(), any::<prop::sample::Index>()).prop_map(|(at, other)| Edit::Glue(at, other)),
    ];
    let edited = (
        any::<prop::sample::Index>(),
        prop::collection::vec(edit, 0..EDITS_MAX),
    )
        .prop_map(move |(which, edits)| {
            let mut bytes = which.get(&seeds).bytes.clone();
            for edit in edits {
                apply(&mut bytes, edit, &seeds);
            }
            bytes
        });
    prop_oneof![1 => noise, 4 => edited].prop_map(Shown)
}

fn apply(bytes: &mut Vec<u8>, edit: Edit, seeds: &[Seed]) {
    let place = |at: u16| usize::from(at) * (bytes.len() + 1) / 65_536;
    match edit {
        Edit::Put(at, more) => {
            let at = place(at);
            bytes.splice(at..at, more);
        }
        Edit::Cut(from, to) => {
            let (from, to) = (place(from.min(to)), place(from.max(to)));
            bytes.drain(from..to);
        }
        Edit::Repeat(from, to) => {
            let (from, to) = (place(from.min(to)), place(from.max(to)));
            let again = bytes[from..to].to_vec();
            bytes.splice(to..to, again);
        }
        Edit::Flip(at, bits) => {
            let at = place(at);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bits;
            }
        }
        Edit::Glue(at, other) => {
            let at = place(at);
            bytes.splice(at..at, other.get(seeds).bytes.iter().copied());
        }
    }
}
