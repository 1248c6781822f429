//! In, over to Structurizr's language, and out.

use super::*;
use crate::domain::{
    diagnostic::Span,
    model::view,
    syntax::format::{
        convert::to_structurizr,
        recognise::recognise,
        target::{Target, export},
    },
};

#[test]
fn every_format_is_read_with_counts() {
    for format in Format::ALL {
        let text = sample(format);
        let plain = import(format, "shop", &text, &Sources::new());
        assert_eq!(names(&plain.model), ["Customer", "Orders", "Shop", "Web"], "{format:?}");
        assert_eq!(ends(&plain.model), [("Customer", "Web"), ("Web", "Orders")], "{format:?}");
        assert_eq!((plain.diagnostics.len(), plain.fidelity.relations), (0, 2), "{format:?} {:?}", plain.diagnostics);
        assert_eq!(plain.fidelity.elements + plain.fidelity.boundaries, 4, "{format:?}");
        // A fence changes nothing but places.
        let fenced = import(format, "shop", &format!("```x\n{text}```\n"), &Sources::new());
        assert_eq!(fenced.diagnostics, [], "{format:?}");
        assert_eq!((names(&fenced.model), ends(&fenced.model)), (names(&plain.model), ends(&plain.model)), "{format:?}");
        assert_eq!(fenced.model.name, plain.model.name, "{format:?}");
    }
}

#[test]
fn places_in_a_fence_count_in_the_text_as_given() {
    let text = "```dsl\nworkspace {\n  model {\n    oops\n  }\n}\n```\n";
    let imported = import(Format::Structurizr, "x", text, &Sources::new());
    let [found] = imported.diagnostics.as_slice() else { panic!("{:?}", imported.diagnostics) };
    assert_eq!(found.span.of(text), "oops");
    assert_eq!(imported.fidelity.lost.len(), 1);
    assert_eq!(imported.fidelity.lost[0].span.map(|span| span.of(text)), Some("oops"));
}

#[test]
fn every_format_becomes_a_workspace() {
    for format in Format::ALL {
        let converted = to_structurizr(format, "shop", &sample(format), &Sources::new());
        assert_eq!(converted.path_extension, "dsl");
        assert_eq!(recognise(None, &converted.text), Some(Format::Structurizr), "{format:?}");
        let parsed = structurizr::parse("workspace.dsl", &converted.text, &Sources::new());
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|found| found.level > Severity::Note).collect();
        assert!(errors.is_empty(), "{format:?} {errors:?}\n{}", converted.text);
        assert_eq!(names(&parsed.model), ["Customer", "Orders", "Shop", "Web"], "{format:?}\n{}", converted.text);
        assert_eq!(ends(&parsed.model), [("Customer", "Web"), ("Web", "Orders")], "{format:?}\n{}", converted.text);
        assert_eq!(converted.fidelity.relations, 2, "{format:?}");
    }
}

#[test]
fn structurizr_stays_as_it_is_without_its_fence() {
    let text = sample(Format::Structurizr);
    assert_eq!(to_structurizr(Format::Structurizr, "w.dsl", &text, &Sources::new()).text, text);
    assert_eq!(to_structurizr(Format::Structurizr, "w.dsl", &format!("```dsl\n{text}```"), &Sources::new()).text, text);
}

#[test]
fn hand_made_places_come_along_under_their_new_names() {
    let json = r#"{"name":"S","model":{"people":[{"id":"1","name":"Customer"}],"softwareSystems":[{"id":"2","name":"Web shop"}]},
        "views":{"systemLandscapeViews":[{"key":"All of it","elements":[{"id":"1","x":100,"y":200},{"id":"2","x":700,"y":200}]}]}}"#;
    let converted = to_structurizr(Format::StructurizrJson, "w.json", json, &Sources::new());
    let parsed = structurizr::parse("workspace.dsl", &converted.text, &Sources::new());
    let [(view, places)] = converted.positions.iter().collect::<Vec<_>>()[..] else { panic!("{:?}", converted.positions) };
    assert!(parsed.model.views.iter().any(|own| own.key == *view), "{view}\n{}", converted.text);
    assert_eq!(places.len(), 2);
    assert!(places.keys().all(|key| parsed.model.elements.contains_key(key)), "{places:?}\n{}", converted.text);
}

#[test]
fn what_was_lost_on_the_way_in_is_said_with_what_was_lost_on_the_way_out() {
    // Looks are lost on the way in, a relation between a whole and its own part on the way out.
    let text = "a: A {\n  b: B\n  style.fill: red\n}\na -> a.b: holds\n";
    let read = import(Format::D2, "x.d2", text, &Sources::new()).fidelity;
    let both = to_structurizr(Format::D2, "x.d2", text, &Sources::new()).fidelity;
    assert!(!read.lost.is_empty() || !read.kept.is_empty());
    for remark in read.lost.iter().chain(&read.kept) {
        assert!(both.lost.iter().chain(&both.kept).any(|other| other.what == remark.what), "{} {both:?}", remark.what);
    }
    let whole = "Relation between a whole and its own part";
    assert!(both.lost.iter().any(|remark| remark.what == whole) && both.relations == 0, "{both:?}");
}

