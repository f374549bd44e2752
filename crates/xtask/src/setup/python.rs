//! A Python virtual environment with botocore, cfn-lint, dnspython and ministack.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use test_support::{Result, tools::Tools};

use super::{Tool, create_empty_dir, logs, mark_complete};
use crate::{apt, program, progress::Progress};

pub(super) struct Python;

impl Tool for Python {
    fn name(&self) -> String {
        "Python with tests/oracles/requirements.txt".into()
    }

    fn purpose(&self) -> &'static str {
        "test oracles: botocore, cfn-lint, dnspython and ministack"
    }

    fn find(&self, tools: &Tools) -> Option<PathBuf> {
        tools.python().ok()
    }

    fn install(&self, tools: &Tools, progress: &Progress) -> Result<()> {
        let dir = tools.python_dir()?;
        let logs = logs(tools);
        create_empty_dir(&dir)?;
        if let Err(error) = create_venv(&dir, &logs) {
            if !apt::is_available() {
                return Err(error);
            }
            progress.print("python3 cannot create a virtual environment, installing Debian's packages");
            apt::install(&["python3", "python3-venv"], &logs)?;
            create_empty_dir(&dir)?;
            create_venv(&dir, &logs)?;
        }
        let mut pip = Command::new(dir.join("bin").join("python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"])
            .arg(tools.requirements());
        program::logged("pip install", &mut pip, &logs.join("pip.log"), |_| {})?;
        mark_complete(&dir)
    }

    fn manual_steps(&self, tools: &Tools) -> String {
        let dir = tools.python_dir().unwrap_or_else(|_| tools.cache().to_owned());
        format!(
            "python3 -m venv {0} && {0}/bin/pip install -r {1} && touch {0}/.complete   (needs Python 3.10 or later with \
             its venv module, and access to PyPI)",
            dir.display(),
            tools.requirements().display()
        )
    }
}

fn create_venv(dir: &Path, logs: &Path) -> Result<()> {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(dir);
    program::logged("python3 -m venv", &mut venv, &logs.join("venv.log"), |_| {})
}
