//! Sizes of what is deployed, compressed as Cloudflare and browsers receive it.

use std::fs;

use test_support::{Error, Result};

use super::{
    Bench,
    contender::{Library, bundle},
    line::{Line, Unit},
};
use crate::build;

/// Returns the sizes of the Worker, beside the JavaScript Workers, and of the browser package.
pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Line>> {
    let worker = kilobytes(build::worker_size(bench.tools)?);
    let mut lines = Vec::new();
    for library in [Library::Aws4fetch, Library::AwsSdk] {
        let path = bundle(bench.tools, library.script(), &[])?;
        let script = fs::read(&path).map_err(Error::io(format!("read {}", path.display())))?;
        let size = kilobytes(build::gzip_size(&script)?);
        let name = library.name(bench.tools)?;
        lines.extend(Line::less_is_better("Worker, gzip", Unit::Kilobytes, &[worker], &name, &[size]));
    }
    lines.push(Line::single("Worker, gzip", Unit::Kilobytes, worker).checked_as("workerGzipKilobytes"));
    let package = kilobytes(build::package_size(bench.tools)?);
    lines.push(
        Line::single("browser package, gzip", Unit::Kilobytes, package).checked_as("packageGzipKilobytes"),
    );
    Ok(lines)
}

#[expect(clippy::cast_precision_loss, reason = "no file has 2^52 bytes")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}
