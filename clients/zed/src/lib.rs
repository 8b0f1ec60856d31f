//! Starts stdlib-ls beside the Python servers that Zed runs, and hands it the settings that people write for it.

use zed_extension_api::serde_json::{json, Value};
use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

const NOT_FOUND: &str =
    "stdlib-ls is not on the PATH; install it with `uv tool install /path/to/stdlib-ls` or `pipx install /path/to/stdlib-ls`";

struct StdlibLs;

impl zed::Extension for StdlibLs {
    fn new() -> Self {
        Self
    }

    // Zed itself puts `binary.path`, `binary.arguments` and the environment of the shell in place.
    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let command = worktree.which(server.as_ref()).ok_or(NOT_FOUND)?;
        Ok(Command {
            command,
            args: Vec::new(),
            env: Vec::new(),
        })
    }

    // Some settings count only from the start on, so all are sent then, too.
    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        settings(server, worktree)
    }

    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(settings(server, worktree)?.map(|settings| json!({ "stdlib-ls": settings })))
    }
}

/// What stands under `lsp`, `stdlib-ls`, `settings` in Zed's settings.
fn settings(server: &LanguageServerId, worktree: &Worktree) -> Result<Option<Value>> {
    Ok(LspSettings::for_worktree(server.as_ref(), worktree)?.settings)
}

zed::register_extension!(StdlibLs);
