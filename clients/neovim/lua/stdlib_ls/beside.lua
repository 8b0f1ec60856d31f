--- Tells the server which other Python servers are at work in its buffers, so that it leaves out what they complete.
local stdlib_ls = require("stdlib_ls")

local M = {}

-- What a server is called as a client, says of itself, or is started with; and the name under which ours knows it.
local KNOWN = {
  pyright = "pyright",
  ["pyright-langserver"] = "pyright",
  basedpyright = "basedpyright",
  ["basedpyright-langserver"] = "basedpyright",
  pylance = "pylance",
  ["pylance-language-server"] = "pylance",
  ty = "ty",
  pyrefly = "pyrefly",
  zuban = "zuban",
  zubanls = "zuban",
  jedi = "jedi",
  ["jedi-language-server"] = "jedi",
  pylsp = "pylsp",
  ["python-lsp-server"] = "pylsp",
  ruff = "ruff",
  ["ruff-lsp"] = "ruff",
}
local PAUSE = 100

local told = {} ---@type table<integer, string[]> by client, what it has been told
local is_due = false

--- The name under which stdlib-ls knows another client; nil for those that are no Python servers.
---@param client vim.lsp.Client
---@return string?
function M.known_as(client)
  local said = { client.name, client.server_info and client.server_info.name or "" }
  if type(client.config.cmd) == "table" then
    vim.list_extend(said, client.config.cmd)
  end
  for _, name in ipairs(said) do
    name = vim.fs.basename(vim.fs.normalize(name)):lower():gsub("_", "-"):gsub("%.%a+$", "")
    if KNOWN[name] then
      return KNOWN[name]
    end
  end
end

--- The Python servers beside one of our clients, in the order of their names. One whose completion somebody has switched
--- off is left out; Ruff never had any.
---@param client vim.lsp.Client
---@return string[]
function M.of(client)
  local found = {}
  for buffer in pairs(client.attached_buffers) do
    for _, other in ipairs(vim.lsp.get_clients({ bufnr = buffer })) do
      local name = other.name ~= stdlib_ls.NAME and M.known_as(other)
      if name and (name == "ruff" or other:supports_method("textDocument/completion", buffer)) then
        found[name] = true
      end
    end
  end
  local names = vim.tbl_keys(found)
  table.sort(names)
  return names
end

---@param client vim.lsp.Client
local function tell(client)
  local names = M.of(client)
  if vim.deep_equal(told[client.id], names) then
    return
  end
  told[client.id] = names
  client.settings["stdlib-ls"] = client.settings["stdlib-ls"] or {}
  client.settings["stdlib-ls"].beside = names
  client:notify("workspace/didChangeConfiguration", { settings = client.settings })
end

--- Look around once the servers that come or go right now have done so.
function M.look_soon()
  if is_due then
    return
  end
  is_due = true
  vim.defer_fn(function()
    is_due = false
    vim.tbl_map(tell, vim.lsp.get_clients({ name = stdlib_ls.NAME }))
  end, PAUSE)
end

return M
