--- The subcommands of `:StdlibLs`: each asks the server and shows what it says.
local stdlib_ls = require("stdlib_ls")

local M = {}

local NO_CARD = "there is no card on this name."
local MOST_ANSWERS = 15

--- What a card is wanted of: the name that was given, else the place of the cursor.
---@param words string[]
---@return any[]
local function subject(words)
  if #words > 0 then
    return { table.concat(words, ".") }
  end
  local client = stdlib_ls.client()
  local place = client and vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { place and { uri = place.textDocument.uri, position = place.position } }
end

---@param address? string
local function open_page(address)
  if not address or address == vim.NIL then
    return stdlib_ls.say("this name has no page in the documentation.")
  end
  local _, failure = vim.ui.open(address)
  if failure then
    stdlib_ls.say(failure, vim.log.levels.ERROR)
  end
end

--- Show a text in a window above the code, which closes with q or as soon as the cursor moves.
---@param text string
---@param format "markdown"|"plaintext"
---@param focus_id? string as with hovering, the same once more goes into a window that is open already
---@return integer buffer
---@return integer window
local function float(text, format, focus_id)
  local buffer, window = vim.lsp.util.open_floating_preview(vim.split(text, "\n"), format, { focus_id = focus_id })
  vim.wo[window].linebreak = true
  return buffer, window
end

---@param card { text: string, documentation?: string }
---@param focus_id? string
---@return integer window
local function show_card(card, focus_id)
  local buffer, window = float(card.text, "markdown", focus_id)
  vim.keymap.set("n", "gx", function()
    open_page(card.documentation)
  end, { buffer = buffer, desc = "Open the page of the documentation" })
  return window
end

---@param words string[]
function M.card(words)
  stdlib_ls.ask("card", subject(words), function(card)
    show_card(card, #words == 0 and "stdlib_ls.card" or nil)
  end, NO_CARD)
end

---@param words string[]
function M.docs(words)
  stdlib_ls.ask("card", subject(words), function(card)
    open_page(card.documentation)
  end, NO_CARD)
end

--- One line for a member or module, no longer than the screen is wide, beside a number.
---@param one { name: string, summary: string }
---@return string
local function row(one)
  local line = one.name .. "  " .. one.summary
  local room = vim.o.columns - 6
  return vim.fn.strdisplaywidth(line) > room and vim.fn.strcharpart(line, 0, room - 1) .. "…" or line
end

---@param question string
local function search(question)
  stdlib_ls.ask("search", { question, MOST_ANSWERS }, function(found)
    if #found == 0 then
      return stdlib_ls.say(("nothing in the standard library answers to: %s"):format(question))
    end
    local looks = { prompt = "Standard library:", kind = "stdlib_ls.search", format_item = row }
    vim.ui.select(found, looks, function(chosen)
      if chosen then
        stdlib_ls.ask("card", { chosen.name }, function(card)
          vim.api.nvim_set_current_win(show_card(card)) -- So that gx and q are at hand.
        end, NO_CARD)
      end
    end)
  end, "nothing was found.")
end

---@param words string[]
function M.search(words)
  if #words > 0 then
    return search(table.concat(words, " "))
  end
  if stdlib_ls.client_or_advice() then
    vim.ui.input({ prompt = "Search the standard library: " }, function(question)
      if question and question ~= "" then
        search(question)
      end
    end)
  end
end

function M.why()
  stdlib_ls.ask("versions", { vim.uri_from_bufnr(0) }, function(told)
    float(told.text, "plaintext")
  end, "nothing is known about this file.")
end

--- The report has a window of its own, since it is long.
function M.dependencies()
  local file = vim.api.nvim_buf_get_name(0)
  stdlib_ls.ask("dependencies", file ~= "" and { vim.uri_from_fname(file) } or {}, function(report)
    local buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_lines(buffer, 0, -1, true, vim.split(vim.trim(report.text), "\n"))
    vim.bo[buffer].modifiable = false
    vim.bo[buffer].bufhidden = "wipe"
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buffer, nowait = true, desc = "Close" })
    vim.cmd("botright sbuffer " .. buffer)
  end, "there is no project here.")
end

function M.restart()
  require("stdlib_ls.restart").now()
end

local RUN = {
  card = M.card,
  dependencies = M.dependencies,
  docs = M.docs,
  restart = M.restart,
  search = M.search,
  why = M.why,
}

--- The names of the subcommands that begin with what is typed, for the command line.
---@param typed string
---@param line string
---@return string[]
function M.complete(typed, line)
  if not line:match("^%s*%S+%s+%S*$") then
    return {}
  end
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, vim.tbl_keys(RUN))
  table.sort(names)
  return names
end

--- Carry out a subcommand with its words.
---@param words string[]
function M.run(words)
  local run = RUN[words[1] or ""]
  if not run then
    local names = table.concat(M.complete("", "StdlibLs "), ", ")
    return stdlib_ls.say(("write :StdlibLs with one of %s."):format(names), vim.log.levels.ERROR)
  end
  run(vim.list_slice(words, 2))
end

return M
