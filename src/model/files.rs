//! Data files that a model names, handed in as text by whoever can read files.

use std::collections::{BTreeMap, BTreeSet};

/// The texts of data files by the paths that the model writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    texts: BTreeMap<String, String>,
}

impl Files {
    /// No files.
    pub fn new() -> Files {
        Files::default()
    }

    /// Adds the text of a path.
    pub fn insert(&mut self, path: &str, text: String) {
        self.texts.insert(path.to_owned(), text);
    }

    /// The text of a path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The paths that there are.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.texts.keys().map(String::as_str).collect()
    }
}

/// The numeric columns of a text with a record a line and cells between commas, semicolons or tabs.
///
/// A first line without numbers is a heading. The error says which line is wrong, and why.
pub(crate) fn numeric_columns(text: &str, wanted: usize) -> Result<Vec<Vec<f64>>, String> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let numbers: Vec<Option<f64>> = line.split([',', ';', '\t']).map(cell).collect();
        if columns.is_empty() {
            chosen = (0..numbers.len())
                .filter(|i| numbers[*i].is_some())
                .take(wanted)
                .collect();
            if chosen.is_empty() {
                if n == 0 {
                    continue;
                }
                return Err(format!("line {} has no number", n + 1));
            }
            columns = vec![Vec::new(); chosen.len()];
        }
        for (column, place) in columns.iter_mut().zip(&chosen) {
            match numbers.get(*place).copied().flatten() {
                Some(number) => column.push(number),
                None => {
                    return Err(format!(
                        "line {} has no number in column {}",
                        n + 1,
                        place + 1
                    ));
                }
            }
        }
    }
    if columns.is_empty() {
        return Err("it has no numbers".to_owned());
    }
    Ok(columns)
}

fn cell(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('"').trim();
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_text_columns_are_passed_over() {
        let text = "when,seconds,n\na,1.5,2\nb,2.5,3\n";
        assert_eq!(numeric_columns(text, 1), Ok(vec![vec![1.5, 2.5]]));
        assert_eq!(
            numeric_columns(text, 2),
            Ok(vec![vec![1.5, 2.5], vec![2.0, 3.0]])
        );
    }

    #[test]
    fn bad_lines_are_named() {
        let error = numeric_columns("1\nx\n", 1);
        assert_eq!(error, Err("line 2 has no number in column 1".to_owned()));
        assert_eq!(numeric_columns("", 1), Err("it has no numbers".to_owned()));
        assert_eq!(
            numeric_columns("a\nb\n", 1),
            Err("line 2 has no number".to_owned())
        );
    }
}
