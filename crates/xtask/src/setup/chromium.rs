//! Chromium and its driver.

use std::path::PathBuf;

use test_support::{Result, tools::Tools};

use super::{Tool, logs};
use crate::{apt, progress::Progress};

pub(super) struct Chromium;

impl Tool for Chromium {
    fn name(&self) -> String {
        "Chromium and ChromeDriver".into()
    }

    fn purpose(&self) -> &'static str {
        "browser tests"
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        tools.chromedriver().and_then(|_| tools.chromium()).ok()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        progress.print("installing Debian's packages");
        apt::install(&["chromium", "chromium-driver"], &logs(tools))
    }

    fn manual_steps(&self, _: &Tools) -> String {
        "install Chromium or Chrome and the ChromeDriver of the same version on PATH \
         (Debian: apt-get install chromium chromium-driver)"
            .into()
    }
}
