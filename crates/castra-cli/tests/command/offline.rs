//! What needs no cloud at all.

use serde_json::{Value, json};

use crate::lab::{GOOD, Lab};

#[test]
fn capacity_answers_by_the_golden_table() {
    let lab = Lab::with(GOOD);
    for (runs, memory, secondaries, whole_pool, needed) in [
        (100, "512MiB", 5, 2, "66GiB"),
        (10, "512MiB", 2, 0, "21GiB"),
        (200, "512MiB", 8, 5, "116GiB"),
        (100, "1GiB", 8, 5, "116GiB"),
        (100, "2GiB", 14, 11, "216GiB"),
    ] {
        for (reading, expected) in [("secondaries", secondaries), ("whole-pool", whole_pool)] {
            let ended = lab.castra(&format!(
                "capacity --runs {runs} --memory-per-run {memory} --machine-memory 16GiB --reading {reading} --json"
            ));
            let result = ended.result();
            assert_eq!((ended.code, &result["secondaries"]), (0, &json!(expected)), "{runs} x {memory}, {reading}");
            assert_eq!((&result["memory_needed"], &result["primaries"]), (&json!(needed), &json!(3)));
        }
    }
    let usual = lab.castra("capacity --runs 100 --machine-memory 16GiB");
    assert_eq!(usual.stdout, "100 runs of 512MiB need 66GiB: 5 secondaries of 16GiB beside 3 primaries\n");
    assert!(!lab.was_called());
}

#[test]
fn capacity_answers_the_other_way_round() {
    let lab = Lab::with(GOOD);
    let of =
        |line: &str| lab.castra(&format!("capacity --machine-memory 16GiB --json {line}")).result()["runs"].clone();
    assert_eq!(of("--secondaries 5"), json!(128));
    assert_eq!(of("--secondaries 5 --reading whole-pool"), json!(224));
    assert_eq!(of("--secondaries 5 --reading whole-pool --primary-memory 8GiB"), json!(176));
    assert_eq!(of("--secondaries 0"), json!(0));
}

#[test]
fn a_question_without_an_answer_is_a_wrong_use() {
    let lab = Lab::with(GOOD);
    for (line, said) in [
        ("capacity --runs 10 --memory-per-run 32GiB --machine-memory 16GiB", "doesn't fit"),
        ("capacity --runs 10 --memory-per-run 1MiB --machine-memory 16GiB", "512MiB"),
        ("capacity --runs 1000000 --machine-memory 16GiB", "1000"),
        ("capacity --runs 10", "--machine-memory"),
        ("capacity --machine-memory 16GiB", "--runs"),
        ("capacity --runs ten --machine-memory 16GiB", "ten"),
    ] {
        let ended = lab.castra(line);
        assert_eq!(ended.code, 64, "{line}: {}", ended.said());
        assert!(ended.stderr.contains(said), "{line}: {}", ended.stderr);
    }
}

#[test]
fn the_schema_has_every_backends_section_in_it() {
    let lab = Lab::with(GOOD);
    let ended = lab.castra("schema");
    let schema: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(ended.code, 0);
    let sections = schema["properties"]["provider"]["oneOf"].as_array().unwrap();
    let names: Vec<&Value> = sections.iter().map(|section| &section["properties"]["name"]["const"]).collect();
    assert_eq!(names, ["aws", "gcp"]);
    assert!(sections.iter().all(|section| section["properties"].get("region").is_some()));
    let line = lab.castra("schema --json");
    assert_eq!((line.stdout.lines().count(), line.result()), (1, schema));
    assert!(!lab.was_called());
}

#[test]
fn wrong_use_ends_with_64_and_help_with_0() {
    let lab = Lab::with(GOOD);
    for line in ["", "plan --nonsense", "march", "scale", "scale five", "destroy --name demo", "plan --state ftp://x"] {
        let ended = lab.castra(line);
        assert_eq!(ended.code, 64, "{line:?}: {}", ended.said());
        assert!(!ended.stderr.is_empty());
    }
    let ended = lab.castra("plan --nonsense --json");
    assert_eq!((ended.code, &ended.result()["exit_code"]), (64, &json!(64)));
    for (name, value) in [("CASTRA_CLOCK_SCALE", "fast"), ("CASTRA_LOG", "a=b=c")] {
        let output = lab.command("plan").env(name, value).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{name}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(name));
    }
    let help = lab.castra("--help");
    assert_eq!(help.code, 0);
    for part in ["plan", "capacity", "Exit codes:", "CASTRA_CLOCK_SCALE"] {
        assert!(help.stdout.contains(part), "{part}");
    }
    assert_eq!(lab.castra("--version").code, 0);
    assert!(!lab.was_called());
}

#[test]
fn the_readme_has_the_table_of_exit_codes() {
    let readme = include_str!("../../../../README.md");
    let help = Lab::with(GOOD).castra("--help").stdout;
    let table = help.lines().skip_while(|line| *line != "Exit codes:").skip(1).take_while(|line| !line.is_empty());
    let rows: Vec<_> = table.filter_map(|line| line.trim().split_once("  ")).collect();
    assert_eq!(rows.len(), 10);
    for (code, meaning) in rows {
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "{row}");
    }
}
