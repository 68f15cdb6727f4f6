//! Task definitions from files: what is accepted and what becomes of it, what is refused and where.
//!
//! Every `NAME.json` under `fixtures/task-definitions/` has a `NAME.txt` beside it with what the import says about it;
//! `UPDATE_EXPECT=1 cargo test` writes those.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ecs_playground::import::task_definition::{Imported, task_definition_from_json, task_definition_to_json};
use ecs_playground::import::task_definition_input::TaskDefinitionInput;
use ecs_playground::sim::model::capability;
use ecs_playground::sim::model::task_definition::{Protocol, TaskDefinition};
use expect_test::expect_file;
use proptest::prelude::*;

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/task-definitions");
    let files = json_files(&folder.join(kind));
    assert!(!files.is_empty(), "no fixtures of kind {kind}");
    files
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file can be read")
}

fn accepted(path: &Path) -> Imported {
    task_definition_from_json(&read(path), 3).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", path.display(), lines.join("\n"))
    })
}

#[test]
fn accepted_definitions_become_what_is_written_beside_them() {
    for path in fixtures("valid") {
        let imported = accepted(&path);
        let mut text = summary(&imported.definition);
        for note in &imported.notes {
            let place = if note.place.is_empty() { "(whole)" } else { &note.place };
            writeln!(text, "note {place}: {}", note.message).unwrap();
        }
        writeln!(text, "\n{:#?}", imported.definition).unwrap();
        expect_file![path.with_extension("txt")].assert_eq(&text);
    }
}

#[test]
fn refused_definitions_say_what_is_written_beside_them() {
    for path in fixtures("invalid") {
        let errors = task_definition_from_json(&read(&path), 1).expect_err("a refused definition");
        let text: String = errors.iter().map(|error| format!("{error}\n")).collect();
        expect_file![path.with_extension("txt")].assert_eq(&text);
    }
}

fn summary(definition: &TaskDefinition) -> String {
    let ports = |protocol| definition.host_ports(protocol).collect::<Vec<_>>();
    format!(
        "{} cpu {} memory {} limit {:?} tcp {:?} udp {:?} gpu {} eni {} fargate {}\n",
        definition.name(),
        definition.cpu_units(),
        definition.memory_to_reserve_mib(),
        definition.memory_limit_mib(),
        ports(Protocol::Tcp),
        ports(Protocol::Udp),
        definition.gpu_count(),
        definition.uses_eni(),
        definition.launches_on_fargate(),
    )
}

#[test]
fn an_export_gives_back_every_field_that_came_in() {
    for path in fixtures("valid") {
        let written: serde_json::Value = serde_json::from_str(&read(&path)).expect("JSON");
        let written = written.get("taskDefinition").unwrap_or(&written);
        let imported = accepted(&path);
        let exported = task_definition_to_json(&imported.input);
        let exported_value: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
        for (key, value) in written.as_object().expect("an object") {
            let is_quantity = ["cpu", "memory"].contains(&key.as_str()) && value.is_number();
            let expected = if is_quantity { value.to_string().into() } else { value.clone() };
            let kept = exported_value.get(key).cloned().unwrap_or_default();
            assert_eq!(without_nulls(kept), without_nulls(expected), "{}: {key}", path.display());
        }
        let again = task_definition_from_json(&exported, 3).expect("what was exported");
        assert_eq!(again.definition, imported.definition, "{}", path.display());
        assert_eq!(again.input, imported.input, "{}", path.display());
    }
}

fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::Object(fields) => {
            fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, without_nulls(value))).collect()
        }
        other => other,
    }
}

#[test]
fn real_definitions_are_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/task-definitions");
    if !folder.is_dir() {
        return;
    }
    for path in json_files(&folder) {
        let definition = accepted(&path).definition;
        assert!(definition.memory_to_reserve_mib() > 0, "{}", path.display());
        let agent = capability::of_linux_agent();
        let missing = definition.requires_attributes.iter().find(|each| !agent.contains(each));
        assert_eq!(missing, None, "{}", path.display());
    }
}

#[test]
fn a_scenario_in_toml_has_the_same_fields() {
    let text = r#"
        family = "web"
        cpu = 512
        memory = "1 GB"
        networkMode = "bridge"

        [[containerDefinitions]]
        name = "web"
        image = "nginx"
        colour = "teal"
        portMappings = [{ containerPort = 80, hostPort = 0 }, { containerPort = 9000, hostPort = 9000 }]
        healthCheck = { command = ["CMD", "true"], interval = 10 }
    "#;
    let input: TaskDefinitionInput = toml::from_str(text).expect("TOML");
    let definition = input.into_definition(2).expect("an accepted definition");
    assert_eq!(
        summary(&definition),
        "web:2 cpu 512 memory 1024 limit Some(1024) tcp [9000] udp [] gpu 0 eni false fargate false\n"
    );
    assert_eq!(input.notes()[0].place, "containerDefinitions[0].colour");

    let wrong: TaskDefinitionInput = toml::from_str("family = \"web\"\ncpu = \"half\"").unwrap();
    let errors = wrong.into_definition(1).expect_err("a refused definition");
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["cpu", "containerDefinitions"]);
}

proptest! {
    #[test]
    fn damaged_texts_are_refused_at_a_place_inside_them(
        file in 0..100_usize,
        from in 0..4000_usize,
        length in 0..40_usize,
        filler in "[\\[\\]{}\",:0-9a-zä\\\\ -]{0,3}",
    ) {
        let files: Vec<PathBuf> = ["valid", "invalid"].into_iter().flat_map(fixtures).collect();
        let text = read(&files[file % files.len()]);
        let from = from % (text.len() + 1);
        let to = (from + length).min(text.len());
        let damaged = format!("{}{filler}{}", &text[..from], &text[to..]);
        if let Err(errors) = task_definition_from_json(&damaged, 1) {
            for error in errors {
                let line = damaged.split('\n').nth(error.line - 1).expect("a line of the text");
                let room = line.chars().count() + 1;
                prop_assert!((1..=room).contains(&error.column), "{error} in {damaged}");
            }
        }
    }
}
