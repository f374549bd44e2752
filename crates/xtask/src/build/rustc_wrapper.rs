//! The compiler's options for the Worker's own crate.
//!
//! With it, all crates are optimised again, as one program (LTO). A function that is called only once would be inlined there: that makes
//! the module's code smaller, but the compressed module 10 % larger. Cargo has options of the compiler for all crates only, but calls it
//! through a program if asked to. The crates themselves are compiled as usual, so their inner loops stay fast.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, ExitCode},
};

use test_support::{Error, Result};

/// Cargo's variable for the program that compiles the workspace's crates.
const WRAPPER: &str = "RUSTC_WORKSPACE_WRAPPER";

/// Set if cargo calls this program to compile a crate.
const IS_WRAPPER: &str = "KRAITER_IS_RUSTC_WRAPPER";

/// Each function costs more than this.
const NO_INLINING: &str = "-Cllvm-args=-inline-threshold=-20000";

/// Makes cargo compile the workspace's crates through this program.
pub(super) fn wrap(cargo: &mut Command) -> Result<()> {
    let program = env::current_exe().map_err(Error::io("find this program"))?;
    cargo.env(WRAPPER, program).env(IS_WRAPPER, "1");
    Ok(())
}

/// Compiles a crate if cargo has called this program to do so.
pub(crate) fn run() -> Option<Result<ExitCode>> {
    env::var_os(IS_WRAPPER)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next().unwrap_or_else(|| "rustc".into());
    Some(compile(&rustc, arguments.collect()))
}

fn compile(rustc: &OsStr, arguments: Vec<OsString>) -> Result<ExitCode> {
    let options = options(&arguments);
    let status =
        Command::new(rustc).args(arguments).args(options).status().map_err(Error::io("run rustc"))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}

/// Returns the options for the crate that is compiled with `arguments`.
fn options(arguments: &[OsString]) -> Option<&'static str> {
    let is_worker = arguments.windows(2).any(|pair| pair == ["--crate-name", "kraiter_worker"]);
    is_worker.then_some(NO_INLINING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_workers_own_crate_is_compiled_without_inlining() {
        let of = |name: &str| options(&["--crate-name", name, "--edition=2024"].map(OsString::from));
        assert_eq!(of("kraiter_worker"), Some(NO_INLINING));
        assert_eq!(of("domain"), None);
    }
}
