//! What runs where: environments, nodes, instances and how their health is asked.

use super::*;

#[test]
fn places_without_environment_and_parts_without_wholes_are_moved_and_said() {
    let mut model = reread(SHOP);
    for element in model.elements.values_mut() {
        if element.level == Level::System {
            element.level = Level::Component;
        }
        if element.level == Level::DeploymentNode {
            element.parent = None;
        }
    }
    let printed = write(&model);
    let after = reread(&printed.text);
    assert_eq!(after.elements.len(), model.elements.len() + 1, "{}", printed.text);
    let kept: Vec<&str> = printed.fidelity.kept.iter().map(|remark| remark.what.as_str()).collect();
    assert!(kept.contains(&"Component outside a container, as a software system"), "{kept:?}");
    assert!(kept.contains(&"Deployment node outside an environment, as a deployment node elsewhere in the model"), "{kept:?}");
}

#[test]
fn health_checks_are_carried_with_all_they_say() {
    let model = reread(
        "workspace {\nmodel {\ns = softwareSystem \"S\" {\na = container \"A\"\n}\nlive = deploymentEnvironment \"Live\" {\nn = deploymentNode \"N\" {\n\
         containerInstance a {\nhealthCheck up https://x/health 30 200\nhealthCheck \"deep check\" https://x/deep\nhealthCheck slow https://x/slow 10\n}\n}\n}\n}\n}\n",
    );
    let checks = |model: &Model| model.elements.values().flat_map(|element| element.health_checks.clone()).collect::<Vec<_>>();
    let said = checks(&model);
    assert_eq!(said.len(), 3);
    assert_eq!(
        (said[0].name.as_str(), said[0].url.as_str(), said[0].interval, said[0].timeout),
        ("up", "https://x/health", Some(30), Some(200))
    );
    assert_eq!((said[1].name.as_str(), said[1].interval, said[2].interval, said[2].timeout), ("deep check", None, Some(10), None));
    let written = print(&model);
    assert!(written.fidelity.lost.is_empty(), "{:?}", written.fidelity.lost);
    assert_eq!(checks(&reread(&written.text)), said, "{}", written.text);
    assert!(!written.text.contains("healthcheck"), "the statements say it themselves: {}", written.text);
}
