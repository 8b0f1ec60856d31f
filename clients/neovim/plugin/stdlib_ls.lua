-- Switches the server on and defines :StdlibLs; everything else is loaded once it is wanted.
if vim.g.loaded_stdlib_ls or vim.fn.has("nvim-0.11") == 0 then
  return
end
vim.g.loaded_stdlib_ls = 1

vim.api.nvim_create_user_command("StdlibLs", function(call)
  require("stdlib_ls.commands").run(call.fargs)
end, {
  nargs = "*",
  complete = function(...)
    return require("stdlib_ls.commands").complete(...)
  end,
  desc = "stdlib-ls: cards, search and documentation of the standard library",
})

vim.api.nvim_create_autocmd({ "LspAttach", "LspDetach" }, {
  group = vim.api.nvim_create_augroup("stdlib_ls.beside", {}),
  desc = "Tell stdlib-ls which other Python servers are at work",
  callback = function()
    require("stdlib_ls.beside").look_soon()
  end,
})

if vim.g.stdlib_ls_enable ~= false then
  vim.lsp.enable("stdlib_ls")
end
