//! Chromium and its driver, for the tests in a real browser.

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
        "the tests in a real browser"
    }

    fn found(&self, tools: &Tools) -> Option<PathBuf> {
        tools.chromedriver().and_then(|_| tools.chromium()).ok()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        progress.say("apt-get installs Debian's");
        apt::install(&["chromium", "chromium-driver"], &logs(tools))
    }

    fn by_hand(&self, _: &Tools) -> String {
        "install Chromium or Chrome with the ChromeDriver of the same version and have both on PATH \
         (Debian: apt-get install chromium chromium-driver)"
            .into()
    }
}
