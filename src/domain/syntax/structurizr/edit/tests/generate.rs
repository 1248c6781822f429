//! Workspaces made of random bytes: valid texts of much variety, with names that are all different.

use std::fmt::Write as _;

/// Random bytes as a row of choices.
pub(super) struct Choices<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Choices<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        let byte = self.bytes.get(self.at % self.bytes.len().max(1)).copied().unwrap_or(0);
        // Later rounds through the bytes choose differently.
        let round = self.at / self.bytes.len().max(1);
        self.at += 1;
        (usize::from(byte) + 7 * round) % count.max(1)
    }

    pub(super) fn often(&mut self) -> bool {
        self.below(4) > 0
    }

    pub(super) fn seldom(&mut self) -> bool {
        self.below(4) == 0
    }
}

/// An element that later lines may name: its identifiers from the top, and its level (0 person, 1 system, 2 container,
/// 3 component).
#[derive(Clone)]
struct Named {
    path: Vec<String>,
    level: usize,
}

struct Writer<'c, 'b> {
    choices: &'c mut Choices<'b>,
    lines: Vec<String>,
    depth: usize,
    unit: &'static str,
    hierarchical: bool,
    hanging: bool,
    names: Vec<Named>,
    count: usize,
    relations: usize,
    broken: bool,
}

pub(in crate::domain::syntax) fn workspace(bytes: &[u8], broken: bool) -> String {
    let mut choices = Choices::new(bytes);
    let unit = ["    ", "  ", "\t", "   "][choices.below(4)];
    let hierarchical = choices.below(2) == 0;
    let hanging = choices.below(6) == 0;
    let (crlf, bare) = (choices.seldom(), choices.seldom());
    let mut writer = Writer {
        choices: &mut choices,
        lines: Vec::new(),
        depth: 0,
        unit,
        hierarchical,
        hanging,
        names: Vec::new(),
        count: 0,
        relations: 0,
        broken,
    };
    writer.all();
    let mut text = writer.lines.join("\n");
    if !bare {
        text.push('\n');
    }
    if crlf { text.replace('\n', "\r\n") } else { text }
}

impl Writer<'_, '_> {
    fn line(&mut self, text: &str) {
        let tail = match self.choices.below(12) {
            0 => " // n1 -> n2 said here",
            1 => "  ",
            _ => "",
        };
        if self.choices.below(14) == 0 {
            self.lines.push(format!("{}// n1 = container \"N1\"", self.unit.repeat(self.depth)));
        }
        if self.choices.below(20) == 0 {
            self.lines.push(format!("{}/* n1\n   n2 -> n1 */", self.unit.repeat(self.depth)));
        }
        self.lines.push(format!("{}{text}{tail}", self.unit.repeat(self.depth)));
        if self.choices.below(10) == 0 {
            self.lines.push(String::new());
        }
    }

