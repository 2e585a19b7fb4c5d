//! A browser that knows cookies and forms and follows nothing by itself.

use std::sync::Mutex;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use url::Url;

/// An answer, taken in whole.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

/// A browser at one till.
pub(crate) struct Browser {
    client: Client,
    base: Url,
    cookie: Mutex<String>,
    /// Everything that was ever answered, to be searched for what must not be in it.
    seen: Mutex<String>,
}

impl Browser {
    pub(crate) fn at(base: Url) -> Self {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            base,
            cookie: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// The same browser at a till that was started again on another port.
    pub(crate) fn moved_to(self, base: Url) -> Self {
        let port = base.port().unwrap();
        let cookie = self.cookie.into_inner().unwrap();
        let value = cookie.split_once('=').map(|(_, value)| value).unwrap_or_default();
        Self {
            cookie: Mutex::new(format!("evertill_till_{port}={value}")),
            base,
            ..self
        }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    pub(crate) fn cookie(&self) -> String {
        self.cookie.lock().unwrap().clone()
    }

    pub(crate) fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(self.url(path))).await
    }

    pub(crate) async fn fragment(&self, path: &str) -> Page {
        self.send(self.client.get(self.url(path)).header("HX-Request", "true"))
            .await
    }

    /// Opens `/`, takes its form token and posts with it.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf().await;
        self.post_with(&csrf, path, fields).await
    }

    pub(crate) async fn post_with(&self, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf", csrf)];
        all.extend(fields);
        let origin = self.base.origin().ascii_serialization();
        self.send(
            self.client
                .post(self.url(path))
                .header("Origin", origin)
                .form(&all),
        )
        .await
    }

    pub(crate) async fn csrf(&self) -> String {
        let home = self.get("/").await;
        let page = match home.status {
            200 => home,
            _ => self.get("/sign-in").await,
        };
        match page.field("csrf") {
            csrf if csrf.is_empty() => self.get("/cart/custom").await.field("csrf"),
            csrf => csrf,
        }
    }

    /// The form token of any page, also before anybody signed in.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Page {
        let cookie = self.cookie();
        let request = match cookie.as_str() {
            "" => request,
            cookie => request.header("Cookie", cookie),
        };
        let response = request.send().await.unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            *self.cookie.lock().unwrap() = pair;
        }
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let page = Page {
            status: response.status().as_u16(),
            location: header("location"),
            headers: response.headers().clone(),
            body: String::new(),
        };
        let body = response.text().await.unwrap();
        let mut seen = self.seen.lock().unwrap();
        seen.push_str(&format!("{:?}\n{body}\n", page.headers));
        Page { body, ..page }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl Page {
    /// The value of the first field of that name.
    pub(crate) fn field(&self, name: &str) -> String {
        let Some(at) = self.body.find(&format!("name=\"{name}\"")) else {
            return String::new();
        };
        let start = self.body[..at].rfind('<').unwrap();
        let end = at + self.body[at..].find('>').unwrap();
        let tag = &self.body[start..end];
        let value = tag
            .split("value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        value
            .unwrap_or_default()
            .replace("&amp;", "&")
            .replace("&#38;", "&")
    }

    #[track_caller]
    pub(crate) fn holds(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "`{text}` is not in\n{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "`{text}` is in\n{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) -> &Self {
        assert_eq!(
            (self.status, self.location.as_str()),
            (303, path),
            "{}",
            self.body
        );
        self
    }
}
