//! Texts that try to become more than text. Every one goes through the writer in many contexts, and what comes out is read
//! by a strict checker: only known tags, known attributes, harmless addresses, everything closed.

use std::cell::RefCell;

use proptest::prelude::*;

use super::{
    address::{Address, classify},
    *,
};
use crate::domain::decision::{
    embed::of_record,
    figure::{Figures, html::Medium},
};

/// Addresses that must lead nowhere.
const ADDRESSES: &[&str] = &[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "\u{1f}javascript:alert(1)",
    "\u{a0}javascript:alert(1)",
    "\u{2028}javascript:alert(1)",
    "\u{feff}javascript:alert(1)",
    "\u{200b}javascript:alert(1)",
    "java\u{200b}script:alert(1)",
    "java\tscript:alert(1)",
    "java\u{0}script:alert(1)",
    "java&#9;script:alert(1)",
    "java&#10;script:alert(1)",
    "java&#13;script:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#x6a;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3a;alert(1)",
    "&#0000106&#0000097&#0000118;ascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "javascript&#x0000003a;alert(1)",
    "&#1;javascript:alert(1)",
    "&#32;javascript:alert(1)",
    "javascript:\\u0061lert(1)",
    "javascript:void%280%29",
    "javascript://%0aalert(1)",
    "javascript://example.org/%0aalert(1)",
    "javascript:/*--></title></style></textarea></script><svg/onload=alert(1)>",
    "javascript:\"/*\\\"/*`/*' /*</script><img src=x onerror=alert(1)>",
    "java\\script:alert(1)",
    "vbscript:msgbox(1)",
    "VbScRiPt:msgbox(1)",
    "vbscript&colon;msgbox(1)",
    "vb\tscript:msgbox(1)",
    "livescript:alert(1)",
    "mocha:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:text/html,x",
    "data&colon;text/html,x",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:,x",
    "data:application/javascript,alert(1)",
    "file:///etc/passwd",
    "file:c:/windows",
    "blob:https://example.org/x",
    "filesystem:https://example.org/temporary/x",
    "about:blank",
    "view-source:javascript:alert(1)",
    "jar:https://example.org!/x",
    "ftp://example.org/x",
    "ws://example.org/x",
    "chrome://settings",
    "intent://scan/#Intent;scheme=zxing;end",
    "ms-word:ofe|u|https://example.org",
    "tel:1",
    "sms:1",
    "x:y",
    ":javascript:alert(1)",
    "//example.org/x",
    "///example.org/x",
    "/\\example.org/x",
    "\\\\example.org/x",
    "\\/example.org/x",
    "/&#92;example.org",
    "/\t/example.org",
    "&#47;&#47;example.org",
    "https:example.org",
    "https:/example.org",
    "https:\\\\example.org",
    "http:javascript:alert(1)",
    "https://",
    "feed:javascript:alert(1)",
    "javascript\u{3a}alert`1`",
    "javascript:alert(1)//https://example.org",
    "jAvAsCrIpT&#x3a;eval(atob('YWxlcnQoMSk='))",
    "\u{202e}tpircsavaj:x",
    "ｊavascript:alert(1)",
];

