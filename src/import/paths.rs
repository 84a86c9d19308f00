//! Which endpoint a request asks for: its method and path, with what names one thing left out.
//!
//! One idea: paths are a tree. A part that is a number, a UUID, a date or a token is `{id}`; where
//! a place has very many different parts the later ones are `{name}`, and when all is read those
//! that hardly anybody asked for are too. Files that no program makes are one endpoint. Neither
//! queries nor addresses are kept, and what a name may be written with is decided here.

use std::collections::BTreeMap;

use super::hashed::{Index, hash};

/// Nodes of the tree at most.
const MOST: usize = 8_192;
/// Different parts of one place that are kept apart.
const CHILDREN: u32 = 64;
/// Different parts of one place from which on the rare ones are one.
const CROWDED: usize = 16;
/// The part of a place's requests below which one of many is rare.
const RARE: f64 = 0.03;
/// Parts of a path that are looked at.
const DEEP: usize = 8;
/// Letters of a part of a name at most.
const LONG: usize = 32;
/// Paths that are remembered as they were written.
const RECENT: usize = 8_192;
/// Endings of files that no program makes.
const FILES: [&[u8]; 26] = [
    b"css",
    b"js",
    b"mjs",
    b"map",
    b"png",
    b"jpg",
    b"jpeg",
    b"gif",
    b"svg",
    b"ico",
    b"webp",
    b"avif",
    b"woff",
    b"woff2",
    b"ttf",
    b"otf",
    b"eot",
    b"mp4",
    b"webm",
    b"mp3",
    b"pdf",
    b"zip",
    b"gz",
    b"wasm",
    b"txt",
    b"webmanifest",
];
/// What stands for files.
pub(super) const STATIC: &str = "static files";
/// Its node.
pub(super) const STATIC_NODE: NodeId = 1;

/// A node of the tree: an endpoint if requests end there.
pub(super) type NodeId = u32;

/// A method, or a part of a path.
struct Node {
    parent: NodeId,
    part: Box<str>,
    /// Different parts below it that are kept apart.
    children: u32,
}

/// The tree of what is asked for.
pub(super) struct Paths {
    nodes: Vec<Node>,
    known: Index,
    recent: Vec<(u64, NodeId)>,
}

impl Paths {
    /// A tree of nothing.
    pub(super) fn new() -> Paths {
        let root = |part: &str| Node {
            parent: 0,
            part: part.into(),
            children: 0,
        };
        Paths {
            // The root, and the node of all files.
            nodes: vec![root(""), root(STATIC)],
            known: Index::new(MOST),
            recent: vec![(0, 0); RECENT],
        }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The endpoint of a method and a path, which may have a query.
    pub(super) fn endpoint(&mut self, method: &[u8], path: &[u8]) -> NodeId {
        let end = path
            .iter()
            .position(|byte| matches!(byte, b'?' | b'#' | b';'));
        let path = &path[..end.unwrap_or(path.len())];
        let key = hash(hash(0, method), path);
        let place = key as usize % RECENT;
        let (found, node) = self.recent[place];
        if found == key {
            return node;
        }
        let node = self.walk(method, path);
        self.recent[place] = (key, node);
        node
    }

    fn walk(&mut self, method: &[u8], path: &[u8]) -> NodeId {
        if matches!(method, b"GET" | b"HEAD") && is_file(path) {
            return STATIC_NODE;
        }
        let mut node = self.child(0, method);
        let parts = path
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty());
        for (depth, part) in parts.enumerate() {
            if depth == DEEP {
                return self.child(node, "…".as_bytes());
            }
            node = match is_id(part) {
                true => self.child(node, b"{id}"),
                false => self.child(node, part),
            };
        }
        node
    }

