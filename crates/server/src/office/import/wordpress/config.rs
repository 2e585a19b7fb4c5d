//! Reading `wp-config.php`, where an owner has everything already: no PHP is run, so only what stands there as text
//! counts.

use std::{collections::BTreeMap, fs, io, path::Path, path::PathBuf};

use super::{
    WordPressError,
    php::{Token, tokens},
};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What is wrong with a setting of WordPress. Never says its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigFault {
    /// It is not in the file.
    #[error("it is not there")]
    Missing,
    /// PHP would have to run to know it.
    #[error("it is not written as plain text, but taken from elsewhere")]
    Computed,
    /// It is there more than once, with different values.
    #[error("it is there more than once, and which one counts only PHP knows")]
    Ambiguous,
    /// It has a value WordPress could not use.
    #[error("its value makes no sense")]
    Senseless,
}

/// The settings that lead to the database.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) host: String,
    pub(super) table_prefix: String,
}

/// The file that was meant: a directory stands for the one in it, or, as WordPress does it, for the one beside it.
pub(super) fn find(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_owned();
    }
    let inside = path.join("wp-config.php");
    let beside = path.join("../wp-config.php");
    match !inside.is_file() && beside.is_file() {
        true => beside,
        false => inside,
    }
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<Config, WordPressError> {
    let text = text(path).map_err(|source| WordPressError::ReadConfig {
        path: path.to_owned(),
        source,
    })?;
    settings(&text).map_err(|(setting, fault)| WordPressError::Config {
        path: path.to_owned(),
        setting,
        fault,
    })
}

fn text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(io::Error::other("the file is larger than 1 MiB"));
    }
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

/// What is known of one setting: its text, or that it cannot be known.
type Found = BTreeMap<String, Result<String, ConfigFault>>;

/// The settings in a file, or the first that cannot be had and why.
pub(super) fn settings(text: &str) -> Result<Config, (&'static str, ConfigFault)> {
    let found = assignments(&tokens(text));
    let setting = |name: &'static str| match found.get(name) {
        None => Err((name, ConfigFault::Missing)),
        Some(Err(fault)) => Err((name, *fault)),
        Some(Ok(value)) => Ok(value.clone()),
    };
    let table_prefix = setting("$table_prefix")?;
    if table_prefix.is_empty() || !table_prefix.bytes().all(is_prefix_byte) {
        return Err(("$table_prefix", ConfigFault::Senseless));
    }
    Ok(Config {
        name: setting("DB_NAME")?,
        user: setting("DB_USER")?,
        password: setting("DB_PASSWORD")?,
        host: setting("DB_HOST")?,
        table_prefix,
    })
}

/// Bytes WordPress allows in a prefix.
pub(super) fn is_prefix_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Every `define('NAME', 'value')`, `const NAME = 'value'` and `$name = 'value'`.
fn assignments(tokens: &[Token]) -> Found {
    let mut found = Found::new();
    for at in 0..tokens.len() {
        match &tokens[at..] {
            [
                Token::Word(word),
                Token::Mark('('),
                Token::Text(name),
                Token::Mark(','),
                rest @ ..,
            ] if word.eq_ignore_ascii_case("define") => {
                note(&mut found, name.clone(), value(rest));
            }
            [Token::Word(word), Token::Word(name), Token::Mark('='), rest @ ..]
                if word.eq_ignore_ascii_case("const") =>
            {
                note(&mut found, name.clone(), value(rest));
            }
            [Token::Variable(name), Token::Mark('='), rest @ ..] if !is_comparison(rest) => {
                note(&mut found, format!("${name}"), value(rest));
            }
            _ => {}
        }
    }
    found
}

fn is_comparison(rest: &[Token]) -> bool {
    matches!(rest.first(), Some(Token::Mark('=' | '>')))
}

fn note(found: &mut Found, name: String, value: Result<String, ConfigFault>) {
    let before = found.get(&name);
    let known = match (before, value) {
        (Some(before), value) if *before != value => Err(ConfigFault::Ambiguous),
        (_, value) => value,
    };
    found.insert(name, known);
}

