//! What the sections share: the material, what follows from it, and how they name and link things.

use std::collections::{HashMap, HashSet};

use super::cut::Cut;
use super::html::{Html, text};
use super::limits::FIRST_ROWS;
use super::list::{Days, List, list};
use super::material::Material;
use super::power::{Power, powers};
use super::selection::Selection;
use super::words::{address_of, display, kind_word};
use crate::access::{Access, Path};
use crate::output::access::words as access_words;
use crate::output::text::named;

/// The material, and what follows from it.
pub(super) struct Context<'a> {
    pub(super) material: &'a Material<'a>,
    pub(super) access: &'a Access,
    pub(super) cut: Cut<'a>,
    pub(super) days: Days<'a>,
    pub(super) powers: Vec<Power>,
    pub(super) list: List,
    /// What has a card.
    pub(super) selection: Selection<'a>,
    /// Positions of principals by text id.
    pub(super) principals: HashMap<&'a str, u32>,
    /// The groups of each member, with the number of the snapshot since when.
    pub(super) groups_of: HashMap<u32, Vec<(u32, i64)>>,
    /// The members of each group.
    pub(super) members_of: HashMap<u32, Vec<u32>>,
    /// Addresses that the page has.
    shown: HashSet<String>,
}

impl<'a> Context<'a> {
    /// Asks everything that the sections need.
    pub(super) fn new(material: &'a Material<'a>) -> Self {
        let access = material.access;
        let cut = Cut(material.scope);
        let facts = access.facts();
        let (mut groups_of, mut members_of) = (HashMap::new(), HashMap::new());
        let mut memberships = HashMap::new();
        for of in &facts.memberships {
            let since = i64::from(of.since);
            memberships.insert((of.group, of.member), since);
            groups_of
                .entry(of.member)
                .or_insert_with(Vec::new)
                .push((of.group, since));
            members_of
                .entry(of.group)
                .or_insert_with(Vec::new)
                .push(of.member);
        }
        let days = Days {
            moments: &material.inventory.moments,
            memberships,
        };
        let list = list(access, cut, &days, material.max_rows, FIRST_ROWS);
        let powers = powers(access, cut, material.findings);
        let numbered = (0..).zip(&facts.principals);
        let principals = numbered.map(|(at, fact)| (fact.id.as_str(), at)).collect();
        let selection = Selection::of(material, cut, &list, &powers, &principals);
        let shown = selection.ids(access).map(address_of).collect();
        Self {
            material,
            access,
            cut,
            days,
            powers,
            list,
            selection,
            principals,
            groups_of,
            members_of,
            shown,
        }
    }

    /// Whether a thing has a place of its own in the page.
    pub(super) fn is_shown(&self, id: &str) -> bool {
        self.shown.contains(&address_of(id))
    }

    /// A name, linked to its place in the page where it has one.
    pub(super) fn linked(&self, id: &str, name: &str) -> Html {
        let mut piece = Html::default();
        let address = address_of(id);
        if self.shown.contains(&address) {
            piece.raw("<a").attribute("href", &format!("#{address}"));
            piece.raw(">").text(name).raw("</a>");
        } else {
            piece.text(name);
        }
        piece
    }

    /// Words, linked to an address in a section where the report has that section.
    pub(super) fn linked_in(&self, section: &str, address: &str, words: &str) -> Html {
        let mut piece = Html::default();
        if self.material.has(section) {
            piece.raw("<a").attribute("href", &format!("#{address}"));
            piece.raw(">").prose(words).raw("</a>");
        } else {
            piece.prose(words);
        }
        piece
    }

    /// A principal: name, e-mail address, and what is odd about it.
    pub(super) fn who(&self, at: u32) -> Html {
        let fact = self.access.principal(at);
        let (name, second) = display(fact);
        let mut piece = self.linked(&fact.id, name);
        if !second.is_empty() {
            piece
                .raw(" <span class=\"quiet\">")
                .text(second)
                .raw("</span>");
        }
        for flag in access_words::flags(fact) {
            piece
                .raw(" <span class=\"flag\">")
                .text(flag)
                .raw("</span>");
        }
        piece
    }

    /// The same with its type in front, where readers cannot know it.
    pub(super) fn who_and_what(&self, at: u32) -> Html {
        let mut piece = Html::default();
        piece
            .text(&kind_word(&self.access.principal(at).kind))
            .raw(" ");
        piece.add(&self.who(at));
        piece
    }

    /// The role of a path.
    pub(super) fn role(&self, path: &Path) -> Html {
        let role = self.access.role(path);
        let name = named(role.name.as_deref(), &role.identifier);
        self.linked(&role.id, name)
    }

    /// `directly`, or through which group.
    pub(super) fn through(&self, path: &Path) -> Html {
        match path.via {
            None => text("directly"),
            Some(at) => {
                let group = self.access.principal(at);
                self.linked(&group.id, display(group).0)
            }
        }
    }

    /// Nothing, or why it depends.
    pub(super) fn certainty(&self, path: &Path) -> Html {
        let mut piece = Html::default();
        if path.doubts.is_empty() {
            piece.raw("yes");
        } else {
            piece.raw("<b>depends</b>: ");
            piece.prose(&access_words::reasons(self.access, path));
        }
        piece
    }
}