    /// The node of a part below another.
    fn child(&mut self, parent: NodeId, part: &[u8]) -> NodeId {
        let key = hash(u64::from(parent) + 1, part);
        if let Some(node) = self.known.get(key) {
            return node;
        }
        let named = part == b"{name}";
        let below = &mut self.nodes[parent as usize];
        if below.children >= CHILDREN && !named && part != b"{id}" {
            return self.child(parent, b"{name}");
        }
        let node = self.nodes.len() as NodeId;
        if self.nodes.len() >= MOST || !self.known.put(key, node) {
            return parent;
        }
        self.nodes[parent as usize].children += 1;
        self.nodes.push(Node {
            parent,
            part: written(part).into(),
            children: 0,
        });
        node
    }

    /// The patterns of all nodes that have requests, by node: `GET /users/{id}`. Nodes that are the
    /// same to a reader have the same pattern.
    pub(super) fn patterns(&self, requests: &[u64]) -> BTreeMap<NodeId, String> {
        let rare = self.rare(requests);
        let asked =
            (0..self.nodes.len()).filter(|node| requests.get(*node).is_some_and(|n| *n > 0));
        asked
            .map(|node| (node as NodeId, self.pattern(node as NodeId, &rare)))
            .collect()
    }

    /// Whether a node is one of very many at its place, and rare.
    fn rare(&self, requests: &[u64]) -> Vec<bool> {
        // Children stand behind their parents, so one walk backwards adds everything up.
        let mut within: Vec<u64> = requests.to_vec();
        within.resize(self.nodes.len(), 0);
        let mut kinds = vec![0_usize; self.nodes.len()];
        for node in (2..self.nodes.len()).rev() {
            let parent = self.nodes[node].parent as usize;
            within[parent] += within[node];
            kinds[parent] += usize::from(within[node] > 0);
        }
        (0..self.nodes.len())
            .map(|node| {
                let parent = self.nodes[node].parent as usize;
                let share = within[node] as f64 / (within[parent] as f64).max(1.0);
                // Methods are never one of many.
                parent != 0 && kinds[parent] >= CROWDED && share < RARE
            })
            .collect()
    }

    fn pattern(&self, node: NodeId, rare: &[bool]) -> String {
        let mut parts = Vec::new();
        let mut at = node;
        while at != 0 {
            let Node { parent, part, .. } = &self.nodes[at as usize];
            let is_name = rare[at as usize] && &**part != "{id}";
            parts.push(if is_name { "{name}" } else { part });
            at = *parent;
        }
        match parts.split_last() {
            None => "/".to_owned(),
            Some((only, [])) if *only == STATIC => STATIC.to_owned(),
            Some((&"", [])) => "/".to_owned(),
            Some((&"", [name])) => (*name).to_owned(),
            Some((method, [])) => format!("{method} /"),
            Some((method, parts)) => {
                let parts: Vec<&str> = parts.iter().rev().copied().collect();
                let path = parts.join("/");
                format!("{method} /{path}").trim_start().to_owned()
            }
        }
    }
}

/// A pattern as a name of the language: `get-users-id`.
pub(super) fn name_of(pattern: &str) -> String {
    let mut name = String::new();
    for c in pattern.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    if pattern.ends_with(" /") {
        name.push_str("root");
    }
    name.truncate(40);
    let name = name.trim_end_matches('-');
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name.to_owned(),
        false => format!("e{name}"),
    }
}

/// A part of a path as it may be written: letters of ASCII that stand for themselves.
fn written(part: &[u8]) -> String {
    let text = String::from_utf8_lossy(part);
    let fine = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "-_.~{}*:@+,=…".contains(c) => c,
        _ => '.',
    };
    text.chars().take(LONG).map(fine).collect()
}

fn is_file(path: &[u8]) -> bool {
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let Some(dot) = last.iter().rposition(|byte| *byte == b'.') else {
        return false;
    };
    let ending = &last[dot + 1..];
    ending.len() <= 11 && FILES.iter().any(|file| ending.eq_ignore_ascii_case(file))
}

