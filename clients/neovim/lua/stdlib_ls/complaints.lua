--- Keeps what the server complains about, such as settings that do not exist, for `:checkhealth stdlib_ls`.
local M = {}

local MOST = 50

--- The complaints of this session, oldest first.
M.list = {} ---@type string[]

--- Note a message of the server's log, and let it go where such messages go.
---@type lsp.Handler
function M.take(failure, params, context)
  local is_complaint = params.type <= vim.lsp.protocol.MessageType.Warning
  if is_complaint and #M.list < MOST and not vim.tbl_contains(M.list, params.message) then
    table.insert(M.list, params.message)
  end
  return vim.lsp.handlers["window/logMessage"](failure, params, context)
end

return M
