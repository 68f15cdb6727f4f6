//! The playground without a page: runs and checks scenarios on the host, for authors and for our own checks.
//! Start reading at [`ecs_playground::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ecs_playground::cli::main(std::env::args_os())
}