/// Markup that must come out as text.
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "<script src=https://example.org/x.js></script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script\u{a}>alert(1)</script>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script>alert(1)",
    "</script><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img src=\"x\" onerror=\"alert(1)\">",
    "<img src=x:alert(alt) onerror=eval(src) alt=1>",
    "<img srcset=\"https://example.org/x 1x\">",
    "<img src=`x` onerror=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<image href=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:alert(1)>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload=alert(1)>#x\">",
    "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>",
    "<svg><style>@import 'https://example.org';</style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<iframe/onload=alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x>",
    "<base href=https://example.org/>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<style>*{background:url(https://example.org)}</style>",
    "<style>@import'https://example.org/x.css';</style>",
    "<style><!--</style><script>alert(1)//--></script>",
    "<b style=\"background:url(javascript:alert(1))\">x</b>",
    "<div style=\"width:expression(alert(1))\">",
    "<p onclick=alert(1)>x</p>",
    "<p onmouseover=\"alert(1)\">x",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a onclick=alert(1) href=#>x</a>",
    "<a href=\"javascript:alert(1)",
    "<body onload=alert(1)>",
    "<html onmouseover=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<button formaction=javascript:alert(1)>x",
    "<form action=javascript:alert(1)><input type=submit>",
    "<form id=x></form><button form=x formaction=javascript:alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noembed><img title=\"</noembed><img src onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<plaintext><script>alert(1)</script>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<bgsound src=javascript:alert(1)>",
    "<table background=javascript:alert(1)>",
    "<td background=javascript:alert(1)>",
    "<frameset onload=alert(1)>",
    "<layer src=x>",
    "<x contenteditable onblur=alert(1)>x",
    "<x onfocus=alert(1) tabindex=1 id=x>",
    "<x-custom onpointerenter=alert(1)>",
    "<dialog open onclose=alert(1)>",
    "<portal src=javascript:alert(1)>",
    "<br onmouseover=alert(1)>",
    "<br/onclick=alert(1)>",
    "<br><br/ x>",
    "<!--><script>alert(1)</script>-->",
    "<!---><script>alert(1)</script>",
    "<!-- --!><script>alert(1)</script>",
    "<!-- > --><img src=x onerror=alert(1)>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?xml version=\"1.0\"?><script>alert(1)</script>",
    "<?php echo 1; ?><img src=x onerror=alert(1)>",
    "<!DOCTYPE x [<!ENTITY a \"<script>\">]>&a;",
    "<!ELEMENT br EMPTY><script>",
    "<%= 1 %><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "&amp;lt;script&amp;gt;",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    "\"autofocus onfocus=alert(1) x=\"",
    "&quot; onmouseover=&quot;alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "#{alert(1)}",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u{fe64}script\u{fe65}alert(1)",
    "\u{ff1c}script\u{ff1e}alert(1)",
    "<\u{0}script>alert(1)</script>",
    "<s\u{0}cript>alert(1)</script>",
    "<\u{200b}script>alert(1)</script>",
    "\u{0}",
    "<a href=\"x\"><![CDATA[\"><img src=x onerror=alert(1)>",
    "[[<img src=x onerror=alert(1)>]]",
    "[[\" onclick=\"alert(1)]]",
    "[[x](javascript:alert(1))]",
    "[[x]](javascript:alert(1))",
    "[[javascript:alert(1)]]",
    "[[[[a]]]]",
    "[[a]][[b]][[",
    "[a](<javascript:alert(1)>)",
    "[a](javascript:alert(1) \"t\")",
    "[a]( javascript:alert(1))",
    "[a](\njavascript:alert(1))",
    "[a](https://example.org \"\\\" onclick=alert(1)\")",
    "[a](https://example.org '\"><script>alert(1)</script>')",
    "[a](https://example.org (x\" onclick=\"alert(1)))",
    "[a](https://example.org/\"onclick=\"alert(1))",
    "[a](https://example.org/'onclick='alert(1))",
    "[a](https://example.org/<script>)",
    "[a](<https://example.org/\"><script>alert(1)</script>>)",
    "[a](https://example.org\\\" onclick)",
    "[a](#\"onclick=alert(1))",
    "[a](#javascript:alert(1))",
    "[a](?javascript:alert(1))",
    "[a](x\"onmouseover=\"alert(1)//)",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "[a][b]\n\n[b]: <javascript:alert(1)> \"t\"",
    "[a][]\n\n[a]: data:text/html,x",
    "[a]\n\n[a]: vbscript:x",
    "[a]\n\n[a]:\n  javascript:alert(1)",
    "[a][b]\n\n[b]: https://example.org \"x\\\" onclick=\\\"alert(1)\"",
    "![a](javascript:alert(1))",
    "![a](https://example.org/x.png)",
    "![a](//example.org/x.png)",
    "![a](x.png\"onerror=\"alert(1))",
    "![a\" onerror=\"alert(1)](x.png)",
    "![<script>alert(1)</script>](x.png)",
    "![a][b]\n\n[b]: https://example.org/x.png",
    "![a][b]\n\n[b]: data:image/svg+xml,<svg/onload=alert(1)>",
    "![[x]](javascript:alert(1))",
    "![![a](javascript:x)](javascript:y)",
    "[![a](javascript:x)](javascript:y)",
    "[![a](https://example.org/x)](https://example.org/y)",
    "[a [b](https://example.org) c](javascript:alert(1))",
    "[a](javascript:alert(1)[b](https://example.org))",
    "[a](((((((((javascript:alert(1))))))))))",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,x>",
    "<vbscript:x>",
    "<https://example.org/\"onclick=\"alert(1)>",
    "<https://example.org/'><script>",
    "<a@b.c\"onclick=alert(1)>",
    "<mailto:a@b.c?subject=\"><script>alert(1)</script>>",
    "<x:y>",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "```\"><script>alert(1)</script>\nx\n```",
    "```x\" onclick=\"alert(1)\nx\n```",
    "~~~ a'b\"c<d>\nx\n~~~",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "![<script>alert(1)</script>](view:a)",
    "![\" onload=\"alert(1)](view:<script>)",
    "a ![b](view:\"onload=alert(1)) c",
    "```lintel-view <script>alert(1)</script>\n\"onload='alert(1)'\n```",
    "```lintel-rule\n<script>alert(1)</script>\nforbid technology <img src=x onerror=alert(1)>\n```",
    "```lintel-rule\nno kind \"'<svg onload=alert(1)>",
    "```mermaid\n</code></pre><script>alert(1)</script>\n```",
    "```mermaid\n%%{init: {\"securityLevel\":\"loose\"}}%%\ngraph TD\nclick A \"javascript:alert(1)\"\n```",
    "    </pre><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "``` <img src=x onerror=alert(1)> ```",
    "# <script>alert(1)</script>",
    "# a\" onclick=\"alert(1)",
    "# a {#x onclick=alert(1)}",
    "# a {onclick=alert(1) .x #y}",
    "<script>\nalert(1)\n</script>\n===",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "|a|\n|:-\"onclick=alert(1)|",
    "[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "[^\"onclick=\"x]\n\n[^\"onclick=\"x]: n",
    "[^a][^a][^b]\n\n[^a]: [x](javascript:alert(1))",
    "- [x\" onclick=alert(1)] a",
    "- [ ] <input onfocus=alert(1) autofocus>",
    "1000000000. a",
    "> <script>\n> alert(1)\n> </script>",
    "*<b*onclick=alert(1)>*",
    "**<script**>alert(1)</script>",
    "~~<script>~~alert(1)",
    "$\\href{javascript:alert(1)}{x}$",
    "$$<script>alert(1)</script>$$",
    "---\ntitle: \"<script>alert(1)</script>\"\n---\n",
    "---\n<script>alert(1)</script>\n---\n",
    ":::<script>\nx\n:::",
    "[TOC]<script>",
    "<div>\n\n*a*\n\n<script>alert(1)</script>\n\n</div>",
    "<a\nhref=\"javascript:alert(1)\"\n>x</a>",
    "<https://example.org>\u{202e}<script>",
];

