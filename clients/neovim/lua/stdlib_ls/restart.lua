--- Starts the server again: after a crash, a few times, or because the user asks for it.
local stdlib_ls = require("stdlib_ls")

local M = {}

local MOST, SECONDS = 3, 180
-- A server that is asked to stop ends with 0; one that is told to, by SIGTERM, which on Windows comes with another code.
local SIGTERM = 15

local crashes = {} ---@type number[] when the latest ones were
local wanted = 0

local function is_enabled()
  return not vim.lsp.is_enabled or vim.lsp.is_enabled(stdlib_ls.NAME)
end

--- Whether there has been no crash too many; counts one more.
local function may_start()
  local now = vim.uv.now() / 1000
  crashes = vim.tbl_filter(function(at)
    return now - at < SECONDS
  end, crashes)
  table.insert(crashes, now)
  return #crashes <= MOST
end

local function start_again()
  if vim.v.exiting ~= vim.NIL or not is_enabled() then
    return
  end
  if may_start() then
    vim.lsp.enable(stdlib_ls.NAME)
  elseif #crashes == MOST + 1 then
    local advice = ":StdlibLs restart starts it, :checkhealth stdlib_ls looks for what is wrong."
    stdlib_ls.say(
      ("the server has ended %d times in %d minutes and stays off. %s"):format(MOST + 1, SECONDS / 60, advice),
      vim.log.levels.ERROR
    )
  end
end

--- What happens once a server has ended: `on_exit` of the client.
---@param code integer
---@param signal integer
function M.after_exit(code, signal)
  local is_crash = signal ~= SIGTERM and (code ~= 0 or signal ~= 0)
  -- Neovim tells of the end as well, which may leave it at a prompt; the server shall be there before.
  vim.schedule(function()
    if wanted > 0 then
      wanted = wanted - 1
      if wanted == 0 then
        vim.lsp.enable(stdlib_ls.NAME)
      end
    elseif is_crash then
      start_again()
    end
  end)
end

--- Stop the server if it runs, and start it in all of its buffers with the configuration as it is now.
function M.now()
  crashes = {}
  local clients = vim.tbl_filter(function(client)
    return not client:is_stopped()
  end, vim.lsp.get_clients({ name = stdlib_ls.NAME }))
  wanted = #clients
  if wanted == 0 then
    vim.lsp.enable(stdlib_ls.NAME)
  end
  for _, client in ipairs(clients) do
    client:stop(true) -- It has nothing to lose, and may be past answering.
  end
end

return M
