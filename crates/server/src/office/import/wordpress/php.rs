//! As much of PHP as a settings file needs: words, variables, texts and marks; comments and the page around are gone.

/// A piece of PHP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// A variable, without its dollar.
    Variable(String),
    /// A text that stands there as it is.
    Text(String),
    /// A text that PHP would have to put together: `"{$host}:3306"`, a heredoc, bytes that are no UTF-8.
    Made,
    /// Anything else, a letter at a time.
    Mark(char),
}

/// Takes a file apart. What PHP would refuse is read as far as it goes.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader {
        rest: text,
        tokens: Vec::new(),
    };
    reader.page();
    while !reader.rest.is_empty() {
        reader.next();
    }
    reader.tokens
}

struct Reader<'a> {
    rest: &'a str,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    /// Skips what is sent to the browser as it is.
    fn page(&mut self) {
        self.skip_past("<?");
        self.rest = self
            .rest
            .strip_prefix("php")
            .or_else(|| self.rest.strip_prefix('='))
            .unwrap_or(self.rest);
    }

    fn next(&mut self) {
        let rest = self.rest;
        if rest.starts_with("?>") {
            return self.page();
        }
        if rest.starts_with("//") || (rest.starts_with('#') && !rest.starts_with("#[")) {
            // A line comment ends where PHP ends, too.
            let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let php = rest.find("?>").unwrap_or(rest.len());
            self.rest = &rest[line.min(php)..];
            return;
        }
        if rest.starts_with("/*") {
            return self.skip_past("*/");
        }
        if rest.starts_with("<<<") {
            return self.heredoc();
        }
        let Some(first) = rest.chars().next() else {
            return;
        };
        self.rest = &rest[first.len_utf8()..];
        match first {
            '\'' => self.single_quoted(),
            '"' => self.double_quoted(),
            '$' if self.rest.starts_with(is_word) => {
                let name = self.word();
                self.tokens.push(Token::Variable(name));
            }
            letter if is_word(letter) => {
                self.rest = rest;
                let word = self.word();
                self.tokens.push(Token::Word(word));
            }
            space if space.is_whitespace() => {}
            mark => self.tokens.push(Token::Mark(mark)),
        }
    }

    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
    }

    fn word(&mut self) -> String {
        let end = self
            .rest
            .find(|letter| !is_word(letter))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn single_quoted(&mut self) {
        let mut text = String::new();
        let mut letters = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\'' => {
                    end = at + 1;
                    break;
                }
                '\\' => match letters.next() {
                    Some((_, quoted @ ('\\' | '\''))) => text.push(quoted),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        self.rest = &self.rest[end..];
        self.text(text, false);
    }

    fn double_quoted(&mut self) {
        let mut text = String::new();
        let mut is_made = false;
        let mut letters = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, letter)) = letters.next() {
            let after = letters.peek().map(|(_, letter)| *letter);
            match letter {
                '"' => {
                    end = at + 1;
                    break;
                }
                '\\' => {
                    let plain = after.and_then(escaped);
                    match (plain, after) {
                        (Some(plain), _) => text.push(plain),
                        // Numbers of letters: nobody writes settings so, and guessing would be worse.
                        (None, Some('x' | 'u' | '0'..='7')) => is_made = true,
                        (None, Some(other)) => text.extend(['\\', other]),
                        (None, None) => text.push('\\'),
                    }
                    letters.next();
                }
                '$' if after.is_some_and(|next| is_word(next) && !next.is_ascii_digit() || next == '{') => {
                    is_made = true;
                }
                other => text.push(other),
            }
        }
        self.rest = &self.rest[end..];
        self.text(text, is_made);
    }

    /// Skips to the line that begins with the label.
    fn heredoc(&mut self) {
        self.rest = self.rest[3..].trim_start_matches([' ', '\t']);
        self.rest = self.rest.trim_start_matches(['"', '\'']);
        let label = self.word();
        let mut lines = self.rest.split_inclusive('\n');
        let mut length = lines.next().unwrap_or_default().len();
        for line in lines {
            let start = line.trim_start_matches([' ', '\t']);
            let is_end = start
                .strip_prefix(label.as_str())
                .is_some_and(|rest| !rest.starts_with(is_word));
            if is_end {
                length += line.len() - start.len() + label.len();
                break;
            }
            length += line.len();
        }
        self.rest = &self.rest[length..];
        self.tokens.push(Token::Made);
    }

    fn text(&mut self, text: String, is_made: bool) {
        let is_whole = !is_made && !text.contains(char::REPLACEMENT_CHARACTER);
        self.tokens.push(match is_whole {
            true => Token::Text(text),
            false => Token::Made,
        });
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()
}

/// What a letter after a backslash stands for in double quotes.
fn escaped(letter: char) -> Option<char> {
    Some(match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        '\\' | '$' | '"' => letter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(php: &str) -> Vec<Option<String>> {
        tokens(php)
            .into_iter()
            .filter_map(|token| match token {
                Token::Text(text) => Some(Some(text)),
                Token::Made => Some(None),
                Token::Word(_) | Token::Variable(_) | Token::Mark(_) => None,
            })
            .collect()
    }

    fn text(php: &str) -> Option<String> {
        texts(&format!("<?php {php};")).remove(0)
    }

    #[test]
    fn quotes_and_backslashes_are_read_as_php_reads_them() {
        assert_eq!(text(r"'it\'s \\ \n $x'").as_deref(), Some(r"it's \ \n $x"));
        assert_eq!(text(r#""a\"b\\c\$d\te\q""#).as_deref(), Some("a\"b\\c$d\te\\q"));
        assert_eq!(text(r#""costs $5 {x} $""#).as_deref(), Some("costs $5 {x} $"));
        assert_eq!(text("'Grüße'").as_deref(), Some("Grüße"));
    }

    #[test]
    fn what_php_would_have_to_put_together_is_not_guessed() {
        for made in [
            "\"$host\"",
            "\"{$host}:1\"",
            "\"${host}\"",
            "\"\\x41\"",
            "\"\\101\"",
            "'\u{fffd}'",
        ] {
            assert_eq!(text(made), None, "{made}");
        }
    }

    #[test]
    fn comments_pages_and_heredocs_are_no_settings() {
        let php = "\u{feff}'page' <?php // 'a' ?> 'page' <?php # 'b'\n/* 'c' \n'd' */ 'e'\n#[F] 'f' \
                   <<<'END'\n'g'\n  END . 'h' // no end of the line";
        assert_eq!(
            texts(php),
            [Some("e".into()), Some("f".into()), None, Some("h".into())]
        );
        assert_eq!(texts("no php 'x'"), []);
    }

    #[test]
    fn a_file_that_is_cut_off_is_read_to_its_end() {
        for php in [
            "<?php 'a",
            "<?php \"a\\",
            "<?php /* a",
            "<?php <<<END\na",
            "<?php $",
            "<?",
        ] {
            assert!(tokens(php).len() <= 1, "{php}");
        }
    }
}
