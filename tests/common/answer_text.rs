//! An answer as someone reads it.

use std::fmt::Write as _;

use ecs_playground::explain::explanation::Explanation;

/// The answer as someone reads it.
pub fn text(explanation: &Explanation) -> String {
    let mut text = format!("{}\n\n{}\n", explanation.title, explanation.sentence);
    if let Some(table) = &explanation.table {
        writeln!(text, "\nserver | {}", table.rules.join(" | ")).unwrap();
        for row in &table.rows {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            writeln!(text, "{} ({:?}) | {}", row.name, row.outcome, cells.join(" | ")).unwrap();
        }
    }
    for grid in &explanation.grids {
        writeln!(text, "\n## {}", grid.title).unwrap();
        if !grid.line.is_empty() {
            writeln!(text, "{}", grid.line).unwrap();
        }
        writeln!(text, "{}", grid.heads.join(" | ")).unwrap();
        for row in &grid.rows {
            assert_eq!(row.len(), grid.heads.len(), "{}: a cell for each head", grid.title);
            writeln!(text, "{}", row.join(" | ")).unwrap();
        }
    }
    if let Some(said) = &explanation.service_text {
        writeln!(text, "\n> {said}").unwrap();
    }
    text
}
