-- The configuration of the tour: the lines of README.md, and some comfort for a first look.
vim.opt.runtimepath:prepend(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2)))

-- Neovim shows no messages beside the code and opens no completion menu unless it is asked to.
vim.diagnostic.config({ virtual_text = true })
vim.opt.completeopt = { "menuone", "noselect" }
vim.api.nvim_create_autocmd("LspAttach", {
  callback = function(event)
    vim.lsp.completion.enable(true, event.data.client_id, event.buf, { autotrigger = true })
  end,
})

-- Cards and long messages stand in a frame and break between words.
vim.opt.winborder = "rounded"
vim.opt.linebreak = true
vim.opt.breakindent = true
vim.opt.breakindentopt = { "list:-1" }

vim.opt.signcolumn = "yes"
vim.opt.statusline = " K card   <C-x><C-o> complete   gra fix   ]d next message   <C-w>d read it   :qa! leave"