    fn open(&mut self, text: &str) {
        if self.hanging {
            self.lines.push(format!("{}{text}", self.unit.repeat(self.depth)));
            self.lines.push(format!("{}{{", self.unit.repeat(self.depth)));
        } else {
            self.lines.push(format!("{}{text} {{", self.unit.repeat(self.depth)));
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.lines.push(format!("{}}}", self.unit.repeat(self.depth)));
    }

    fn all(&mut self) {
        self.open("workspace \"Generated\"");
        if self.hierarchical {
            self.line("!identifiers hierarchical");
        }
        self.open("model");
        for _ in 0..=self.choices.below(2) {
            self.element(0, &[]);
        }
        let systems = 1 + self.choices.below(3);
        for _ in 0..systems {
            if self.choices.seldom() {
                self.count += 1;
                let name = format!("group \"Group {}\"", self.count);
                self.open(&name);
                for _ in 0..=self.choices.below(2) {
                    self.element(1, &[]);
                }
                self.close();
            } else {
                self.element(1, &[]);
            }
        }
        if self.broken {
            self.line("nobody -> nothing \"lost\"");
            self.line("component \"Lost\"");
        }
        for _ in 0..self.choices.below(5) {
            self.relation(&[]);
        }
        self.deployment();
        for _ in 0..self.choices.below(2) {
            self.relation(&[]);
        }
        self.close();
        self.views();
        self.close();
    }

    fn name(&mut self) -> (String, String) {
        self.count += 1;
        let number = self.count;
        let identifier = match self.choices.below(3) {
            0 => format!("n{number}"),
            1 => format!("N{number}_x"),
            _ => format!("the-{number}"),
        };
        let name = match self.choices.below(4) {
            0 => format!("Name{number}"),
            1 => format!("\"Say \\\"{number}\\\" {{ }}\""),
            _ => format!("\"Name {number}\""),
        };
        (identifier, name)
    }

    fn element(&mut self, level: usize, around: &[String]) {
        let (identifier, name) = self.name();
        let keyword = ["person", "softwareSystem", "container", "component"][level];
        // In texts with paths all wholes need an identifier for their parts to be named.
        let named = self.choices.below(6) > 0 || level == 1;
        let mut path = around.to_vec();
        // Parts of something without an identifier cannot be named by a path.
        path.push(if named { identifier.clone() } else { String::new() });
        let mut header = if named { format!("{identifier} = {keyword} {name}") } else { format!("{keyword} {name}") };
        let words = self.choices.below(4);
        if words > 0 {
            header.push_str(" \"Does things\"");
        }
        if words > 1 && level > 1 {
            header.push_str(if words > 2 { " \"Go, chi\" \"Tag\"" } else { " \"\"" });
        }
        let mut inner: Vec<String> = Vec::new();
        if self.choices.seldom() {
            inner.push("tags \"One\" \"Two\"".to_owned());
        }
        if self.choices.seldom() {
            inner.push("description \"In the block\"".to_owned());
        }
        if level > 1 && self.choices.seldom() {
            inner.push("technology Rust".to_owned());
        }
        let properties = self.choices.seldom();
        let parts = if level == 1 || level == 2 { self.choices.below(4 - level + 1) } else { 0 };
        let related = named && self.choices.seldom() && !self.names.is_empty();
        if inner.is_empty() && !properties && parts == 0 && !related {
            self.line(&header);
        } else if inner.len() == 1 && !properties && parts == 0 && !related && self.choices.often() && !self.hanging {
            let one = format!("{header} {{ {} }}", inner[0]);
            self.line(&one);
        } else {
            self.open(&header);
            for line in inner {
                self.line(&line);
            }
            if properties {
                self.open("properties");
                self.line("owner team");
                if self.choices.often() {
                    self.line("slo \"99.9\"");
                }
                self.close();
            }
            let grouped = parts > 1 && self.choices.seldom();
            if grouped {
                self.count += 1;
                let group = format!("group \"Group {}\"", self.count);
                self.open(&group);
            }
            for at in 0..parts {
                self.element(level + 1, &path);
                if grouped && at == 0 {
                    self.close();
                }
            }
            if related {
                let target = self.choices.below(self.names.len());
                let target = self.names[target].clone();
                if !target.path.starts_with(around) || around.is_empty() {
                    let fits = !path.starts_with(&target.path) && !target.path.starts_with(&path);
                    if fits {
                        self.relations += 1;
                        let line = format!("-> {} \"r{}\"", self.spell(&target, &path), self.relations);
                        self.line(&line);
                    }
                }
            }
            if parts > 1 && self.choices.often() {
                self.relation(&path);
            }
            self.close();
        }
        if named && (!self.hierarchical || !path.iter().any(String::is_empty)) {
            self.names.push(Named { path, level });
        }
    }

    /// An element's name as the text spells it within `around`.
    fn spell(&mut self, named: &Named, around: &[String]) -> String {
        if !self.hierarchical {
            return named.path.last().cloned().unwrap_or_default();
        }
        let shared = named.path.iter().zip(around).take_while(|(a, b)| a == b).count();
        let from = if shared < named.path.len() && self.choices.often() { shared } else { 0 };
        named.path[from..].join(".")
    }

    /// A relation between two elements inside `around`, or anywhere.
    fn relation(&mut self, around: &[String]) {
        let inside: Vec<Named> =
            self.names.iter().filter(|named| named.path.starts_with(around) && named.path.len() > around.len()).cloned().collect();
        if inside.len() < 2 {
            return;
        }
        let (first, second) = (self.choices.below(inside.len()), self.choices.below(inside.len()));
        let (source, target) = (inside[first].clone(), inside[second].clone());
        if source.path.starts_with(&target.path) || target.path.starts_with(&source.path) {
            return;
        }
        self.relations += 1;
        let mut line = format!("{} -> {} \"r{}\"", self.spell(&source, around), self.spell(&target, around), self.relations);
        if self.choices.seldom() {
            line = format!("rel{} = {line}", self.relations);
        }
        if self.choices.seldom() {
            line.push_str(" \"HTTPS\"");
        }
        if self.choices.seldom() {
            self.open(&line);
            self.open("properties");
            self.line("timeout 800ms");
            self.close();
            self.close();
        } else {
            self.line(&line);
        }
    }

    fn deployment(&mut self) {
        if self.choices.often() {
            return;
        }
        let containers: Vec<Named> = self.names.iter().filter(|named| named.level == 2).cloned().collect();
        self.open("live = deploymentEnvironment \"Live\"");
        self.open("host = deploymentNode \"Host\" \"\" \"Linux\"");
        for container in containers {
            if self.choices.often() {
                let name = self.spell(&container, &[]);
                self.line(&format!("containerInstance {name}"));
            }
        }
        self.line("infrastructureNode \"Balancer\"");
        self.close();
        self.close();
    }

    fn views(&mut self) {
        if self.choices.seldom() {
            return;
        }
        self.open("views");
        let names = self.names.clone();
        let some = |writer: &mut Self, most: usize| -> String {
            let mut list = String::new();
            let fitting: Vec<Named> = names.iter().filter(|named| named.level <= most).cloned().collect();
            for _ in 0..=writer.choices.below(3) {
                let at = writer.choices.below(fitting.len());
                let name = writer.spell(&fitting[at].clone(), &[]);
                if !list.split(' ').any(|own| own == name) {
                    let _ = write!(list, " {name}");
                }
            }
            list
        };
        self.open("systemLandscape \"all\"");
        self.line("include *");
        if self.choices.seldom() {
            let list = some(self, 1);
            self.line(&format!("exclude{list}"));
        }
        self.close();
        for named in names.iter().filter(|named| named.level == 1) {
            let name = self.spell(named, &[]);
            let key = named.path.join("-");
            self.open(&format!("container {name} \"con-{key}\""));
            if self.choices.often() {
                self.line("title \"Parts\"");
            }
            if self.choices.often() {
                self.line("include *");
            } else {
                let list = some(self, 2);
                self.line(&format!("include{list}"));
            }
            if self.choices.seldom() {
                self.open("animation");
                let list = some(self, 2);
                self.line(list.trim());
                self.close();
            }
            if self.choices.often() {
                self.line("autoLayout lr");
            }
            self.close();
        }
        if self.broken {
            self.line("systemContext nobody \"lost\"");
            self.line("rubbish here");
        }
        self.open("styles");
        self.open("element \"One\"");
        self.line("background #ffffff");
        self.close();
        self.close();
        self.close();
    }
}
