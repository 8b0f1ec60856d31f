-- How Neovim starts the server; `vim.lsp.config("stdlib_ls", { ... })` changes any of it.
---@type vim.lsp.Config
return {
  cmd = { "stdlib-ls" },
  filetypes = { "python", "requirements", "toml" },
  -- Of TOML files there is only one that it has anything to say of; the root is looked for as without this function.
  root_dir = function(buffer, start)
    local name = vim.fs.basename(vim.api.nvim_buf_get_name(buffer))
    if vim.bo[buffer].filetype ~= "toml" or name == "pyproject.toml" then
      start()
    end
  end,
  root_markers = { "pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", ".git" },
  workspace_required = false,
  -- Most Python servers count columns in UTF-16 only, and Neovim warns where the servers of a buffer do not agree.
  capabilities = { general = { positionEncodings = { "utf-16" } } },
  -- Some settings are read when the server starts, and the first look at a file shall know all of them.
  before_init = function(params, config)
    local settings = (config.settings or {})["stdlib-ls"]
    if settings and next(settings) then
      params.initializationOptions = vim.tbl_deep_extend("force", params.initializationOptions or {}, settings)
    end
  end,
  handlers = {
    ["window/logMessage"] = function(...)
      return require("stdlib_ls.complaints").take(...)
    end,
  },
  on_exit = function(...)
    require("stdlib_ls.restart").after_exit(...)
  end,
}
