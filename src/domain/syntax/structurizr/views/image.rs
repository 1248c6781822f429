//! Image views: where a picture that was made elsewhere comes from. Nothing is fetched or drawn; the source is kept.

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        appearance::Scheme,
        view::{Image, View},
    },
    syntax::structurizr::lower::{Line, Lowering, Remark},
};

/// Pictures of one view: for each scheme there is one that counts.
const MAX_IMAGES: usize = 16;

/// `image file`, `plantuml source`, `mermaid source`, `kroki format source`, and `light { … }` or `dark { … }` around them.
pub(super) fn statement(lowering: &mut Lowering<'_>, line: &Line, scheme: Scheme, view: &mut View) {
    let keyword = line.keyword().to_ascii_lowercase();
    let at = match keyword.as_str() {
        "light" | "dark" if scheme == Scheme::Any => {
            let inner = if keyword == "light" { Scheme::Light } else { Scheme::Dark };
            lowering.each_in(line, &mut |lowering, line| statement(lowering, line, inner, view));
            return;
        }
        "image" | "plantuml" | "mermaid" => 1,
        "kroki" => 2,
        _ => {
            lowering.unexpected(
                line,
                "in an image view",
                &["image", "plantuml", "mermaid", "kroki", "light", "dark", "title", "description", "default", "properties"],
            );
            return;
        }
    };
    let Some(source) = line.text(at) else {
        lowering.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "missing-word",
                format!("`{}` names no picture", line.keyword()),
                "It has to be followed by a file, an address, the key of a view, or a text block.",
                if at == 2 { "Write `kroki graphviz diagram.dot`.".to_owned() } else { format!("Write `{} file`.", line.keyword()) },
            ),
        );
        return;
    };
    if view.images.len() < MAX_IMAGES {
        let format = if at == 2 { line.text(1).unwrap_or_default() } else { keyword };
        view.images.push(Image { format, source, scheme });
    }
}
