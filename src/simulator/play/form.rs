//! The form of a page: as much of HTML as a login page has.

use http::Uri;

use super::super::percent;

/// Why a form cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// No page is shown.
    #[error("the device shows no page")]
    NoPage,
    /// The page has no form that is posted.
    #[error("the page has no form with the method `post`")]
    NoForm,
    /// The form has no such field.
    #[error("the form has no field {field:?}; it has {has:?}")]
    NoField {
        /// The field.
        field: String,
        /// Those that it has.
        has: Vec<String>,
    },
}

/// Where a form goes, and its fields with what is in them. Without an action there is no form.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    action: Option<String>,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The first form of a page that is posted.
    pub(super) fn read(page_url: &str, html: &str) -> Self {
        let mut form = Self::default();
        for tag in html.split('<').skip(1) {
            let name = tag.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "form" if form.action.is_none() => {
                    let is_post = attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                    let action = attribute(tag, "action").unwrap_or_default();
                    form.action = is_post.then(|| resolved(page_url, &action));
                }
                "/form" if form.action.is_some() => break,
                "input" if form.action.is_some() => {
                    if let Some(name) = attribute(tag, "name") {
                        form.fields.push((name, attribute(tag, "value").unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
        form
    }

    /// Where it goes, and its body.
    pub(super) fn filled(&self, answers: &[(&str, &str)]) -> Result<(String, String), FormError> {
        let action = self.action.clone().ok_or(FormError::NoForm)?;
        if let Some((field, _)) = answers.iter().find(|(name, _)| !self.fields.iter().any(|(has, _)| has == name)) {
            let has = self.fields.iter().map(|(name, _)| name.clone()).collect();
            return Err(FormError::NoField { field: (*field).to_owned(), has });
        }
        let pairs = self.fields.iter().map(|(name, value)| {
            let answer = answers.iter().find(|(answered, _)| answered == name).map_or(value.as_str(), |(_, text)| text);
            format!("{}={}", percent::encode(name), percent::encode(answer))
        });
        Ok((action, pairs.collect::<Vec<_>>().join("&")))
    }
}

/// The value of an attribute of a tag, in quotes or not.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('=') {
        let key = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let (value, tail) = match after.chars().next()? {
            quote @ ('"' | '\'') => after.get(1..)?.split_once(quote)?,
            _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(unescaped(value));
        }
        rest = tail;
    }
    None
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

/// Where a link of a page leads.
pub(super) fn resolved(page_url: &str, link: &str) -> String {
    if link.contains("://") {
        return link.to_owned();
    }
    let Some(page) = page_url.parse::<Uri>().ok() else { return link.to_owned() };
    let host =
        format!("{}://{}", page.scheme_str().unwrap_or("https"), page.authority().map_or("", |host| host.as_str()));
    match link {
        "" => page_url.to_owned(),
        link if link.starts_with('/') => format!("{host}{link}"),
        link => format!("{host}{}/{link}", page.path().rsplit_once('/').map_or("", |(folder, _)| folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, FormError, resolved};

    const PAGE: &str = r#"<!doctype html><p>a < b</p><form method=get action=/search><input name=q></form>
        <FORM METHOD="post" action='/sign-in?x=1&amp;y=2'><label>Name <input name="account" value="" required></label>
        <input type=password name=password><input type="hidden" value="a&quot;b c" name="nonce"><input type=submit></form>
        <input name="outside">"#;

    #[test]
    fn the_first_form_that_is_posted_is_filled_in() {
        let form = Form::read("https://mdm.example.com/welcome", PAGE);
        let (url, body) = form.filled(&[("account", "ada&co"), ("password", "p w")]).unwrap();
        assert_eq!(url, "https://mdm.example.com/sign-in?x=1&y=2");
        assert_eq!(body, "account=ada%26co&password=p%20w&nonce=a%22b%20c");
        let error = form.filled(&[("outside", "")]).unwrap_err();
        let has = ["account", "password", "nonce"].map(str::to_owned).to_vec();
        assert_eq!(error, FormError::NoField { field: "outside".into(), has });
        assert_eq!(Form::read("https://a/", "<p>no form").filled(&[]), Err(FormError::NoForm));
    }

    #[test]
    fn links_are_resolved() {
        for (link, expected) in [
            ("", "https://a.example/b/c"),
            ("/d", "https://a.example/d"),
            ("d", "https://a.example/b/d"),
            ("https://x.example/", "https://x.example/"),
        ] {
            assert_eq!(resolved("https://a.example/b/c", link), expected);
        }
    }
}
