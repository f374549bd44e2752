//! Backups of organisations: a file with one page per line, readable only by its owner. It contains addresses, and the content of queued
//! emails.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{BufRead, BufReader, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::Api;
use crate::{Error, Result};
use domain::OrganisationId;
use http::Method;
use serde_json::Value;

/// Extension of a complete backup.
const COMPLETE: &str = "backup";

/// Extension of one that was interrupted.
const PARTIAL: &str = "partial";

/// Creates a directory that only its owner can read.
pub fn create_dir(dir: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).map_err(Error::io(format!("create {}", dir.display())))
}

/// Saves an organisation, and continues a file that was interrupted. Returns what was done.
pub fn save(api: &Api, dir: &Path, id: &str) -> Result<String> {
    let complete = dir.join(format!("{id}.{COMPLETE}"));
    if complete.exists() {
        return Ok("already saved".into());
    }
    let partial = complete.with_extension(PARTIAL);
    let failed = || format!("write {}", partial.display());
    let mut pages = whole_pages(&partial)?;
    let mut cursor = pages.last().map(next_cursor).transpose()?;
    // A line that was cut off is written again.
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)
        .map_err(Error::io(failed()))?;
    for page in &pages {
        writeln!(file, "{page}").map_err(Error::io(failed()))?;
    }
    while cursor != Some(None) {
        let query = match cursor.flatten() {
            None => String::new(),
            Some(cursor) => {
                format!("?cursor={}", form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>())
            }
        };
        let page = api.call(Method::GET, &format!("/v1/organisations/{id}/backup{query}"), None)?;
        writeln!(file, "{page}").map_err(Error::io(failed()))?;
        cursor = Some(next_cursor(&page)?);
        pages.push(page);
    }
    file.sync_all().map_err(Error::io(failed()))?;
    fs::rename(&partial, &complete).map_err(Error::io(format!("write {}", complete.display())))?;
    Ok(format!("saved, {} pages", pages.len()))
}

/// Returns the pages of a file that may end in the middle of a line, or may not exist.
fn whole_pages(file: &Path) -> Result<Vec<Value>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(format!("read {}", file.display()))(error)),
    };
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    Ok(whole.map_while(|line| serde_json::from_str(line).ok()).collect())
}

/// Returns the cursor of the page after this one; `None` if it is the last one.
fn next_cursor(page: &Value) -> Result<Option<String>> {
    match &page["nextCursor"] {
        Value::String(cursor) => Ok(Some(cursor.clone())),
        Value::Null if page.get("nextCursor").is_some() => Ok(None),
        _ => Err(Error::Unexpected("this isn't a page of a backup: it has no \"nextCursor\"".into())),
    }
}

/// Returns the complete backups in a directory.
pub fn complete_files(dir: &Path) -> Result<Vec<(OrganisationId, PathBuf)>> {
    let entries = fs::read_dir(dir).map_err(Error::io(format!("read {}", dir.display())))?;
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == COMPLETE))
        .filter_map(|path| Some((path.file_stem()?.to_str()?.parse().ok()?, path)))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Error::Unexpected(format!("{} has no complete backup", dir.display())));
    }
    Ok(files)
}

/// Restores a file page by page. Returns what was restored.
pub fn restore(api: &Api, file: &Path, id: &str, policy: &str) -> Result<Value> {
    let failed = || format!("read {}", file.display());
    let lines = BufReader::new(File::open(file).map_err(Error::io(failed()))?).lines();
    let path = format!("/v1/organisations/{id}/restore?policy={policy}");
    let (mut total, mut next) = (Value::Null, Some(String::new()));
    for line in lines {
        let line = line.map_err(Error::io(failed()))?;
        let page = serde_json::from_str(&line)
            .map_err(|error| Error::Unexpected(format!("{}: {error}", file.display())))?;
        next = next_cursor(&page)?;
        let restored = api.send(Method::POST, &path, Some(&line), None)?.success()?;
        add(&mut total, restored);
    }
    if next.is_some() {
        return Err(Error::Unexpected(format!("{} is incomplete: its last page is missing", file.display())));
    }
    Ok(total)
}

