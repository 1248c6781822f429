//! What markdown becomes.

use super::*;

fn with(text: &str) -> String {
    let element = |name: &str| (name == "Payment service").then(|| "/p/x/diagrams/1?element=payments".to_owned());
    let link = |target: &str| (target == "0002-b.md").then(|| "/p/x/decisions/2".to_owned());
    render(text, &Rendering { shift_headings: 1, element_url: &element, link_url: &link, shown: None })
}

#[test]
fn blocks_and_spans() {
    for (markdown, html) in [
        ("a *b* **c** ~~d~~ `e<`", "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;</code></p>\n"),
        (
            "# One & two\n\nx\n\n# One & two\n\n###### six",
            "<h2 id=\"section-one-two\">One &amp; two</h2>\n<p>x</p>\n<h2 id=\"section-one-two-2\">One &amp; two</h2>\n<h6 id=\"section-six\">six</h6>\n",
        ),
        ("# a\n# a 2\n# a\n", "<h2 id=\"section-a\">a</h2>\n<h2 id=\"section-a-2\">a 2</h2>\n<h2 id=\"section-a-3\">a</h2>\n"),
        (
            "- a\n- [x] b\n- [ ] c",
            "<ul>\n<li>a</li>\n<li><input type=\"checkbox\" disabled checked> b</li>\n<li><input type=\"checkbox\" disabled> c</li>\n</ul>\n",
        ),
        ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"),
        (
            "|a|b|\n|-|:-:|\n|1|2|",
            "<table>\n<thead>\n<tr><th scope=\"col\">a</th><th scope=\"col\" class=\"align-center\">b</th></tr>\n</thead>\n<tr><td>1</td><td class=\"align-center\">2</td></tr>\n</table>\n",
        ),
        ("```rust,ignore\nlet a = \"<b>\";\n```", "<pre><code class=\"language-rust\">let a = &quot;&lt;b&gt;&quot;;\n</code></pre>\n"),
        ("```mermaid\ngraph TD\n```", "<pre><code class=\"language-mermaid\">graph TD\n</code></pre>\n"),
        ("---\ntitle: x\n---\n\nbody", "<p>body</p>\n"),
        ("\u{feff}body", "<p>body</p>\n"),
        (
            "a[^n] b\n\n[^n]: note",
            "<p>a<sup><a href=\"#section-footnote-1\">1</a></sup> b</p>\n<div class=\"footnote\" id=\"section-footnote-1\"><sup>1</sup> <p>note</p>\n</div>\n",
        ),
        ("a  \nb\n***", "<p>a<br>\nb</p>\n<hr>\n"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>\n"),
    ] {
        assert_eq!(with(markdown), html, "{markdown}");
    }
}

#[test]
fn raw_html_is_text_and_comments_are_gone() {
    for (markdown, html) in [
        ("a <b>x</b> <!-- c --> d<br/>e", "<p>a &lt;b&gt;x&lt;/b&gt;  d<br>e</p>\n"),
        ("<!-- c -->\n\nx", "<p>x</p>\n"),
        ("<div> <!-- c\nd -->\nx\n</div>", "<p>&lt;div&gt; \nx\n&lt;/div&gt;</p>\n"),
        ("<!-- never closed\n\n# x", ""),
        ("## Drivers <!-- optional -->", "<h3 id=\"section-drivers\">Drivers </h3>\n"),
    ] {
        assert_eq!(with(markdown), html, "{markdown}");
    }
}

#[test]
fn links_lead_where_they_may() {
    for (markdown, html) in [
        ("[a](https://b.c \"t\")", "<p><a href=\"https://b.c\" title=\"t\" rel=\"noopener noreferrer nofollow\">a</a></p>\n"),
        ("<https://b.c>", "<p><a href=\"https://b.c\" rel=\"noopener noreferrer nofollow\">https://b.c</a></p>\n"),
        ("<a@b.c>", "<p><a href=\"mailto:a@b.c\">a@b.c</a></p>\n"),
        ("[a](0002-b.md)", "<p><a href=\"/p/x/decisions/2\">a</a></p>\n"),
        ("[a](other.md)", "<p><a href=\"other.md\">a</a></p>\n"),
        ("[a](#context)", "<p><a href=\"#section-context\">a</a></p>\n"),
        ("[a](javascript:x)", "<p>a</p>\n"),
        ("![a](https://b.c/d.png)", "<p><a href=\"https://b.c/d.png\" rel=\"noopener noreferrer nofollow\">a</a></p>\n"),
        ("![a](data:image/png;base64,xx)", "<p>a</p>\n"),
        ("![a](missing.png)", "<p>a</p>\n"),
        ("![a \"q\"](0002-b.md)", "<p><img src=\"/p/x/decisions/2\" alt=\"a &quot;q&quot;\" loading=\"lazy\"></p>\n"),
        ("[![a](https://b.c/d.png)](https://e.f)", "<p><a href=\"https://e.f\" rel=\"noopener noreferrer nofollow\">a</a></p>\n"),
    ] {
        assert_eq!(with(markdown), html, "{markdown}");
    }
}

#[test]
fn elements_are_linked_or_marked_as_missing() {
    for (markdown, html) in [
        ("x [[Payment service]]!", "<p>x <a class=\"elementlink\" href=\"/p/x/diagrams/1?element=payments\">Payment service</a>!</p>\n"),
        ("[[A &amp; B]]", "<p><span class=\"elementlink elementlink--missing\">A &amp; B</span></p>\n"),
        ("`[[x]]` \\[[x]] [[]]", "<p><code>[[x]]</code> [[x]] [[]]</p>\n"),
        (
            "[[a]][[b]]",
            "<p><span class=\"elementlink elementlink--missing\">a</span><span class=\"elementlink elementlink--missing\">b</span></p>\n",
        ),
        ("[[1]](https://b.c)", "<p><a href=\"https://b.c\" rel=\"noopener noreferrer nofollow\">[1]</a></p>\n"),
        ("[[a <b>]]", "<p>[[a &lt;b&gt;]]</p>\n"),
    ] {
        assert_eq!(with(markdown), html, "{markdown}");
    }
}

#[test]
fn remarks_have_no_pictures_anchors_and_big_headings() {
    let none = |_: &str| None;
    let rendering = Rendering { shift_headings: 0, element_url: &none, link_url: &|target: &str| Some(format!("/{target}")), shown: None };
    assert_eq!(
        render_subset("# A\n\n![b](c.png) [d](#e) [f](g.md)[^1]\n\n[^1]: n", &rendering),
        "<h3>A</h3>\n<p>b <a href=\"#e\">d</a> <a href=\"/g.md\">f</a><sup>1</sup></p>\n<div class=\"footnote\"><sup>1</sup> <p>n</p>\n</div>\n"
    );
}

#[test]
fn depth_is_limited() {
    let html = with(&"> ".repeat(5000));
    assert!(html.matches("<blockquote>").count() <= 48);
    assert_eq!(html.matches("<blockquote>").count(), html.matches("</blockquote>").count());
}

#[test]
fn plain_text_is_the_first_paragraph() {
    for (markdown, plain) in [
        ("# T\n\nDate: 2020-01-01\n\n- Status: x\n\nFirst *one*,\nstill `one`.\n\nSecond.", "First one, still one."),
        ("---\na: b\n---\n<!-- c -->\n\n> quoted", "quoted"),
        ("```\ncode\n```\n\n- item\n- next", "item"),
        ("# only a title", ""),
        ("", ""),
    ] {
        assert_eq!(plain_text(markdown), plain, "{markdown}");
    }
}

#[test]
fn comments_are_cut_out() {
    for (text, kept) in [("a<!-- b -->c<!-- -->d", "acd"), ("a<!-- b", "a"), ("-->", "-->"), ("<!--><!-- -->x", "x")] {
        assert_eq!(without_comments(text), kept, "{text}");
    }
}

#[test]
fn the_contents_of_rendered_text_are_its_headings() {
    let html = render(
        "# A *b* `c<d>`\n\ntext\n\n<h2 id=\"section-fake\">x</h2>\n\n## B\n\n```\n# no\n```\n\n## B\n",
        &Rendering { shift_headings: 1, element_url: &|_| None, link_url: &|_| None, shown: None },
    );
    let found: Vec<(u8, String, String)> = contents(&html).into_iter().map(|heading| (heading.level, heading.id, heading.html)).collect();
    let expected = [(2, "section-a-b-c-d", "A b c&lt;d&gt;"), (3, "section-b", "B"), (3, "section-b-2", "B")];
    assert_eq!(found, expected.map(|(level, id, text)| (level, id.to_owned(), text.to_owned())));
}