#[test]
fn every_target_is_read_back() {
    let model = shop();
    for target in Target::ALL {
        assert_eq!(Target::from_extension(target.extension()), Some(target));
        let name = format!("a.{}", target.extension());
        for view in [None, model.views.first()] {
            let exported = export(target, &model, view);
            assert!(exported.text.ends_with('\n'), "{target:?}");
            let format = recognise(Some(&name), &exported.text);
            assert_eq!(format, recognise(None, &exported.text), "{target:?}\n{}", exported.text);
            let read = import(format.unwrap(), &name, &exported.text, &Sources::new());
            assert!(read.diagnostics.iter().all(|found| found.level < Severity::Error), "{target:?} {:?}", read.diagnostics);
            assert_eq!(names(&read.model), names(&model), "{target:?}\n{}", exported.text);
            assert_eq!(ends(&read.model), ends(&model), "{target:?}\n{}", exported.text);
            assert_eq!(exported.fidelity.relations, 2, "{target:?}");
        }
    }
    assert_eq!(Target::from_extension(".PlantUML"), Some(Target::C4PlantUml));
    assert_eq!(Target::from_extension("exe"), None);
}

#[test]
fn a_model_without_views_is_written_whole() {
    let mut model = shop();
    model.views.clear();
    for target in Target::ALL {
        let exported = export(target, &model, None);
        assert!(exported.text.contains("Orders"), "{target:?}\n{}", exported.text);
    }
    assert!(export(Target::D2, &Model::default(), None).text.len() < 200);
}

#[test]
fn one_view_as_a_workspace_holds_what_it_shows() {
    let text = "workspace {\nmodel {\nu = person \"User\"\ns = softwareSystem \"Shop\" {\ngroup \"Core\" {\nweb = container \"Web\"\n}\n}\nbank = softwareSystem \"Bank\"\nother = softwareSystem \"Other\"\nu -> web \"Uses\"\nweb -> bank \"Pays\"\nother -> bank \"Asks\"\n}\nviews {\nsystemContext s ctx {\ninclude *\n}\ncontainer s cont {\ninclude *\n}\n}\n}\n";
    let model = structurizr::parse("w.dsl", text, &Sources::new()).model;
    for (view, expected, relations) in [
        ("ctx", vec!["Bank", "Shop", "User"], vec![("Shop", "Bank"), ("User", "Shop")]),
        ("cont", vec!["Bank", "Core", "Shop", "User", "Web"], vec![("User", "Web"), ("Web", "Bank")]),
    ] {
        let exported = export(Target::Structurizr, &model, view::choose(&model, Some(view)));
        let read = structurizr::parse("w.dsl", &exported.text, &Sources::new());
        assert_eq!(read.diagnostics, [], "{}", exported.text);
        assert_eq!(names(&read.model), expected, "{}", exported.text);
        assert_eq!(ends(&read.model), relations, "{}", exported.text);
        assert_eq!(read.model.views.iter().map(|view| view.key.as_str()).collect::<Vec<_>>(), [view]);
    }
}

#[test]
fn a_view_that_is_chosen_tells_most() {
    let text = "workspace {\nmodel {\nu = person \"User\"\ns = softwareSystem \"Shop\" {\nweb = container \"Web\"\n}\nu -> web\n}\nviews {\nsystemContext s ctx {\ninclude *\n}\ncontainer s cont {\ninclude *\n}\n}\n}\n";
    let model = structurizr::parse("w.dsl", text, &Sources::new()).model;
    let chosen = |model: &Model, key: Option<&str>| view::choose(model, key).map(|view| view.key.clone()).unwrap();
    assert_eq!(chosen(&model, None), "cont");
    assert_eq!(chosen(&model, Some("ctx")), "ctx");
    assert_eq!(chosen(&model, Some("gone")), "cont");
    let default = text.replace("ctx {\ninclude *", "ctx {\ninclude *\ndefault");
    assert_eq!(chosen(&structurizr::parse("w.dsl", &default, &Sources::new()).model, None), "ctx");
    assert!(view::choose(&Model::default(), None).is_none());
    assert_eq!(view::everything(&model).span, Span::default());
}

#[test]
fn health_checks_are_carried_or_told_as_lost() {
    let text = "workspace {\nmodel {\ns = softwareSystem \"S\" {\na = container \"A\"\n}\nlive = deploymentEnvironment \"Live\" {\n\
                n = deploymentNode \"N\" {\ncontainerInstance a {\nhealthCheck up https://x/health 30 200\nhealthCheck deep https://x/deep\n\
                }\n}\n}\n}\nviews {\ndeployment * live \"Live\" {\ninclude *\n}\ncontainer s \"Parts\" {\ninclude *\n}\n}\n}\n";
    let model = structurizr::parse("shop.dsl", text, &Sources::new()).model;
    let told = |exported: &Exported| {
        exported.fidelity.lost.iter().find(|remark| remark.what.starts_with("Health check")).map(|remark| remark.count)
    };
    for target in Target::ALL {
        let carried = matches!(target, Target::Structurizr | Target::StructurizrJson | Target::ModelJson);
        let [live, parts] = model.views.as_slice() else { panic!("{:?}", model.views) };
        let exported = export(target, &model, Some(live));
        assert_eq!(told(&exported), (!carried).then_some(2), "{target:?}\n{}", exported.text);
        assert_eq!(exported.text.contains("https://x/deep"), carried, "{target:?}\n{}", exported.text);
        assert_eq!(told(&export(target, &model, Some(parts))), None, "{target:?}");
    }
    assert_eq!(told(&export(Target::Mermaid, &model, None)), Some(2));
}
