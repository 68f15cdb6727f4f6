//! What authors rely on: the two commands, their messages and their exit codes, and the published schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use expect_test::{expect, expect_file};

fn cli(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground-cli"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("plain text")
}

fn course_files() -> Vec<PathBuf> {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/course");
    let folders = ["scenarios", "unit-scenarios", "units"].map(|folder| course.join(folder));
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("it is there"))
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files
}

/// Writes a file where only this test looks and checks it.
fn complaint(name: &str, content: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authors");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join(name);
    fs::write(&path, content).expect("a file can be written");
    let output = cli(&["check", path.to_str().expect("plain letters")]);
    assert_eq!(output.status.code(), Some(1), "a wrong file makes the exit code 1");
    text(&output.stderr).replace(folder.to_str().expect("plain letters"), "…")
}

#[test]
fn everything_in_the_course_is_right() {
    let files = course_files();
    assert!(files.len() >= 6, "{files:?}");
    let mut arguments = vec!["check"];
    arguments.extend(files.iter().map(|path| path.to_str().expect("plain letters")));
    let output = cli(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn an_unknown_key_is_refused_with_line_and_column() {
    let wrong = "title = \"T\"\nsentence = \"S\"\n\n[[servers]]\ntype = \"m5.large\"\nzone = \"us-east-1a\"\ncuont = 2\n";
    expect![[r#"
        …/unknown-key.toml:7:1: unknown field `cuont`, expected one of `type`, `zone`, `count`, `spot`, `ecs_enable_spot_instance_draining`, `attributes`
    "#]]
    .assert_eq(&complaint("unknown-key.toml", wrong));
}

#[test]
fn everything_wrong_is_said_at_once_each_with_its_place() {
    let wrong = r#"title = "T"
sentence = "S"
open_at = "soon"

[[servers]]
type = "m5.tiny"
zone = "us-east-1a"

[[task_definitions]]
family = "web"
containerDefinitions = [{ name = "nginx", image = "", memory = 128 }]

[[services]]
name = "web"
task_definition = "web"
placement_strategy = ["binpack(disk)"]

[[script]]
at = "90s"
command = "StopTask"
instance = 1
"#;
    expect![[r#"
        …/several.toml:3:11: open_at: `soon` is not a span of time; write it like 90s, 2m, 1h30m or 250ms
        …/several.toml:5:1: servers[0].type: `m5.tiny` is not an instance type of the playground
        …/several.toml:9:1: task_definitions[0].containerDefinitions[0].image: Container.image should not be null or empty.
        …/several.toml:13:1: services[0].placement_strategy: `binpack(disk)`: Invalid field 'disk' for binpack placement strategy. Valid values: cpu, memory.
        …/several.toml:18:1: script[0]: StopTask needs the key `task`
    "#]]
    .assert_eq(&complaint("several.toml", wrong));
}

#[test]
fn a_wrong_task_definition_is_refused_with_line_and_column() {
    let wrong = "{\n  \"family\": \"web\",\n  \"containerDefinitions\": [\n    { \"name\": \"a\", \"image\": \"b\" }\n  ]\n}\n";
    let said = complaint("task.json", wrong);
    assert!(said.starts_with("…/task.json:4:5: containerDefinitions[0].memory: "), "{said}");
}

#[test]
fn a_scenario_runs_with_its_script_and_prints_words_or_json() {
    let run = |extra: &[&str]| {
        let mut arguments = vec!["run", "tests/golden/container_exit_replaced/scenario.toml", "--until", "3m"];
        arguments.extend(extra);
        let output = cli(&arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let words = run(&[]);
    assert!(words.lines().any(|line| line.contains("exited with code")), "{words}");
    let json = run(&["--json"]);
    assert_eq!(json.lines().count(), words.lines().count());
    for line in json.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("each line is an object");
        assert!(value["at_ms"].is_u64() && value["kind"].is_string() && value["ids"].is_object() && !value["cause"].is_string());
    }
    assert_ne!(run(&["--seed", "99"]), words, "another seed is another run");
}

#[test]
fn a_wrong_command_line_says_how_to_write_it() {
    let output = cli(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("run SCENARIO [--seed N] [--until 10m] [--json]"));
}

#[test]
fn the_published_schema_is_the_one_the_reader_has() {
    let schema = text(&cli(&["schema"]).stdout);
    expect_file!["../static/course/scenario.schema.json"].assert_eq(&schema);
}
