-- How Neovim starts the server; `vim.lsp.config("stdlib_ls", { ... })` changes any of it.
---@type vim.lsp.Config
return {
  cmd = { "stdlib-ls" },
  filetypes = { "python", "requirements", "toml" },
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