const TAGS: &[(&str, &[&str])] = &[
    ("p", &["class"]),
    ("b", &[]),
    ("svg", &["class", "aria-hidden"]),
    ("use", &["href"]),
    ("h1", &["id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("a", &["href", "title", "rel", "class"]),
    ("img", &["src", "alt", "loading"]),
    ("span", &["class"]),
    ("code", &["class"]),
    ("pre", &[]),
    ("ul", &["class"]),
    ("ol", &["start"]),
    ("li", &["class"]),
    ("em", &[]),
    ("strong", &[]),
    ("del", &[]),
    ("br", &[]),
    ("hr", &[]),
    ("sup", &[]),
    ("blockquote", &[]),
    ("div", &["class", "id"]),
    ("table", &[]),
    ("thead", &[]),
    ("tr", &[]),
    ("th", &["scope", "class"]),
    ("td", &["class"]),
    ("input", &["type", "disabled", "checked"]),
];

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || " -_+#.".contains(c))
}

/// Fails on anything that the writer does not mean to write.
fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '"', '\'', '\0']) {
        if !rest[at..].starts_with('<') {
            return Err(format!("unescaped at {}", &rest[at..]));
        }
        let end = rest[at..].find('>').ok_or("unclosed tag")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let name_end = tag.find(' ').unwrap_or(tag.len());
        let name = &tag[..name_end];
        let Some((_, allowed)) = TAGS.iter().find(|(known, _)| *known == name) else { return Err(format!("<{name}>")) };
        let mut attributes = tag[name_end..].trim_start();
        while !attributes.is_empty() {
            let key_end = attributes.find(['=', ' ']).unwrap_or(attributes.len());
            let key = &attributes[..key_end];
            let mut value = "";
            let mut after = &attributes[key_end..];
            if let Some(quoted) = after.strip_prefix("=\"") {
                let close = quoted.find('"').ok_or("unclosed value")?;
                value = &quoted[..close];
                after = &quoted[close + 1..];
            }
            let address = classify(&unescape(value));
            let fine = match key {
                "href" => address != Address::Refused && !value.contains(['`', '\\', ' ']),
                "src" => address == Address::Relative,
                "class" | "start" | "type" | "rel" | "loading" | "scope" => is_name(value),
                "id" => value.starts_with("section-") && !value.contains([' ', '&']),
                _ => true,
            };
            if !allowed.contains(&key) || !fine {
                return Err(format!("<{name} {key}={value}>"));
            }
            attributes = after.trim_start();
        }
        if !matches!(name, "br" | "hr" | "img" | "input") {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

fn all(text: &str) -> [String; 3] {
    // Callers may answer anything; their answers are checked as well.
    let element = |name: &str| (!name.contains(' ')).then(|| name.to_owned());
    let link = |target: &str| {
        target.contains('x').then(|| format!("javascript:{target}")).or_else(|| target.contains("png").then(|| "/files/1".to_owned()))
    };
    let rendering = Rendering { shift_headings: 1, element_url: &element, link_url: &link, shown: None };
    let (figures, medium, wanted) = (Figures::new(), Medium::Page, of_record(text));
    let nearest = |name: &str| (!name.is_empty()).then(|| format!("x{name}"));
    let shown = Shown {
        figures: &figures,
        wanted: &wanted,
        medium: &medium,
        as_of: Some("<now>"),
        nearest: &nearest,
        part: 0,
        counts: RefCell::default(),
    };
    let embedding = Rendering { shown: Some(&shown), ..rendering };
    [render(text, &rendering), render_subset(text, &rendering), render(text, &embedding)]
}

fn assert_harmless(text: &str) {
    for html in all(text) {
        if let Err(why) = check(&html) {
            panic!("{why}\nfrom {text:?}\nin {html}");
        }
    }
    let plain = plain_text(text);
    assert!(!plain.contains('\n'));
}

#[test]
fn the_checker_sees_what_it_should() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">a</p>",
        "<a href=\"javascript:x\">a</a>",
        "<a href=\"java&#39;script:x\">a</a>",
        "<p>a",
        "a\"b",
        "<p style=\"x\">a</p>",
        "<img src=\"https://a.b/c\" alt=\"\">",
        "<h1 id=\"main\">a</h1>",
    ] {
        assert!(check(html).is_err(), "{html}");
    }
    assert_eq!(check("<p>a <a href=\"#b\">c</a><br></p>\n"), Ok(()));
}

