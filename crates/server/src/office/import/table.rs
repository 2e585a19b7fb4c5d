//! A table of users, as CSV (RFC 4180): commas, quotes doubled inside quotes, any line ending.

use std::fmt;

/// One user of WordPress. `Debug` leaves the hash out.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    pub(crate) username: String,
    pub(crate) email: String,
    /// The hash as it lies in `user_pass`.
    pub(crate) password: String,
    pub(crate) display_name: String,
    /// Empty where only the name to show is known.
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Roles or capabilities, as text.
    pub(crate) roles: String,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({}, {}, {}, ****)", self.username, self.email, self.roles)
    }
}

/// Reads the table, or names the column that is missing. `wp_capabilities` and `capabilities` stand for `roles`.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, &'static str> {
    let mut records = records(text.trim_start_matches('\u{feff}')).into_iter();
    let head = records.next().unwrap_or_default();
    let place = |names: &[&'static str]| {
        head.iter()
            .position(|cell| names.contains(&cell.trim().to_lowercase().as_str()))
            .ok_or(names[0])
    };
    let username = place(&["user_login"])?;
    let email = place(&["user_email"])?;
    let password = place(&["user_pass"])?;
    let display_name = place(&["display_name"])?;
    let roles = place(&["roles", "capabilities", "wp_capabilities"])?;
    let cell = |record: &[String], at: usize| {
        record
            .get(at)
            .map(|cell| cell.trim().to_owned())
            .unwrap_or_default()
    };
    Ok(records
        .filter(|record| record.iter().any(|cell| !cell.trim().is_empty()))
        .map(|record| Row {
            username: cell(&record, username),
            email: cell(&record, email),
            password: cell(&record, password),
            display_name: cell(&record, display_name),
            roles: cell(&record, roles),
            ..Row::default()
        })
        .collect())
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut record = Vec::new();
    let mut cell = String::new();
    let mut is_quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            ',' if !is_quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                record.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        all.push(record);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_commas_quotes_and_lines() {
        let text = "a,\"b, c\",\"say \"\"no\"\"\"\r\n\"two\nlines\",,x";
        assert_eq!(
            records(text),
            [vec!["a", "b, c", "say \"no\""], vec!["two\nlines", "", "x"]]
        );
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let text = "\u{feff}Roles,USER_LOGIN,x,user_email,user_pass,display_name\ncashier, eva ,1,e@x.es,$P$,Eva\n\n";
        let expected = Row {
            username: "eva".into(),
            email: "e@x.es".into(),
            password: "$P$".into(),
            display_name: "Eva".into(),
            roles: "cashier".into(),
            ..Row::default()
        };
        assert_eq!(rows(text), Ok(vec![expected]));
    }

    #[test]
    fn a_column_that_is_missing_is_named_and_a_short_row_is_not_a_crash() {
        assert_eq!(rows("user_login,user_email,user_pass,display_name"), Err("roles"));
        assert_eq!(rows(""), Err("user_login"));
        let short = rows("user_login,user_email,user_pass,display_name,roles\neva").unwrap();
        assert_eq!((short[0].username.as_str(), short[0].email.as_str()), ("eva", ""));
    }
}
