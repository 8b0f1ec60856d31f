--- `:checkhealth stdlib_ls`: what is needed, what runs, and what each of the servers in a buffer does.
local M = {}

local NAME = "stdlib_ls"
local PATIENCE = 10000
local INSTALL = "Install it for yourself alone: `pipx install /path/to/stdlib-ls` or `uv tool install /path/to/stdlib-ls`."

--- What a command prints, its two streams one after the other, or nil and a complaint.
---@param command string[]
---@return string? printed
---@return string? complaint
local function output_of(command)
  local started, running = pcall(vim.system, command, { text = true, timeout = PATIENCE })
  if not started then
    return nil, tostring(running)
  end
  local done = running:wait()
  local printed = vim.trim((done.stdout or "") .. (done.stderr or ""))
  if done.code ~= 0 then
    return nil, printed ~= "" and printed or ("it ended with %d"):format(done.code)
  end
  return printed
end

local function check_neovim()
  local version = vim.version()
  vim.health.ok(("Neovim %d.%d.%d"):format(version.major, version.minor, version.patch))
  if vim.lsp.is_enabled and not vim.lsp.is_enabled(NAME) then
    vim.health.warn("The server is not enabled.", {
      "The plugin enables it unless `vim.g.stdlib_ls_enable` is false; is the plugin's folder on 'runtimepath'?",
      'By hand: vim.lsp.enable("stdlib_ls")',
    })
  end
  for _, parser in ipairs({ "markdown", "markdown_inline" }) do
    if not pcall(vim.treesitter.language.inspect, parser) and not vim.treesitter.language.add(parser) then
      vim.health.warn(("There is no tree-sitter parser for %s: cards show their marks of Markdown."):format(parser), {
        "Neovim's own builds bring it; a packager may have left it out: `:TSInstall markdown markdown_inline`",
      })
    end
  end
end

--- The command that starts the server, found and tried.
local function check_command()
  local command = (vim.lsp.config[NAME] or {}).cmd
  if type(command) ~= "table" then
    return vim.health.warn("The configuration starts the server in a way of its own, which is not looked at here.")
  end
  local path = vim.fn.exepath(command[1])
  if path == "" then
    return vim.health.error(("The command `%s` is not found on PATH."):format(command[1]), {
      INSTALL,
      "If it is installed, give its path: `vim.lsp.config(\"stdlib_ls\", { cmd = { \"/path/to/stdlib-ls\" } })`",
      "A Neovim that was not started from a terminal may have a shorter PATH than your shell.",
    })
  end
  vim.health.ok(("The command is %s"):format(path))
  local told, complaint = output_of(vim.list_extend(vim.deepcopy(command), { "self-test" }))
  if told then
    vim.health.ok(told)
  else
    vim.health.error(("It does not work: %s"):format(complaint), {
      "Install it anew with a Python of 3.10 or later: `pipx reinstall stdlib-ls`, `uv tool install --reinstall stdlib-ls`.",
    })
  end
end

--- The range of Pythons in the first buffer of a client.
---@param client vim.lsp.Client
---@param buffer integer
local function check_versions(client, buffer)
  local asked = { command = "stdlib-ls.server.versions", arguments = { vim.uri_from_bufnr(buffer) } }
  local answer, silence = client:request_sync("workspace/executeCommand", asked, PATIENCE, buffer)
  local failure = silence or (answer and answer.err and answer.err.message)
  if failure then
    return vim.health.error(("It does not answer: %s"):format(failure), { "`:StdlibLs restart` starts it anew." })
  end
  local told = answer and answer.result or {}
  if told.assumed then
    vim.health.warn(("Judged by Python %s, which is only assumed."):format(told.range), {
      "Say what the project supports: `requires-python` in pyproject.toml, or the setting `target`.",
    })
  elseif told.range then
    vim.health.info(("Judged by Python %s: %s"):format(told.range, told.source))
  end
end

--- The servers beside ours in one buffer: what they complete, and how they count columns.
---@param client vim.lsp.Client
---@param buffer integer
local function check_company(client, buffer)
  local encodings, lines = {}, {}
  for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
    encodings[other.offset_encoding] = true
    table.insert(lines, ("- %s counts columns in %s"):format(other.name, other.offset_encoding))
  end
  if vim.tbl_count(encodings) > 1 then
    vim.health.warn("The servers of this buffer count columns differently:\n" .. table.concat(lines, "\n"), {
      "Have all of them count in the same way, which every server can:\n"
        .. '`vim.lsp.config("*", { capabilities = { general = { positionEncodings = { "utf-16" } } } })`',
    })
  else
    vim.health.ok(("All servers of this buffer count columns in %s."):format(client.offset_encoding))
  end
end

--- What completion leaves out, and whether it looks at another server at all.
---@param client vim.lsp.Client
local function check_completion(client)
  local names = require("stdlib_ls.beside").of(client)
  if #names == 0 then
    vim.health.info("No other Python server is at work: completion offers all that it can.")
  else
    local text = "Beside %s: completion `auto` leaves to them what they complete themselves."
    vim.health.info(text:format(table.concat(names, ", ")))
  end
end

---@param client vim.lsp.Client
local function check_client(client)
  local buffers = vim.tbl_keys(client.attached_buffers)
  table.sort(buffers)
  local version = client.server_info and client.server_info.version or "of an unknown version"
  vim.health.start(("stdlib_ls: the server for %s"):format(client.root_dir or "single files"))
  vim.health.ok(("stdlib-ls %s runs in %d buffer%s"):format(version, #buffers, #buffers == 1 and "" or "s"))
  vim.health.info("Settings: " .. vim.inspect(client.settings["stdlib-ls"] or {}))
  check_completion(client)
  for _, buffer in ipairs(buffers) do
    vim.health.info(vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":~:."))
    check_versions(client, buffer)
    check_company(client, buffer)
  end
end

local function check_complaints()
  local complaints = require("stdlib_ls.complaints").list
  if #complaints > 0 then
    vim.health.warn("The server has complained:\n" .. table.concat(complaints, "\n"), {
      "`:h stdlib-ls-settings` has the settings and what they may be.",
      ("Neovim's log has the rest: %s"):format(vim.lsp.get_log_path()),
    })
  end
end

--- The whole report.
function M.check()
  if vim.fn.has("nvim-0.11") == 0 then
    local health = vim.health or require("health")
    local start, fail = health.start or health.report_start, health.error or health.report_error
    start("stdlib_ls")
    return fail("The plugin needs Neovim 0.11 or later.", { "`:h stdlib-ls-older` says how to do without it." })
  end
  vim.health.start("stdlib_ls: what it needs")
  check_neovim()
  check_command()
  local clients = vim.lsp.get_clients({ name = NAME })
  vim.tbl_map(check_client, clients)
  if #clients == 0 then
    vim.health.info("The server does not run: it starts with the first Python file.")
  end
  check_complaints()
end

return M