/// Whether a part names one thing, not a kind of things: a number, a UUID, a date, a token, an
/// address.
fn is_id(part: &[u8]) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    let all = |fits: fn(&u8) -> bool| part.iter().all(fits);
    let is_mixed = all(|byte| byte.is_ascii_alphanumeric() || *byte == b'=')
        && part.iter().any(u8::is_ascii_uppercase)
        && part.iter().any(u8::is_ascii_lowercase);
    // A long word of capitals and small letters is a token, and so is what no word is as long as.
    if part.contains(&b'@') || part.len() > LONG || (is_mixed && part.len() >= 20) {
        return true;
    }
    // `v1`, `s3` and `oauth2` are words.
    let is_hex = all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    digits > 0
        && (digits == part.len()
            || (digits * 2 >= part.len() && part.len() > 2)
            || (is_hex && part.len() >= 8)
            || part.contains(&b'%')
            || (part.len() >= 16 && digits >= 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(asked: &[(&str, u64)]) -> Vec<String> {
        let mut paths = Paths::new();
        let mut requests = vec![0; MOST];
        for (path, times) in asked {
            requests[paths.endpoint(b"GET", path.as_bytes()) as usize] += times;
        }
        let mut found: Vec<String> = paths.patterns(&requests).into_values().collect();
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn what_names_one_thing_is_left_out() {
        let same = |id: &str| patterns(&[(&format!("/api/users/{id}/cart"), 1)]);
        for id in [
            "1",
            "12345",
            "550e8400-e29b-41d4-a716-446655440000",
            "deadbeefcafe01",
            "2014-10-27",
            "ann@example.org",
            "ann%40example.org",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6",
            "10.1.2.3",
            "a1b2c3d4e5f6a7b8c9",
        ] {
            assert_eq!(same(id), ["GET /api/users/{id}/cart"], "{id}");
        }
        for word in ["v1", "oauth2", "me", "red-shoes", "GetCustomerByName", "s3"] {
            let pattern = format!("GET /api/users/{word}/cart");
            assert_eq!(same(word), [pattern], "{word}");
        }
    }

    #[test]
    fn queries_are_cut_and_files_are_one_endpoint() {
        let asked = [
            "/",
            "/?q=secret",
            "/a/b.css",
            "/c.PNG?v=1",
            "/robots.txt",
            "/login;s=1",
        ];
        let asked = asked.map(|path| (path, 1));
        assert_eq!(patterns(&asked), ["GET /", "GET /login", "static files"]);
    }

    #[test]
    fn one_of_very_many_is_a_name() {
        let slugs: Vec<String> = (0..500).map(|n| format!("/blog/{}", word(n))).collect();
        let mut asked: Vec<(&str, u64)> = slugs.iter().map(|path| (path.as_str(), 2)).collect();
        asked.push(("/blog", 100));
        asked[3].1 = 400;
        let popular = format!("GET {}", slugs[3]);
        let mut expected = ["GET /blog", "GET /blog/{name}", popular.as_str()];
        expected.sort_unstable();
        assert_eq!(patterns(&asked), expected);
    }

    fn word(n: usize) -> String {
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        format!("{}{}{}", letter(n), letter(n / 26), letter(n / 676))
    }

    #[test]
    fn names_can_be_written() {
        for (pattern, name) in [
            ("GET /", "get-root"),
            ("GET /api/users/{id}", "get-api-users-id"),
            ("POST /a.b//c_d", "post-a-b-c_d"),
            (STATIC, "static-files"),
            ("9 /x", "e9-x"),
        ] {
            assert_eq!(name_of(pattern), name);
        }
        assert_eq!(written("a b\"\u{202e}é/".as_bytes()), "a.b....");
    }

    #[test]
    fn the_tree_is_bounded() {
        let mut paths = Paths::new();
        for n in 0..50_000_usize {
            let (a, b, c) = (word(n), word(n / 7), word(n / 11));
            paths.endpoint(b"GET", format!("/{a}/{b}/{c}/{a}{b}").as_bytes());
        }
        assert!(paths.len() <= MOST);
        let deep = "/x".repeat(1_000);
        let node = paths.endpoint(b"PUT", deep.as_bytes());
        assert!((node as usize) < paths.len());
    }
}
