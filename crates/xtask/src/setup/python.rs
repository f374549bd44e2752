//! A Python virtual environment with the oracles botocore, cfn-lint, dnspython and ministack.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Result, tools::Tools};

use super::{Tool, begin, complete, logs};
use crate::{apt, program, progress::Progress};

pub(super) struct Python;

impl Tool for Python {
    fn name(&self) -> String {
        "Python with tests/oracles/requirements.txt".into()
    }

    fn purpose(&self) -> &'static str {
        "botocore, cfn-lint, dnspython and a second local AWS as oracles"
    }

    fn found(&self, tools: &Tools) -> Option<PathBuf> {
        tools.python().ok()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        let folder = tools.python_dir()?;
        let logs = logs(tools);
        begin(&folder)?;
        if let Err(error) = make(&folder, &logs) {
            if !apt::usable() {
                return Err(error);
            }
            progress.say("python3 can't make a virtual environment, so apt-get installs what it lacks");
            apt::install(&["python3", "python3-venv"], &logs)?;
            begin(&folder)?;
            make(&folder, &logs)?;
        }
        let mut pip = Command::new(folder.join("bin").join("python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"])
            .arg(tools.requirements());
        program::logged("pip install", &mut pip, &logs.join("pip.log"), |_| {})?;
        complete(&folder)
    }

    fn by_hand(&self, tools: &Tools) -> String {
        let folder = tools.python_dir().unwrap_or_else(|_| tools.cache().to_owned());
        format!(
            "python3 -m venv {0} && {0}/bin/pip install -r {1} && touch {0}/.complete   (needs Python 3.10 or later with \
             its venv module, and PyPI)",
            folder.display(),
            tools.requirements().display()
        )
    }
}

fn make(folder: &Path, logs: &Path) -> Result<()> {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(folder);
    program::logged("python3 -m venv", &mut venv, &logs.join("venv.log"), |_| {})
}
