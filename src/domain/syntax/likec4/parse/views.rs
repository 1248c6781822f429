//! The `views` block: each view's statements.

use crate::domain::{
    model::view::Direction,
    syntax::likec4::{
        lex::Kind,
        parse::Parser,
        tree::{File, ViewItem, ViewOf},
    },
};

impl Parser<'_> {
    /// `view`, `dynamic view` or `deployment view`.
    pub(super) fn view(&mut self, file: &mut File, depth: usize) -> bool {
        let start = self.at;
        if matches!(self.word(0), "style" | "global") {
            let span = self.here();
            while self.peek().is_some() && !self.is_sign(0, '{') && !self.is_sign(0, '}') {
                self.at += 1;
                if self.word(0) == "view" || self.peek().is_some_and(|token| token.first && token.kind == Kind::Name) {
                    break;
                }
            }
            if self.is_sign(0, '{') {
                self.skip_block();
            }
            self.lose("Style", span);
            return true;
        }
        let mut view = ViewItem::default();
        match self.word(0) {
            "dynamic" => view.of = ViewOf::Dynamic,
            "deployment" => view.of = ViewOf::Deployment,
            _ => {}
        }
        self.at += usize::from(view.of != ViewOf::Elements);
        if self.word(0) != "view" {
            return false;
        }
        self.at += 1;
        if !matches!(self.word(0), "of" | "extends") || matches!(self.word(1), "of" | "extends") {
            view.name = self.take_word();
        }
        match self.word(0) {
            "of" => {
                self.at += 1;
                view.scope = Some(self.take_word());
            }
            "extends" => {
                self.at += 1;
                view.extends = Some(self.take_word());
            }
            _ => {}
        }
        if let Some(title) = self.take_text() {
            view.about.title = Some(title);
        }
        self.block(depth, &mut |parser, depth| parser.view_statement(&mut view, depth));
        view.span = self.span_from(start);
        file.views.push(view);
        true
    }

    fn view_statement(&mut self, view: &mut ViewItem, depth: usize) -> bool {
        let start = self.at;
        let is_step = view.of == ViewOf::Dynamic
            && matches!(
                self.ahead(1).map(|token| &token.kind),
                Some(Kind::Arrow | Kind::Back | Kind::Kinded(_) | Kind::KindedBack(_) | Kind::DotName)
            )
            && !self.word(0).is_empty();
        if is_step {
            return self.hops(&mut view.steps, depth);
        }
        match self.word(0) {
            "include" | "exclude" => return self.rule(view),
            "style" => {
                while self.peek().is_some() && !self.is_sign(0, '{') && !self.is_sign(0, '}') {
                    self.at += 1;
                }
                if self.is_sign(0, '{') {
                    self.skip_block();
                }
                self.lose("Style", self.span_from(start));
                return true;
            }
            "global" => {
                self.at += 3;
                self.lose("Global styles and predicates", self.span_from(start));
                return true;
            }
            "autoLayout" => {
                self.at += 1;
                view.direction = match self.take_word().as_str() {
                    "LeftRight" => Some(Direction::LeftRight),
                    "RightLeft" => Some(Direction::RightLeft),
                    "BottomTop" => Some(Direction::BottomTop),
                    _ => Some(Direction::TopBottom),
                };
                self.rest_of_line();
                return true;
            }
            "group" => {
                self.at += 1;
                self.take_text();
                self.block(depth, &mut |parser, depth| parser.view_statement(view, depth));
                self.lose("Group of a view", self.span_from(start));
                return true;
            }
            "parallel" | "par" if self.is_sign(1, '{') => {
                self.at += 1;
                let before = self.parallel;
                // One number for all steps of the block.
                self.parallel = view.steps.len() + 1;
                self.block(depth, &mut |parser, depth| parser.view_statement(view, depth));
                self.parallel = before;
                return true;
            }
            "rank" | "same" | "variant" => {
                self.at += 1;
                while self.peek().is_some_and(|token| !token.first && !matches!(token.kind, Kind::Sign('{' | '}'))) {
                    self.at += 1;
                }
                if self.is_sign(0, '{') {
                    self.skip_block();
                }
                self.lose("Style", self.span_from(start));
                return true;
            }
            "opt" | "alt" | "loop" | "break" | "else" if !self.is_sign(1, '=') => {
                self.at += 1;
                self.take_text();
                self.block(depth, &mut |parser, depth| parser.view_statement(view, depth));
                self.lose("Condition around steps", self.span_from(start));
                return true;
            }
            _ => {}
        }
        self.about(&mut view.about)
    }
}
