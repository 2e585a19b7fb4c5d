//! Which tables belong to WordPress: their prefix is the owner's choice, and a database may hold several sites.

use super::WordPressError;

/// What is read of a site's database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tables {
    /// The table of the people.
    pub users: String,
    /// The table of what else is known of them.
    pub usermeta: String,
    /// The key under which their roles at this site lie.
    pub capabilities: String,
    /// Prefixes of other sites with the same people: a network has several.
    pub other_sites: Vec<String>,
}

/// Finds the tables among those of a database; `asked` is the prefix an owner named.
pub(super) fn find(names: &[String], asked: Option<&str>) -> Result<Tables, WordPressError> {
    let prefixes = prefixes(names);
    let Some(asked) = asked else {
        return match prefixes.as_slice() {
            [] => Err(WordPressError::NoTables),
            [only] => Ok(tables(only, only, names)),
            _ => Err(WordPressError::AmbiguousPrefix {
                prefixes: prefixes.into_iter().map(str::to_owned).collect(),
            }),
        };
    };
    // Sites of a network share the people of the first one: `wp_2_` goes with `wp_users`.
    prefixes
        .iter()
        .find(|base| **base == asked)
        .or_else(|| prefixes.iter().find(|base| is_site_of(base, asked)))
        .map(|base| tables(base, asked, names))
        .ok_or_else(|| WordPressError::PrefixUnknown {
            prefix: asked.to_owned(),
        })
}

/// Every prefix of both tables, sorted.
fn prefixes(names: &[String]) -> Vec<&str> {
    let mut found: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix("users"))
        .filter(|prefix| {
            names
                .iter()
                .any(|name| name.strip_suffix("usermeta") == Some(*prefix))
        })
        .collect();
    found.sort_unstable();
    found
}

fn tables(base: &str, site: &str, names: &[String]) -> Tables {
    let mut other_sites: Vec<String> = names
        .iter()
        .filter_map(|name| name.strip_suffix("options"))
        .filter(|prefix| *prefix != site && (*prefix == base || is_site_of(base, prefix)))
        .map(str::to_owned)
        .collect();
    other_sites.sort_unstable();
    Tables {
        users: format!("{base}users"),
        usermeta: format!("{base}usermeta"),
        capabilities: format!("{site}capabilities"),
        other_sites,
    }
}

/// Whether the prefix is that of a numbered site in the network.
fn is_site_of(base: &str, prefix: &str) -> bool {
    let number = prefix.strip_prefix(base).and_then(|rest| rest.strip_suffix('_'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], asked: Option<&str>) -> Result<Tables, WordPressError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        find(&names, asked)
    }

    #[test]
    fn the_only_prefix_is_found_by_itself() {
        let tables = found(&["x7_users", "x7_usermeta", "x7_options", "app_users"], None).unwrap();
        assert_eq!(
            (tables.users.as_str(), tables.usermeta.as_str()),
            ("x7_users", "x7_usermeta")
        );
        assert_eq!(tables.capabilities, "x7_capabilities");
        assert_eq!(tables.other_sites, [""; 0]);
        let bare = found(&["users", "usermeta"], None).unwrap();
        assert_eq!(bare.capabilities, "capabilities");
    }

    #[test]
    fn two_sites_in_one_database_are_not_guessed_between() {
        let names = ["wp_users", "wp_usermeta", "old_users", "old_usermeta"];
        let error = found(&names, None).unwrap_err();
        assert!(
            matches!(&error, WordPressError::AmbiguousPrefix { prefixes } if *prefixes == ["old_", "wp_"]),
            "{error}"
        );
        assert_eq!(found(&names, Some("old_")).unwrap().users, "old_users");
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        assert!(matches!(found(&[], None), Err(WordPressError::NoTables)));
        assert!(matches!(
            found(&["wp_users", "shop_usermeta"], None),
            Err(WordPressError::NoTables)
        ));
        for asked in ["wp", "wp_x_", "wp__", "", "2_"] {
            let error = found(&["wp_users", "wp_usermeta"], Some(asked)).unwrap_err();
            assert!(matches!(error, WordPressError::PrefixUnknown { .. }), "{asked}");
        }
    }

    #[test]
    fn a_site_of_a_network_has_its_own_roles_and_the_people_of_all() {
        let names = [
            "wp_users",
            "wp_usermeta",
            "wp_options",
            "wp_2_options",
            "wp_13_options",
            "wp_x_options",
        ];
        let second = found(&names, Some("wp_2_")).unwrap();
        assert_eq!(
            (second.users.as_str(), second.capabilities.as_str()),
            ("wp_users", "wp_2_capabilities")
        );
        assert_eq!(second.other_sites, ["wp_", "wp_13_"]);
        let first = found(&names, None).unwrap();
        assert_eq!(first.capabilities, "wp_capabilities");
        assert_eq!(first.other_sites, ["wp_13_", "wp_2_"]);
    }
}
