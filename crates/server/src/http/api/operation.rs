//! What is told of an endpoint: the document and the page are both made from it.

use evertill_wire::Code;
use serde_json::Value;

use super::{
    schema::{Schema, either, narrowed},
    shapes::Shape,
};

/// Media types of what is sent and answered.
pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const HTML: &str = "text/html";
pub(super) const PROBLEM: &str = evertill_wire::Problem::CONTENT_TYPE;

/// What an endpoint is about; the order of the chapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Sessions,
    OAuth,
    Discovery,
    People,
    Catalogue,
    Orders,
    Changes,
    Process,
    Pages,
}

impl Tag {
    pub(super) const ALL: [Self; 9] = [
        Self::Sessions,
        Self::OAuth,
        Self::Discovery,
        Self::People,
        Self::Catalogue,
        Self::Orders,
        Self::Changes,
        Self::Process,
        Self::Pages,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Sessions => "Sessions",
            Self::OAuth => "OAuth",
            Self::Discovery => "Discovery",
            Self::People => "People and stores",
            Self::Catalogue => "Catalogue",
            Self::Orders => "Orders",
            Self::Changes => "Changes",
            Self::Process => "The process",
            Self::Pages => "Pages",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Sessions => "Renewing a session, seeing who is signed in, ending sessions.",
            Self::OAuth => {
                "The standards' way to a session: authorization code with PKCE, rotation, revocation."
            }
            Self::Discovery => {
                "What a client asks before it knows anybody: is this a store, and what can it do."
            }
            Self::People => "The person behind the till, customers, and the store's own settings.",
            Self::Catalogue => "What can be sold, and the short lists around it.",
            Self::Orders => "Sales on their way in, and orders as they are now.",
            Self::Changes => "Has anything moved, and what.",
            Self::Process => "What machines ask about the process, and this description.",
            Self::Pages => "What people see in a browser. The owner's office is at /admin.",
        }
    }
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) about: &'static str,
    pub(super) schema: Schema,
    pub(super) is_required: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Body {
    /// Media types it may come in.
    pub(super) media: &'static [&'static str],
    pub(super) schema: Schema,
    pub(super) example: Value,
}

/// What comes back under one status.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) about: &'static str,
    /// Media type and what is in it; none for an answer without a body.
    pub(super) content: Vec<(&'static str, Schema)>,
    /// Codes of WordPress' error shape.
    pub(super) codes: Vec<&'static str>,
    /// Codes of OAuth's error shape.
    pub(super) errors: Vec<&'static str>,
    /// Codes of problem documents.
    pub(super) problems: Vec<Code>,
    pub(super) headers: Vec<Header>,
    pub(super) example: Option<Value>,
}

#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) schema: Schema,
    pub(super) is_required: bool,
}

impl Answer {
    /// Everything that may be in it, by media type.
    pub(super) fn bodies(&self) -> Vec<(&'static str, Schema)> {
        let mut json: Vec<Schema> = Vec::new();
        let mut bodies = Vec::new();
        for (media, schema) in &self.content {
            match *media {
                JSON => json.push(schema.clone()),
                _ => bodies.push((*media, schema.clone())),
            }
        }
        if !self.codes.is_empty() {
            json.push(narrowed(Shape::WordPressError.named(), "code", &self.codes));
        }
        if !self.errors.is_empty() {
            json.push(narrowed(Shape::OAuthError.named(), "error", &self.errors));
        }
        if !json.is_empty() {
            bodies.insert(0, (JSON, either(json)));
        }
        if !self.problems.is_empty() {
            let codes: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            bodies.push((PROBLEM, narrowed(Shape::Problem.named(), "code", &codes)));
        }
        bodies
    }
}

/// An endpoint, described.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) tag: Tag,
    pub(super) summary: &'static str,
    pub(super) about: &'static str,
    pub(super) params: Vec<Param>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
}

impl Operation {
    pub(super) fn new(tag: Tag, summary: &'static str, about: &'static str) -> Self {
        Self {
            tag,
            summary,
            about,
            params: Vec::new(),
            body: None,
            answers: Vec::new(),
        }
    }

    fn param(
        mut self,
        place: Place,
        name: &'static str,
        schema: Schema,
        about: &'static str,
        is_required: bool,
    ) -> Self {
        self.params.push(Param {
            name,
            place,
            about,
            schema,
            is_required,
        });
        self
    }

