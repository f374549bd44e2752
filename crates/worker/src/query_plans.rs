//! A test that explains every SQL statement, and fails if one reads a whole table or sorts: then its cost would grow with the data.
//!
//! The statements are the string literals in the sources that start with an SQL keyword, so none can be left out. Only the files in
//! [`ASSEMBLED`] may put statements together from several literals.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use rusqlite::Connection;
use syn::LitStr;

use crate::organisation_object::backup;

/// The folder in `src` with the statements that run in D1. Those of every other folder run in the database of a Durable Object, with the
/// tables that the folder creates.
const D1: &str = "directory";

/// Tables with a fixed or limited number of rows. Reading all of them is allowed.
const SMALL_TABLES: [&str; 8] = [
    "state",
    "organisation",
    "webhooks",
    "api_keys",
    "sessions",
    "templates",
    "rate_limiter",
    "sqlite_master",
];

/// Files in `src` that put their statements together with `concat!`, and these statements.
const ASSEMBLED: [(&str, &[&str]); 1] = [("organisation_object/backup/tables.rs", backup::STATEMENTS)];

/// The SQL of one database.
#[derive(Default)]
struct Sql {
    tables: BTreeSet<String>,
    indexes: BTreeSet<String>,
    statements: BTreeSet<String>,
}

impl Sql {
    /// Adds a literal to one of the sets if it is SQL.
    fn add(&mut self, literal: &str) {
        let set = if literal.starts_with("CREATE TABLE ") && literal.contains('(') {
            &mut self.tables
        } else if literal.starts_with("CREATE INDEX ") || literal.starts_with("CREATE UNIQUE INDEX ") {
            &mut self.indexes
        } else if starts_as_statement(literal) {
            &mut self.statements
        } else {
            return;
        };
        set.insert(literal.to_owned());
    }

    fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.indexes.is_empty() && self.statements.is_empty()
    }
}

fn starts_as_statement(literal: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "WITH "].iter().any(|start| literal.starts_with(start))
}

/// Returns the SQL in the Worker's sources, by the folder or file in `src`.
fn sql_by_folder() -> BTreeMap<String, Sql> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut by_folder: BTreeMap<String, Sql> = BTreeMap::new();
    for path in rust_files(&src) {
        let name = path.strip_prefix(&src).unwrap().to_str().unwrap();
        // The literals in this file are examples.
        if name == "query_plans.rs" {
            continue;
        }
        let tokens = fs::read_to_string(&path).unwrap().parse().unwrap();
        let sql = by_folder.entry(name.split('/').next().unwrap().to_owned()).or_default();
        let assembled = ASSEMBLED.iter().find(|(file, _)| *file == name).map(|(_, statements)| *statements);
        for_each_literal(tokens, false, &mut |literal, is_part| {
            if !is_part {
                sql.add(literal);
            } else if assembled.is_none() && starts_as_statement(literal) {
                panic!("{name}: write each statement in one literal, or add the file to ASSEMBLED");
            }
        });
        for statement in assembled.unwrap_or_default() {
            sql.add(statement);
        }
    }
    by_folder.retain(|_, sql| !sql.is_empty());
    by_folder
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Calls `visit` with the value of every string literal, and whether it is an argument of `concat!`.
fn for_each_literal(tokens: TokenStream, is_part: bool, visit: &mut impl FnMut(&str, bool)) {
    let mut is_concat = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => for_each_literal(group.stream(), is_part || is_concat, visit),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<LitStr>(&literal.to_string()) {
                    visit(&text.value(), is_part);
                }
            }
            TokenTree::Ident(ident) => is_concat = ident == "concat",
            TokenTree::Punct(_) => {}
        }
    }
}

/// Returns D1 with all migrations.
fn migrated_database() -> Connection {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = fs::read_dir(migrations).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_unstable();
    let database = Connection::open_in_memory().unwrap();
    for file in files {
        database.execute_batch(&fs::read_to_string(file).unwrap()).unwrap();
    }
    database
}

/// Returns the database of a Durable Object.
fn object_database(sql: &Sql) -> Connection {
    let database = Connection::open_in_memory().unwrap();
    for statement in sql.tables.iter().chain(&sql.indexes) {
        database.execute_batch(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    database
}

/// Returns the steps of a statement's plan that read a whole table or sort.
fn costly_steps(database: &Connection, statement: &str) -> Result<Vec<String>, rusqlite::Error> {
    let mut explained = database.prepare(&format!("EXPLAIN QUERY PLAN {statement}"))?;
    let steps = explained.raw_query().mapped(|row| row.get("detail")).collect::<Result<Vec<String>, _>>()?;
    Ok(steps.into_iter().filter(|step| is_costly(step)).collect())
}

/// <https://www.sqlite.org/eqp.html>
fn is_costly(step: &str) -> bool {
    if let Some(scan) = step.strip_prefix("SCAN ") {
        let table = scan.split(' ').next().unwrap_or_default();
        // The virtual table is a JSON array that the Worker passes.
        !(scan == "CONSTANT ROW" || scan.contains(" VIRTUAL TABLE ") || SMALL_TABLES.contains(&table))
    } else {
        step.contains("TEMP B-TREE") || step.contains("AUTOMATIC")
    }
}

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    let mut problems = Vec::new();
    let by_folder = sql_by_folder();
    for (folder, sql) in &by_folder {
        let database = if folder == D1 { migrated_database() } else { object_database(sql) };
        for statement in &sql.statements {
            let steps = costly_steps(&database, statement).unwrap_or_else(|error| vec![error.to_string()]);
            problems.extend(steps.iter().map(|step| format!("{folder}: {step}\n    {statement}")));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    for folder in ["organisation_object", "rate_limiter_object", "totals_object", D1] {
        let sql = by_folder.get(folder).unwrap_or_else(|| panic!("no SQL in {folder}"));
        assert!(!sql.statements.is_empty(), "no statements in {folder}");
    }
}

#[test]
fn deleting_a_row_in_d1_finds_the_rows_that_refer_to_it_by_an_index() {
    let database = migrated_database();
    let sql = "SELECT t.name, k.\"from\" FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'";
    let mut statement = database.prepare(sql).unwrap();
    let references = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for reference in references {
        let (table, column): (String, String) = reference.unwrap();
        let find = format!("SELECT 1 FROM {table} WHERE {column} = ?");
        assert_eq!(costly_steps(&database, &find).unwrap(), Vec::<String>::new(), "{find}");
    }
}

#[test]
fn reading_a_whole_table_and_sorting_are_detected() {
    let database = Connection::open_in_memory().unwrap();
    database
        .execute_batch(
            "CREATE TABLE emails (id INTEGER PRIMARY KEY, status INTEGER); CREATE TABLE state (name TEXT)",
        )
        .unwrap();
    for (statement, costly) in [
        ("SELECT 1 FROM emails WHERE status = ?", true),
        ("SELECT id FROM emails WHERE id > ? ORDER BY status", true),
        ("UPDATE emails SET status = 1", true),
        ("SELECT 1 FROM emails a, emails b WHERE a.id = ? AND b.status = a.status", true),
        ("SELECT 1 FROM emails WHERE id = ?", false),
        ("SELECT max(id) FROM emails", false),
        ("SELECT id FROM emails WHERE id IN (SELECT value FROM json_each(?))", false),
        ("INSERT INTO emails (status) VALUES (?)", false),
        ("SELECT name FROM state", false),
    ] {
        assert_eq!(!costly_steps(&database, statement).unwrap().is_empty(), costly, "{statement}");
    }
}
