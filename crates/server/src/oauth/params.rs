//! Parameters as RFC 6749 §3.1 and §3.2 want them: each at most once, and an empty one is one that is not there.

/// Longest value that is looked at, in bytes. Codes and tokens are below 1 KB.
const VALUE_BYTES_MAX: usize = 4096;

/// Most parameters that are looked at; no request has more than a dozen.
const PARAMS_MAX: usize = 64;

/// Parameters of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

/// A parameter that came twice, is longer than anything sensible, or one too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadParam(pub(crate) String);

impl BadParam {
    fn named(name: &str) -> Self {
        Self(name.chars().take(40).collect())
    }
}

impl Params {
    /// Takes parameters that are each there once.
    pub(crate) fn read(pairs: Vec<(String, String)>) -> Result<Self, BadParam> {
        if let Some((name, _)) = pairs.get(PARAMS_MAX) {
            return Err(BadParam::named(name));
        }
        for (at, (name, value)) in pairs.iter().enumerate() {
            let is_twice = pairs[..at].iter().any(|(other, _)| other == name);
            if is_twice || value.len() > VALUE_BYTES_MAX {
                return Err(BadParam::named(name));
            }
        }
        Ok(Self(pairs))
    }

    /// A parameter that is there and not empty.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_parameter_comes_once_and_an_empty_one_is_none() {
        let params = Params::read(pairs(&[("a", "1"), ("b", "")])).unwrap();
        assert_eq!(
            (params.find("a"), params.find("b"), params.find("c")),
            (Some("1"), None, None)
        );
        let twice = Params::read(pairs(&[("a", "1"), ("b", "2"), ("a", "1")]));
        assert_eq!(twice, Err(BadParam("a".into())));
        let many: Vec<_> = (0..=PARAMS_MAX)
            .map(|at| (format!("p{at}"), String::new()))
            .collect();
        assert_eq!(Params::read(many), Err(BadParam(format!("p{PARAMS_MAX}"))));
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        assert!(Params::read(pairs(&[("a", &long)])).is_err());
    }
}
