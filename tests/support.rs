//! A folder of its own for a test, files in it, and the command run there.
//!
//! One idea: a test says what stands in the folder and what is typed, and reads what a user reads:
//! both streams and the exit code.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with files, in which commands are run.
pub(crate) struct Scene {
    folder: TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The exit code; -1 if it was killed.
    pub(crate) code: i32,
    /// What it said on stdout.
    pub(crate) out: String,
    /// What it said on stderr.
    pub(crate) err: String,
}

impl Scene {
    /// An empty folder.
    pub(crate) fn new() -> Scene {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Scene { folder }
    }

    /// A folder that holds one model under `model.toml`.
    pub(crate) fn with_model(text: &str) -> Scene {
        Scene::new().file("model.toml", text)
    }

    /// Adds a file; folders on its way are made.
    #[must_use]
    pub(crate) fn file(self, name: &str, text: &str) -> Scene {
        let path = self.path(name);
        let folder = path.parent().expect("a file stands in a folder");
        fs::create_dir_all(folder).expect("folders can be made in a temporary one");
        fs::write(path, text).expect("files can be written in a temporary folder");
        self
    }

    /// Where a file of the scene stands.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The names in a folder of the scene, sorted; none if it does not exist.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder))
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The command with its arguments, to be changed before it starts.
    pub(crate) fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = onrush(arguments);
        command.current_dir(self.folder.path());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Answer {
        answer(
            self.command(arguments)
                .output()
                .expect("the command starts"),
        )
    }

    /// Runs the command with a text on its stdin.
    pub(crate) fn run_with<'a>(
        &self,
        stdin: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Answer {
        let mut child = self.start(arguments);
        let mut pipe = child.stdin.take().expect("stdin is a pipe");
        pipe.write_all(stdin.as_bytes())
            .expect("the command reads its stdin");
        drop(pipe);
        answer(child.wait_with_output().expect("the command ends"))
    }

    /// Starts the command and lets it run, all streams in pipes.
    pub(crate) fn start<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Child {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the command starts")
    }
}

impl Answer {
    /// The last line that a user sees: the end of stderr.
    pub(crate) fn last_line(&self) -> &str {
        self.err.trim_end().lines().last().unwrap_or_default()
    }

    /// The same answer, after a check of its exit code that shows everything if it fails.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Answer {
        let Answer {
            code: found,
            out,
            err,
        } = &self;
        assert_eq!(
            *found, code,
            "exit code\n--- stdout\n{out}\n--- stderr\n{err}"
        );
        self
    }
}

/// The command outside any scene.
pub(crate) fn onrush<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrush"));
    command
        .args(arguments)
        .env("ONRUSH_STORE", "off")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE");
    command
}

/// The same command after a line of the shell that limits what it may use.
pub(crate) fn confined(command: &Command, limits: &str) -> Command {
    let mut shell = Command::new("sh");
    let line = format!("{limits}; exec \"$@\"");
    shell.args(["-c", &line, "sh"]).arg(command.get_program());
    shell.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// What a finished command left behind.
pub(crate) fn answer(output: Output) -> Answer {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it speaks UTF-8");
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
