//! `lintel agents check`, from files to what is printed.

use std::{fs, path::PathBuf};

use crate::{
    cli::{agents::check, run_with},
    domain::agent::library::built_in,
    tests::upload::corpus,
};

fn exit(paths: &[&str]) -> u8 {
    run_with(["lintel", "agents", "check"].iter().chain(paths).copied().collect::<Vec<_>>())
}

#[test]
fn agents_are_read_placed_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("team/.git")).unwrap();
    fs::write(root.join("good.md"), "---\nname: good\ndescription: Reads queues\n---\nYou look at queues.\n").unwrap();
    fs::write(root.join("team/colon.md"), "---\nname: colon\ndescription: Use it: now\ntools: Read, Bash, Rocket\n---\nYou.\n").unwrap();
    fs::write(root.join("team/README.md"), "# A team's agents\n").unwrap();
    fs::write(root.join("team/notes.txt"), "no agent").unwrap();
    fs::write(root.join("team/.git/x.md"), "no agent").unwrap();
    std::os::unix::fs::symlink(root.join("good.md"), root.join("linked.md")).unwrap();
    let path = root.to_str().unwrap();

    let checked = check(&[root.to_path_buf()]).unwrap();
    let colon = root.join("team/colon.md");
    let lines: Vec<&str> = checked.text.lines().collect();
    assert_eq!(lines.first(), Some(&&*format!("{}:3:20: warning: description holds a colon and is not in quotes", colon.display())));
    assert!(lines[1].starts_with("      = why: ") && lines[2].starts_with("      = help: "), "{}", checked.text);
    assert!(checked.text.contains(&format!("{}:4:14: note: Not offered here: Bash\n", colon.display())), "{}", checked.text);
    // A word that nobody knows starts no program, as far as anybody can say.
    let unknown = checked.text.split_once(&format!("{}:4:20: note: Not known here: Rocket\n", colon.display())).unwrap().1;
    assert!(unknown.starts_with("      = why: Lintel has no tool of that name"), "{unknown}");
    assert_eq!(lines.last(), Some(&"loaded 1, repaired 1, refused 0"));
    // Whatever is left out is said.
    let left_out = checked.warnings.join("\n");
    for (name, why) in [("README.md", "page about the folder"), ("linked.md", "is a link"), ("team", "one file that does not end in .md")] {
        assert!(left_out.lines().any(|line| line.contains(name) && line.contains(why)), "{name}: {left_out}");
    }
    assert_eq!(checked.warnings.len(), 3);
    assert_eq!(exit(&[path]), 0);

    fs::write(root.join("picture.md"), [0x89, b'P', b'N', b'G', 0, 1]).unwrap();
    fs::write(root.join("large.md"), "x".repeat(300 * 1024)).unwrap();
    let checked = check(&[root.to_path_buf()]).unwrap();
    assert!(checked.text.contains("picture.md:1:1: error: The file is not text"), "{}", checked.text);
    assert!(checked.text.contains("large.md:1:1: error: "), "{}", checked.text);
    assert!(checked.text.ends_with("loaded 1, repaired 1, refused 2\n"), "{}", checked.text);
    assert_eq!(exit(&[path]), 2);
    assert_eq!(exit(&[root.join("good.md").to_str().unwrap()]), 0);
    // What is named is read, whatever it is called.
    let named = check(&[root.join("team/README.md"), root.join("good.md"), root.join("good.md")]).unwrap();
    assert!(named.text.ends_with("loaded 1, repaired 1, refused 0\n"), "{}", named.text);
}

#[test]
fn paths_without_agents_are_said() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(exit(&[folder.path().to_str().unwrap()]), 2);
    assert_eq!(exit(&[folder.path().join("none.md").to_str().unwrap()]), 2);
    assert_eq!(exit(&[]), 3);
    let failure = check(&[folder.path().to_path_buf()]).unwrap_err();
    assert!(failure.message.starts_with("There is no agent file in "), "{}", failure.message);
}

#[test]
fn what_comes_with_the_program_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in built_in::FILES {
        fs::write(folder.path().join(path.rsplit('/').next().unwrap()), text).unwrap();
    }
    assert_eq!(check(&[folder.path().to_path_buf()]).unwrap().text, "loaded 6, repaired 0, refused 0\n");
}

#[test]
fn public_agents_and_the_first_two_are_read() {
    let Some(corpus) = corpus() else { return };
    let checked = check(&[corpus.join("agents")]).unwrap();
    assert!(!checked.refused, "{}", checked.text);
    // Every file is counted or said to be left out.
    let files = crate::tests::upload::folder(&corpus.join("agents")).len();
    let tally = checked.text.lines().last().unwrap();
    let counted: usize = tally.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<usize>().ok()).sum();
    assert_eq!(counted + checked.warnings.len(), files, "{tally} {:?}", checked.warnings);
    let seeds: Vec<PathBuf> = match fs::read_dir(corpus.join("../seeds")) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => return,
    };
    assert!(check(&seeds).unwrap().text.ends_with("loaded 2, repaired 0, refused 0\n"));
}
