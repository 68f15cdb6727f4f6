//! A built page held in memory, and the answer it gives to each request.
//!
//! Only names found when the folder was read are ever answered, so no request can reach another file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::fingerprint;
use crate::page;

/// The files of a page by their address.
#[derive(Default)]
pub struct Site {
    assets: BTreeMap<String, Asset>,
}

struct Asset {
    plain: Vec<u8>,
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
    tag: String,
}

/// What a request asks, as far as we care.
#[derive(Clone, Copy, Default)]
pub struct Question<'a> {
    /// The path without its leading slash; a query is ignored.
    pub path: &'a str,
    /// The value of `Accept-Encoding`.
    pub accept_encoding: &'a str,
    /// The value of `If-None-Match`.
    pub if_none_match: &'a str,
}

/// What to send back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for 304.
    pub body: Vec<u8>,
}

impl Site {
    /// Reads the folder `dist`.
    pub fn load(dist: &Path) -> Result<Self> {
        let mut site = Self::default();
        let mut packed = Vec::new();
        for file in page::files_under(dist)? {
            let name = file.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
            let content = fs::read(&file)?;
            match name.rsplit_once('.') {
                Some((plain, "br" | "gz")) => packed.push((plain.to_owned(), name.ends_with(".br"), content)),
                _ => site.put(&name, content),
            }
        }
        for (plain, is_brotli, content) in packed {
            if let Some(asset) = site.assets.get_mut(&plain) {
                let slot = if is_brotli { &mut asset.brotli } else { &mut asset.gzip };
                *slot = Some(content);
            }
        }
        Ok(site)
    }

    /// Adds or replaces the file at `name`.
    pub fn put(&mut self, name: &str, plain: Vec<u8>) {
        let tag = format!("\"{}\"", fingerprint::of(&plain));
        self.assets.insert(name.to_owned(), Asset { plain, brotli: None, gzip: None, tag });
    }

    /// The plain content of `name`.
    pub fn plain(&self, name: &str) -> Option<&[u8]> {
        self.assets.get(name).map(|asset| asset.plain.as_slice())
    }

    /// Answers one request.
    pub fn answer(&self, question: Question) -> Answer {
        let path = question.path.split(['?', '#']).next().unwrap_or_default();
        let name = if path.is_empty() { "index.html" } else { path };
        let Some(asset) = self.assets.get(name) else {
            return Answer::text(404, "There is nothing at this address.\n");
        };
        let mut headers = vec![
            ("Content-Type", mime(name).to_owned()),
            ("Cache-Control", caching(name).to_owned()),
            ("ETag", asset.tag.clone()),
            ("Vary", "Accept-Encoding".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        if question.if_none_match.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.tag) {
            return Answer { status: 304, headers, body: Vec::new() };
        }
        let (encoding, body) = asset.best_for(question.accept_encoding);
        headers.extend(encoding.map(|encoding| ("Content-Encoding", encoding.to_owned())));
        Answer { status: 200, headers, body: body.to_vec() }
    }
}

impl Asset {
    fn best_for(&self, accept_encoding: &str) -> (Option<&'static str>, &[u8]) {
        match (&self.brotli, &self.gzip) {
            (Some(body), _) if accepts(accept_encoding, "br") => (Some("br"), body),
            (_, Some(body)) if accepts(accept_encoding, "gzip") => (Some("gzip"), body),
            _ => (None, &self.plain),
        }
    }
}

impl Answer {
    /// A few words in plain text.
    pub fn text(status: u16, words: &str) -> Self {
        let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: words.as_bytes().to_vec() }
    }
}

fn accepts(accept_encoding: &str, encoding: &str) -> bool {
    accept_encoding.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts.next() == Some(encoding);
        let is_refused =
            parts.filter_map(|part| part.strip_prefix("q=")).any(|weight| weight.parse().is_ok_and(|weight: f32| weight <= 0.0));
        is_named && !is_refused
    })
}

fn caching(name: &str) -> &'static str {
    if page::is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "md" | "toml" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let mut site = Site::default();
        site.put("index.html", b"<!doctype html>".to_vec());
        site.put("app_bg-0123456789abcdef.wasm", b"\0asm".to_vec());
        let wasm = site.assets.get_mut("app_bg-0123456789abcdef.wasm").unwrap();
        wasm.brotli = Some(b"br".to_vec());
        wasm.gzip = Some(b"gz".to_vec());
        site
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn nothing_outside_the_page_can_be_reached() {
        for path in ["../Cargo.toml", "..%2fCargo.toml", "course/../../Cargo.toml", "/etc/hostname", ".", "index.html/"] {
            let answer = site().answer(Question { path, ..Question::default() });
            assert_eq!(answer.status, 404, "{path}");
        }
    }

    #[test]
    fn the_folder_itself_is_the_index_and_is_asked_for_again_each_time() {
        let answer = site().answer(Question { path: "?unit=1", ..Question::default() });
        assert_eq!(answer.status, 200);
        assert_eq!(header(&answer, "Content-Type"), Some("text/html; charset=utf-8"));
        assert_eq!(header(&answer, "Cache-Control"), Some("no-cache"));
    }

    #[test]
    fn a_known_tag_is_answered_without_a_body() {
        let first = site().answer(Question::default());
        let if_none_match = header(&first, "ETag").unwrap();
        let second = site().answer(Question { if_none_match, ..Question::default() });
        assert_eq!((second.status, second.body.len()), (304, 0));
    }

    #[test]
    fn the_encoding_is_the_best_the_browser_accepts() {
        let check = |accept_encoding, expected, body: &[u8]| {
            let answer = site().answer(Question { path: "app_bg-0123456789abcdef.wasm", accept_encoding, ..Question::default() });
            assert_eq!(header(&answer, "Content-Encoding"), expected, "{accept_encoding}");
            assert_eq!(answer.body, body, "{accept_encoding}");
            assert_eq!(header(&answer, "Content-Type"), Some("application/wasm"));
            assert_eq!(header(&answer, "Cache-Control"), Some("public, max-age=31536000, immutable"));
        };
        check("gzip, deflate, br, zstd", Some("br"), b"br");
        check("gzip;q=0.5", Some("gzip"), b"gz");
        check("br;q=0, gzip", Some("gzip"), b"gz");
        check("", None, b"\0asm");
    }
}