/// The text at the beginning, where nothing but texts and dots stands before the end of the value.
fn value(tokens: &[Token]) -> Result<String, ConfigFault> {
    let mut text = String::new();
    let mut is_next = true;
    for token in tokens {
        match (token, is_next) {
            (Token::Text(piece), true) => text.push_str(piece),
            (Token::Mark('.'), false) => {}
            (Token::Mark(')' | ',' | ';'), false) => return Ok(text),
            (Token::Text(_) | Token::Made | Token::Word(_) | Token::Variable(_) | Token::Mark(_), _) => break,
        }
        is_next = !is_next;
    }
    Err(ConfigFault::Computed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "<?php\n/** The name */\ndefine( 'DB_NAME', 'shop' );\ndefine( 'DB_USER', 'wp' );\n\
        define( 'DB_PASSWORD', 'hunter2' );\ndefine( 'DB_HOST', 'localhost' );\n$table_prefix = 'wp_';\n\
        require_once ABSPATH . 'wp-settings.php';\n";

    fn fault(text: &str) -> (&'static str, ConfigFault) {
        match settings(text) {
            Ok(_) => panic!("read: {text}"),
            Err(fault) => fault,
        }
    }

    #[test]
    fn the_file_wordpress_writes_is_read() {
        let config = settings(PLAIN).ok().unwrap();
        assert_eq!((config.name.as_str(), config.user.as_str()), ("shop", "wp"));
        assert_eq!(config.password, "hunter2");
        assert_eq!(
            (config.host.as_str(), config.table_prefix.as_str()),
            ("localhost", "wp_")
        );
    }

    #[test]
    fn odd_ways_to_write_it_are_read() {
        let odd = "<html><?PHP".replace("PHP", "php")
            + "\r\n# define('DB_NAME','not this');\r\n// define('DB_HOST', 'nor this');\r\n\
               if(!defined('DB_NAME'))\\Define /* here */ (\r\n\"DB_NAME\" , /* 'x' */ 'sh' . \"op\");\r\n\
               const DB_USER=\"w\\\"p\";define('DB_PASSWORD','it\\'s; \"a\\\\b\" // # /* $x',);\r\n\
               define('DB_HOST', \"127.0.0.1:3307\") ; $table_prefix  =  \"blog_\" /* mine */ ;\r\n\
               if ($table_prefix == 'x') {} define('DB_CHARSET', getenv('X')); ?> <p>define('DB_NAME','z');</p>";
        let config = settings(&odd).ok().unwrap();
        assert_eq!((config.name.as_str(), config.user.as_str()), ("shop", "w\"p"));
        assert_eq!(config.password, "it's; \"a\\b\" // # /* $x");
        assert_eq!(
            (config.host.as_str(), config.table_prefix.as_str()),
            ("127.0.0.1:3307", "blog_")
        );
    }

    #[test]
    fn a_setting_that_only_php_knows_is_named() {
        let with = |password: &str| PLAIN.replace("'hunter2'", password);
        for computed in [
            "getenv('DB_PASSWORD')",
            "getenv_docker('WORDPRESS_DB_PASSWORD', 'example')",
            "$_ENV['PW']",
            "\"$password\"",
            "'a' . SALT",
            "trim('a')",
            "<<<END\nhunter2\nEND",
        ] {
            assert_eq!(
                fault(&with(computed)),
                ("DB_PASSWORD", ConfigFault::Computed),
                "{computed}"
            );
        }
        let twice = format!("{PLAIN}define('DB_HOST', 'other');");
        assert_eq!(fault(&twice), ("DB_HOST", ConfigFault::Ambiguous));
        let same = format!("{PLAIN}define('DB_HOST', 'localhost');");
        assert!(settings(&same).is_ok());
    }

    #[test]
    fn a_setting_that_is_not_there_or_makes_no_sense_is_named() {
        assert_eq!(
            fault(&PLAIN.replace("DB_HOST", "DB_HORST")),
            ("DB_HOST", ConfigFault::Missing)
        );
        assert_eq!(fault(""), ("$table_prefix", ConfigFault::Missing));
        for bad in ["", "wp-", "wp_`; DROP", "wü_"] {
            let text = PLAIN.replace("wp_", bad);
            assert_eq!(fault(&text), ("$table_prefix", ConfigFault::Senseless), "{bad}");
        }
    }

    #[test]
    fn a_directory_stands_for_its_file_or_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("public");
        fs::create_dir(&site).unwrap();
        assert_eq!(find(&site), site.join("wp-config.php"));
        fs::write(folder.path().join("wp-config.php"), PLAIN).unwrap();
        assert_eq!(read(&find(&site)).ok().unwrap().name, "shop");
        fs::write(site.join("wp-config.php"), PLAIN.replace("'shop'", "'other'")).unwrap();
        assert_eq!(read(&find(&site)).ok().unwrap().name, "other");
        assert!(matches!(
            read(&folder.path().join("none.php")),
            Err(WordPressError::ReadConfig { .. })
        ));
    }
}
