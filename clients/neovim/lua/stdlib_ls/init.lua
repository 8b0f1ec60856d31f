--- The running server: which client it is, and how it is asked.
local M = {}

--- The name of the client, under which `vim.lsp.config` and `vim.lsp.enable` know it.
M.NAME = "stdlib_ls"

--- Tell the user something that was asked for, or that needs a decision.
---@param text string
---@param level? integer one of vim.log.levels
function M.say(text, level)
  vim.notify("stdlib-ls: " .. text, level or vim.log.levels.INFO)
end

--- The client in the current buffer, else one of another buffer: what it knows of the library is the same.
---@return vim.lsp.Client?
function M.client()
  return vim.lsp.get_clients({ bufnr = 0, name = M.NAME })[1] or vim.lsp.get_clients({ name = M.NAME })[1]
end

--- The client, or nothing and a word on what to do about it.
---@return vim.lsp.Client?
function M.client_or_advice()
  local client = M.client()
  if not client then
    M.say("the server does not run. It starts with a Python file; :checkhealth stdlib_ls looks for what is wrong.")
  end
  return client
end

--- Have the server carry out one of its commands, none of which changes anything.
---@param command string the name behind "stdlib-ls.server."
---@param arguments any[]
---@param take fun(answer: any) gets what is not nil
---@param nothing string what to tell the user otherwise
function M.ask(command, arguments, take, nothing)
  local client = M.client_or_advice()
  if not client then
    return
  end
  local asked = { command = "stdlib-ls.server." .. command, arguments = arguments, workDoneToken = M.NAME .. "." .. command }
  client:request("workspace/executeCommand", asked, function(failure, answer)
    if failure then
      M.say(failure.message, vim.log.levels.ERROR)
    elseif answer == nil or answer == vim.NIL then
      M.say(nothing)
    else
      take(answer)
    end
  end)
end

return M