#[test]
fn markup_comes_out_as_text() {
    assert!(ADDRESSES.len() + MARKUP.len() >= 200);
    for payload in MARKUP {
        for context in [
            "@",
            "a @ b",
            "# @",
            "- @",
            "- [ ] @",
            "> @",
            "1. a\n\n   @",
            "[@](https://example.org)",
            "![@](a.png)",
            "[a](https://example.org \"@\")",
            "|a|\n|-|\n|@|",
            "**@**",
            "[[@]]",
            "`@",
            "<div>@",
            "<!-- @",
            "a\n@\n==",
            "[^1]\n\n[^1]: @",
            "```@\n@\n```",
            "[a]: https://example.org '@'\n\n[a] @",
        ] {
            assert_harmless(&context.replace('@', payload));
        }
    }
}

#[test]
fn bad_addresses_lead_nowhere() {
    for address in ADDRESSES {
        for context in [
            "[a](@)",
            "[a](<@>)",
            "![a](@)",
            "<@>",
            "[a][b]\n\n[b]: @",
            "[a][b]\n\n[b]: <@>",
            "[a]\n\n[a]: @ 't'",
            "[![a](@)](@)",
            "# [a](@)",
            "|[a](@)|\n|-|",
            "<a href=\"@\">x</a>",
            "[[@]]",
            "[a](@ \"@\")",
            "@",
        ] {
            let text = context.replace('@', address);
            assert_harmless(&text);
            for html in all(&text) {
                let hrefs = html.match_indices("href=\"").map(|(at, _)| html[at + 6..].split('"').next().unwrap_or("").to_lowercase());
                for href in hrefs {
                    let bare = unescape(&href);
                    let leaves =
                        ["//", "/\\", "\\", "javascript:", "data:", "vbscript:"].iter().any(|start| bare.trim_start().starts_with(start));
                    assert!(!leaves, "{text:?} gave {html}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn soup_is_harmless(text in "(<|>|\"|'|&|&#106;|&lt;|`|```|~~~|\\[|\\]|\\[\\[|\\]\\]|\\(|\\)|!\\[|\\]\\(|javascript:|https://a.b|x.png|data:|\\*\\*?|_|~~|\\||\\|-\\||# |> |- |[*] |1\\. |    |\\[x\\] |\\[\\^1\\]|\\[\\^1\\]: |\\[a\\]: |<script>|view:|lintel-view |lintel-rule\n|mermaid\n|no kind |</p>|<br>|<!--|-->|<a href=|---|\\\\|\\PC|\n|\n\n|\r\n|\t| ){0,40}") {
        for html in all(&text) {
            prop_assert_eq!(check(&html), Ok(()), "{:?} gave {}", text, html);
        }
    }

    #[test]
    fn bytes_are_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        for html in all(&text) {
            prop_assert_eq!(check(&html), Ok(()));
        }
    }
}
