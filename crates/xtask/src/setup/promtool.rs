//! promtool, which checks Prometheus's rules. It is extracted from Debian's package, so that no Prometheus server is installed.

use std::{fs, path::PathBuf, process::Command};

use test_support::{Error, Result, tools::Tools};

use super::{Tool, create_empty_dir, logs, mark_complete};
use crate::{apt, program, progress::Progress};

pub(super) struct Promtool;

impl Tool for Promtool {
    fn name(&self) -> String {
        "promtool".into()
    }

    fn purpose(&self) -> &'static str {
        "checks and tests the alerting rules"
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        tools.promtool().ok()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        progress.print("extracting Debian's package prometheus");
        let dir = tools.promtool_dir();
        let logs = logs(tools);
        create_empty_dir(&dir)?;
        apt::download("prometheus", &dir, &logs)?;
        let entries = fs::read_dir(&dir).map_err(Error::io(format!("read {}", dir.display())))?;
        let package = entries.flatten().map(|entry| entry.path());
        let package = package.filter(|path| path.extension().is_some_and(|extension| extension == "deb"));
        let mut extract = Command::new("dpkg-deb");
        extract.arg("--extract").args(package).arg(&dir);
        program::logged("dpkg-deb", &mut extract, &logs.join("promtool.log"), |_| {})?;
        mark_complete(&dir)
    }

    fn manual_steps(&self, _: &Tools) -> String {
        "install promtool on PATH (Debian: apt-get install prometheus)".into()
    }
}
