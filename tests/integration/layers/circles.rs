//! Which file uses which, as paths and `use` lists tell, and the circles among them.
//!
//! A name counts as used from the file that defines it: re-exports and glob imports are followed, a re-export itself
//! uses nothing, and unit tests may use what they like.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::Source;

/// Groups of files that use each other, each in order.
pub(crate) fn circles(sources: &[Source]) -> Vec<Vec<String>> {
    let modules = Modules::read(sources);
    let uses: BTreeMap<&str, BTreeSet<String>> = modules
        .0
        .values()
        .map(|module| (module.file.as_str(), modules.used_by(module)))
        .collect();
    let reaches = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from.to_owned()];
        while let Some(file) = next.pop() {
            for used in uses.get(file.as_str()).into_iter().flatten() {
                if seen.insert(used.clone()) {
                    next.push(used.clone());
                }
            }
        }
        seen
    };
    let closure: BTreeMap<&str, BTreeSet<String>> =
        uses.keys().map(|file| (*file, reaches(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, around) in &closure {
        if around.contains(*file) {
            let circle = around
                .iter()
                .filter(|other| closure[other.as_str()].contains(*file));
            circles.insert(circle.cloned().collect::<Vec<_>>());
        }
    }
    circles.into_iter().collect()
}

struct Module {
    path: Vec<String>,
    file: String,
    /// Paths in its code, `use` lists taken apart.
    paths: Vec<Vec<String>>,
    /// What its own `use` lines make known, by name; a glob by `*` and its number.
    imports: BTreeMap<String, Vec<String>>,
    /// The same of its `pub use` lines.
    exports: BTreeMap<String, Vec<String>>,
}

struct Modules(BTreeMap<Vec<String>, Module>);

impl Modules {
    fn read(sources: &[Source]) -> Self {
        let modules = sources.iter().map(|source| {
            let module = Module::read(source);
            (module.path.clone(), module)
        });
        Self(modules.collect())
    }

    fn used_by(&self, module: &Module) -> BTreeSet<String> {
        let paths = module.paths.iter().chain(module.imports.values());
        paths
            .filter_map(|path| self.resolve(module, path, 0))
            .filter(|file| *file != module.file)
            .collect()
    }

    /// The file that defines what a path in a module names; `None` for other crates and local names.
    fn resolve(&self, module: &Module, path: &[String], depth: usize) -> Option<String> {
        let (first, rest) = path.split_first()?;
        let parent = || module.path.split_last().map(|(_, parent)| parent.to_vec());
        let child = [&module.path[..], std::slice::from_ref(first)].concat();
        match first.as_str() {
            "crate" => self.descend(Vec::new(), rest, depth),
            "self" => self.descend(module.path.clone(), rest, depth),
            "super" => self.descend(parent()?, rest, depth),
            _ if self.0.contains_key(&child) => self.descend(child, rest, depth),
            name => {
                let imported = module.imports.get(name)?;
                if depth > 8 || imported == path {
                    return None;
                }
                let whole = [imported, rest].concat();
                self.resolve(module, &whole, depth + 1)
            }
        }
    }

    fn descend(&self, mut at: Vec<String>, rest: &[String], depth: usize) -> Option<String> {
        let module = self.0.get(&at)?;
        let Some((name, rest)) = rest.split_first() else {
            return Some(module.file.clone());
        };
        if name == "super" {
            at.pop()?;
            return self.descend(at, rest, depth);
        }
        at.push(name.clone());
        if self.0.contains_key(&at) {
            return self.descend(at, rest, depth);
        }
        if let Some(elsewhere) = module.exports.get(name).filter(|_| depth < 8) {
            let whole = [elsewhere, rest].concat();
            return self.resolve(module, &whole, depth + 1);
        }
        Some(module.file.clone())
    }
}

impl Module {
    fn read(source: &Source) -> Self {
        let mut module = Self {
            path: source.module(),
            file: source.file.clone(),
            paths: Vec::new(),
            imports: BTreeMap::new(),
            exports: BTreeMap::new(),
        };
        let words = words(&without_tests(&source.text));
        let mut at = 0;
        while at < words.len() {
            let end = words[at..].iter().position(|word| word == ";");
            // The word may also stand in a text.
            if let Some(length) = end.filter(|length| words[at] == "use" && *length > 1) {
                let end = at + length;
                let is_public = is_public(&words[..at]);
                for (name, path) in use_tree(&words[at + 1..end], &[]) {
                    let list = if is_public {
                        &mut module.exports
                    } else {
                        &mut module.imports
                    };
                    list.insert(name, path);
                }
                at = end;
            } else if words.get(at + 1).is_some_and(|word| word == "::") {
                let mut path = vec![words[at].clone()];
                while words.get(at + 1).is_some_and(|word| word == "::")
                    && words.get(at + 2).is_some_and(|word| is_name(word))
                {
                    path.push(words[at + 2].clone());
                    at += 2;
                }
                module.paths.push(path);
            }
            at += 1;
        }
        module
    }
}

/// Whether `pub`, perhaps with a place in brackets, is what was read last.
fn is_public(before: &[String]) -> bool {
    match before {
        [.., last] if last == "pub" => true,
        [.., last] if last == ")" => {
            let open = before.iter().rposition(|word| word == "(");
            open.is_some_and(|open| open > 0 && before[open - 1] == "pub")
        }
        _ => false,
    }
}

/// Every name that a `use` makes known, with its path.
fn use_tree(words: &[String], prefix: &[String]) -> Vec<(String, Vec<String>)> {
    let mut known = Vec::new();
    for piece in pieces(words) {
        let mut path = prefix.to_vec();
        let mut alias = None;
        let mut at = 0;
        while at < piece.len() {
            match piece[at].as_str() {
                "::" => {}
                "{" => {
                    known.extend(use_tree(&piece[at + 1..piece.len() - 1], &path));
                    path.clear();
                    break;
                }
                "as" => {
                    alias = piece.get(at + 1).cloned();
                    break;
                }
                "self" if at + 1 == piece.len() && !path.is_empty() => {}
                word => path.push(word.to_owned()),
            }
            at += 1;
        }
        if let Some(last) = path.last().cloned() {
            known.push((alias.unwrap_or(last), path));
        }
    }
    known
}

/// What stands between the commas of the outermost level.
fn pieces(words: &[String]) -> Vec<&[String]> {
    let mut pieces = Vec::new();
    let (mut depth, mut from) = (0, 0);
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                pieces.push(&words[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&words[from..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Up to the unit tests, which stand last.
fn without_tests(text: &str) -> String {
    text.split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Names, `::` and single signs, without comments and texts.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        let mut inside_text = false;
        let mut name = String::new();
        let mut signs = line.chars().peekable();
        while let Some(sign) = signs.next() {
            if sign == '"' {
                inside_text = !inside_text;
            }
            if inside_text {
                if sign == '\\' {
                    signs.next();
                }
                continue;
            }
            if sign.is_alphanumeric() || sign == '_' {
                name.push(sign);
                continue;
            }
            if !name.is_empty() {
                words.push(std::mem::take(&mut name));
            }
            if sign == ':' && signs.peek() == Some(&':') {
                signs.next();
                words.push("::".to_owned());
            } else if !sign.is_whitespace() {
                words.push(sign.to_string());
            }
        }
        if !name.is_empty() {
            words.push(name);
        }
    }
    words
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let source = |(file, text): &(&str, &str)| Source {
            file: (*file).to_owned(),
            text: (*text).to_owned(),
        };
        circles(&files.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn a_child_that_uses_what_its_parent_defines_is_a_circle() {
        let parent = "mod child; pub struct Context; fn run() { child::run(); }";
        let circle = found(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", parent),
            ("a/child.rs", "use super::Context;"),
        ]);
        assert_eq!(circle, [["a/child.rs", "a/mod.rs"]]);
    }

    #[test]
    fn a_re_export_is_no_use() {
        let parent = "mod one; mod two;\npub use one::{One, self as first}; pub(crate) use two::*;";
        let circle = found(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", parent),
            ("a/one.rs", "pub struct One;"),
            (
                "a/two.rs",
                "use crate::a::{One}; fn two() -> crate::a::One {}",
            ),
        ]);
        assert!(circle.is_empty(), "{circle:?}");
    }

    #[test]
    fn circles_are_found_through_other_files_aliases_and_re_exports() {
        let circle = found(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b as other; fn f() { other::g() }"),
            ("b.rs", "pub fn g() { super::c::Name::new() }"),
            ("c/mod.rs", "mod name; pub use name::Name;"),
            (
                "c/name.rs",
                "use crate::a;\nimpl Name { fn new() { a::f() } }",
            ),
        ]);
        assert_eq!(circle, [["a.rs", "b.rs", "c/name.rs"]]);
    }

    #[test]
    fn unit_tests_and_texts_use_nothing() {
        let text = "mod b; // b::x\nconst B: &str = \"b::x\";\n#[cfg(test)]\nmod tests { use crate::a::b::x; }";
        let circle = found(&[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", text),
            ("a/b.rs", "use super::B;"),
        ]);
        assert!(circle.is_empty(), "{circle:?}");
    }
}