    pub(super) fn path(self, name: &'static str, schema: Schema, about: &'static str) -> Self {
        self.param(Place::Path, name, schema, about, true)
    }

    pub(super) fn query(self, name: &'static str, schema: Schema, about: &'static str) -> Self {
        self.param(Place::Query, name, schema, about, false)
    }

    pub(super) fn needed_query(self, name: &'static str, schema: Schema, about: &'static str) -> Self {
        self.param(Place::Query, name, schema, about, true)
    }

    pub(super) fn header(self, name: &'static str, schema: Schema, about: &'static str) -> Self {
        self.param(Place::Header, name, schema, about, false)
    }

    pub(super) fn body(mut self, media: &'static [&'static str], shape: Shape, example: Value) -> Self {
        self.body = Some(Body {
            media,
            schema: shape.named(),
            example,
        });
        self
    }

    /// The answer of a status, made when it is not there yet.
    fn at(&mut self, status: u16, about: &'static str) -> &mut Answer {
        let at = match self.answers.iter().position(|answer| answer.status == status) {
            Some(at) => at,
            None => {
                self.answers.push(Answer {
                    status,
                    about,
                    content: Vec::new(),
                    codes: Vec::new(),
                    errors: Vec::new(),
                    problems: Vec::new(),
                    headers: Vec::new(),
                    example: None,
                });
                self.answers.len() - 1
            }
        };
        &mut self.answers[at]
    }

    /// An answer in JSON.
    pub(super) fn answers(self, status: u16, about: &'static str, schema: Schema) -> Self {
        self.answers_in(JSON, status, about, schema)
    }

    pub(super) fn answers_in(
        mut self,
        media: &'static str,
        status: u16,
        about: &'static str,
        schema: Schema,
    ) -> Self {
        self.at(status, about).content.push((media, schema));
        self
    }

    /// An answer without a body.
    pub(super) fn answers_nothing(mut self, status: u16, about: &'static str) -> Self {
        self.at(status, about);
        self
    }

    /// An example of an answer in JSON.
    pub(super) fn example(mut self, status: u16, example: Value) -> Self {
        self.at(status, "").example = Some(example);
        self
    }

    /// A header of an answer that is always there.
    pub(super) fn sends(
        mut self,
        status: u16,
        name: &'static str,
        schema: Schema,
        about: &'static str,
    ) -> Self {
        self.at(status, "").headers.push(Header {
            name,
            about,
            schema,
            is_required: true,
        });
        self
    }

    /// A header of an answer that is there on some occasions.
    pub(super) fn may_send(
        mut self,
        status: u16,
        name: &'static str,
        schema: Schema,
        about: &'static str,
    ) -> Self {
        self.at(status, "").headers.push(Header {
            name,
            about,
            schema,
            is_required: false,
        });
        self
    }

    /// Refused in WordPress' shape.
    pub(super) fn refuses(mut self, status: u16, codes: &[&'static str]) -> Self {
        let answer = self.at(status, why(status));
        for code in codes {
            if !answer.codes.contains(code) {
                answer.codes.push(code);
            }
        }
        self
    }

    /// Refused in OAuth's shape.
    pub(super) fn refuses_grant(mut self, status: u16, errors: &[&'static str]) -> Self {
        self.at(status, why(status)).errors.extend(errors);
        self
    }

    /// Refused with a problem document.
    pub(super) fn refuses_with(mut self, status: u16, code: Code) -> Self {
        self.at(status, why(status)).problems.push(code);
        self
    }
}

/// What a status of a refusal means here.
fn why(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be understood, or a parameter is not acceptable.",
        401 => "Not signed in, or not any more.",
        403 => "Signed in, and not allowed to do that.",
        404 => "There is nothing like that.",
        405 => "Not with this method.",
        408 => "The request did not arrive in time.",
        409 => "Something newer stands in the way.",
        410 => "It is gone.",
        413 => "The request is too large.",
        415 => "The body is of another kind.",
        422 => "The request contradicts itself.",
        428 => "The request has to name the state it is based on.",
        503 => "The store has as much to do as it takes on, or cannot reach its database. Nothing is lost.",
        _ => "Refused.",
    }
}
