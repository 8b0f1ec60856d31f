---@type vim.lsp.Config
return {
  cmd = { "stdlib-ls" },
  filetypes = { "python", "requirements", "toml" },
  root_markers = { "pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", ".git" },
}
