//! Examples of the documentation are run: below a line `$ sleepable …` in a block of text stands exactly what is printed. `UPDATE=1`
//! writes it.

use std::fs;

use super::{here, sleepable, text};

#[test]
fn examples_of_docs_check_are_what_is_printed() {
    let root = here().join("../..");
    let path = root.join("docs/check.md");
    let page = fs::read_to_string(&path).expect("docs/check.md").replace("\r\n", "\n");
    let mut fresh = String::new();
    let mut examples = 0;
    for (at, block) in page.split("```").enumerate() {
        let command = block.strip_prefix("text\n$ sleepable ").and_then(|rest| rest.lines().next());
        let new = match command.filter(|_| at % 2 == 1) {
            Some(command) => {
                examples += 1;
                let args: Vec<&str> = command.split_whitespace().collect();
                let output = sleepable(&root, &args).output().expect("the command starts");
                format!("text\n$ sleepable {command}\n{}", text(&output.stdout))
            }
            None => block.to_owned(),
        };
        fresh += if at == 0 { "" } else { "```" };
        fresh += &new;
    }
    assert!(examples >= 3, "{examples}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &fresh).expect("writable");
    }
    let page = fs::read_to_string(&path).expect("docs/check.md").replace("\r\n", "\n");
    assert!(page == fresh, "docs/check.md is stale: run the tests with UPDATE=1");
}

#[test]
fn the_table_of_rules_is_complete() {
    let page = fs::read_to_string(here().join("../../docs/check.md")).expect("docs/check.md");
    let codes = text(&sleepable(&here(), &["explain"]).output().expect("starts").stdout);
    for line in codes.lines().filter(|line| line.starts_with('V')) {
        let (code, title) = line.split_once("  ").expect("code and title");
        assert!(page.contains(&format!("| {code} | {title} |")), "{line}");
    }
}