/// Adds the numbers of a page to the total, and keeps what is true.
fn add(total: &mut Value, page: Value) {
    let (Value::Object(total), Value::Object(page)) = (&mut *total, &page) else {
        *total = page;
        return;
    };
    for (name, value) in page {
        let sum = match (total.get(name).and_then(Value::as_u64), value.as_u64()) {
            (Some(before), Some(more)) => (before + more).into(),
            _ if total.get(name) == Some(&Value::Bool(true)) => true.into(),
            _ => value.clone(),
        };
        total.insert(name.clone(), sum);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::TcpListener,
        os::unix::fs::PermissionsExt,
        sync::{Arc, Mutex},
        thread,
    };

    use serde_json::json;

    use super::*;

    const ID: &str = "org_019ab0c5d0007000800000000000000a";

    /// Responds to each request with the next response, and records the targets. Returns the API's client.
    fn server(responses: Vec<(u16, Value)>) -> (Api, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let targets = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&targets);
        thread::spawn(move || {
            for (status, body) in responses {
                let mut stream = listener.accept().unwrap().0;
                let mut head = String::new();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                while !head.ends_with("\r\n\r\n") {
                    reader.read_line(&mut head).unwrap();
                }
                let target = head.split(' ').nth(1).unwrap().to_owned();
                recorded.lock().unwrap().push(target);
                let body = body.to_string();
                write!(
                    stream,
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
                .unwrap();
            }
        });
        (Api::new(origin, Some("token".into())), targets)
    }

    fn page(cursor: Option<&str>) -> Value {
        json!({ "tables": [], "nextCursor": cursor })
    }

    #[test]
    fn an_interrupted_backup_is_continued_at_its_last_whole_page() {
        let dir = tempfile::tempdir().unwrap();
        let problem = json!({ "code": "internal_error", "detail": "No." });
        let (api, _) = server(vec![(200, page(Some("rows.a.W10"))), (500, problem)]);
        let error = save(&api, dir.path(), ID).unwrap_err().to_string();
        assert!(error.contains("internal_error"), "{error}");
        // The next run was interrupted while it wrote.
        let partial = dir.path().join(format!("{ID}.partial"));
        OpenOptions::new().append(true).open(&partial).unwrap().write_all(b"{\"tab").unwrap();
        assert!(complete_files(dir.path()).is_err());

        let (api, targets) = server(vec![(200, page(None))]);
        assert_eq!(save(&api, dir.path(), ID).unwrap(), "saved, 2 pages");
        let target = format!("/v1/organisations/{ID}/backup?cursor=rows.a.W10");
        assert_eq!(*targets.lock().unwrap(), [target]);
        let [(id, file)] = &complete_files(dir.path()).unwrap()[..] else { panic!("not one file") };
        assert_eq!(id.to_string(), ID);
        assert_eq!(whole_pages(file).unwrap(), [page(Some("rows.a.W10")), page(None)]);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(save(&api, dir.path(), ID).unwrap(), "already saved");
    }

    #[test]
    fn a_response_without_a_cursor_is_no_page() {
        let dir = tempfile::tempdir().unwrap();
        let (api, _) = server(vec![(200, json!({}))]);
        assert!(save(&api, dir.path(), ID).is_err());
        assert!(complete_files(dir.path()).is_err());
    }

    #[test]
    fn the_results_of_all_pages_are_added() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(format!("{ID}.backup"));
        fs::write(&file, format!("{}\n{}\n", page(Some("a")), page(None))).unwrap();
        let result = |keys: u32, connection: bool| json!({ "keys": keys, "connection": connection, "takenAt": "2026" });
        let (api, targets) = server(vec![(200, result(2, true)), (200, result(3, false))]);
        assert_eq!(restore(&api, &file, ID, "give_up").unwrap(), result(5, true));
        let target = format!("/v1/organisations/{ID}/restore?policy=give_up");
        assert_eq!(*targets.lock().unwrap(), [target.clone(), target]);

        fs::write(&file, format!("{}\n", page(Some("a")))).unwrap();
        let (api, _) = server(vec![(200, result(2, true))]);
        let error = restore(&api, &file, ID, "give_up").unwrap_err().to_string();
        assert!(error.contains("incomplete"), "{error}");
    }
}
