//! Tokens to the tree of a file. A block that is not known is skipped with all in it; a statement that is not understood costs
//! its line.

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    syntax::{
        draft::Draft,
        likec4::{
            MAX_DEPTH,
            lex::{Kind, Token, lex},
            tree::{About, Element, File, Item, KindSpec, Relation, SpecOf},
        },
    },
};

mod rules;
mod views;

pub(super) struct Parser<'p> {
    text: &'p str,
    tokens: Vec<Token>,
    at: usize,
    name: Option<String>,
    draft: &'p mut Draft,
    parallel: usize,
}

pub(super) fn parse(name: Option<&str>, text: &str, draft: &mut Draft) -> File {
    let (tokens, slips) = lex(text);
    let mut parser = Parser { text, tokens, at: 0, name: name.map(str::to_owned), draft, parallel: 0 };
    for slip in slips {
        parser.say(Severity::Error, "unclosed-quote", slip.span, slip.words);
    }
    let mut file = File { name: name.map(str::to_owned), ..File::default() };
    while parser.at < parser.tokens.len() {
        let before = parser.at;
        parser.top(&mut file);
        if parser.at == before {
            parser.at += 1;
        }
    }
    file
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn ahead(&self, by: usize) -> Option<&Token> {
        self.tokens.get(self.at + by)
    }

    fn word(&self, by: usize) -> &str {
        self.ahead(by).filter(|token| token.kind == Kind::Name).map_or("", |token| token.span.of(self.text))
    }

    fn is_sign(&self, by: usize, sign: char) -> bool {
        self.ahead(by).is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    fn eat(&mut self, sign: char) -> bool {
        let found = self.is_sign(0, sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self) -> String {
        let word = self.word(0).to_owned();
        self.at += usize::from(!word.is_empty());
        word
    }

    fn text_ahead(&self, by: usize) -> Option<String> {
        match self.ahead(by).map(|token| &token.kind) {
            Some(Kind::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    fn take_text(&mut self) -> Option<String> {
        let text = self.text_ahead(0)?;
        self.at += 1;
        Some(text)
    }

    fn here(&self) -> Span {
        self.peek().or(self.tokens.last()).map(|token| token.span).unwrap_or_default()
    }

    /// From a token to the one read last.
    fn span_from(&self, start: usize) -> Span {
        let first = self.tokens.get(start).map_or(0, |token| token.span.start);
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(first, |token| token.span.end);
        Span { start: first, end: last.max(first) }
    }

    fn say(&mut self, level: Severity, code: &str, span: Span, words: [&str; 3]) {
        let before = self.draft.out.diagnostics.len();
        self.draft.report(level, code, span, words);
        if self.draft.out.diagnostics.len() > before
            && let Some(last) = self.draft.out.diagnostics.last_mut()
        {
            last.file.clone_from(&self.name);
        }
    }

    fn lose(&mut self, what: &str, span: Span) {
        let span = Some(span).filter(|_| self.name.is_none());
        self.draft.fidelity().lose(what, span);
    }

    /// Leaves out a block in braces with all in it.
    fn skip_block(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Sign('{') => open += 1,
                Kind::Sign('}') => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    /// Hands every statement of a block to `read`; what it does not take costs its line.
    fn block(&mut self, depth: usize, read: &mut dyn FnMut(&mut Self, usize) -> bool) {
        if !self.is_sign(0, '{') {
            return;
        }
        if depth > MAX_DEPTH {
            let span = self.here();
            self.skip_block();
            self.say(
                Severity::Error,
                "too-deep",
                span,
                ["Blocks are nested too deeply", "What lies deeper is left out.", "Flatten the text."],
            );
            return;
        }
        let open = self.here();
        self.at += 1;
        loop {
            while self.eat(';') {}
            if self.peek().is_none() {
                self.say(
                    Severity::Error,
                    "unclosed-block",
                    open,
                    ["This block has no closing brace", "It is taken to end with the text.", "Write `}` where the block ends."],
                );
                return;
            }
            if self.eat('}') {
                return;
            }
            let before = self.at;
            if !read(self, depth + 1) {
                self.at = before;
                self.not_understood();
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    fn not_understood(&mut self) {
        let start = self.at;
        self.at += 1;
        while let Some(token) = self.peek() {
            if token.first || token.kind == Kind::Sign('}') {
                break;
            }
            if token.kind == Kind::Sign('{') {
                self.skip_block();
                break;
            }
            self.at += 1;
        }
        let span = self.span_from(start);
        self.say(
            Severity::Warning,
            "unexpected-statement",
            span,
            ["This statement is not understood", "It is left out.", "Compare it with the language's reference."],
        );
        self.lose("Statement that is not understood", span);
    }

    fn top(&mut self, file: &mut File) {
        match self.word(0).to_owned().as_str() {
            "specification" => {
                self.at += 1;
                self.block(0, &mut |parser, depth| parser.specification(file, depth));
            }
            "model" => {
                self.at += 1;
                let mut items = Vec::new();
                self.block(0, &mut |parser, depth| parser.item(&mut About::default(), &mut items, depth));
                file.model.append(&mut items);
            }
            "deployment" => {
                self.at += 1;
                let mut items = Vec::new();
                self.block(0, &mut |parser, depth| parser.item(&mut About::default(), &mut items, depth));
                file.deployment.append(&mut items);
            }
            "views" => {
                self.at += 1;
                self.take_text();
                self.block(0, &mut |parser, depth| parser.view(file, depth));
            }
            "global" => {
                let span = self.here();
                self.at += 1;
                self.skip_block();
                self.lose("Global styles and predicates", span);
            }
            "likec4lib" => {
                self.at += 1;
                self.skip_block();
            }
            "import" => {
                let span = self.here();
                while self.peek().is_some() && !matches!(self.peek().map(|token| &token.kind), Some(Kind::Text(_))) {
                    if self.is_sign(0, '{') { self.skip_block() } else { self.at += 1 }
                }
                self.take_text();
                self.lose("Elements from another project", span);
            }
            _ => self.not_understood(),
        }
    }

    fn specification(&mut self, file: &mut File, depth: usize) -> bool {
        let of = match self.word(0) {
            "element" => SpecOf::Element,
            "deploymentNode" => SpecOf::Node,
            "relationship" => SpecOf::Relation,
            "tag" | "color" => {
                self.at += 1;
                self.take_word();
                if self.peek().is_some_and(|token| token.kind == Kind::Tag && !token.first) {
                    self.at += 1;
                }
                if self.is_sign(0, '{') {
                    self.skip_block();
                } else {
                    self.rest_of_line();
                }
                return true;
            }
            _ => return false,
        };
        self.at += 1;
        let mut kind = KindSpec { name: self.take_word(), of, ..KindSpec::default() };
        self.block(depth, &mut |parser, _| parser.about(&mut kind.about));
        file.kinds.push(kind);
        true
    }

    fn rest_of_line(&mut self) {
        while self.peek().is_some_and(|token| !token.first && !matches!(token.kind, Kind::Sign('}' | ';'))) {
            self.at += 1;
        }
    }

    /// A statement about the subject of a block; false if it is none.
    pub(super) fn about(&mut self, about: &mut About) -> bool {
        if self.peek().is_some_and(|token| token.kind == Kind::Tag) {
            while let Some(token) = self.peek().filter(|token| token.kind == Kind::Tag).cloned() {
                let tag = token.span.of(self.text).trim_start_matches('#').to_owned();
                if !tag.is_empty() && about.tags.len() < 200 && !about.tags.contains(&tag) {
                    about.tags.push(tag);
                }
                self.at += 1;
                self.eat(',');
            }
            return true;
        }
        let start = self.at;
        let word = self.word(0).to_owned();
        let colon = usize::from(self.is_sign(1, ':'));
        match word.as_str() {
            "title" | "description" | "summary" | "technology" | "notation" | "notes" => {
                let Some(text) = self.text_ahead(1 + colon) else { return false };
                self.at += 2 + colon;
                let text = Some(text).filter(|text| !text.trim().is_empty());
                match word.as_str() {
                    "title" => about.title = text,
                    "description" => about.description = text,
                    "summary" => about.summary = text,
                    "technology" => about.technology = text,
                    "notation" => about.notation = text,
                    _ => self.lose("Notes of a step", self.span_from(start)),
                }
            }
            "link" => {
                self.at += 1 + colon;
                let Some(token) = self.peek().filter(|token| token.kind == Kind::Address).cloned() else { return false };
                about.links.push(token.span.of(self.text).to_owned());
                self.at += 1;
                self.take_text();
            }
            "icon" => {
                self.at += 2 + colon;
                self.lose("Icon", self.span_from(start));
            }
            "style" if self.is_sign(1, '{') => {
                self.at += 1;
                self.block(MAX_DEPTH, &mut |parser, _| {
                    if parser.word(0) == "shape" {
                        let colon = usize::from(parser.is_sign(1, ':'));
                        about.shape = Some(parser.word(1 + colon).to_owned());
                    }
                    parser.at += 1;
                    if parser.is_sign(0, '{') {
                        parser.skip_block();
                    } else {
                        parser.rest_of_line();
                    }
                    true
                });
                self.lose("Style", self.span_from(start));
            }
            "metadata" => {
                self.at += 1;
                self.block(MAX_DEPTH, &mut |parser, _| parser.metadata(about));
            }
            "shape" if matches!(self.ahead(1 + colon).map(|token| &token.kind), Some(Kind::Name)) => {
                about.shape = Some(self.word(1 + colon).to_owned());
                self.at += 2 + colon;
                self.lose("Style", self.span_from(start));
            }
            "color" | "line" | "head" | "tail" | "opacity" | "border" | "multiple" | "size" | "padding" | "textSize" | "iconColor"
            | "iconSize" | "iconPosition" => {
                if self.is_sign(1, '=') {
                    return false;
                }
                self.at += 1;
                self.rest_of_line();
                self.lose("Style", self.span_from(start));
            }
            "navigateTo" => {
                self.at += 2 + colon;
                self.lose("Link to a view", self.span_from(start));
            }
            _ => return false,
        }
        true
    }

    fn metadata(&mut self, about: &mut About) -> bool {
        let start = self.at;
        let name = self.take_word();
        if name.is_empty() {
            return false;
        }
        self.eat(':');
        let mut values = Vec::new();
        if self.eat('[') {
            while !self.eat(']') && self.peek().is_some() {
                match self.take_text() {
                    Some(text) => values.push(text),
                    None => self.at += 1,
                }
            }
        } else if let Some(text) = self.take_text() {
            values.push(text);
        } else {
            values.push(self.take_word());
        }
        let span = self.span_from(start);
        about.metadata.push((name, values.join(", "), span));
        true
    }

    /// An element, a relation, a property, or `extend …`, in the model or the deployment.
    fn item(&mut self, about: &mut About, items: &mut Vec<Item>, depth: usize) -> bool {
        let start = self.at;
        let relation =
            |kind: Option<&Kind>| matches!(kind, Some(Kind::Arrow | Kind::Kinded(_) | Kind::DotName | Kind::Back | Kind::KindedBack(_)));
        if relation(self.peek().map(|token| &token.kind))
            || (self.peek().is_some_and(|token| token.kind == Kind::Name)
                && relation(self.ahead(1).map(|token| &token.kind))
                && !self.ahead(1).is_some_and(|token| token.first && token.kind == Kind::DotName))
        {
            return self.relation(items, depth);
        }
        let assigned = self.is_sign(1, '=');
        if !assigned && self.about(about) {
            return true;
        }
        if self.word(0) == "extend" && !assigned {
            self.at += 1;
            if relation(self.ahead(1).map(|token| &token.kind)) {
                return self.relation(items, depth);
            }
            let name_span = self.here();
            let mut element = Element { name: self.take_word(), extends: true, name_span, ..Element::default() };
            if element.name.is_empty() {
                return false;
            }
            self.body(&mut element, depth);
            element.span = self.span_from(start);
            items.push(Item::Element(element));
            return true;
        }
        let mut element = Element::default();
        if assigned {
            element.name_span = self.here();
            element.name = self.take_word();
            self.eat('=');
        }
        if self.word(0) == "instanceOf" {
            self.at += 1;
            if element.name.is_empty() {
                element.name_span = self.here();
            }
            element.instance_of = Some(self.take_word()).filter(|of| !of.is_empty());
            if element.instance_of.is_none() {
                return false;
            }
        } else {
            element.kind = self.take_word();
            if !assigned {
                element.name_span = self.here();
                element.name = self.take_word();
            }
            if element.kind.is_empty() || element.name.is_empty() || element.name.contains(['.', '*']) {
                return false;
            }
        }
        let mut texts = Vec::new();
        while let Some(text) = self.text_ahead(0).filter(|_| texts.len() < 4) {
            self.at += 1;
            texts.push(Some(text).filter(|text| !text.trim().is_empty()));
        }
        let mut texts = texts.into_iter();
        element.about.title = texts.next().flatten();
        element.about.description = texts.next().flatten();
        element.about.technology = texts.next().flatten();
        if let Some(Some(tags)) = texts.next() {
            element
                .about
                .tags
                .extend(tags.split(',').map(|tag| tag.trim().trim_start_matches('#').to_owned()).filter(|tag| !tag.is_empty()));
        }
        self.body(&mut element, depth);
        element.span = self.span_from(start);
        items.push(Item::Element(element));
        true
    }

    fn body(&mut self, element: &mut Element, depth: usize) {
        let mut about = std::mem::take(&mut element.about);
        let mut items = Vec::new();
        self.block(depth, &mut |parser, depth| parser.item(&mut about, &mut items, depth));
        element.about = about;
        element.items = items;
    }

    fn relation(&mut self, items: &mut Vec<Item>, depth: usize) -> bool {
        let mut relations = Vec::new();
        let found = self.hops(&mut relations, depth);
        items.extend(relations.into_iter().map(Item::Relation));
        found
    }

    /// `a -> b -> c 'title' { … }`: the words count for all hops.
    fn hops(&mut self, relations: &mut Vec<Relation>, depth: usize) -> bool {
        let start = self.at;
        let mut source = Some(self.take_word()).filter(|name| !name.is_empty() && !matches!(name.as_str(), "this" | "it"));
        let first = relations.len();
        while let Some(token) = self.peek().cloned() {
            if token.first && self.at > start && relations.len() > first {
                break;
            }
            let (kind, backward) = match token.kind {
                Kind::Arrow => (None, false),
                Kind::Back => (None, true),
                Kind::Kinded(kind) => (Some(kind), false),
                Kind::KindedBack(kind) => (Some(kind), true),
                Kind::DotName => (Some(token.span.of(self.text).trim_start_matches('.').to_owned()), false),
                _ => break,
            };
            self.at += 1;
            let target = self.take_word();
            if target.is_empty() {
                return false;
            }
            let relation =
                Relation { source: source.take(), target: target.clone(), kind, backward, parallel: self.parallel, ..Relation::default() };
            relations.push(relation);
            source = Some(target);
            // Each hop of a chain of steps may have its own words.
            let words = self.relation_words(depth);
            if let Some(last) = relations.last_mut() {
                last.about = words;
            }
        }
        let span = self.span_from(start);
        for relation in relations.iter_mut().skip(first) {
            relation.span = span;
        }
        relations.len() > first
    }

    fn relation_words(&mut self, depth: usize) -> About {
        let mut about = About::default();
        let mut texts = Vec::new();
        while let Some(text) = self.text_ahead(0).filter(|_| texts.len() < 3) {
            self.at += 1;
            texts.push(Some(text).filter(|text| !text.trim().is_empty()));
        }
        match texts.as_slice() {
            [title] => about.title.clone_from(title),
            [title, technology] => {
                about.title.clone_from(title);
                about.technology.clone_from(technology);
            }
            [title, description, technology] => {
                about.title.clone_from(title);
                about.description.clone_from(description);
                about.technology.clone_from(technology);
            }
            _ => {}
        }
        if self.peek().is_some_and(|token| token.kind == Kind::Tag && !token.first) {
            self.about(&mut about);
        }
        self.block(depth, &mut |parser, _| parser.about(&mut about));
        about
    }
}
